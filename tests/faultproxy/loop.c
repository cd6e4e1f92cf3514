/* The proxy's thread. */
#include "proxy.h"
#include "sockets.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPT_AGAIN_MS 10 /* when descriptors or memory ran out */

void faultproxy_wake(faultproxy_t *proxy)
{
    while (write(proxy->wake[1], "", 1) < 0 && errno == EINTR)
        ;
}

int faultproxy_open_listener(faultproxy_t *proxy)
{
    int fd = faultproxy_socket_bound(proxy->port);
    if (fd >= 0 && listen(fd, SOMAXCONN) == 0) {
        proxy->listener = fd;
        return 0;
    }
    int failure = errno;
    if (fd >= 0)
        close(fd);
    return failure;
}

static void handle_requests(faultproxy_t *proxy, int64_t now)
{
    if (proxy->requested == proxy->handled)
        return;
    if (proxy->listening && proxy->listener < 0)
        proxy->listen_error = faultproxy_open_listener(proxy);
    if (!proxy->listening && proxy->listener >= 0) {
        close(proxy->listener);
        proxy->listener = -1;
    }
    for (faultproxy_link_t *link = proxy->links; link && proxy->drop_which != FAULTPROXY_NEXT; link = link->next)
        if (faultproxy_link_open(link) && faultproxy_means(proxy->drop_which, link->number))
            faultproxy_link_drop(link, proxy->drop_reset, now);
    proxy->drop_which = FAULTPROXY_NEXT;
    proxy->handled = proxy->requested;
}

static void take_in(faultproxy_t *proxy, int fd)
{
    bool refuse = false;
    faultproxy_link_t *link = faultproxy_link_new(++proxy->counters.accepted, fd);
    if (!link || faultproxy_rules_apply(proxy, link, &refuse) != 0 || refuse) {
        proxy->counters.refused += refuse;
        proxy->counters.faults += refuse;
        if (link)
            faultproxy_link_free(link);
        return;
    }
    faultproxy_link_connect(link, proxy->addresses, &proxy->counters);
    link->next = proxy->links;
    proxy->links = link;
}

static void accept_all(faultproxy_t *proxy, int64_t now)
{
    int fd;
    while ((fd = faultproxy_socket_accept(proxy->listener)) >= 0)
        take_in(proxy, fd);
    bool exhausted = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    proxy->accept_again = exhausted ? now + ACCEPT_AGAIN_MS : 0;
}

static void step_all(faultproxy_t *proxy, int64_t now)
{
    proxy->counters.open = 0;
    for (faultproxy_link_t **at = &proxy->links; *at;) {
        faultproxy_link_t *link = *at;
        if (link->wake <= now)
            faultproxy_link_step(link, now, &proxy->counters);
        proxy->counters.open += faultproxy_link_open(link);
        if (link->state != FAULTPROXY_GONE) {
            at = &link->next;
            continue;
        }
        *at = link->next;
        faultproxy_link_free(link);
    }
}

/* The list that poll is given: the pipe, the listener, two entries for each connection. Returns its length, 0 without memory. */
static size_t list_descriptors(faultproxy_t *proxy)
{
    size_t count = 2;
    for (faultproxy_link_t *link = proxy->links; link; link = link->next)
        count += 2;
    if (count > proxy->fd_room) {
        struct pollfd *fds = realloc(proxy->fds, 2 * count * sizeof(*fds));
        if (!fds)
            return 0;
        proxy->fds = fds;
        proxy->fd_room = 2 * count;
    }
    proxy->fds[0] = (struct pollfd){ .fd = proxy->wake[0], .events = POLLIN };
    proxy->fds[1] = (struct pollfd){ .fd = proxy->accept_again ? -1 : proxy->listener, .events = POLLIN };
    count = 2;
    for (faultproxy_link_t *link = proxy->links; link; link = link->next, count += 2)
        faultproxy_link_watch(link, &proxy->fds[count]);
    return count;
}

/* How long poll may sleep, in milliseconds. */
static int time_to_sleep(const faultproxy_t *proxy, int64_t now)
{
    int64_t wake = proxy->accept_again ? proxy->accept_again : FAULTPROXY_NEVER;
    for (const faultproxy_link_t *link = proxy->links; link; link = link->next)
        wake = link->wake < wake ? link->wake : wake;
    if (wake == FAULTPROXY_NEVER)
        return -1;
    return wake <= now ? 0 : wake - now > 60000 ? 60000 : (int)(wake - now);
}

static void empty_pipe(faultproxy_t *proxy)
{
    char bytes[64];
    while (read(proxy->wake[0], bytes, sizeof(bytes)) > 0)
        ;
}

/* Polls, without the lock: nobody but this thread opens, closes, adds or removes connections. */
static void sleep_until_something(faultproxy_t *proxy)
{
    size_t count = list_descriptors(proxy);
    int timeout = count > 0 ? time_to_sleep(proxy, faultproxy_now()) : ACCEPT_AGAIN_MS;
    pthread_mutex_unlock(&proxy->lock);
    int ready = poll(proxy->fds, (nfds_t)count, timeout);
    pthread_mutex_lock(&proxy->lock);
    if (ready <= 0)
        return;
    if (proxy->fds[0].revents != 0)
        empty_pipe(proxy);
    size_t i = 2;
    for (faultproxy_link_t *link = proxy->links; link; link = link->next, i += 2)
        faultproxy_link_noticed(link, &proxy->fds[i]);
}

void *faultproxy_loop(void *argument)
{
    faultproxy_t *proxy = argument;
    pthread_mutex_lock(&proxy->lock);
    while (!proxy->stopping) {
        int64_t now = faultproxy_now();
        if (proxy->listener >= 0 && now >= proxy->accept_again)
            accept_all(proxy, now);
        handle_requests(proxy, now);
        step_all(proxy, now);
        pthread_cond_broadcast(&proxy->happened);
        sleep_until_something(proxy);
    }
    pthread_mutex_unlock(&proxy->lock);
    return NULL;
}
