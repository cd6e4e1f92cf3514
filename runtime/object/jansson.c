/* Free-form values to and from jansson. */
#include <kube/jansson.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <kube/json.h>

#include "base/fail.h"
#include "base/memory.h"

#define DEPTH 200
/* Digits of a decimal that any double gives back unchanged. */
#define EXACT_DIGITS 15

/* Whether a number without fraction or exponent fits jansson's integers, or one with them is given back by a double with
 * the same value. */
static bool number_fits(const char *text, size_t len)
{
    char copy[64];
    size_t digits = 0;
    bool integer = true, mantissa = true, leading = true;
    for (size_t i = 0; i < len; i++) {
        mantissa = mantissa && text[i] != 'e' && text[i] != 'E';
        integer = integer && mantissa && text[i] != '.';
        leading = leading && (text[i] == '0' || text[i] == '-' || text[i] == '.');
        digits += mantissa && !leading && text[i] != '.';
    }
    if (len >= sizeof copy)
        return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    if (integer) {
        bool negative = *text == '-';
        const char *limit = negative ? "-9223372036854775808" : "9223372036854775807";
        return len < strlen(limit) || (len == strlen(limit) && memcmp(copy, limit, len) <= 0);
    }
    double value = strtod(copy, NULL);
    return isfinite(value) && digits <= EXACT_DIGITS && (value != 0 ? isnormal(value) : digits == 0);
}

/* The text is well-formed and compact. */
static bool numbers_fit(const char *p, const char *end)
{
    while (p < end) {
        if (*p == '"') {
            for (p++; *p != '"'; p++)
                p += *p == '\\';
            p++;
        } else if (*p == '-' || (*p >= '0' && *p <= '9')) {
            size_t len = strspn(p, "+-.0123456789eE");
            if (!number_fits(p, len))
                return false;
            p += len;
        } else {
            p++;
        }
    }
    return true;
}

int kube_json_to_jansson(const kube_json_t *value, json_t **out, kube_error_t *err)
{
    kube_buffer_t compact = { 0 };
    kube_error_reset(err);
    if (out)
        *out = NULL;
    if (!value || !out)
        return kube_fail(err, KUBE_E_USAGE, "kube_json_to_jansson: an argument is NULL");
    if (!value->text)
        return KUBE_OK;
    int code = kube_json_check(value->text, value->len, DEPTH, &compact, err);
    if (code == KUBE_OK && !numbers_fit(compact.data, compact.data + compact.len))
        code = kube_fail(err, KUBE_E_UNSUPPORTED, "a number that jansson cannot hold exactly");
    if (code == KUBE_OK) {
        json_error_t why;
        *out = json_loadb(compact.data, compact.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
        if (!*out && json_error_code(&why) == json_error_out_of_memory)
            code = kube_fail_memory(err);
        else if (!*out)
            code = kube_fail(err, KUBE_E_UNSUPPORTED, "jansson cannot hold this: %s", why.text);
    }
    kube_buffer_dispose(&compact);
    return code;
}

static int append(const char *text, size_t len, void *buffer)
{
    kube_buffer_append(buffer, text, len);
    return ((kube_buffer_t *)buffer)->failed ? -1 : 0;
}

int kube_json_from_jansson(const json_t *value, kube_buffer_t *buffer, kube_error_t *err)
{
    kube_error_reset(err);
    if (!value || !buffer)
        return kube_fail(err, KUBE_E_USAGE, "kube_json_from_jansson: an argument is NULL");
    size_t before = buffer->len;
    if (json_dump_callback(value, append, buffer, JSON_COMPACT | JSON_ENCODE_ANY) == 0)
        return KUBE_OK;
    bool memory = buffer->failed;
    buffer->len = before;
    buffer->failed = false;
    if (buffer->data)
        buffer->data[before] = '\0';
    return memory ? kube_fail_memory(err) : kube_fail(err, KUBE_E_USAGE, "jansson cannot write the value: it contains itself");
}
