/* What the type tables say of the places of a document, and the names of directives. */
#include <string.h>

#include "patch/strategic.h"

static kube_place_t place_of(uint8_t kind, const void *type)
{
    switch (kind) {
    case KUBE_KIND_OBJECT:
    case KUBE_KIND_STRUCT:
        return (kube_place_t){ .shape = KUBE_SHAPE_STRUCT, .type = type };
    case KUBE_KIND_LIST:
        return (kube_place_t){ .shape = KUBE_SHAPE_LIST, .element = type };
    case KUBE_KIND_MAP:
        return (kube_place_t){ .shape = KUBE_SHAPE_MAP, .element = type };
    case KUBE_KIND_JSON:
        return (kube_place_t){ .shape = KUBE_SHAPE_FREE };
    default:
        return (kube_place_t){ .shape = KUBE_SHAPE_SCALAR };
    }
}

kube_place_t kube_place_root(const kube_type_t *type)
{
    return place_of(KUBE_KIND_OBJECT, type);
}

kube_place_t kube_place_member(const kube_place_t *parent, const char *name, size_t name_len)
{
    if (parent->shape == KUBE_SHAPE_MAP)
        return place_of(parent->element->kind, parent->element->type);
    if (parent->shape == KUBE_SHAPE_FREE)
        return *parent;
    const kube_field_t *field = parent->shape == KUBE_SHAPE_STRUCT ? kube_type_field(parent->type, name, name_len) : NULL;
    if (!field)
        return (kube_place_t){ .shape = KUBE_SHAPE_UNKNOWN };
    kube_place_t place = place_of(field->kind, field->type);
    if (field->info) {
        place.strategy = field->info->patch_strategy;
        place.merge_key = field->info->merge_key;
    }
    return place;
}

kube_place_t kube_place_item(const kube_place_t *list)
{
    kube_place_t item = { .shape = list->shape == KUBE_SHAPE_FREE ? KUBE_SHAPE_FREE : KUBE_SHAPE_UNKNOWN };
    if (list->shape == KUBE_SHAPE_LIST)
        item = place_of(list->element->kind, list->element->type);
    /* "merge,retainKeys" of a list: the elements are merged, and each is told which keys to keep. */
    item.strategy = list->strategy & KUBE_PATCH_RETAIN_KEYS;
    return item;
}

static bool begins_with(const kube_member_t *member, const char *prefix)
{
    size_t len = strlen(prefix);
    return member->name_len >= len && memcmp(member->name, prefix, len) == 0;
}

static bool is_directive(const kube_member_t *member, const char *name)
{
    return member->name_len == strlen(name) && begins_with(member, name);
}

kube_directive_t kube_directive_of(const kube_member_t *member, const char **field, size_t *field_len)
{
    if (member->name_len == 0 || *member->name != '$')
        return KUBE_DIRECTIVE_IS_NONE;
    if (is_directive(member, KUBE_DIRECTIVE_PATCH))
        return KUBE_DIRECTIVE_IS_PATCH;
    if (is_directive(member, KUBE_DIRECTIVE_RETAIN_KEYS))
        return KUBE_DIRECTIVE_IS_RETAIN_KEYS;
    bool order = begins_with(member, KUBE_DIRECTIVE_SET_ORDER);
    if (!order && !begins_with(member, KUBE_DIRECTIVE_DELETE_FROM))
        return KUBE_DIRECTIVE_IS_NONE;
    size_t len = strlen(order ? KUBE_DIRECTIVE_SET_ORDER : KUBE_DIRECTIVE_DELETE_FROM);
    if (field) {
        *field = member->name + len;
        *field_len = member->name_len - len;
    }
    return order ? KUBE_DIRECTIVE_IS_SET_ORDER : KUBE_DIRECTIVE_IS_DELETE_FROM;
}

const char *kube_directive_name(kube_tree_t *tree, const char *directive, const char *field, size_t field_len)
{
    size_t len = strlen(directive);
    char *name = kube_tree_alloc(tree, len + field_len + 1);
    if (!name)
        return NULL;
    memcpy(name, directive, len);
    memcpy(name + len, field, field_len);
    name[len + field_len] = '\0';
    return name;
}

bool kube_is_delete_marker(const kube_value_t *element)
{
    const kube_value_t *directive = element->kind == KUBE_VALUE_OBJECT ? kube_object_gets(element, KUBE_DIRECTIVE_PATCH) : NULL;
    return directive && directive->kind == KUBE_VALUE_STRING && strcmp(directive->text, "delete") == 0;
}
