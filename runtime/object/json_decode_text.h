/*
 * The JSON decoder, first part: moving over the input, strings, and holding equal ones once. Included by json_decode_body.h.
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

/* One escape or one character outside ASCII at p: writes it to *to. */
KUBE_INLINE const char *decode_special(decoder_t *d, const char *p, char **to)
{
    if (*p == '\\') {
        d->escaped = true;
        char meaning = kube_decode_escapes[(unsigned char)p[1]];
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
    char *text = owner->text;
    if (__builtin_expect(d->last != NULL && text < owner->text_end, 1)) {
        const char **last = &d->last[site % KUBE_PREDICTIONS], *held = *last;
        block_t block = load_block(p);
        uint32_t special = special_bytes(block);
        unsigned len = first_special(special);
        store_block(text, block);
        if (__builtin_expect(special != 0 && p[len] == '"', 1)) {
            uint32_t unlike = (differing_bytes(block, held) & ~special & (special - 1)) | (unsigned char)held[len];
            uintptr_t differs = 0 - (uintptr_t)(unlike != 0);
            text[len] = '\0';
            held = (const char *)((uintptr_t)held ^ (((uintptr_t)text ^ (uintptr_t)held) & differs));
            *slot = *last = held;
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

/* The same where speed matters less than size. */
static KUBE_TARGET __attribute__((noinline)) const char *decode_any_string(decoder_t *d, const char *p, const char **slot, size_t site)
{
    return decode_string(d, p, slot, site);
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
