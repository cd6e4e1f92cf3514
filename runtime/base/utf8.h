/* UTF-8 (RFC 3629): no surrogates, no overlong forms, at most U+10FFFF. */
#ifndef KUBE_BASE_UTF8_H
#define KUBE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the valid sequence at text (1 to 4), or 0. end bounds it. */
size_t kube_utf8_sequence(const char *text, const char *end);
/* Bytes of valid UTF-8 that text begins with. */
size_t kube_utf8_valid_prefix(const char *text, size_t len);
/* Writes a code point (1 to 4 bytes); returns how many. */
size_t kube_utf8_put(char *to, uint32_t code_point);

#endif
