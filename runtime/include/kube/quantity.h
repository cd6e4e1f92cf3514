/*
 * Quantities ("500m", "1.5Gi", "12e6"): exact arithmetic on the texts that resources and limits hold, with the values and the canonical
 * form of Go's resource.Quantity. tests/golden/scalars proves the agreement case by case; where Go itself is wrong it differs:
 *
 * - A server echoes some texts as it was sent them ("+1", "01", "1.500", "1E3" where "1e3" is canonical). The functions here always
 *   write the canonical form; both say the same value.
 * - Beyond the suffixes E and Ei Go prints a number without its power of ten ("1000E" as "1"). Here such a value is written with an
 *   exponent ("1e21"), or with a larger number of Ei.
 * - A conversion to int64_t that does not fit is an error here, and zero or wrapped in Go. Rounding is away from zero for negative values
 *   too (Go rounds some towards zero).
 * - Exponents beyond 32 bits are refused here, and wrapped around in Go.
 *
 * As in Go, values are rounded away from zero to whole billionths ("0.1n" is "1n"), and a number with a binary suffix is at most 2^63-1.
 * No function allocates. All are thread-safe for values that nobody changes at the same time.
 */
#ifndef KUBE_QUANTITY_H
#define KUBE_QUANTITY_H

#include <kube/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The family of suffixes that a quantity is written with. */
typedef enum kube_quantity_format {
    KUBE_QUANTITY_DECIMAL_SI = 0,      /* n u m "" k M G T P E */
    KUBE_QUANTITY_BINARY_SI = 1,       /* Ki Mi Gi Ti Pi Ei */
    KUBE_QUANTITY_DECIMAL_EXPONENT = 2 /* e3 */
} kube_quantity_format_t;

/*
 * A quantity: (-1 if negative) x (high x 2^64 + low) x 10^scale. All-zero is 0. A plain value: copy it, keep it on the stack.
 * The mantissa holds any 38 decimal digits, beside any number of zeros at their end; what would need more is KUBE_E_LIMIT.
 */
typedef struct kube_quantity {
    uint64_t high;
    uint64_t low;
    int32_t scale;
    bool negative;  /* false for zero */
    uint8_t format; /* kube_quantity_format_t */
} kube_quantity_t;

/* Bytes that any quantity takes as text, its NUL included. */
#define KUBE_QUANTITY_TEXT_SIZE 64

/*
 * Reads the whole of text (len bytes; spaces are not skipped). Returns KUBE_OK; KUBE_E_PARSE when it is not a quantity; KUBE_E_LIMIT when
 * it is one with more digits than kube_quantity_t holds; KUBE_E_USAGE for NULL. out is set only on success.
 */
KUBE_API int kube_quantity_parse(const char *text, size_t len, kube_quantity_t *out);

/* value, value / 1000, and value x 10^scale, to be written with the suffixes of format. */
KUBE_API kube_quantity_t kube_quantity_from_int64(int64_t value, kube_quantity_format_t format);
KUBE_API kube_quantity_t kube_quantity_from_milli(int64_t value, kube_quantity_format_t format);
KUBE_API kube_quantity_t kube_quantity_from_scaled(int64_t value, int32_t scale, kube_quantity_format_t format);

/*
 * Writes the canonical form, NUL-terminated: no fraction, the largest suffix that loses nothing. A binary quantity below 1024 or with a
 * fraction is written with decimal suffixes. Returns the length in bytes without the NUL; KUBE_E_LIMIT when size is too small
 * (KUBE_QUANTITY_TEXT_SIZE always suffices); KUBE_E_USAGE for NULL.
 */
KUBE_API int kube_quantity_to_text(const kube_quantity_t *quantity, char *out, size_t size);

/* Negative, 0 or positive as a is less than, equal to, or greater than b. Neither may be NULL. */
KUBE_API int kube_quantity_compare(const kube_quantity_t *a, const kube_quantity_t *b);
/* Whether it is 0; true for NULL. */
KUBE_API bool kube_quantity_is_zero(const kube_quantity_t *quantity);

/*
 * *out = a + b, a - b; out may be a or b. The format is a's, or b's if a is zero. Returns KUBE_OK; KUBE_E_LIMIT when the exact result has
 * more digits than kube_quantity_t holds (out is untouched); KUBE_E_USAGE for NULL.
 */
KUBE_API int kube_quantity_add(const kube_quantity_t *a, const kube_quantity_t *b, kube_quantity_t *out);
KUBE_API int kube_quantity_sub(const kube_quantity_t *a, const kube_quantity_t *b, kube_quantity_t *out);
/* Changes the sign. NULL is allowed. */
KUBE_API void kube_quantity_negate(kube_quantity_t *quantity);

/*
 * The value as an integer, in units (value), thousandths (milli_value) or 10^scale, fractions rounded away from zero: 1500m is 2, 1500 and
 * 2. Returns KUBE_OK; KUBE_E_LIMIT when it does not fit, *out then INT64_MIN or INT64_MAX; KUBE_E_USAGE for NULL.
 */
KUBE_API int kube_quantity_value(const kube_quantity_t *quantity, int64_t *out);
KUBE_API int kube_quantity_milli_value(const kube_quantity_t *quantity, int64_t *out);
KUBE_API int kube_quantity_scaled_value(const kube_quantity_t *quantity, int32_t scale, int64_t *out);

/* Compares the texts of two fields by value, spaces around them skipped as a server does; *result as kube_quantity_compare. Errors as
 * kube_quantity_parse. */
KUBE_API int kube_quantity_compare_text(const char *a, const char *b, int *result);
/* Writes the canonical form of a field's text, spaces around it skipped. Returns and fails as kube_quantity_to_text and kube_quantity_parse. */
KUBE_API int kube_quantity_canonical(const char *text, char *out, size_t size);

#ifdef __cplusplus
}
#endif
#endif
