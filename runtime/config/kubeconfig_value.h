/* The values that the entries of a kubeconfig's lists hold. */
#ifndef KUBE_CONFIG_KUBECONFIG_VALUE_H
#define KUBE_CONFIG_KUBECONFIG_VALUE_H

#include <jansson.h>
#include <kube/error.h>

/* What is being read. */
typedef struct kube_kubeconfig {
    const char *source;    /* for messages */
    const char *directory; /* of relative paths; NULL: the working directory */
    json_t *root;
    kube_error_t *err;
} kube_kubeconfig_t;

/* One entry of clusters, users or contexts: { "name": ..., member: object }. */
typedef struct kube_entry {
    const kube_kubeconfig_t *kubeconfig;
    const char *list;
    const char *member;
    const char *name;
    json_t *object;
} kube_entry_t;

/* Fails with a message that says which key of which entry. */
int kube_entry_fail(const kube_entry_t *entry, const char *key, int code, const char *problem);
/* *out: borrowed; NULL when the key is absent, null or empty. */
int kube_entry_text(const kube_entry_t *entry, const char *key, const char **out);
/* The same as a copy. */
int kube_entry_copy(const kube_entry_t *entry, const char *key, const char **out);
/* A copy of a path, resolved, of a file that can be read. */
int kube_entry_path(const kube_entry_t *entry, const char *key, const char **out);
/* Text that is given in base64. */
int kube_entry_data(const kube_entry_t *entry, const char *key, const char **out);
int kube_entry_bool(const kube_entry_t *entry, const char *key, bool *out);
/* Fails with KUBE_E_UNSUPPORTED if one of the keys (a list that ends with NULL) says anything. */
int kube_entry_refuse(const kube_entry_t *entry, const char *const *keys);
/* Neither absent nor null nor empty. */
bool kube_json_is_set(const json_t *value);

#endif
