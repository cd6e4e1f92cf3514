/* Strategic merge patches: lists that are merged. */
#include <string.h>

#include "patch/strategic.h"

/* Both lists' scalars, each once. */
static kube_value_t *union_of(kube_tree_t *tree, const kube_value_t *a, const kube_value_t *b)
{
    kube_ranks_t ranks;
    kube_value_t *both = kube_value_new(tree, KUBE_VALUE_LIST);
    if (!both || !kube_ranks_make(tree, a, NULL, &ranks))
        return NULL;
    for (size_t i = 0; i < b->len; i++) {
        if (!kube_ranks_add(tree, &ranks, b->items[i]))
            return NULL;
    }
    KUBE_EACH_MEMBER(member, ranks.keys) {
        if (!kube_list_add(tree, both, member->value))
            return NULL;
    }
    return both;
}

/* A patch's list taken apart. */
typedef struct parts {
    kube_value_t *elements; /* those without $patch */
    kube_value_t *deleted;  /* {"$patch": "delete"} */
    bool replace;           /* {"$patch": "replace"} is among them */
} parts_t;

static bool take_apart(const kube_merge_t *m, const kube_value_t *patch, parts_t *out)
{
    *out = (parts_t){ kube_value_new(m->tree, KUBE_VALUE_LIST), kube_value_new(m->tree, KUBE_VALUE_LIST), false };
    if (!out->elements || !out->deleted)
        return false;
    for (size_t i = 0; i < patch->len; i++) {
        kube_value_t *element = patch->items[i];
        const kube_value_t *directive = kube_object_gets(element, KUBE_DIRECTIVE_PATCH);
        if (directive && !kube_is_delete_marker(element)) {
            if (directive->kind != KUBE_VALUE_STRING || strcmp(directive->text, "replace") != 0)
                return kube_tree_fail(m->tree, KUBE_E_PARSE, "$patch of an element must be \"replace\" or \"delete\""), false;
            out->replace = true;
        } else if (!kube_list_add(m->tree, directive ? out->deleted : out->elements, element)) {
            return false;
        }
    }
    return true;
}

/* Adds an element that was not there. */
static bool add_element(const kube_merge_t *m, kube_value_t *list, kube_ranks_t *ranks, kube_value_t *element)
{
    if (!m->combine)
        kube_strategic_cleaned(element);
    return kube_list_add(m->tree, list, element) && kube_ranks_add(m->tree, ranks, element);
}

/* Merges elements with those of the same key in `original` and appends the others; drops what `deleted` names. */
static kube_value_t *merge_elements(const kube_merge_t *m, const kube_value_t *original, const parts_t *parts,
                                    const kube_place_t *place)
{
    kube_place_t item = kube_place_item(place);
    kube_ranks_t old, deleted;
    kube_value_t *merged = kube_value_new(m->tree, KUBE_VALUE_LIST);
    if (!merged || !kube_ranks_make(m->tree, parts->deleted, place->merge_key, &deleted))
        return NULL;
    for (size_t i = 0; i < original->len; i++) {
        if (kube_rank_of(m->tree, &deleted, original->items[i]) == SIZE_MAX && !kube_list_add(m->tree, merged, original->items[i]))
            return NULL;
    }
    if (!kube_ranks_make(m->tree, merged, place->merge_key, &old))
        return NULL;
    for (size_t i = 0; i < parts->elements->len; i++) {
        kube_value_t *element = parts->elements->items[i];
        size_t mark = kube_tree_enter_item(m->tree, i);
        kube_value_t *match = kube_rank_element(m->tree, &old, element);
        bool ok = m->tree->code == KUBE_OK;
        if (ok && match)
            ok = kube_strategic_merge(m, match, element, &item) != NULL;
        else if (ok)
            ok = add_element(m, merged, &old, element);
        kube_tree_leave(m->tree, mark);
        if (!ok)
            return NULL;
    }
    return merged;
}

static kube_value_t *merge_objects(const kube_merge_t *m, kube_value_t *original, kube_value_t *patch, const kube_place_t *place)
{
    parts_t parts;
    if (!place->merge_key) {
        kube_tree_fail(m->tree, KUBE_E_UNSUPPORTED, "the merge key of this list is not known");
        return NULL;
    }
    if (!take_apart(m, patch, &parts))
        return NULL;
    if (parts.replace) {
        kube_strategic_cleaned(parts.elements);
        return kube_order_elements(m->tree, parts.elements, NULL, parts.elements, place->merge_key);
    }
    kube_value_t *merged = merge_elements(m, original, &parts, place);
    return merged ? kube_order_elements(m->tree, merged, parts.elements, original, place->merge_key) : NULL;
}

kube_value_t *kube_strategic_merge_list(const kube_merge_t *m, kube_value_t *original, kube_value_t *patch,
                                        const kube_place_t *place)
{
    switch (kube_elements_of(m->tree, original, patch)) {
    case KUBE_ELEMENTS_NONE:
        return original;
    case KUBE_ELEMENTS_OBJECTS:
        return merge_objects(m, original, patch, place);
    case KUBE_ELEMENTS_SCALARS: {
        kube_value_t *both = union_of(m->tree, original, patch);
        return both ? kube_order_elements(m->tree, both, patch, original, NULL) : NULL;
    }
    default:
        return NULL;
    }
}
