/* Credentials from a plugin: a program that prints an ExecCredential. */
#ifndef KUBE_AUTH_EXEC_H
#define KUBE_AUTH_EXEC_H

#include <kube/client.h>

#include "http/credentials.h"

/*
 * The credentials that config's exec stands for; *out is NULL when it has none. The plugin is not run before the first request.
 * options: of exec_policy, exec_allowed, max_reply_bytes, which is not 0 here. transport: gets the certificates that the plugin hands out;
 * must outlive the credentials' last use. config was checked. Errors:
 * KUBE_E_CONFIG (the policy), KUBE_E_NO_MEMORY.
 */
int kube_exec_credentials_new(const kube_config_t *config, const kube_client_options_t *options, kube_transport_t *transport,
                              kube_credentials_t **out, kube_error_t *err);

#endif
