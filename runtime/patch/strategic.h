/* What applying and making strategic merge patches share: what the tables say of a place, directives, lists by merge key. */
#ifndef KUBE_PATCH_STRATEGIC_H
#define KUBE_PATCH_STRATEGIC_H

#include <kube/type.h>

#include "object/tree.h"

/* What is known of the value at one place of a document. */
typedef enum kube_shape {
    KUBE_SHAPE_UNKNOWN, /* a field this build does not know, and all below it */
    KUBE_SHAPE_SCALAR,
    KUBE_SHAPE_STRUCT,
    KUBE_SHAPE_MAP,
    KUBE_SHAPE_LIST,
    KUBE_SHAPE_FREE /* free-form */
} kube_shape_t;

typedef struct kube_place {
    kube_shape_t shape;
    const kube_type_t *type;       /* of a struct */
    const kube_element_t *element; /* of a map or list */
    unsigned strategy;             /* KUBE_PATCH_* */
    const char *merge_key;         /* NULL: none */
} kube_place_t;

kube_place_t kube_place_root(const kube_type_t *type);
kube_place_t kube_place_member(const kube_place_t *parent, const char *name, size_t name_len);
kube_place_t kube_place_item(const kube_place_t *list);

#define KUBE_DIRECTIVE_PATCH "$patch"
#define KUBE_DIRECTIVE_RETAIN_KEYS "$retainKeys"
#define KUBE_DIRECTIVE_SET_ORDER "$setElementOrder/"
#define KUBE_DIRECTIVE_DELETE_FROM "$deleteFromPrimitiveList/"

typedef enum kube_directive {
    KUBE_DIRECTIVE_IS_NONE,
    KUBE_DIRECTIVE_IS_PATCH,
    KUBE_DIRECTIVE_IS_RETAIN_KEYS,
    KUBE_DIRECTIVE_IS_SET_ORDER,
    KUBE_DIRECTIVE_IS_DELETE_FROM
} kube_directive_t;

/* What a member's name says; the field that the last two are about begins at *field (NULL allowed). */
kube_directive_t kube_directive_of(const kube_member_t *member, const char **field, size_t *field_len);
/* The directive's name followed by a field's, in the tree. */
const char *kube_directive_name(kube_tree_t *tree, const char *directive, const char *field, size_t field_len);
/* Whether an element of a list is marked {"$patch": "delete"}. */
bool kube_is_delete_marker(const kube_value_t *element);

/* What the elements of lists are. Fails when they are lists themselves, or objects beside scalars. a, b: NULL allowed. */
typedef enum kube_elements { KUBE_ELEMENTS_FAILED, KUBE_ELEMENTS_NONE, KUBE_ELEMENTS_SCALARS, KUBE_ELEMENTS_OBJECTS } kube_elements_t;
kube_elements_t kube_elements_of(kube_tree_t *tree, const kube_value_t *a, const kube_value_t *b);

/* Elements of a list by what tells them apart: their merge key's value, or for scalars themselves. */
typedef struct kube_ranks {
    kube_value_t *keys; /* an object: member i is the i-th element that differs from those before it */
    const char *merge_key;
    bool repeated; /* two elements have the same key */
} kube_ranks_t;

/* list: NULL means an empty one. merge_key: NULL for scalars. False: an element lacks its merge key, or no memory. */
bool kube_ranks_make(kube_tree_t *tree, const kube_value_t *list, const char *merge_key, kube_ranks_t *out);
/* Adds one more element behind the others. */
bool kube_ranks_add(kube_tree_t *tree, kube_ranks_t *ranks, kube_value_t *element);
/* The element's position among the ranks; SIZE_MAX: not there; SIZE_MAX with the tree's code set: failure. */
size_t kube_rank_of(kube_tree_t *tree, const kube_ranks_t *ranks, const kube_value_t *element);
/* The first element of that key, or NULL. */
kube_value_t *kube_rank_element(kube_tree_t *tree, const kube_ranks_t *ranks, const kube_value_t *element);

/*
 * A new list of `merged`: elements named by `order` in its order, the others, which only the server has, in the order of `server`, and these
 * before the first of the former that came after them on the server. NULL on failure.
 */
kube_value_t *kube_order_elements(kube_tree_t *tree, const kube_value_t *merged, const kube_value_t *order, const kube_value_t *server,
                                  const char *merge_key);

/* Applies (combine false), or joins two patches. NULL on failure. */
typedef struct kube_merge {
    kube_tree_t *tree;
    bool combine;
} kube_merge_t;
kube_value_t *kube_strategic_merge(const kube_merge_t *m, kube_value_t *original, kube_value_t *patch, const kube_place_t *place);
kube_value_t *kube_strategic_merge_list(const kube_merge_t *m, kube_value_t *original, kube_value_t *patch, const kube_place_t *place);
/* The value without nulls and directives, as it is added where nothing was; NULL: its directive says that there is nothing
 * to add. */
kube_value_t *kube_strategic_cleaned(kube_value_t *value);

#endif
