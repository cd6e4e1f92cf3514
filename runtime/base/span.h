/* Bytes of a text that somebody else holds. */
#ifndef KUBE_BASE_SPAN_H
#define KUBE_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct kube_span {
    const char *text;
    size_t len;
} kube_span_t;

static inline kube_span_t kube_span_of(const char *text)
{
    kube_span_t span = { text, strlen(text) };
    return span;
}

static inline bool kube_span_is(kube_span_t span, const char *text)
{
    return strlen(text) == span.len && memcmp(span.text, text, span.len) == 0;
}

#endif
