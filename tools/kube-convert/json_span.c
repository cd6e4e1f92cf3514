#include "json_span.h"

#include <stdlib.h>
#include <string.h>

static const char *string_end(const char *at)
{
    for (at++; *at != '"'; at++)
        if (*at == '\\')
            at++;
    return at + 1;
}

static const char *value_end(const char *at, const char *end)
{
    size_t depth = 0;
    while (at < end) {
        if (*at == '"') {
            at = string_end(at);
        } else {
            bool closes = *at == '}' || *at == ']';
            if (depth == 0 && (closes || *at == ','))
                return at;
            depth += *at == '{' || *at == '[';
            depth -= closes;
            at++;
            if (!closes)
                continue;
        }
        if (depth == 0)
            return at;
    }
    return end;
}

/* A member: its key with the quotes, and its value. */
typedef struct member {
    json_span_t key;
    json_span_t value;
} member_t;

static bool member_at(const char *at, const char *end, member_t *member)
{
    if (at >= end || *at != '"')
        return false;
    const char *colon = string_end(at);
    member->key = (json_span_t){ at, (size_t)(colon - at) };
    member->value = (json_span_t){ colon + 1, (size_t)(value_end(colon + 1, end) - colon - 1) };
    return true;
}

static bool first_member(json_span_t object, member_t *member)
{
    return object.len > 2 && *object.at == '{' && member_at(object.at + 1, object.at + object.len, member);
}

static bool next_member(json_span_t object, member_t *member)
{
    return member_at(member->value.at + member->value.len + 1, object.at + object.len, member);
}

bool json_span_member(json_span_t object, const char *name, json_span_t *value)
{
    size_t len = strlen(name);
    member_t member;
    for (bool more = first_member(object, &member); more; more = next_member(object, &member)) {
        if (member.key.len == len + 2 && memcmp(member.key.at + 1, name, len) == 0) {
            *value = member.value;
            return true;
        }
    }
    return false;
}

static bool item_at(const char *at, json_span_t array, json_span_t *item)
{
    const char *end = array.at + array.len;
    if (at >= end || *at == ']')
        return false;
    *item = (json_span_t){ at, (size_t)(value_end(at, end) - at) };
    return true;
}

bool json_span_first(json_span_t array, json_span_t *item)
{
    return array.len > 2 && *array.at == '[' && item_at(array.at + 1, array, item);
}

bool json_span_next(json_span_t array, json_span_t *item)
{
    return item_at(item->at + item->len + 1, array, item);
}

/* The path behind a key at its beginning; NULL when it begins with another one. Map keys hold dots: they end with the bracket. */
static const char *behind_key(const char *path, json_span_t key, bool bracketed)
{
    size_t len = key.len - 2;
    if (strncmp(path, key.at + 1, len) != 0)
        return NULL;
    const char *behind = path + len;
    if (bracketed)
        return *behind == ']' ? behind + 1 : NULL;
    return *behind == '\0' || *behind == '.' || *behind == '[' ? behind : NULL;
}

/* The item that `[i]` names; the search begins at `before`, an item of the same array, if that comes no later. */
static const char *step_to_item(const char *path, json_span_t array, const json_step_t *before, json_step_t *step)
{
    char *behind;
    size_t index = strtoul(path + 1, &behind, 10), i = 0;
    bool found = json_span_first(array, &step->value);
    if (before && before->index <= index) {
        step->value = before->value;
        i = before->index;
    }
    for (; found && i < index; i++)
        found = json_span_next(array, &step->value);
    if (!found || *behind != ']')
        return NULL;
    step->where = step->value.at;
    step->index = index;
    return behind + 1;
}

/* The first member from there on that the path begins with. */
static const char *member_from(const char *at, json_span_t object, const char *path, bool bracketed, json_step_t *step)
{
    member_t member;
    for (bool more = member_at(at, object.at + object.len, &member); more; more = next_member(object, &member)) {
        const char *behind = behind_key(path, member.key, bracketed);
        if (behind) {
            *step = (json_step_t){ .value = member.value, .where = member.key.at };
            return behind;
        }
    }
    return NULL;
}

/* The member that the path begins with; the search begins at `before`, a member of the same object. */
static const char *step_to_member(const char *path, json_span_t object, const json_step_t *before, json_step_t *step)
{
    bool bracketed = *path == '[';
    path += bracketed || *path == '.';
    if (*object.at != '{')
        return NULL;
    const char *behind = before ? member_from(before->where, object, path, bracketed, step) : NULL;
    return behind ? behind : member_from(object.at + 1, object, path, bracketed, step);
}

static bool ends_a_step(char c)
{
    return c == '\0' || c == '.' || c == '[';
}

/* Forgets the steps that are not on the way; *before is the first of these. False: there is none. */
static bool turn_back(json_finder_t *finder, const char *path, json_step_t *before)
{
    size_t common = 0, depth = 0;
    while (finder->path && path[common] && finder->path[common] == path[common])
        common++;
    while (depth < finder->depth && finder->steps[depth].path_len <= common && ends_a_step(path[finder->steps[depth].path_len]))
        depth++;
    bool left = depth < finder->depth;
    if (left)
        *before = finder->steps[depth];
    finder->depth = depth;
    finder->path = path;
    return left;
}

/* Sets *last to the last step of the way that is there; whether that is what the path leads to. */
static bool find(json_finder_t *finder, const char *path, json_step_t *last)
{
    json_step_t before, next;
    bool left = turn_back(finder, path, &before);
    *last = finder->depth ? finder->steps[finder->depth - 1] : (json_step_t){ finder->document, finder->document.at, 0, 0 };
    const json_step_t *hint = left ? &before : NULL;
    for (const char *rest = path + last->path_len; *rest; hint = NULL) {
        bool is_item = *rest == '[' && *last->value.at == '[';
        rest = is_item ? step_to_item(rest, last->value, hint, &next) : step_to_member(rest, last->value, hint, &next);
        if (!rest)
            return false;
        next.path_len = (size_t)(rest - path);
        *last = next;
        if (finder->depth < JSON_FINDER_STEPS)
            finder->steps[finder->depth++] = next;
    }
    return true;
}

bool json_finder_value(json_finder_t *finder, const char *path, json_span_t *value)
{
    json_step_t last;
    bool found = find(finder, path ? path : "", &last);
    *value = last.value;
    return found;
}

size_t json_finder_locate(json_finder_t *finder, const char *path)
{
    json_step_t last;
    find(finder, path ? path : "", &last);
    return (size_t)(last.where - finder->document.at);
}
