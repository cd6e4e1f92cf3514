#include "object/tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

#define CHUNK_SIZE 16384
/* From this many members on an object has an index. */
#define INDEX_FROM 12

struct kube_tree_chunk {
    kube_tree_chunk_t *next;
    size_t size; /* of data; bytes */
    max_align_t data[];
};

void kube_tree_dispose(kube_tree_t *tree)
{
    while (tree->chunks) {
        kube_tree_chunk_t *chunk = tree->chunks;
        tree->chunks = chunk->next;
        if (tree->secret)
            kube_mem_wipe(chunk->data, chunk->size);
        kube_mem_free(chunk);
    }
}

void *kube_tree_alloc(kube_tree_t *tree, size_t size)
{
    const size_t align = sizeof(max_align_t);
    if (tree->code != KUBE_OK)
        return NULL;
    size = (size + align - 1) / align * align;
    if (size > tree->left) {
        size_t room = size < CHUNK_SIZE ? CHUNK_SIZE : size;
        kube_tree_chunk_t *chunk = kube_mem_alloc(sizeof *chunk + room);
        if (!chunk) {
            kube_tree_fail(tree, KUBE_E_NO_MEMORY, "out of memory");
            return NULL;
        }
        chunk->next = tree->chunks;
        chunk->size = room;
        tree->chunks = chunk;
        tree->next = (char *)chunk->data;
        tree->left = room;
    }
    void *result = tree->next;
    tree->next += size;
    tree->left -= size;
    return result;
}

int kube_tree_fail(kube_tree_t *tree, int code, const char *format, ...)
{
    if (tree->code != KUBE_OK)
        return tree->code;
    tree->code = code;
    if (!tree->err)
        return code;
    char message[sizeof tree->err->message];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    kube_copy_cut(tree->err->path, sizeof tree->err->path, tree->path, tree->path_len);
    return kube_fail(tree->err, code, "%s%s%s", tree->err->path, *tree->err->path ? ": " : "", message);
}

static size_t path_append(kube_tree_t *tree, const char *text, size_t len)
{
    size_t mark = tree->path_len;
    size_t room = sizeof tree->path - 1 - mark;
    kube_copy_cut(tree->path + mark, room + 1, text, len < room ? len : room);
    tree->path_len = mark + strlen(tree->path + mark);
    return mark;
}

size_t kube_tree_enter(kube_tree_t *tree, const char *name, size_t name_len)
{
    size_t mark = tree->path_len;
    if (mark > 0)
        path_append(tree, ".", 1);
    path_append(tree, name, name_len);
    return mark;
}

size_t kube_tree_enter_item(kube_tree_t *tree, size_t i)
{
    char text[32];
    int len = snprintf(text, sizeof text, "[%zu]", i);
    return path_append(tree, text, (size_t)len);
}

void kube_tree_leave(kube_tree_t *tree, size_t mark)
{
    tree->path_len = mark;
    tree->path[mark] = '\0';
}

kube_value_t *kube_value_new(kube_tree_t *tree, kube_value_kind_t kind)
{
    kube_value_t *value = kube_tree_alloc(tree, sizeof *value);
    if (value)
        *value = (kube_value_t){ .kind = kind };
    return value;
}

kube_value_t *kube_value_string(kube_tree_t *tree, const char *text, size_t len)
{
    kube_value_t *value = kube_value_new(tree, KUBE_VALUE_STRING);
    if (value) {
        value->text = text;
        value->len = len;
    }
    return value;
}

/* Room for one more element of `size` bytes in an array that grows by doubling; the old array stays in the arena. */
static void *grown(kube_tree_t *tree, kube_value_t *value, void *elements, size_t size)
{
    if (value->len < value->capacity)
        return elements;
    size_t capacity = value->capacity ? 2 * value->capacity : 4;
    void *copy = kube_tree_alloc(tree, capacity * size);
    if (!copy)
        return NULL;
    if (value->len)
        memcpy(copy, elements, value->len * size);
    value->capacity = capacity;
    return copy;
}

/* ---- objects ---- */

static uint64_t hash_name(const char *name, size_t len)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)name[i]) * UINT64_C(0x100000001b3);
    return hash * UINT64_C(0x9e3779b97f4a7c15);
}

static bool is_named(const kube_member_t *member, const char *name, size_t name_len)
{
    return member->name_len == name_len && memcmp(member->name, name, name_len) == 0;
}

/* The slot of a name: the one that holds its number, or the empty one where it belongs. */
static uint32_t *find_slot(const kube_value_t *object, const char *name, size_t name_len)
{
    size_t mask = ((size_t)1 << object->slot_bits) - 1;
    size_t i = (size_t)(hash_name(name, name_len) >> (64 - object->slot_bits));
    while (object->slots[i] && !is_named(&object->members[object->slots[i] - 1], name, name_len))
        i = (i + 1) & mask;
    return &object->slots[i];
}

static bool index_members(kube_tree_t *tree, kube_value_t *object, uint32_t bits)
{
    object->slots = kube_tree_alloc(tree, sizeof *object->slots << bits);
    if (!object->slots)
        return false;
    memset(object->slots, 0, sizeof *object->slots << bits);
    object->slot_bits = bits;
    for (size_t i = 0; i < object->len; i++)
        *find_slot(object, object->members[i].name, object->members[i].name_len) = (uint32_t)i + 1;
    return true;
}

size_t kube_object_position(const kube_value_t *object, const char *name, size_t name_len)
{
    if (object->slots) {
        uint32_t number = *find_slot(object, name, name_len);
        return number ? number - 1 : SIZE_MAX;
    }
    for (size_t i = 0; i < object->len; i++) {
        if (is_named(&object->members[i], name, name_len))
            return i;
    }
    return SIZE_MAX;
}

kube_value_t *kube_object_get(const kube_value_t *object, const char *name, size_t name_len)
{
    size_t i = kube_object_position(object, name, name_len);
    return i == SIZE_MAX ? NULL : object->members[i].value;
}

kube_value_t *kube_object_gets(const kube_value_t *object, const char *name)
{
    return kube_object_get(object, name, strlen(name));
}

bool kube_object_set(kube_tree_t *tree, kube_value_t *object, const char *name, size_t name_len, kube_value_t *value)
{
    if (!value)
        return false;
    size_t i = kube_object_position(object, name, name_len);
    if (i == SIZE_MAX) {
        kube_member_t *members = grown(tree, object, object->members, sizeof *members);
        if (!members)
            return false;
        object->members = members;
        i = object->len++;
        members[i] = (kube_member_t){ .name = name, .name_len = name_len };
        if (object->slots && object->len <= (size_t)1 << (object->slot_bits - 1))
            *find_slot(object, name, name_len) = (uint32_t)i + 1;
        else if (object->len >= INDEX_FROM && !index_members(tree, object, object->slots ? object->slot_bits + 1 : 5))
            return false;
    }
    object->present += !object->members[i].value;
    object->members[i].value = value;
    return true;
}

void kube_object_remove(kube_value_t *object, const char *name, size_t name_len)
{
    size_t i = kube_object_position(object, name, name_len);
    if (i == SIZE_MAX || !object->members[i].value)
        return;
    object->members[i].value = NULL;
    object->present--;
}

/* ---- lists ---- */

bool kube_list_insert(kube_tree_t *tree, kube_value_t *list, size_t i, kube_value_t *value)
{
    if (!value)
        return false;
    kube_value_t **items = grown(tree, list, list->items, sizeof *items);
    if (!items)
        return false;
    list->items = items;
    memmove(items + i + 1, items + i, (list->len - i) * sizeof *items);
    items[i] = value;
    list->len++;
    return true;
}

bool kube_list_add(kube_tree_t *tree, kube_value_t *list, kube_value_t *value)
{
    return kube_list_insert(tree, list, list->len, value);
}

void kube_list_drop(kube_value_t *list, size_t i)
{
    memmove(list->items + i, list->items + i + 1, (list->len - i - 1) * sizeof *list->items);
    list->len--;
}

/* ---- whole values ---- */

static kube_value_t *copy_at(kube_tree_t *tree, const kube_value_t *value, unsigned depth)
{
    if (depth > KUBE_VALUE_DEPTH) {
        kube_tree_fail(tree, KUBE_E_LIMIT, "nested deeper than %d", KUBE_VALUE_DEPTH);
        return NULL;
    }
    kube_value_t *copy = kube_value_new(tree, value->kind);
    if (!copy)
        return NULL;
    if (value->kind == KUBE_VALUE_LIST) {
        for (size_t i = 0; i < value->len; i++) {
            if (!kube_list_add(tree, copy, copy_at(tree, value->items[i], depth + 1)))
                return NULL;
        }
    } else if (value->kind == KUBE_VALUE_OBJECT) {
        KUBE_EACH_MEMBER(member, value) {
            if (!kube_object_set(tree, copy, member->name, member->name_len, copy_at(tree, member->value, depth + 1)))
                return NULL;
        }
    } else {
        copy->text = value->text;
        copy->len = value->len;
    }
    return copy;
}

kube_value_t *kube_value_copy(kube_tree_t *tree, const kube_value_t *value)
{
    return copy_at(tree, value, 1);
}

static size_t members_that_count(const kube_value_t *object, unsigned flags)
{
    if (!(flags & KUBE_EQUAL_NULL_IS_ABSENT))
        return object->present;
    size_t count = 0;
    KUBE_EACH_MEMBER(member, object)
        count += member->value->kind != KUBE_VALUE_NULL;
    return count;
}

static bool equal_objects(const kube_value_t *a, const kube_value_t *b, unsigned flags)
{
    if (members_that_count(a, flags) != members_that_count(b, flags))
        return false;
    KUBE_EACH_MEMBER(member, a) {
        if ((flags & KUBE_EQUAL_NULL_IS_ABSENT) && member->value->kind == KUBE_VALUE_NULL)
            continue;
        const kube_value_t *other = kube_object_get(b, member->name, member->name_len);
        if (!other || !kube_value_equal(member->value, other, flags))
            return false;
    }
    return true;
}

bool kube_value_equal(const kube_value_t *a, const kube_value_t *b, unsigned flags)
{
    if (a == b)
        return true;
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case KUBE_VALUE_OBJECT:
        return equal_objects(a, b, flags);
    case KUBE_VALUE_LIST:
        for (size_t i = 0; i < a->len && i < b->len; i++) {
            if (!kube_value_equal(a->items[i], b->items[i], flags))
                return false;
        }
        return a->len == b->len;
    case KUBE_VALUE_NUMBER:
        if (flags & KUBE_EQUAL_NUMERIC)
            return kube_number_equal(a->text, a->len, b->text, b->len);
        return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
    case KUBE_VALUE_STRING:
        return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
    default:
        return true;
    }
}
