#include "object/yaml_secret.h"

#include <stdint.h>

kube_yaml_reader_t *kube_yaml_secret_reader_new(const char *text, size_t len, const kube_yaml_options_t *options, kube_buffer_t *json)
{
    bool has_room = len <= SIZE_MAX / 4 && kube_buffer_reserve(json, 2 * len + 1024);
    return has_room ? kube_yaml_reader_new(text, len, options) : NULL;
}
