/* What a plugin is told, in the variable KUBERNETES_EXEC_INFO. */
#ifndef KUBE_AUTH_EXEC_INFO_H
#define KUBE_AUTH_EXEC_INFO_H

#include <kube/config.h>

/*
 * Appends an ExecCredential of config's exec.api_version as JSON, with spec.interactive and, where the configuration says so,
 * spec.cluster. Errors: KUBE_E_CONFIG (a CA file that cannot be read), KUBE_E_NO_MEMORY, and for cluster_config KUBE_E_PARSE,
 * KUBE_E_LIMIT, KUBE_E_UNSUPPORTED.
 */
int kube_exec_info(const kube_config_t *config, bool interactive, kube_buffer_t *out, kube_error_t *err);

#endif
