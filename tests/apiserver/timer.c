/* Sleeping exchanges: a heap of deadlines, and an epoll set that tells which clients went away. */
#include <microhttpd.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "state.h"

/* ---- the heap ---- */

static void place(ts_timer_t *timer, size_t i, ts_exchange_t *exchange)
{
    timer->heap[i] = exchange;
    exchange->timer_index = i;
}

static void sift(ts_timer_t *timer, size_t i, ts_exchange_t *exchange)
{
    while (i > 1 && timer->heap[i / 2]->deadline > exchange->deadline) {
        place(timer, i, timer->heap[i / 2]);
        i /= 2;
    }
    for (;;) {
        size_t child = 2 * i;
        if (child < timer->count && timer->heap[child + 1]->deadline < timer->heap[child]->deadline)
            child++;
        if (child > timer->count || timer->heap[child]->deadline >= exchange->deadline)
            break;
        place(timer, i, timer->heap[child]);
        i = child;
    }
    place(timer, i, exchange);
}

static void timer_add(ts_timer_t *timer, ts_exchange_t *exchange)
{
    if (timer->count + 2 > timer->capacity) {
        timer->capacity = timer->capacity ? timer->capacity * 2 : 64;
        timer->heap = ts_realloc(timer->heap, timer->capacity * sizeof *timer->heap);
    }
    timer->count++;
    sift(timer, timer->count, exchange);
}

static void timer_remove(ts_timer_t *timer, ts_exchange_t *exchange)
{
    size_t i = exchange->timer_index;
    if (i == 0)
        return;
    ts_exchange_t *last = timer->heap[timer->count--];
    if (last != exchange)
        sift(timer, i, last);
    exchange->timer_index = 0;
}

/* ---- sleeping and waking ---- */

static bool peer_closed(int fd)
{
    struct pollfd peer = { .fd = fd, .events = POLLRDHUP };
    return poll(&peer, 1, 0) > 0 && peer.revents & (POLLRDHUP | POLLHUP | POLLERR);
}

void ts_exchange_sleep(ts_exchange_t *exchange, int64_t deadline, ts_exchange_t **waiting)
{
    exchange->asleep = true;
    if (peer_closed(exchange->fd)) { /* the timer's epoll set has told so already, and will not again */
        exchange->gone = true;
        deadline = ts_monotonic_ms();
    }
    exchange->deadline = deadline;
    if (deadline) {
        timer_add(&exchange->server->timer, exchange);
        if (exchange->timer_index == 1)
            ts_timer_nudge(exchange->server);
    }
    if (waiting) {
        exchange->next_waiting = *waiting;
        exchange->waiting_link = waiting;
        if (*waiting)
            (*waiting)->waiting_link = &exchange->next_waiting;
        *waiting = exchange;
    }
    MHD_suspend_connection(exchange->connection);
}

void ts_exchange_wake(ts_exchange_t *exchange)
{
    if (!exchange->asleep)
        return;
    exchange->asleep = false;
    timer_remove(&exchange->server->timer, exchange);
    if (exchange->waiting_link) {
        *exchange->waiting_link = exchange->next_waiting;
        if (exchange->next_waiting)
            exchange->next_waiting->waiting_link = exchange->waiting_link;
        exchange->next_waiting = NULL;
        exchange->waiting_link = NULL;
    }
    MHD_resume_connection(exchange->connection);
}

void ts_wake_all(ts_exchange_t **waiting)
{
    while (*waiting)
        ts_exchange_wake(*waiting);
}

/* ---- the thread ---- */

void ts_timer_nudge(kube_test_server_t *server)
{
    uint64_t one = 1;
    if (write(server->timer.event_fd, &one, sizeof one) < 0)
        return; /* the counter is full: it wakes anyway */
}

/* A client that has closed its end while its request sleeps will not read the reply. */
static void client_gone(kube_test_server_t *server, int fd)
{
    ts_exchange_t *exchange = (size_t)fd < server->timer.by_fd_size ? server->timer.by_fd[fd] : NULL;
    if (!exchange || !exchange->asleep || !peer_closed(fd))
        return;
    exchange->gone = true;
    ts_exchange_wake(exchange);
}

static int wait_ms(kube_test_server_t *server)
{
    int64_t now = ts_monotonic_ms(), next = ts_controllers_run(server, now);
    ts_timer_t *timer = &server->timer;
    while (timer->count > 0 && timer->heap[1]->deadline <= now)
        ts_exchange_wake(timer->heap[1]);
    if (timer->count > 0 && (next == 0 || timer->heap[1]->deadline < next))
        next = timer->heap[1]->deadline;
    if (next == 0)
        return -1;
    return next <= now ? 0 : next - now > 60000 ? 60000 : (int)(next - now);
}

static void *run(void *userdata)
{
    kube_test_server_t *server = userdata;
    pthread_mutex_lock(&server->lock);
    while (!server->stopping) {
        struct epoll_event events[64];
        int timeout = wait_ms(server);
        pthread_mutex_unlock(&server->lock);
        int count = epoll_wait(server->timer.epoll_fd, events, 64, timeout);
        pthread_mutex_lock(&server->lock);
        for (int i = 0; i < count; i++) {
            uint64_t value;
            if (events[i].data.fd != server->timer.event_fd)
                client_gone(server, events[i].data.fd);
            else if (read(server->timer.event_fd, &value, sizeof value) < 0)
                continue; /* somebody else's nudge was read already */
        }
    }
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

int ts_timer_start(kube_test_server_t *server)
{
    ts_timer_t *timer = &server->timer;
    timer->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    timer->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = { .events = EPOLLIN, .data.fd = timer->event_fd };
    if (timer->epoll_fd < 0 || timer->event_fd < 0 || epoll_ctl(timer->epoll_fd, EPOLL_CTL_ADD, timer->event_fd, &event) != 0)
        return KUBE_E_NO_MEMORY;
    if (pthread_create(&timer->thread, NULL, run, server) != 0)
        return KUBE_E_NO_MEMORY;
    timer->started = true;
    return KUBE_OK;
}

void ts_timer_stop(kube_test_server_t *server)
{
    ts_timer_t *timer = &server->timer;
    if (timer->started) {
        ts_timer_nudge(server);
        pthread_join(timer->thread, NULL);
    }
    if (timer->epoll_fd >= 0)
        close(timer->epoll_fd);
    if (timer->event_fd >= 0)
        close(timer->event_fd);
    free(timer->heap);
    free(timer->by_fd);
}
