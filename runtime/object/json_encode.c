#include <locale.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "object/json_variant.h"

/* ---- room and errors ---- */

char *kube_encode_grow(kube_encoder_t *e, char *at, size_t extra)
{
    kube_buffer_t *buffer = e->buffer;
    buffer->len = buffer->data ? (size_t)(at - buffer->data) : 0;
    if (extra > SIZE_MAX / 4 || !kube_buffer_reserve(buffer, extra + 2 * KUBE_ENCODE_ROOM))
        return kube_encode_fail(e, KUBE_E_NO_MEMORY, "out of memory");
    e->limit = buffer->data + buffer->capacity - KUBE_ENCODE_ROOM;
    return buffer->data + buffer->len;
}

char *kube_encode_fail(kube_encoder_t *e, int code, const char *message)
{
    e->code = kube_fail(e->err, code, "%s", message);
    return NULL;
}

static char *in_front(kube_encoder_t *e, const char *piece, size_t len)
{
    if (!e->err || e->code == KUBE_E_NO_MEMORY)
        return NULL;
    kube_buffer_t path = { 0 };
    const char *rest = e->err->path;
    kube_buffer_printf(&path, "%.*s%s%s", (int)len, piece, *rest && *rest != '[' ? "." : "", rest);
    if (!path.failed)
        kube_copy_cut(e->err->path, sizeof e->err->path, path.data, path.len);
    kube_buffer_dispose(&path);
    return NULL;
}

char *kube_encode_in_field(kube_encoder_t *e, const kube_field_t *field)
{
    return in_front(e, kube_field_name(field), field->name_len);
}

char *kube_encode_in_item(kube_encoder_t *e, size_t index)
{
    char piece[32];
    snprintf(piece, sizeof piece, "[%zu]", index);
    return in_front(e, piece, strlen(piece));
}

char *kube_encode_in_key(kube_encoder_t *e, const char *key)
{
    kube_buffer_t piece = { 0 };
    kube_buffer_printf(&piece, "[%s]", key);
    if (piece.failed)
        in_front(e, "[]", 2);
    else
        in_front(e, piece.data, piece.len);
    kube_buffer_dispose(&piece);
    return NULL;
}

/* ---- scalars that take more than a few lines ---- */

static char *escape_control(char *at, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char from[] = "\b\f\n\r\t", to[] = "bfnrt";
    const char *found = c ? strchr(from, c) : NULL;
    *at++ = '\\';
    if (found) {
        *at++ = to[found - from];
        return at;
    }
    memcpy(at, "u00", 3);
    at[3] = hex[c >> 4];
    at[4] = hex[c & 15];
    return at + 5;
}

char *kube_encode_special(kube_encoder_t *e, char *at, const char **text)
{
    const char *s = *text;
    if ((unsigned char)*s < 0x80) {
        *text = s + 1;
        return escape_control(at, (unsigned char)*s);
    }
    /* A NUL in a JSON string is held as C0 80. */
    if ((unsigned char)s[0] == 0xC0 && (unsigned char)s[1] == 0x80) {
        *text = s + 2;
        return escape_control(at, 0);
    }
    /* The string's own NUL bounds it: it is no continuation byte. */
    size_t n = kube_utf8_sequence(s, s + strnlen(s, 4));
    if (n == 0)
        return kube_encode_fail(e, KUBE_E_INVALID, "a string is not UTF-8");
    memcpy(at, s, n);
    *text = s + n;
    return at + n;
}

char *kube_encode_int(char *at, int64_t value)
{
    static const char pairs[] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
                                "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    if (value < 0)
        *at++ = '-';
    if (magnitude < 10) {
        *at = (char)('0' + magnitude);
        return at + 1;
    }
    size_t len = 2;
    for (uint64_t rest = magnitude; rest >= 100; rest /= 10)
        len++;
    char *first = at + len;
    for (; magnitude >= 10; magnitude /= 100)
        memcpy(first -= 2, pairs + magnitude % 100 * 2, 2);
    if (first > at)
        *at = (char)('0' + magnitude);
    return at + len;
}

char *kube_encode_double(kube_encoder_t *e, char *at, double value)
{
    if (!isfinite(value))
        return kube_encode_fail(e, KUBE_E_INVALID, "a number that JSON cannot hold");
    char text[64];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    /* printf wrote the decimal point of the host's locale. */
    const char *point = localeconv()->decimal_point;
    char *found = strstr(text, point);
    if (found) {
        *found = '.';
        memmove(found + 1, found + strlen(point), strlen(found + strlen(point)) + 1);
    }
    size_t len = strlen(text);
    memcpy(at, text, len);
    return at + len;
}

/* ---- entry point ---- */

/* Whether a checker of memory accesses runs the program: its replacement of malloc is preloaded. */
static bool is_watched(void)
{
    enum { UNKNOWN, NO, YES };
    static atomic_int answer;
    int known = atomic_load_explicit(&answer, memory_order_relaxed);
    if (known == UNKNOWN) {
        const char *preloaded = getenv("LD_PRELOAD");
        known = preloaded && strstr(preloaded, "vgpreload") ? YES : NO;
        atomic_store_explicit(&answer, known, memory_order_relaxed);
    }
    return known == YES;
}

/* A copy of a root struct that says its apiVersion and kind; NULL when memory is exhausted. */
static void *with_type_meta(const kube_type_t *type, const void *object)
{
    void *copy = kube_mem_alloc(type->size);
    if (!copy)
        return NULL;
    memcpy(copy, object, type->size);
    const char **api_version = kube_string_at(copy, type->api_version_offset);
    const char **kind = kube_string_at(copy, type->kind_offset);
    if (!*api_version)
        *api_version = type->api_version;
    if (!*kind)
        *kind = type->kind;
    return copy;
}

static bool lacks_type_meta(const kube_type_t *type, const void *object)
{
    return type->flags & KUBE_TYPE_ROOT &&
           (!*kube_string_at(object, type->api_version_offset) || !*kube_string_at(object, type->kind_offset));
}

static int encode_compact(const kube_type_t *type, const void *object, unsigned flags, kube_buffer_t *buffer, kube_error_t *err)
{
    kube_encoder_t e = { .buffer = buffer, .flags = flags, .err = err, .last_in_page = is_watched() ? -1 : 4096 - KUBE_LARGEST_BLOCK };
    size_t before = buffer->len;
    void *copy = NULL;
    if (lacks_type_meta(type, object) && !(object = copy = with_type_meta(type, object)))
        return kube_fail_memory(err);
    char *at = kube_encode_grow(&e, buffer->data ? buffer->data + before : NULL, 0);
    if (at)
        at = kube_json_variant()->encode(&e, at, type, object);
    kube_mem_free(copy);
    buffer->len = at ? (size_t)(at - buffer->data) : before;
    buffer->failed = false;
    if (buffer->data)
        buffer->data[buffer->len] = '\0';
    return at ? KUBE_OK : e.code;
}

int kube_json_encode(const kube_type_t *type, const void *object, unsigned flags, kube_buffer_t *buffer, kube_error_t *err)
{
    kube_error_reset(err);
    if (!type || !object || !buffer || buffer->failed)
        return kube_fail(err, KUBE_E_USAGE, "type, object or buffer is NULL, or the buffer has failed");
    if (type->abi != KUBE_TABLE_ABI)
        return kube_fail(err, KUBE_E_USAGE, "the tables of %s were generated for another runtime", type->name);
    if (!(flags & KUBE_ENCODE_INDENT))
        return encode_compact(type, object, flags, buffer, err);
    kube_buffer_t compact = { 0 };
    int result = encode_compact(type, object, flags, &compact, err);
    if (result == KUBE_OK)
        result = kube_json_indent(compact.data, compact.len, buffer, err);
    kube_buffer_dispose(&compact);
    return result;
}
