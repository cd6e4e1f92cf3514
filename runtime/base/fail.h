/* Filling in kube_error_t. err may be NULL everywhere. */
#ifndef KUBE_BASE_FAIL_H
#define KUBE_BASE_FAIL_H

#include <kube/error.h>

/* All zero: what an entry point does first. */
void kube_error_reset(kube_error_t *err);
/* Sets code and message (one line, cut at a character boundary), leaves the other details as they are; returns code. */
int kube_fail(kube_error_t *err, int code, const char *format, ...) KUBE_FORMAT(3, 4);
/* The usual one. */
int kube_fail_memory(kube_error_t *err);
/* Copies text into a fixed array of size bytes, cut at a character boundary. */
void kube_copy_cut(char *to, size_t size, const char *text, size_t len);

#endif
