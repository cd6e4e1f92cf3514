/*
 * The search for the end of a JSON value, compiled once for each vector variant by the file that includes it behind simd.h. 64
 * bytes at a time become 64-bit masks, one bit a byte; most blocks are done with by counting the bits of brackets outside
 * strings.
 */
#include "object/frame.h"
#include "object/json_frame.h"

typedef struct frame_block {
    uint64_t quote;
    uint64_t backslash;
    uint64_t open;
    uint64_t close;
    uint64_t low; /* below 0x20 */
} frame_block_t;

/* '[' and '{', ']' and '}' differ in this bit; no other character becomes one of them by it. */
#define BRACKET_BIT 0x20

#if defined(KUBE_VARIANT_AVX2)

#define FRAME_VECTOR __m256i
#define FRAME_LOAD(p) _mm256_loadu_si256((const __m256i *)(const void *)(p))
#define FRAME_SET(c) _mm256_set1_epi8(c)
#define FRAME_EQUAL(a, b) _mm256_cmpeq_epi8(a, b)
#define FRAME_OR(a, b) _mm256_or_si256(a, b)
#define FRAME_SMALLER(a, b) _mm256_min_epu8(a, b)
#define FRAME_BITS(v) ((uint64_t)(uint32_t)_mm256_movemask_epi8(v))

#elif defined(KUBE_VARIANT_SSE2)

#define FRAME_VECTOR __m128i
#define FRAME_LOAD(p) _mm_loadu_si128((const __m128i *)(const void *)(p))
#define FRAME_SET(c) _mm_set1_epi8(c)
#define FRAME_EQUAL(a, b) _mm_cmpeq_epi8(a, b)
#define FRAME_OR(a, b) _mm_or_si128(a, b)
#define FRAME_SMALLER(a, b) _mm_min_epu8(a, b)
#define FRAME_BITS(v) ((uint64_t)(uint32_t)_mm_movemask_epi8(v))

#endif

#if defined(FRAME_VECTOR)

/* Adds what stands from byte i on. */
KUBE_INLINE void classify_vector(frame_block_t *block, const char *bytes, unsigned i)
{
    FRAME_VECTOR v = FRAME_LOAD(bytes + i), folded = FRAME_OR(v, FRAME_SET(BRACKET_BIT));
    block->quote |= FRAME_BITS(FRAME_EQUAL(v, FRAME_SET('"'))) << i;
    block->backslash |= FRAME_BITS(FRAME_EQUAL(v, FRAME_SET('\\'))) << i;
    block->open |= FRAME_BITS(FRAME_EQUAL(folded, FRAME_SET('{'))) << i;
    block->close |= FRAME_BITS(FRAME_EQUAL(folded, FRAME_SET('}'))) << i;
    block->low |= FRAME_BITS(FRAME_EQUAL(FRAME_SMALLER(v, FRAME_SET(0x1F)), v)) << i;
}

/* Written out: loops that stay loops would take half as long again. */
KUBE_INLINE frame_block_t classify_block(const char *bytes)
{
    frame_block_t block = { 0 };
    classify_vector(&block, bytes, 0);
#if KUBE_BLOCK == 16
    classify_vector(&block, bytes, 16);
    classify_vector(&block, bytes, 48);
#endif
    classify_vector(&block, bytes, 32);
    return block;
}

#else

/* A bit for each byte of the word that is c. */
KUBE_INLINE uint64_t bytes_equal(uint64_t word, unsigned char c)
{
    const uint64_t low = 0x7F7F7F7F7F7F7F7Fu;
    uint64_t differs = word ^ (0x0101010101010101u * c);
    uint64_t equal = ~(((differs & low) + low) | differs | low); /* the top bit of each byte */
    return (equal >> 7) * 0x0102040810204080u >> 56;
}

/* A bit for each byte of the word below 0x20. */
KUBE_INLINE uint64_t bytes_below_space(uint64_t word)
{
    uint64_t high = (word | word << 1 | word << 2) & 0x8080808080808080u; /* 0x80, 0x40 or 0x20 is in the byte */
    return ((high ^ 0x8080808080808080u) >> 7) * 0x0102040810204080u >> 56;
}

KUBE_INLINE frame_block_t classify_block(const char *bytes)
{
    frame_block_t block = { 0 };
    for (unsigned i = 0; i < 64; i += 8) {
        uint64_t word = load_8(bytes + i), folded = word | 0x0101010101010101u * BRACKET_BIT;
        block.quote |= bytes_equal(word, '"') << i;
        block.backslash |= bytes_equal(word, '\\') << i;
        block.open |= bytes_equal(folded, '{') << i;
        block.close |= bytes_equal(folded, '}') << i;
        block.low |= bytes_below_space(word) << i;
    }
    return block;
}

#endif

/* The bits of bytes that a backslash makes ordinary. Outside strings none should be: there the decoder will object. */
static KUBE_TARGET uint64_t escaped_bytes(uint64_t backslash, bool *escaped, size_t n)
{
    uint64_t result = *escaped;
    backslash &= ~result;
    *escaped = false;
    while (backslash) {
        unsigned at = (unsigned)__builtin_ctzll(backslash);
        if (at + 1 == n) {
            *escaped = true;
            break;
        }
        result |= (uint64_t)2 << at;
        backslash &= ~((uint64_t)3 << at);
    }
    return result;
}

/* Each bit: the exclusive or of itself and all below. */
KUBE_INLINE uint64_t prefix_xor(uint64_t bits)
{
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    return bits ^ bits << 32;
}

/* The byte of the block, from 1, at which all brackets are closed; 0: none. */
KUBE_INLINE unsigned closing_byte(kube_frame_scan_t *scan, uint64_t open, uint64_t close)
{
    size_t closes = (size_t)__builtin_popcountll(close);
    if (__builtin_expect(closes < scan->depth, 1)) {
        scan->depth = scan->depth - closes + (size_t)__builtin_popcountll(open);
        return 0;
    }
    for (uint64_t all = open | close; all; all &= all - 1) {
        if (open & all & (0 - all))
            scan->depth++;
        else if (--scan->depth == 0)
            return (unsigned)__builtin_ctzll(all) + 1;
    }
    return 0;
}

/* The first of these bytes that is not white space: a control character; 64: none. */
static size_t control_character(const char *bytes, uint64_t low)
{
    for (; low; low &= low - 1) {
        size_t at = (size_t)__builtin_ctzll(low);
        if (bytes[at] != '\n' && bytes[at] != '\r' && bytes[at] != '\t')
            return at;
    }
    return 64;
}

/* Looks at n (1 to 64) bytes; what is behind them in the block is white space. As kube_json_measure, but counted from the
 * block. */
KUBE_INLINE size_t measure_block(kube_frame_scan_t *scan, const char *bytes, size_t n, bool string)
{
    frame_block_t block = classify_block(bytes);
    uint64_t quote = block.quote;
    if (__builtin_expect(block.backslash || scan->escaped, 0))
        quote &= ~escaped_bytes(block.backslash, &scan->escaped, n);
    if (string) {
        uint64_t closing = scan->reached ? quote : quote & ~(uint64_t)1;
        return closing ? (size_t)__builtin_ctzll(closing) + 1 : 0;
    }
    uint64_t inside = prefix_xor(quote) ^ scan->in_string;
    scan->in_string = 0 - (inside >> 63);
    size_t end = closing_byte(scan, block.open & ~inside, block.close & ~inside);
    uint64_t low = block.low & ~inside;
    if (__builtin_expect(low != 0, 0)) {
        size_t at = control_character(bytes, low);
        if (at < (end ? end : 64)) {
            scan->fault = scan->reached + at;
            return KUBE_MEASURE_BAD;
        }
    }
    return end;
}

static KUBE_TARGET size_t measure_entry(kube_frame_scan_t *scan, const char *bytes, size_t len)
{
    bool string = bytes[0] == '"';
    kube_frame_scan_t now = *scan;
    for (size_t n; now.reached < len; now.reached += n) {
        const char *block = bytes + now.reached;
        char padded[64];
        n = len - now.reached < 64 ? len - now.reached : 64;
        if (n < 64) {
            memset(padded, ' ', sizeof padded);
            block = memcpy(padded, block, n);
        }
        size_t end = measure_block(&now, block, n, string);
        if (end == KUBE_MEASURE_BAD) {
            scan->fault = now.fault;
            return end;
        }
        if (end)
            return now.reached + end;
    }
    *scan = now;
    return 0;
}
