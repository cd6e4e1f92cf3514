/* Strategic merge patches: objects. */
#include <string.h>

#include "patch/apply.h"
#include "patch/strategic.h"

kube_value_t *kube_strategic_cleaned(kube_value_t *value)
{
    if (value->kind == KUBE_VALUE_LIST) {
        size_t kept = 0;
        for (size_t i = 0; i < value->len; i++) {
            kube_value_t *item = kube_strategic_cleaned(value->items[i]);
            if (item)
                value->items[kept++] = item;
        }
        value->len = kept;
        return value;
    }
    if (value->kind != KUBE_VALUE_OBJECT)
        return value;
    if (kube_object_gets(value, KUBE_DIRECTIVE_PATCH))
        return NULL;
    KUBE_EACH_MEMBER(member, value) {
        bool keep = member->value->kind != KUBE_VALUE_NULL && kube_directive_of(member, NULL, NULL) == KUBE_DIRECTIVE_IS_NONE;
        if (!keep || !kube_strategic_cleaned(member->value))
            kube_object_remove(value, member->name, member->name_len);
    }
    return value;
}

static bool put(const kube_merge_t *m, kube_value_t *object, const char *name, size_t name_len, kube_value_t *value)
{
    if (!m->combine && value)
        value = kube_strategic_cleaned(value);
    if (value)
        return kube_object_set(m->tree, object, name, name_len, value);
    kube_object_remove(object, name, name_len);
    return m->tree->code == KUBE_OK;
}

/* {"$patch": "replace" or "delete"} in place of an object. */
static kube_value_t *apply_directive(const kube_merge_t *m, const kube_value_t *directive, kube_value_t *patch)
{
    if (kube_is_delete_marker(patch))
        return kube_value_new(m->tree, KUBE_VALUE_OBJECT);
    if (directive->kind != KUBE_VALUE_STRING || strcmp(directive->text, "replace") != 0) {
        kube_tree_fail(m->tree, KUBE_E_PARSE, "$patch here must be \"replace\" or \"delete\"");
        return NULL;
    }
    kube_object_remove(patch, KUBE_DIRECTIVE_PATCH, strlen(KUBE_DIRECTIVE_PATCH));
    return m->combine ? patch : kube_strategic_cleaned(patch);
}

static bool bad_retain_keys(const kube_merge_t *m)
{
    kube_tree_fail(m->tree, KUBE_E_PARSE, "$retainKeys must be a list of names that holds those of all fields the patch sets");
    return false;
}

/* Removes from original what $retainKeys does not name. */
static bool retain_keys(const kube_merge_t *m, kube_value_t *original, const kube_value_t *patch, const kube_value_t *names)
{
    kube_ranks_t named;
    if (names->kind != KUBE_VALUE_LIST)
        return bad_retain_keys(m);
    for (size_t i = 0; i < names->len; i++) {
        if (names->items[i]->kind != KUBE_VALUE_STRING)
            return bad_retain_keys(m);
    }
    if (!kube_ranks_make(m->tree, names, NULL, &named))
        return false;
    KUBE_EACH_MEMBER(member, patch) {
        kube_value_t name = { .kind = KUBE_VALUE_STRING, .text = member->name, .len = member->name_len };
        if (member->value->kind == KUBE_VALUE_NULL || kube_directive_of(member, NULL, NULL) != KUBE_DIRECTIVE_IS_NONE)
            continue;
        if (kube_rank_of(m->tree, &named, &name) == SIZE_MAX)
            return bad_retain_keys(m);
    }
    KUBE_EACH_MEMBER(member, original) {
        kube_value_t name = { .kind = KUBE_VALUE_STRING, .text = member->name, .len = member->name_len };
        if (kube_rank_of(m->tree, &named, &name) == SIZE_MAX)
            kube_object_remove(original, member->name, member->name_len);
    }
    return m->tree->code == KUBE_OK;
}

/* Joining patches: both must say the same, or only one of them anything. */
static bool carry_directive(const kube_merge_t *m, kube_value_t *original, const kube_member_t *directive)
{
    const kube_value_t *other = kube_object_get(original, directive->name, directive->name_len);
    if (!other)
        return kube_object_set(m->tree, original, directive->name, directive->name_len, directive->value);
    if (kube_value_equal(other, directive->value, 0))
        return true;
    kube_tree_fail(m->tree, KUBE_E_INVALID, "%s differs between the changes and the deletions", directive->name);
    return false;
}

/* The elements that a patch sets must come in the order that $setElementOrder gives. */
static bool follows_order(const kube_merge_t *m, const kube_value_t *patch, const kube_value_t *order, const char *merge_key)
{
    kube_ranks_t ranks;
    size_t at = 0;
    if (!kube_ranks_make(m->tree, order, merge_key, &ranks))
        return false;
    for (size_t i = 0; order->len > 0 && i < patch->len; i++) {
        const kube_value_t *element = patch->items[i];
        if (element->kind == KUBE_VALUE_OBJECT && kube_object_gets(element, KUBE_DIRECTIVE_PATCH))
            continue;
        size_t rank = kube_rank_of(m->tree, &ranks, element);
        if (rank == SIZE_MAX || rank < at) {
            kube_tree_fail(m->tree, KUBE_E_INVALID, "the elements do not come in the order of $setElementOrder");
            return false;
        }
        at = rank;
    }
    return true;
}

static bool is_list_or_absent(const kube_merge_t *m, const kube_value_t *value, const char *what)
{
    if (!value || value->kind == KUBE_VALUE_LIST)
        return true;
    kube_tree_fail(m->tree, KUBE_E_INVALID, "%s has an order, but is not a list", what);
    return false;
}

/* What a list with $setElementOrder holds once its patch (NULL: none) is merged, not yet in that order. */
static kube_value_t *merge_unordered(const kube_merge_t *m, kube_value_t *original, kube_value_t *patch, const kube_place_t *place)
{
    if (!patch)
        return original;
    if (!original)
        return m->combine ? patch : kube_strategic_cleaned(patch);
    return place->strategy & KUBE_PATCH_MERGE ? kube_strategic_merge_list(m, original, patch, place) : patch;
}

/* A list field for which the patch has $setElementOrder. */
static bool merge_ordered(const kube_merge_t *m, kube_value_t *original, kube_value_t *patch, const kube_member_t *directive,
                          const kube_place_t *parent)
{
    const char *field = NULL;
    size_t field_len = 0;
    kube_directive_of(directive, &field, &field_len);
    const kube_value_t *order = directive->value;
    kube_value_t *old = kube_object_get(original, field, field_len), *change = kube_object_get(patch, field, field_len);
    kube_place_t place = kube_place_member(parent, field, field_len);
    if (order->kind != KUBE_VALUE_LIST)
        return kube_tree_fail(m->tree, KUBE_E_PARSE, "%s is not a list", directive->name), false;
    if (!is_list_or_absent(m, old, "the field") || !is_list_or_absent(m, change, "the patch of the field"))
        return false;
    if ((m->combine && !carry_directive(m, original, directive)) || (change && !follows_order(m, change, order, place.merge_key)))
        return false;
    kube_value_t *merged = merge_unordered(m, old, change, &place);
    if (!merged)
        return m->tree->code == KUBE_OK;
    return kube_object_set(m->tree, original, field, field_len,
                           kube_order_elements(m->tree, merged, order, old, place.merge_key));
}

/* A member that is no directive. */
static bool merge_member(const kube_merge_t *m, kube_value_t *original, const kube_member_t *member, const kube_place_t *parent)
{
    kube_value_t *change = member->value;
    kube_value_t *old = kube_object_get(original, member->name, member->name_len);
    if (change->kind == KUBE_VALUE_NULL && !m->combine) {
        kube_object_remove(original, member->name, member->name_len);
        return true;
    }
    if (!old || old->kind != change->kind || change->kind < KUBE_VALUE_LIST)
        return put(m, original, member->name, member->name_len, change);
    kube_place_t place = kube_place_member(parent, member->name, member->name_len);
    kube_value_t *merged = change;
    if (change->kind == KUBE_VALUE_OBJECT && !(place.strategy & KUBE_PATCH_REPLACE))
        merged = kube_strategic_merge(m, old, change, &place);
    else if (change->kind == KUBE_VALUE_LIST && (place.strategy & KUBE_PATCH_MERGE))
        merged = kube_strategic_merge_list(m, old, change, &place);
    return kube_object_set(m->tree, original, member->name, member->name_len, merged);
}

static bool delete_from_list(const kube_merge_t *m, kube_value_t *original, const kube_member_t *directive)
{
    const char *field = NULL;
    size_t field_len = 0;
    kube_directive_of(directive, &field, &field_len);
    if (m->combine)
        return kube_object_set(m->tree, original, directive->name, directive->name_len, directive->value);
    if (directive->value->kind != KUBE_VALUE_LIST)
        return kube_tree_fail(m->tree, KUBE_E_PARSE, "%s is not a list", directive->name), false;
    kube_value_t *list = kube_object_get(original, field, field_len);
    kube_ranks_t ranks;
    if (!list || list->kind != KUBE_VALUE_LIST)
        return true;
    if (!kube_ranks_make(m->tree, directive->value, NULL, &ranks))
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < list->len; i++) {
        if (kube_rank_of(m->tree, &ranks, list->items[i]) == SIZE_MAX)
            list->items[kept++] = list->items[i];
    }
    list->len = kept;
    return m->tree->code == KUBE_OK;
}

/* Whether merge_ordered has dealt with the member already. */
static bool has_order(const kube_merge_t *m, const kube_value_t *patch, const kube_member_t *member)
{
    if (member->value->kind != KUBE_VALUE_LIST)
        return false;
    const char *name = kube_directive_name(m->tree, KUBE_DIRECTIVE_SET_ORDER, member->name, member->name_len);
    return name && kube_object_get(patch, name, strlen(KUBE_DIRECTIVE_SET_ORDER) + member->name_len);
}

/* One member of a patch in its turn: first orders, then plain members, then deletions from lists. */
static bool merge_in_turn(const kube_merge_t *m, kube_value_t *original, kube_value_t *patch, const kube_member_t *member,
                          const kube_place_t *place, kube_directive_t turn)
{
    if (kube_directive_of(member, NULL, NULL) != turn)
        return true;
    size_t mark = kube_tree_enter(m->tree, member->name, member->name_len);
    bool ok = true;
    if (turn == KUBE_DIRECTIVE_IS_SET_ORDER)
        ok = merge_ordered(m, original, patch, member, place);
    else if (turn == KUBE_DIRECTIVE_IS_DELETE_FROM)
        ok = delete_from_list(m, original, member);
    else if (!has_order(m, patch, member))
        ok = merge_member(m, original, member, place);
    kube_tree_leave(m->tree, mark);
    return ok && m->tree->code == KUBE_OK;
}

kube_value_t *kube_strategic_merge(const kube_merge_t *m, kube_value_t *original, kube_value_t *patch, const kube_place_t *place)
{
    static const kube_directive_t turns[] = { KUBE_DIRECTIVE_IS_SET_ORDER, KUBE_DIRECTIVE_IS_NONE, KUBE_DIRECTIVE_IS_DELETE_FROM };
    const kube_value_t *directive = kube_object_gets(patch, KUBE_DIRECTIVE_PATCH);
    if (directive)
        return apply_directive(m, directive, patch);
    size_t i = kube_object_position(patch, KUBE_DIRECTIVE_RETAIN_KEYS, strlen(KUBE_DIRECTIVE_RETAIN_KEYS));
    if (i != SIZE_MAX && patch->members[i].value) {
        if (!(m->combine ? carry_directive(m, original, &patch->members[i])
                         : retain_keys(m, original, patch, patch->members[i].value)))
            return NULL;
    }
    for (size_t turn = 0; turn < sizeof turns / sizeof *turns; turn++) {
        KUBE_EACH_MEMBER(member, patch) {
            if (!merge_in_turn(m, original, patch, member, place, turns[turn]))
                return NULL;
        }
    }
    return original;
}

static kube_value_t *merge_roots(const kube_merge_t *m, const kube_type_t *type, kube_value_t *original, kube_value_t *patch)
{
    kube_place_t root = kube_place_root(type);
    if (original->kind == KUBE_VALUE_OBJECT && patch->kind == KUBE_VALUE_OBJECT)
        return kube_strategic_merge(m, original, patch, &root);
    kube_tree_fail(m->tree, KUBE_E_PARSE, "a strategic merge patch, and what it is applied to, must be objects");
    return NULL;
}

kube_value_t *kube_strategic_apply(kube_tree_t *tree, const kube_type_t *type, kube_value_t *document, kube_value_t *patch)
{
    return merge_roots(&(kube_merge_t){ .tree = tree }, type, document, patch);
}

kube_value_t *kube_strategic_combine(kube_tree_t *tree, const kube_type_t *type, kube_value_t *first, kube_value_t *second)
{
    return merge_roots(&(kube_merge_t){ .tree = tree, .combine = true }, type, first, second);
}
