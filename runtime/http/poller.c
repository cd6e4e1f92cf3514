#include "http/poller.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"

/* What an event was registered for. */
enum { WATCHED = 1, WAKE, TIMER };

/* Longer waits are cut: whoever waits looks again. */
#define WAIT_MAX_US ((int64_t)3600 * 1000000)

static int fail_open(kube_poller_t *poller, kube_error_t *err)
{
    int reason = errno;
    kube_poller_close(poller);
    return kube_fail(err, KUBE_E_IO, "no descriptors to wait with: %s", strerror(reason));
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

#ifdef __linux__

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

static bool add(kube_poller_t *poller, int fd, uint32_t what)
{
    struct epoll_event event = { .events = EPOLLIN, .data.u32 = what };
    return fd >= 0 && epoll_ctl(poller->fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

int kube_poller_open(kube_poller_t *poller, int watched, bool timer, kube_error_t *err)
{
    *poller = (kube_poller_t)KUBE_POLLER_NONE;
    poller->fd = epoll_create1(EPOLL_CLOEXEC);
    poller->wake[0] = poller->wake[1] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (timer)
        poller->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (poller->fd < 0 || !add(poller, poller->wake[0], WAKE) || (timer && !add(poller, poller->timer, TIMER)) ||
        (watched >= 0 && !add(poller, watched, WATCHED)))
        return fail_open(poller, err);
    return KUBE_OK;
}

void kube_poller_close(kube_poller_t *poller)
{
    close_fd(&poller->fd);
    close_fd(&poller->wake[0]);
    close_fd(&poller->timer);
    poller->wake[1] = -1;
}

void kube_poller_wake(kube_poller_t *poller)
{
    uint64_t one = 1;
    /* It can only fail when the counter is full, and then the poller is awake. */
    (void)!write(poller->wake[1], &one, sizeof one);
}

bool kube_poller_wait(kube_poller_t *poller, int64_t us)
{
    struct epoll_event events[3];
    /* Rounded up: to wake too early would only be to wait again. */
    int timeout = us < 0 ? -1 : (int)(((us < WAIT_MAX_US ? us : WAIT_MAX_US) + 999) / 1000);
    int count = epoll_wait(poller->fd, events, 3, timeout);
    bool readable = false;
    for (int i = 0; i < count; i++) {
        uint64_t value;
        if (events[i].data.u32 == WATCHED)
            readable = true;
        else
            (void)!read(events[i].data.u32 == WAKE ? poller->wake[0] : poller->timer, &value, sizeof value);
    }
    return readable;
}

void kube_poller_arm(kube_poller_t *poller, int64_t us)
{
    if (us > WAIT_MAX_US)
        us = WAIT_MAX_US;
    /* A zero would disarm it. */
    int64_t left = us < 0 ? 0 : us ? us : 1;
    struct itimerspec when = { .it_value = { .tv_sec = left / 1000000, .tv_nsec = left % 1000000 * 1000 } };
    timerfd_settime(poller->timer, 0, &when, NULL);
}

#else

#include <sys/event.h>
#include <sys/time.h>

static bool change(kube_poller_t *poller, uintptr_t ident, short filter, unsigned short flags, intptr_t data)
{
    struct kevent event;
    EV_SET(&event, ident, filter, flags, 0, data, NULL);
    return kevent(poller->fd, &event, 1, NULL, 0, NULL) == 0;
}

int kube_poller_open(kube_poller_t *poller, int watched, bool timer, kube_error_t *err)
{
    (void)timer;
    *poller = (kube_poller_t)KUBE_POLLER_NONE;
    poller->fd = kqueue();
    if (poller->fd < 0 || pipe(poller->wake) != 0)
        return fail_open(poller, err);
    fcntl(poller->fd, F_SETFD, FD_CLOEXEC);
    for (int i = 0; i < 2; i++) {
        fcntl(poller->wake[i], F_SETFD, FD_CLOEXEC);
        fcntl(poller->wake[i], F_SETFL, O_NONBLOCK);
    }
    if (!change(poller, (uintptr_t)poller->wake[0], EVFILT_READ, EV_ADD, 0) ||
        (watched >= 0 && !change(poller, (uintptr_t)watched, EVFILT_READ, EV_ADD, 0)))
        return fail_open(poller, err);
    return KUBE_OK;
}

void kube_poller_close(kube_poller_t *poller)
{
    close_fd(&poller->fd);
    close_fd(&poller->wake[0]);
    close_fd(&poller->wake[1]);
}

void kube_poller_wake(kube_poller_t *poller)
{
    (void)!write(poller->wake[1], "", 1);
}

bool kube_poller_wait(kube_poller_t *poller, int64_t us)
{
    struct kevent events[3];
    if (us > WAIT_MAX_US)
        us = WAIT_MAX_US;
    struct timespec timeout = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };
    int count = kevent(poller->fd, NULL, 0, events, 3, us < 0 ? NULL : &timeout);
    bool readable = false;
    for (int i = 0; i < count; i++) {
        char bytes[64];
        if (events[i].filter == EVFILT_TIMER)
            continue;
        if (events[i].ident != (uintptr_t)poller->wake[0])
            readable = true;
        else
            while (read(poller->wake[0], bytes, sizeof bytes) == (ssize_t)sizeof bytes)
                continue;
    }
    return readable;
}

void kube_poller_arm(kube_poller_t *poller, int64_t us)
{
    if (us < 0)
        change(poller, TIMER, EVFILT_TIMER, EV_DELETE, 0);
    else
        change(poller, TIMER, EVFILT_TIMER, EV_ADD | EV_ONESHOT, (intptr_t)((us < WAIT_MAX_US ? us : WAIT_MAX_US) / 1000 + 1));
}

#endif
