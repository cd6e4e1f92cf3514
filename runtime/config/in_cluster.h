/* The files and variables that a pod finds. */
#ifndef KUBE_CONFIG_IN_CLUSTER_H
#define KUBE_CONFIG_IN_CLUSTER_H

#include <kube/config.h>

#define KUBE_SERVICE_ACCOUNT_DIRECTORY "/var/run/secrets/kubernetes.io/serviceaccount"

/* Whether both variables are set and the token is a regular file. */
bool kube_in_cluster_possible(const char *directory);
/* kube_config_in_cluster with the files in another directory; options, which may be NULL, as of kube_config_default. */
int kube_in_cluster_read(const char *directory, const kube_config_options_t *options, kube_config_t **out, kube_error_t *err);
/* The pod's namespace, to be freed; *ns is NULL when nothing tells it. */
int kube_in_cluster_namespace(const char *directory, const char **ns, kube_error_t *err);

#endif
