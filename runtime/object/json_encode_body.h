/*
 * The JSON encoder, compiled once for each vector variant by the file that includes it. Every key and item is written with a comma in front,
 * and the first comma then becomes the opening bracket. Functions take the position in the buffer and return the next one, or NULL after an error.
 */
#include "base/base64.h"
#include "base/time.h"
#include "object/json_variant.h"

/* Vector loads may read up to a block past the end of a string, never into the next page. Sanitizers do not know that this is harmless. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define KUBE_MAY_OVERREAD 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define KUBE_MAY_OVERREAD 0
#endif
#endif
#ifndef KUBE_MAY_OVERREAD
#define KUBE_MAY_OVERREAD 1
#endif

typedef kube_encoder_t encoder_t;

static KUBE_TARGET char *encode_struct(encoder_t *e, char *at, const kube_type_t *type, const void *object, bool bare);

KUBE_INLINE char *room(encoder_t *e, char *at)
{
    return __builtin_expect(at <= e->limit, 1) ? at : kube_encode_grow(e, at, 0);
}

/* ---- strings ---- */

/* Whether a block can be loaded: when it lies within a page, and nothing watches memory accesses. */
KUBE_INLINE bool block_is_readable(const encoder_t *e, const char *text)
{
    return KUBE_MAY_OVERREAD && (int)((uintptr_t)text & 4095) <= e->last_in_page;
}

/* Copies plain text byte by byte, at most a block; *text moves on. */
static char *copy_bytes(char *at, const char **text)
{
    const char *s = *text;
    for (unsigned i = 0; i < KUBE_BLOCK && (signed char)*s >= 0x20 && *s != '"' && *s != '\\'; i++)
        *at++ = *s++;
    *text = s;
    return at;
}

static KUBE_TARGET __attribute__((noinline)) char *encode_long_text(encoder_t *e, char *at, const char *text)
{
    for (;;) {
        if (__builtin_expect(block_is_readable(e, text), 1)) {
            unsigned plain = first_special(copy_block(at, text));
            at += plain;
            text += plain;
        } else {
            at = copy_bytes(at, &text);
        }
        if (__builtin_expect(*text == '\0', 1))
            break;
        at = room(e, at);
        if (!at)
            return NULL;
        if ((*text == '"') | (*text == '\\')) {
            at[0] = '\\';
            at[1] = *text++;
            at += 2;
        } else if ((signed char)*text < 0x20 && !(at = kube_encode_special(e, at, &text))) {
            return NULL;
        }
    }
    *at++ = '"';
    return room(e, at);
}

KUBE_INLINE char *encode_text(encoder_t *e, char *at, const char *text)
{
    *at++ = '"';
    if (__builtin_expect(block_is_readable(e, text), 1)) {
        unsigned plain = first_special(copy_block(at, text));
        if (__builtin_expect(text[plain] == '\0', 1)) {
            at[plain] = '"';
            return room(e, at + plain + 1);
        }
    }
    return encode_long_text(e, at, text);
}

static char *encode_null(char *at)
{
    memcpy(at, "null", 4);
    return at + 4;
}

static KUBE_TARGET char *encode_string(encoder_t *e, char *at, const char *text)
{
    return text ? encode_text(e, at, text) : encode_null(at);
}

/* ---- scalars ---- */

static KUBE_TARGET char *encode_raw(encoder_t *e, char *at, const char *text, size_t len)
{
    if (e->limit - at < (ptrdiff_t)len && !(at = kube_encode_grow(e, at, len)))
        return NULL;
    memcpy(at, text, len);
    return room(e, at + len);
}

static KUBE_TARGET char *encode_bytes(encoder_t *e, char *at, const kube_bytes_t *bytes)
{
    size_t len = kube_base64_encoded_len(bytes->len) + 2;
    if (e->limit - at < (ptrdiff_t)len && !(at = kube_encode_grow(e, at, len)))
        return NULL;
    *at++ = '"';
    at += bytes->data ? kube_base64_encode(at, bytes->data, bytes->len) : 0;
    *at++ = '"';
    return room(e, at);
}

static char *encode_bool(char *at, bool value)
{
    memcpy(at, value ? "true " : "false", 5);
    return at + (value ? 4 : 5);
}

static char *encode_time(char *at, const kube_time_t *time, bool micro)
{
    if (!time->has)
        return encode_null(at);
    *at++ = '"';
    at += kube_time_write(at, *time, micro);
    *at++ = '"';
    return at;
}

static KUBE_TARGET char *encode_number_text(encoder_t *e, char *at, const char *text)
{
    if (!text)
        return encode_null(at);
    const char *end = number_end(text);
    return end && *end == '\0' ? encode_raw(e, at, text, (size_t)(end - text)) : kube_encode_fail(e, KUBE_E_INVALID, "not a number");
}

static KUBE_TARGET char *encode_json(encoder_t *e, char *at, const kube_json_t *json)
{
    return json->text ? encode_raw(e, at, json->text, json->len) : encode_null(at);
}

static KUBE_TARGET char *encode_scalar(encoder_t *e, char *at, unsigned kind, const void *slot)
{
    switch (kind) {
    case KUBE_KIND_BOOL: return encode_bool(at, ((const kube_bool_t *)slot)->value);
    case KUBE_KIND_INT32: return kube_encode_int(at, ((const kube_int32_t *)slot)->value);
    case KUBE_KIND_INT64: return kube_encode_int(at, ((const kube_int64_t *)slot)->value);
    case KUBE_KIND_DOUBLE: return kube_encode_double(e, at, ((const kube_double_t *)slot)->value);
    case KUBE_KIND_PLAIN_BOOL: return encode_bool(at, *(const bool *)slot);
    case KUBE_KIND_PLAIN_INT32: return kube_encode_int(at, *(const int32_t *)slot);
    case KUBE_KIND_PLAIN_INT64: return kube_encode_int(at, *(const int64_t *)slot);
    case KUBE_KIND_PLAIN_DOUBLE: return kube_encode_double(e, at, *(const double *)slot);
    case KUBE_KIND_STRING:
    case KUBE_KIND_QUANTITY: return encode_string(e, at, *(const char *const *)slot);
    case KUBE_KIND_NUMBER: return encode_number_text(e, at, *(const char *const *)slot);
    case KUBE_KIND_BYTES: return encode_bytes(e, at, slot);
    case KUBE_KIND_TIME:
    case KUBE_KIND_MICRO_TIME: return encode_time(at, slot, kind == KUBE_KIND_MICRO_TIME);
    case KUBE_KIND_INT_OR_STRING: {
        const kube_int_or_string_t *either = slot;
        return either->string ? encode_string(e, at, either->string) : kube_encode_int(at, either->number);
    }
    default: return encode_json(e, at, slot);
    }
}

/* ---- lists, maps, values ---- */

static KUBE_TARGET char *encode_list(encoder_t *e, char *at, const kube_element_t *element, const kube_any_list_t *list, bool bare);
static KUBE_TARGET char *encode_map(encoder_t *e, char *at, const kube_element_t *element, const kube_any_list_t *map);

KUBE_INLINE char *encode_value(encoder_t *e, char *at, unsigned kind, const void *type, const void *slot)
{
    switch (kind) {
    case KUBE_KIND_STRING: return encode_string(e, at, *(const char *const *)slot);
    case KUBE_KIND_OBJECT: return encode_struct(e, at, type, *(const void *const *)slot, false);
    case KUBE_KIND_STRUCT: return encode_struct(e, at, type, slot, false);
    case KUBE_KIND_LIST:
    case KUBE_KIND_MAP:
        if (!((const kube_any_list_t *)slot)->items)
            return encode_null(at);
        return kind == KUBE_KIND_LIST ? encode_list(e, at, type, slot, false) : encode_map(e, at, type, slot);
    default: return encode_scalar(e, at, kind, slot);
    }
}

/* Behind the last member of a list or object that began at offset start: the first comma becomes the opening bracket. */
KUBE_INLINE char *encode_close(encoder_t *e, char *at, size_t start, char opening, char closing)
{
    char *first = e->buffer->data + start;
    at += at == first;
    *first = opening;
    *at++ = closing;
    e->depth--;
    return room(e, at);
}

KUBE_INLINE char *encode_open(encoder_t *e, char *at, size_t *start)
{
    *start = (size_t)(at - e->buffer->data);
    if (__builtin_expect(++e->depth > KUBE_DEPTH_MAX, 0))
        return kube_encode_fail(e, KUBE_E_LIMIT, "nested too deeply");
    return room(e, at); /* the keys on the way down may have used it up */
}

static KUBE_TARGET char *encode_list(encoder_t *e, char *at, const kube_element_t *element, const kube_any_list_t *list, bool bare)
{
    size_t start;
    at = encode_open(e, at, &start);
    if (!at)
        return NULL;
    const char *item = list->items;
    for (size_t i = 0; i < list->len; i++, item += element->stride) {
        *at++ = ',';
        at = element->kind == KUBE_KIND_STRUCT ? encode_struct(e, at, element->type, item, bare)
                                               : encode_value(e, at, element->kind, element->type, item);
        if (!at)
            return kube_encode_in_item(e, i);
        at = room(e, at);
        if (!at)
            return NULL;
    }
    return encode_close(e, at, start, '[', ']');
}

static KUBE_TARGET char *encode_map(encoder_t *e, char *at, const kube_element_t *element, const kube_any_list_t *map)
{
    size_t start;
    at = encode_open(e, at, &start);
    if (!at)
        return NULL;
    const char *entry = map->items;
    for (size_t i = 0; i < map->len; i++, entry += element->stride) {
        const char *key = *(const char *const *)(const void *)entry;
        *at++ = ',';
        if (!key)
            return kube_encode_fail(e, KUBE_E_INVALID, "a map's key is NULL");
        at = encode_string(e, at, key);
        if (!at)
            return kube_encode_in_key(e, "?");
        *at++ = ':';
        at = encode_value(e, at, element->kind, element->type, entry + element->offset);
        if (!at)
            return kube_encode_in_key(e, key);
        at = room(e, at);
        if (!at)
            return NULL;
    }
    return encode_close(e, at, start, '{', '}');
}

/* ---- structs ---- */

static KUBE_TARGET __attribute__((noinline)) char *encode_long_key(encoder_t *e, char *at, const kube_field_t *field)
{
    size_t len = field->name_len;
    if (len > 64 && !(at = kube_encode_grow(e, at, len)))
        return NULL;
    memcpy(at, ",\"", 2);
    memcpy(at + 2, field->long_name, len);
    memcpy(at + 2 + len, "\":", 2);
    return at + len + 4;
}

/* Kinds whose first byte tells their presence: that their first word is not zero does not. */
#define HAS(kind) (1u << KUBE_KIND_##kind)
enum { KINDS_THAT_HAVE = HAS(BOOL) | HAS(INT32) | HAS(INT64) | HAS(DOUBLE) | HAS(TIME) | HAS(MICRO_TIME) | HAS(INT_OR_STRING) };
#undef HAS

KUBE_INLINE char *encode_key(encoder_t *e, char *at, const kube_field_t *field)
{
    if (__builtin_expect(field->name_len > KUBE_FIELD_KEY_SIZE - 4, 0))
        return encode_long_key(e, at, field);
    copy_32(at, field->key);
    return at + field->name_len + 4;
}

/* Writes a field whose first word is not zero. */
KUBE_INLINE char *encode_field(encoder_t *e, char *at, const kube_type_t *type, const kube_field_t *field, const void *object)
{
    const void *slot = (const char *)object + field->offset;
    unsigned kind = field->kind;
    if (KINDS_THAT_HAVE >> kind & 1 && !*(const bool *)slot)
        return at;
    at = encode_key(e, at, field);
    if (__builtin_expect(!at, 0))
        return NULL;
    switch (kind) {
    case KUBE_KIND_STRING:
        at = encode_text(e, at, *(const char *const *)slot);
        return __builtin_expect(at != NULL, 1) ? at : kube_encode_in_field(e, field);
    case KUBE_KIND_OBJECT: at = encode_struct(e, at, field->type, *(const void *const *)slot, false); break;
    case KUBE_KIND_LIST:
        at = encode_list(e, at, field->type, slot,
                         (type->flags & KUBE_TYPE_LIST) && field->offset == type->items_offset && !(e->flags & KUBE_ENCODE_LIST_TYPES));
        break;
    case KUBE_KIND_MAP: at = encode_map(e, at, field->type, slot); break;
    default: at = encode_scalar(e, at, kind, slot); break;
    }
    return __builtin_expect(at != NULL, 1) ? room(e, at) : kube_encode_in_field(e, field);
}

/* Whether a field of a list's item is its apiVersion or kind with the table's own text, which no input said. */
KUBE_INLINE bool is_implied(const kube_type_t *type, const kube_field_t *field, const void *object)
{
    if (field->offset == type->api_version_offset)
        return *kube_string_at(object, field->offset) == type->api_version;
    return field->offset == type->kind_offset && *kube_string_at(object, field->offset) == type->kind;
}

#if UINTPTR_MAX == UINT64_MAX
/* The words, of the 64 from `block` on, of what is implied in a list's item. */
static uint64_t implied_words(const kube_type_t *type, const void *object, size_t block)
{
    uint64_t words = 0;
    size_t api_version = type->api_version_offset / 8 - block, kind = type->kind_offset / 8 - block;
    if (api_version < 64 && *kube_string_at(object, type->api_version_offset) == type->api_version)
        words |= (uint64_t)1 << api_version;
    if (kind < 64 && *kube_string_at(object, type->kind_offset) == type->kind)
        words |= (uint64_t)1 << kind;
    return words;
}

/* Present fields are found by scanning the struct for words that are not zero: fields stand in the order of their names, each begins a word
 * with what tells its presence. */
static KUBE_TARGET char *encode_by_words(encoder_t *e, char *at, const kube_type_t *type, const void *object, bool bare)
{
    const kube_word_t *words = object;
    size_t count = type->size / 8;
    for (size_t block = 0; block < count; block += 64) {
        uint64_t mask = nonzero_words(words + block, count - block < 64 ? count - block : 64);
        if (__builtin_expect(bare, 0))
            mask &= ~implied_words(type, object, block);
        for (const uint8_t *numbers = type->words + block; mask; mask &= mask - 1) {
            unsigned number = numbers[__builtin_ctzll(mask)];
            if (number == 0)
                continue;
            at = encode_field(e, at, type, &type->fields[number - 1], object);
            if (__builtin_expect(!at, 0))
                return NULL;
        }
    }
    return at;
}
#endif

static KUBE_TARGET char *encode_by_fields(encoder_t *e, char *at, const kube_type_t *type, const void *object, bool bare)
{
    for (size_t i = 0; at && i < type->field_count; i++) {
        const kube_field_t *field = &type->fields[i];
        if (kube_present(field->kind, kube_slot(object, field)) && !(bare && is_implied(type, field, object)))
            at = encode_field(e, at, type, field, object);
    }
    return at;
}

static KUBE_TARGET char *encode_unknown(encoder_t *e, char *at, const kube_unknown_t *unknown)
{
    for (; at && unknown; unknown = unknown->next) {
        *at++ = ',';
        if (!unknown->name)
            return kube_encode_fail(e, KUBE_E_INVALID, "an unknown field's name is NULL");
        at = encode_text(e, at, unknown->name);
        if (!at)
            return NULL;
        *at++ = ':';
        at = encode_json(e, at, &unknown->value);
    }
    return at;
}

static KUBE_TARGET char *encode_struct(encoder_t *e, char *at, const kube_type_t *type, const void *object, bool bare)
{
    size_t start;
    at = encode_open(e, at, &start);
    if (!at)
        return NULL;
#if UINTPTR_MAX == UINT64_MAX
    if (__builtin_expect(type->words != NULL, 1))
        at = encode_by_words(e, at, type, object, bare);
    else
#endif
        at = encode_by_fields(e, at, type, object, bare);
    const kube_unknown_t *unknown = *kube_unknown_of(type, object);
    if (__builtin_expect(unknown != NULL, 0) && at)
        at = encode_unknown(e, at, unknown);
    return __builtin_expect(at != NULL, 1) ? encode_close(e, at, start, '{', '}') : NULL;
}

static KUBE_TARGET char *encode_entry(encoder_t *e, char *at, const kube_type_t *type, const void *object)
{
    return encode_struct(e, at, type, object, false);
}
