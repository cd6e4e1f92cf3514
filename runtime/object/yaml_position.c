#include "object/yaml_position.h"

#include <stdbool.h>
#include <string.h>

kube_yaml_encoding_t kube_yaml_encoding(const char *text, size_t len)
{
    if (len >= 2 && memcmp(text, "\xFF\xFE", 2) == 0)
        return KUBE_YAML_UTF16_LE;
    return len >= 2 && memcmp(text, "\xFE\xFF", 2) == 0 ? KUBE_YAML_UTF16_BE : KUBE_YAML_UTF8;
}

/* libyaml counts no byte order mark. */
static size_t utf16_offset(const unsigned char *text, size_t len, size_t index, bool big_endian)
{
    size_t at = 2;
    for (; index > 0 && at + 1 < len; index--) {
        unsigned char high = text[big_endian ? at : at + 1];
        at += (high & 0xFC) == 0xD8 ? 4 : 2;
    }
    return at < len ? at : len;
}

size_t kube_yaml_byte_offset(const char *text, size_t len, size_t index)
{
    const unsigned char *bytes = (const unsigned char *)text;
    kube_yaml_encoding_t encoding = kube_yaml_encoding(text, len);
    if (encoding != KUBE_YAML_UTF8)
        return utf16_offset(bytes, len, index, encoding == KUBE_YAML_UTF16_BE);
    size_t at = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    for (; index > 0 && at < len; index--)
        for (at++; at < len && (bytes[at] & 0xC0) == 0x80;)
            at++;
    return at;
}

size_t kube_yaml_count_lines(const char *text, size_t len, size_t offset)
{
    size_t lines = 0;
    const char *end = text + (offset < len ? offset : len);
    for (const char *at = text; at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++)
        lines++;
    return lines;
}
