/* JSON merge patch (RFC 7386). */
#include "patch/apply.h"

/* A value as it stands once nulls, which mean removal, have removed nothing. */
static kube_value_t *without_nulls(kube_value_t *patch)
{
    if (patch->kind != KUBE_VALUE_OBJECT)
        return patch;
    KUBE_EACH_MEMBER(member, patch) {
        if (member->value->kind == KUBE_VALUE_NULL)
            kube_object_remove(patch, member->name, member->name_len);
        else
            without_nulls(member->value);
    }
    return patch;
}

kube_value_t *kube_merge_patch_apply(kube_tree_t *tree, kube_value_t *document, kube_value_t *patch)
{
    if (patch->kind != KUBE_VALUE_OBJECT || document->kind != KUBE_VALUE_OBJECT)
        return without_nulls(patch);
    KUBE_EACH_MEMBER(member, patch) {
        kube_value_t *old = kube_object_get(document, member->name, member->name_len);
        if (member->value->kind == KUBE_VALUE_NULL) {
            kube_object_remove(document, member->name, member->name_len);
            continue;
        }
        kube_value_t *merged = old ? kube_merge_patch_apply(tree, old, member->value) : without_nulls(member->value);
        if (!kube_object_set(tree, document, member->name, member->name_len, merged))
            return NULL;
    }
    return document;
}
