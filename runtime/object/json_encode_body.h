/*
 * The JSON encoder, compiled once for each vector variant by the file that includes it. Every key and item is written with a comma in front,
 * and the first comma then becomes the opening bracket.
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

static KUBE_TARGET bool encode_struct(encoder_t *e, const kube_type_t *type, const void *object, bool bare);

KUBE_INLINE bool room(encoder_t *e)
{
    return __builtin_expect(e->at <= e->limit, 1) || kube_encode_grow(e, 0);
}

/* ---- strings ---- */

KUBE_INLINE bool block_is_in_page(const char *text)
{
    return KUBE_MAY_OVERREAD && ((uintptr_t)text & 4095) <= 4096 - KUBE_BLOCK;
}

/* Copies plain text byte by byte, at most a block; *text and e->at move on. */
static void copy_bytes(encoder_t *e, const char **text)
{
    const char *s = *text;
    for (unsigned i = 0; i < KUBE_BLOCK && (signed char)*s >= 0x20 && *s != '"' && *s != '\\'; i++)
        *e->at++ = *s++;
    *text = s;
}

KUBE_INLINE bool encode_text(encoder_t *e, const char *text)
{
    char *at = e->at;
    *at++ = '"';
    for (;;) {
        if (__builtin_expect(block_is_in_page(text) && !e->careful, 1)) {
            uint32_t special = copy_block(at, text);
            unsigned plain = special ? (unsigned)__builtin_ctz(special) : KUBE_BLOCK;
            at += plain;
            text += plain;
        } else {
            e->at = at;
            copy_bytes(e, &text);
            at = e->at;
        }
        if (__builtin_expect(*text == '\0', 1))
            break;
        e->at = at;
        if (!room(e))
            return false;
        at = e->at;
        if ((*text == '"') | (*text == '\\')) {
            at[0] = '\\';
            at[1] = *text++;
            at += 2;
        } else if ((signed char)*text < 0x20) {
            if (!kube_encode_special(e, &text))
                return false;
            at = e->at;
        }
    }
    *at++ = '"';
    e->at = at;
    return room(e);
}

static KUBE_TARGET bool encode_string(encoder_t *e, const char *text)
{
    if (text)
        return encode_text(e, text);
    memcpy(e->at, "null", 4);
    e->at += 4;
    return true;
}

/* ---- scalars ---- */

static KUBE_TARGET bool encode_raw(encoder_t *e, const char *text, size_t len)
{
    if (e->limit - e->at < (ptrdiff_t)len && !kube_encode_grow(e, len))
        return false;
    memcpy(e->at, text, len);
    e->at += len;
    return room(e);
}

static KUBE_TARGET bool encode_bytes(encoder_t *e, const kube_bytes_t *bytes)
{
    size_t len = kube_base64_encoded_len(bytes->len) + 2;
    if (e->limit - e->at < (ptrdiff_t)len && !kube_encode_grow(e, len))
        return false;
    *e->at++ = '"';
    e->at += bytes->data ? kube_base64_encode(e->at, bytes->data, bytes->len) : 0;
    *e->at++ = '"';
    return room(e);
}

static bool encode_bool(encoder_t *e, bool value)
{
    memcpy(e->at, value ? "true " : "false", 5);
    e->at += value ? 4 : 5;
    return true;
}

static KUBE_TARGET bool encode_time(encoder_t *e, const kube_time_t *time, bool micro)
{
    if (!time->has)
        return encode_raw(e, "null", 4);
    *e->at++ = '"';
    e->at += kube_time_write(e->at, *time, micro);
    *e->at++ = '"';
    return true;
}

static bool encode_int(encoder_t *e, int64_t value)
{
    e->at = kube_encode_int(e->at, value);
    return true;
}

static KUBE_TARGET bool encode_number_text(encoder_t *e, const char *text)
{
    if (!text)
        return encode_raw(e, "null", 4);
    const char *end = number_end(text);
    return end && *end == '\0' ? encode_raw(e, text, (size_t)(end - text)) : kube_encode_fail(e, KUBE_E_INVALID, "not a number");
}

static KUBE_TARGET bool encode_scalar(encoder_t *e, unsigned kind, const void *slot)
{
    switch (kind) {
    case KUBE_KIND_BOOL: return encode_bool(e, ((const kube_bool_t *)slot)->value);
    case KUBE_KIND_INT32: return encode_int(e, ((const kube_int32_t *)slot)->value);
    case KUBE_KIND_INT64: return encode_int(e, ((const kube_int64_t *)slot)->value);
    case KUBE_KIND_DOUBLE: return kube_encode_double(e, ((const kube_double_t *)slot)->value);
    case KUBE_KIND_PLAIN_BOOL: return encode_bool(e, *(const bool *)slot);
    case KUBE_KIND_PLAIN_INT32: return encode_int(e, *(const int32_t *)slot);
    case KUBE_KIND_PLAIN_INT64: return encode_int(e, *(const int64_t *)slot);
    case KUBE_KIND_PLAIN_DOUBLE: return kube_encode_double(e, *(const double *)slot);
    case KUBE_KIND_STRING:
    case KUBE_KIND_QUANTITY: return encode_string(e, *(const char *const *)slot);
    case KUBE_KIND_NUMBER: return encode_number_text(e, *(const char *const *)slot);
    case KUBE_KIND_BYTES: return encode_bytes(e, slot);
    case KUBE_KIND_TIME:
    case KUBE_KIND_MICRO_TIME: return encode_time(e, slot, kind == KUBE_KIND_MICRO_TIME);
    case KUBE_KIND_INT_OR_STRING: {
        const kube_int_or_string_t *either = slot;
        return either->string ? encode_string(e, either->string) : encode_int(e, either->number);
    }
    default: {
        const kube_json_t *json = slot;
        return json->text ? encode_raw(e, json->text, json->len) : encode_raw(e, "null", 4);
    }
    }
}

/* ---- lists, maps, values ---- */

static KUBE_TARGET bool encode_list(encoder_t *e, const kube_element_t *element, const kube_any_list_t *list, bool bare);
static KUBE_TARGET bool encode_map(encoder_t *e, const kube_element_t *element, const kube_any_list_t *map);

KUBE_INLINE bool encode_value(encoder_t *e, unsigned kind, const void *type, const void *slot)
{
    switch (kind) {
    case KUBE_KIND_STRING: return encode_string(e, *(const char *const *)slot);
    case KUBE_KIND_OBJECT: return encode_struct(e, type, *(const void *const *)slot, false);
    case KUBE_KIND_STRUCT: return encode_struct(e, type, slot, false);
    case KUBE_KIND_LIST:
    case KUBE_KIND_MAP:
        if (!((const kube_any_list_t *)slot)->items)
            return encode_raw(e, "null", 4);
        return kind == KUBE_KIND_LIST ? encode_list(e, type, slot, false) : encode_map(e, type, slot);
    default: return encode_scalar(e, kind, slot);
    }
}

/* Behind the last member of a list or object that began at offset start: the first comma becomes the opening bracket. */
KUBE_INLINE bool encode_close(encoder_t *e, size_t start, char opening, char closing)
{
    char *first = e->buffer->data + start;
    if (e->at == first)
        e->at++;
    *first = opening;
    *e->at++ = closing;
    e->depth--;
    return room(e);
}

KUBE_INLINE bool encode_open(encoder_t *e, size_t *start)
{
    *start = (size_t)(e->at - e->buffer->data);
    if (__builtin_expect(++e->depth > KUBE_DEPTH_DEFAULT, 0))
        return kube_encode_fail(e, KUBE_E_LIMIT, "nested too deeply");
    return room(e); /* the keys on the way down may have used it up */
}

static KUBE_TARGET bool encode_list(encoder_t *e, const kube_element_t *element, const kube_any_list_t *list, bool bare)
{
    size_t start;
    if (!encode_open(e, &start))
        return false;
    const char *item = list->items;
    for (size_t i = 0; i < list->len; i++, item += element->stride) {
        *e->at++ = ',';
        bool ok = element->kind == KUBE_KIND_STRUCT ? encode_struct(e, element->type, item, bare)
                                                    : encode_value(e, element->kind, element->type, item);
        if (!ok)
            return kube_encode_in_item(e, i);
        if (!room(e))
            return false;
    }
    return encode_close(e, start, '[', ']');
}

static KUBE_TARGET bool encode_map(encoder_t *e, const kube_element_t *element, const kube_any_list_t *map)
{
    size_t start;
    if (!encode_open(e, &start))
        return false;
    const char *entry = map->items;
    for (size_t i = 0; i < map->len; i++, entry += element->stride) {
        const char *key = *(const char *const *)(const void *)entry;
        *e->at++ = ',';
        if (!key)
            return kube_encode_fail(e, KUBE_E_INVALID, "a map's key is NULL");
        if (!encode_string(e, key))
            return kube_encode_in_key(e, "?");
        *e->at++ = ':';
        if (!encode_value(e, element->kind, element->type, entry + element->offset))
            return kube_encode_in_key(e, key);
        if (!room(e))
            return false;
    }
    return encode_close(e, start, '{', '}');
}

/* ---- structs ---- */

KUBE_INLINE void encode_key(encoder_t *e, const kube_field_t *field)
{
    size_t len = (size_t)field->name_len + 4;
    copy_32(e->at, field->key);
    if (__builtin_expect(len > KUBE_FIELD_KEY_SIZE, 0)) {
        memcpy(e->at + 2, field->name, field->name_len);
        memcpy(e->at + len - 2, "\":", 2);
    }
    e->at += len;
}

/* Writes one field; words is how many 8-byte words it takes in the struct. */
/* Words that a field of each kind takes in a struct, and whether its first byte tells its presence. */
static const struct {
    uint8_t words;
    bool has;
} kinds[] = {
    [KUBE_KIND_BOOL] = { 1, true },       [KUBE_KIND_INT32] = { 1, true },   [KUBE_KIND_INT64] = { 2, true },
    [KUBE_KIND_DOUBLE] = { 2, true },     [KUBE_KIND_STRING] = { 1, false }, [KUBE_KIND_QUANTITY] = { 1, false },
    [KUBE_KIND_NUMBER] = { 1, false },    [KUBE_KIND_BYTES] = { 2, false },  [KUBE_KIND_TIME] = { 2, true },
    [KUBE_KIND_MICRO_TIME] = { 2, true }, [KUBE_KIND_INT_OR_STRING] = { 3, true }, [KUBE_KIND_JSON] = { 2, false },
    [KUBE_KIND_OBJECT] = { 1, false },    [KUBE_KIND_LIST] = { 2, false },   [KUBE_KIND_MAP] = { 2, false },
};

/* Writes a field whose first word is not zero. */
KUBE_INLINE bool encode_field(encoder_t *e, const kube_type_t *type, const kube_field_t *field, const void *object)
{
    const void *slot = (const char *)object + field->offset;
    bool ok;
    if (__builtin_expect(field->name_len > 64, 0) && !kube_encode_grow(e, field->name_len))
        return false;
    switch (field->kind) {
    case KUBE_KIND_STRING:
        encode_key(e, field);
        if (__builtin_expect(encode_text(e, *(const char *const *)slot), 1))
            return true;
        return kube_encode_in_field(e, field->name);
    case KUBE_KIND_OBJECT:
        encode_key(e, field);
        ok = encode_struct(e, field->type, *(const void *const *)slot, false);
        break;
    case KUBE_KIND_LIST:
        encode_key(e, field);
        ok = encode_list(e, field->type, slot,
                         (type->flags & KUBE_TYPE_LIST) && field->offset == type->items_offset && !(e->flags & KUBE_ENCODE_LIST_TYPES));
        break;
    case KUBE_KIND_MAP:
        encode_key(e, field);
        ok = encode_map(e, field->type, slot);
        break;
    default:
        if (kinds[field->kind].has && !*(const bool *)slot)
            return true;
        encode_key(e, field);
        ok = encode_scalar(e, field->kind, slot);
        break;
    }
    return __builtin_expect(ok, 1) ? room(e) : kube_encode_in_field(e, field->name);
}

#if UINTPTR_MAX == UINT64_MAX
/* Present fields are found by scanning the struct for words that are not zero: fields stand in the order of their names, each begins a word
 * with what tells its presence. */
static KUBE_TARGET bool encode_by_words(encoder_t *e, const kube_type_t *type, const void *object, bool bare)
{
    const kube_word_t *words = object;
    size_t count = type->size / 8;
    size_t next = 0; /* the first word that is not part of a field already written */
    for (size_t block = 0; block < count; block += 64) {
        size_t in_block = count - block < 64 ? count - block : 64;
        uint64_t mask = nonzero_words(words + block, in_block);
        while (mask) {
            size_t word = block + (size_t)__builtin_ctzll(mask);
            mask &= mask - 1;
            unsigned number = type->words[word];
            if (number == 0 || word < next)
                continue;
            const kube_field_t *field = &type->fields[number - 1];
            if (__builtin_expect(bare, 0)) {
                const char *text = *(const char *const *)(const void *)(words + word);
                if ((field->offset == type->api_version_offset && text == type->api_version) ||
                    (field->offset == type->kind_offset && text == type->kind))
                    continue;
            }
            next = word + kinds[field->kind].words;
            if (!encode_field(e, type, field, object))
                return false;
        }
    }
    return true;
}
#endif

static KUBE_TARGET bool encode_by_fields(encoder_t *e, const kube_type_t *type, const void *object, bool bare)
{
    for (size_t i = 0; i < type->field_count; i++) {
        const kube_field_t *field = &type->fields[i];
        const void *slot = kube_slot(object, field);
        if (!kube_present(field->kind, slot))
            continue;
        if (bare && ((field->offset == type->api_version_offset && *(const char *const *)slot == type->api_version) ||
                     (field->offset == type->kind_offset && *(const char *const *)slot == type->kind)))
            continue;
        if (!encode_field(e, type, field, object))
            return false;
    }
    return true;
}

static KUBE_TARGET bool encode_unknown(encoder_t *e, const kube_unknown_t *unknown)
{
    for (; unknown; unknown = unknown->next) {
        *e->at++ = ',';
        if (!unknown->name)
            return kube_encode_fail(e, KUBE_E_INVALID, "an unknown field's name is NULL");
        if (!encode_text(e, unknown->name))
            return false;
        *e->at++ = ':';
        if (!encode_scalar(e, KUBE_KIND_JSON, &unknown->value))
            return false;
    }
    return true;
}

static KUBE_TARGET bool encode_struct(encoder_t *e, const kube_type_t *type, const void *object, bool bare)
{
    size_t start;
    if (!encode_open(e, &start))
        return false;
    bool ok;
#if UINTPTR_MAX == UINT64_MAX
    if (__builtin_expect(type->words != NULL, 1))
        ok = encode_by_words(e, type, object, bare);
    else
#endif
        ok = encode_by_fields(e, type, object, bare);
    const kube_unknown_t *unknown = *kube_unknown_of(type, object);
    if (!ok || (__builtin_expect(unknown != NULL, 0) && !encode_unknown(e, unknown)))
        return false;
    return encode_close(e, start, '{', '}');
}

static KUBE_TARGET bool encode_entry(encoder_t *e, const kube_type_t *type, const void *object)
{
    return room(e) && encode_struct(e, type, object, false);
}
