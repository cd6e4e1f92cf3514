/* Points in time as RFC 3339 text, for the codecs: no locale, no time zone data, no allocation. The public face is kube/time.h. */
#ifndef KUBE_BASE_TIME_H
#define KUBE_BASE_TIME_H

#include <kube/time.h>

/* Reads the whole of text; false, and *out untouched, when it is not a time. What is accepted: kube_time_from_text. */
bool kube_time_parse(const char *text, size_t len, kube_time_t *out);
/* Writes whole seconds, or with `micro` six digits of a second: KUBE_TIME_TEXT_SIZE - 1 bytes at most, no NUL. Returns how many. */
size_t kube_time_write(char *to, kube_time_t time, bool micro);

#endif
