/* The inside of a cancel token. */
#ifndef KUBE_HTTP_CANCEL_H
#define KUBE_HTTP_CANCEL_H

#include "http/engine.h"

/* Adds a waiter to those that the token ends, taking a reference; returns whether the token was tripped already. */
bool kube_cancel_join(kube_cancel_t *cancel, kube_waiter_t *waiter);
/* Takes it out again. After that the token does not touch the waiter any more. */
void kube_cancel_leave(kube_cancel_t *cancel, kube_waiter_t *waiter);

#endif
