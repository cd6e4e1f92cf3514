/*
 * The documents of one or more kubeconfig files, and how they are seen as one: of entries with the same name, the first
 * counts.
 */
#ifndef KUBE_CONFIG_KUBECONFIG_SET_H
#define KUBE_CONFIG_KUBECONFIG_SET_H

#include <kube/kubeconfig.h>

#include "config/config_report.h"
#include "object/tree.h"

typedef struct kube_kubeconfig_document {
    const char *source;    /* the file; NULL: there is none */
    const char *directory; /* of relative paths; NULL: the working directory */
    kube_value_t *root;    /* an object */
} kube_kubeconfig_document_t;

/* The entries of a list that count, in order: of all documents, each name once. */
typedef struct kube_kubeconfig_entries {
    kube_value_t *items;   /* an object of them by name; NULL: none */
    size_t *documents;     /* where each stands */
    size_t capacity;       /* of documents */
} kube_kubeconfig_entries_t;

/* All-zero is an empty set. Everything in it is overwritten when it is disposed of. */
typedef struct kube_kubeconfig_set {
    kube_tree_t tree;
    kube_kubeconfig_document_t *documents;
    size_t len, capacity;
    kube_kubeconfig_entries_t entries[3]; /* by kube_kubeconfig_part_t */
    size_t source_count;   /* texts that were added */
    const char *source;    /* of the last one; NULL: no file */
} kube_kubeconfig_set_t;

/* The list's key, and that of what each entry holds beside its name: "clusters", "cluster". */
const char *kube_kubeconfig_list_key(kube_kubeconfig_part_t list);
const char *kube_kubeconfig_member_key(kube_kubeconfig_part_t list);

/* One entry, in the document that it was found in. */
typedef struct kube_kubeconfig_entry_at {
    const kube_kubeconfig_document_t *document;
    kube_kubeconfig_part_t list;
    const char *name;
    const kube_value_t *object; /* NULL: it is none */
} kube_kubeconfig_entry_at_t;

void kube_kubeconfig_set_dispose(kube_kubeconfig_set_t *set);
/*
 * Adds the documents of a text; nothing of it is kept. Problems of the text's form, and of header and lists of its documents, are
 * reported; documents that are no mapping are left out. False only when memory is exhausted, which is reported too.
 */
bool kube_kubeconfig_set_add(kube_kubeconfig_set_t *set, const char *text, size_t len, const char *source, const char *directory,
                             kube_report_t *report);
/* Whether no document names a cluster or a current context. */
bool kube_kubeconfig_set_is_empty(const kube_kubeconfig_set_t *set);
/* The first current-context that is not empty, borrowed, or NULL. *document: where it stands; may be NULL. */
const char *kube_kubeconfig_set_current(const kube_kubeconfig_set_t *set, const kube_kubeconfig_document_t **document);
/* How many entries a list has, and the name of the i-th; NULL: there are not so many. */
size_t kube_kubeconfig_set_count(const kube_kubeconfig_set_t *set, kube_kubeconfig_part_t list);
const char *kube_kubeconfig_set_name(const kube_kubeconfig_set_t *set, kube_kubeconfig_part_t list, size_t i);
/* Finds the entry of that name. */
bool kube_kubeconfig_set_find(const kube_kubeconfig_set_t *set, kube_kubeconfig_part_t list, const char *name,
                              kube_kubeconfig_entry_at_t *entry);

/* Neither absent nor null nor empty. */
bool kube_value_says_something(const kube_value_t *value);
/* The string without NUL that a value is, or NULL. */
const char *kube_value_text(const kube_value_t *value);

#endif
