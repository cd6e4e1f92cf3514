/* What is missing from a configuration, or contradictory in it. */
#ifndef KUBE_CONFIG_CONFIG_CHECK_H
#define KUBE_CONFIG_CONFIG_CHECK_H

#include <kube/config.h>

#include "config/config_report.h"

/* What of it belongs to the cluster, and to the user. */
void kube_config_examine_cluster(const kube_config_t *config, kube_report_t *report);
void kube_config_examine_user(const kube_config_t *config, kube_report_t *report);
void kube_config_examine(const kube_config_t *config, kube_report_t *report);

#endif
