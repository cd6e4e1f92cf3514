/* Unsigned numbers of 128 bits, without the compiler's own, which 32-bit targets lack. */
#ifndef KUBE_BASE_UINT128_H
#define KUBE_BASE_UINT128_H

#include <stdbool.h>
#include <stdint.h>

typedef struct kube_u128 {
    uint64_t high;
    uint64_t low;
} kube_u128_t;

static inline bool kube_u128_is_zero(kube_u128_t a)
{
    return (a.high | a.low) == 0;
}

static inline int kube_u128_compare(kube_u128_t a, kube_u128_t b)
{
    if (a.high != b.high)
        return a.high < b.high ? -1 : 1;
    return (a.low > b.low) - (a.low < b.low);
}

/* *a += b; false, *a untouched, when that overflows. */
bool kube_u128_add(kube_u128_t *a, kube_u128_t b);
/* a - b, for a >= b. */
kube_u128_t kube_u128_subtract(kube_u128_t a, kube_u128_t b);
/* *a = *a * factor + summand; false, *a untouched, when that overflows. */
bool kube_u128_multiply(kube_u128_t *a, uint32_t factor, uint32_t summand);
/* *a *= 10^power; false when that overflows, *a then being something else. */
bool kube_u128_multiply_ten(kube_u128_t *a, uint64_t power);
/* *a /= divisor; returns the remainder. */
uint32_t kube_u128_divide(kube_u128_t *a, uint32_t divisor);
/* Decimal digits, 1 for zero. */
unsigned kube_u128_digits(kube_u128_t a);

#endif
