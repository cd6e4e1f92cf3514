/* Text from elsewhere that people will read: in messages, on a terminal. */
#ifndef KUBE_BASE_PRINTABLE_H
#define KUBE_BASE_PRINTABLE_H

#include <kube/memory.h>

/* Appends text with each control character, C1 and line separators included, as a space. What is not UTF-8 becomes "?". */
void kube_put_printable(kube_buffer_t *buffer, const char *text);
/* The same where the text is. It never becomes longer. */
void kube_make_printable(char *text);

#endif
