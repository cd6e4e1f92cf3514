#include "object/yaml_merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "object/json_scan.h"

typedef struct {
    const char *text; /* "name":value */
    size_t name_len, len;
    size_t order;
    bool merged, dropped;
} member_t;

typedef struct {
    member_t *items;
    size_t len, capacity;
    bool failed;
} members_t;

static void add_member(members_t *members, const char *text, size_t name_len, size_t len, bool merged)
{
    if (members->len == members->capacity && !members->failed) {
        size_t capacity = members->capacity ? members->capacity * 2 : 32;
        member_t *items = kube_mem_realloc(members->items, capacity * sizeof *items);
        members->failed = !items;
        if (items) {
            members->items = items;
            members->capacity = capacity;
        }
    }
    if (members->failed)
        return;
    members->items[members->len] = (member_t){ text, name_len, len, members->len, merged, false };
    members->len++;
}

/* Adds the members of an object whose JSON begins at `at`. */
static void add_merged_object(members_t *members, const char *at, const char *end)
{
    for (at++; at < end && *at != '}'; at += at < end && *at == ',') {
        const char *name_end = kube_json_string_end(at, end);
        const char *behind = kube_json_value_end(name_end + 1, end);
        add_member(members, at, (size_t)(name_end - at), (size_t)(behind - at), true);
        at = behind;
    }
}

/* Adds the members of the objects of an array, the last object first, so that those of the first come to stand. */
static void add_merged_array(members_t *members, const char *at, const char *end)
{
    size_t count = 0, first = members->len;
    for (at++; at < end && *at != ']'; at += at < end && *at == ',') {
        const char *behind = kube_json_value_end(at, end);
        add_member(members, at, 0, (size_t)(behind - at), true);
        at = behind;
        count++;
    }
    if (members->failed)
        return;
    members_t objects = { .items = kube_mem_alloc(count * sizeof(member_t)), .len = count };
    members->failed = !objects.items;
    members->len = first;
    if (objects.items && count > 0)
        memcpy(objects.items, members->items + first, count * sizeof(member_t));
    while (objects.items && count-- > 0)
        add_merged_object(members, objects.items[count].text, objects.items[count].text + objects.items[count].len);
    kube_mem_free(objects.items);
}

static void collect(members_t *members, const kube_buffer_t *json, size_t start, const size_t *marks, size_t mark_count)
{
    const char *at = json->data + start, *end = json->data + json->len;
    for (size_t mark = 0; at < end; at += at < end) {
        const char *name_end = kube_json_string_end(at, end), *value = name_end + 1;
        const char *behind = kube_json_value_end(value, end);
        if (mark == mark_count || at != json->data + marks[mark])
            add_member(members, at, (size_t)(name_end - at), (size_t)(behind - at), false);
        else if (mark++, *value == '[')
            add_merged_array(members, value, behind);
        else
            add_merged_object(members, value, behind);
        at = behind;
    }
}

static int compare(const void *left, const void *right)
{
    const member_t *a = *(member_t *const *)left, *b = *(member_t *const *)right;
    int difference = memcmp(a->text, b->text, a->name_len < b->name_len ? a->name_len : b->name_len);
    if (difference == 0)
        difference = (a->name_len > b->name_len) - (a->name_len < b->name_len);
    return difference ? difference : (a->order > b->order) - (a->order < b->order);
}

static bool drop_overridden(members_t *members)
{
    member_t **sorted = kube_mem_alloc(members->len * sizeof *sorted);
    if (!sorted)
        return false;
    for (size_t i = 0; i < members->len; i++)
        sorted[i] = &members->items[i];
    qsort(sorted, members->len, sizeof *sorted, compare);
    const member_t *last = NULL;
    for (size_t i = members->len; i-- > 0;) {
        member_t *member = sorted[i];
        bool same = last && last->name_len == member->name_len && memcmp(last->text, member->text, member->name_len) == 0;
        if (same)
            member->dropped = member->merged || last->merged;
        else
            last = member;
    }
    kube_mem_free(sorted);
    return true;
}

/* Appends to `to` what `from` says of the bytes from offset `at` on, `len` of them, which now stand at `now`. */
static bool move_lines(kube_yaml_lines_t *to, const kube_yaml_lines_t *from, size_t at, size_t len, size_t now)
{
    if (!kube_yaml_lines_add(to, now, kube_yaml_lines_find(from, at)))
        return false;
    for (size_t i = kube_yaml_lines_after(from, at); i < from->len && from->items[i].offset < at + len; i++)
        if (!kube_yaml_lines_add(to, now + (from->items[i].offset - at), from->items[i].line))
            return false;
    return true;
}

static bool write_members(const members_t *members, const kube_buffer_t *json, size_t start, size_t base,
                          const kube_yaml_lines_t *lines, kube_buffer_t *text, kube_yaml_lines_t *moved)
{
    for (size_t i = 0; i < members->len; i++) {
        const member_t *member = &members->items[i];
        if (member->dropped)
            continue;
        if (text->len > 0)
            kube_buffer_append(text, ",", 1);
        if (!move_lines(moved, lines, (size_t)(member->text - json->data) - base, member->len, start - base + text->len))
            return false;
        kube_buffer_append(text, member->text, member->len);
    }
    return !text->failed;
}

/* Puts the new text and its lines in the place of the old. */
static bool replace(kube_buffer_t *json, size_t start, size_t base, kube_yaml_lines_t *lines, const kube_buffer_t *text,
                    const kube_yaml_lines_t *moved)
{
    json->len = start;
    kube_buffer_append(json, text->data, text->len);
    size_t before = start - base;
    while (lines->len > 0 && lines->items[lines->len - 1].offset >= before)
        lines->len--;
    for (size_t i = 0; i < moved->len; i++)
        if (!kube_yaml_lines_add(lines, moved->items[i].offset, moved->items[i].line))
            return false;
    return !json->failed;
}

bool kube_yaml_merge(kube_buffer_t *json, size_t start, const size_t *marks, size_t mark_count, kube_yaml_lines_t *lines, size_t base)
{
    members_t members = { 0 };
    kube_buffer_t text = { 0 };
    kube_yaml_lines_t moved = { 0 };
    collect(&members, json, start, marks, mark_count);
    bool done = !members.failed && drop_overridden(&members) &&
                write_members(&members, json, start, base, lines, &text, &moved) && replace(json, start, base, lines, &text, &moved);
    kube_mem_free(members.items);
    kube_buffer_dispose(&text);
    kube_yaml_lines_dispose(&moved);
    return done;
}
