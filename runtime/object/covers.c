/* Whether one object says all that another says. */
#include <string.h>

#include <kube/meta/v1.h>
#include <kube/object.h>

#include "object/equal.h"
#include "object/tree.h"
#include "object/type.h"

static bool covers_struct(const kube_type_t *type, const void *whole, const void *part, unsigned flags);
static bool covers_value(unsigned kind, const void *type, const kube_field_info_t *info, const void *whole, const void *part,
                         unsigned flags);

/* ---- free-form values ---- */

static bool tree_covers(const kube_value_t *whole, const kube_value_t *part);

static bool tree_object_covers(const kube_value_t *whole, const kube_value_t *part)
{
    KUBE_EACH_MEMBER(member, part) {
        const kube_value_t *other = kube_object_get(whole, member->name, member->name_len);
        if (member->value->kind != KUBE_VALUE_NULL && !(other && tree_covers(other, member->value)))
            return false;
    }
    return true;
}

static bool tree_list_covers(const kube_value_t *whole, const kube_value_t *part)
{
    if (whole->len != part->len)
        return false;
    for (size_t i = 0; i < part->len; i++)
        if (!tree_covers(whole->items[i], part->items[i]))
            return false;
    return true;
}

static bool tree_covers(const kube_value_t *whole, const kube_value_t *part)
{
    if (whole->kind == KUBE_VALUE_OBJECT && part->kind == KUBE_VALUE_OBJECT)
        return tree_object_covers(whole, part);
    if (whole->kind == KUBE_VALUE_LIST && part->kind == KUBE_VALUE_LIST)
        return tree_list_covers(whole, part);
    return kube_value_equal(whole, part, KUBE_EQUAL_NUMERIC);
}

static bool covers_json(const kube_json_t *whole, const kube_json_t *part)
{
    if (!whole->text || !part->text)
        return !part->text;
    if (whole->len == part->len && memcmp(whole->text, part->text, part->len) == 0)
        return true;
    kube_tree_t tree = { .max_depth = KUBE_DEPTH_MAX };
    const kube_value_t *one = kube_value_parse(&tree, whole->text, whole->len, "value");
    const kube_value_t *other = one ? kube_value_parse(&tree, part->text, part->len, "value") : NULL;
    bool covers = other && tree_covers(one, other);
    kube_tree_dispose(&tree);
    return covers;
}

/* ---- lists ---- */

/* Item or entry k of the whole, i of the part. */
static bool covers_item(const kube_element_t *element, const kube_any_list_t *whole, size_t k, const kube_any_list_t *part,
                        size_t i, unsigned flags)
{
    const void *one = kube_item_value(element, whole, k), *other = kube_item_value(element, part, i);
    return covers_value(element->kind, element->type, NULL, one, other, flags);
}

/* Whether that is the default, which is JSON text. */
static bool is_default(const char *text, const char *json)
{
    size_t len = strlen(json);
    return !text || (len == strlen(text) + 2 && memcmp(json + 1, text, len - 2) == 0);
}

/* Whether two items have the same key; one that part leaves out is its default. */
static bool same_key(const kube_field_t *key, const void *whole, const void *part)
{
    const void *one = kube_slot(whole, key), *other = kube_slot(part, key);
    if (kube_present(key->kind, other))
        return kube_equal_value(key->kind, key->type, one, other);
    const char *value = key->info ? key->info->default_json : NULL;
    return !value || key->kind != KUBE_KIND_STRING || is_default(*(const char *const *)one, value);
}

static bool same_keys(const kube_type_t *type, const char *const *keys, const void *whole, const void *part)
{
    for (; *keys; keys++) {
        const kube_field_t *key = kube_type_field(type, *keys, strlen(*keys));
        if (key && !same_key(key, whole, part))
            return false;
    }
    return true;
}

static bool covers_keyed_item(const kube_element_t *element, const char *const *keys, const void *whole, const void *part,
                              unsigned flags)
{
    return same_keys(element->type, keys, whole, part) && covers_struct(element->type, whole, part, flags);
}

/* Most items stand where they stood. */
static bool covers_keyed_list(const kube_element_t *element, const char *const *keys, const kube_any_list_t *whole,
                              const kube_any_list_t *part, unsigned flags)
{
    for (size_t i = 0; i < part->len; i++) {
        const void *item = kube_item_value(element, part, i);
        bool found = covers_keyed_item(element, keys, kube_item_value(element, whole, i), item, flags);
        for (size_t k = 0; !found && k < whole->len; k++)
            found = covers_keyed_item(element, keys, kube_item_value(element, whole, k), item, flags);
        if (!found)
            return false;
    }
    return true;
}

static bool covers_list(const kube_element_t *element, const kube_field_info_t *info, const kube_any_list_t *whole,
                        const kube_any_list_t *part, unsigned flags)
{
    if (whole->len != part->len)
        return false;
    if (info && info->list_type == KUBE_LIST_TYPE_MAP && info->list_map_keys && element->kind == KUBE_KIND_STRUCT)
        return covers_keyed_list(element, info->list_map_keys, whole, part, flags);
    for (size_t i = 0; i < part->len; i++)
        if (!covers_item(element, whole, i, part, i, flags))
            return false;
    return true;
}

/* ---- maps ---- */

static bool has_key(const kube_element_t *element, const kube_any_list_t *map, size_t i, const char *key)
{
    const char *other = *kube_item_key(element, map, i);
    return key && other ? strcmp(key, other) == 0 : key == other;
}

static bool covers_map(const kube_element_t *element, const kube_any_list_t *whole, const kube_any_list_t *part, unsigned flags)
{
    /* Both are in the same order as a rule: the search begins behind the entry that was found last. */
    for (size_t i = 0, at = 0; i < part->len; i++, at++) {
        const char *key = *kube_item_key(element, part, i);
        size_t tries = 0;
        while (tries < whole->len && !has_key(element, whole, at % whole->len, key)) {
            at++;
            tries++;
        }
        if (tries == whole->len)
            return false;
        at %= whole->len;
        if (!covers_item(element, whole, at, part, i, flags))
            return false;
    }
    return true;
}

/* ---- structs ---- */

/* Values that Go's omitempty leaves out. */
static bool is_zero(unsigned kind, const void *slot)
{
    switch (kind) {
    case KUBE_KIND_BOOL: return !((const kube_bool_t *)slot)->value;
    case KUBE_KIND_INT32: return ((const kube_int32_t *)slot)->value == 0;
    case KUBE_KIND_INT64: return ((const kube_int64_t *)slot)->value == 0;
    case KUBE_KIND_DOUBLE: return ((const kube_double_t *)slot)->value == 0;
    case KUBE_KIND_STRING: return **(const char *const *)slot == '\0';
    case KUBE_KIND_BYTES: return ((const kube_bytes_t *)slot)->len == 0;
    case KUBE_KIND_LIST:
    case KUBE_KIND_MAP: return ((const kube_any_list_t *)slot)->len == 0;
    default: return false;
    }
}

/* Both are present, or their kind knows no presence. */
static bool covers_value(unsigned kind, const void *type, const kube_field_info_t *info, const void *whole, const void *part,
                         unsigned flags)
{
    switch (kind) {
    case KUBE_KIND_STRUCT: return covers_struct(type, whole, part, flags);
    case KUBE_KIND_OBJECT: return covers_struct(type, *(const void *const *)whole, *(const void *const *)part, flags);
    case KUBE_KIND_LIST: return covers_list(type, info, whole, part, flags);
    case KUBE_KIND_MAP: return covers_map(type, whole, part, flags);
    case KUBE_KIND_JSON: return covers_json(whole, part);
    default: return kube_equal_value(kind, type, whole, part);
    }
}

static bool is_server_set(const kube_type_t *type, const kube_field_t *field)
{
    static const char *const names[] = { "creationTimestamp", "generation", "managedFields", "namespace", "resourceVersion", "selfLink", "uid" };
    if (type != &kube_meta_v1_object_meta_type && type != &kube_meta_v1_list_meta_type)
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (kube_field_is(field, names[i]))
            return true;
    return false;
}

static bool is_skipped(const kube_type_t *type, const kube_field_t *field, unsigned flags)
{
    if (!(flags & KUBE_COVERS_WRITTEN))
        return false;
    return is_server_set(type, field) || (type->flags & KUBE_TYPE_ROOT && kube_field_is(field, "status"));
}

static bool covers_field(const kube_field_t *field, const void *whole, const void *part, unsigned flags)
{
    const void *slot = kube_slot(whole, field), *said = kube_slot(part, field);
    if (!kube_present(field->kind, slot))
        return flags & KUBE_COVERS_ZERO_IS_ABSENT && is_zero(field->kind, said);
    return covers_value(field->kind, field->type, field->info, slot, said, flags);
}

static bool says_nothing(const kube_unknown_t *field)
{
    return !field->name || !field->value.text || (field->value.len == 4 && memcmp(field->value.text, "null", 4) == 0);
}

static bool covers_unknown(const kube_unknown_t *whole, const kube_unknown_t *part)
{
    const kube_unknown_t *start = whole;
    for (; part; part = part->next)
        if (!says_nothing(part) && !kube_unknown_has(whole, &start, part, covers_json))
            return false;
    return true;
}

static bool covers_struct(const kube_type_t *type, const void *whole, const void *part, unsigned flags)
{
    for (size_t i = 0; i < type->field_count; i++) {
        const kube_field_t *field = &type->fields[i];
        bool says = kube_present(field->kind, kube_slot(part, field)) && !is_skipped(type, field, flags);
        if (says && !covers_field(field, whole, part, flags))
            return false;
    }
    return covers_unknown(*kube_unknown_of(type, whole), *kube_unknown_of(type, part));
}

bool kube_covers(const kube_type_t *type, const void *whole, const void *part, unsigned flags)
{
    if (!type || !whole || !part)
        return !part || whole == part;
    return covers_struct(type, whole, part, flags);
}
