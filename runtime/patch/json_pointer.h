/* JSON pointers (RFC 6901). */
#ifndef KUBE_PATCH_JSON_POINTER_H
#define KUBE_PATCH_JSON_POINTER_H

#include "object/tree.h"

/* One reference token, its escapes resolved. */
typedef struct kube_token {
    const char *text;
    size_t len;
} kube_token_t;

typedef struct kube_pointer {
    kube_token_t *tokens;
    size_t count; /* 0: the whole document */
} kube_pointer_t;

/* Splits the text of a string value. False: malformed, or no memory. */
bool kube_pointer_parse(kube_tree_t *tree, const kube_value_t *string, kube_pointer_t *out);
/* The index a token means in a list of `len` items, "-" being `len`; SIZE_MAX when it is none (letters, leading zeros,
 * signs, more than len). */
size_t kube_token_index(const kube_token_t *token, size_t len);
/* What one token leads to, or NULL. */
kube_value_t *kube_pointer_step(kube_value_t *value, const kube_token_t *token);
/* What the first `count` tokens lead to, or NULL. */
kube_value_t *kube_pointer_walk(kube_value_t *document, const kube_pointer_t *pointer, size_t count);

#endif
