/* Strategic merge patches from two documents. */
#include <string.h>

#include "patch/apply.h"
#include "patch/strategic.h"

typedef struct diff {
    kube_tree_t *tree;
    kube_diff_scope_t scope;
} diff_t;

static kube_value_t *diff_objects(const diff_t *d, kube_value_t *from, kube_value_t *to, const kube_place_t *place);

static bool unsupported(const diff_t *d, const char *why)
{
    kube_tree_fail(d->tree, KUBE_E_UNSUPPORTED, "%s", why);
    return false;
}

/* {"$patch": text} */
static bool set_patch(const diff_t *d, kube_value_t *object, const char *text)
{
    return kube_object_set(d->tree, object, KUBE_DIRECTIVE_PATCH, strlen(KUBE_DIRECTIVE_PATCH),
                           kube_value_string(d->tree, text, strlen(text)));
}

/* Says the whole new value where a server merges; a directive makes it replace. Not for three-way patches, which must leave
 * the rest alone. */
static bool replace_object(const diff_t *d, kube_value_t *patch, const kube_member_t *member)
{
    if (d->scope.no_changes || d->scope.no_deletions)
        return unsupported(d, "a three-way patch would have to look inside a value that servers do not merge");
    kube_value_t *copy = kube_value_copy(d->tree, member->value);
    return copy && set_patch(d, copy, "replace") &&
           kube_object_set(d->tree, patch, member->name, member->name_len, copy);
}

/* As replace_object, for a list whose elements share merge keys, so that no element can be named. */
static bool replace_list(const diff_t *d, kube_value_t *patch, const kube_member_t *member)
{
    if (d->scope.no_changes || d->scope.no_deletions)
        return unsupported(d, "two elements have the same merge key, so that a three-way patch cannot tell them apart");
    kube_value_t *list = kube_value_copy(d->tree, member->value);
    kube_value_t *directive = kube_value_new(d->tree, KUBE_VALUE_OBJECT);
    return list && directive && set_patch(d, directive, "replace") &&
           kube_list_insert(d->tree, list, 0, directive) && kube_object_set(d->tree, patch, member->name, member->name_len, list);
}

static bool set_directive(const diff_t *d, kube_value_t *patch, const char *directive, const kube_member_t *field,
                          kube_value_t *value)
{
    const char *name = kube_directive_name(d->tree, directive, field->name, field->name_len);
    return name && kube_object_set(d->tree, patch, name, strlen(directive) + field->name_len, value);
}

/* What a list is to be like in the patch: elements to set, then those to delete. */
typedef struct list_diff {
    kube_value_t *set;
    kube_value_t *deleted;
} list_diff_t;

static bool list_diff_new(const diff_t *d, list_diff_t *out)
{
    *out = (list_diff_t){ kube_value_new(d->tree, KUBE_VALUE_LIST), kube_value_new(d->tree, KUBE_VALUE_LIST) };
    return out->set && out->deleted;
}

static bool diff_scalars(const diff_t *d, const kube_value_t *from, const kube_value_t *to, list_diff_t *out)
{
    kube_ranks_t old, wanted;
    if (!list_diff_new(d, out) || !kube_ranks_make(d->tree, from, NULL, &old) || !kube_ranks_make(d->tree, to, NULL, &wanted))
        return false;
    KUBE_EACH_MEMBER(member, wanted.keys) {
        if (!d->scope.no_changes && !kube_object_get(old.keys, member->name, member->name_len))
            kube_list_add(d->tree, out->set, member->value);
    }
    KUBE_EACH_MEMBER(member, old.keys) {
        if (!d->scope.no_deletions && !kube_object_get(wanted.keys, member->name, member->name_len))
            kube_list_add(d->tree, out->deleted, member->value);
    }
    return d->tree->code == KUBE_OK;
}

static bool diff_scalar_list(const diff_t *d, kube_value_t *patch, const kube_value_t *from, const kube_member_t *member)
{
    list_diff_t diff;
    if (!diff_scalars(d, from, member->value, &diff))
        return false;
    bool reordered = !kube_value_equal(from, member->value, 0);
    if (diff.set->len && !kube_object_set(d->tree, patch, member->name, member->name_len, diff.set))
        return false;
    if (diff.deleted->len && !set_directive(d, patch, KUBE_DIRECTIVE_DELETE_FROM, member, diff.deleted))
        return false;
    bool ordered = !d->scope.no_order && member->value->len && (diff.deleted->len || (!d->scope.no_changes && reordered));
    return !ordered || set_directive(d, patch, KUBE_DIRECTIVE_SET_ORDER, member, member->value);
}

/* {merge_key: value of the element's key} */
static kube_value_t *name_of(const diff_t *d, const kube_value_t *element, const char *merge_key)
{
    kube_value_t *name = kube_value_new(d->tree, KUBE_VALUE_OBJECT);
    if (!name || !kube_object_set(d->tree, name, merge_key, strlen(merge_key), kube_object_gets(element, merge_key)))
        return NULL;
    return name;
}

static bool add_deletion(const diff_t *d, kube_value_t *list, const kube_value_t *element, const char *merge_key)
{
    kube_value_t *marker = name_of(d, element, merge_key);
    return marker && set_patch(d, marker, "delete") && kube_list_add(d->tree, list, marker);
}

/* The element of the patch for one that both lists have, if they differ. */
static bool diff_element(const diff_t *d, kube_value_t *list, kube_value_t *from, kube_value_t *to, const kube_place_t *place)
{
    kube_place_t item = kube_place_item(place);
    kube_value_t *patch = diff_objects(d, from, to, &item);
    if (!patch || patch->present == 0)
        return patch != NULL;
    return kube_object_set(d->tree, patch, place->merge_key, strlen(place->merge_key), kube_object_gets(to, place->merge_key)) &&
           kube_list_add(d->tree, list, patch);
}

static bool diff_elements(const diff_t *d, const kube_ranks_t *old, const kube_ranks_t *wanted, const kube_place_t *place,
                          list_diff_t *out)
{
    if (!list_diff_new(d, out))
        return false;
    KUBE_EACH_MEMBER(member, wanted->keys) {
        kube_value_t *match = kube_object_get(old->keys, member->name, member->name_len);
        size_t mark = kube_tree_enter_item(d->tree, (size_t)(member - wanted->keys->members));
        bool ok = true;
        if (match)
            ok = diff_element(d, out->set, match, member->value, place);
        else if (!d->scope.no_changes)
            ok = kube_list_add(d->tree, out->set, member->value);
        kube_tree_leave(d->tree, mark);
        if (!ok)
            return false;
    }
    KUBE_EACH_MEMBER(member, old->keys) {
        if (d->scope.no_deletions || kube_object_get(wanted->keys, member->name, member->name_len))
            continue;
        if (!add_deletion(d, out->deleted, member->value, place->merge_key))
            return false;
    }
    return true;
}

/* Same keys in the same order. */
static bool same_order(const kube_ranks_t *a, const kube_ranks_t *b)
{
    if (a->keys->len != b->keys->len)
        return false;
    for (size_t i = 0; i < a->keys->len; i++) {
        if (kube_object_position(b->keys, a->keys->members[i].name, a->keys->members[i].name_len) != i)
            return false;
    }
    return true;
}

static kube_value_t *names_of(const diff_t *d, const kube_value_t *list, const char *merge_key)
{
    kube_value_t *names = kube_value_new(d->tree, KUBE_VALUE_LIST);
    for (size_t i = 0; names && i < list->len; i++) {
        if (!kube_list_add(d->tree, names, name_of(d, list->items[i], merge_key)))
            return NULL;
    }
    return names;
}

static bool diff_object_list(const diff_t *d, kube_value_t *patch, const kube_value_t *from, const kube_member_t *member,
                             const kube_place_t *place)
{
    kube_ranks_t old, wanted;
    list_diff_t diff;
    if (!place->merge_key)
        return unsupported(d, "the merge key of this list is not known");
    if (kube_value_equal(from, member->value, 0))
        return true;
    if (!kube_ranks_make(d->tree, from, place->merge_key, &old) ||
        !kube_ranks_make(d->tree, member->value, place->merge_key, &wanted))
        return false;
    if (old.repeated || wanted.repeated)
        return replace_list(d, patch, member);
    if (!diff_elements(d, &old, &wanted, place, &diff))
        return false;
    for (size_t i = 0; i < diff.deleted->len; i++) {
        if (!kube_list_add(d->tree, diff.set, diff.deleted->items[i]))
            return false;
    }
    size_t count = diff.set->len;
    if (count && !kube_object_set(d->tree, patch, member->name, member->name_len, diff.set))
        return false;
    bool ordered = (!d->scope.no_changes && (count || !same_order(&old, &wanted))) || (!d->scope.no_deletions && count);
    if (d->scope.no_order || !ordered || member->value->len == 0)
        return true;
    return set_directive(d, patch, KUBE_DIRECTIVE_SET_ORDER, member, names_of(d, member->value, place->merge_key));
}

static bool diff_lists(const diff_t *d, kube_value_t *patch, const kube_value_t *from, const kube_member_t *member,
                       const kube_place_t *place)
{
    if (place->shape == KUBE_SHAPE_UNKNOWN && !kube_value_equal(from, member->value, 0))
        return unsupported(d, "a list in a field that this build does not know differs, and how servers merge it is not known");
    if (place->strategy & KUBE_PATCH_MERGE) {
        if (from->len == 0 && (member->value->len == 0 || d->scope.no_changes))
            return true;
        if (from->len == 0)
            return kube_object_set(d->tree, patch, member->name, member->name_len, member->value);
        kube_elements_t elements = kube_elements_of(d->tree, from, member->value);
        if (elements == KUBE_ELEMENTS_OBJECTS)
            return diff_object_list(d, patch, from, member, place);
        return elements == KUBE_ELEMENTS_SCALARS && diff_scalar_list(d, patch, from, member);
    }
    if (d->scope.no_changes || kube_value_equal(from, member->value, 0))
        return true;
    return kube_object_set(d->tree, patch, member->name, member->name_len, member->value);
}

/* A member that is an object in both. */
static bool diff_inner(const diff_t *d, kube_value_t *patch, kube_value_t *from, const kube_member_t *member,
                       const kube_place_t *place)
{
    if (kube_value_equal(from, member->value, 0))
        return true;
    if (place->strategy & KUBE_PATCH_REPLACE)
        return d->scope.no_changes || kube_object_set(d->tree, patch, member->name, member->name_len, member->value);
    if (place->shape == KUBE_SHAPE_FREE || place->shape == KUBE_SHAPE_SCALAR ||
        (place->shape == KUBE_SHAPE_MAP && place->element->kind >= KUBE_KIND_JSON && place->element->kind <= KUBE_KIND_STRUCT))
        return replace_object(d, patch, member);
    kube_value_t *inner = diff_objects(d, from, member->value, place);
    if (!inner)
        return false;
    return inner->present == 0 || kube_object_set(d->tree, patch, member->name, member->name_len, inner);
}

static bool diff_member(const diff_t *d, kube_value_t *patch, kube_value_t *from, const kube_member_t *member,
                        const kube_place_t *parent)
{
    if (!from || from->kind != member->value->kind || from->kind < KUBE_VALUE_LIST) {
        if (d->scope.no_changes || (from && kube_value_equal(from, member->value, 0)))
            return true;
        return kube_object_set(d->tree, patch, member->name, member->name_len, member->value);
    }
    kube_place_t place = kube_place_member(parent, member->name, member->name_len);
    if (from->kind == KUBE_VALUE_LIST)
        return diff_lists(d, patch, from, member, &place);
    return diff_inner(d, patch, from, member, &place);
}

static bool by_name_before(const kube_value_t *a, const kube_value_t *b)
{
    size_t common = a->len < b->len ? a->len : b->len;
    int order = memcmp(a->text, b->text, common);
    return order ? order < 0 : a->len < b->len;
}

/* Adds $retainKeys, the names of all fields wanted, when something changes or the old object has a field that is not among
 * them. */
static bool add_retain_keys(const diff_t *d, kube_value_t *patch, const kube_value_t *from, const kube_value_t *to)
{
    bool needed = patch->present > 0;
    KUBE_EACH_MEMBER(member, from)
        needed = needed || (member->value->kind != KUBE_VALUE_NULL && !kube_object_get(to, member->name, member->name_len));
    kube_value_t *names = needed ? kube_value_new(d->tree, KUBE_VALUE_LIST) : NULL;
    if (!names)
        return !needed;
    KUBE_EACH_MEMBER(member, to) {
        if (member->value->kind == KUBE_VALUE_NULL)
            continue;
        kube_value_t *name = kube_value_string(d->tree, member->name, member->name_len);
        size_t i = 0;
        while (name && i < names->len && by_name_before(names->items[i], name))
            i++;
        if (!kube_list_insert(d->tree, names, i, name))
            return false;
    }
    return names->len == 0 ||
           kube_object_set(d->tree, patch, KUBE_DIRECTIVE_RETAIN_KEYS, strlen(KUBE_DIRECTIVE_RETAIN_KEYS), names);
}

static kube_value_t *diff_objects(const diff_t *d, kube_value_t *from, kube_value_t *to, const kube_place_t *place)
{
    kube_value_t *patch = kube_value_new(d->tree, KUBE_VALUE_OBJECT);
    if (!patch)
        return NULL;
    KUBE_EACH_MEMBER(member, to) {
        size_t mark = kube_tree_enter(d->tree, member->name, member->name_len);
        bool ok = kube_directive_of(member, NULL, NULL) == KUBE_DIRECTIVE_IS_NONE
                      ? diff_member(d, patch, kube_object_get(from, member->name, member->name_len), member, place)
                      : unsupported(d, "the object has a field named like a directive");
        kube_tree_leave(d->tree, mark);
        if (!ok)
            return NULL;
    }
    KUBE_EACH_MEMBER(member, from) {
        if (d->scope.no_deletions || kube_object_get(to, member->name, member->name_len))
            continue;
        if (!kube_object_set(d->tree, patch, member->name, member->name_len, kube_value_new(d->tree, KUBE_VALUE_NULL)))
            return NULL;
    }
    if ((place->strategy & KUBE_PATCH_RETAIN_KEYS) && !add_retain_keys(d, patch, from, to))
        return NULL;
    return patch;
}

kube_value_t *kube_strategic_diff(kube_tree_t *tree, const kube_type_t *type, kube_value_t *from, kube_value_t *to,
                                  kube_diff_scope_t scope)
{
    diff_t d = { tree, scope };
    kube_place_t root = kube_place_root(type);
    return diff_objects(&d, from, to, &root);
}
