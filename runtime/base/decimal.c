#include "base/decimal.h"

kube_decimal_t kube_decimal_parse(const char *text, size_t len, int64_t *out)
{
    const char *at = text, *end = text + len;
    bool negative = at < end && *at == '-';
    uint64_t largest = (uint64_t)INT64_MAX + negative, number = 0;
    kube_decimal_t result = KUBE_DECIMAL_OK;
    *out = 0;
    at += at < end && (*at == '-' || *at == '+');
    if (at == end)
        return KUBE_DECIMAL_SYNTAX;
    for (; at < end; at++) {
        unsigned digit = (unsigned char)(*at - '0');
        if (digit > 9)
            return KUBE_DECIMAL_SYNTAX;
        if (number > (largest - digit) / 10)
            result = KUBE_DECIMAL_RANGE;
        else
            number = number * 10 + digit;
    }
    if (result == KUBE_DECIMAL_RANGE)
        number = largest;
    *out = negative ? (int64_t)(0 - number) : (int64_t)number;
    return result;
}
