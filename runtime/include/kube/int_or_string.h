/* Values that are a number or a string: ports by number or name, limits by number or percentage. */
#ifndef KUBE_INT_OR_STRING_H
#define KUBE_INT_OR_STRING_H

#include <kube/error.h>
#include <kube/value.h>

#ifdef __cplusplus
extern "C" {
#endif

/* All functions are thread-safe while nobody changes the value. NULL stands for an absent value. */

/* A number if text is a decimal number of 32 bits ("80"), else the string; text is borrowed. NULL: absent. */
KUBE_API kube_int_or_string_t kube_int_or_string_from_text(const char *text);

/* The number, or the one that a string spells; 0 when it spells none or the value is absent, INT64_MIN or INT64_MAX when it is too large. */
KUBE_API int64_t kube_int_or_string_value(const kube_int_or_string_t *value);

/*
 * The number, or a percentage ("25%") of total, rounded up or down to a whole number: what rolling updates and disruption budgets do.
 * *out is set only on success. Returns KUBE_OK; KUBE_E_PARSE for a string that is no percentage; KUBE_E_LIMIT when value x total does not
 * fit 64 bits; KUBE_E_USAGE for an absent value or NULL. err: NULL allowed.
 */
KUBE_API int kube_int_or_string_scaled(const kube_int_or_string_t *value, int64_t total, bool round_up, int64_t *out, kube_error_t *err);

/* Whether both are absent, the same number, or the same string; 80 and "80" differ. */
KUBE_API bool kube_int_or_string_equal(const kube_int_or_string_t *a, const kube_int_or_string_t *b);

/*
 * Writes the string, or the number in decimal, NUL-terminated. Returns the length in bytes without the NUL, which is the length needed when
 * it is size or more (the text is then cut, as snprintf does), or KUBE_E_USAGE for an absent value. out may be NULL when size is 0.
 */
KUBE_API int kube_int_or_string_to_text(const kube_int_or_string_t *value, char *out, size_t size);

#ifdef __cplusplus
}
#endif
#endif
