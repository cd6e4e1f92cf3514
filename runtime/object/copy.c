/*
 * Deep copies. One walk over the tables serves both passes: the first measures, the second copies into an arena that fits exactly.
 */
#include <string.h>

#include "object/owner.h"
#include "object/type.h"

typedef struct copier {
    size_t structs; /* bytes wanted */
    size_t text;
    kube_owner_t *owner; /* NULL: only measuring */
} copier_t;

static void copy_struct(copier_t *c, const kube_type_t *type, const void *from, void *to);

static void *take(copier_t *c, size_t size)
{
    c->structs += (size + 7) & ~(size_t)7;
    return c->owner ? kube_arena_alloc(c->owner, size) : NULL;
}

static const char *copy_text(copier_t *c, const char *text, size_t len)
{
    c->text += len + 1;
    return c->owner ? kube_arena_text(c->owner, text, len) : NULL;
}

static void copy_string(copier_t *c, const char *from, const char **to)
{
    const char *copy = from ? copy_text(c, from, strlen(from)) : NULL;
    if (to)
        *to = copy;
}

static void copy_span(copier_t *c, const void *from, size_t len, const void **to)
{
    const void *copy = from ? copy_text(c, from, len) : NULL;
    if (to)
        *to = copy;
}

static void copy_value(copier_t *c, unsigned kind, const void *type, const void *from, void *to);

/* `to` already holds a plain copy of `from`; what it points to is copied here. NULL when measuring. */
static void copy_items(copier_t *c, const kube_element_t *element, const kube_any_list_t *from, kube_any_list_t *to, bool keyed)
{
    if (!from->items)
        return;
    size_t size = from->len * element->stride;
    char *items = take(c, size ? size : 8);
    if (items)
        memcpy(items, from->items, size);
    if (to)
        to->items = items;
    for (size_t i = 0; i < from->len; i++) {
        if (keyed)
            copy_string(c, *kube_item_key(element, from, i), to ? kube_item_key(element, to, i) : NULL);
        copy_value(c, element->kind, element->type, kube_item_value(element, from, i), to ? kube_item_value(element, to, i) : NULL);
    }
}

static void copy_value(copier_t *c, unsigned kind, const void *type, const void *from, void *to)
{
    switch (kind) {
    case KUBE_KIND_STRING:
    case KUBE_KIND_QUANTITY:
    case KUBE_KIND_NUMBER: copy_string(c, *(const char *const *)from, to); break;
    case KUBE_KIND_INT_OR_STRING:
        copy_string(c, ((const kube_int_or_string_t *)from)->string, to ? &((kube_int_or_string_t *)to)->string : NULL);
        break;
    case KUBE_KIND_BYTES: {
        const kube_bytes_t *bytes = from;
        copy_span(c, bytes->data, bytes->len, to ? (const void **)&((kube_bytes_t *)to)->data : NULL);
        break;
    }
    case KUBE_KIND_JSON: {
        const kube_json_t *json = from;
        copy_span(c, json->text, json->len, to ? (const void **)&((kube_json_t *)to)->text : NULL);
        break;
    }
    case KUBE_KIND_OBJECT: {
        const void *object = *(const void *const *)from;
        void *copy = object ? take(c, ((const kube_type_t *)type)->size) : NULL;
        if (object)
            copy_struct(c, type, object, copy);
        if (to)
            *(void **)to = copy;
        break;
    }
    case KUBE_KIND_STRUCT: copy_struct(c, type, from, to); break;
    case KUBE_KIND_LIST: copy_items(c, type, from, to, false); break;
    case KUBE_KIND_MAP: copy_items(c, type, from, to, true); break;
    default: break;
    }
}

static void copy_unknown(copier_t *c, const kube_unknown_t *from, const kube_unknown_t **tail)
{
    for (; from; from = from->next) {
        kube_unknown_t *copy = take(c, sizeof *copy);
        copy_string(c, from->name, copy ? &copy->name : NULL);
        copy_span(c, from->value.text, from->value.len, copy ? (const void **)&copy->value.text : NULL);
        if (!copy)
            continue;
        copy->next = NULL;
        copy->value.len = from->value.len;
        *tail = copy;
        tail = &copy->next;
    }
}

/* The strings of the tables stay shared: by them the encoder knows an apiVersion and kind that no input said. */
static bool is_from_table(const kube_type_t *type, const kube_field_t *field, const void *slot)
{
    const char *text = field->kind == KUBE_KIND_STRING ? *(const char *const *)slot : NULL;
    return text && (text == type->api_version || text == type->kind);
}

static void copy_struct(copier_t *c, const kube_type_t *type, const void *from, void *to)
{
    if (to) {
        memcpy(to, from, type->size);
        kube_own(to, type, c->owner);
        *kube_unknown_of(type, to) = NULL;
    }
    for (size_t i = 0; i < type->field_count; i++) {
        const kube_field_t *field = &type->fields[i];
        const void *slot = kube_slot(from, field);
        if (!is_from_table(type, field, slot))
            copy_value(c, field->kind, field->type, slot, to ? kube_slot(to, field) : NULL);
    }
    copy_unknown(c, *kube_unknown_of(type, from), to ? kube_unknown_of(type, to) : NULL);
}

void *kube_dup(const kube_type_t *type, const void *object)
{
    if (!type || !object || type->abi != KUBE_TABLE_ABI || !(type->flags & KUBE_TYPE_ROOT))
        return NULL;
    copier_t measure = { 0 };
    take(&measure, type->size);
    copy_struct(&measure, type, object, NULL);
    copier_t copier = { .owner = kube_arena_exact(measure.structs, measure.text) };
    if (!copier.owner)
        return NULL;
    /* The arena has room for all of it, so nothing below fails. */
    void *copy = take(&copier, type->size);
    copy_struct(&copier, type, object, copy);
    return copy;
}
