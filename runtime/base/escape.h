/* Percent-encoding. */
#ifndef KUBE_BASE_ESCAPE_H
#define KUBE_BASE_ESCAPE_H

#include <kube/memory.h>

/* Appends text with all bytes but letters, digits, "-._~" and those in `also` percent-encoded. */
void kube_escape(kube_buffer_t *buffer, const char *text, const char *also);

#endif
