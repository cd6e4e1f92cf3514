/* JSON patch (RFC 6902). */
#include <string.h>

#include "patch/apply.h"
#include "patch/json_pointer.h"

/* The server's limits. */
#define MAX_OPERATIONS 10000
#define MAX_COPIED_BYTES ((size_t)3 << 20)

typedef struct operation {
    kube_tree_t *tree;
    kube_value_t *document;
    kube_pointer_t path;
    kube_pointer_t from;
    kube_value_t *value;
    size_t *copied; /* bytes that "copy" has made so far */
} operation_t;

static bool refuse(operation_t *o, const char *why)
{
    kube_tree_fail(o->tree, KUBE_E_INVALID, "%s", why);
    return false;
}

/* Puts value at a pointer whose parent is there: into an object, or before an item of a list. */
static bool add(operation_t *o, kube_value_t *value)
{
    if (!value)
        return false;
    if (o->path.count == 0) {
        o->document = value;
        return true;
    }
    const kube_token_t *last = &o->path.tokens[o->path.count - 1];
    kube_value_t *parent = kube_pointer_walk(o->document, &o->path, o->path.count - 1);
    if (!parent)
        return refuse(o, "the parent does not exist");
    if (parent->kind == KUBE_VALUE_OBJECT)
        return kube_object_set(o->tree, parent, last->text, last->len, value);
    if (parent->kind != KUBE_VALUE_LIST)
        return refuse(o, "the parent is neither an object nor a list");
    size_t index = kube_token_index(last, parent->len);
    if (index == SIZE_MAX)
        return refuse(o, "not an index of the list");
    return kube_list_insert(o->tree, parent, index, value);
}

/* Takes the value at a pointer out of the document; NULL: it is not there. */
static kube_value_t *take(operation_t *o, const kube_pointer_t *pointer)
{
    kube_value_t *value = pointer->count ? kube_pointer_walk(o->document, pointer, pointer->count) : NULL;
    if (!value) {
        refuse(o, pointer->count ? "there is nothing at that path" : "the whole document cannot be removed");
        return NULL;
    }
    const kube_token_t *last = &pointer->tokens[pointer->count - 1];
    kube_value_t *parent = kube_pointer_walk(o->document, pointer, pointer->count - 1);
    if (parent->kind == KUBE_VALUE_OBJECT)
        kube_object_remove(parent, last->text, last->len);
    else
        kube_list_drop(parent, kube_token_index(last, parent->len));
    return value;
}

static bool replace(operation_t *o)
{
    if (!kube_pointer_walk(o->document, &o->path, o->path.count))
        return refuse(o, "there is nothing to replace");
    if (o->path.count == 0) {
        o->document = o->value;
        return true;
    }
    const kube_token_t *last = &o->path.tokens[o->path.count - 1];
    kube_value_t *parent = kube_pointer_walk(o->document, &o->path, o->path.count - 1);
    if (parent->kind == KUBE_VALUE_OBJECT)
        return kube_object_set(o->tree, parent, last->text, last->len, o->value);
    parent->items[kube_token_index(last, parent->len)] = o->value;
    return true;
}

static bool is_inside(const kube_pointer_t *inner, const kube_pointer_t *outer)
{
    if (inner->count <= outer->count)
        return false;
    for (size_t i = 0; i < outer->count; i++) {
        const kube_token_t *a = &inner->tokens[i], *b = &outer->tokens[i];
        if (a->len != b->len || memcmp(a->text, b->text, a->len) != 0)
            return false;
    }
    return true;
}

static bool move(operation_t *o)
{
    kube_value_t *value = kube_pointer_walk(o->document, &o->from, o->from.count);
    if (value && value == kube_pointer_walk(o->document, &o->path, o->path.count))
        return true;
    if (is_inside(&o->path, &o->from))
        return refuse(o, "a value cannot be moved into itself");
    value = take(o, &o->from);
    return value && add(o, value);
}

static bool copy(operation_t *o)
{
    const kube_value_t *value = kube_pointer_walk(o->document, &o->from, o->from.count);
    if (!value)
        return refuse(o, "there is nothing to copy");
    kube_buffer_t text = { 0 };
    if (kube_value_write(o->tree, value, &text)) {
        *o->copied += text.len;
        if (*o->copied > MAX_COPIED_BYTES)
            kube_tree_fail(o->tree, KUBE_E_LIMIT, "\"copy\" operations make more than %zu bytes", MAX_COPIED_BYTES);
    }
    kube_buffer_dispose(&text);
    return o->tree->code == KUBE_OK && add(o, kube_value_copy(o->tree, value));
}

/* An absent member passes for null, as the server has it: clients test that way that a field is not set. */
static bool test(operation_t *o)
{
    static const kube_value_t null = { .kind = KUBE_VALUE_NULL };
    const kube_value_t *value = kube_pointer_walk(o->document, &o->path, o->path.count);
    if (!value && o->path.count > 0) {
        const kube_value_t *parent = kube_pointer_walk(o->document, &o->path, o->path.count - 1);
        value = parent && parent->kind == KUBE_VALUE_OBJECT ? &null : NULL;
    }
    if (value && kube_value_equal(value, o->value, KUBE_EQUAL_NUMERIC))
        return true;
    kube_tree_fail(o->tree, KUBE_E_TEST_FAILED, "%s", value ? "the value is another one" : "there is nothing to test");
    return false;
}

typedef enum operation_kind { OP_ADD, OP_REMOVE, OP_REPLACE, OP_MOVE, OP_COPY, OP_TEST, OP_COUNT } operation_kind_t;

static operation_kind_t kind_of(const kube_value_t *op)
{
    static const char *const names[OP_COUNT] = { "add", "remove", "replace", "move", "copy", "test" };
    int kind = OP_ADD;
    while (kind < OP_COUNT && (!op || op->kind != KUBE_VALUE_STRING || strcmp(op->text, names[kind]) != 0))
        kind++;
    return (operation_kind_t)kind;
}

static bool read_pointer(kube_tree_t *tree, const kube_value_t *step, const char *name, kube_pointer_t *out)
{
    const kube_value_t *text = kube_object_gets(step, name);
    if (text && text->kind == KUBE_VALUE_STRING)
        return kube_pointer_parse(tree, text, out);
    kube_tree_fail(tree, KUBE_E_PARSE, "\"%s\" is missing or not a string", name);
    return false;
}

static bool run(operation_t *o, operation_kind_t kind)
{
    switch (kind) {
    case OP_ADD: return add(o, o->value);
    case OP_REMOVE: return take(o, &o->path) != NULL;
    case OP_REPLACE: return replace(o);
    case OP_MOVE: return move(o);
    case OP_COPY: return copy(o);
    default: return test(o);
    }
}

/* One operation; errors before its path is known are reported at its place in the patch, later ones at its path. */
static bool apply_step(operation_t *o, const kube_value_t *step)
{
    kube_tree_t *tree = o->tree;
    if (step->kind != KUBE_VALUE_OBJECT)
        return kube_tree_fail(tree, KUBE_E_PARSE, "an operation is not an object"), false;
    operation_kind_t kind = kind_of(kube_object_gets(step, "op"));
    if (kind == OP_COUNT)
        return kube_tree_fail(tree, KUBE_E_PARSE, "\"op\" is none of add, remove, replace, move, copy, test"), false;
    if (!read_pointer(tree, step, "path", &o->path))
        return false;
    if ((kind == OP_MOVE || kind == OP_COPY) && !read_pointer(tree, step, "from", &o->from))
        return false;
    const kube_value_t *value = kube_object_gets(step, "value");
    if (kind == OP_ADD || kind == OP_REPLACE || kind == OP_TEST) {
        if (!value)
            return kube_tree_fail(tree, KUBE_E_PARSE, "\"value\" is missing"), false;
        o->value = kube_value_copy(tree, value);
        if (!o->value)
            return false;
    }
    const kube_value_t *path = kube_object_gets(step, "path");
    kube_tree_leave(tree, 0);
    kube_tree_enter(tree, path->text, path->len);
    return run(o, kind);
}

kube_value_t *kube_json_patch_apply(kube_tree_t *tree, kube_value_t *document, const kube_value_t *patch)
{
    size_t copied = 0;
    if (patch->kind != KUBE_VALUE_LIST)
        return kube_tree_fail(tree, KUBE_E_PARSE, "a JSON patch is a list of operations"), NULL;
    if (patch->len > MAX_OPERATIONS)
        return kube_tree_fail(tree, KUBE_E_LIMIT, "a JSON patch has at most %d operations", MAX_OPERATIONS), NULL;
    for (size_t i = 0; i < patch->len; i++) {
        operation_t o = { .tree = tree, .document = document, .copied = &copied };
        kube_tree_enter_item(tree, i);
        if (!apply_step(&o, patch->items[i]))
            return NULL;
        kube_tree_leave(tree, 0);
        document = o.document;
    }
    return document;
}
