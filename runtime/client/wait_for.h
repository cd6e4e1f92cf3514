/* What functions that are waited for have in common. */
#ifndef KUBE_CLIENT_WAIT_FOR_H
#define KUBE_CLIENT_WAIT_FOR_H

#include <kube/wait.h>

/* Sets view->state; returns code. */
int kube_wait_say(kube_wait_view_t *view, int code, const char *format, ...) KUBE_FORMAT(3, 4);
/* What to return of an object that is not there. */
int kube_wait_missing(kube_wait_view_t *view);

#endif
