/* The patch of a client-side apply, from the configuration applied before, the one wanted, and the object on the server. */
#include <string.h>

#include "patch/apply.h"
#include "patch/entry.h"

/* The three versions, and what is common to both kinds of patch. */
typedef struct three_way {
    kube_tree_t *tree;
    const kube_type_t *type; /* NULL: merge patches */
    kube_value_t *original;
    kube_value_t *modified;
    kube_value_t *current;
} three_way_t;

static kube_value_t *diff(const three_way_t *t, kube_value_t *from, kube_value_t *to, kube_diff_scope_t scope)
{
    if (t->type)
        return kube_strategic_diff(t->tree, t->type, from, to, scope);
    return kube_merge_patch_diff(t->tree, from, to, scope);
}

/* Joins merge patches of which the first only deletes and the second only sets. Unlike applying one, keeps nulls. */
static kube_value_t *join_merge_patches(kube_tree_t *tree, kube_value_t *deletions, const kube_value_t *changes)
{
    KUBE_EACH_MEMBER(member, changes) {
        kube_value_t *old = kube_object_get(deletions, member->name, member->name_len);
        kube_value_t *joined = member->value;
        if (old && old->kind == KUBE_VALUE_OBJECT && joined->kind == KUBE_VALUE_OBJECT)
            joined = join_merge_patches(tree, old, joined);
        if (!kube_object_set(tree, deletions, member->name, member->name_len, joined))
            return NULL;
    }
    return deletions;
}

static kube_value_t *make_patch(const three_way_t *t)
{
    kube_value_t *changes = diff(t, t->current, t->modified, (kube_diff_scope_t){ .no_deletions = true });
    kube_value_t *deletions = changes ? diff(t, t->original, t->modified, (kube_diff_scope_t){ .no_changes = true }) : NULL;
    if (!deletions)
        return NULL;
    if (t->type)
        return kube_strategic_combine(t->tree, t->type, deletions, changes);
    return join_merge_patches(t->tree, deletions, changes);
}

/* Fails when the patch and what others changed since `original` touch one field in different ways. */
static void check_conflicts(const three_way_t *t, kube_value_t *patch)
{
    kube_value_t *others = diff(t, t->original, t->current, (kube_diff_scope_t){ .no_order = true });
    if (!others)
        return;
    if (t->type ? kube_strategic_conflict(t->tree, t->type, patch, others) : kube_merge_conflict(t->tree, patch, others))
        kube_tree_fail(t->tree, KUBE_E_CONFLICT, "changed on the server since it was applied last");
}

static void check_identity(kube_tree_t *tree, const kube_value_t *patch)
{
    const kube_value_t *metadata = kube_object_gets(patch, "metadata");
    if (kube_object_gets(patch, "apiVersion") || kube_object_gets(patch, "kind"))
        kube_tree_fail(tree, KUBE_E_INVALID, "the patch would change apiVersion or kind");
    if (metadata && metadata->kind == KUBE_VALUE_OBJECT &&
        (kube_object_gets(metadata, "name") || kube_object_gets(metadata, "namespace")))
        kube_tree_fail(tree, KUBE_E_INVALID, "the patch would change metadata.name or metadata.namespace");
}

int kube_patch_three_way_json(const kube_type_t *type, kube_text_t original, kube_text_t modified, kube_text_t current,
                              kube_patch_type_t kind, const kube_three_way_options_t *options, kube_buffer_t *patch,
                              kube_error_t *err)
{
    static const kube_three_way_options_t defaults = { 0 };
    options = options ? options : &defaults;
    kube_error_reset(err);
    if (!modified.text || !current.text || !patch || (kind != KUBE_PATCH_TYPE_MERGE && kind != KUBE_PATCH_TYPE_STRATEGIC))
        return kube_fail(err, KUBE_E_USAGE, "kube_patch_three_way: an argument is NULL, or neither a merge nor a strategic patch");
    if (kind == KUBE_PATCH_TYPE_STRATEGIC && !type)
        return kube_fail(err, KUBE_E_USAGE, "a strategic merge patch needs the type");
    kube_tree_t tree = { .err = err };
    three_way_t t = { .tree = &tree, .type = kind == KUBE_PATCH_TYPE_STRATEGIC ? type : NULL };
    t.original = kube_patch_read_object(&tree, original, "original");
    t.modified = t.original ? kube_patch_read_object(&tree, modified, "modified") : NULL;
    t.current = t.modified ? kube_patch_read_object(&tree, current, "current") : NULL;
    kube_value_t *result = t.current ? make_patch(&t) : NULL;
    if (result && options->keep_identity)
        check_identity(&tree, result);
    if (result && !options->overwrite && tree.code == KUBE_OK)
        check_conflicts(&t, result);
    return kube_patch_finish(&tree, result, patch);
}

int kube_patch_three_way(const kube_type_t *type, const void *original, const void *modified, const void *current,
                         kube_patch_type_t kind, const kube_three_way_options_t *options, kube_buffer_t *patch, kube_error_t *err)
{
    kube_buffer_t buffers[3] = { { 0 }, { 0 }, { 0 } };
    kube_text_t texts[3];
    const void *objects[3] = { original, modified, current };
    int code = KUBE_OK;
    kube_error_reset(err);
    if (!type || !modified || !current || !patch)
        return kube_fail(err, KUBE_E_USAGE, "kube_patch_three_way: an argument is NULL");
    for (int i = 0; i < 3 && code == KUBE_OK; i++)
        code = kube_patch_encode(type, objects[i], &buffers[i], &texts[i], err);
    if (code == KUBE_OK)
        code = kube_patch_three_way_json(type, texts[0], texts[1], texts[2], kind, options, patch, err);
    for (int i = 0; i < 3; i++)
        kube_buffer_dispose(&buffers[i]);
    return code;
}
