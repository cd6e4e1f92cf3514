/* Bearer tokens: a fixed one, or one in a file that is replaced from time to time, as the kubelet does in pods. */
#ifndef KUBE_AUTH_TOKEN_H
#define KUBE_AUTH_TOKEN_H

#include <kube/config.h>

#include "http/credentials.h"

/*
 * The credentials that config's token or token_file stand for; *out is NULL when it has neither. A token file is looked at
 * before each request, read again when it changed or 50 s have passed, and stripped of white space around the token; while it
 * cannot be read, or is empty, the last good token stays in use. Errors: KUBE_E_CONFIG (the file cannot be read, or holds no
 * token), KUBE_E_NO_MEMORY.
 */
int kube_token_credentials_new(const kube_config_t *config, kube_credentials_t **out, kube_error_t *err);

#endif
