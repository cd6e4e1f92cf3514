#include <kube/quantity.h>

#include <string.h>

#include "base/uint128.h"

enum { NANO = -9, KIBI_BITS = 10, EXBI_BITS = 60, SI_MAX = 18, DIGITS_MAX = 39 };

static kube_u128_t mantissa_of(const kube_quantity_t *quantity)
{
    kube_u128_t mantissa = { quantity->high, quantity->low };
    return mantissa;
}

/* Zeros at the end go to the scale; false when that does not fit 32 bits. */
static bool make(kube_quantity_t *out, bool negative, kube_u128_t mantissa, int64_t scale, kube_quantity_format_t format)
{
    kube_quantity_t made = { .format = (uint8_t)format };
    if (!kube_u128_is_zero(mantissa)) {
        for (kube_u128_t shorter = mantissa; kube_u128_divide(&shorter, 10) == 0; scale++)
            mantissa = shorter;
        if (scale < INT32_MIN || scale > INT32_MAX)
            return false;
        made.high = mantissa.high;
        made.low = mantissa.low;
        made.scale = (int32_t)scale;
        made.negative = negative;
    }
    *out = made;
    return true;
}

kube_quantity_t kube_quantity_from_scaled(int64_t value, int32_t scale, kube_quantity_format_t format)
{
    kube_quantity_t quantity = { .low = value < 0 ? 0 - (uint64_t)value : (uint64_t)value, .scale = scale, .negative = value < 0,
                                 .format = (uint8_t)format };
    return quantity;
}

kube_quantity_t kube_quantity_from_int64(int64_t value, kube_quantity_format_t format)
{
    return kube_quantity_from_scaled(value, 0, format);
}

kube_quantity_t kube_quantity_from_milli(int64_t value, kube_quantity_format_t format)
{
    return kube_quantity_from_scaled(value, -3, format);
}

bool kube_quantity_is_zero(const kube_quantity_t *quantity)
{
    return !quantity || (quantity->high | quantity->low) == 0;
}

void kube_quantity_negate(kube_quantity_t *quantity)
{
    if (quantity && !kube_quantity_is_zero(quantity))
        quantity->negative = !quantity->negative;
}

/* ---- parsing ---- */

/* The parts of a quantity's text. */
struct parts {
    bool negative;
    bool has_digits;      /* a lone sign or point stands for 0 */
    const char *whole;    /* digits before the point, no zeros in front */
    size_t whole_len;
    const char *fraction; /* digits behind it */
    size_t fraction_len;
    kube_quantity_format_t format;
    int32_t exponent;     /* of 10; for BINARY_SI of 2 */
};

static size_t count_digits(const char *text, const char *end)
{
    const char *at = text;
    while (at < end && (unsigned char)(*at - '0') <= 9)
        at++;
    return (size_t)(at - text);
}

/* `e` or `E` and a whole number of 32 bits. */
static bool parse_exponent(const char *text, size_t len, struct parts *parts)
{
    const char *at = text + 1, *end = text + len;
    bool negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    if ((*text != 'e' && *text != 'E') || at == end || at + count_digits(at, end) != end)
        return false;
    int64_t value = 0;
    for (; at < end; at++) {
        value = value * 10 + (*at - '0');
        if (value > (int64_t)INT32_MAX + negative)
            return false;
    }
    parts->format = KUBE_QUANTITY_DECIMAL_EXPONENT;
    parts->exponent = (int32_t)(negative ? -value : value);
    return true;
}

static bool parse_suffix(const char *text, size_t len, struct parts *parts)
{
    static const char decimal[] = "num\0kMGTPE", binary[] = "KMGTPE";
    const char *found;
    if (len == 0)
        return true;
    if (len == 1 && *text && (found = memchr(decimal, *text, sizeof decimal - 1))) {
        parts->exponent = NANO + 3 * (int32_t)(found - decimal);
        return true;
    }
    if (len == 2 && text[1] == 'i' && *text && (found = memchr(binary, *text, sizeof binary - 1))) {
        parts->format = KUBE_QUANTITY_BINARY_SI;
        parts->exponent = KIBI_BITS * (1 + (int32_t)(found - binary));
        return true;
    }
    return parse_exponent(text, len, parts);
}

static bool split(const char *text, size_t len, struct parts *parts)
{
    const char *at = text, *end = text + len;
    memset(parts, 0, sizeof *parts);
    if (len == 0)
        return false;
    parts->negative = *at == '-';
    at += *at == '-' || *at == '+';
    const char *digits = at;
    while (at < end && *at == '0')
        at++;
    parts->whole = at;
    parts->whole_len = count_digits(at, end);
    at += parts->whole_len;
    parts->has_digits = at > digits;
    if (at < end && *at == '.') {
        parts->fraction = ++at;
        parts->fraction_len = count_digits(at, end);
        at += parts->fraction_len;
        parts->has_digits |= parts->fraction_len > 0;
    }
    return parse_suffix(at, (size_t)(end - at), parts);
}

/* A mantissa being collected digit by digit; zeros wait in case no other digit follows. */
struct mantissa {
    kube_u128_t value;
    uint64_t zeros;
};

static bool push_digit(struct mantissa *mantissa, unsigned digit)
{
    if (digit == 0) {
        mantissa->zeros += !kube_u128_is_zero(mantissa->value);
        return true;
    }
    bool fits = kube_u128_multiply_ten(&mantissa->value, mantissa->zeros) && kube_u128_multiply(&mantissa->value, 10, digit);
    mantissa->zeros = 0;
    return fits;
}

/* The i-th digit of whole and fraction together. */
static unsigned digit_at(const struct parts *parts, size_t i)
{
    return (unsigned)((i < parts->whole_len ? parts->whole[i] : parts->fraction[i - parts->whole_len]) - '0');
}

static int parse_decimal(const struct parts *parts, kube_quantity_t *out)
{
    size_t count = parts->whole_len + parts->fraction_len, i = 0;
    int64_t scale = (int64_t)parts->exponent - (int64_t)parts->fraction_len;
    /* Digits below a billionth are cut off, and round up what is left. */
    uint64_t cut = scale < NANO ? (uint64_t)(NANO - scale) : 0;
    size_t kept = cut < count ? count - (size_t)cut : 0;
    struct mantissa mantissa = { { 0, 0 }, 0 };
    for (; i < kept; i++)
        if (!push_digit(&mantissa, digit_at(parts, i)))
            return KUBE_E_LIMIT;
    while (i < count && digit_at(parts, i) == 0)
        i++;
    if (cut > 0)
        scale = NANO;
    if (i < count) {
        static const kube_u128_t one = { 0, 1 };
        if (!kube_u128_multiply_ten(&mantissa.value, mantissa.zeros) || !kube_u128_add(&mantissa.value, one))
            return KUBE_E_LIMIT;
        mantissa.zeros = 0;
    }
    return make(out, parts->negative, mantissa.value, scale + (int64_t)mantissa.zeros, parts->format) ? KUBE_OK : KUBE_E_LIMIT;
}

/*
 * Multiplies the fraction by 2^exponent, digit by digit from its end, which is exact for any number of digits. The first nine digits of
 * the product's fraction are the return value, rounded up; *carry is its whole part.
 */
static uint32_t multiply_fraction(const struct parts *parts, uint64_t *carry)
{
    uint64_t power = (uint64_t)1 << parts->exponent;
    uint32_t billionths = 0, unit = 1;
    bool rest = false;
    *carry = 0;
    for (size_t i = parts->fraction_len; i > 0; i--) {
        uint64_t product = (uint64_t)(parts->fraction[i - 1] - '0') * power + *carry;
        *carry = product / 10;
        if (i > 9) {
            rest |= product % 10 != 0;
            continue;
        }
        billionths += (uint32_t)(product % 10) * unit;
        unit *= 10;
    }
    for (size_t i = parts->fraction_len; i < 9; i++)
        billionths *= 10;
    return billionths + rest;
}

static int parse_binary(const struct parts *parts, kube_quantity_t *out)
{
    static const kube_u128_t largest = { 0, INT64_MAX };
    kube_u128_t value = { 0, 0 }, carry = { 0, 0 };
    bool fits = parts->whole_len <= 19;
    uint32_t billionths = multiply_fraction(parts, &carry.low);
    for (size_t i = 0; fits && i < parts->whole_len; i++)
        kube_u128_multiply(&value, 10, digit_at(parts, i));
    for (int32_t bits = parts->exponent; fits && bits > 0; bits -= KIBI_BITS)
        fits = kube_u128_multiply(&value, 1 << KIBI_BITS, 0);
    fits = fits && kube_u128_add(&value, carry);
    if (!fits || kube_u128_compare(value, largest) >= 0) {
        value = largest;
        billionths = 0;
    }
    bool below_one = kube_u128_is_zero(value) && billionths > 0 && billionths < 1000000000;
    kube_u128_multiply(&value, 1000000000, billionths);
    make(out, parts->negative, value, NANO, below_one ? KUBE_QUANTITY_DECIMAL_SI : KUBE_QUANTITY_BINARY_SI);
    return KUBE_OK;
}

int kube_quantity_parse(const char *text, size_t len, kube_quantity_t *out)
{
    struct parts parts;
    if (!text || !out)
        return KUBE_E_USAGE;
    if (!split(text, len, &parts))
        return KUBE_E_PARSE;
    bool binary = parts.format == KUBE_QUANTITY_BINARY_SI;
    /* Go reads a number without digits as 0 as long as its fast path does. */
    if (!parts.has_digits && (binary ? parts.exponent > 4 * KIBI_BITS : parts.exponent < NANO))
        return KUBE_E_PARSE;
    return binary ? parse_binary(&parts, out) : parse_decimal(&parts, out);
}

/* ---- writing ---- */

static char *put_number(char *to, kube_u128_t number)
{
    char digits[DIGITS_MAX];
    size_t count = 0;
    do
        digits[count++] = (char)('0' + kube_u128_divide(&number, 10));
    while (!kube_u128_is_zero(number));
    while (count > 0)
        *to++ = digits[--count];
    return to;
}

static char *put_decimal(char *to, kube_u128_t mantissa, int64_t scale, bool exponent)
{
    static const char suffixes[] = "num\0kMGTPE";
    for (kube_u128_t shorter = mantissa; kube_u128_divide(&shorter, 10) == 0; scale++)
        mantissa = shorter;
    unsigned zeros = (unsigned)((scale % 3 + 3) % 3);
    scale -= zeros;
    to = put_number(to, mantissa);
    while (zeros-- > 0)
        *to++ = '0';
    if (scale == 0)
        return to;
    if (!exponent && scale >= NANO && scale <= SI_MAX) {
        *to++ = suffixes[(scale - NANO) / 3];
        return to;
    }
    *to++ = 'e';
    if (scale < 0)
        *to++ = '-';
    kube_u128_t magnitude = { 0, (uint64_t)(scale < 0 ? -scale : scale) };
    return put_number(to, magnitude);
}

/* Whether the value is a whole number of 128 bits, which then is in *whole. */
static bool as_whole(const kube_quantity_t *quantity, kube_u128_t *whole)
{
    *whole = mantissa_of(quantity);
    if (quantity->scale >= 0)
        return kube_u128_multiply_ten(whole, (uint64_t)quantity->scale);
    for (int32_t scale = quantity->scale; scale < 0; scale++)
        if (kube_u128_divide(whole, 10) != 0)
            return false;
    return true;
}

static char *put_binary(char *to, kube_u128_t whole)
{
    static const char suffixes[] = "KMGTPE";
    size_t power = 0;
    for (kube_u128_t shorter = whole; power * KIBI_BITS < EXBI_BITS && kube_u128_divide(&shorter, 1 << KIBI_BITS) == 0; power++)
        whole = shorter;
    to = put_number(to, whole);
    if (power > 0) {
        *to++ = suffixes[power - 1];
        *to++ = 'i';
    }
    return to;
}

int kube_quantity_to_text(const kube_quantity_t *quantity, char *out, size_t size)
{
    char text[KUBE_QUANTITY_TEXT_SIZE], *at = text;
    static const kube_u128_t kibi = { 0, 1 << KIBI_BITS };
    kube_u128_t whole;
    if (!quantity || !out)
        return KUBE_E_USAGE;
    if (quantity->negative)
        *at++ = '-';
    if (kube_quantity_is_zero(quantity)) {
        at = text;
        *at++ = '0';
    } else if (quantity->format == KUBE_QUANTITY_BINARY_SI && as_whole(quantity, &whole) && kube_u128_compare(whole, kibi) >= 0) {
        at = put_binary(at, whole);
    } else {
        at = put_decimal(at, mantissa_of(quantity), quantity->scale, quantity->format == KUBE_QUANTITY_DECIMAL_EXPONENT);
    }
    size_t len = (size_t)(at - text);
    if (len >= size)
        return KUBE_E_LIMIT;
    memcpy(out, text, len);
    out[len] = '\0';
    return (int)len;
}

/* ---- arithmetic ---- */

static int compare_magnitudes(const kube_quantity_t *a, const kube_quantity_t *b)
{
    kube_u128_t of_a = mantissa_of(a), of_b = mantissa_of(b);
    int64_t order_a = (int64_t)kube_u128_digits(of_a) + a->scale, order_b = (int64_t)kube_u128_digits(of_b) + b->scale;
    if (order_a != order_b)
        return order_a < order_b ? -1 : 1;
    /* Of one order, hence the scales are close; what then overflows has more digits than the other. */
    if (a->scale > b->scale && !kube_u128_multiply_ten(&of_a, (uint64_t)((int64_t)a->scale - b->scale)))
        return 1;
    if (b->scale > a->scale && !kube_u128_multiply_ten(&of_b, (uint64_t)((int64_t)b->scale - a->scale)))
        return -1;
    return kube_u128_compare(of_a, of_b);
}

static int sign_of(const kube_quantity_t *quantity)
{
    return kube_quantity_is_zero(quantity) ? 0 : quantity->negative ? -1 : 1;
}

int kube_quantity_compare(const kube_quantity_t *a, const kube_quantity_t *b)
{
    int sign_a = sign_of(a), sign_b = sign_of(b);
    if (sign_a != sign_b || sign_a == 0)
        return sign_a - sign_b;
    return sign_a * compare_magnitudes(a, b);
}

/* Both mantissas at the smaller of the two scales, which is returned in *scale. */
static bool align(const kube_quantity_t *a, const kube_quantity_t *b, kube_u128_t *of_a, kube_u128_t *of_b, int64_t *scale)
{
    *of_a = mantissa_of(a);
    *of_b = mantissa_of(b);
    if (kube_u128_is_zero(*of_a) || kube_u128_is_zero(*of_b)) {
        *scale = kube_u128_is_zero(*of_a) ? b->scale : a->scale;
        return true;
    }
    *scale = a->scale < b->scale ? a->scale : b->scale;
    return kube_u128_multiply_ten(of_a, (uint64_t)(a->scale - *scale)) && kube_u128_multiply_ten(of_b, (uint64_t)(b->scale - *scale));
}

static int add(const kube_quantity_t *a, const kube_quantity_t *b, bool b_negative, kube_quantity_t *out)
{
    kube_u128_t of_a, of_b;
    int64_t scale;
    bool negative = a->negative;
    if (!align(a, b, &of_a, &of_b, &scale))
        return KUBE_E_LIMIT;
    if (a->negative == b_negative) {
        if (!kube_u128_add(&of_a, of_b))
            return KUBE_E_LIMIT;
    } else if (kube_u128_compare(of_a, of_b) >= 0) {
        of_a = kube_u128_subtract(of_a, of_b);
    } else {
        of_a = kube_u128_subtract(of_b, of_a);
        negative = b_negative;
    }
    kube_quantity_format_t format = (kube_quantity_format_t)(kube_quantity_is_zero(a) ? b->format : a->format);
    return make(out, negative, of_a, scale, format) ? KUBE_OK : KUBE_E_LIMIT;
}

int kube_quantity_add(const kube_quantity_t *a, const kube_quantity_t *b, kube_quantity_t *out)
{
    if (!a || !b || !out)
        return KUBE_E_USAGE;
    return add(a, b, b->negative, out);
}

int kube_quantity_sub(const kube_quantity_t *a, const kube_quantity_t *b, kube_quantity_t *out)
{
    if (!a || !b || !out)
        return KUBE_E_USAGE;
    return add(a, b, !b->negative, out);
}

/* ---- integers ---- */

int kube_quantity_scaled_value(const kube_quantity_t *quantity, int32_t scale, int64_t *out)
{
    if (!quantity || !out)
        return KUBE_E_USAGE;
    kube_u128_t value = mantissa_of(quantity), largest = { 0, (uint64_t)INT64_MAX + quantity->negative }, one = { 0, 1 };
    int64_t power = (int64_t)quantity->scale - scale;
    bool fits = power <= 0 || kube_u128_multiply_ten(&value, (uint64_t)power), rest = false;
    for (; power < 0 && !kube_u128_is_zero(value); power++)
        rest |= kube_u128_divide(&value, 10) != 0;
    fits = fits && (!rest || kube_u128_add(&value, one)) && kube_u128_compare(value, largest) <= 0;
    if (!fits)
        value = largest;
    *out = quantity->negative ? (int64_t)(0 - value.low) : (int64_t)value.low;
    return fits ? KUBE_OK : KUBE_E_LIMIT;
}

int kube_quantity_value(const kube_quantity_t *quantity, int64_t *out)
{
    return kube_quantity_scaled_value(quantity, 0, out);
}

int kube_quantity_milli_value(const kube_quantity_t *quantity, int64_t *out)
{
    return kube_quantity_scaled_value(quantity, -3, out);
}

/* ---- texts ---- */

/* A field's text: a server skips spaces around it. */
static int parse_field(const char *text, kube_quantity_t *out)
{
    static const char spaces[] = " \t\n\v\f\r";
    text += strspn(text, spaces);
    size_t len = strlen(text);
    while (len > 0 && strchr(spaces, text[len - 1]))
        len--;
    return kube_quantity_parse(text, len, out);
}

int kube_quantity_compare_text(const char *a, const char *b, int *result)
{
    kube_quantity_t of_a, of_b;
    if (!a || !b || !result)
        return KUBE_E_USAGE;
    int code = parse_field(a, &of_a);
    if (!code)
        code = parse_field(b, &of_b);
    if (!code)
        *result = kube_quantity_compare(&of_a, &of_b);
    return code;
}

int kube_quantity_canonical(const char *text, char *out, size_t size)
{
    kube_quantity_t quantity;
    if (!text || !out)
        return KUBE_E_USAGE;
    int code = parse_field(text, &quantity);
    return code ? code : kube_quantity_to_text(&quantity, out, size);
}
