#include "object/walk_path.h"

size_t kube_path_field(kube_buffer_t *path, const kube_field_t *field)
{
    size_t len = path->len;
    if (len)
        kube_buffer_append(path, ".", 1);
    kube_buffer_append(path, kube_field_name(field), field->name_len);
    return len;
}

size_t kube_path_item(kube_buffer_t *path, size_t index)
{
    size_t len = path->len;
    kube_buffer_printf(path, "[%zu]", index);
    return len;
}

size_t kube_path_key(kube_buffer_t *path, const char *key)
{
    size_t len = path->len;
    kube_buffer_append(path, "[", 1);
    kube_buffer_puts(path, key);
    kube_buffer_append(path, "]", 1);
    return len;
}

void kube_path_cut(kube_buffer_t *path, size_t len)
{
    if (len < path->len && !path->failed) {
        path->len = len;
        path->data[len] = '\0';
    }
}
