/*
 * A pull tokenizer over JSON text that kube_json_check has accepted. On other text it stays within bounds, and what it says
 * means nothing.
 */
#ifndef KUBE_OBJECT_JSON_SCAN_H
#define KUBE_OBJECT_JSON_SCAN_H

#include <kube/memory.h>

typedef enum kube_json_token_kind {
    KUBE_JSON_END = 0,
    KUBE_JSON_OBJECT = '{',
    KUBE_JSON_OBJECT_END = '}',
    KUBE_JSON_ARRAY = '[',
    KUBE_JSON_ARRAY_END = ']',
    KUBE_JSON_STRING = '"',
    KUBE_JSON_WORD = 'w' /* a number, true, false or null */
} kube_json_token_kind_t;

/* A token: its text as it stands in the input, a string with its quotes. */
typedef struct kube_json_token {
    kube_json_token_kind_t kind;
    const char *text;
    size_t len;
} kube_json_token_t;

/* The next token at *at, which moves behind it. Commas, colons and white space are passed over. */
kube_json_token_t kube_json_scan(const char **at, const char *end);
/* Behind the string whose opening quote stands at `at`; NULL when it does not end. */
const char *kube_json_string_end(const char *at, const char *end);
/* Behind the value that begins at `at` (no white space before it); NULL when its brackets do not close. */
const char *kube_json_value_end(const char *at, const char *end);
/* Appends what a string token stands for, as UTF-8; \u0000 becomes a NUL byte. */
void kube_json_unescape(kube_buffer_t *buffer, const char *text, size_t len);
/* Appends UTF-8 text as a JSON string with its quotes. Escapes only what JSON demands. */
void kube_json_quote(kube_buffer_t *buffer, const char *text, size_t len);

#endif
