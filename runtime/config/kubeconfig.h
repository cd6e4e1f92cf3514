/* From the documents of kubeconfig files to a configuration. */
#ifndef KUBE_CONFIG_KUBECONFIG_H
#define KUBE_CONFIG_KUBECONFIG_H

#include "config/kubeconfig_set.h"

#include <kube/config.h>

/*
 * The configuration that options choose, checked, or NULL when the report has a problem. *empty tells whether that is only
 * that the set names no cluster at all.
 */
kube_config_t *kube_kubeconfig_choose(const kube_kubeconfig_set_t *set, const kube_config_options_t *options,
                                      kube_report_t *report, bool *empty);
/* Gives a bare host the scheme that kubectl would take, and drops slashes at the end. False when memory is exhausted. */
bool kube_kubeconfig_complete_server(kube_config_t *config);

#endif
