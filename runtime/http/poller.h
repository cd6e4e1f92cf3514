/* Waiting for one descriptor, a wake-up from another thread, or a moment: the only place that knows epoll and kqueue. */
#ifndef KUBE_HTTP_POLLER_H
#define KUBE_HTTP_POLLER_H

#include <kube/error.h>

typedef struct kube_poller {
    int fd;       /* readable when one of what it waits for has come: the descriptor handed to hosts */
    int wake[2];  /* read end, write end; the same on Linux */
    int timer;    /* Linux: a timerfd, if asked for; else -1 */
} kube_poller_t;

/* All closed. */
#define KUBE_POLLER_NONE { -1, { -1, -1 }, -1 }

/* watched: the descriptor to wait for, -1: none. timer: moments are to make fd readable too (kube_poller_arm). */
int kube_poller_open(kube_poller_t *poller, int watched, bool timer, kube_error_t *err);
void kube_poller_close(kube_poller_t *poller);
/* Makes the wait of another thread, or the next one, return. */
void kube_poller_wake(kube_poller_t *poller);
/* Waits for at most `us` microseconds, negative: for ever; returns whether the watched descriptor is readable. Takes wake-ups back. */
bool kube_poller_wait(kube_poller_t *poller, int64_t us);
/* Has fd become readable after `us` microseconds; negative: never. */
void kube_poller_arm(kube_poller_t *poller, int64_t us);

#endif
