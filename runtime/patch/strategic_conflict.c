/* Whether two strategic merge patches want different things of one field. */

#include "patch/apply.h"
#include "patch/strategic.h"

static bool values_conflict(kube_tree_t *tree, const kube_value_t *a, const kube_value_t *b, const kube_place_t *place);

static bool same_directive(const kube_value_t *a, const kube_value_t *b)
{
    const kube_value_t *x = kube_object_gets(a, KUBE_DIRECTIVE_PATCH), *y = kube_object_gets(b, KUBE_DIRECTIVE_PATCH);
    return (!x && !y) || (x && y && kube_value_equal(x, y, 0));
}

static bool objects_conflict(kube_tree_t *tree, const kube_value_t *a, const kube_value_t *b, const kube_place_t *place)
{
    if (!same_directive(a, b))
        return true;
    if (place->strategy & KUBE_PATCH_REPLACE)
        return false;
    KUBE_EACH_MEMBER(member, a) {
        const kube_value_t *other = kube_object_get(b, member->name, member->name_len);
        if (!other || kube_directive_of(member, NULL, NULL) != KUBE_DIRECTIVE_IS_NONE)
            continue;
        size_t mark = kube_tree_enter(tree, member->name, member->name_len);
        kube_place_t inner = kube_place_member(place, member->name, member->name_len);
        if (values_conflict(tree, member->value, other, &inner))
            return true;
        kube_tree_leave(tree, mark);
    }
    return false;
}

/* Elements of the same merge key. */
static bool elements_conflict(kube_tree_t *tree, const kube_value_t *a, const kube_value_t *b, const kube_place_t *place)
{
    kube_ranks_t left, right;
    kube_place_t item = kube_place_item(place);
    if (!kube_ranks_make(tree, a, place->merge_key, &left) || !kube_ranks_make(tree, b, place->merge_key, &right))
        return true;
    KUBE_EACH_MEMBER(member, left.keys) {
        const kube_value_t *other = kube_object_get(right.keys, member->name, member->name_len);
        size_t mark = kube_tree_enter_item(tree, (size_t)(member - left.keys->members));
        if (other && values_conflict(tree, member->value, other, &item))
            return true;
        kube_tree_leave(tree, mark);
    }
    return false;
}

/* Lists that are replaced: scalars as sets, all else one by one. */
static bool replaced_lists_conflict(kube_tree_t *tree, const kube_value_t *a, const kube_value_t *b, const kube_place_t *place)
{
    if (a->len != b->len)
        return true;
    kube_place_t item = kube_place_item(place);
    bool scalars = true;
    for (size_t i = 0; i < a->len; i++)
        scalars = scalars && a->items[i]->kind < KUBE_VALUE_LIST && b->items[i]->kind < KUBE_VALUE_LIST;
    kube_ranks_t left, right;
    if (scalars) {
        if (!kube_ranks_make(tree, a, NULL, &left) || !kube_ranks_make(tree, b, NULL, &right))
            return true;
        return !kube_value_equal(left.keys, right.keys, 0);
    }
    for (size_t i = 0; i < a->len; i++) {
        size_t mark = kube_tree_enter_item(tree, i);
        if (values_conflict(tree, a->items[i], b->items[i], &item))
            return true;
        kube_tree_leave(tree, mark);
    }
    return false;
}

static bool values_conflict(kube_tree_t *tree, const kube_value_t *a, const kube_value_t *b, const kube_place_t *place)
{
    if (a->kind != b->kind || a->kind < KUBE_VALUE_LIST)
        return !kube_value_equal(a, b, 0);
    if (a->kind == KUBE_VALUE_OBJECT)
        return objects_conflict(tree, a, b, place);
    if (!(place->strategy & KUBE_PATCH_MERGE))
        return replaced_lists_conflict(tree, a, b, place);
    kube_elements_t elements = kube_elements_of(tree, a, b);
    return elements == KUBE_ELEMENTS_FAILED || (elements == KUBE_ELEMENTS_OBJECTS && elements_conflict(tree, a, b, place));
}

bool kube_strategic_conflict(kube_tree_t *tree, const kube_type_t *type, kube_value_t *a, kube_value_t *b)
{
    kube_place_t root = kube_place_root(type);
    return values_conflict(tree, a, b, &root);
}
