/* What a program says against what was read. */
#ifndef KUBE_CONFIG_CONFIG_OVERRIDES_H
#define KUBE_CONFIG_CONFIG_OVERRIDES_H

#include <kube/config.h>

#include "config/config_setting.h"

/* Whether a field that is set in neither is replaced because another one of its group is set. */
bool kube_setting_is_replaced(const kube_setting_t *setting, const kube_config_t *overrides);
/* Puts the fields of options->overrides and options->ns over those of an owned configuration. False when memory is exhausted. */
bool kube_config_override(kube_config_t *config, const kube_config_options_t *options);

#endif
