/* What applies, and what makes, each kind of patch. All return NULL on failure; what they are given may be changed and
 * become part of the result. */
#ifndef KUBE_PATCH_APPLY_H
#define KUBE_PATCH_APPLY_H

#include <kube/type.h>

#include "object/tree.h"

kube_value_t *kube_json_patch_apply(kube_tree_t *tree, kube_value_t *document, const kube_value_t *patch);
kube_value_t *kube_json_patch_diff(kube_tree_t *tree, const kube_value_t *from, const kube_value_t *to);

kube_value_t *kube_merge_patch_apply(kube_tree_t *tree, kube_value_t *document, kube_value_t *patch);

/* Which differences a patch is to hold. */
typedef struct kube_diff_scope {
    bool no_changes;   /* leave additions and changes out */
    bool no_deletions; /* leave deletions out */
    bool no_order;     /* leave $setElementOrder out */
} kube_diff_scope_t;

kube_value_t *kube_merge_patch_diff(kube_tree_t *tree, const kube_value_t *from, const kube_value_t *to, kube_diff_scope_t scope);

/* from, to: objects. */
kube_value_t *kube_strategic_diff(kube_tree_t *tree, const kube_type_t *type, kube_value_t *from, kube_value_t *to,
                                  kube_diff_scope_t scope);
kube_value_t *kube_strategic_apply(kube_tree_t *tree, const kube_type_t *type, kube_value_t *document, kube_value_t *patch);
/* The patch that does what `first` and then `second` do. */
kube_value_t *kube_strategic_combine(kube_tree_t *tree, const kube_type_t *type, kube_value_t *first, kube_value_t *second);
/* Whether two patches do different things to one field; its path is then the tree's. */
bool kube_strategic_conflict(kube_tree_t *tree, const kube_type_t *type, kube_value_t *a, kube_value_t *b);
bool kube_merge_conflict(kube_tree_t *tree, const kube_value_t *a, const kube_value_t *b);

#endif
