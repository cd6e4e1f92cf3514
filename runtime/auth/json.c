#include "auth/json.h"

#include "base/fail.h"
#include "base/memory.h"

int kube_secret_json_read(const char *text, size_t len, json_t **out, kube_error_t *err)
{
    json_error_t problem = { 0 };
    *out = len ? json_loadb(text, len, 0, &problem) : NULL;
    if (!*out && len && json_error_code(&problem) == json_error_out_of_memory)
        return kube_fail_memory(err);
    if (json_is_object(*out))
        return KUBE_OK;
    kube_secret_json_free(*out);
    *out = NULL;
    return kube_fail(err, KUBE_E_PARSE, "not a JSON object");
}

static void wipe(json_t *value)
{
    const char *key;
    json_t *child;
    size_t i;
    if (json_is_string(value))
        kube_mem_wipe((char *)json_string_value(value), json_string_length(value));
    json_array_foreach(value, i, child)
        wipe(child);
    json_object_foreach(value, key, child)
        wipe(child);
}

void kube_secret_json_free(json_t *root)
{
    wipe(root);
    json_decref(root);
}
