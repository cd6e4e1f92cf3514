#include "base/uint128.h"

bool kube_u128_add(kube_u128_t *a, kube_u128_t b)
{
    kube_u128_t sum = { a->high + b.high, a->low + b.low };
    bool carry = sum.low < b.low, overflow = sum.high < b.high;
    sum.high += carry;
    if (overflow || (carry && sum.high == 0))
        return false;
    *a = sum;
    return true;
}

kube_u128_t kube_u128_subtract(kube_u128_t a, kube_u128_t b)
{
    kube_u128_t difference = { a.high - b.high - (a.low < b.low), a.low - b.low };
    return difference;
}

bool kube_u128_multiply(kube_u128_t *a, uint32_t factor, uint32_t summand)
{
    uint64_t parts[4] = { (uint32_t)a->low, a->low >> 32, (uint32_t)a->high, a->high >> 32 };
    uint64_t carry = summand;
    for (int i = 0; i < 4; i++) {
        carry += parts[i] * factor;
        parts[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry)
        return false;
    a->low = parts[1] << 32 | parts[0];
    a->high = parts[3] << 32 | parts[2];
    return true;
}

bool kube_u128_multiply_ten(kube_u128_t *a, uint64_t power)
{
    if (kube_u128_is_zero(*a))
        return true;
    for (; power > 0; power--)
        if (!kube_u128_multiply(a, 10, 0))
            return false;
    return true;
}

uint32_t kube_u128_divide(kube_u128_t *a, uint32_t divisor)
{
    uint64_t parts[4] = { a->high >> 32, (uint32_t)a->high, a->low >> 32, (uint32_t)a->low };
    uint64_t remainder = 0;
    for (int i = 0; i < 4; i++) {
        uint64_t dividend = remainder << 32 | parts[i];
        parts[i] = dividend / divisor;
        remainder = dividend % divisor;
    }
    a->high = parts[0] << 32 | parts[1];
    a->low = parts[2] << 32 | parts[3];
    return (uint32_t)remainder;
}

unsigned kube_u128_digits(kube_u128_t a)
{
    unsigned digits = 1;
    while (a.high > 0 || a.low >= 10) {
        kube_u128_divide(&a, 10);
        digits++;
    }
    return digits;
}
