/* A merge patch from two documents. In them a null member is as good as none, because a merge patch cannot set one. */
#include "patch/apply.h"

static const kube_value_t *get_set(const kube_value_t *object, const kube_member_t *member)
{
    const kube_value_t *value = kube_object_get(object, member->name, member->name_len);
    return value && value->kind != KUBE_VALUE_NULL ? value : NULL;
}

/* The patch for one member, NULL when there is nothing to do or, with the tree's code set, on failure. */
static kube_value_t *diff_member(kube_tree_t *tree, const kube_value_t *from, const kube_value_t *to, kube_diff_scope_t scope)
{
    if (from && from->kind == KUBE_VALUE_OBJECT && to->kind == KUBE_VALUE_OBJECT) {
        kube_value_t *patch = kube_merge_patch_diff(tree, from, to, scope);
        return patch && patch->present ? patch : NULL;
    }
    if (scope.no_changes || (from && kube_value_equal(from, to, 0)))
        return NULL;
    return kube_value_copy(tree, to);
}

kube_value_t *kube_merge_patch_diff(kube_tree_t *tree, const kube_value_t *from, const kube_value_t *to, kube_diff_scope_t scope)
{
    kube_value_t *patch = kube_value_new(tree, KUBE_VALUE_OBJECT);
    KUBE_EACH_MEMBER(member, to) {
        if (member->value->kind == KUBE_VALUE_NULL)
            continue;
        kube_value_t *value = diff_member(tree, get_set(from, member), member->value, scope);
        if (value)
            kube_object_set(tree, patch, member->name, member->name_len, value);
        if (tree->code != KUBE_OK)
            return NULL;
    }
    KUBE_EACH_MEMBER(member, from) {
        if (!scope.no_deletions && member->value->kind != KUBE_VALUE_NULL && !get_set(to, member))
            kube_object_set(tree, patch, member->name, member->name_len, kube_value_new(tree, KUBE_VALUE_NULL));
    }
    return tree->code == KUBE_OK ? patch : NULL;
}

bool kube_merge_conflict(kube_tree_t *tree, const kube_value_t *a, const kube_value_t *b)
{
    if (a->kind != KUBE_VALUE_OBJECT || b->kind != KUBE_VALUE_OBJECT)
        return !kube_value_equal(a, b, 0);
    KUBE_EACH_MEMBER(member, a) {
        const kube_value_t *other = kube_object_get(b, member->name, member->name_len);
        size_t mark = kube_tree_enter(tree, member->name, member->name_len);
        if (other && kube_merge_conflict(tree, member->value, other))
            return true;
        kube_tree_leave(tree, mark);
    }
    return false;
}
