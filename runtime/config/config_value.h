/* From the fields of a configuration to what stands in a kubeconfig. */
#ifndef KUBE_CONFIG_CONFIG_VALUE_H
#define KUBE_CONFIG_CONFIG_VALUE_H

#include "config/config_setting.h"
#include "object/tree.h"

/* The value of a field that is set; it borrows from the configuration. secrets: show them. NULL when the tree failed. */
kube_value_t *kube_setting_value(kube_tree_t *tree, const kube_setting_t *field, const void *object, bool secrets);
/* A shallow copy in which the URI of a certificate or key stands where a kubeconfig has it: in the place of the path. */
kube_config_t kube_config_with_uris(const kube_config_t *config, bool secrets);
/* Adds the fields of a part that are set to an object. False when the tree failed. */
bool kube_settings_add(kube_tree_t *tree, const kube_settings_t *fields, kube_setting_part_t part, const void *object,
                       bool secrets,
                     kube_value_t *to);

#endif
