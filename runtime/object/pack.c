#include "object/pack.h"

#include "object/owner.h"
#include "object/type.h"

/* A stretch of memory, and where it is now. */
typedef struct stretch {
    uintptr_t from;
    size_t len;
    char *to;
} stretch_t;

typedef struct move {
    stretch_t structs;
    stretch_t text;
    kube_owner_t *owner; /* the new one */
} move_t;

static void move_struct(const move_t *move, const kube_type_t *type, void *object);

/* Where what was at that address is now. What is in neither stretch stays: strings of the tables, NULL. */
static void *moved(const move_t *move, const void *pointer)
{
    uintptr_t at = (uintptr_t)pointer;
    if (at - move->text.from < move->text.len)
        return move->text.to + (at - move->text.from);
    if (at - move->structs.from < move->structs.len)
        return move->structs.to + (at - move->structs.from);
    return (void *)at;
}

static void move_string(const move_t *move, const char **slot)
{
    *slot = moved(move, *slot);
}

static void move_value(const move_t *move, unsigned kind, const void *type, void *slot);

static void move_items(const move_t *move, const kube_element_t *element, kube_any_list_t *list, bool keyed)
{
    bool plain = !keyed && (element->kind >= KUBE_KIND_PLAIN_BOOL || element->kind < KUBE_KIND_STRING);
    list->items = moved(move, list->items);
    if (!list->items || plain)
        return;
    for (size_t i = 0; i < list->len; i++) {
        if (keyed)
            move_string(move, kube_item_key(element, list, i));
        move_value(move, element->kind, element->type, kube_item_value(element, list, i));
    }
}

static void move_object(const move_t *move, const kube_type_t *type, void **slot)
{
    *slot = moved(move, *slot);
    if (*slot)
        move_struct(move, type, *slot);
}

static void move_value(const move_t *move, unsigned kind, const void *type, void *slot)
{
    switch (kind) {
    case KUBE_KIND_STRING:
    case KUBE_KIND_QUANTITY:
    case KUBE_KIND_NUMBER: move_string(move, slot); break;
    case KUBE_KIND_INT_OR_STRING: move_string(move, &((kube_int_or_string_t *)slot)->string); break;
    case KUBE_KIND_BYTES: ((kube_bytes_t *)slot)->data = moved(move, ((kube_bytes_t *)slot)->data); break;
    case KUBE_KIND_JSON: move_string(move, &((kube_json_t *)slot)->text); break;
    case KUBE_KIND_OBJECT: move_object(move, type, slot); break;
    case KUBE_KIND_STRUCT: move_struct(move, type, slot); break;
    case KUBE_KIND_LIST: move_items(move, type, slot, false); break;
    case KUBE_KIND_MAP: move_items(move, type, slot, true); break;
    default: break;
    }
}

static void move_unknown(const move_t *move, const kube_unknown_t **slot)
{
    while (*slot) {
        kube_unknown_t *unknown = moved(move, *slot);
        move_string(move, &unknown->name);
        move_string(move, &unknown->value.text);
        *slot = unknown;
        slot = &unknown->next;
    }
}

/* Absent fields are most of a struct: they are passed over word by word where the table knows the words. */
static void move_fields(const move_t *move, const kube_type_t *type, void *object)
{
    const uint64_t __attribute__((may_alias)) *words = object;
    size_t count = type->words ? type->unknown_offset / sizeof *words : 0;
    for (size_t i = 0; i < count; i++)
        if (words[i] && type->words[i]) {
            const kube_field_t *field = &type->fields[type->words[i] - 1];
            move_value(move, field->kind, field->type, kube_slot(object, field));
        }
    for (size_t i = 0; !type->words && i < type->field_count; i++)
        move_value(move, type->fields[i].kind, type->fields[i].type, kube_slot(object, &type->fields[i]));
}

static void move_struct(const move_t *move, const kube_type_t *type, void *object)
{
    kube_own(object, type, move->owner);
    move_fields(move, type, object);
    move_unknown(move, kube_unknown_of(type, object));
}

static bool is_simple(const kube_owner_t *owner)
{
    const kube_chunk_t *text = owner->chunks;
    return text->next && !text->next->next && owner->text_end > (char *)text && owner->text < (char *)text + text->size;
}

static void *copy_to_one_chunk(const kube_type_t *type, void *object, const kube_owner_t *owner)
{
    char *structs = (char *)(uintptr_t)(owner + 1), *text = (char *)(owner->chunks + 1);
    size_t structs_len = (size_t)(owner->at - structs), text_len = (size_t)(owner->text - text);
    kube_owner_t *fitting = kube_arena_exact(structs_len, text_len);
    if (!fitting)
        return NULL;
    move_t move = { .structs = { (uintptr_t)structs, structs_len, fitting->at },
                    .text = { (uintptr_t)text, text_len, fitting->text }, .owner = fitting };
    memcpy(fitting->at, structs, structs_len);
    memcpy(fitting->text, text, text_len);
    fitting->at += structs_len;
    fitting->text += text_len;
    void *packed = moved(&move, object);
    move_struct(&move, type, packed);
    return packed;
}

void *kube_pack(const kube_type_t *type, void *object)
{
    const kube_owner_t *owner = kube_owner_of(object);
    void *packed = is_simple(owner) ? copy_to_one_chunk(type, object, owner) : kube_dup(type, object);
    kube_free(object);
    return packed;
}
