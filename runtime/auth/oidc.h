/* OpenID Connect: id-tokens, and new ones by a refresh token (auth-provider "oidc"). */
#ifndef KUBE_AUTH_OIDC_H
#define KUBE_AUTH_OIDC_H

#include <kube/config.h>

#include "http/credentials.h"

/*
 * The credentials that config's auth_provider stands for; *out is NULL when it has none. Nothing is asked before the id-token at
 * hand has expired. issuer: the transport that reaches the issuer, for tests, which stays the caller's; NULL: one of its own.
 * Errors: KUBE_E_UNSUPPORTED (another provider), KUBE_E_CONFIG (idp-issuer-url or client-id missing or wrong), KUBE_E_NO_MEMORY.
 */
int kube_oidc_credentials_new(const kube_config_t *config, kube_transport_t *issuer, kube_credentials_t **out, kube_error_t *err);

#endif
