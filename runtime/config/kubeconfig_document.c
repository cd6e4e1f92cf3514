#include "config/kubeconfig_document.h"

#include <kube/yaml.h>

#include "base/fail.h"
#include "base/memory.h"

static int fail_yaml(const char *source, int code, const kube_error_t *yaml, kube_error_t *err)
{
    if (code == KUBE_E_NO_MEMORY)
        return kube_fail_memory(err);
    /* The reader's own message may quote what stands there: a secret. */
    kube_fail(err, KUBE_E_CONFIG, "%s:%zu: not well-formed YAML", source, yaml->line);
    if (err)
        err->line = yaml->line;
    return KUBE_E_CONFIG;
}

/* Appends the one document there may be; nothing when there is none. */
static int read_yaml(const char *text, size_t len, const char *source, kube_buffer_t *json, kube_error_t *err)
{
    kube_yaml_reader_t *reader = kube_yaml_reader_new(text, len, NULL);
    if (!reader)
        return kube_fail_memory(err);
    kube_error_t yaml = { 0 };
    bool found = false;
    int code = kube_yaml_reader_next(reader, json, &found, &yaml);
    if (code == KUBE_OK && found) {
        size_t first_len = json->len;
        code = kube_yaml_reader_next(reader, json, &found, &yaml);
        json->len = first_len;
    }
    kube_yaml_reader_free(reader);
    if (code < 0)
        return fail_yaml(source, code, &yaml, err);
    if (found)
        return kube_fail(err, KUBE_E_UNSUPPORTED, "%s: more than one document in a kubeconfig is not supported", source);
    return KUBE_OK;
}

static int read_json(const kube_buffer_t *json, const char *source, json_t **out, kube_error_t *err)
{
    json_error_t problem = { 0 };
    *out = json->len ? json_loadb(json->data, json->len, 0, &problem) : json_object();
    if (!*out && (json->len == 0 || json_error_code(&problem) == json_error_out_of_memory))
        return kube_fail_memory(err);
    if (!json_is_object(*out))
        return kube_fail(err, KUBE_E_CONFIG, "%s: not a YAML mapping, or a NUL inside a string", source);
    return KUBE_OK;
}

int kube_kubeconfig_document(const char *text, size_t len, const char *source, json_t **out, kube_error_t *err)
{
    *out = NULL;
    kube_buffer_t json = { 0 };
    /* Room for all of it at once: a buffer that grows leaves copies of secrets behind. */
    if (len > SIZE_MAX / 4 || !kube_buffer_reserve(&json, 2 * len + 1024))
        return kube_fail_memory(err);
    int code = read_yaml(text, len, source, &json, err);
    if (code == KUBE_OK)
        code = read_json(&json, source, out, err);
    kube_buffer_wipe(&json);
    if (code < 0) {
        kube_kubeconfig_document_free(*out);
        *out = NULL;
    }
    return code;
}

static void wipe_strings(json_t *value)
{
    const char *key;
    json_t *child;
    size_t i;
    if (json_is_string(value)) {
        kube_mem_wipe((char *)json_string_value(value), json_string_length(value));
    } else if (json_is_array(value)) {
        json_array_foreach(value, i, child)
            wipe_strings(child);
    } else if (json_is_object(value)) {
        json_object_foreach(value, key, child)
            wipe_strings(child);
    }
}

void kube_kubeconfig_document_free(json_t *root)
{
    wipe_strings(root);
    json_decref(root);
}
