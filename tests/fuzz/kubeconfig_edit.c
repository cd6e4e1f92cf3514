/*
 * Changes of kubeconfigs: whatever the text, an edit either fails and leaves it as it is, or the new text says what the old one said, but
 * for what was changed. The first byte of an input chooses the edit.
 */
#include <kube/yaml.h>
#include <stdlib.h>
#include <string.h>

#include "config/yaml_edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const kube_step_t entry[] = { { false, "users" }, { true, "a" }, { false, "user" }, { false, "token" } };
static const kube_step_t top[] = { { false, "current-context" } };
static const struct { const kube_step_t *steps; size_t count; const char *json; } edits[] = {
    { entry, 4, "\"t\"" }, { entry, 4, NULL }, { entry, 2, NULL }, { entry, 3, "{\"exec\":{\"args\":[\"a: b\",\"c\"],\"env\":null}}" },
    { top, 1, "\"x\"" },   { top, 1, NULL },   { entry, 4, "\"a\\nb\\u0085 # \\t\"" },
};

/* What stands in the first document, as text; empty when it cannot be read. */
static void read_first(const char *text, size_t len, kube_buffer_t *json)
{
    bool found = false;
    kube_yaml_reader_t *reader = kube_yaml_reader_new(text, len, NULL);
    if (!reader || kube_yaml_reader_next(reader, json, &found, NULL) < 0)
        json->len = 0;
    kube_yaml_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    size_t choice = data[0] % (sizeof edits / sizeof *edits);
    const char *text = (const char *)data + 1;
    kube_buffer_t buffer = { 0 }, json = { 0 };
    kube_buffer_append(&buffer, text, size - 1);
    const kube_edit_t edit = { edits[choice].steps, edits[choice].count, edits[choice].json, edits[choice].json ? strlen(edits[choice].json) : 0 };
    kube_error_t err = { 0 };
    int code = kube_yaml_edit(&buffer, 0, &edit, &err);
    if (code < 0 && (buffer.len != size - 1 || (size > 1 && memcmp(buffer.data, text, size - 1) != 0)))
        abort();
    if (code == KUBE_OK && edit.json && buffer.len) {
        read_first(buffer.data, buffer.len, &json);
        if (json.len == 0)
            abort();
        /* Once more changes nothing more. */
        kube_buffer_t again = { 0 };
        kube_buffer_append(&again, buffer.data, buffer.len);
        if (kube_yaml_edit(&again, 0, &edit, &err) == KUBE_OK) {
            kube_buffer_t second = { 0 };
            read_first(again.data, again.len, &second);
            if (second.len != json.len || memcmp(second.data, json.data, json.len) != 0)
                abort();
            kube_buffer_dispose(&second);
        }
        kube_buffer_dispose(&again);
    }
    kube_buffer_dispose(&buffer);
    kube_buffer_dispose(&json);
    return 0;
}
