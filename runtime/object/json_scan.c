#include "object/json_scan.h"

#include <string.h>

#include "base/utf8.h"

static bool is_filler(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ',' || c == ':';
}

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '+' || c == '.' || c == 'E';
}

const char *kube_json_string_end(const char *at, const char *end)
{
    for (at++; at < end; at++) {
        if (*at == '"')
            return at + 1;
        if (*at == '\\')
            at++;
    }
    return NULL;
}

static const char *word_end(const char *at, const char *end)
{
    const char *p = at;
    while (p < end && is_word(*p))
        p++;
    return p > at ? p : at + 1;
}

kube_json_token_t kube_json_scan(const char **at, const char *end)
{
    const char *start = *at;
    while (start < end && is_filler(*start))
        start++;
    kube_json_token_t token = { KUBE_JSON_END, start, 0 };
    if (start == end) {
        *at = end;
        return token;
    }
    const char *behind = start + 1;
    if (strchr("{}[]", *start)) {
        token.kind = (kube_json_token_kind_t)*start;
    } else if (*start == '"') {
        token.kind = KUBE_JSON_STRING;
        behind = kube_json_string_end(start, end);
        if (!behind)
            behind = end;
    } else {
        token.kind = KUBE_JSON_WORD;
        behind = word_end(start, end);
    }
    token.len = (size_t)(behind - start);
    *at = behind;
    return token;
}

const char *kube_json_value_end(const char *at, const char *end)
{
    if (at >= end)
        return NULL;
    if (*at == '"')
        return kube_json_string_end(at, end);
    if (*at != '{' && *at != '[')
        return word_end(at, end);
    size_t open = 0;
    while (at < end) {
        char c = *at;
        if (c == '"') {
            at = kube_json_string_end(at, end);
            if (!at)
                return NULL;
            continue;
        }
        at++;
        if (c == '{' || c == '[')
            open++;
        else if ((c == '}' || c == ']') && --open == 0)
            return at;
    }
    return NULL;
}

static uint32_t hex4(const char *at)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        uint32_t digit = (unsigned char)at[i];
        value = value << 4 | (digit <= '9' ? digit - '0' : ((digit | 0x20) - 'a' + 10) & 15);
    }
    return value;
}

/* Appends the character of the escape \uXXXX at `at`, or of two that are a surrogate pair; returns behind it. */
static const char *unescape_unicode(kube_buffer_t *buffer, const char *at, const char *end)
{
    if (end - at < 6)
        return end;
    uint32_t c = hex4(at + 2);
    at += 6;
    if (c >= 0xD800 && c < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
        c = 0x10000 + ((c - 0xD800) << 10) + ((hex4(at + 2) - 0xDC00) & 0x3FF);
        at += 6;
    }
    char utf8[4];
    kube_buffer_append(buffer, utf8, kube_utf8_put(utf8, c));
    return at;
}

void kube_json_unescape(kube_buffer_t *buffer, const char *text, size_t len)
{
    static const char letters[] = "bfnrt", bytes[] = "\b\f\n\r\t";
    if (len < 2)
        return;
    const char *at = text + 1, *end = text + len - 1;
    while (at < end) {
        const char *escape = memchr(at, '\\', (size_t)(end - at));
        kube_buffer_append(buffer, at, (size_t)((escape ? escape : end) - at));
        if (!escape || end - escape < 2)
            return;
        if (escape[1] == 'u') {
            at = unescape_unicode(buffer, escape, end);
            continue;
        }
        const char *letter = strchr(letters, escape[1]);
        kube_buffer_append(buffer, letter && *letter ? bytes + (letter - letters) : escape + 1, 1);
        at = escape + 2;
    }
}

void kube_json_quote(kube_buffer_t *buffer, const char *text, size_t len)
{
    static const char letters[] = "btn\0fr", digits[] = "0123456789abcdef";
    kube_buffer_append(buffer, "\"", 1);
    const char *end = text + len;
    for (const char *at = text; at < end; text = ++at) {
        while (at < end && (unsigned char)*at >= 0x20 && *at != '"' && *at != '\\')
            at++;
        kube_buffer_append(buffer, text, (size_t)(at - text));
        if (at == end)
            break;
        unsigned char c = (unsigned char)*at;
        char escape[6] = { '\\', 'u', '0', '0', digits[c >> 4], digits[c & 15] };
        bool is_short = c >= 0x20 || (c >= '\b' && c <= '\r' && c != '\v');
        if (is_short)
            escape[1] = c >= 0x20 ? (char)c : letters[c - '\b'];
        kube_buffer_append(buffer, escape, is_short ? 2 : 6);
    }
    kube_buffer_append(buffer, "\"", 1);
}
