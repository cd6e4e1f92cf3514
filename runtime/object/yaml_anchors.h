/* The anchors of one YAML document: what an alias stands for. */
#ifndef KUBE_OBJECT_YAML_ANCHORS_H
#define KUBE_OBJECT_YAML_ANCHORS_H

#include "object/yaml_scalar.h"

typedef enum kube_yaml_anchor_kind {
    KUBE_YAML_ANCHOR_OPEN, /* its node has not ended: an alias here would contain itself */
    KUBE_YAML_ANCHOR_SCALAR,
    KUBE_YAML_ANCHOR_SEQUENCE,
    KUBE_YAML_ANCHOR_MAPPING
} kube_yaml_anchor_kind_t;

/* Offsets are into the store's text, so that they stay right while it grows. */
typedef struct kube_yaml_anchor {
    kube_yaml_anchor_kind_t kind;
    unsigned height;         /* levels of nesting, a scalar has none */
    bool plain, has_tag;     /* of a scalar */
    size_t tag;              /* of a scalar: NUL-terminated */
    size_t text, len;        /* of a scalar its source, of others their JSON */
    size_t name, name_len;
    uint64_t hash;
} kube_yaml_anchor_t;

/* All-zero is an empty store. */
typedef struct kube_yaml_anchors {
    kube_yaml_anchor_t *items;
    size_t len, capacity;
    size_t *slots; /* number of an item + 1, or 0; a power of two */
    size_t slot_count;
    kube_buffer_t text;
} kube_yaml_anchors_t;

/* Adds an anchor that hides earlier ones of its name; *index is its number. False when memory is exhausted. */
bool kube_yaml_anchors_add(kube_yaml_anchors_t *anchors, const char *name, size_t *index);
/* Says what an anchor stands for. False when memory is exhausted. */
bool kube_yaml_anchors_set_scalar(kube_yaml_anchors_t *anchors, size_t index, const kube_yaml_source_t *source);
bool kube_yaml_anchors_set_json(kube_yaml_anchors_t *anchors, size_t index, kube_yaml_anchor_kind_t kind, unsigned height,
                                const char *json, size_t len);
/* The latest anchor of that name, or NULL. */
const kube_yaml_anchor_t *kube_yaml_anchors_find(const kube_yaml_anchors_t *anchors, const char *name);
/* The source of an anchored scalar; valid until an anchor is added or set. */
kube_yaml_source_t kube_yaml_anchors_source(const kube_yaml_anchors_t *anchors, const kube_yaml_anchor_t *anchor);
/* Forgets all anchors, keeps the memory. */
void kube_yaml_anchors_clear(kube_yaml_anchors_t *anchors);
void kube_yaml_anchors_dispose(kube_yaml_anchors_t *anchors);

#endif
