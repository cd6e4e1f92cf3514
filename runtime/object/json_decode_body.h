/*
 * The JSON decoder, compiled once for each vector variant by the file that includes it. See json_decoder.h for the state, simd.h for the
 * vector operations.
 */
#include "object/json_decode_text.h"

#include "object/json_decode_scalar.h"

/* ---- values ---- */

static KUBE_TARGET const char *decode_object(decoder_t *d, const char *p, const kube_type_t *type, void **slot)
{
    if (__builtin_expect(*p != '{', 0))
        return wrong_type(d, p, "expected an object");
    void *object = kube_arena_alloc(d->owner, type->size);
    if (!object)
        return kube_decode_no_memory(d);
    zero_memory(object, type->size);
    *slot = object;
    p = decode_struct(d, p, type, object);
    if (__builtin_expect(d->flags & KUBE_DECODE_INTERN, 0) && p)
        *slot = intern_memory(d, object, type->size);
    return p;
}

static KUBE_TARGET const char *decode_plain(decoder_t *d, const char *p, unsigned kind, void *slot)
{
    int64_t number = 0;
    const char *next;
    if (kind == KUBE_KIND_PLAIN_BOOL)
        return decode_bool(d, p, slot);
    if (kind == KUBE_KIND_PLAIN_DOUBLE)
        return decode_double(d, p, slot);
    if (kind == KUBE_KIND_PLAIN_INT64)
        return decode_int64(d, p, slot, INT64_MIN, INT64_MAX);
    next = decode_int64(d, p, &number, INT32_MIN, INT32_MAX);
    *(int32_t *)slot = (int32_t)number;
    return next;
}

static KUBE_TARGET const char *decode_int32(decoder_t *d, const char *p, kube_int32_t *slot)
{
    int64_t number = 0;
    slot->has = true;
    p = decode_int64(d, p, &number, INT32_MIN, INT32_MAX);
    slot->value = (int32_t)number;
    return p;
}

static KUBE_TARGET const char *decode_scalar(decoder_t *d, const char *p, unsigned kind, void *slot, size_t site)
{
    switch (kind) {
    case KUBE_KIND_BOOL: ((kube_bool_t *)slot)->has = true; return decode_bool(d, p, &((kube_bool_t *)slot)->value);
    case KUBE_KIND_INT32: return decode_int32(d, p, slot);
    case KUBE_KIND_INT64:
        ((kube_int64_t *)slot)->has = true;
        return decode_int64(d, p, &((kube_int64_t *)slot)->value, INT64_MIN, INT64_MAX);
    case KUBE_KIND_DOUBLE: ((kube_double_t *)slot)->has = true; return decode_double(d, p, &((kube_double_t *)slot)->value);
    case KUBE_KIND_INT_OR_STRING: return decode_int_or_string(d, p, slot, site);
    case KUBE_KIND_QUANTITY: return *p == '"' ? decode_any_string(d, p, slot, site) : decode_number_text(d, p, slot);
    case KUBE_KIND_NUMBER: return decode_number_text(d, p, slot);
    case KUBE_KIND_BYTES: return decode_bytes(d, p, slot);
    case KUBE_KIND_TIME:
    case KUBE_KIND_MICRO_TIME: return decode_time(d, p, slot);
    case KUBE_KIND_JSON: return decode_json(d, p, slot);
    default: return decode_plain(d, p, kind, slot);
    }
}

/* A value that strict decoding reports and steps over leaves the field absent. */
static KUBE_TARGET __attribute__((noinline)) const char *decode_scalar_strictly(decoder_t *d, const char *p, unsigned kind, void *slot, size_t site)
{
    size_t problems = kube_problems_total(d->problems);
    p = decode_scalar(d, p, kind, slot, site);
    if (p && kube_problems_total(d->problems) > problems && kind < KUBE_KIND_OBJECT)
        memset(slot, 0, kube_kind_size((uint8_t)kind));
    return p;
}

KUBE_INLINE const char *decode_value(decoder_t *d, const char *p, unsigned kind, const void *type, void *slot, size_t site)
{
    switch (kind) {
    case KUBE_KIND_STRING: return decode_string(d, p, slot, site);
    case KUBE_KIND_OBJECT: return decode_object(d, p, type, slot);
    case KUBE_KIND_LIST: return decode_list(d, p, type, slot, false);
    case KUBE_KIND_MAP: return decode_map(d, p, type, slot);
    case KUBE_KIND_STRUCT: return *p == '{' ? decode_struct(d, p, type, slot) : wrong_type(d, p, "expected an object");
    default: return d->problems ? decode_scalar_strictly(d, p, kind, slot, site) : decode_scalar(d, p, kind, slot, site);
    }
}

KUBE_INLINE bool is_null(const char *p)
{
    return *p == 'n' && memcmp(p, "null", 4) == 0;
}

/* Over the null of an item or a map's value, which stays zero; but a root has an owner all the same. */
static const char *null_value(decoder_t *d, const char *p, const kube_element_t *element, void *slot)
{
    if (element->kind == KUBE_KIND_STRUCT && ((const kube_type_t *)element->type)->flags & KUBE_TYPE_ROOT)
        *(kube_owner_t **)slot = d->owner;
    return p + 4;
}

/* ---- lists and maps ---- */

KUBE_INLINE kube_gather_t gather_begin(decoder_t *d, size_t stride)
{
    kube_scratch_t *scratch = &d->context->scratch;
    kube_gather_t gather = { .stride = stride, .segment = scratch->current, .used = scratch->used };
    scratch->used = (scratch->used + 7) & ~(size_t)7;
    /* In numbers, as in gather_item: there may be no segment yet, and NULL + 0 is undefined. */
    gather.items = (char *)((uintptr_t)scratch->segments[scratch->current].base + scratch->used);
    return gather;
}

/* A zeroed item at the end of the list that is being gathered. */
KUBE_INLINE char *gather_item(decoder_t *d, kube_gather_t *gather)
{
    kube_scratch_t *scratch = &d->context->scratch;
    char *item = (char *)((uintptr_t)gather->items + gather->len * gather->stride);
    if (__builtin_expect(scratch->used + gather->stride > scratch->segments[scratch->current].size, 0)) {
        item = kube_gather_more(d, gather);
        if (!item)
            return NULL;
    }
    scratch->used += gather->stride;
    gather->len++;
    zero_blocks(item, gather->stride);
    return item;
}

/* Copies what was gathered into the arena and takes it off the stack. */
KUBE_INLINE bool gather_end(decoder_t *d, kube_gather_t *gather, kube_any_list_t *list)
{
    kube_scratch_t *scratch = &d->context->scratch;
    size_t size = gather->len * gather->stride;
    void *items = kube_arena_alloc(d->owner, size ? size : 8);
    if (!items)
        return false;
    copy_memory(items, gather->items, size);
    if (__builtin_expect(d->flags & KUBE_DECODE_INTERN, 0))
        items = intern_memory(d, items, size);
    *list = (kube_any_list_t){ items, gather->len };
    scratch->current = gather->segment;
    scratch->used = gather->used;
    return true;
}

KUBE_INLINE bool enter(decoder_t *d, const char *p)
{
    if (__builtin_expect(++d->depth > d->max_depth, 0)) {
        kube_decode_fail(d, p, KUBE_E_LIMIT, "nested too deeply");
        return false;
    }
    return true;
}

static KUBE_TARGET const char *decode_list(decoder_t *d, const char *p, const kube_element_t *element, kube_any_list_t *list,
                                           bool typed_items)
{
    if (__builtin_expect(*p != '[', 0))
        return wrong_type(d, p, "expected a list");
    if (!enter(d, p))
        return NULL;
    kube_frame_t frame = { .up = d->frames };
    d->frames = &frame;
    kube_gather_t gather = gather_begin(d, element->stride);
    p = skip_space(p + 1);
    if (*p == ']') {
        p++;
    } else {
        for (;; frame.index++) {
            void *item = gather_item(d, &gather);
            if (!item)
                return kube_decode_no_memory(d);
            const char *start = p;
            p = __builtin_expect(is_null(p) && element->kind != KUBE_KIND_JSON, 0)
                    ? null_value(d, p, element, item)
                    : decode_value(d, p, element->kind, element->type, item, site_of_item(element, frame.index));
            if (__builtin_expect(!p, 0))
                return NULL;
            if (typed_items && !kube_decode_type_meta(d, start, element->type, item))
                return NULL;
            p = behind_value(p);
            if (*p == ',') {
                p = skip_space(p + 1);
                continue;
            }
            if (*p != ']')
                return syntax_error(d, p, "expected , or ]");
            p++;
            break;
        }
    }
    d->depth--;
    d->frames = frame.up;
    return gather_end(d, &gather, list) ? p : kube_decode_no_memory(d);
}

/* Behind the key that p is in: over `":` and spaces to the value. */
KUBE_INLINE const char *to_value(decoder_t *d, const char *p)
{
    if (__builtin_expect(*p != ':', 0))
        p = skip_space(p);
    if (__builtin_expect(*p != ':', 0))
        return syntax_error(d, p, "expected :");
    return skip_space(p + 1);
}

/* A hash of the key between two quotes, in its upper bits. */
KUBE_INLINE uint64_t key_hash(const char *quoted, const char *end)
{
    size_t len = (size_t)(end - quoted);
    uint64_t hash = len ^ (uint64_t)(unsigned char)quoted[1] << 8 ^ (uint64_t)(unsigned char)quoted[len / 2] << 16 ^
                    (uint64_t)(unsigned char)quoted[len - 2] << 24;
    return hash * 0x9E3779B97F4A7C15u;
}

static KUBE_TARGET const char *decode_map(decoder_t *d, const char *p, const kube_element_t *element, kube_any_list_t *map)
{
    if (__builtin_expect(*p != '{', 0))
        return wrong_type(d, p, "expected an object");
    if (!enter(d, p))
        return NULL;
    kube_frame_t frame = { .up = d->frames, .index = KUBE_FRAME_MAP };
    d->frames = &frame;
    kube_gather_t gather = gather_begin(d, element->stride);
    uint64_t keys = 0, other_keys = 0; /* two bits of a hash of every key: as long as they differ, so do the keys */
    bool doubtful = false;
    p = skip_space(p + 1);
    if (*p == '}') {
        p++;
    } else {
        for (;;) {
            char *entry = gather_item(d, &gather);
            if (!entry)
                return kube_decode_no_memory(d);
            if (*p != '"')
                return syntax_error(d, p, "expected a key");
            const char **key = (const char **)(void *)entry;
            size_t site = site_of_item(element, 2 * gather.len);
            const char *quoted = p;
            d->escaped = false;
            p = decode_string(d, p, key, site);
            frame.key = *key;
            if (!p)
                return NULL;
            uint64_t hash = key_hash(quoted, p);
            uint64_t bit = (uint64_t)1 << (hash >> 58), other_bit = (uint64_t)1 << (hash >> 52 & 63);
            doubtful |= d->escaped || (keys & bit && other_keys & other_bit);
            keys |= bit;
            other_keys |= other_bit;
            if (!(p = to_value(d, p)))
                return NULL;
            char *value = entry + element->offset;
            p = is_null(p) && element->kind != KUBE_KIND_JSON ? null_value(d, p, element, value)
                                                              : decode_value(d, p, element->kind, element->type, value, site + 1);
            if (!p)
                return NULL;
            p = behind_value(p);
            if (*p == ',') {
                p = skip_space(p + 1);
                continue;
            }
            if (*p != '}')
                return syntax_error(d, p, "expected , or }");
            p++;
            break;
        }
    }
    d->depth--;
    d->frames = frame.up;
    if (doubtful && !kube_gather_last_wins(d, &gather, p))
        return NULL;
    return gather_end(d, &gather, map) ? p : kube_decode_no_memory(d);
}

/* ---- structs ---- */

/* Whether `"name":` of that field stands at p. */
KUBE_INLINE bool at_field(const char *p, const kube_field_t *field)
{
    unsigned n = (unsigned)field->name_len + 3;
    if (__builtin_expect(n <= 31, 1))
        return same_bytes(p, field->key + 1, n);
    return same_bytes(p, field->key + 1, 31) && strncmp(p + 1, field->long_name, field->name_len) == 0 && p[n - 2] == '"' && p[n - 1] == ':';
}

/* The field whose key stands at p, looked up; NULL with *next set: an unknown one, whose name is *name in the arena. *next is behind the key's
 * closing quote. */
static KUBE_TARGET const kube_field_t *look_up(decoder_t *d, const char *p, const kube_type_t *type, const char **next, const char **name)
{
    const char *quote = p + 1;
    uint32_t special;
    while ((special = test_block(quote)) == 0)
        quote += KUBE_BLOCK;
    quote += __builtin_ctz(special);
    if (*quote == '"') {
        const char *text = p + 1;
        size_t len = (size_t)(quote - text);
        uint64_t first = load_8(text), last = first;
        if (len < 8)
            first = last = len ? first & (~(uint64_t)0 >> (64 - 8 * len)) : 0;
        else
            last = load_8(quote - 8);
        const kube_field_t *field = kube_type_field_hashed(type, text, len, first, last);
        *next = quote + 1;
        if (field)
            return field;
    }
    size_t len;
    *next = decode_text(d, p + 1, name, &len);
    const kube_field_t *field = *next ? kube_type_field(type, *name, len) : NULL;
    if (field)
        d->owner->text = (char *)(uintptr_t)*name;
    return field;
}

static KUBE_TARGET const char *decode_unknown(decoder_t *d, const char *p, const kube_type_t *type, const char *name,
                                              const kube_unknown_t ***tail)
{
    kube_unknown_t *unknown = kube_decode_new_unknown(d, p, type, name, tail);
    return unknown ? decode_json(d, p, &unknown->value) : NULL;
}

KUBE_INLINE const char *decode_field(decoder_t *d, const char *p, const kube_type_t *type, const kube_field_t *field, char *object)
{
    void *slot = object + field->offset;
    if (__builtin_expect(field->kind == KUBE_KIND_STRING && *p == '"', 1))
        return decode_string(d, p, slot, site_of(field));
    p = skip_space(p);
    if (__builtin_expect(is_null(p), 0)) {
        memset(slot, 0, kube_kind_size(field->kind));
        return p + 4;
    }
    if (field->kind == KUBE_KIND_LIST) {
        if (__builtin_expect(field->flags & KUBE_FIELD_MANAGED_FIELDS && d->flags & KUBE_DECODE_DROP_MANAGED_FIELDS, 0))
            return *p == '[' ? skip_value(d, p) : wrong_type(d, p, "expected a list");
        return decode_list(d, p, field->type, slot, (type->flags & KUBE_TYPE_LIST) && field->offset == type->items_offset);
    }
    return decode_value(d, p, field->kind, field->type, slot, site_of(field));
}

/* Strict decoding: whether this is the second time that the field comes. */
static bool seen_before(uint64_t *seen, size_t number)
{
    if (number >= 512)
        return false;
    bool before = seen[number / 64] >> number % 64 & 1;
    seen[number / 64] |= (uint64_t)1 << number % 64;
    return before;
}

static KUBE_TARGET const char *decode_struct(decoder_t *d, const char *p, const kube_type_t *type, char *object)
{
    if (!enter(d, p))
        return NULL;
    if (type->flags & KUBE_TYPE_ROOT)
        *(kube_owner_t **)(void *)object = d->owner;
    kube_frame_t frame = { .up = d->frames, .index = KUBE_FRAME_STRUCT };
    d->frames = &frame;
    const kube_unknown_t **tail = kube_unknown_of(type, object);
    kube_prediction_t *predicted = &d->context->predictions[((uintptr_t)type >> 4) % KUBE_PREDICTIONS];
    uint64_t seen[8];
    if (__builtin_expect(d->flags & KUBE_DECODE_STRICT, 0))
        memset(seen, 0, sizeof seen);

    p = skip_space(p + 1);
    if (*p == '}') {
        d->depth--;
        d->frames = frame.up;
        return p + 1;
    }
    for (;;) {
        const kube_field_t *field = &type->fields[predicted->usual];
        if (__builtin_expect(predicted->usual < type->field_count && at_field(p, field), 1)) {
            predicted->deviations = 0;
            p += field->name_len + 3;
        } else if (predicted->other < type->field_count && at_field(p, field = &type->fields[predicted->other])) {
            if (++predicted->deviations > 1)
                *predicted = (kube_prediction_t){ .usual = predicted->other, .other = predicted->usual };
            p += field->name_len + 3;
        } else {
            p = skip_space(p);
            if (*p != '"')
                return syntax_error(d, p, "expected a key");
            const char *name = NULL, *next;
            field = look_up(d, p, type, &next, &name);
            if (!next || !(p = to_value(d, next)))
                return NULL;
            if (!field) {
                frame.field = NULL;
                frame.key = name;
                p = decode_unknown(d, p, type, name, &tail);
                if (!p)
                    return NULL;
                goto next_field;
            }
            predicted->other = (uint8_t)(field - type->fields);
        }
        frame.field = field;
        predicted = &d->context->predictions[site_of(field) % KUBE_PREDICTIONS];
        /* Called for early: the row will not be at hand if the type was not met for a while. */
        __builtin_prefetch(&type->fields[predicted->usual]);
        if (__builtin_expect(d->flags & KUBE_DECODE_STRICT, 0) && seen_before(seen, (size_t)(field - type->fields)) &&
            !kube_decode_problem(d, p, KUBE_PROBLEM_DUPLICATE_FIELD, "duplicate field"))
            return NULL;
        p = decode_field(d, p, type, field, object);
        if (__builtin_expect(!p, 0))
            return NULL;
    next_field:
        p = behind_value(p);
        if (__builtin_expect(*p == ',', 1)) {
            p++;
            continue;
        }
        if (__builtin_expect(*p != '}', 0))
            return syntax_error(d, p, "expected , or }");
        d->depth--;
        d->frames = frame.up;
        return p + 1;
    }
}

/* ---- what json_decode.c calls ---- */

static KUBE_TARGET const char *root_entry(decoder_t *d, const char *p, const kube_type_t *type, void *out)
{
    p = skip_space(p);
    if (*p != '{')
        return wrong_type(d, p, "expected an object");
    p = decode_struct(d, p, type, out);
    return p ? skip_space(p) : NULL;
}

static KUBE_TARGET const char *skip_entry(decoder_t *d, const char *p)
{
    p = skip_value(d, skip_space(p));
    return p ? skip_space(p) : NULL;
}

static KUBE_TARGET const char *field_entry(decoder_t *d, const char *p, const kube_field_t *field, void *slot)
{
    p = decode_value(d, skip_space(p), field->kind, field->type, slot, site_of(field));
    return p ? skip_space(p) : NULL;
}
