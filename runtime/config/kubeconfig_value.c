#include "config/kubeconfig_value.h"

#include <kube/memory.h>
#include <string.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/fail.h"
#include "base/memory.h"

int kube_entry_fail(const kube_entry_t *entry, const char *key, int code, const char *problem)
{
    return kube_fail(entry->kubeconfig->err, code, "%s: %s[%s].%s.%s: %s", entry->kubeconfig->source, entry->list, entry->name,
                     entry->member, key, problem);
}

int kube_entry_text(const kube_entry_t *entry, const char *key, const char **out)
{
    const json_t *value = json_object_get(entry->object, key);
    *out = json_string_value(value);
    if (value && !json_is_null(value) && !*out)
        return kube_entry_fail(entry, key, KUBE_E_CONFIG, "must be a string");
    if (*out && !**out)
        *out = NULL;
    return KUBE_OK;
}

int kube_entry_copy(const kube_entry_t *entry, const char *key, const char **out)
{
    const char *text;
    int code = kube_entry_text(entry, key, &text);
    if (code < 0 || !text)
        return code;
    *out = kube_mem_strdup(text);
    return *out ? KUBE_OK : kube_fail_memory(entry->kubeconfig->err);
}

int kube_entry_path(const kube_entry_t *entry, const char *key, const char **out)
{
    const char *text;
    int code = kube_entry_text(entry, key, &text);
    if (code < 0 || !text)
        return code;
    kube_buffer_t path = { 0 };
    if (*text != '/' && entry->kubeconfig->directory)
        kube_buffer_printf(&path, "%s/", entry->kubeconfig->directory);
    kube_buffer_puts(&path, text);
    if (path.failed) {
        kube_buffer_dispose(&path);
        return kube_fail_memory(entry->kubeconfig->err);
    }
    *out = path.data;
    return access(path.data, R_OK) == 0 ? KUBE_OK : kube_entry_fail(entry, key, KUBE_E_CONFIG, "the file cannot be read");
}

int kube_entry_data(const kube_entry_t *entry, const char *key, const char **out)
{
    const char *text;
    int code = kube_entry_text(entry, key, &text);
    if (code < 0 || !text)
        return code;
    size_t len = strlen(text), decoded = 0;
    char *data = kube_mem_zero(kube_base64_decoded_bound(len) + 1);
    if (!data)
        return kube_fail_memory(entry->kubeconfig->err);
    if (kube_base64_decode((uint8_t *)data, text, len, &decoded) && !memchr(data, '\0', decoded)) {
        *out = data;
        return KUBE_OK;
    }
    kube_mem_wipe(data, kube_base64_decoded_bound(len));
    kube_mem_free(data);
    return kube_entry_fail(entry, key, KUBE_E_CONFIG, "not text in base64");
}

int kube_entry_bool(const kube_entry_t *entry, const char *key, bool *out)
{
    const json_t *value = json_object_get(entry->object, key);
    if (value && !json_is_null(value) && !json_is_boolean(value))
        return kube_entry_fail(entry, key, KUBE_E_CONFIG, "must be true or false");
    *out = json_is_true(value);
    return KUBE_OK;
}

bool kube_json_is_set(const json_t *value)
{
    bool empty = !value || json_is_null(value) || (json_is_string(value) && json_string_length(value) == 0) ||
                 (json_is_object(value) && json_object_size(value) == 0) || (json_is_array(value) && json_array_size(value) == 0);
    return !empty;
}

int kube_entry_refuse(const kube_entry_t *entry, const char *const *keys)
{
    for (; *keys; keys++) {
        if (kube_json_is_set(json_object_get(entry->object, *keys)))
            return kube_entry_fail(entry, *keys, KUBE_E_UNSUPPORTED, "not supported by this version");
    }
    return KUBE_OK;
}
