/* How a configuration was read, to read it again. */
#ifndef KUBE_CONFIG_CONFIG_ORIGIN_H
#define KUBE_CONFIG_CONFIG_ORIGIN_H

#include <kube/config.h>
#include <stdatomic.h>

/* Immutable and shared. */
struct kube_config_origin {
    atomic_uint references;
    bool in_cluster;          /* from a pod's files, */
    const char *directory;    /* which are there; otherwise from */
    kube_string_list_t files; /* these kubeconfig files, */
    bool must_exist;          /* of which the one is there for sure */
    bool pods_namespace;      /* a pod's namespace stands in for one that they do not name */
    kube_config_options_t options;
    kube_config_t *said;      /* the configuration as it was read, without an origin; NULL: not to be followed */
};

/* A new one with copies of what `from` has, but for its references; NULL when memory is exhausted. */
kube_config_origin_t *kube_config_origin_new(const kube_config_origin_t *from);
/* Sets origin and files of an owned configuration. False when memory is exhausted. */
bool kube_config_set_origin(kube_config_t *config, const kube_config_origin_t *from);
/* Keeps what was read in its origin, which nobody shares yet, so that what the program changes is known. False when memory is exhausted. */
bool kube_config_keep_said(kube_config_t *config);
/* NULL is passed through. */
const kube_config_origin_t *kube_config_origin_ref(const kube_config_origin_t *origin);
/* NULL is allowed. */
void kube_config_origin_free(const kube_config_origin_t *origin);

#endif
