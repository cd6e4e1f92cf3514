/*
 * The request engine: whoever waits drives the transport, one thread at a time. The driving thread moves bytes into the queues of exchanges and
 * wakes their owners; what is done with the bytes is the owners' affair, in their own threads.
 */
#ifndef KUBE_HTTP_ENGINE_H
#define KUBE_HTTP_ENGINE_H

#include <kube/call.h>
#include <kube/memory.h>
#include <kube/transport.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"

typedef struct kube_engine kube_engine_t;
typedef struct kube_waiter kube_waiter_t;
typedef struct kube_parking kube_parking_t;
typedef struct kube_exchange kube_exchange_t;

#define KUBE_NEVER INT64_MAX

/* ---- the engine ---- */

/* An engine on a transport, which it does not own. host: driven by a host's loop, through its descriptor. */
int kube_engine_new(kube_transport_t *transport, bool host, kube_engine_t **out, kube_error_t *err);
/* No waiter may be left. NULL is allowed. */
void kube_engine_free(kube_engine_t *engine);
/* Cancels every waiter, those to come too. */
void kube_engine_close(kube_engine_t *engine);
/* Breaks off all exchanges and lets go of the transport and the descriptors. After kube_engine_close, when no thread waits any more; exchanges may be freed
 * meanwhile and later. */
void kube_engine_shut(kube_engine_t *engine);
bool kube_engine_is_host(const kube_engine_t *engine);
/* The descriptor of a host's engine. */
int kube_engine_fd(const kube_engine_t *engine);
/* Whether this is the process that made the engine: a forked child must not use it. */
bool kube_engine_is_own(const kube_engine_t *engine);
/*
 * Takes the first queued waiter that was signaled; drives until there is one, or the moment `until` has come (0: moves what is there, without waiting).
 * NULL: none, or the engine was closed.
 */
kube_waiter_t *kube_engine_next_ready(kube_engine_t *engine, int64_t until);
/* Takes the first queued waiter that was signaled, if there is one. */
kube_waiter_t *kube_engine_take_ready(kube_engine_t *engine);
/* Has the descriptor of a host's engine become readable when there is something to do. To be called when its loop leaves the library. */
void kube_engine_rearm(kube_engine_t *engine);

/* ---- waiters ---- */

/* One who waits: for its exchanges to move, for a moment, or to be canceled. In memory of its owner; its fields are the engine's. */
struct kube_waiter {
    kube_engine_t *engine;
    bool queued_when_ready; /* signals put it on the ready queue instead of waking a thread */
    bool signaled;
    atomic_bool canceled;
    bool on_ready_queue;
    bool taken;             /* off the queue, a thread is at work for it: signals only count */
    bool disposed;          /* nothing happens to it any more; its memory may be there still, for threads that wait to take it */
    pthread_t taker;
    int64_t due;            /* microseconds; KUBE_NEVER: none */
    size_t timer;           /* its place in the heap, from 1; 0: none */
    kube_waiter_t *next_ready;
    kube_waiter_t *previous, *next; /* all waiters of the engine */
    kube_waiter_t *previous_blocked, *next_blocked; /* those whose thread is parked */
    kube_cancel_t *cancel;
    kube_waiter_t *previous_of_cancel, *next_of_cancel;
    kube_parking_t *parking;
};

/* cancel: NULL, or a token of which the waiter takes a reference. queued: for owners that do not block. False when memory is exhausted: the waiter then need not
 * be disposed of. A queued one is taken by this thread until kube_waiter_yield. */
bool kube_waiter_init(kube_waiter_t *waiter, kube_engine_t *engine, kube_cancel_t *cancel, bool queued);
/* Its exchanges must have been disposed of. */
void kube_waiter_dispose(kube_waiter_t *waiter);
/* Blocks until the waiter is signaled, canceled, or the moment `due` has come, driving the engine when nobody else does. A signal since the last wait counts. */
void kube_waiter_wait(kube_waiter_t *waiter, int64_t due);
/* Moves what bytes there are, without waiting, unless another thread is at it. */
void kube_engine_look(kube_engine_t *engine);
/* The thread that took a queued waiter has done what there was to do: the next signal, or that moment, puts it on the queue again. */
void kube_waiter_yield(kube_waiter_t *waiter, int64_t due);
/*
 * Takes a queued waiter, signaled or not, to wait for it in this thread with kube_waiter_wait until kube_waiter_yield. KUBE_E_TIMEOUT: another thread has
 * it, until `until`; KUBE_E_USAGE: this one has it already. KUBE_OK without taking it: it was disposed of.
 */
int kube_waiter_take(kube_waiter_t *waiter, int64_t until);
/* From any thread; the first two do nothing after kube_waiter_dispose, whose memory must be there. */
void kube_waiter_signal(kube_waiter_t *waiter);
void kube_waiter_cancel(kube_waiter_t *waiter);
bool kube_waiter_canceled(kube_waiter_t *waiter);

/* ---- exchanges ---- */

/* The head of a reply. */
typedef struct kube_reply_head {
    int status; /* 0: none came */
    char retry_after[40];   /* as it came; "" in this and the next: none */
    char content_type[32];  /* without parameters, cut */
    kube_buffer_t warnings; /* Warning headers, one a line */
    char audit_id[64];
    char flow_schema[40];
    char priority_level[40];
} kube_reply_head_t;

typedef struct kube_exchange_limits {
    size_t queue_bytes; /* a stream: bytes that wait before the sender is made to; 0: the reply is held whole */
    size_t reply_bytes; /* a reply held whole: KUBE_E_LIMIT above */
} kube_exchange_limits_t;

/* What has become of an exchange. */
typedef struct kube_exchange_state {
    const kube_reply_head_t *head; /* NULL: it has not come yet, or is forgotten */
    bool ended;
    bool sent;      /* once ended: the request may have reached the server */
    int code;       /* once ended */
    const char *message; /* once ended; never NULL then */
    size_t received;  /* bytes of the body */
    int64_t head_at;  /* monotonic microseconds; 0: not yet */
    bool overrun;     /* broken off: a stream that cannot be held back came faster than its owner took it */
} kube_exchange_state_t;

/*
 * Begins a request for a waiter, which is signaled whenever something happens. transport: NULL for the engine's own; else one that the engine's
 * drives, kept until kube_exchange_free, as all of request is.
 */
int kube_exchange_start(kube_waiter_t *waiter, kube_transport_t *transport, const kube_transport_request_t *request, const kube_exchange_limits_t *limits,
                        kube_exchange_t **out, kube_error_t *err);
/* How it stands; and if bytes is not NULL (and empty), the bytes that have come, whose memory changes hands. */
void kube_exchange_look(kube_exchange_t *exchange, kube_exchange_state_t *state, kube_buffer_t *bytes);
/* Its owner has looked at the head, and needs it no more. */
void kube_exchange_forget_head(kube_exchange_t *exchange);
/* It is about to be freed because nothing comes: its connection is not to be given to others. NULL is allowed. */
void kube_exchange_suspect(kube_exchange_t *exchange);
/* Breaks it off if it has not ended, and frees it; returns whether the request may have reached the server. NULL is allowed: false. */
bool kube_exchange_free(kube_exchange_t *exchange);

#endif
