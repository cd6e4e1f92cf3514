/* How label selectors are put together: by the parser, and from API objects. */
#ifndef KUBE_OBJECT_LABEL_SELECTOR_H
#define KUBE_OBJECT_LABEL_SELECTOR_H

#include <kube/selector.h>

#include "base/span.h"

typedef enum kube_label_operator {
    KUBE_LABEL_EXISTS,
    KUBE_LABEL_DOES_NOT_EXIST,
    KUBE_LABEL_EQUALS,
    KUBE_LABEL_DOUBLE_EQUALS,
    KUBE_LABEL_NOT_EQUALS,
    KUBE_LABEL_IN,
    KUBE_LABEL_NOT_IN,
    KUBE_LABEL_GREATER,
    KUBE_LABEL_LESS
} kube_label_operator_t;

/* An empty selector, or NULL: no memory. */
kube_label_selector_t *kube_label_selector_new(bool nothing);
/*
 * Adds a requirement; everything is copied, values in any order. Errors: KUBE_E_NO_MEMORY; KUBE_E_INVALID, *bad then is key or
 * the one of values that is not allowed, or NULL when it is the number of values.
 */
int kube_label_selector_add(kube_label_selector_t *selector, const kube_span_t *key, kube_label_operator_t operation,
                            const kube_span_t *values, size_t count, const kube_span_t **bad, kube_error_t *err);
/* Sorts the requirements and writes the text, after the last one. Errors: KUBE_E_NO_MEMORY. */
int kube_label_selector_finish(kube_label_selector_t *selector, kube_error_t *err);

#endif
