/* The rarely taken paths of the JSON decoder: errors, growing, escapes. */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/utf8.h"
#include "object/json_decoder.h"

/* ---- errors ---- */

static void append_path(char *path, size_t size, const char *piece, size_t len)
{
    size_t used = strlen(path);
    kube_copy_cut(path + used, size - used, piece, len);
}

/* The frames are linked from the innermost one out, so the path is written from its end. */
static void write_path(const kube_frame_t *frame, char *path, size_t size)
{
    if (!frame)
        return;
    write_path(frame->up, path, size);
    char number[32];
    if (frame->index < KUBE_FRAME_MAP) {
        snprintf(number, sizeof number, "[%zu]", frame->index);
        append_path(path, size, number, strlen(number));
    } else if (frame->index == KUBE_FRAME_MAP && frame->key) {
        append_path(path, size, "[", 1);
        append_path(path, size, frame->key, strlen(frame->key));
        append_path(path, size, "]", 1);
    } else if (frame->field || frame->key) {
        const char *name = frame->field ? kube_field_name(frame->field) : frame->key;
        if (*path)
            append_path(path, size, ".", 1);
        append_path(path, size, name, frame->field ? frame->field->name_len : strlen(name));
    }
}

const char *kube_decode_fail(kube_decoder_t *d, const char *at, int code, const char *message)
{
    d->code = code;
    kube_fail(d->err, code, "%s", message);
    if (d->err) {
        d->err->offset = d->base + (size_t)(at - d->begin);
        write_path(d->frames, d->err->path, sizeof d->err->path);
    }
    if (d->problems && code != KUBE_E_NO_MEMORY && !kube_decode_problem(d, at, KUBE_PROBLEM_SYNTAX, message))
        d->code = KUBE_E_NO_MEMORY;
    return NULL;
}

const char *kube_decode_no_memory(kube_decoder_t *d)
{
    d->code = kube_fail_memory(d->err);
    return NULL;
}

bool kube_decode_problem(kube_decoder_t *d, const char *at, kube_problem_kind_t kind, const char *message)
{
    char path[1024] = "";
    write_path(d->frames, path, sizeof path);
    kube_problem_t problem = { .kind = kind, .offset = d->base + (size_t)(at - d->begin), .path = path, .message = message };
    if (kube_problems_add(d->problems, &problem))
        return true;
    kube_decode_no_memory(d);
    return false;
}

/* ---- unknown fields ---- */

kube_unknown_t *kube_decode_new_unknown(kube_decoder_t *d, const char *p, const kube_type_t *type, const char *name,
                                        const kube_unknown_t ***tail)
{
    bool problem = d->flags & KUBE_DECODE_STRICT && !(type->flags & KUBE_TYPE_OPEN);
    if (problem && !kube_decode_problem(d, p, KUBE_PROBLEM_UNKNOWN_FIELD, "unknown field"))
        return NULL;
    kube_unknown_t *unknown = kube_arena_zero(d->owner, sizeof *unknown);
    if (!unknown) {
        kube_decode_no_memory(d);
        return NULL;
    }
    unknown->name = name;
    **tail = unknown;
    *tail = &unknown->next;
    return unknown;
}

/* ---- apiVersion and kind ---- */

static bool is_other_version(const kube_type_t *type, const char *api_version)
{
    /* Options, Status and events of meta/v1 are served under the version of whatever they belong to. */
    return api_version && strcmp(api_version, type->api_version) != 0 && !strstr(type->name, ".apimachinery.");
}

static bool is_other_kind(const kube_type_t *type, const char *kind)
{
    return kind && strcmp(kind, type->kind) != 0;
}

static bool refuse_other_type(kube_decoder_t *d, const char *at, const char *member, const char *expected, const char *found)
{
    char message[256];
    kube_frame_t frame = { .up = d->frames, .key = member, .index = KUBE_FRAME_STRUCT };
    snprintf(message, sizeof message, "expected \"%s\", found \"%.150s\"", expected, found);
    d->frames = &frame;
    bool go_on = d->problems && kube_decode_problem(d, at, KUBE_PROBLEM_WRONG_TYPE, message);
    if (!d->problems)
        kube_decode_fail(d, at, KUBE_E_PARSE, message);
    d->frames = frame.up;
    return go_on;
}

bool kube_decode_kind(kube_decoder_t *d, const char *at, const kube_type_t *type, void *object)
{
    const char **kind = kube_string_at(object, type->kind_offset);
    if (is_other_kind(type, *kind))
        return refuse_other_type(d, at, "kind", type->kind, *kind);
    if (!*kind)
        *kind = type->kind;
    return true;
}

bool kube_decode_api_version(kube_decoder_t *d, const char *at, const kube_type_t *type, void *object)
{
    const char **api_version = kube_string_at(object, type->api_version_offset);
    if (is_other_version(type, *api_version))
        return refuse_other_type(d, at, "apiVersion", type->api_version, *api_version);
    if (!*api_version)
        *api_version = type->api_version;
    return true;
}

bool kube_decode_type_meta(kube_decoder_t *d, const char *start, const kube_type_t *type, void *object)
{
    bool other = is_other_kind(type, *kube_string_at(object, type->kind_offset)) ||
                 is_other_version(type, *kube_string_at(object, type->api_version_offset));
    return kube_decode_kind(d, other ? kube_json_member(start, d->end, "kind") : start, type, object) &&
           kube_decode_api_version(d, other ? kube_json_member(start, d->end, "apiVersion") : start, type, object);
}

/* ---- growing ---- */

char *kube_decode_spill(kube_decoder_t *d, char **start, char *at)
{
    size_t len = (size_t)(at - *start);
    const char *old = *start;
    if (!kube_arena_more_text(d->owner, len * 2 + 1024))
        return NULL;
    *start = d->owner->text;
    memcpy(*start, old, len);
    return *start + len;
}

static bool ensure_segment(kube_scratch_t *scratch, size_t number, size_t size)
{
    size_t wanted = (size_t)1 << (number < 12 ? 16 + number : 28);
    if (wanted < size)
        wanted = size;
    if (scratch->segments[number].size >= wanted)
        return true;
    kube_mem_free(scratch->segments[number].base);
    scratch->segments[number].base = kube_mem_alloc(wanted + KUBE_SCRATCH_SLACK);
    scratch->segments[number].size = scratch->segments[number].base ? wanted : 0;
    return scratch->segments[number].base != NULL;
}

/* Room for what a list that outgrew its segment may become. A long one is usually the items of a large input, of which each takes many times its
 * struct: with room for a 32nd of the input it moves no further, and leaves no pages behind that were touched for nothing. */
static size_t room_for_list(const kube_decoder_t *d, size_t bytes)
{
    size_t likely = (size_t)(d->end - d->begin) / 32;
    return bytes && likely > bytes * 2 ? likely : bytes * 2;
}

void *kube_gather_more(kube_decoder_t *d, kube_gather_t *gather)
{
    kube_scratch_t *scratch = &d->context->scratch;
    size_t bytes = gather->len * gather->stride;
    /* The very first list finds no segment yet. */
    size_t next = scratch->segments[scratch->current].base ? scratch->current + 1 : scratch->current;
    if (next == KUBE_SEGMENTS || bytes > SIZE_MAX / 4 || !ensure_segment(scratch, next, room_for_list(d, bytes) + gather->stride * 4))
        return NULL;
    if (bytes)
        memcpy(scratch->segments[next].base, gather->items, bytes);
    gather->items = scratch->segments[next].base;
    scratch->current = next;
    scratch->used = bytes;
    return gather->items + bytes;
}

/* ---- duplicate keys of maps ---- */

static const char *key_at(const kube_gather_t *map, size_t i)
{
    const char *key;
    memcpy(&key, map->items + i * map->stride, sizeof key);
    return key;
}

/* Keys come from strangers, who must not know which of them collide: the seed is an address. */
static size_t key_hash(const char *key, const void *seed)
{
    uint64_t hash = (uint64_t)(uintptr_t)seed * 0x9E3779B97F4A7C15u;
    for (; *key; key++) {
        hash = (hash ^ (unsigned char)*key) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 32;
    }
    return (size_t)hash;
}

/* Whether any key comes twice, cheaply: by one bit of a hash for a small map. */
static bool small_map_is_clean(const kube_gather_t *map)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < map->len; i++) {
        const char *key = key_at(map, i);
        uint64_t hash = (unsigned char)key[0];
        for (size_t k = 0; key[k]; k++)
            hash = hash * 31 + (unsigned char)key[k];
        uint64_t bit = (uint64_t)1 << ((hash * 0x9E3779B97F4A7C15u) >> 58);
        for (size_t j = 0; bits & bit && j < i; j++)
            if (strcmp(key_at(map, j), key) == 0)
                return false;
        bits |= bit;
    }
    return true;
}

/* The last entry of each key, in a table of entry numbers (from 1). */
static size_t *table_of_last(const kube_gather_t *map, size_t size)
{
    size_t *table = kube_mem_zero(size * sizeof *table);
    for (size_t i = 0; table && i < map->len; i++) {
        size_t slot = key_hash(key_at(map, i), table) & (size - 1);
        while (table[slot] && strcmp(key_at(map, table[slot] - 1), key_at(map, i)) != 0)
            slot = (slot + 1) & (size - 1);
        table[slot] = i + 1;
    }
    return table;
}

static bool is_last(const kube_gather_t *map, const size_t *table, size_t size, size_t i)
{
    size_t slot = key_hash(key_at(map, i), table) & (size - 1);
    while (strcmp(key_at(map, table[slot] - 1), key_at(map, i)) != 0)
        slot = (slot + 1) & (size - 1);
    return table[slot] == i + 1;
}

bool kube_gather_last_wins(kube_decoder_t *d, kube_gather_t *map, const char *at)
{
    if (map->len <= 32 && small_map_is_clean(map))
        return true;
    size_t size = 64;
    while (size < map->len * 2)
        size *= 2;
    size_t *table = table_of_last(map, size);
    if (!table) {
        kube_decode_no_memory(d);
        return false;
    }
    bool ok = true;
    size_t kept = 0;
    /* The table holds numbers of entries, so entries move only after the questions about them are answered. */
    bool *last = kube_mem_zero(map->len);
    for (size_t i = 0; last && i < map->len; i++)
        last[i] = is_last(map, table, size, i);
    for (size_t i = 0; last && i < map->len; i++) {
        if (!last[i] && d->flags & KUBE_DECODE_STRICT) {
            kube_frame_t frame = { .up = d->frames, .key = key_at(map, i), .index = KUBE_FRAME_MAP };
            d->frames = &frame;
            ok = ok && kube_decode_problem(d, at, KUBE_PROBLEM_DUPLICATE_FIELD, "duplicate key");
            d->frames = frame.up;
        }
        if (last[i])
            memmove(map->items + kept++ * map->stride, map->items + i * map->stride, map->stride);
    }
    if (last)
        map->len = kept;
    else
        kube_decode_no_memory(d);
    ok = ok && last;
    kube_mem_free(last);
    kube_mem_free(table);
    return ok;
}

/* ---- scalars ---- */

bool kube_decode_double(const char *text, size_t len, double *out)
{
    /* strtod wants the decimal point of the host's locale. */
    const char *point = localeconv()->decimal_point;
    char copy[512];
    size_t used = 0;
    for (size_t i = 0; i < len; i++) {
        size_t n = text[i] == '.' ? strlen(point) : 1;
        if (used + n >= sizeof copy)
            return false;
        memcpy(copy + used, text[i] == '.' ? point : text + i, n);
        used += n;
    }
    copy[used] = '\0';
    *out = strtod(copy, NULL);
    return isfinite(*out);
}

const char kube_decode_escapes[256] = {
    ['"'] = '"', ['\\'] = '\\', ['/'] = '/', ['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t',
};

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four hexadecimal digits, or -1. */
static int32_t hex_4(const char *text)
{
    int32_t value = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(text[i]);
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

size_t kube_decode_code_point(const char *text, char *to, const char **next)
{
    int32_t high = hex_4(text);
    *next = text + 4;
    if (high < 0 || (high >= 0xDC00 && high <= 0xDFFF))
        return 0;
    if (high == 0) {
        memcpy(to, "\xC0\x80", 2);
        return 2;
    }
    if (high < 0xD800 || high > 0xDBFF)
        return kube_utf8_put(to, (uint32_t)high);
    int32_t low = text[4] == '\\' && text[5] == 'u' ? hex_4(text + 6) : -1;
    *next = text + 10;
    if (low < 0xDC00 || low > 0xDFFF)
        return 0;
    return kube_utf8_put(to, 0x10000 + (((uint32_t)high - 0xD800) << 10) + ((uint32_t)low - 0xDC00));
}
