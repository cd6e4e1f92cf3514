#include "http/sigpipe.h"

#include <stddef.h>

static bool is_pending(void)
{
    sigset_t pending;
    sigemptyset(&pending);
    return sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
}

static void only_sigpipe(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGPIPE);
}

void kube_sigpipe_block(kube_sigpipe_t *state)
{
    sigset_t set;
    only_sigpipe(&set);
    pthread_sigmask(SIG_BLOCK, &set, &state->mask_before);
    state->pending_before = is_pending();
}

void kube_sigpipe_restore(const kube_sigpipe_t *state)
{
    if (!state->pending_before && is_pending()) {
        sigset_t set;
        int signal_number;
        only_sigpipe(&set);
        sigwait(&set, &signal_number);
    }
    pthread_sigmask(SIG_SETMASK, &state->mask_before, NULL);
}
