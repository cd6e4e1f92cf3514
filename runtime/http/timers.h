/* Waiters by the moment they want to be woken: a binary heap. */
#ifndef KUBE_HTTP_TIMERS_H
#define KUBE_HTTP_TIMERS_H

#include "http/engine.h"

/* All zero is an empty one. */
typedef struct kube_timers {
    kube_waiter_t **items; /* the earliest first */
    size_t len;
    size_t capacity;
} kube_timers_t;

/* Makes room for one more waiter: false when memory is exhausted. */
bool kube_timers_reserve(kube_timers_t *timers, size_t count);
/* Sets a waiter's moment; KUBE_NEVER takes it out. There must be room. */
void kube_timers_set(kube_timers_t *timers, kube_waiter_t *waiter, int64_t due);
/* The earliest moment; KUBE_NEVER: none. */
int64_t kube_timers_first(const kube_timers_t *timers);
/* Takes out the earliest waiter whose moment is not after now; NULL: none. */
kube_waiter_t *kube_timers_take(kube_timers_t *timers, int64_t now);
void kube_timers_dispose(kube_timers_t *timers);

#endif
