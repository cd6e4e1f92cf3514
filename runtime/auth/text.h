/* Text that comes from configurations and plugins and goes into headers and messages. */
#ifndef KUBE_AUTH_TEXT_H
#define KUBE_AUTH_TEXT_H

#include <kube/memory.h>

/* Whether there is a character in it that no header can have. */
bool kube_has_control(const char *text);
/* Appends bytes and leaves no copies in memory that was given back. */
bool kube_append_secret(kube_buffer_t *buffer, const char *bytes, size_t len);
/*
 * Appends "Bearer " and the token, with white space around it removed. where: for messages. Errors: KUBE_E_CONFIG,
 * KUBE_E_NO_MEMORY.
 */
int kube_bearer_value(const char *token, size_t len, const char *where, kube_buffer_t *out, kube_error_t *err);

#endif
