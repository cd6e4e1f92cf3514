/* Acting as someone else: the Impersonate-* headers beside the client's own credentials. */
#ifndef KUBE_AUTH_IMPERSONATION_H
#define KUBE_AUTH_IMPERSONATION_H

#include <kube/config.h>

#include "http/credentials.h"

/*
 * Wraps *credentials (NULL: none), which then belong to the new ones, when config says to act as someone; else leaves them. On
 * failure they stay as they are. Errors: KUBE_E_CONFIG (as_uid, as_groups or as_user_extra without as; a control character),
 * KUBE_E_NO_MEMORY.
 */
int kube_impersonation_wrap(const kube_config_t *config, kube_credentials_t **credentials, kube_error_t *err);

#endif
