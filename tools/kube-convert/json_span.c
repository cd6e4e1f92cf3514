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

/* One step into an object or array: *part becomes what the first step of the path leads to, *where its key or itself. */
static const char *step(const char *path, json_span_t *part, const char **where)
{
    bool bracketed = *path == '[';
    path += bracketed || *path == '.';
    if (bracketed && *part->at == '[') {
        char *behind;
        unsigned long index = strtoul(path, &behind, 10);
        json_span_t item;
        bool found = json_span_first(*part, &item);
        while (found && index--)
            found = json_span_next(*part, &item);
        if (!found || *behind != ']')
            return NULL;
        *part = item;
        *where = item.at;
        return behind + 1;
    }
    member_t member;
    for (bool more = first_member(*part, &member); more; more = next_member(*part, &member)) {
        const char *behind = behind_key(path, member.key, bracketed);
        if (behind) {
            *part = member.value;
            *where = member.key.at;
            return behind;
        }
    }
    return NULL;
}

bool json_span_value(json_span_t document, const char *path, json_span_t *value)
{
    const char *where;
    *value = document;
    while (path && *path)
        path = step(path, value, &where);
    return path != NULL;
}

size_t json_span_locate(json_span_t document, const char *path)
{
    const char *where = document.at;
    json_span_t part = document;
    while (path && *path)
        path = step(path, &part, &where);
    return (size_t)(where - document.at);
}
