/* JSON text to trees and back. */
#include <string.h>

#include <kube/json.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "object/tree.h"

/* Reads compact JSON that kube_json_check has let through, so that nothing is checked again. */
typedef struct reader {
    kube_tree_t *tree;
    const char *p;
} reader_t;

static kube_value_t *read_value(reader_t *r);

static unsigned hex_digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

static uint32_t read_hex4(reader_t *r)
{
    uint32_t unit = 0;
    for (int i = 0; i < 4; i++)
        unit = unit << 4 | hex_digit(*r->p++);
    return unit;
}

/* What follows a backslash. */
static char *read_escape(reader_t *r, char *to)
{
    char c = *r->p++;
    switch (c) {
    case 'b': *to++ = '\b'; return to;
    case 'f': *to++ = '\f'; return to;
    case 'n': *to++ = '\n'; return to;
    case 'r': *to++ = '\r'; return to;
    case 't': *to++ = '\t'; return to;
    case 'u': break;
    default: *to++ = c; return to;
    }
    uint32_t code_point = read_hex4(r);
    if (code_point >= 0xD800 && code_point < 0xDC00) {
        r->p += 2;
        code_point = 0x10000 + ((code_point - 0xD800) << 10) + (read_hex4(r) - 0xDC00);
    }
    return to + kube_utf8_put(to, code_point);
}

static const char *read_string(reader_t *r, size_t *len)
{
    const char *end = ++r->p;
    while (*end != '"')
        end += *end == '\\' ? 2 : 1;
    char *text = kube_tree_alloc(r->tree, (size_t)(end - r->p) + 1);
    if (!text)
        return NULL;
    char *to = text;
    while (r->p < end) {
        char c = *r->p++;
        if (c == '\\')
            to = read_escape(r, to);
        else
            *to++ = c;
    }
    r->p++;
    *to = '\0';
    *len = (size_t)(to - text);
    return text;
}

static kube_value_t *read_list(reader_t *r)
{
    kube_value_t *list = kube_value_new(r->tree, KUBE_VALUE_LIST);
    r->p++;
    while (list && *r->p != ']') {
        if (!kube_list_add(r->tree, list, read_value(r)))
            return NULL;
        r->p += *r->p == ',';
    }
    r->p++;
    return list;
}

static kube_value_t *read_object(reader_t *r)
{
    kube_value_t *object = kube_value_new(r->tree, KUBE_VALUE_OBJECT);
    r->p++;
    while (object && *r->p != '}') {
        size_t len = 0;
        const char *name = read_string(r, &len);
        if (!name)
            return NULL;
        r->p++;
        if (!kube_object_set(r->tree, object, name, len, read_value(r)))
            return NULL;
        r->p += *r->p == ',';
    }
    r->p++;
    return object;
}

static kube_value_t *read_number(reader_t *r)
{
    size_t len = strspn(r->p, "+-.0123456789eE");
    kube_value_t *value = kube_value_new(r->tree, KUBE_VALUE_NUMBER);
    char *text = kube_tree_alloc(r->tree, len + 1);
    if (!value || !text)
        return NULL;
    memcpy(text, r->p, len);
    text[len] = '\0';
    value->text = text;
    value->len = len;
    r->p += len;
    return value;
}

static kube_value_t *read_word(reader_t *r, kube_value_kind_t kind, size_t len)
{
    r->p += len;
    return kube_value_new(r->tree, kind);
}

static kube_value_t *read_value(reader_t *r)
{
    switch (*r->p) {
    case '{': return read_object(r);
    case '[': return read_list(r);
    case 't': return read_word(r, KUBE_VALUE_TRUE, 4);
    case 'f': return read_word(r, KUBE_VALUE_FALSE, 5);
    case 'n': return read_word(r, KUBE_VALUE_NULL, 4);
    case '"': break;
    default: return read_number(r);
    }
    kube_value_t *value = kube_value_new(r->tree, KUBE_VALUE_STRING);
    if (!value)
        return NULL;
    value->text = read_string(r, &value->len);
    return value->text ? value : NULL;
}

kube_value_t *kube_value_parse(kube_tree_t *tree, const char *text, size_t len, const char *what)
{
    kube_buffer_t compact = { 0 };
    kube_error_t why = { 0 };
    kube_value_t *value = NULL;
    /* A buffer that grows leaves copies behind. */
    if (tree->secret)
        kube_buffer_reserve(&compact, len);
    int code = compact.failed ? kube_fail_memory(&why) : tree->code;
    if (code == KUBE_OK)
        code = kube_json_check(text, len, tree->max_depth ? tree->max_depth : KUBE_VALUE_DEPTH, &compact, &why);
    if (code == KUBE_OK) {
        reader_t r = { tree, compact.data };
        value = read_value(&r);
    } else {
        kube_tree_fail(tree, code, "%s: %s", what, why.message);
        if (tree->err)
            tree->err->offset = why.offset;
    }
    if (tree->secret)
        kube_buffer_wipe(&compact);
    kube_buffer_dispose(&compact);
    return value;
}

/* ---- writing ---- */

static void write_string(kube_buffer_t *buffer, const char *text, size_t len)
{
    kube_buffer_append(buffer, "\"", 1);
    const char *end = text + len;
    while (text < end) {
        const char *start = text;
        while (text < end && (unsigned char)*text >= 0x20 && *text != '"' && *text != '\\')
            text++;
        kube_buffer_append(buffer, start, (size_t)(text - start));
        if (text == end)
            break;
        unsigned char c = (unsigned char)*text++;
        if (c == '"' || c == '\\')
            kube_buffer_append(buffer, c == '"' ? "\\\"" : "\\\\", 2);
        else if (c == '\n' || c == '\r' || c == '\t')
            kube_buffer_append(buffer, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t", 2);
        else
            kube_buffer_printf(buffer, "\\u%04x", c);
    }
    kube_buffer_append(buffer, "\"", 1);
}

static bool write_value(const kube_value_t *value, kube_buffer_t *buffer, unsigned depth);

static bool write_object(const kube_value_t *object, kube_buffer_t *buffer, unsigned depth)
{
    bool first = true;
    kube_buffer_append(buffer, "{", 1);
    KUBE_EACH_MEMBER(member, object) {
        if (!first)
            kube_buffer_append(buffer, ",", 1);
        first = false;
        write_string(buffer, member->name, member->name_len);
        kube_buffer_append(buffer, ":", 1);
        if (!write_value(member->value, buffer, depth + 1))
            return false;
    }
    kube_buffer_append(buffer, "}", 1);
    return true;
}

static bool write_list(const kube_value_t *list, kube_buffer_t *buffer, unsigned depth)
{
    kube_buffer_append(buffer, "[", 1);
    for (size_t i = 0; i < list->len; i++) {
        if (i > 0)
            kube_buffer_append(buffer, ",", 1);
        if (!write_value(list->items[i], buffer, depth + 1))
            return false;
    }
    kube_buffer_append(buffer, "]", 1);
    return true;
}

/* False when nested too deep. */
static bool write_value(const kube_value_t *value, kube_buffer_t *buffer, unsigned depth)
{
    switch (value->kind) {
    case KUBE_VALUE_NULL: kube_buffer_append(buffer, "null", 4); return true;
    case KUBE_VALUE_FALSE: kube_buffer_append(buffer, "false", 5); return true;
    case KUBE_VALUE_TRUE: kube_buffer_append(buffer, "true", 4); return true;
    case KUBE_VALUE_NUMBER: kube_buffer_append(buffer, value->text, value->len); return true;
    case KUBE_VALUE_STRING: write_string(buffer, value->text, value->len); return true;
    case KUBE_VALUE_LIST: return depth <= KUBE_VALUE_DEPTH && write_list(value, buffer, depth);
    default: return depth <= KUBE_VALUE_DEPTH && write_object(value, buffer, depth);
    }
}

bool kube_value_write(kube_tree_t *tree, const kube_value_t *value, kube_buffer_t *buffer)
{
    size_t before = buffer->len;
    if (!write_value(value, buffer, 1))
        kube_tree_fail(tree, KUBE_E_LIMIT, "nested deeper than %d", KUBE_VALUE_DEPTH);
    else if (buffer->failed)
        kube_tree_fail(tree, KUBE_E_NO_MEMORY, "out of memory");
    else
        return true;
    buffer->len = before;
    buffer->failed = false;
    if (buffer->data)
        buffer->data[before] = '\0';
    return false;
}
