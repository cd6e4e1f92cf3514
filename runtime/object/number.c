/* JSON numbers compared exactly, whatever their size. */
#include "object/tree.h"

/* A number as 0.d1d2d3... times ten to the `exponent`, d1 and the last digit not 0. */
typedef struct decimal {
    bool negative;
    const char *first; /* digits, perhaps with a point between them; NULL: zero */
    const char *last;
    int64_t exponent;
} decimal_t;

static int64_t read_exponent(const char *p, const char *end)
{
    bool negative = p < end && *p == '-';
    int64_t value = 0;
    for (p += p < end && (*p == '-' || *p == '+'); p < end; p++) {
        if (value < INT64_MAX / 100)
            value = value * 10 + (*p - '0');
    }
    return negative ? -value : value;
}

static decimal_t read_decimal(const char *p, size_t len)
{
    const char *end = p + len;
    decimal_t d = { .negative = *p == '-' };
    int64_t integer_digits = 0, leading_zeros = 0;
    bool point = false;
    for (p += d.negative; p < end && *p != 'e' && *p != 'E'; p++) {
        if (*p == '.') {
            point = true;
            continue;
        }
        integer_digits += !point;
        if (*p != '0') {
            d.first = d.first ? d.first : p;
            d.last = p;
        }
        leading_zeros += !d.first;
    }
    d.exponent = integer_digits - leading_zeros + (p < end ? read_exponent(p + 1, end) : 0);
    return d;
}

bool kube_number_equal(const char *a, size_t a_len, const char *b, size_t b_len)
{
    decimal_t x = read_decimal(a, a_len), y = read_decimal(b, b_len);
    if (!x.first || !y.first)
        return !x.first && !y.first;
    if (x.negative != y.negative || x.exponent != y.exponent)
        return false;
    const char *p = x.first, *q = y.first;
    while (p <= x.last && q <= y.last) {
        p += *p == '.';
        q += *q == '.';
        if (*p++ != *q++)
            return false;
    }
    return p > x.last && q > y.last;
}
