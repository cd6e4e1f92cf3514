/* Whole numbers in decimal, as Go's strconv.ParseInt reads them: an optional sign and digits, nothing else. */
#ifndef KUBE_BASE_DECIMAL_H
#define KUBE_BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum kube_decimal {
    KUBE_DECIMAL_OK,
    KUBE_DECIMAL_RANGE, /* well-formed, but out of range: *out is INT64_MIN or INT64_MAX */
    KUBE_DECIMAL_SYNTAX /* *out is 0 */
} kube_decimal_t;

kube_decimal_t kube_decimal_parse(const char *text, size_t len, int64_t *out);

#endif
