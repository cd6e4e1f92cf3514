#include "base/base64.h"

static const char alphabet[64] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Values of the characters; 0xFF for all others. */
static const uint8_t values[256] = {
#define X 0xFF
#define X16 X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X
    X16, X16,
    X, X, X, X, X, X, X, X, X, X, X, 62, X, X, X, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, X, X, X, X, X, X,
    X, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, X, X, X, X, X,
    X, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, X, X, X, X, X,
    X16, X16, X16, X16, X16, X16, X16, X16,
#undef X16
#undef X
};

size_t kube_base64_encode(char *to, const uint8_t *data, size_t len)
{
    const char *start = to;
    for (; len >= 3; len -= 3, data += 3, to += 4) {
        uint32_t bits = (uint32_t)data[0] << 16 | (uint32_t)data[1] << 8 | data[2];
        to[0] = alphabet[bits >> 18];
        to[1] = alphabet[bits >> 12 & 63];
        to[2] = alphabet[bits >> 6 & 63];
        to[3] = alphabet[bits & 63];
    }
    if (len > 0) {
        uint32_t bits = (uint32_t)data[0] << 16 | (len == 2 ? (uint32_t)data[1] << 8 : 0);
        to[0] = alphabet[bits >> 18];
        to[1] = alphabet[bits >> 12 & 63];
        to[2] = len == 2 ? alphabet[bits >> 6 & 63] : '=';
        to[3] = '=';
        to += 4;
    }
    return (size_t)(to - start);
}

static size_t skip_newlines(const char *text, size_t at, size_t len)
{
    while (at < len && (text[at] == '\n' || text[at] == '\r'))
        at++;
    return at;
}

/* What follows the first `=`, which came after `digits` characters of a group of four. *bad: where it goes wrong. */
static bool padding_is_right(const char *text, size_t at, size_t len, unsigned digits, size_t *bad)
{
    *bad = at - 1;
    if (digits < 2)
        return false;
    at = skip_newlines(text, at, len);
    if (digits == 2) {
        *bad = at;
        if (at == len || text[at] != '=')
            return false;
        at = skip_newlines(text, at + 1, len);
    }
    *bad = at;
    return at == len;
}

/* The group at *at that is not four plain characters: newlines inside, padding, or an error. Moves *at and *to. */
static bool decode_group(uint8_t **to, const char *text, size_t *at, size_t len, size_t *bad)
{
    uint32_t bits = 0;
    unsigned digits = 0;
    while (digits < 4) {
        *at = skip_newlines(text, *at, len);
        if (*at == len)
            break;
        uint8_t value = values[(unsigned char)text[*at]];
        if (value == 0xFF)
            break;
        bits = bits << 6 | value;
        digits++;
        ++*at;
    }
    *bad = *at;
    if (*at == len && digits % 4 != 0)
        return false;
    if (*at < len && digits < 4) {
        if (text[*at] != '=' || !padding_is_right(text, *at + 1, len, digits, bad))
            return false;
        *at = len;
        bits <<= 6 * (4 - digits);
    }
    for (unsigned i = 1; i < digits; i++, bits <<= 8)
        *(*to)++ = (uint8_t)(bits >> 16);
    return true;
}

bool kube_base64_decode(uint8_t *to, const char *text, size_t len, size_t *decoded)
{
    const uint8_t *start = to;
    size_t at = 0, bad;
    while (at < len) {
        for (; len - at >= 4; at += 4, to += 3) {
            const unsigned char *group = (const unsigned char *)text + at;
            uint8_t a = values[group[0]], b = values[group[1]], c = values[group[2]], d = values[group[3]];
            if ((a | b | c | d) == 0xFF)
                break;
            uint32_t bits = (uint32_t)a << 18 | (uint32_t)b << 12 | (uint32_t)c << 6 | d;
            to[0] = (uint8_t)(bits >> 16);
            to[1] = (uint8_t)(bits >> 8);
            to[2] = (uint8_t)bits;
        }
        if (at < len && !decode_group(&to, text, &at, len, &bad)) {
            *decoded = bad;
            return false;
        }
    }
    *decoded = (size_t)(to - start);
    return true;
}
