/* Filling in the defaults of the spec. */
#include <string.h>

#include "base/fail.h"
#include "object/json_decoder.h"
#include "object/owner.h"

static int fill_struct(kube_owner_t *owner, const kube_type_t *type, void *object, kube_error_t *err);

static int fill_value(kube_owner_t *owner, unsigned kind, const void *type, void *slot, kube_error_t *err)
{
    const kube_any_list_t *list = slot;
    const kube_element_t *element = type;
    int result = KUBE_OK;
    switch (kind) {
    case KUBE_KIND_OBJECT: return *(void **)slot ? fill_struct(owner, type, *(void **)slot, err) : KUBE_OK;
    case KUBE_KIND_STRUCT: return fill_struct(owner, type, slot, err);
    case KUBE_KIND_LIST:
    case KUBE_KIND_MAP:
        for (size_t i = 0; result == KUBE_OK && list->items && i < list->len; i++)
            result = fill_value(owner, element->kind, element->type, kube_item_value(element, list, i), err);
        return result;
    default: return KUBE_OK;
    }
}

static int fill_struct(kube_owner_t *owner, const kube_type_t *type, void *object, kube_error_t *err)
{
    int result = KUBE_OK;
    for (size_t i = 0; result == KUBE_OK && i < type->field_count; i++) {
        const kube_field_t *field = &type->fields[i];
        const char *text = field->info ? field->info->default_json : NULL;
        void *slot = kube_slot(object, field);
        if (text && !kube_present(field->kind, slot) && strcmp(text, "null") != 0)
            result = kube_json_decode_field(owner, field, text, strlen(text), slot, err);
        if (result == KUBE_OK)
            result = fill_value(owner, field->kind, field->type, slot, err);
    }
    return result;
}

int kube_fill_defaults(const kube_type_t *type, void *object, kube_error_t *err)
{
    kube_error_reset(err);
    if (!type || !object || !(type->flags & KUBE_TYPE_ROOT) || type->abi != KUBE_TABLE_ABI)
        return kube_fail(err, KUBE_E_USAGE, "type or object is NULL, or the type is not a root");
    kube_owner_t *owner = kube_owner_of(object);
    if (!owner || owner->frozen || atomic_load_explicit(&owner->references, memory_order_acquire) != 1)
        return kube_fail(err, KUBE_E_USAGE, "the object is the user's own, shared, or was decoded with KUBE_DECODE_INTERN");
    return fill_struct(owner, type, object, err);
}
