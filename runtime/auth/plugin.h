/* One run of a plugin: what it is given, and what its end means. */
#ifndef KUBE_AUTH_PLUGIN_H
#define KUBE_AUTH_PLUGIN_H

#include <kube/config.h>
#include <kube/credentials.h>

#include "auth/exec_credential.h"
#include "auth/process.h"

/* Which programs may be run, and how much they may print. */
typedef struct kube_plugin_policy {
    kube_exec_policy_t policy;
    char **allowed; /* ends with NULL */
    size_t max_output;
} kube_plugin_policy_t;

/*
 * Starts config's exec. Errors: KUBE_E_CONFIG (no such program; not allowed; no terminal where it needs one), KUBE_E_IO,
 * KUBE_E_NO_MEMORY.
 */
int kube_plugin_start(const kube_config_t *config, const kube_plugin_policy_t *policy, kube_process_t *process,
                      kube_error_t *err);
/* Fails with the plugin's name, what happened, and how people get it. */
int kube_plugin_fail(const kube_config_t *config, int code, const char *problem, kube_error_t *err);
/* Reads what a run that has ended left. Errors: KUBE_E_CONFIG, KUBE_E_LIMIT, KUBE_E_NO_MEMORY. */
int kube_plugin_end(const kube_config_t *config, kube_process_t *process, kube_made_t *out, kube_error_t *err);

#endif
