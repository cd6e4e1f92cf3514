#include "base/printable.h"

#include <string.h>

#include "base/utf8.h"

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

/* The printable form of what text begins with: *len bytes, which stand for *used of the text. */
static const char *printable(const char *text, const char *end, size_t *used, size_t *len)
{
    size_t sequence = kube_utf8_sequence(text, end);
    bool is_good = sequence && !is_harmful((const unsigned char *)text, sequence);
    *used = sequence ? sequence : 1;
    *len = is_good ? sequence : 1;
    return is_good ? text : sequence ? " " : "?";
}

void kube_put_printable(kube_buffer_t *buffer, const char *text)
{
    const char *end = text + strlen(text);
    for (size_t used, len; text < end; text += used) {
        const char *piece = printable(text, end, &used, &len);
        kube_buffer_append(buffer, piece, len);
    }
}

void kube_make_printable(char *text)
{
    const char *end = text + strlen(text);
    char *to = text;
    for (size_t used, len; text < end; text += used, to += len) {
        const char *piece = printable(text, end, &used, &len);
        memmove(to, piece, len);
    }
    *to = '\0';
}
