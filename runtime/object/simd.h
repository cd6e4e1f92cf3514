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

#if defined(KUBE_VARIANT_AVX2)

KUBE_INLINE uint32_t special_bytes(__m256i v)
{
    __m256i quote = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('"'));
    __m256i backslash = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\'));
    __m256i outside = _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), v); /* signed: control characters and bytes from 0x80 on */
    return (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(quote, backslash), outside));
}

/* Copies a block; the bit of every byte that is not plain text is set in the result. */
KUBE_INLINE uint32_t copy_block(char *to, const char *from)
{
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)from);
    _mm256_storeu_si256((__m256i *)(void *)to, v);
    return special_bytes(v);
}

KUBE_INLINE uint32_t test_block(const char *from)
{
    return special_bytes(_mm256_loadu_si256((const __m256i *)(const void *)from));
}

/* Whether the first n (at most 31) bytes are equal. 32 bytes of both can be read. */
KUBE_INLINE bool same_bytes(const char *a, const char *b, unsigned n)
{
    __m256i equal = _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)(const void *)a),
                                      _mm256_loadu_si256((const __m256i *)(const void *)b));
    return (~(uint32_t)_mm256_movemask_epi8(equal) & ((1u << n) - 1)) == 0;
}

KUBE_INLINE void copy_32(char *to, const char *from)
{
    _mm256_storeu_si256((__m256i *)(void *)to, _mm256_loadu_si256((const __m256i *)(const void *)from));
}

/* Small sizes, mostly multiples of 8, for which a call costs more than the work. */
KUBE_INLINE void zero_memory(void *memory, size_t size)
{
    char *at = memory;
    for (; size >= 32; size -= 32, at += 32) {
        _mm256_storeu_si256((__m256i *)(void *)at, _mm256_setzero_si256());
        __asm__("" : "+r"(at)); /* or the compiler makes it a call of memset */
    }
    if (size & 16)
        _mm_storeu_si128((__m128i *)(void *)at, _mm_setzero_si128());
    at += size & 16;
    if (size & 8)
        memset(at, 0, 8);
    at += size & 8;
    if (size & 7)
        memset(at, 0, size & 7);
}

KUBE_INLINE void copy_memory(void *to, const void *from, size_t size)
{
    char *out = to;
    const char *in = from;
    if (size > 512 || size & 7) {
        memcpy(to, from, size);
        return;
    }
    for (; size >= 32; size -= 32, out += 32, in += 32) {
        copy_32(out, in);
        __asm__("" : "+r"(out));
    }
    for (; size >= 8; size -= 8, out += 8, in += 8)
        memcpy(out, in, 8);
}

/* The words, of at most 64, that are not zero. */
KUBE_INLINE uint64_t nonzero_words(const kube_word_t *words, size_t count)
{
    uint64_t mask = 0;
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        __m256i zero = _mm256_cmpeq_epi64(_mm256_loadu_si256((const __m256i *)(const void *)(words + i)), _mm256_setzero_si256());
        mask |= (uint64_t)(~_mm256_movemask_pd(_mm256_castsi256_pd(zero)) & 15) << i;
    }
    for (; i < count; i++)
        mask |= (uint64_t)(words[i] != 0) << i;
    return mask;
}

#else

#if defined(KUBE_VARIANT_SSE2)

KUBE_INLINE uint32_t special_bytes(__m128i v)
{
    __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    __m128i backslash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
    __m128i outside = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), outside));
}

KUBE_INLINE uint32_t copy_block(char *to, const char *from)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)from);
    _mm_storeu_si128((__m128i *)(void *)to, v);
    return special_bytes(v);
}

KUBE_INLINE uint32_t test_block(const char *from)
{
    return special_bytes(_mm_loadu_si128((const __m128i *)(const void *)from));
}

KUBE_INLINE uint32_t equal_16(const char *a, const char *b)
{
    return (uint32_t)_mm_movemask_epi8(
        _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)a), _mm_loadu_si128((const __m128i *)(const void *)b)));
}

KUBE_INLINE bool same_bytes(const char *a, const char *b, unsigned n)
{
    return (~(equal_16(a, b) | equal_16(a + 16, b + 16) << 16) & ((1u << n) - 1)) == 0;
}

#else

KUBE_INLINE uint32_t test_block(const char *from)
{
    uint32_t mask = 0;
    for (unsigned i = 0; i < KUBE_BLOCK; i++) {
        signed char c = (signed char)from[i];
        mask |= (uint32_t)((c < 0x20) | (c == '"') | (c == '\\')) << i;
    }
    return mask;
}

KUBE_INLINE uint32_t copy_block(char *to, const char *from)
{
    memcpy(to, from, KUBE_BLOCK);
    return test_block(from);
}

KUBE_INLINE bool same_bytes(const char *a, const char *b, unsigned n)
{
    return memcmp(a, b, n) == 0;
}

#endif

KUBE_INLINE void copy_32(char *to, const char *from)
{
    memcpy(to, from, 32);
}

KUBE_INLINE void zero_memory(void *memory, size_t size)
{
    memset(memory, 0, size);
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
