/* What walks the type tables shares. */
#ifndef KUBE_OBJECT_TYPE_H
#define KUBE_OBJECT_TYPE_H

#include <string.h>

#include <kube/type.h>

/* Nesting of arrays and objects that is allowed when nothing else is said, and the most that can be asked for. */
#define KUBE_DEPTH_DEFAULT 200
#define KUBE_DEPTH_MAX 1000

/* kube_field_hash for a name whose first and last (up to) 8 bytes are at hand. hash_bits is never 0. */
static inline uint64_t kube_field_hash_words(uint64_t first, uint64_t last, size_t len, uint64_t multiplier)
{
    return ((first ^ (last << 23 | last >> 41)) + len) * multiplier;
}

const kube_field_t *kube_type_field_hashed(const kube_type_t *type, const char *name, size_t len, uint64_t first, uint64_t last);

/* The memory forms that tables describe without naming their types. */
typedef struct kube_any_list {
    void *items;
    size_t len;
} kube_any_list_t;

static inline void *kube_slot(const void *object, const kube_field_t *field)
{
    return (char *)(uintptr_t)object + field->offset;
}

static inline const kube_unknown_t **kube_unknown_of(const kube_type_t *type, const void *object)
{
    return (const kube_unknown_t **)(void *)((char *)(uintptr_t)object + type->unknown_offset);
}

static inline const char **kube_string_at(const void *object, uint16_t offset)
{
    return (const char **)(void *)((char *)(uintptr_t)object + offset);
}

/* The i-th item of a list, or the value of the i-th entry of a map. */
static inline void *kube_item_value(const kube_element_t *element, const kube_any_list_t *list, size_t i)
{
    return (char *)list->items + i * element->stride + element->offset;
}

/* The key of the i-th entry of a map. */
static inline const char **kube_item_key(const kube_element_t *element, const kube_any_list_t *map, size_t i)
{
    return (const char **)(void *)((char *)map->items + i * element->stride);
}

/* Whether the value of that kind in slot is present. Values without presence (kinds of list items) always are. */
bool kube_present(uint8_t kind, const void *slot);
/* Bytes that a field of that kind takes in its struct. */
size_t kube_kind_size(uint8_t kind);

#endif
