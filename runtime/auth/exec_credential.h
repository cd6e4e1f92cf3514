/* What a plugin prints: an ExecCredential. */
#ifndef KUBE_AUTH_EXEC_CREDENTIAL_H
#define KUBE_AUTH_EXEC_CREDENTIAL_H

#include "auth/made.h"

/*
 * Reads an ExecCredential (JSON) of that apiVersion with a token, or a certificate and its key, or both. Errors: KUBE_E_CONFIG,
 * the message quoting nothing of it; KUBE_E_NO_MEMORY. On failure everything is empty.
 */
int kube_exec_credential_read(const char *text, size_t len, const char *api_version, kube_made_t *out, kube_error_t *err);

#endif
