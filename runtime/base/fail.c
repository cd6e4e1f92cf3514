#include "base/fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/printable.h"

void kube_error_reset(kube_error_t *err)
{
    if (err)
        memset(err, 0, sizeof *err);
}

void kube_copy_cut(char *to, size_t size, const char *text, size_t len)
{
    if (len >= size) {
        len = size - 1;
        while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
            len--;
    }
    memcpy(to, text, len);
    to[len] = '\0';
}

int kube_fail(kube_error_t *err, int code, const char *format, ...)
{
    if (!err)
        return code;
    char text[2 * sizeof err->message];
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(text, sizeof text, format, arguments) < 0)
        *text = '\0';
    va_end(arguments);
    err->code = (kube_code_t)code;
    kube_make_printable(text);
    kube_copy_cut(err->message, sizeof err->message, text, strlen(text));
    return code;
}

int kube_fail_memory(kube_error_t *err)
{
    return kube_fail(err, KUBE_E_NO_MEMORY, "out of memory");
}

static const char *const code_names[] = {
    "KUBE_OK", "KUBE_E_USAGE", "KUBE_E_NO_MEMORY", "KUBE_E_PARSE", "KUBE_E_LIMIT", "KUBE_E_IO", "KUBE_E_CONFIG", "KUBE_E_CONNECT",
    "KUBE_E_TLS", "KUBE_E_TIMEOUT", "KUBE_E_CANCELED", "KUBE_E_BAD_REQUEST", "KUBE_E_UNAUTHORIZED", "KUBE_E_FORBIDDEN",
    "KUBE_E_NOT_FOUND", "KUBE_E_METHOD_NOT_ALLOWED", "KUBE_E_ALREADY_EXISTS", "KUBE_E_CONFLICT", "KUBE_E_EXPIRED", "KUBE_E_INVALID",
    "KUBE_E_TOO_MANY_REQUESTS", "KUBE_E_UNSUPPORTED_MEDIA", "KUBE_E_SERVER", "KUBE_E_AMBIGUOUS", "KUBE_E_UNKNOWN_TYPE",
    "KUBE_E_UNSUPPORTED", "KUBE_E_TEST_FAILED", "KUBE_E_FAILED",
};

const char *kube_code_name(int code)
{
    size_t i = code <= 0 ? 0 - (size_t)code : SIZE_MAX;
    return i < sizeof code_names / sizeof *code_names ? code_names[i] : "an unknown code";
}
