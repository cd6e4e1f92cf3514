/* Editing objects that an arena holds. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "object/json_decoder.h"
#include "object/owner.h"

/* The arena of a root that may be edited: owned by nobody else, and without parts that several objects share. */
static kube_owner_t *editable(void *root)
{
    kube_owner_t *owner = kube_owner_of(root);
    return owner && !owner->frozen && atomic_load_explicit(&owner->references, memory_order_acquire) == 1 ? owner : NULL;
}

/* The slot of a field that is of one of the kinds in the mask, or NULL. */
static void *slot_of(const void *object, const kube_type_t *type, const char *name, uint32_t kinds, const kube_field_t **field)
{
    *field = object && type && name ? kube_type_field(type, name, strlen(name)) : NULL;
    return *field && kinds >> (*field)->kind & 1 ? kube_slot(object, *field) : NULL;
}

#define KIND(name) ((uint32_t)1 << KUBE_KIND_##name)
#define TEXT_KINDS (KIND(STRING) | KIND(QUANTITY) | KIND(NUMBER))

void *kube_alloc_bytes(void *root, size_t size)
{
    kube_owner_t *owner = editable(root);
    return owner ? kube_arena_zero(owner, size) : NULL;
}

void *kube_alloc(void *root, const kube_type_t *type)
{
    void *object = type ? kube_alloc_bytes(root, type->size) : NULL;
    if (object)
        kube_own(object, type, kube_owner_of(root));
    return object;
}

void *kube_ensure(void *root, void *object, const kube_type_t *type, const char *name)
{
    const kube_field_t *field;
    void **slot = slot_of(object, type, name, KIND(OBJECT), &field);
    if (!slot || !editable(root))
        return NULL;
    if (!*slot)
        *slot = kube_alloc(root, field->type);
    return *slot;
}

/* ---- lists ---- */

/* A new zeroed item at the end of any list or map. */
static void *append(kube_owner_t *owner, kube_any_list_t *list, const kube_element_t *element)
{
    size_t len = list->items ? list->len : 0;
    void *items = kube_arena_grow(owner, list->items, len, element->stride);
    if (!items)
        return NULL;
    *list = (kube_any_list_t){ items, len };
    void *item = memset((char *)items + list->len++ * element->stride, 0, element->stride);
    if (element->kind == KUBE_KIND_STRUCT)
        kube_own((char *)item + element->offset, element->type, owner);
    return item;
}

void *kube_list_append(void *root, void *object, const kube_type_t *type, const char *name)
{
    const kube_field_t *field;
    kube_any_list_t *list = slot_of(object, type, name, KIND(LIST), &field);
    kube_owner_t *owner = editable(root);
    return list && owner ? append(owner, list, field->type) : NULL;
}

int kube_list_append_string(void *root, void *object, const kube_type_t *type, const char *name, const char *text)
{
    const kube_field_t *field;
    kube_any_list_t *list = slot_of(object, type, name, KIND(LIST), &field);
    if (!list || !text || !editable(root) || !(TEXT_KINDS >> ((const kube_element_t *)field->type)->kind & 1))
        return KUBE_E_USAGE;
    const char *copy = kube_strdup(root, text);
    const char **item = copy ? kube_list_append(root, object, type, name) : NULL;
    if (!item)
        return KUBE_E_NO_MEMORY;
    *item = copy;
    return KUBE_OK;
}

static void remove_at(kube_any_list_t *list, size_t stride, size_t i)
{
    char *item = (char *)list->items + i * stride;
    memmove(item, item + stride, (list->len - i - 1) * stride);
    list->len--;
}

int kube_list_remove(void *root, void *object, const kube_type_t *type, const char *name, size_t i)
{
    const kube_field_t *field;
    kube_any_list_t *list = slot_of(object, type, name, KIND(LIST), &field);
    if (!list || !editable(root) || !list->items || i >= list->len)
        return KUBE_E_USAGE;
    remove_at(list, ((const kube_element_t *)field->type)->stride, i);
    return KUBE_OK;
}

/* ---- maps ---- */

/* The value slot of a key, or NULL; *at its number. */
static void *find_key(const kube_any_list_t *map, const kube_element_t *element, const char *key, size_t *at)
{
    for (size_t i = 0; map->items && i < map->len; i++) {
        const char *other = *kube_item_key(element, map, i);
        *at = i;
        if (other && strcmp(other, key) == 0)
            return kube_item_value(element, map, i);
    }
    return NULL;
}

void *kube_map_find(const void *object, const kube_type_t *type, const char *name, const char *key)
{
    const kube_field_t *field;
    kube_any_list_t *map = slot_of(object, type, name, KIND(MAP), &field);
    if (!map || !key)
        return NULL;
    size_t i;
    return find_key(map, field->type, key, &i);
}

void *kube_map_put(void *root, void *object, const kube_type_t *type, const char *name, const char *key)
{
    const kube_field_t *field;
    kube_any_list_t *map = slot_of(object, type, name, KIND(MAP), &field);
    kube_owner_t *owner = editable(root);
    if (!map || !key || !owner)
        return NULL;
    size_t i;
    void *value = find_key(map, field->type, key, &i);
    if (value)
        return value;
    const char *copy = kube_strdup(root, key);
    const char **entry = copy ? append(owner, map, field->type) : NULL;
    if (!entry)
        return NULL;
    *entry = copy;
    return kube_item_value(field->type, map, map->len - 1);
}

int kube_map_set(void *root, void *object, const kube_type_t *type, const char *name, const char *key, const char *text)
{
    const kube_field_t *field;
    kube_any_list_t *map = slot_of(object, type, name, KIND(MAP), &field);
    if (!map || !key || !text || !editable(root) || !(TEXT_KINDS >> ((const kube_element_t *)field->type)->kind & 1))
        return KUBE_E_USAGE;
    const char *copy = kube_strdup(root, text);
    const char **value = copy ? kube_map_put(root, object, type, name, key) : NULL;
    if (!value)
        return KUBE_E_NO_MEMORY;
    *value = copy;
    return KUBE_OK;
}

int kube_map_remove(void *root, void *object, const kube_type_t *type, const char *name, const char *key)
{
    const kube_field_t *field;
    kube_any_list_t *map = slot_of(object, type, name, KIND(MAP), &field);
    if (!map || !key || !editable(root))
        return KUBE_E_USAGE;
    size_t i;
    if (find_key(map, field->type, key, &i))
        remove_at(map, ((const kube_element_t *)field->type)->stride, i);
    return KUBE_OK;
}

/* ---- text ---- */

const char *kube_strndup(void *root, const char *text, size_t len)
{
    kube_owner_t *owner = editable(root);
    return owner && text ? kube_arena_text(owner, text, len) : NULL;
}

const char *kube_strdup(void *root, const char *text)
{
    return text ? kube_strndup(root, text, strlen(text)) : NULL;
}

const char *kube_vprintf(void *root, const char *format, va_list arguments)
{
    kube_buffer_t text = { 0 };
    va_list again;
    va_copy(again, arguments);
    int len = format ? vsnprintf(NULL, 0, format, again) : -1;
    va_end(again);
    const char *copy = NULL;
    if (len >= 0 && kube_buffer_reserve(&text, (size_t)len)) {
        vsnprintf(text.data, (size_t)len + 1, format, arguments);
        copy = kube_strndup(root, text.data, (size_t)len);
    }
    kube_buffer_dispose(&text);
    return copy;
}

const char *kube_printf(void *root, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *copy = kube_vprintf(root, format, arguments);
    va_end(arguments);
    return copy;
}

/* ---- setters ---- */

int kube_set_string(void *root, void *object, const kube_type_t *type, const char *name, const char *text)
{
    const kube_field_t *field;
    void *slot = slot_of(object, type, name, TEXT_KINDS | KIND(INT_OR_STRING), &field);
    if (!slot || !editable(root))
        return KUBE_E_USAGE;
    const char *copy = text ? kube_strdup(root, text) : NULL;
    if (text && !copy)
        return KUBE_E_NO_MEMORY;
    if (field->kind == KUBE_KIND_INT_OR_STRING)
        *(kube_int_or_string_t *)slot = (kube_int_or_string_t){ .has = copy != NULL, .string = copy };
    else
        *(const char **)slot = copy;
    return KUBE_OK;
}

int kube_set_bool(void *root, void *object, const kube_type_t *type, const char *name, bool value)
{
    const kube_field_t *field;
    kube_bool_t *slot = slot_of(object, type, name, KIND(BOOL), &field);
    if (!slot || !editable(root))
        return KUBE_E_USAGE;
    slot->has = true;
    slot->value = value;
    return KUBE_OK;
}

int kube_set_int(void *root, void *object, const kube_type_t *type, const char *name, int64_t value)
{
    const kube_field_t *field;
    void *slot = slot_of(object, type, name, KIND(INT32) | KIND(INT64) | KIND(INT_OR_STRING) | KIND(DOUBLE), &field);
    if (!slot || !editable(root))
        return KUBE_E_USAGE;
    if (field->kind == KUBE_KIND_INT32 && (value < INT32_MIN || value > INT32_MAX))
        return KUBE_E_USAGE;
    switch (field->kind) {
    case KUBE_KIND_INT32: *(kube_int32_t *)slot = (kube_int32_t){ true, (int32_t)value }; break;
    case KUBE_KIND_INT64: *(kube_int64_t *)slot = (kube_int64_t){ true, value }; break;
    case KUBE_KIND_DOUBLE: *(kube_double_t *)slot = (kube_double_t){ true, (double)value }; break;
    default: *(kube_int_or_string_t *)slot = (kube_int_or_string_t){ .has = true, .number = value }; break;
    }
    return KUBE_OK;
}

int kube_set_double(void *root, void *object, const kube_type_t *type, const char *name, double value)
{
    const kube_field_t *field;
    kube_double_t *slot = slot_of(object, type, name, KIND(DOUBLE), &field);
    if (!slot || !editable(root))
        return KUBE_E_USAGE;
    *slot = (kube_double_t){ true, value };
    return KUBE_OK;
}

int kube_set_time(void *root, void *object, const kube_type_t *type, const char *name, int64_t seconds, int32_t nanoseconds)
{
    const kube_field_t *field;
    kube_time_t *slot = slot_of(object, type, name, KIND(TIME) | KIND(MICRO_TIME), &field);
    if (!slot || !editable(root) || nanoseconds < 0 || nanoseconds > 999999999)
        return KUBE_E_USAGE;
    *slot = (kube_time_t){ true, nanoseconds, seconds };
    return KUBE_OK;
}

int kube_set_bytes(void *root, void *object, const kube_type_t *type, const char *name, const void *data, size_t len)
{
    const kube_field_t *field;
    kube_bytes_t *slot = slot_of(object, type, name, KIND(BYTES), &field);
    if (!slot || !editable(root) || (!data && len))
        return KUBE_E_USAGE;
    const char *copy = data ? kube_strndup(root, data, len) : NULL;
    if (data && !copy)
        return KUBE_E_NO_MEMORY;
    *slot = (kube_bytes_t){ (const uint8_t *)copy, len };
    return KUBE_OK;
}

int kube_set_json(void *root, void *object, const kube_type_t *type, const char *name, const char *text, size_t len)
{
    const kube_field_t *field;
    kube_json_t *slot = slot_of(object, type, name, KIND(JSON), &field);
    if (!slot || !editable(root))
        return KUBE_E_USAGE;
    if (!text) {
        *slot = (kube_json_t){ 0 };
        return KUBE_OK;
    }
    int result = kube_json_check(text, len, 0, NULL, NULL);
    const char *copy = result == KUBE_OK ? kube_strndup(root, text, len) : NULL;
    if (!copy)
        return result == KUBE_OK ? KUBE_E_NO_MEMORY : result;
    *slot = (kube_json_t){ copy, len };
    return KUBE_OK;
}

int kube_unset(void *root, void *object, const kube_type_t *type, const char *name)
{
    const kube_field_t *field;
    void *slot = slot_of(object, type, name, UINT32_MAX, &field);
    if (!slot || !editable(root))
        return KUBE_E_USAGE;
    memset(slot, 0, kube_kind_size(field->kind));
    return KUBE_OK;
}
