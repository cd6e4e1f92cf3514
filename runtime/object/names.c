#include "object/names.h"

#include <string.h>

enum { LABEL_MAX = 63, SUBDOMAIN_MAX = 253 };

static bool is_lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_alphanumeric(char c)
{
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z');
}

/* One or more characters that `is_end` takes, and between the first and the last also those of `inner`. */
static bool has_form(const char *text, size_t len, bool (*is_end)(char), const char *inner)
{
    if (len == 0 || !is_end(text[0]) || !is_end(text[len - 1]))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!is_end(text[i]) && (text[i] == '\0' || !strchr(inner, text[i])))
            return false;
    return true;
}

static bool is_subdomain(const char *text, size_t len)
{
    const char *end = text + len, *dot;
    if (len > SUBDOMAIN_MAX)
        return false;
    for (; (dot = memchr(text, '.', (size_t)(end - text))); text = dot + 1)
        if (!has_form(text, (size_t)(dot - text), is_lower_or_digit, "-"))
            return false;
    return has_form(text, (size_t)(end - text), is_lower_or_digit, "-");
}

bool kube_label_key_is_valid(const char *text, size_t len)
{
    const char *slash = memchr(text, '/', len);
    if (slash) {
        if (!is_subdomain(text, (size_t)(slash - text)))
            return false;
        len -= (size_t)(slash + 1 - text);
        text = slash + 1;
    }
    return len <= LABEL_MAX && has_form(text, len, is_alphanumeric, "-_.");
}

bool kube_label_value_is_valid(const char *text, size_t len)
{
    return len == 0 || (len <= LABEL_MAX && has_form(text, len, is_alphanumeric, "-_."));
}

bool kube_is_label_key(const char *text)
{
    return text && kube_label_key_is_valid(text, strlen(text));
}

bool kube_is_label_value(const char *text)
{
    return text && kube_label_value_is_valid(text, strlen(text));
}

bool kube_is_dns1123_label(const char *text)
{
    return text && strlen(text) <= LABEL_MAX && has_form(text, strlen(text), is_lower_or_digit, "-");
}

bool kube_is_dns1123_subdomain(const char *text)
{
    return text && is_subdomain(text, strlen(text));
}

bool kube_is_dns1035_label(const char *text)
{
    return kube_is_dns1123_label(text) && *text >= 'a';
}

bool kube_is_path_segment(const char *text)
{
    return text && strcmp(text, ".") != 0 && strcmp(text, "..") != 0 && !strpbrk(text, "/%");
}
