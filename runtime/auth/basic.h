/* Basic authentication (RFC 7617). */
#ifndef KUBE_AUTH_BASIC_H
#define KUBE_AUTH_BASIC_H

#include <kube/config.h>

#include "http/credentials.h"

/*
 * The credentials that config's username and password stand for; *out is NULL when it has no username. Errors: KUBE_E_CONFIG (a
 * colon in the username, control characters), KUBE_E_NO_MEMORY.
 */
int kube_basic_credentials_new(const kube_config_t *config, kube_credentials_t **out, kube_error_t *err);
/* Appends "Basic " and the base64 of "name:password". */
void kube_basic_value(const char *name, const char *password, kube_buffer_t *out);

#endif
