/* The kubeconfig format: YAML text to a configuration. */
#ifndef KUBE_CONFIG_KUBECONFIG_H
#define KUBE_CONFIG_KUBECONFIG_H

#include <kube/config.h>

/*
 * source: the file's name for messages, or NULL; directory: as of kube_config_parse. options may be NULL. *empty tells whether
 * the failure is only that the text names no cluster at all. Errors: as of kube_config_parse.
 */
int kube_kubeconfig_read(const char *text, size_t len, const char *source, const char *directory, const kube_config_options_t *options,
                         kube_config_t **out, bool *empty, kube_error_t *err);

#endif
