/* What went wrong in attempts that others followed: the error of the last one tells of it, too. */
#ifndef KUBE_CLIENT_EARLIER_H
#define KUBE_CLIENT_EARLIER_H

#include <kube/error.h>

/* Keeps "<name of the code>: <message>" in place of what *kept (NULL: nothing) held, which the owner frees. Without memory the attempt is forgotten. */
void kube_earlier_keep(char **kept, int code, const char *message);
/* Puts a text into err->earlier, as much as fits. */
void kube_earlier_tell(kube_error_t *err, const char *text);

#endif
