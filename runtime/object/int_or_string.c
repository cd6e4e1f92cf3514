#include <kube/int_or_string.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"

static bool is_present(const kube_int_or_string_t *value)
{
    return value && value->has;
}

kube_int_or_string_t kube_int_or_string_from_text(const char *text)
{
    kube_int_or_string_t value = { .has = text != NULL };
    int64_t number;
    if (!text)
        return value;
    if (kube_decimal_parse(text, strlen(text), &number) == KUBE_DECIMAL_OK && number >= INT32_MIN && number <= INT32_MAX)
        value.number = number;
    else
        value.string = text;
    return value;
}

int64_t kube_int_or_string_value(const kube_int_or_string_t *value)
{
    int64_t number;
    if (!is_present(value))
        return 0;
    if (!value->string)
        return value->number;
    kube_decimal_parse(value->string, strlen(value->string), &number);
    return number;
}

int kube_int_or_string_scaled(const kube_int_or_string_t *value, int64_t total, bool round_up, int64_t *out, kube_error_t *err)
{
    kube_error_reset(err);
    if (!is_present(value) || !out)
        return kube_fail(err, KUBE_E_USAGE, "a value is required");
    if (!value->string) {
        *out = value->number;
        return KUBE_OK;
    }
    size_t len = strlen(value->string);
    int64_t percent, product;
    if (len == 0 || value->string[len - 1] != '%')
        return kube_fail(err, KUBE_E_PARSE, "\"%s\" is not a percentage", value->string);
    if (kube_decimal_parse(value->string, len - 1, &percent) != KUBE_DECIMAL_OK)
        return kube_fail(err, KUBE_E_PARSE, "\"%s\" is not a whole percentage", value->string);
    if (__builtin_mul_overflow(percent, total, &product))
        return kube_fail(err, KUBE_E_LIMIT, "%s of %" PRId64 " is too large", value->string, total);
    int64_t rest = product % 100;
    *out = product / 100 + (round_up ? rest > 0 : -(rest < 0));
    return KUBE_OK;
}

bool kube_int_or_string_equal(const kube_int_or_string_t *a, const kube_int_or_string_t *b)
{
    if (!is_present(a) || !is_present(b))
        return is_present(a) == is_present(b);
    if (!a->string || !b->string)
        return !a->string && !b->string && a->number == b->number;
    return strcmp(a->string, b->string) == 0;
}

int kube_int_or_string_to_text(const kube_int_or_string_t *value, char *out, size_t size)
{
    if (!is_present(value) || (!out && size > 0))
        return KUBE_E_USAGE;
    return value->string ? snprintf(out, size, "%s", value->string) : snprintf(out, size, "%" PRId64, value->number);
}
