/*
 * One request of a client from its turn under the rate limit to its reply, with retries. A machine that is stepped: by a thread that
 * blocks between the steps, or by one that dispatches.
 */
#ifndef KUBE_CLIENT_FETCH_H
#define KUBE_CLIENT_FETCH_H

#include "client/request.h"
#include "http/credentials.h"
#include "http/engine.h"

/* What a step returns. */
typedef enum kube_step {
    KUBE_STEP_WAIT = 1, /* nothing more to do until the waiter is signaled or *due of the machine has come */
    KUBE_STEP_BYTES,    /* a stream: there are bytes */
    KUBE_STEP_ITEM,     /* a page or a watch: there is an item, or an event */
    KUBE_STEP_END
} kube_step_t;

enum {
    KUBE_FETCH_STREAM = 1 << 0,   /* hand over the body of a successful reply as it comes */
    KUBE_FETCH_NO_RETRY = 1 << 1, /* one attempt, except at another server when no connection could be made */
    KUBE_FETCH_NO_LIMIT = 1 << 2  /* the client's rate limit does not count this one */
};

typedef struct kube_fetch {
    /* what the owner reads */
    kube_buffer_t bytes;  /* after KUBE_STEP_BYTES: those new since the last step; the owner may take the buffer, or just step on. After KUBE_STEP_END
                             without KUBE_FETCH_STREAM: the whole body, padded with KUBE_JSON_PADDING zeros behind its end */
    kube_reply_head_t head; /* of the last attempt; status 0: none came */
    int code;             /* after KUBE_STEP_END: KUBE_OK, or an error that err tells more of; a Status goes to *status */
    bool overrun;         /* after KUBE_STEP_END: the stream came faster than it was taken, and was broken off */
    bool lost;            /* after KUBE_STEP_END: the request was sent and the reply lost */
    bool uncertain;       /* after KUBE_STEP_END: a write was sent again after an attempt that may have done its work */
    int64_t due;          /* after KUBE_STEP_WAIT: when to step again at the latest, monotonic microseconds */
    kube_error_t *err;    /* the owner's, who may move it between steps; filled in by a step that returns KUBE_STEP_END */
    struct kube_meta_v1_status_t *status; /* the server's, when it refused; owned by the fetch until taken */
    /* its own */
    kube_client_t *client;
    kube_access_t *access; /* the request's, until a newer one of the same cluster takes its place */
    kube_waiter_t *waiter;
    const kube_request_t *request;
    kube_exchange_t *exchange;
    kube_headers_t headers;
    int64_t deadline;
    int64_t started, limited;
    int64_t turn; /* when the rate limit lets it begin */
    unsigned flags;
    unsigned max_retries;
    int attempt;
    int state;
    size_t server, servers_tried;
    kube_credentials_use_t credentials;
    int64_t look_us; /* pause between two looks at credentials that are being made; 0: none is on */
    bool renewed; /* the server did not know the credentials, and they were made anew: once is enough */
    bool reached;   /* the server had a request of this call before: it may come back */
    bool delivered; /* bytes of this attempt were handed over: no retry any more */
    char *earlier;  /* what went wrong in the attempt before; NULL: nothing did */
} kube_fetch_t;

/*
 * request: complete, borrowed until kube_fetch_dispose, body included. deadline: monotonic microseconds, or KUBE_NEVER. err: all-zero; kept as
 * fetch->err.
 */
void kube_fetch_begin(kube_fetch_t *fetch, kube_client_t *client, kube_waiter_t *waiter, const kube_request_t *request, int64_t deadline,
                      unsigned flags, kube_error_t *err);
kube_step_t kube_fetch_step(kube_fetch_t *fetch);
/* Whether a fetch whose reply was lost has another attempt. */
bool kube_fetch_has_another(const kube_fetch_t *fetch);
/* Goes on with it, after a pause. */
void kube_fetch_again(kube_fetch_t *fetch);
/* It is about to be disposed of because nothing comes: its connection is not to be given to other requests, nor they, if not even a head has come, to its
 * server. */
void kube_fetch_suspect(kube_fetch_t *fetch);
/* It is about to be disposed of for a reason that observers are to hear: else they hear of a cancellation. */
void kube_fetch_blame(kube_fetch_t *fetch, int code);
/* Breaks off what is under way and frees everything. All-zero is allowed. */
void kube_fetch_dispose(kube_fetch_t *fetch);

#endif
