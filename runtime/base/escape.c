#include "base/escape.h"

#include <string.h>

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c));
}

void kube_escape(kube_buffer_t *buffer, const char *text, const char *also)
{
    static const char digits[] = "0123456789ABCDEF";
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        char encoded[3] = { '%', digits[byte >> 4], digits[byte & 15] };
        bool plain = is_unreserved(*text) || strchr(also, *text);
        kube_buffer_append(buffer, plain ? text : encoded, plain ? 1 : 3);
    }
}
