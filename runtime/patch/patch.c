/* Applying patches and making them from two versions: the public functions. */
#include "patch/entry.h"

#include <kube/json.h>

#include "patch/apply.h"

int kube_patch_encode(const kube_type_t *type, const void *object, kube_buffer_t *buffer, kube_text_t *out, kube_error_t *err)
{
    *out = (kube_text_t){ 0 };
    int code = object ? kube_json_encode(type, object, 0, buffer, err) : KUBE_OK;
    if (object && code == KUBE_OK)
        *out = (kube_text_t){ buffer->data, buffer->len };
    return code;
}

kube_value_t *kube_patch_read_object(kube_tree_t *tree, kube_text_t text, const char *what)
{
    if (!text.text)
        return kube_value_new(tree, KUBE_VALUE_OBJECT);
    kube_value_t *value = kube_value_parse(tree, text.text, text.len, what);
    if (value && value->kind != KUBE_VALUE_OBJECT)
        kube_tree_fail(tree, KUBE_E_PARSE, "%s: not a JSON object", what);
    return tree->code == KUBE_OK ? value : NULL;
}

int kube_patch_finish(kube_tree_t *tree, const kube_value_t *value, kube_buffer_t *out)
{
    if (tree->code == KUBE_OK && value) {
        kube_tree_leave(tree, 0);
        kube_value_write(tree, value, out);
    }
    kube_tree_dispose(tree);
    return tree->code;
}

static bool is_patch_type(kube_patch_type_t type)
{
    return type == KUBE_PATCH_TYPE_JSON || type == KUBE_PATCH_TYPE_MERGE || type == KUBE_PATCH_TYPE_STRATEGIC;
}

int kube_patch_apply_json(const kube_type_t *type, const char *text, size_t len, const kube_patch_t *patch, kube_buffer_t *out,
                          kube_error_t *err)
{
    kube_error_reset(err);
    if (!text || !patch || !patch->text || !out || !is_patch_type(patch->type))
        return kube_fail(err, KUBE_E_USAGE, "kube_patch_apply_json: an argument is NULL, or the patch has no type");
    if (patch->type == KUBE_PATCH_TYPE_STRATEGIC && !type)
        return kube_fail(err, KUBE_E_USAGE, "a strategic merge patch needs the type");
    kube_tree_t tree = { .err = err };
    kube_value_t *document = kube_value_parse(&tree, text, len, "object");
    kube_value_t *change = document ? kube_value_parse(&tree, patch->text, patch->len, "patch") : NULL;
    kube_value_t *result = NULL;
    if (change && patch->type == KUBE_PATCH_TYPE_JSON)
        result = kube_json_patch_apply(&tree, document, change);
    else if (change && patch->type == KUBE_PATCH_TYPE_MERGE)
        result = kube_merge_patch_apply(&tree, document, change);
    else if (change)
        result = kube_strategic_apply(&tree, type, document, change);
    return kube_patch_finish(&tree, result, out);
}

int kube_patch_apply(const kube_type_t *type, const void *object, const kube_patch_t *patch, void *out, kube_error_t *err)
{
    kube_buffer_t before = { 0 }, after = { 0 };
    kube_error_reset(err);
    if (out)
        *(void **)out = NULL;
    if (!type || !object || !patch || !out)
        return kube_fail(err, KUBE_E_USAGE, "kube_patch_apply: an argument is NULL");
    int code = kube_json_encode(type, object, 0, &before, err);
    if (code == KUBE_OK)
        code = kube_patch_apply_json(type, before.data, before.len, patch, &after, err);
    if (code == KUBE_OK)
        code = kube_json_decode(type, after.data, after.len, NULL, out, err);
    kube_buffer_dispose(&before);
    kube_buffer_dispose(&after);
    return code;
}

/* A strategic patch that, tried out, makes `to` of `from`; NULL when there is none. */
static kube_value_t *strategic_diff(kube_tree_t *tree, const kube_type_t *type, kube_value_t *from, kube_value_t *to)
{
    kube_value_t *patch = kube_strategic_diff(tree, type, from, to, (kube_diff_scope_t){ 0 });
    kube_value_t *source = patch ? kube_value_copy(tree, from) : NULL;
    kube_value_t *change = source ? kube_value_copy(tree, patch) : NULL;
    kube_value_t *result = change ? kube_strategic_apply(tree, type, source, change) : NULL;
    if (result && !kube_value_equal(result, to, KUBE_EQUAL_NULL_IS_ABSENT))
        kube_tree_fail(tree, KUBE_E_UNSUPPORTED, "a strategic merge patch cannot say this difference");
    return patch;
}

int kube_patch_diff_json(const kube_type_t *type, const char *from, size_t from_len, const char *to, size_t to_len,
                         kube_patch_type_t kind, kube_buffer_t *patch, kube_error_t *err)
{
    kube_error_reset(err);
    if (!from || !to || !patch || !is_patch_type(kind))
        return kube_fail(err, KUBE_E_USAGE, "kube_patch_diff_json: an argument is NULL, or no kind of patch");
    if (kind == KUBE_PATCH_TYPE_STRATEGIC && !type)
        return kube_fail(err, KUBE_E_USAGE, "a strategic merge patch needs the type");
    kube_tree_t tree = { .err = err };
    kube_value_t *old = kube_patch_read_object(&tree, (kube_text_t){ from, from_len }, "from");
    kube_value_t *wanted = old ? kube_patch_read_object(&tree, (kube_text_t){ to, to_len }, "to") : NULL;
    kube_value_t *result = NULL;
    if (wanted && kind == KUBE_PATCH_TYPE_JSON)
        result = kube_json_patch_diff(&tree, old, wanted);
    else if (wanted && kind == KUBE_PATCH_TYPE_MERGE)
        result = kube_merge_patch_diff(&tree, old, wanted, (kube_diff_scope_t){ 0 });
    else if (wanted)
        result = strategic_diff(&tree, type, old, wanted);
    return kube_patch_finish(&tree, result, patch);
}

int kube_patch_diff(const kube_type_t *type, const void *from, const void *to, kube_patch_type_t kind, kube_buffer_t *patch,
                    kube_error_t *err)
{
    kube_buffer_t buffers[2] = { { 0 }, { 0 } };
    kube_text_t old, wanted;
    kube_error_reset(err);
    if (!type || !from || !to || !patch)
        return kube_fail(err, KUBE_E_USAGE, "kube_patch_diff: an argument is NULL");
    int code = kube_patch_encode(type, from, &buffers[0], &old, err);
    if (code == KUBE_OK)
        code = kube_patch_encode(type, to, &buffers[1], &wanted, err);
    if (code == KUBE_OK)
        code = kube_patch_diff_json(type, old.text, old.len, wanted.text, wanted.len, kind, patch, err);
    kube_buffer_dispose(&buffers[0]);
    kube_buffer_dispose(&buffers[1]);
    return code;
}
