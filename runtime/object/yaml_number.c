#include "object/yaml_number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads the exponent that begins at `at` ("e+12") and must reach `end`. Huge ones are cut to what is out of every range. */
static bool parse_exponent(const char *at, const char *end, long *exponent)
{
    at++;
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end)
        return false;
    long value = 0;
    for (; at < end; at++) {
        if (!is_digit(*at))
            return false;
        if (value < 100000)
            value = value * 10 + (*at - '0');
    }
    *exponent = negative ? -value : value;
    return true;
}

/* strtod reads the decimal point of the current locale, so it is given none: 12.5e3 becomes 125e2. */
bool kube_yaml_parse_double(const char *text, size_t len, double *out)
{
    char digits[KUBE_YAML_NUMBER_MAX + 16];
    size_t count = 0, sign = len > 0 && (text[0] == '+' || text[0] == '-');
    long exponent = 0, fraction = 0;
    bool point = false;
    if (len > KUBE_YAML_NUMBER_MAX)
        return false;
    if (sign)
        digits[count++] = text[0];
    for (size_t i = sign; i < len; i++) {
        if (is_digit(text[i])) {
            digits[count++] = text[i];
            fraction += point;
        } else if (text[i] == '.' && !point) {
            point = true;
        } else if ((text[i] == 'e' || text[i] == 'E') && parse_exponent(text + i, text + len, &exponent)) {
            break;
        } else {
            return false;
        }
    }
    if (count == sign)
        return false;
    snprintf(digits + count, sizeof digits - count, "e%ld", exponent - fraction);
    *out = strtod(digits, NULL);
    return isfinite(*out);
}

/* The shortest decimal digits that read back as the same number: value = 0.DIGITS x 10^point. */
typedef struct {
    char digits[20];
    int count;
    int point;
    bool negative;
} decimal_t;

static void read_decimal(const char *printed, decimal_t *out)
{
    out->count = 0;
    const char *at = printed;
    for (; *at != 'e'; at++)
        if (is_digit(*at))
            out->digits[out->count++] = *at;
    while (out->count > 1 && out->digits[out->count - 1] == '0')
        out->count--;
    out->point = out->digits[0] == '0' ? 1 : atoi(at + 1) + 1;
}

static decimal_t shortest(double value, bool as_float)
{
    decimal_t out = { .negative = signbit(value) != 0 };
    double magnitude = fabs(value);
    char printed[40];
    /* 15 digits say every double that has so few; the subnormal ones may need fewer than it prints. */
    int from = as_float || magnitude < DBL_MIN ? 1 : DBL_DIG, to = as_float ? 9 : 17;
    for (int count = from; count <= to; count++) {
        snprintf(printed, sizeof printed, "%.*e", count - 1, magnitude);
        if (as_float ? strtof(printed, NULL) == (float)magnitude : strtod(printed, NULL) == magnitude)
            break;
    }
    read_decimal(printed, &out);
    return out;
}

static size_t print_exponent(char *out, const decimal_t *number)
{
    char *at = out;
    *at++ = number->digits[0];
    if (number->count > 1) {
        *at++ = '.';
        memcpy(at, number->digits + 1, (size_t)number->count - 1);
        at += number->count - 1;
    }
    return (size_t)(at - out);
}

static size_t print_plain(char *out, const decimal_t *number)
{
    char *at = out;
    if (number->point <= 0) {
        *at++ = '0';
        *at++ = '.';
        for (int i = number->point; i < 0; i++)
            *at++ = '0';
    }
    for (int i = 0; i < number->count || i < number->point; i++) {
        if (i > 0 && i == number->point)
            *at++ = '.';
        *at++ = i < number->count ? number->digits[i] : '0';
    }
    return (size_t)(at - out);
}

/* digits: of the exponent, at least. */
static size_t print(char out[KUBE_YAML_NUMBER_SIZE], const decimal_t *number, bool exponent, int digits)
{
    size_t len = 0;
    if (number->negative)
        out[len++] = '-';
    if (!exponent) {
        len += print_plain(out + len, number);
        out[len] = '\0';
        return len;
    }
    len += print_exponent(out + len, number);
    int power = number->point - 1;
    return len + (size_t)snprintf(out + len, KUBE_YAML_NUMBER_SIZE - len, "e%c%0*d", power < 0 ? '-' : '+', digits, abs(power));
}

size_t kube_yaml_print_double(char out[KUBE_YAML_NUMBER_SIZE], double value)
{
    decimal_t number = shortest(value, false);
    double magnitude = fabs(value);
    return print(out, &number, magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21), 1);
}

size_t kube_yaml_print_float_key(char out[KUBE_YAML_NUMBER_SIZE], double value)
{
    float single = (float)value;
    if (!isfinite(single))
        return (size_t)snprintf(out, KUBE_YAML_NUMBER_SIZE, "%s", isnan(single) ? ".nan" : single < 0 ? "-.inf" : ".inf");
    decimal_t number = shortest(single, true);
    return print(out, &number, number.point < -3 || number.point > 6, 2);
}
