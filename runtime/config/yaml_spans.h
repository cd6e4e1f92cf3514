/* Where the nodes of YAML text stand in it, so that a part can be changed and the rest stays byte for byte. */
#ifndef KUBE_CONFIG_YAML_SPANS_H
#define KUBE_CONFIG_YAML_SPANS_H

#include "object/tree.h"

typedef enum kube_span_kind { KUBE_SPAN_SCALAR, KUBE_SPAN_ALIAS, KUBE_SPAN_SEQUENCE, KUBE_SPAN_MAPPING } kube_span_kind_t;

typedef struct kube_span kube_span_t;

/* A node. Its end is where its last character ends: not the comments and line breaks behind it. */
struct kube_span {
    kube_span_kind_t kind;
    bool flow;          /* in brackets or braces, or in quotes inside such */
    size_t begin, end;  /* byte offsets */
    size_t column;      /* of begin, in characters */
    const char *text;   /* of a scalar */
    size_t len;         /* bytes of text, or children: items, or keys and values in turn */
    kube_span_t **children;
    size_t capacity;
};

/* The documents of a text that say something, in order. */
typedef struct kube_spans {
    kube_span_t **documents;
    size_t len, capacity;
} kube_spans_t;

/*
 * Reads UTF-8 text; everything is held by the tree. False when it cannot be read, or when memory is exhausted (in tree->code
 * then).
 */
bool kube_spans_read(kube_tree_t *tree, const char *text, size_t len, kube_spans_t *out);

#endif
