#include <string.h>

#include "object/type.h"

static uint64_t load_le(const char *bytes, size_t len)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++)
        value |= (uint64_t)(unsigned char)bytes[i] << (8 * i);
    return value;
}

uint64_t kube_field_hash(const char *name, size_t len, uint64_t multiplier)
{
    size_t n = len < 8 ? len : 8;
    return kube_field_hash_words(load_le(name, n), load_le(name + len - n, n), len, multiplier);
}

const char *kube_field_name(const kube_field_t *field)
{
    return field->long_name ? field->long_name : field->key + 2;
}

static bool is_named(const kube_field_t *field, const char *name, size_t len)
{
    return field->name_len == len && memcmp(kube_field_name(field), name, len) == 0;
}

bool kube_field_is(const kube_field_t *field, const char *name)
{
    return is_named(field, name, strlen(name));
}

static const kube_field_t *search(const kube_type_t *type, const char *name, size_t len)
{
    size_t low = 0, high = type->field_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const kube_field_t *field = &type->fields[middle];
        size_t common = len < field->name_len ? len : field->name_len;
        int order = memcmp(name, kube_field_name(field), common);
        if (order == 0)
            order = len < field->name_len ? -1 : len > field->name_len;
        if (order == 0)
            return field;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const kube_field_t *kube_type_field_hashed(const kube_type_t *type, const char *name, size_t len, uint64_t first, uint64_t last)
{
    if (!type->hash_slots)
        return search(type, name, len);
    unsigned number = type->hash_slots[kube_field_hash_words(first, last, len, type->hash_multiplier) >> (64 - type->hash_bits)];
    if (number == 0)
        return NULL;
    const kube_field_t *field = &type->fields[number - 1];
    return is_named(field, name, len) ? field : NULL;
}

const kube_field_t *kube_type_field(const kube_type_t *type, const char *name, size_t len)
{
    size_t n = len < 8 ? len : 8;
    return kube_type_field_hashed(type, name, len, load_le(name, n), load_le(name + len - n, n));
}
