/* A transport that answers with replies written down before, piece by piece, each time it is dispatched. */
#ifndef REPLAY_H
#define REPLAY_H

#include <kube/client.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPLAY_REQUESTS_MAX = 64 };

typedef struct reply {
    int status;       /* 0: no head comes, and the exchange ends with fails */
    const char *body; /* NULL: none */
    int fails;        /* how the exchange ends; KUBE_OK: as it should */
    bool stays;       /* it does not end */
    bool silent;      /* not even a head comes */
    bool unsent;      /* with fails: nothing reached the server */
    const char *retry_after; /* a header; NULL: none */
} reply_t;

/* REPLY(200, "body", .stays = true) */
#define REPLY(status_, ...) { .status = status_, .body = __VA_ARGS__ }

typedef struct replay replay_t;

struct kube_transport_exchange {
    replay_t *replay;
    const reply_t *reply;
    kube_transport_sink_t sink;
    size_t at;
    bool head_done;
    bool paused;
    kube_transport_exchange_t *next;
};

struct replay {
    kube_transport_t base;
    const reply_t *replies; /* one a request; the last one is given again and again */
    size_t count;
    size_t piece;    /* bytes at once; 0: all */
    bool at_once;    /* all that there is in one dispatch, instead of one piece */
    size_t split_at; /* the first piece of each body; 0: no such */
    size_t cut_at;   /* the first reply breaks off after so many bytes; SIZE_MAX: it does not */
    size_t requests;
    size_t pauses;
    size_t open;
    int suspected;
    char targets[REPLAY_REQUESTS_MAX][512];
    char accept[64];
    bool multiplex[REPLAY_REQUESTS_MAX];
    kube_transport_exchange_t *exchanges;
};

static inline int replay_start(kube_transport_t *transport, const kube_transport_request_t *request, const kube_transport_sink_t *sink,
                               kube_transport_exchange_t **out, kube_error_t *err)
{
    replay_t *replay = (replay_t *)transport;
    kube_transport_exchange_t *exchange = calloc(1, sizeof *exchange);
    (void)err;
    size_t number = replay->requests++;
    if (number < REPLAY_REQUESTS_MAX) {
        snprintf(replay->targets[number], sizeof *replay->targets, "%s", request->target);
        replay->multiplex[number] = request->multiplex;
    }
    for (size_t i = 0; i < request->header_count; i++) {
        if (strcmp(request->headers[i].name, "Accept") == 0)
            snprintf(replay->accept, sizeof replay->accept, "%s", request->headers[i].value);
    }
    *exchange = (kube_transport_exchange_t){ .replay = replay, .sink = *sink, .next = replay->exchanges };
    exchange->reply = &replay->replies[number < replay->count ? number : replay->count - 1];
    replay->exchanges = exchange;
    replay->open++;
    *out = exchange;
    return KUBE_OK;
}

static inline void replay_remove(kube_transport_exchange_t *exchange)
{
    kube_transport_exchange_t **link = &exchange->replay->exchanges;
    while (*link != exchange)
        link = &(*link)->next;
    *link = exchange->next;
    exchange->replay->open--;
    free(exchange);
}

static inline void replay_end(kube_transport_exchange_t *exchange, int code, bool sent)
{
    kube_transport_sink_t sink = exchange->sink;
    replay_remove(exchange);
    sink.end(sink.userdata, code, sent, code < 0 ? "the replay fails" : "");
}

static inline size_t replay_len(const kube_transport_exchange_t *exchange)
{
    const replay_t *replay = exchange->replay;
    size_t len = exchange->reply->body ? strlen(exchange->reply->body) : 0;
    return exchange->reply == replay->replies && replay->cut_at < len ? replay->cut_at : len;
}

static inline size_t replay_piece(const kube_transport_exchange_t *exchange)
{
    const replay_t *replay = exchange->replay;
    size_t left = replay_len(exchange) - exchange->at, piece = left;
    if (replay->piece)
        piece = replay->piece;
    else if (replay->split_at > exchange->at)
        piece = replay->split_at - exchange->at;
    return piece < left ? piece : left;
}

/* Whether there is something to hand over. */
static inline bool replay_is_ready(const kube_transport_exchange_t *exchange)
{
    const reply_t *reply = exchange->reply;
    if (exchange->paused || reply->silent)
        return false;
    bool whole = exchange->at == replay_len(exchange) && exchange->head_done;
    return !whole || !reply->stays || exchange->at < strlen(reply->body ? reply->body : "");
}

/* Hands over the next part of one exchange, which may end by that. */
static inline void replay_advance(kube_transport_exchange_t *exchange)
{
    const reply_t *reply = exchange->reply;
    kube_transport_sink_t *sink = &exchange->sink;
    if (!exchange->head_done && reply->status) {
        kube_header_t header = { "Retry-After", reply->retry_after };
        exchange->head_done = true;
        int code = sink->head(sink->userdata, reply->status, &header, reply->retry_after != NULL);
        if (code < 0)
            replay_end(exchange, code, true);
        return;
    }
    size_t piece = reply->status ? replay_piece(exchange) : 0;
    if (piece == 0) {
        bool cut = reply->body && exchange->at < strlen(reply->body);
        replay_end(exchange, cut ? KUBE_E_CONNECT : reply->fails, !reply->unsent);
        return;
    }
    int code = sink->body(sink->userdata, reply->body + exchange->at, piece);
    if (code == KUBE_TRANSPORT_PAUSE) {
        exchange->replay->pauses++;
        exchange->paused = true;
    } else if (code < 0) {
        replay_end(exchange, code, true);
    } else {
        exchange->at += piece;
    }
}

static inline kube_transport_exchange_t *replay_ready(replay_t *replay)
{
    kube_transport_exchange_t *exchange = replay->exchanges;
    while (exchange && !replay_is_ready(exchange))
        exchange = exchange->next;
    return exchange;
}

static inline void replay_dispatch(kube_transport_t *transport)
{
    replay_t *replay = (replay_t *)transport;
    kube_transport_exchange_t *exchange;
    do {
        exchange = replay_ready(replay);
        if (exchange)
            replay_advance(exchange);
    } while (exchange && replay->at_once);
}

static inline int64_t replay_timeout_ms(kube_transport_t *transport)
{
    return replay_ready((replay_t *)transport) ? 0 : -1;
}

static inline void replay_resume(kube_transport_t *transport, kube_transport_exchange_t *exchange)
{
    (void)transport;
    exchange->paused = false;
}

static inline bool replay_stop(kube_transport_t *transport, kube_transport_exchange_t *exchange)
{
    (void)transport;
    replay_remove(exchange);
    return true;
}

static inline void replay_suspect(kube_transport_t *transport, kube_transport_exchange_t *exchange)
{
    (void)transport;
    exchange->replay->suspected++;
}

static inline void replay_free(kube_transport_t *transport)
{
    (void)transport;
}

static inline replay_t replay_of(const reply_t *replies, size_t count)
{
    replay_t replay = { .replies = replies, .count = count, .cut_at = SIZE_MAX };
    replay.base = (kube_transport_t){ .start = replay_start, .resume = replay_resume, .stop = replay_stop, .timeout_ms = replay_timeout_ms,
                                      .dispatch = replay_dispatch, .free = replay_free, .suspect = replay_suspect };
    return replay;
}

/* A replay of an array. */
#define REPLAY(array) replay_of(array, sizeof(array) / sizeof *(array))

static inline kube_client_t *replay_client(replay_t *replay, const kube_client_options_t *options)
{
    kube_config_t config = { .server = "http://127.0.0.1:1", .ns = "here" };
    kube_client_options_t own = options ? *options : (kube_client_options_t){ 0 };
    kube_client_t *client = NULL;
    own.transport = &replay->base;
    if (kube_client_new(&config, &own, &client, NULL) < 0)
        return NULL;
    return client;
}

#endif
