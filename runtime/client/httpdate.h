/* Dates of HTTP headers (RFC 9110, section 5.6.7), whatever the locale, and what Retry-After says. */
#ifndef KUBE_CLIENT_HTTPDATE_H
#define KUBE_CLIENT_HTTPDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest delay that Retry-After is read as: what RFC 9111, section 1.2.2 has for a delta-seconds too large to hold. */
#define KUBE_RETRY_AFTER_MAX_MS ((int64_t)1000 << 31)

/*
 * Reads the whole of text as one of the three forms of a date, as seconds since 1970: "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday,
 * 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994". A year of two digits is at most 50 years after now_unix (seconds). The
 * day of the week is not compared with the date. False, and *unix_seconds untouched, for everything else.
 */
bool kube_http_date_parse(const char *text, size_t len, int64_t now_unix, int64_t *unix_seconds);

/* Milliseconds from now_unix_ms (since 1970) that a Retry-After of whole seconds, or of a date, asks to wait: from 0, which a
 * date in the past is, to KUBE_RETRY_AFTER_MAX_MS. -1: value is NULL or neither. */
int64_t kube_retry_after_ms(const char *value, int64_t now_unix_ms);

#endif
