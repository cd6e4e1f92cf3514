/* What a server puts into Warning headers (RFC 9111, section 5.5): deprecated APIs, unknown fields. */
#ifndef KUBE_CLIENT_WARNING_H
#define KUBE_CLIENT_WARNING_H

#include <stdbool.h>

/* One warning. Kubernetes sends code 299. */
typedef struct kube_warning {
    int code;          /* 0 to 999 */
    const char *agent; /* "-" when the server does not say who it is */
    const char *text;  /* unquoted; control characters became spaces, so that it is one line */
} kube_warning_t;

/*
 * Takes the next warning out of the value of a header, *at, which is overwritten: *out points into it, and *at moves on. What
 * is no warning is passed over, up to the next comma. False, *out untouched: there are no more.
 */
bool kube_warning_next(char **at, kube_warning_t *out);

#endif
