/* From the entries of a kubeconfig to the fields of a configuration. */
#ifndef KUBE_CONFIG_KUBECONFIG_ENTRY_H
#define KUBE_CONFIG_KUBECONFIG_ENTRY_H

#include "config/config_setting.h"
#include "config/kubeconfig_set.h"

/*
 * Reads the fields of one part of a configuration from an entry. Values that do not fit are reported and left out, and files that
 * cannot be read are reported if look is set. tree: for passing work. False only when memory is exhausted, which is reported too.
 */
bool kube_kubeconfig_entry_read(const kube_kubeconfig_entry_at_t *entry, kube_setting_part_t part, bool look,
                                kube_config_t *config, kube_tree_t *tree, kube_report_t *report);
/* Puts what stands in the place of a path and is a URI where it belongs. */
void kube_kubeconfig_move_uris(kube_config_t *config);
/* Adds a problem at a key of an entry. */
void kube_kubeconfig_entry_add(const kube_kubeconfig_entry_at_t *entry, kube_report_t *report, kube_problem_kind_t kind,
                               const char *key, const char *problem);

#endif
