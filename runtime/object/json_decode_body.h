/*
 * The JSON decoder, compiled once for each vector variant by the file that includes it. See json_decoder.h for the state, simd.h for the
 * vector operations.
 */
#include "base/base64.h"
#include "base/time.h"
#include "base/utf8.h"
#include "object/json_variant.h"

typedef kube_decoder_t decoder_t;

static KUBE_TARGET const char *decode_struct(decoder_t *d, const char *p, const kube_type_t *type, char *object);
static KUBE_TARGET const char *decode_list(decoder_t *d, const char *p, const kube_element_t *element, kube_any_list_t *list,
                                           bool typed_items);
static KUBE_TARGET const char *decode_map(decoder_t *d, const char *p, const kube_element_t *element, kube_any_list_t *map);
static KUBE_TARGET const char *skip_value(decoder_t *d, const char *p);

KUBE_INLINE const char *skip_space(const char *p)
{
    while (__builtin_expect((unsigned char)*p <= ' ', 0)) {
        if (*p != ' ' && *p != '\n' && *p != '\r' && *p != '\t')
            break;
        p++;
    }
    return p;
}

KUBE_INLINE uint64_t load_8(const char *p)
{
    uint64_t word;
    memcpy(&word, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

static const char *syntax_error(decoder_t *d, const char *p, const char *expected)
{
    return kube_decode_fail(d, p, KUBE_E_PARSE, p >= d->end ? "the input ends here" : expected);
}

/* Behind a value: at the comma or the bracket that follows. Servers write no spaces, so they are looked for last. */
KUBE_INLINE const char *behind_value(const char *p)
{
    return __builtin_expect(*p == ',', 1) ? p : skip_space(p);
}

static KUBE_TARGET __attribute__((noinline)) const char *wrong_type(decoder_t *d, const char *p, const char *message)
{
    if (!(d->flags & KUBE_DECODE_STRICT) || p >= d->end)
        return syntax_error(d, p, message);
    const char *next = skip_value(d, p);
    return next && kube_decode_problem(d, p, KUBE_PROBLEM_WRONG_TYPE, message) ? next : NULL;
}

/* ---- strings ---- */

static const char *string_error(decoder_t *d, const char *p)
{
    if (p >= d->end)
        return kube_decode_fail(d, p, KUBE_E_PARSE, "the input ends inside a string");
    return kube_decode_fail(d, p, KUBE_E_PARSE,
                            (unsigned char)*p < 0x20 ? "a control character in a string"
                            : *p == '\\'             ? "a malformed escape or a lone surrogate"
                                                     : "not UTF-8");
}

/* An escape of a code point, or a character outside ASCII, at p: writes it to *to. */
static const char *decode_rare_special(decoder_t *d, const char *p, char **to)
{
    const char *next = p;
    size_t n = 0;
    if (*p == '\\') {
        n = p[1] == 'u' ? kube_decode_code_point(p + 2, *to, &next) : 0;
    } else if ((unsigned char)*p >= 0x80) {
        n = kube_utf8_sequence(p, d->end);
        memcpy(*to, p, n);
        next = p + n;
    }
    if (n == 0)
        return string_error(d, p);
    *to += n;
    return next;
}

/* What the escapes of two characters mean; 0: not one of them. */
static const char short_escapes[256] = {
    ['"'] = '"', ['\\'] = '\\', ['/'] = '/', ['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t',
};

/* One escape or one character outside ASCII at p: writes it to *to. */
KUBE_INLINE const char *decode_special(decoder_t *d, const char *p, char **to)
{
    if (*p == '\\') {
        d->escaped = true;
        char meaning = short_escapes[(unsigned char)p[1]];
        if (__builtin_expect(meaning != 0, 1)) {
            *(*to)++ = meaning;
            return p + 2;
        }
    }
    return decode_rare_special(d, p, to);
}

/* The string whose first character is at p, unescaped, at the end of the arena's text: *text NUL-terminated, *len its bytes. */
static KUBE_TARGET const char *decode_text(decoder_t *d, const char *p, const char **text, size_t *len)
{
    kube_owner_t *owner = d->owner;
    if (owner->text >= owner->text_end && !kube_arena_more_text(owner, 64))
        return kube_decode_no_memory(d);
    char *start = owner->text;
    char *to = start;
    for (;;) {
        uint32_t special = copy_block(to, p);
        if (__builtin_expect(special == 0, 0)) {
            p += KUBE_BLOCK;
            to += KUBE_BLOCK;
        } else {
            unsigned plain = (unsigned)__builtin_ctz(special);
            p += plain;
            to += plain;
            if (__builtin_expect(*p == '"', 1))
                break;
            p = decode_special(d, p, &to);
            if (!p)
                return NULL;
        }
        if (to >= owner->text_end && !(to = kube_decode_spill(d, &start, to)))
            return kube_decode_no_memory(d);
    }
    *to = '\0';
    owner->text = to + 1;
    *text = start;
    *len = (size_t)(to - start);
    return p + 1;
}

/* Where an interned piece of memory of that content belongs. */
static KUBE_TARGET kube_interned_t *interned_slot(kube_interned_t *table, unsigned bits, const char *bytes, size_t len)
{
    uint64_t hash = len;
    size_t i = 0;
    for (; i + 8 <= len; i += 8)
        hash = ((hash << 29 | hash >> 35) ^ load_8(bytes + i)) * 0x9E3779B97F4A7C15u;
    uint64_t rest = 0;
    memcpy(&rest, bytes + i, len - i);
    hash = ((hash << 29 | hash >> 35) ^ rest) * 0x9E3779B97F4A7C15u;
    return &table[(hash ^ hash >> 32) * 0x9E3779B97F4A7C15u >> (64 - bits)];
}

/* The same bytes, held before, or NULL; in that case these are what is found the next time. */
static KUBE_TARGET const char *find_interned(kube_interned_t *table, unsigned bits, const char *bytes, size_t len)
{
    kube_interned_t *slot = interned_slot(table, bits, bytes, len);
    if (slot->bytes && slot->len == len && memcmp(slot->bytes, bytes, len) == 0)
        return slot->bytes;
    *slot = (kube_interned_t){ bytes, len };
    return NULL;
}

/* Holds equal strings once: the text just read, the last in the arena, is given back when it was seen before. */
static KUBE_TARGET const char *intern(decoder_t *d, const char *text, size_t len)
{
    const char *same = len <= KUBE_INTERN_LONGEST ? find_interned(d->context->interned_text, d->context->intern_bits, text, len + 1) : NULL;
    if (same)
        d->owner->text = (char *)(uintptr_t)text;
    return same ? same : text;
}

/*
 * Holds equal structs and lists once. What they point to is interned before they are, so equal bytes mean equal content; and when all of that was
 * found, this memory is the last in the arena and is given back.
 */
static KUBE_TARGET void *intern_memory(decoder_t *d, void *memory, size_t size)
{
    if (size == 0 || size > KUBE_INTERN_LARGEST)
        return memory;
    const char *same = find_interned(d->context->interned_memory, d->context->intern_bits, memory, size);
    if (same && d->owner->at == (char *)memory + size)
        d->owner->at = memory;
    return same ? (void *)(uintptr_t)same : memory;
}

/*
 * A string, at a site: a number that stands for the field (or the place in a list or map) it belongs to. In large inputs a short string that equals
 * the last one of its site shares its text; about half of all strings do. Without branches, because it is anyone's guess which.
 */
KUBE_INLINE const char *decode_string(decoder_t *d, const char *p, const char **slot, size_t site)
{
    if (__builtin_expect(*p != '"', 0))
        return wrong_type(d, p, "expected a string");
    p++;
    kube_owner_t *owner = d->owner;
    uint32_t special;
    if (__builtin_expect(d->last != NULL && owner->text < owner->text_end && (special = copy_block(owner->text, p)) != 0, 1)) {
        unsigned len = (unsigned)__builtin_ctz(special);
        if (__builtin_expect(p[len] == '"' && len < KUBE_BLOCK - 1, 1)) {
            char *text = owner->text;
            text[len] = '\0';
            const char **last = &d->last[site % KUBE_PREDICTIONS];
            uintptr_t differs = (uintptr_t)(same_bytes(*last, p, len) & ((*last)[len] == '\0')) - 1;
            *slot = *last = (const char *)(((uintptr_t)text & differs) | ((uintptr_t)*last & ~differs));
            owner->text = text + ((len + 1) & differs);
            return p + len + 1;
        }
    }
    size_t len;
    p = decode_text(d, p, slot, &len);
    if (__builtin_expect(d->flags & KUBE_DECODE_INTERN, 0) && p)
        *slot = intern(d, *slot, len);
    return p;
}

KUBE_INLINE size_t site_of(const kube_field_t *field)
{
    return (uintptr_t)field >> 6;
}

KUBE_INLINE size_t site_of_item(const kube_element_t *element, size_t i)
{
    return ((uintptr_t)element >> 3) + i;
}

static KUBE_TARGET __attribute__((noinline)) const char *skip_long_string(decoder_t *d, const char *p)
{
    char sink[8];
    for (;;) {
        uint32_t special = test_block(p);
        if (special == 0) {
            p += KUBE_BLOCK;
            continue;
        }
        p += __builtin_ctz(special);
        if (*p == '"')
            return p + 1;
        char *to = sink;
        p = decode_special(d, p, &to);
        if (!p)
            return NULL;
    }
}

KUBE_INLINE const char *skip_string(decoder_t *d, const char *p)
{
    uint32_t special = test_block(p);
    const char *end = p + __builtin_ctz(special | 1u << (KUBE_BLOCK - 1));
    return __builtin_expect(*end == '"' && special, 1) ? end + 1 : skip_long_string(d, p);
}

/* ---- numbers and literals ---- */

/* The end of the JSON number at p, or NULL. */
static const char *number_end(const char *p)
{
    p += *p == '-';
    if (*p == '0')
        p++;
    else if (*p >= '1' && *p <= '9')
        while (*p >= '0' && *p <= '9')
            p++;
    else
        return NULL;
    if (*p == '.') {
        if (p[1] < '0' || p[1] > '9')
            return NULL;
        for (p++; *p >= '0' && *p <= '9'; p++)
            ;
    }
    if (*p == 'e' || *p == 'E') {
        p++;
        p += *p == '+' || *p == '-';
        if (*p < '0' || *p > '9')
            return NULL;
        while (*p >= '0' && *p <= '9')
            p++;
    }
    return p;
}

static KUBE_TARGET const char *decode_int64(decoder_t *d, const char *p, int64_t *value, int64_t low, int64_t high)
{
    const char *digit = p + (*p == '-');
    uint64_t magnitude = 0;
    unsigned count = 0;
    for (; *digit >= '0' && *digit <= '9' && count < 19; digit++, count++)
        magnitude = magnitude * 10 + (uint64_t)(*digit - '0');
    bool leading_zero = count > 1 && digit[-(int)count] == '0';
    if (count == 0 || leading_zero)
        return *p == '-' || leading_zero ? syntax_error(d, p, "a malformed number") : wrong_type(d, p, "expected an integer");
    if (*digit == '.' || *digit == 'e' || *digit == 'E')
        return wrong_type(d, p, "expected an integer");
    bool fits = *p == '-' ? magnitude <= (uint64_t)INT64_MAX + 1 : magnitude <= INT64_MAX;
    int64_t signed_value = (int64_t)(*p == '-' ? 0 - magnitude : magnitude);
    if (!fits || (*digit >= '0' && *digit <= '9') || signed_value < low || signed_value > high)
        return wrong_type(d, p, "the integer is out of range");
    *value = signed_value;
    return digit;
}

static KUBE_TARGET const char *decode_double(decoder_t *d, const char *p, double *value)
{
    const char *end = number_end(p);
    if (!end)
        return wrong_type(d, p, "expected a number");
    if (!kube_decode_double(p, (size_t)(end - p), value))
        return wrong_type(d, p, "the number is out of range");
    return end;
}

static KUBE_TARGET const char *decode_bool(decoder_t *d, const char *p, bool *value)
{
    *value = *p == 't';
    if (memcmp(p, "true", 4) == 0)
        return p + 4;
    if (memcmp(p, "false", 5) == 0)
        return p + 5;
    return wrong_type(d, p, "expected true or false");
}

static KUBE_TARGET const char *decode_number_text(decoder_t *d, const char *p, const char **slot)
{
    const char *end = number_end(p);
    if (!end)
        return wrong_type(d, p, "expected a number");
    *slot = kube_arena_text(d->owner, p, (size_t)(end - p));
    return *slot ? end : kube_decode_no_memory(d);
}

static KUBE_TARGET const char *decode_int_or_string(decoder_t *d, const char *p, kube_int_or_string_t *slot, size_t site)
{
    if (*p != '"' && *p != '-' && (*p < '0' || *p > '9'))
        return wrong_type(d, p, "expected an integer or a string");
    slot->string = NULL; /* of a duplicate that came before */
    const char *next = *p == '"' ? decode_string(d, p, &slot->string, site) : decode_int64(d, p, &slot->number, INT64_MIN, INT64_MAX);
    slot->has = next != NULL;
    return next;
}

/* ---- times, bytes, free-form values ---- */

KUBE_INLINE bool two_digits(const char *p, int *value)
{
    unsigned tens = (unsigned)(p[0] - '0'), ones = (unsigned)(p[1] - '0');
    *value = (int)(tens * 10 + ones);
    return tens <= 9 && ones <= 9;
}

static KUBE_TARGET const char *decode_time(decoder_t *d, const char *p, kube_time_t *slot)
{
    if (*p != '"')
        return wrong_type(d, p, "expected a time");
    int hour, minute, second;
    /* The form that servers write, on a date that was read before. */
    uint64_t date = load_8(p + 3);
    const kube_date_t *known = &d->context->dates[date * 0x9E3779B97F4A7C15u >> (64 - KUBE_DATE_BITS)];
    if (known->text == date && date != 0 && p[1] == '2' && p[2] == '0' && p[11] == 'T' && p[14] == ':' && p[17] == ':' && p[20] == 'Z' && p[21] == '"' &&
        two_digits(p + 12, &hour) && two_digits(p + 15, &minute) && two_digits(p + 18, &second) && hour < 24 && minute < 60 &&
        second < 60) {
        *slot = (kube_time_t){ true, 0, known->midnight + hour * 3600 + minute * 60 + second };
        return p + 22;
    }
    const char *text;
    size_t len;
    const char *next = decode_text(d, p + 1, &text, &len);
    if (!next)
        return NULL;
    d->owner->text = (char *)(uintptr_t)text;
    if (!kube_time_parse(text, len, slot))
        return wrong_type(d, p, "expected a time in RFC 3339 form");
    if (next == p + 22 && p[1] == '2' && p[2] == '0' && p[20] == 'Z')
        d->context->dates[date * 0x9E3779B97F4A7C15u >> (64 - KUBE_DATE_BITS)] =
            (kube_date_t){ date, slot->seconds - (slot->seconds % 86400) };
    return next;
}

static KUBE_TARGET const char *decode_bytes(decoder_t *d, const char *p, kube_bytes_t *slot)
{
    if (*p != '"')
        return wrong_type(d, p, "expected base64 text");
    const char *text;
    size_t len;
    const char *next = decode_text(d, p + 1, &text, &len);
    if (!next)
        return NULL;
    /* Decoding shortens, so it can be done in place. */
    uint8_t *data = (uint8_t *)(uintptr_t)text;
    size_t bytes;
    if (!kube_base64_decode(data, text, len, &bytes))
        return wrong_type(d, p, "expected base64 text");
    data[bytes] = 0;
    d->owner->text = (char *)data + bytes + 1;
    *slot = (kube_bytes_t){ data, bytes };
    return next;
}

static KUBE_TARGET const char *decode_json(decoder_t *d, const char *p, kube_json_t *slot)
{
    const char *end = skip_value(d, p);
    if (!end)
        return NULL;
    slot->text = kube_arena_text(d->owner, p, (size_t)(end - p));
    slot->len = (size_t)(end - p);
    return slot->text ? end : kube_decode_no_memory(d);
}

static KUBE_TARGET const char *skip_scalar(decoder_t *d, const char *p)
{
    const char *end = NULL;
    if (*p == '"')
        return skip_string(d, p + 1);
    if (*p == '-' || (*p >= '0' && *p <= '9'))
        end = number_end(p);
    else if (memcmp(p, "true", 4) == 0 || memcmp(p, "null", 4) == 0)
        end = p + 4;
    else if (memcmp(p, "false", 5) == 0)
        end = p + 5;
    return end ? end : syntax_error(d, p, "expected a value");
}

/* What is open while a value is skipped: a bit for each level, set for an object; the innermost 64 levels at hand. */
typedef struct nesting {
    uint64_t bits;
    unsigned level;
    uint64_t outer[KUBE_DEPTH_MAX / 64 + 1];
} nesting_t;

KUBE_INLINE bool nesting_enter(decoder_t *d, nesting_t *open, bool object)
{
    if (__builtin_expect(d->depth + open->level >= d->max_depth, 0))
        return false;
    if (__builtin_expect(open->level % 64 == 0 && open->level, 0))
        open->outer[open->level / 64] = open->bits;
    open->bits = open->bits << 1 | object;
    open->level++;
    return true;
}

KUBE_INLINE void nesting_leave(nesting_t *open)
{
    open->bits >>= 1;
    open->level--;
    if (__builtin_expect(open->level % 64 == 0 && open->level, 0))
        open->bits = open->outer[open->level / 64];
}

/*
 * Skips one value of any kind and checks it on the way. Most of what is skipped is FieldsV1: keys with empty objects or further keys behind them,
 * which have a shortcut.
 */
static KUBE_TARGET const char *skip_value(decoder_t *d, const char *p)
{
    nesting_t open;
    open.bits = open.level = 0;
value:
    if (*p == '{' || *p == '[') {
        bool object = *p == '{';
        if (!nesting_enter(d, &open, object))
            return kube_decode_fail(d, p, KUBE_E_LIMIT, "nested too deeply");
        p = skip_space(p + 1);
        if (*p != (object ? '}' : ']')) {
            if (object)
                goto key;
            goto value;
        }
        p++;
        nesting_leave(&open);
    } else if (!(p = skip_scalar(d, p))) {
        return NULL;
    }
behind_value:
    while (open.level > 0) {
        bool object = open.bits & 1;
        p = behind_value(p);
        if (*p == ',') {
            p = skip_space(p + 1);
            if (object)
                goto key;
            goto value;
        }
        if (*p != (object ? '}' : ']'))
            return syntax_error(d, p, object ? "expected , or }" : "expected , or ]");
        p++;
        nesting_leave(&open);
    }
    return p;
key:
    if (*p != '"')
        return syntax_error(d, p, "expected a key");
    p = skip_string(d, p + 1);
    if (!p)
        return NULL;
    if (memcmp(p, ":{}", 3) == 0 && d->depth + open.level < d->max_depth) {
        p += 3;
        goto behind_value;
    }
    if (memcmp(p, ":{\"", 3) == 0 && nesting_enter(d, &open, true)) {
        p += 2;
        goto key;
    }
    p = skip_space(p);
    if (*p != ':')
        return syntax_error(d, p, "expected :");
    p = skip_space(p + 1);
    goto value;
}

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
    case KUBE_KIND_QUANTITY: return *p == '"' ? decode_string(d, p, slot, site) : decode_number_text(d, p, slot);
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
    zero_memory(item, gather->stride);
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
    return same_bytes(p, field->key + 1, 31) && strncmp(p + 1, field->name, field->name_len) == 0 && p[n - 2] == '"' && p[n - 1] == ':';
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
    bool problem = d->flags & KUBE_DECODE_STRICT && !(type->flags & KUBE_TYPE_OPEN);
    if (problem && !kube_decode_problem(d, p, KUBE_PROBLEM_UNKNOWN_FIELD, "unknown field"))
        return NULL;
    kube_unknown_t *unknown = kube_arena_zero(d->owner, sizeof *unknown);
    if (!unknown)
        return kube_decode_no_memory(d);
    unknown->name = name;
    **tail = unknown;
    *tail = &unknown->next;
    return decode_json(d, p, &unknown->value);
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
    uint64_t seen[8];
    if (__builtin_expect(d->flags & KUBE_DECODE_STRICT, 0))
        memset(seen, 0, sizeof seen);
    size_t previous = ((uintptr_t)type >> 4) % KUBE_PREDICTIONS;

    p = skip_space(p + 1);
    if (*p == '}') {
        d->depth--;
        d->frames = frame.up;
        return p + 1;
    }
    for (;;) {
        kube_prediction_t *predicted = &d->context->predictions[previous];
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
        previous = site_of(field) % KUBE_PREDICTIONS;
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
