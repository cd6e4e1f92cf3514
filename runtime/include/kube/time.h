/* Points in time (meta/v1 Time and MicroTime): reading and writing RFC 3339, comparing, the clock. */
#ifndef KUBE_TIME_H
#define KUBE_TIME_H

#include <kube/error.h>
#include <kube/value.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that any time takes as text, its NUL included. */
#define KUBE_TIME_TEXT_SIZE 40

/*
 * Reads the whole of text (len bytes) as RFC 3339, the way Go reads what a Kubernetes API server is sent: `T` and `Z` in upper case,
 * years 0000 to 9999, second 60 refused; beyond the RFC, an hour of one digit, a comma before the fraction, and zone offsets up to 24:60
 * are accepted. Any number of fraction digits is read, those after the ninth are dropped. The result is UTC and has its presence set.
 * A server takes a MicroTime only with exactly six fraction digits; this function, like the decoder, takes any.
 * Returns KUBE_OK, KUBE_E_PARSE (out is untouched) or KUBE_E_USAGE for NULL. Thread-safe.
 */
KUBE_API int kube_time_from_text(const char *text, size_t len, kube_time_t *out);

/*
 * Writes a time as a Kubernetes API server does, NUL-terminated: whole seconds as in "2026-01-02T15:04:05Z" (Time), the fraction cut off.
 * Years outside 0000 to 9999 take the digits and the sign they need. Returns the length in bytes without the NUL, or KUBE_E_USAGE for
 * NULL and for an absent time, or KUBE_E_LIMIT when size is too small (KUBE_TIME_TEXT_SIZE always suffices). Thread-safe.
 */
KUBE_API int kube_time_to_text(const kube_time_t *time, char *out, size_t size);
/* The same with six fraction digits, "2026-01-02T15:04:05.000000Z" (MicroTime). */
KUBE_API int kube_time_to_text_micro(const kube_time_t *time, char *out, size_t size);

/* Negative, 0 or positive as a is before, at, or after b; an absent time (and NULL) is before every other. Thread-safe. */
KUBE_API int kube_time_compare(const kube_time_t *a, const kube_time_t *b);

/* The present, by the system's real-time clock. Thread-safe. */
KUBE_API kube_time_t kube_time_now(void);

#ifdef __cplusplus
}
#endif
#endif
