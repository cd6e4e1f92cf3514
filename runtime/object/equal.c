#include <stdlib.h>
#include <string.h>

#include <kube/object.h>
#include <kube/quantity.h>

#include "base/memory.h"
#include "object/equal.h"
#include "object/tree.h"
#include "object/type.h"

static bool equal_struct(const kube_type_t *type, const void *a, const void *b);

static bool equal_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool equal_quantity(const char *a, const char *b)
{
    int order;
    if (equal_text(a, b))
        return true;
    return a && b && kube_quantity_compare_text(a, b, &order) == KUBE_OK && order == 0;
}

static bool equal_json(const kube_json_t *a, const kube_json_t *b)
{
    if (!a->text || !b->text)
        return a->text == b->text;
    if (a->len == b->len && memcmp(a->text, b->text, a->len) == 0)
        return true;
    kube_tree_t tree = { .max_depth = KUBE_DEPTH_MAX };
    const kube_value_t *one = kube_value_parse(&tree, a->text, a->len, "value");
    const kube_value_t *two = one ? kube_value_parse(&tree, b->text, b->len, "value") : NULL;
    bool equal = two && kube_value_equal(one, two, KUBE_EQUAL_NUMERIC);
    kube_tree_dispose(&tree);
    return equal;
}

static bool equal_number(const char *a, const char *b)
{
    return equal_text(a, b) || (a && b && kube_number_equal(a, strlen(a), b, strlen(b)));
}

static bool equal_time(const kube_time_t *a, const kube_time_t *b)
{
    return a->has == b->has && (!a->has || (a->seconds == b->seconds && a->nanoseconds == b->nanoseconds));
}

static bool equal_bytes(const kube_bytes_t *a, const kube_bytes_t *b)
{
    if (!a->data || !b->data)
        return a->data == b->data;
    return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static bool equal_int_or_string(const kube_int_or_string_t *a, const kube_int_or_string_t *b)
{
    if (!a->has || !b->has)
        return a->has == b->has;
    return a->string || b->string ? equal_text(a->string, b->string) : a->number == b->number;
}

static bool equal_list(const kube_element_t *element, const kube_any_list_t *a, const kube_any_list_t *b)
{
    if (!a->items || !b->items)
        return a->items == b->items;
    if (a->len != b->len)
        return false;
    for (size_t i = 0; i < a->len; i++)
        if (!kube_equal_value(element->kind, element->type, kube_item_value(element, a, i), kube_item_value(element, b, i)))
            return false;
    return true;
}

/* Entries of a map, by key. */
typedef struct entry {
    const char *key;
    const void *value;
} entry_t;

static int entry_order(const void *a, const void *b)
{
    const char *one = ((const entry_t *)a)->key, *two = ((const entry_t *)b)->key;
    return one && two ? strcmp(one, two) : !two - !one;
}

static void sort_entries(const kube_element_t *element, const kube_any_list_t *map, entry_t *out)
{
    for (size_t i = 0; i < map->len; i++)
        out[i] = (entry_t){ *kube_item_key(element, map, i), kube_item_value(element, map, i) };
    qsort(out, map->len, sizeof *out, entry_order);
}

static bool same_order(const kube_element_t *element, const kube_any_list_t *a, const kube_any_list_t *b)
{
    for (size_t i = 0; i < a->len; i++)
        if (!equal_text(*kube_item_key(element, a, i), *kube_item_key(element, b, i)))
            return false;
    return true;
}

static const void *value_of(const kube_element_t *element, const kube_any_list_t *map, const char *key)
{
    for (size_t i = 0; i < map->len; i++)
        if (equal_text(*kube_item_key(element, map, i), key))
            return kube_item_value(element, map, i);
    return NULL;
}

static bool equal_by_search(const kube_element_t *element, const kube_any_list_t *a, const kube_any_list_t *b)
{
    for (size_t i = 0; i < a->len; i++) {
        const void *other = value_of(element, b, *kube_item_key(element, a, i));
        if (!other || !kube_equal_value(element->kind, element->type, kube_item_value(element, a, i), other))
            return false;
    }
    return true;
}

static bool equal_map(const kube_element_t *element, const kube_any_list_t *a, const kube_any_list_t *b)
{
    if (!a->items || !b->items)
        return a->items == b->items;
    if (a->len != b->len)
        return false;
    if (same_order(element, a, b))
        return equal_list(element, a, b);
    entry_t *entries = a->len > 16 ? kube_mem_alloc(2 * a->len * sizeof *entries) : NULL;
    if (!entries)
        return equal_by_search(element, a, b);
    sort_entries(element, a, entries);
    sort_entries(element, b, entries + a->len);
    bool equal = true;
    for (size_t i = 0; equal && i < a->len; i++)
        equal = equal_text(entries[i].key, entries[a->len + i].key) &&
                kube_equal_value(element->kind, element->type, entries[i].value, entries[a->len + i].value);
    kube_mem_free(entries);
    return equal;
}

bool kube_equal_value(unsigned kind, const void *type, const void *a, const void *b)
{
    switch (kind) {
    case KUBE_KIND_BOOL: {
        const kube_bool_t *x = a, *y = b;
        return x->has == y->has && (!x->has || x->value == y->value);
    }
    case KUBE_KIND_INT32: {
        const kube_int32_t *x = a, *y = b;
        return x->has == y->has && (!x->has || x->value == y->value);
    }
    case KUBE_KIND_INT64: {
        const kube_int64_t *x = a, *y = b;
        return x->has == y->has && (!x->has || x->value == y->value);
    }
    case KUBE_KIND_DOUBLE: {
        const kube_double_t *x = a, *y = b;
        return x->has == y->has && (!x->has || x->value == y->value);
    }
    case KUBE_KIND_PLAIN_BOOL: return *(const bool *)a == *(const bool *)b;
    case KUBE_KIND_PLAIN_INT32: return *(const int32_t *)a == *(const int32_t *)b;
    case KUBE_KIND_PLAIN_INT64: return *(const int64_t *)a == *(const int64_t *)b;
    case KUBE_KIND_PLAIN_DOUBLE: return *(const double *)a == *(const double *)b;
    case KUBE_KIND_STRING: return equal_text(*(const char *const *)a, *(const char *const *)b);
    case KUBE_KIND_NUMBER: return equal_number(*(const char *const *)a, *(const char *const *)b);
    case KUBE_KIND_QUANTITY: return equal_quantity(*(const char *const *)a, *(const char *const *)b);
    case KUBE_KIND_BYTES: return equal_bytes(a, b);
    case KUBE_KIND_TIME:
    case KUBE_KIND_MICRO_TIME: return equal_time(a, b);
    case KUBE_KIND_INT_OR_STRING: return equal_int_or_string(a, b);
    case KUBE_KIND_JSON: return equal_json(a, b);
    case KUBE_KIND_OBJECT: {
        const void *x = *(const void *const *)a, *y = *(const void *const *)b;
        return x && y ? equal_struct(type, x, y) : x == y;
    }
    case KUBE_KIND_STRUCT: return equal_struct(type, a, b);
    case KUBE_KIND_LIST: return equal_list(type, a, b);
    default: return equal_map(type, a, b);
    }
}

typedef bool same_fn(const kube_json_t *of_fields, const kube_json_t *of_field);

/* Among the fields from there on and before `end`. */
static const kube_unknown_t *find_unknown(const kube_unknown_t *at, const kube_unknown_t *end, const kube_unknown_t *field, same_fn *same)
{
    while (at != end && !(equal_text(at->name, field->name) && same(&at->value, &field->value)))
        at = at->next;
    return at != end ? at : NULL;
}

bool kube_unknown_has(const kube_unknown_t *fields, const kube_unknown_t **start, const kube_unknown_t *field, same_fn *same)
{
    const kube_unknown_t *found = find_unknown(*start, NULL, field, same);
    if (!found)
        found = find_unknown(fields, *start, field, same);
    if (found)
        *start = found->next;
    return found != NULL;
}

static bool has_all(const kube_unknown_t *fields, const kube_unknown_t *wanted, size_t *count)
{
    const kube_unknown_t *start = fields;
    for (*count = 0; wanted; wanted = wanted->next, ++*count)
        if (!kube_unknown_has(fields, &start, wanted, equal_json))
            return false;
    return true;
}

/* A field may be there twice, so that it does not do to look for a's in b. */
static bool equal_unknown(const kube_unknown_t *a, const kube_unknown_t *b)
{
    size_t count, others;
    return has_all(b, a, &count) && has_all(a, b, &others) && count == others;
}

static bool equal_struct(const kube_type_t *type, const void *a, const void *b)
{
    for (size_t i = 0; i < type->field_count; i++) {
        const kube_field_t *field = &type->fields[i];
        if (!kube_equal_value(field->kind, field->type, kube_slot(a, field), kube_slot(b, field)))
            return false;
    }
    return equal_unknown(*kube_unknown_of(type, a), *kube_unknown_of(type, b));
}

bool kube_equal(const kube_type_t *type, const void *a, const void *b)
{
    if (!type || !a || !b)
        return a == b;
    return equal_struct(type, a, b);
}
