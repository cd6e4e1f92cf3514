#include "auth/text.h"

#include <string.h>

#include "base/fail.h"

bool kube_has_control(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return true;
    }
    return false;
}

bool kube_append_secret(kube_buffer_t *buffer, const char *bytes, size_t len)
{
    if (buffer->len + len >= buffer->capacity) {
        kube_buffer_t larger = { 0 };
        if (!kube_buffer_reserve(&larger, 2 * buffer->capacity + len)) {
            buffer->failed = true;
            return false;
        }
        kube_buffer_append(&larger, buffer->data, buffer->len);
        kube_buffer_wipe(buffer);
        *buffer = larger;
    }
    kube_buffer_append(buffer, bytes, len);
    return !buffer->failed;
}

int kube_bearer_value(const char *token, size_t len, const char *where, kube_buffer_t *out, kube_error_t *err)
{
    while (len && strchr(" \t\r\n", token[len - 1]))
        len--;
    while (len && strchr(" \t\r\n", *token)) {
        token++;
        len--;
    }
    if (len == 0)
        return kube_fail(err, KUBE_E_CONFIG, "%s: the token is empty", where);
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)token[i] <= ' ' || token[i] == 0x7F)
            return kube_fail(err, KUBE_E_CONFIG, "%s: white space or a control character inside the token", where);
    }
    static const char scheme[] = "Bearer ";
    if (kube_buffer_reserve(out, sizeof scheme - 1 + len)) {
        kube_buffer_append(out, scheme, sizeof scheme - 1);
        kube_buffer_append(out, token, len);
    }
    return out->failed ? kube_fail_memory(err) : KUBE_OK;
}
