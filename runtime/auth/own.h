/* Credentials of the host program's own. */
#ifndef KUBE_AUTH_OWN_H
#define KUBE_AUTH_OWN_H

#include <kube/credentials.h>

#include "http/credentials.h"

/* hooks: copied. Errors: KUBE_E_USAGE (no authorize), KUBE_E_NO_MEMORY. */
int kube_own_credentials_new(const kube_credentials_hooks_t *hooks, kube_credentials_t **out, kube_error_t *err);

#endif
