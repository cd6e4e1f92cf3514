/*
 * The few vector operations of the JSON codec, for the variant that the including file names by KUBE_VARIANT_AVX2, KUBE_VARIANT_SSE2 or
 * neither. Variants are chosen at run time, so the instructions are enabled function by function (KUBE_TARGET), not by compiler flags.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(KUBE_VARIANT_AVX2)
#include <immintrin.h>
#define KUBE_TARGET __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define KUBE_BLOCK 32
#elif defined(KUBE_VARIANT_SSE2)
#include <emmintrin.h>
#define KUBE_TARGET
#define KUBE_BLOCK 16
#else
#define KUBE_TARGET
#define KUBE_BLOCK 8
#endif

/* 8 bytes of a struct, whatever they hold. */
typedef uint64_t __attribute__((may_alias)) kube_word_t;

#define KUBE_INLINE static inline KUBE_TARGET __attribute__((always_inline))

/* What bytes of text are compared with, 32 times each: in memory, because the compiler would build them anew each time. */
typedef struct kube_text_bytes {
    _Alignas(32) char bit_1[32];
    char space[32];
    char backslash[32];
} kube_text_bytes_t;
extern const kube_text_bytes_t kube_text_bytes;

#if defined(KUBE_VARIANT_AVX2)

typedef __m256i block_t;

KUBE_INLINE block_t load_block(const char *from)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)from);
}

KUBE_INLINE void store_block(char *to, block_t block)
{
    _mm256_storeu_si256((__m256i *)(void *)to, block);
}

/* Bit 1 turned over, a quote, a control character and (signed) a byte from 0x80 on are at most 0x20, and no plain character is. */
KUBE_INLINE uint32_t special_bytes(__m256i v)
{
    const kube_text_bytes_t *bytes = &kube_text_bytes;
    __m256i turned = _mm256_xor_si256(v, _mm256_load_si256((const __m256i *)(const void *)bytes->bit_1));
    __m256i inside = _mm256_cmpgt_epi8(turned, _mm256_load_si256((const __m256i *)(const void *)bytes->space));
    __m256i backslash = _mm256_cmpeq_epi8(v, _mm256_load_si256((const __m256i *)(const void *)bytes->backslash));
    return ~(uint32_t)_mm256_movemask_epi8(_mm256_andnot_si256(backslash, inside));
}

/* The number of the first special byte; KUBE_BLOCK when there is none. */
KUBE_INLINE unsigned first_special(uint32_t special)
{
    return _tzcnt_u32(special);
}

/* The bytes of a block that differ from those at `other`. */
KUBE_INLINE uint32_t differing_bytes(block_t block, const char *other)
{
    return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(block, load_block(other)));
}

/* Whether the first n bytes are equal; of no more than 32, of which all can be read. */
KUBE_INLINE bool same_bytes(const char *a, const char *b, unsigned n)
{
    return _bzhi_u32(differing_bytes(load_block(a), b), n) == 0;
}

KUBE_INLINE void copy_32(char *to, const char *from)
{
    _mm256_storeu_si256((__m256i *)(void *)to, _mm256_loadu_si256((const __m256i *)(const void *)from));
}

/* Small sizes, mostly multiples of 8, for which a call costs more than the work. The last block of larger ones overlaps the one before. */
KUBE_INLINE void zero_memory(void *memory, size_t size)
{
    char *at = memory, *last = at + size - 32;
    if (__builtin_expect(size < 32, 0)) {
        for (; size >= 8; size -= 8, at += 8)
            memset(at, 0, 8);
        if (size)
            memset(at, 0, size);
        return;
    }
    for (; at < last; at += 32) {
        store_block(at, _mm256_setzero_si256());
        __asm__("" : "+r"(at)); /* or the compiler makes it a call of memset */
    }
    store_block(last, _mm256_setzero_si256());
}

/* Whole blocks, so that up to 31 bytes more than size are zeroed. */
KUBE_INLINE void zero_blocks(char *at, size_t size)
{
    const char *end = at + size;
    do {
        store_block(at, _mm256_setzero_si256());
        at += 32;
        __asm__("" : "+r"(at));
    } while (at < end);
}

KUBE_INLINE void copy_memory(void *to, const void *from, size_t size)
{
    char *out = to;
    const char *in = from;
    if (__builtin_expect(size > 512 || size & 7, 0)) {
        memcpy(to, from, size);
        return;
    }
    if (size < 32) {
        for (; size; size -= 8, out += 8, in += 8)
            memcpy(out, in, 8);
        return;
    }
    char *last = out + size - 32;
    for (; out < last; out += 32, in += 32) {
        copy_32(out, in);
        __asm__("" : "+r"(out));
    }
    copy_32(last, in + (last - out));
}

KUBE_INLINE uint64_t zeros_of_4(const kube_word_t *words)
{
    __m256i zero = _mm256_cmpeq_epi64(_mm256_loadu_si256((const __m256i *)(const void *)words), _mm256_setzero_si256());
    return (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(zero));
}

/* The words, of at most 64, that are not zero. */
KUBE_INLINE uint64_t nonzero_words(const kube_word_t *words, size_t count)
{
    uint64_t zeros = 0;
    if (count >= 4) {
        size_t last = count - 4;
        for (size_t i = 0; i < last; i += 4)
            zeros |= zeros_of_4(words + i) << i;
        zeros |= zeros_of_4(words + last) << last;
    } else {
        for (size_t i = 0; i < count; i++)
            zeros |= (uint64_t)(words[i] == 0) << i;
    }
    return _bzhi_u64(~zeros, (unsigned)count);
}

#else

#if defined(KUBE_VARIANT_SSE2)

typedef __m128i block_t;

KUBE_INLINE block_t load_block(const char *from)
{
    return _mm_loadu_si128((const __m128i *)(const void *)from);
}

KUBE_INLINE void store_block(char *to, block_t block)
{
    _mm_storeu_si128((__m128i *)(void *)to, block);
}

KUBE_INLINE uint32_t special_bytes(block_t v)
{
    __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    __m128i backslash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
    __m128i outside = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), outside));
}

KUBE_INLINE uint32_t differing_bytes(block_t block, const char *other)
{
    return 0xFFFF & ~(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block, load_block(other)));
}

KUBE_INLINE bool same_bytes(const char *a, const char *b, unsigned n)
{
    uint64_t differing = differing_bytes(load_block(a), b) | differing_bytes(load_block(a + 16), b + 16) << 16;
    return (differing & (((uint64_t)1 << (n & 63)) - 1)) == 0;
}

#else

typedef uint64_t block_t;

KUBE_INLINE block_t load_block(const char *from)
{
    block_t block;
    memcpy(&block, from, sizeof block);
    return block;
}

KUBE_INLINE void store_block(char *to, block_t block)
{
    memcpy(to, &block, sizeof block);
}

KUBE_INLINE uint32_t special_bytes(block_t block)
{
    signed char bytes[KUBE_BLOCK];
    uint32_t mask = 0;
    memcpy(bytes, &block, sizeof block);
    for (unsigned i = 0; i < KUBE_BLOCK; i++)
        mask |= (uint32_t)((bytes[i] < 0x20) | (bytes[i] == '"') | (bytes[i] == '\\')) << i;
    return mask;
}

KUBE_INLINE uint32_t differing_bytes(block_t block, const char *other)
{
    char bytes[KUBE_BLOCK];
    uint32_t mask = 0;
    memcpy(bytes, &block, sizeof block);
    for (unsigned i = 0; i < KUBE_BLOCK; i++)
        mask |= (uint32_t)(bytes[i] != other[i]) << i;
    return mask;
}

KUBE_INLINE bool same_bytes(const char *a, const char *b, unsigned n)
{
    return memcmp(a, b, n < 32 ? n : 32) == 0;
}

#endif

KUBE_INLINE unsigned first_special(uint32_t special)
{
    return (unsigned)__builtin_ctz(special | 1u << KUBE_BLOCK);
}

KUBE_INLINE void copy_32(char *to, const char *from)
{
    memcpy(to, from, 32);
}

KUBE_INLINE void zero_memory(void *memory, size_t size)
{
    memset(memory, 0, size);
}

KUBE_INLINE void zero_blocks(char *at, size_t size)
{
    memset(at, 0, size);
}

KUBE_INLINE void copy_memory(void *to, const void *from, size_t size)
{
    if (size)
        memcpy(to, from, size);
}

KUBE_INLINE uint64_t nonzero_words(const kube_word_t *words, size_t count)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < count; i++)
        mask |= (uint64_t)(words[i] != 0) << i;
    return mask;
}

#endif

/* Copies a block; the bit of every byte that is not plain text is set in the result. */
KUBE_INLINE uint32_t copy_block(char *to, const char *from)
{
    block_t block = load_block(from);
    store_block(to, block);
    return special_bytes(block);
}

KUBE_INLINE uint32_t test_block(const char *from)
{
    return special_bytes(load_block(from));
}
