/* Keeping SIGPIPE from a program that did not ask for it, without touching its handlers. */
#ifndef KUBE_HTTP_SIGPIPE_H
#define KUBE_HTTP_SIGPIPE_H

#include <signal.h>
#include <stdbool.h>

typedef struct kube_sigpipe {
    sigset_t mask_before;
    bool pending_before;
} kube_sigpipe_t;

/* Blocks SIGPIPE in this thread. */
void kube_sigpipe_block(kube_sigpipe_t *state);
/* Takes back a SIGPIPE that was raised since, and restores the thread's mask. */
void kube_sigpipe_restore(const kube_sigpipe_t *state);

#endif
