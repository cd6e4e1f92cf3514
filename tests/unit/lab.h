/*
 * A transport for tests of what stands on one. Its descriptor is real, so that engines wait for it as for sockets; what an exchange does, its target says:
 *   /now           ends inside start                    /fail         fails before anything is sent
 *   /later/MS      a reply after so many milliseconds    /hold         never answers
 *   /head          a head, then nothing                  /flood        pieces without end, as fast as they are taken
 */
#ifndef LAB_H
#define LAB_H

#include <kube/transport.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define LAB_PIECE 1000

typedef struct lab lab_t;

struct kube_transport_exchange {
    lab_t *lab;
    kube_transport_sink_t sink;
    int64_t due; /* microseconds; INT64_MAX: nothing is to be done */
    bool floods;
    bool head_done;
    bool paused;
    kube_transport_exchange_t *next;
};

struct lab {
    kube_transport_t base;
    int fd;
    kube_transport_exchange_t *exchanges;
    atomic_int inside; /* threads in a function of the transport: never more than one */
    atomic_int crowded; /* how often there were */
    atomic_int started, ended, stopped, pauses, dispatches;
};

static inline int64_t lab_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static inline void lab_enter(lab_t *lab)
{
    if (atomic_fetch_add(&lab->inside, 1) != 0)
        atomic_fetch_add(&lab->crowded, 1);
    /* Another thread that should not come in gets its chance. */
    sched_yield();
}

static inline void lab_leave(lab_t *lab)
{
    atomic_fetch_sub(&lab->inside, 1);
}

static inline void lab_remove(kube_transport_exchange_t *exchange)
{
    kube_transport_exchange_t **link = &exchange->lab->exchanges;
    while (*link != exchange)
        link = &(*link)->next;
    *link = exchange->next;
    free(exchange);
}

/* Has the descriptor be readable while there is a flood that is not paused. */
static inline void lab_set_readable(lab_t *lab)
{
    bool floods = false;
    uint64_t value = 1;
    for (kube_transport_exchange_t *exchange = lab->exchanges; exchange; exchange = exchange->next)
        floods = floods || (exchange->floods && !exchange->paused);
    (void)!(floods ? write(lab->fd, &value, sizeof value) : read(lab->fd, &value, sizeof value));
}

static inline int lab_start(kube_transport_t *transport, const kube_transport_request_t *request, const kube_transport_sink_t *sink,
                            kube_transport_exchange_t **out, kube_error_t *err)
{
    lab_t *lab = (lab_t *)transport;
    (void)err;
    lab_enter(lab);
    lab->started++;
    if (strcmp(request->target, "/now") == 0 || strcmp(request->target, "/fail") == 0) {
        bool fails = request->target[1] == 'f';
        int code = fails ? KUBE_E_CONNECT : sink->head(sink->userdata, 200, NULL, 0);
        if (code == KUBE_OK)
            code = sink->body(sink->userdata, "now", 3);
        lab->ended++;
        sink->end(sink->userdata, code, !fails, fails ? "the lab fails" : "");
        sched_yield();
        *out = NULL;
        lab_leave(lab);
        return KUBE_OK;
    }
    kube_transport_exchange_t *exchange = calloc(1, sizeof *exchange);
    *exchange = (kube_transport_exchange_t){ .lab = lab, .sink = *sink, .due = INT64_MAX, .next = lab->exchanges };
    lab->exchanges = exchange;
    *out = exchange;
    int ms;
    if (sscanf(request->target, "/later/%d", &ms) == 1)
        exchange->due = lab_now() + ms * 1000;
    exchange->floods = strcmp(request->target, "/flood") == 0;
    if (strcmp(request->target, "/head") == 0 || exchange->floods)
        sink->head(sink->userdata, 200, NULL, 0);
    lab_set_readable(lab);
    lab_leave(lab);
    return KUBE_OK;
}

static inline void lab_pour(kube_transport_exchange_t *exchange)
{
    static const char piece[LAB_PIECE];
    exchange->paused = exchange->sink.body(exchange->sink.userdata, piece, sizeof piece) == KUBE_TRANSPORT_PAUSE;
    exchange->lab->pauses += exchange->paused;
}

static inline void lab_finish(kube_transport_exchange_t *exchange)
{
    kube_transport_sink_t sink = exchange->sink;
    exchange->lab->ended++;
    lab_remove(exchange);
    int code = sink.head(sink.userdata, 200, NULL, 0);
    if (code == KUBE_OK)
        code = sink.body(sink.userdata, "later", 5);
    sink.end(sink.userdata, code, true, "");
}

static inline void lab_dispatch(kube_transport_t *transport)
{
    lab_t *lab = (lab_t *)transport;
    lab_enter(lab);
    lab->dispatches++;
    int64_t now = lab_now();
    for (kube_transport_exchange_t *exchange = lab->exchanges, *next; exchange; exchange = next) {
        next = exchange->next;
        if (exchange->floods && !exchange->paused)
            lab_pour(exchange);
        else if (exchange->due <= now)
            lab_finish(exchange);
    }
    lab_set_readable(lab);
    lab_leave(lab);
}

static inline int64_t lab_timeout_ms(kube_transport_t *transport)
{
    lab_t *lab = (lab_t *)transport;
    int64_t due = INT64_MAX, now = lab_now();
    lab_enter(lab);
    for (kube_transport_exchange_t *exchange = lab->exchanges; exchange; exchange = exchange->next)
        due = exchange->due < due ? exchange->due : due;
    lab_leave(lab);
    return due == INT64_MAX ? -1 : due <= now ? 0 : (due - now + 999) / 1000;
}

static inline void lab_resume(kube_transport_t *transport, kube_transport_exchange_t *exchange)
{
    lab_t *lab = (lab_t *)transport;
    lab_enter(lab);
    if (exchange->paused)
        lab_pour(exchange);
    lab_set_readable(lab);
    lab_leave(lab);
}

static inline bool lab_stop(kube_transport_t *transport, kube_transport_exchange_t *exchange)
{
    lab_t *lab = (lab_t *)transport;
    lab_enter(lab);
    lab->stopped++;
    lab_remove(exchange);
    lab_set_readable(lab);
    lab_leave(lab);
    return true;
}

static inline int lab_fd(kube_transport_t *transport)
{
    return ((lab_t *)transport)->fd;
}

static inline void lab_free(kube_transport_t *transport)
{
    close(((lab_t *)transport)->fd);
}

static inline void lab_open(lab_t *lab)
{
    memset(lab, 0, sizeof *lab);
    lab->base = (kube_transport_t){ .start = lab_start, .resume = lab_resume, .stop = lab_stop, .fd = lab_fd, .timeout_ms = lab_timeout_ms,
                                    .dispatch = lab_dispatch, .free = lab_free };
    lab->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

#endif
