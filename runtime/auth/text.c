#include "auth/text.h"

#include <string.h>

#include "base/fail.h"
#include "base/utf8.h"

bool kube_has_control(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return true;
    }
    return false;
}

/* U+0080 to U+009F steer terminals too; U+2028 and U+2029 end lines, U+202A to U+202E and U+2066 to U+2069 turn text around. */
static bool is_harmful(const unsigned char *c, size_t len)
{
    if (len == 1)
        return *c < ' ' || *c == 0x7F;
    if (len == 2)
        return c[0] == 0xC2 && c[1] < 0xA0;
    if (len != 3 || c[0] != 0xE2)
        return false;
    return (c[1] == 0x80 && c[2] >= 0xA8 && c[2] <= 0xAE) || (c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9);
}

void kube_put_printable(kube_buffer_t *buffer, const char *text)
{
    const char *end = text + strlen(text);
    while (text < end) {
        size_t len = kube_utf8_sequence(text, end);
        if (len == 0)
            kube_buffer_append(buffer, "?", 1);
        else if (is_harmful((const unsigned char *)text, len))
            kube_buffer_append(buffer, " ", 1);
        else
            kube_buffer_append(buffer, text, len);
        text += len ? len : 1;
    }
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
