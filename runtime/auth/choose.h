/* From a configuration to the credentials of a client. */
#ifndef KUBE_AUTH_CHOOSE_H
#define KUBE_AUTH_CHOOSE_H

#include <kube/client.h>

#include "http/credentials.h"

/*
 * The credentials that a client sends, *out NULL when there are none: the program's own, else a token, else name and password,
 * else what a plugin or an OpenID issuer hands out, acting as whom config says. transport: must outlive their last use. Errors:
 * KUBE_E_CONFIG, KUBE_E_UNSUPPORTED, KUBE_E_NO_MEMORY.
 */
int kube_credentials_new(const kube_config_t *config, const kube_client_options_t *options, kube_transport_t *transport,
                         kube_credentials_t **out, kube_error_t *err);

#endif
