/* The annotation in which client-side apply keeps what it applied last. */
#include <string.h>

#include <kube/json.h>
#include <kube/object.h>

#include "patch/entry.h"

const char *kube_last_applied(const kube_type_t *type, const void *object)
{
    return type && object ? kube_meta_annotation(type, object, KUBE_LAST_APPLIED_ANNOTATION) : NULL;
}

/* metadata.annotations as kubectl writes it there: present even when it is empty, and without the annotation itself. */
static bool strip_annotation(kube_tree_t *tree, kube_value_t *object)
{
    kube_value_t *metadata = kube_object_gets(object, "metadata");
    if (!metadata) {
        metadata = kube_value_new(tree, KUBE_VALUE_OBJECT);
        if (!kube_object_set(tree, object, "metadata", strlen("metadata"), metadata))
            return false;
    }
    kube_value_t *annotations = kube_object_gets(metadata, "annotations");
    if (!annotations)
        return kube_object_set(tree, metadata, "annotations", strlen("annotations"), kube_value_new(tree, KUBE_VALUE_OBJECT));
    kube_object_remove(annotations, KUBE_LAST_APPLIED_ANNOTATION, strlen(KUBE_LAST_APPLIED_ANNOTATION));
    return true;
}

int kube_last_applied_json(const kube_type_t *type, const void *object, kube_buffer_t *out, kube_error_t *err)
{
    kube_buffer_t buffer = { 0 };
    kube_text_t text;
    kube_error_reset(err);
    if (!type || !object || !out)
        return kube_fail(err, KUBE_E_USAGE, "kube_last_applied_json: an argument is NULL");
    int code = kube_patch_encode(type, object, &buffer, &text, err);
    if (code == KUBE_OK) {
        kube_tree_t tree = { .err = err };
        size_t before = out->len;
        kube_value_t *value = kube_patch_read_object(&tree, text, "object");
        code = kube_patch_finish(&tree, value && strip_annotation(&tree, value) ? value : NULL, out);
        if (code == KUBE_OK)
            kube_buffer_append(out, "\n", 1);
        if (out->failed) {
            out->failed = false;
            out->len = before;
            code = kube_fail_memory(err);
        }
    }
    kube_buffer_dispose(&buffer);
    return code;
}

int kube_last_applied_set(const kube_type_t *type, void *object, kube_error_t *err)
{
    kube_buffer_t text = { 0 };
    int code = kube_last_applied_json(type, object, &text, err);
    if (code == KUBE_OK) {
        void *metadata = kube_ensure(object, object, type, "metadata");
        const kube_field_t *field = kube_type_field(type, "metadata", strlen("metadata"));
        code = metadata ? kube_map_set(object, metadata, field->type, "annotations", KUBE_LAST_APPLIED_ANNOTATION, text.data)
                        : KUBE_E_USAGE;
        if (code != KUBE_OK)
            kube_fail(err, code, "%s cannot be set: the object is shared, the user's own, or memory is exhausted",
                      KUBE_LAST_APPLIED_ANNOTATION);
    }
    kube_buffer_dispose(&text);
    return code;
}
