/* A growing list of headers that owns its text. */
#ifndef KUBE_HTTP_HEADERS_H
#define KUBE_HTTP_HEADERS_H

#include <kube/memory.h>
#include <kube/transport.h>

/* All zero is an empty list. */
typedef struct kube_headers {
    kube_header_t *items;
    size_t len;
    size_t capacity;
    size_t bytes; /* of all names and values */
    bool failed;  /* out of memory; sticky */
} kube_headers_t;

/* Adds copies of a name and a value. */
void kube_headers_add(kube_headers_t *headers, const char *name, const char *value);
void kube_headers_add_n(kube_headers_t *headers, const char *name, size_t name_len, const char *value, size_t value_len);
/* The first value of that name, without regard to case, or NULL. */
const char *kube_header_find(const kube_header_t *items, size_t len, const char *name);
/* Whether it has that name, without regard to case. */
bool kube_header_is(const kube_header_t *header, const char *name);
/* Whether a text is a token of RFC 9110, which names of headers and methods are. */
bool kube_is_token(const char *text);
/* Whether a request of that method has no body, unless it is given one. */
bool kube_method_has_no_body(const char *method);
/* Removes all headers, overwriting them; keeps the array. */
void kube_headers_clear(kube_headers_t *headers);
/* Frees everything, overwriting the text. */
void kube_headers_wipe(kube_headers_t *headers);

#endif
