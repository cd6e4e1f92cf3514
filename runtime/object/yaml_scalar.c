#include "object/yaml_scalar.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "object/json_scan.h"
#include "object/yaml_number.h"
#include "object/yaml_timestamp.h"

#define TAG_PREFIX "tag:yaml.org,2002:"

typedef struct {
    const char *text;
    kube_yaml_kind_t kind;
    bool boolean;
    double number;
} word_t;

static const word_t words[] = {
    { "y", KUBE_YAML_BOOL, true, 0 },       { "Y", KUBE_YAML_BOOL, true, 0 },      { "yes", KUBE_YAML_BOOL, true, 0 },
    { "Yes", KUBE_YAML_BOOL, true, 0 },     { "YES", KUBE_YAML_BOOL, true, 0 },    { "true", KUBE_YAML_BOOL, true, 0 },
    { "True", KUBE_YAML_BOOL, true, 0 },    { "TRUE", KUBE_YAML_BOOL, true, 0 },   { "on", KUBE_YAML_BOOL, true, 0 },
    { "On", KUBE_YAML_BOOL, true, 0 },      { "ON", KUBE_YAML_BOOL, true, 0 },     { "n", KUBE_YAML_BOOL, false, 0 },
    { "N", KUBE_YAML_BOOL, false, 0 },      { "no", KUBE_YAML_BOOL, false, 0 },    { "No", KUBE_YAML_BOOL, false, 0 },
    { "NO", KUBE_YAML_BOOL, false, 0 },     { "false", KUBE_YAML_BOOL, false, 0 }, { "False", KUBE_YAML_BOOL, false, 0 },
    { "FALSE", KUBE_YAML_BOOL, false, 0 },  { "off", KUBE_YAML_BOOL, false, 0 },   { "Off", KUBE_YAML_BOOL, false, 0 },
    { "OFF", KUBE_YAML_BOOL, false, 0 },    { "", KUBE_YAML_NULL, false, 0 },      { "~", KUBE_YAML_NULL, false, 0 },
    { "null", KUBE_YAML_NULL, false, 0 },   { "Null", KUBE_YAML_NULL, false, 0 },  { "NULL", KUBE_YAML_NULL, false, 0 },
    { ".nan", KUBE_YAML_FLOAT, false, NAN }, { ".NaN", KUBE_YAML_FLOAT, false, NAN }, { ".NAN", KUBE_YAML_FLOAT, false, NAN },
    { ".inf", KUBE_YAML_FLOAT, false, INFINITY }, { ".Inf", KUBE_YAML_FLOAT, false, INFINITY },
    { ".INF", KUBE_YAML_FLOAT, false, INFINITY }, { "+.inf", KUBE_YAML_FLOAT, false, INFINITY },
    { "+.Inf", KUBE_YAML_FLOAT, false, INFINITY }, { "+.INF", KUBE_YAML_FLOAT, false, INFINITY },
    { "-.inf", KUBE_YAML_FLOAT, false, -INFINITY }, { "-.Inf", KUBE_YAML_FLOAT, false, -INFINITY },
    { "-.INF", KUBE_YAML_FLOAT, false, -INFINITY },
};

static bool is_word(const char *text, size_t len, kube_yaml_scalar_t *out)
{
    for (size_t i = 0; len <= 5 && i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i].text) != len || memcmp(words[i].text, text, len) != 0)
            continue;
        out->kind = words[i].kind;
        out->boolean = words[i].boolean;
        out->number = words[i].number;
        return true;
    }
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads digits of a base, all of the text, into 64 bits. */
static bool read_magnitude(const char *text, size_t len, unsigned base, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i], lower = c | 0x20;
        unsigned digit = c >= '0' && c <= '9' ? c - '0' + 0u : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10u : 99;
        if (digit >= base || value > (UINT64_MAX - digit) / base)
            return false;
        value = value * base + digit;
    }
    *out = value;
    return true;
}

/* The base that a prefix tells, and the prefix' length: 0b, 0o, 0x, and 0 alone for octal. */
static unsigned prefix_base(const char *text, size_t len, size_t *prefix)
{
    *prefix = 0;
    if (text[0] != '0')
        return 10;
    *prefix = 2;
    switch (len >= 3 ? text[1] | 0x20 : 0) {
    case 'b':
        return 2;
    case 'o':
        return 8;
    case 'x':
        return 16;
    default:
        *prefix = 1;
        return 8;
    }
}

static bool set_integer(kube_yaml_scalar_t *out, bool negative, bool is_signed, uint64_t magnitude)
{
    uint64_t most = negative ? (uint64_t)INT64_MAX + 1 : is_signed ? INT64_MAX : UINT64_MAX;
    out->kind = KUBE_YAML_INT;
    out->negative = negative && magnitude > 0;
    out->magnitude = magnitude;
    return magnitude <= most;
}

static bool read_integer(const char *text, size_t len, kube_yaml_scalar_t *out)
{
    uint64_t magnitude;
    size_t prefix, sign = text[0] == '-' || text[0] == '+';
    if (len == sign)
        return false;
    unsigned base = prefix_base(text + sign, len - sign, &prefix);
    prefix += sign;
    return read_magnitude(text + prefix, len - prefix, base, &magnitude) && set_integer(out, text[0] == '-', sign, magnitude);
}

/* The Kubernetes tools also read 0b+101 and 0b-101: binary with the sign behind the prefix. */
static bool read_inner_sign(const char *text, size_t len, kube_yaml_scalar_t *out)
{
    uint64_t magnitude;
    bool fits = len > 3 && memcmp(text, "0b", 2) == 0 && (text[2] == '+' || text[2] == '-');
    return fits && read_magnitude(text + 3, len - 3, 2, &magnitude) && set_integer(out, text[2] == '-', true, magnitude);
}

/* A decimal integer too long for 64 bits keeps its digits: JSON can hold them. */
static bool is_plain_digits(const char *text, size_t len)
{
    size_t sign = text[0] == '-';
    if (len == sign || text[sign] == '0')
        return false;
    for (size_t i = sign; i < len; i++)
        if (!is_digit(text[i]))
            return false;
    return true;
}

/* Copies text (at most KUBE_YAML_NUMBER_MAX bytes) without its underscores. Returns how many bytes are left. */
static size_t strip_underscores(const char *text, size_t len, char *plain)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++)
        if (text[i] != '_')
            plain[count++] = text[i];
    return count;
}

/* A number that begins with its point: here underscores must stand between digits. */
static bool is_fraction(const char *text, size_t len, kube_yaml_scalar_t *out)
{
    char plain[KUBE_YAML_NUMBER_MAX];
    if (len > sizeof plain)
        return false;
    for (size_t i = 0; i < len; i++)
        if (text[i] == '_' && (i + 1 == len || !is_digit(text[i - 1]) || !is_digit(text[i + 1])))
            return false;
    out->kind = KUBE_YAML_FLOAT;
    return kube_yaml_parse_double(plain, strip_underscores(text, len, plain), &out->number);
}

/* Integers and floats that begin with a digit or a sign; underscores may stand anywhere. */
static bool is_number(const char *text, size_t len, kube_yaml_scalar_t *out)
{
    char plain[KUBE_YAML_NUMBER_MAX];
    if (len > sizeof plain)
        return false;
    size_t count = strip_underscores(text, len, plain);
    if (count == 0)
        return false;
    if (read_integer(plain, count, out))
        return true;
    if (kube_yaml_parse_double(plain, count, &out->number)) {
        out->kind = is_plain_digits(text, len) ? KUBE_YAML_DIGITS : KUBE_YAML_FLOAT;
        return true;
    }
    return read_inner_sign(plain, count, out);
}

static void resolve_untagged(const char *text, size_t len, kube_yaml_scalar_t *out)
{
    *out = (kube_yaml_scalar_t){ .kind = KUBE_YAML_STRING, .text = text, .len = len };
    if (is_word(text, len, out))
        return;
    bool found = false;
    if (text[0] == '.')
        found = is_fraction(text, len, out);
    else if (is_digit(text[0]) || text[0] == '-' || text[0] == '+')
        found = is_number(text, len, out);
    if (!found)
        out->kind = kube_yaml_is_timestamp(text, len) ? KUBE_YAML_TIMESTAMP : KUBE_YAML_STRING;
}

static int must_be(bool fits, const char *message, const char **problem)
{
    if (fits)
        return 0;
    *problem = message;
    return KUBE_E_PARSE;
}

/* A tag that the rules know, without its prefix. */
static int resolve_tagged(const char *tag, kube_yaml_scalar_t *out, const char **problem)
{
    kube_yaml_kind_t kind = out->kind;
    if (strcmp(tag, "int") == 0)
        return must_be(kind == KUBE_YAML_INT, "the value of a !!int is not an integer", problem);
    if (strcmp(tag, "bool") == 0)
        return must_be(kind == KUBE_YAML_BOOL, "the value of a !!bool is not a boolean", problem);
    if (strcmp(tag, "null") == 0)
        return must_be(kind == KUBE_YAML_NULL, "the value of a !!null is not null", problem);
    if (strcmp(tag, "timestamp") == 0)
        return must_be(kind == KUBE_YAML_TIMESTAMP, "the value of a !!timestamp is not a point in time", problem);
    if (strcmp(tag, "float") == 0) {
        if (kind == KUBE_YAML_DIGITS)
            out->kind = KUBE_YAML_FLOAT;
        if (kind != KUBE_YAML_INT)
            return must_be(out->kind == KUBE_YAML_FLOAT, "the value of a !!float is not a number", problem);
        out->kind = KUBE_YAML_FLOAT;
        out->number = out->negative ? -(double)out->magnitude : (double)out->magnitude;
        return must_be(out->negative || out->magnitude <= INT64_MAX, "the integer of a !!float does not fit 64 bits", problem);
    }
    out->kind = strcmp(tag, "binary") == 0 ? KUBE_YAML_BINARY : KUBE_YAML_STRING;
    return 0;
}

int kube_yaml_resolve(const kube_yaml_source_t *source, kube_yaml_scalar_t *out, const char **problem)
{
    *out = (kube_yaml_scalar_t){ .kind = KUBE_YAML_STRING, .text = source->text, .len = source->len };
    if (source->plain)
        resolve_untagged(source->text, source->len, out);
    if (source->plain || !source->tag || strncmp(source->tag, TAG_PREFIX, strlen(TAG_PREFIX)) != 0)
        return 0;
    resolve_untagged(source->text, source->len, out);
    return resolve_tagged(source->tag + strlen(TAG_PREFIX), out, problem);
}

bool kube_yaml_is_merge(const kube_yaml_source_t *source)
{
    bool may_be = source->plain || (source->tag && strcmp(source->tag, TAG_PREFIX "merge") == 0);
    return may_be && source->len == 2 && memcmp(source->text, "<<", 2) == 0;
}

/* YAML 1.1's numbers to the base 60, 190:20:30: read by none of the Kubernetes tools, quoted by all of them. */
static bool is_base_60(const char *text, size_t len)
{
    size_t i = len > 0 && (text[0] == '+' || text[0] == '-');
    if (i == len || !is_digit(text[i]))
        return false;
    while (i < len && (is_digit(text[i]) || text[i] == '_'))
        i++;
    if (i == len)
        return false;
    while (i < len && text[i] == ':') {
        size_t digits = ++i;
        while (i < len && is_digit(text[i]))
            i++;
        digits = i - digits;
        if (digits == 0 || digits > 2 || (digits == 2 && text[i - 2] > '5'))
            return false;
    }
    if (i < len && text[i] == '.')
        for (i++; i < len && (is_digit(text[i]) || text[i] == '_');)
            i++;
    return i == len;
}

bool kube_yaml_reads_as_string(const char *text, size_t len)
{
    kube_yaml_scalar_t scalar;
    kube_yaml_source_t source = { .text = text, .len = len, .plain = true };
    if (kube_yaml_is_merge(&source))
        return false;
    resolve_untagged(text, len, &scalar);
    return scalar.kind == KUBE_YAML_STRING && !is_base_60(text, len);
}

static int put_binary(kube_buffer_t *json, const kube_yaml_scalar_t *scalar, const char **problem)
{
    size_t len;
    uint8_t *bytes = kube_mem_alloc(kube_base64_decoded_bound(scalar->len));
    if (!bytes) {
        json->failed = true;
        return 0;
    }
    int result = must_be(kube_base64_decode(bytes, scalar->text, scalar->len, &len), "the value of a !!binary is not base64", problem);
    if (result == 0)
        result = must_be(kube_utf8_valid_prefix((char *)bytes, len) == len, "the bytes of a !!binary are not UTF-8: JSON cannot hold them",
                         problem);
    if (result == 0)
        kube_json_quote(json, (char *)bytes, len);
    kube_mem_free(bytes);
    return result;
}

static void put_integer(kube_buffer_t *json, const kube_yaml_scalar_t *scalar)
{
    kube_buffer_printf(json, "%s%llu", scalar->negative ? "-" : "", (unsigned long long)scalar->magnitude);
}

int kube_yaml_put_value(kube_buffer_t *json, const kube_yaml_scalar_t *scalar, const char **problem)
{
    char number[KUBE_YAML_NUMBER_SIZE];
    switch (scalar->kind) {
    case KUBE_YAML_NULL:
        kube_buffer_append(json, "null", 4);
        return 0;
    case KUBE_YAML_BOOL:
        kube_buffer_puts(json, scalar->boolean ? "true" : "false");
        return 0;
    case KUBE_YAML_INT:
        put_integer(json, scalar);
        return 0;
    case KUBE_YAML_DIGITS:
        kube_buffer_append(json, scalar->text, scalar->len);
        return 0;
    case KUBE_YAML_FLOAT:
        if (!isfinite(scalar->number))
            return must_be(false, "JSON holds neither infinity nor not-a-number", problem);
        kube_buffer_append(json, number, kube_yaml_print_double(number, scalar->number));
        return 0;
    case KUBE_YAML_BINARY:
        return put_binary(json, scalar, problem);
    default:
        kube_json_quote(json, scalar->text, scalar->len);
        return 0;
    }
}

int kube_yaml_put_key(kube_buffer_t *json, const kube_yaml_scalar_t *scalar, const char **problem)
{
    char number[KUBE_YAML_NUMBER_SIZE];
    switch (scalar->kind) {
    case KUBE_YAML_NULL:
        return must_be(false, "a key is null: JSON's are strings", problem);
    case KUBE_YAML_STRING:
    case KUBE_YAML_TIMESTAMP:
    case KUBE_YAML_BINARY:
        return kube_yaml_put_value(json, scalar, problem);
    case KUBE_YAML_INT:
        if (!scalar->negative && scalar->magnitude > INT64_MAX)
            return must_be(false, "a key is an integer that does not fit 64 bits", problem);
        break;
    default:
        break;
    }
    kube_buffer_append(json, "\"", 1);
    if (scalar->kind == KUBE_YAML_FLOAT || scalar->kind == KUBE_YAML_DIGITS)
        kube_buffer_append(json, number, kube_yaml_print_float_key(number, scalar->number));
    else
        kube_yaml_put_value(json, scalar, problem);
    kube_buffer_append(json, "\"", 1);
    return 0;
}
