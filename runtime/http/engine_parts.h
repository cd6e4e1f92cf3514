/* The inside of the engine, shared by its files. */
#ifndef KUBE_HTTP_ENGINE_PARTS_H
#define KUBE_HTTP_ENGINE_PARTS_H

#include <sys/types.h>

#include "http/engine.h"
#include "http/poller.h"
#include "http/timers.h"

/*
 * Where a thread waits that does not drive. A thread that is woken while the lock is held would only wait for the lock, so wake-ups are given once it is free; by
 * then the waiter may be gone, which is why these are the engine's, and are used again.
 */
struct kube_parking {
    pthread_cond_t wake;
    kube_parking_t *next_free;
};

/* Wake-ups that wait for the lock to be given back; more are given at once. */
#define KUBE_WAKES_MAX 16

struct kube_engine {
    pthread_mutex_t lock; /* guards all that follows but the transport, which is the driving thread's */
    kube_transport_t *transport;
    kube_poller_t poller;
    pid_t pid;
    bool host;
    bool closing;
    bool driven;      /* a thread drives */
    pthread_t driver; /* which one */
    const kube_waiter_t *driven_for; /* whose return it waits for; NULL: any that is queued */
    bool woken;       /* the poller was woken and has not noticed yet */
    kube_waiter_t *waiters;
    size_t waiter_count;
    kube_parking_t *free_parking;
    kube_parking_t *wakes[KUBE_WAKES_MAX];
    size_t wake_count;
    kube_waiter_t *blocked;
    kube_timers_t timers;
    kube_waiter_t *first_ready, *last_ready;
    unsigned taken_in_a_row; /* ready waiters since someone last drove */
    size_t dispatchers;      /* threads that wait for a ready waiter while another one drives */
    pthread_cond_t ready;    /* for them */
    size_t stoppers;         /* threads that wait for an exchange to be stopped while another one drives, or for a waiter that another one has */
    pthread_cond_t released; /* for them: nobody drives any more, an exchange was stopped, or a waiter is free */
    kube_exchange_t *exchanges;
    kube_exchange_t *first_order, *last_order; /* exchanges with something for the transport to do */
};

/* What the driving thread is asked to do with an exchange. */
enum { KUBE_ORDER_START = 1 << 0, KUBE_ORDER_RESUME = 1 << 1, KUBE_ORDER_STOP = 1 << 2 };

struct kube_exchange {
    kube_engine_t *engine;
    kube_waiter_t *waiter;
    kube_exchange_t *previous, *next; /* all of the engine */
    kube_exchange_t *next_order;
    unsigned orders;
    bool on_order_queue;
    bool busy;     /* an order is being carried out */
    bool running;  /* the transport knows it; the driving thread's */
    bool paused;
    bool ended;
    bool overrun;
    bool suspected;
    bool sent;
    int code;
    kube_transport_t *transport;
    kube_transport_request_t request;
    kube_transport_exchange_t *of_transport;
    kube_exchange_limits_t limits;
    kube_buffer_t queue;
    size_t received;
    int64_t head_at;
    /* As there may be thousands of silent streams, what only some have, or all have for a while, is not in here. */
    kube_reply_head_t *head; /* NULL: none has come, or it is forgotten */
    char *message;           /* NULL: none, or no memory for it */
};

/* Gives the lock back, then wakes those that are to be woken. This thread is inside of the client. */
void kube_engine_unlock(kube_engine_t *engine);

/* All of these are called with the lock held. */

/* Gives the wake-ups that unlocking would: for those who give the lock back by waiting. */
void kube_engine_wake_now(kube_engine_t *engine);
/* Wakes the owner of a waiter. */
void kube_engine_signal(kube_engine_t *engine, kube_waiter_t *waiter);
/* The ready queue, from which dispatching threads take: at its end. */
void kube_engine_queue_ready(kube_engine_t *engine, kube_waiter_t *waiter);
/* Takes a waiter off the ready queue, where it may stand anywhere. */
void kube_engine_unqueue(kube_engine_t *engine, kube_waiter_t *waiter);
/* Has the driving thread look at what changed, if there is one and it is not this one; a host's loop too. */
void kube_engine_nudge(kube_engine_t *engine);
/* Asks the driving thread for something. */
void kube_engine_order(kube_engine_t *engine, kube_exchange_t *exchange, unsigned order);
/* Becomes the driving thread, if nobody is, until `waiter` (NULL: none) is signaled; gives that up again, and has another one take over. */
bool kube_engine_seize(kube_engine_t *engine, const kube_waiter_t *waiter);
void kube_engine_release(kube_engine_t *engine);
/* Someone must drive as long as someone waits: to be called by each thread that has waited. */
void kube_engine_hand_over(kube_engine_t *engine);
/* One round of driving: carries out orders, waits until `until` at most, or not at all when *enough, and moves bytes. */
void kube_engine_drive(kube_engine_t *engine, const bool *enough, int64_t until);
/* One round that waits for nothing, if nobody drives. */
void kube_engine_drive_once(kube_engine_t *engine);
/* Microseconds until something is due, or until `until`; negative: for ever. */
int64_t kube_engine_time_left(kube_engine_t *engine, int64_t until);
/* When a waiter is due; the driving thread, which waits for the earliest moment only, hears of that. */
void kube_engine_set_due(kube_engine_t *engine, kube_waiter_t *waiter, int64_t due);
/* Waits until the driving thread has given that up, or has stopped an exchange. */
void kube_engine_await_release(kube_engine_t *engine);
/* Carries out what was ordered; this thread drives. Lets the lock go meanwhile. */
void kube_engine_obey(kube_engine_t *engine);

/* exchange.c: carries out one order, without the lock. */
void kube_exchange_obey(kube_exchange_t *exchange, unsigned orders);

#endif
