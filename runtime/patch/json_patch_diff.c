/* A JSON patch from two documents. */
#include <string.h>

#include "patch/apply.h"

typedef struct diff {
    kube_tree_t *tree;
    kube_value_t *operations;
    kube_buffer_t pointer; /* of where the walk is */
} diff_t;

static bool emit(diff_t *d, const char *op, const kube_value_t *value)
{
    char *path = kube_tree_alloc(d->tree, d->pointer.len + 1);
    kube_value_t *step = kube_value_new(d->tree, KUBE_VALUE_OBJECT);
    if (d->pointer.failed)
        kube_tree_fail(d->tree, KUBE_E_NO_MEMORY, "out of memory");
    if (!path || !step || d->pointer.failed)
        return false;
    if (d->pointer.len)
        memcpy(path, d->pointer.data, d->pointer.len);
    path[d->pointer.len] = '\0';
    return kube_object_set(d->tree, step, "op", 2, kube_value_string(d->tree, op, strlen(op))) &&
           kube_object_set(d->tree, step, "path", 4, kube_value_string(d->tree, path, d->pointer.len)) &&
           (!value || kube_object_set(d->tree, step, "value", 5, kube_value_copy(d->tree, value))) &&
           kube_list_add(d->tree, d->operations, step);
}

/* Both return the length of the pointer before, for go_up. */
static size_t go_member(diff_t *d, const kube_member_t *member)
{
    size_t mark = d->pointer.len;
    kube_buffer_append(&d->pointer, "/", 1);
    for (size_t i = 0; i < member->name_len; i++) {
        char c = member->name[i];
        if (c == '~' || c == '/')
            kube_buffer_append(&d->pointer, c == '~' ? "~0" : "~1", 2);
        else
            kube_buffer_append(&d->pointer, &c, 1);
    }
    return mark;
}

static size_t go_item(diff_t *d, size_t i)
{
    size_t mark = d->pointer.len;
    kube_buffer_printf(&d->pointer, "/%zu", i);
    return mark;
}

static void go_up(diff_t *d, size_t mark)
{
    d->pointer.len = mark;
}

static bool diff_values(diff_t *d, const kube_value_t *from, const kube_value_t *to);

static bool diff_objects(diff_t *d, const kube_value_t *from, const kube_value_t *to)
{
    bool ok = true;
    KUBE_EACH_MEMBER(member, from) {
        const kube_value_t *other = kube_object_get(to, member->name, member->name_len);
        size_t mark = go_member(d, member);
        ok = ok && (other ? diff_values(d, member->value, other) : emit(d, "remove", NULL));
        go_up(d, mark);
    }
    KUBE_EACH_MEMBER(member, to) {
        if (kube_object_get(from, member->name, member->name_len))
            continue;
        size_t mark = go_member(d, member);
        ok = ok && emit(d, "add", member->value);
        go_up(d, mark);
    }
    return ok;
}

/* Items that both begin and end with are left alone; of those between, pairs are compared, and the rest is removed or added. */
static bool diff_lists(diff_t *d, const kube_value_t *from, const kube_value_t *to)
{
    size_t start = 0, from_end = from->len, to_end = to->len;
    bool ok = true;
    while (start < from_end && start < to_end && kube_value_equal(from->items[start], to->items[start], 0))
        start++;
    while (from_end > start && to_end > start && kube_value_equal(from->items[from_end - 1], to->items[to_end - 1], 0)) {
        from_end--;
        to_end--;
    }
    size_t paired = from_end < to_end ? from_end : to_end;
    for (size_t i = start; ok && i < paired; i++) {
        size_t mark = go_item(d, i);
        ok = diff_values(d, from->items[i], to->items[i]);
        go_up(d, mark);
    }
    for (size_t i = from_end; ok && i > paired; i--) {
        size_t mark = go_item(d, i - 1);
        ok = emit(d, "remove", NULL);
        go_up(d, mark);
    }
    for (size_t i = paired; ok && i < to_end; i++) {
        size_t mark = go_item(d, i);
        ok = emit(d, "add", to->items[i]);
        go_up(d, mark);
    }
    return ok;
}

static bool diff_values(diff_t *d, const kube_value_t *from, const kube_value_t *to)
{
    if (from->kind == KUBE_VALUE_OBJECT && to->kind == KUBE_VALUE_OBJECT)
        return diff_objects(d, from, to);
    if (from->kind == KUBE_VALUE_LIST && to->kind == KUBE_VALUE_LIST)
        return diff_lists(d, from, to);
    return kube_value_equal(from, to, 0) || emit(d, "replace", to);
}

kube_value_t *kube_json_patch_diff(kube_tree_t *tree, const kube_value_t *from, const kube_value_t *to)
{
    diff_t d = { .tree = tree, .operations = kube_value_new(tree, KUBE_VALUE_LIST) };
    bool ok = d.operations && diff_values(&d, from, to);
    kube_buffer_dispose(&d.pointer);
    return ok ? d.operations : NULL;
}
