#include "http/sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

/* Ready sockets taken at once. */
#define BATCH 64

struct kube_socket {
    unsigned wanted;  /* what it is to be watched for; 0: nothing comes of it */
    unsigned watched; /* what the system watches it for; 0: it is not in the system's set */
    unsigned tag;
};

/* ---- what differs between systems ---- */

#ifdef __linux__

#include <sys/epoll.h>

static int open_set(void)
{
    return epoll_create1(EPOLL_CLOEXEC);
}

static bool change(int set, int fd, unsigned from, unsigned to)
{
    struct epoll_event event = { .data.fd = fd };
    event.events = (to & KUBE_SOCKET_IN ? (uint32_t)EPOLLIN : 0) | (to & KUBE_SOCKET_OUT ? (uint32_t)EPOLLOUT : 0);
    int operation = to == 0 ? EPOLL_CTL_DEL : from == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (epoll_ctl(set, operation, fd, &event) == 0 || to == 0)
        return true;
    /* A number that was closed behind our back and came again. */
    int other = errno == EEXIST ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    return (errno == EEXIST || errno == ENOENT) && epoll_ctl(set, other, fd, &event) == 0;
}

static int ready_now(int set, kube_socket_event_t *events, int most)
{
    struct epoll_event ready[BATCH];
    int count = epoll_wait(set, ready, most < BATCH ? most : BATCH, 0);
    for (int i = 0; i < count; i++) {
        uint32_t bits = ready[i].events;
        events[i] = (kube_socket_event_t){ .fd = ready[i].data.fd };
        events[i].what = (bits & (EPOLLIN | EPOLLHUP) ? KUBE_SOCKET_IN : 0u) | (bits & EPOLLOUT ? KUBE_SOCKET_OUT : 0u) |
                         (bits & EPOLLERR ? KUBE_SOCKET_ERROR : 0u);
    }
    return count;
}

#else

#include <sys/event.h>
#include <sys/time.h>

static int open_set(void)
{
    int set = kqueue();
    if (set >= 0)
        fcntl(set, F_SETFD, FD_CLOEXEC);
    return set;
}

static bool change_filter(int set, int fd, short filter, bool wanted)
{
    struct kevent event;
    EV_SET(&event, (uintptr_t)fd, filter, wanted ? EV_ADD : EV_DELETE, 0, 0, NULL);
    return kevent(set, &event, 1, NULL, 0, NULL) == 0 || !wanted;
}

static bool change(int set, int fd, unsigned from, unsigned to)
{
    unsigned changed = from ^ to;
    bool in = !(changed & KUBE_SOCKET_IN) || change_filter(set, fd, EVFILT_READ, (to & KUBE_SOCKET_IN) != 0);
    bool out = !(changed & KUBE_SOCKET_OUT) || change_filter(set, fd, EVFILT_WRITE, (to & KUBE_SOCKET_OUT) != 0);
    return in && out;
}

static int ready_now(int set, kube_socket_event_t *events, int most)
{
    struct kevent ready[BATCH];
    struct timespec at_once = { 0 };
    int count = kevent(set, NULL, 0, ready, most < BATCH ? most : BATCH, &at_once);
    for (int i = 0; i < count; i++)
        events[i] = (kube_socket_event_t){ .fd = (int)ready[i].ident, .what = ready[i].filter == EVFILT_READ ? KUBE_SOCKET_IN : KUBE_SOCKET_OUT };
    return count;
}

#endif

/* ---- the set ---- */

bool kube_sockets_open(kube_sockets_t *sockets)
{
    *sockets = (kube_sockets_t){ .fd = open_set() };
    return sockets->fd >= 0;
}

void kube_sockets_close(kube_sockets_t *sockets)
{
    if (sockets->fd >= 0)
        close(sockets->fd);
    kube_mem_free(sockets->items);
    *sockets = (kube_sockets_t){ .fd = -1 };
}

static bool make_room(kube_sockets_t *sockets, size_t count)
{
    if (count <= sockets->count)
        return true;
    size_t more = count + count / 2 + 16;
    struct kube_socket *items = kube_mem_realloc(sockets->items, more * sizeof *items);
    if (!items)
        return false;
    memset(items + sockets->count, 0, (more - sockets->count) * sizeof *items);
    sockets->items = items;
    sockets->count = more;
    return true;
}

bool kube_sockets_set(kube_sockets_t *sockets, int fd, unsigned tag, unsigned what)
{
    if (what == 0 && (size_t)fd >= sockets->count)
        return true;
    if (!make_room(sockets, (size_t)fd + 1))
        return false;
    struct kube_socket *socket = &sockets->items[fd];
    socket->wanted = what;
    socket->tag = tag;
    if (what == 0 || what == socket->watched)
        return true;
    bool changed = change(sockets->fd, fd, socket->watched, what);
    socket->watched = changed ? what : 0;
    return changed;
}

static void take_out(kube_sockets_t *sockets, int fd)
{
    struct kube_socket *socket = &sockets->items[fd];
    if (socket->watched)
        change(sockets->fd, fd, socket->watched, 0);
    *socket = (struct kube_socket){ 0 };
}

void kube_sockets_forget(kube_sockets_t *sockets, int fd)
{
    if (fd >= 0 && (size_t)fd < sockets->count)
        take_out(sockets, fd);
}

int kube_sockets_ready(kube_sockets_t *sockets, kube_socket_event_t *events, int most)
{
    int count = ready_now(sockets->fd, events, most), wanted = 0;
    for (int i = 0; i < count; i++) {
        const struct kube_socket *socket = &sockets->items[events[i].fd];
        if (socket->wanted) {
            events[wanted] = events[i];
            events[wanted++].tag = socket->tag;
        } else {
            /* The server has closed a connection that waits, or says what nobody asked for: it would be ready for ever. */
            take_out(sockets, events[i].fd);
        }
    }
    return wanted;
}
