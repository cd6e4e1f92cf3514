/* A transport that answers each request at once with the next of a list of answers, and keeps what it was asked. */
#ifndef ANSWERS_H
#define ANSWERS_H

#include <kube/client.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ANSWERS_REQUESTS_MAX = 32 };

typedef struct answer {
    int status;       /* 0: the exchange fails, lost after it was sent unless `unsent` */
    const char *body; /* NULL: none */
    int fails;        /* with status 0, or how it ends behind the body; KUBE_E_CONNECT when status and this are 0 */
    bool unsent;
    bool holds;       /* no end comes, and no head without a status */
    kube_header_t headers[5];
} answer_t;

typedef struct asked {
    char line[512];  /* "GET https://server/path?query" */
    char body[2048];
    char head[1024]; /* "Name: value\n" ... */
    int64_t at;      /* microseconds */
} asked_t;

typedef struct answers answers_t;

struct kube_transport_exchange {
    answers_t *answers;
};

struct answers {
    kube_transport_t base;
    const answer_t *list; /* the last one is given again and again */
    size_t count;
    size_t max_header_bytes; /* of the last request */
    int open;
    int requests;
    int suspected; /* exchanges that were given up because nothing came */
    asked_t asked[ANSWERS_REQUESTS_MAX];
};

static inline int64_t answers_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static inline void answers_keep(answers_t *answers, const kube_transport_request_t *request)
{
    if (answers->requests >= ANSWERS_REQUESTS_MAX)
        return;
    asked_t *asked = &answers->asked[answers->requests];
    asked->at = answers_now();
    snprintf(asked->line, sizeof asked->line, "%s %s%s", request->method, request->server, request->target);
    snprintf(asked->body, sizeof asked->body, "%.*s", (int)request->body_len, request->body ? request->body : "");
    asked->head[0] = '\0';
    for (size_t i = 0; i < request->header_count; i++) {
        size_t used = strlen(asked->head);
        snprintf(asked->head + used, sizeof asked->head - used, "%s: %s\n", request->headers[i].name, request->headers[i].value);
    }
}

static inline int answers_start(kube_transport_t *transport, const kube_transport_request_t *request, const kube_transport_sink_t *sink,
                                kube_transport_exchange_t **exchange, kube_error_t *err)
{
    (void)err;
    answers_t *answers = (answers_t *)transport;
    size_t number = (size_t)answers->requests;
    const answer_t *answer = &answers->list[number < answers->count ? number : answers->count - 1];
    answers_keep(answers, request);
    answers->requests++;
    answers->max_header_bytes = request->max_header_bytes;
    *exchange = NULL;
    size_t headers = 0;
    while (headers < 5 && answer->headers[headers].name)
        headers++;
    int code = answer->status ? sink->head(sink->userdata, answer->status, answer->headers, headers) : KUBE_OK;
    if (code == KUBE_OK && answer->status && answer->body && *answer->body)
        code = sink->body(sink->userdata, answer->body, strlen(answer->body));
    if (answer->holds && code == KUBE_OK) {
        *exchange = calloc(1, sizeof **exchange);
        (*exchange)->answers = answers;
        answers->open++;
        return KUBE_OK;
    }
    if (code == KUBE_OK)
        code = answer->fails ? answer->fails : answer->status ? KUBE_OK : KUBE_E_CONNECT;
    sink->end(sink->userdata, code, !answer->unsent, code < 0 ? "the answer failed" : "");
    return KUBE_OK;
}

static inline bool answers_stop(kube_transport_t *transport, kube_transport_exchange_t *exchange)
{
    (void)transport;
    exchange->answers->open--;
    free(exchange);
    return true;
}

static inline void answers_suspect(kube_transport_t *transport, kube_transport_exchange_t *exchange)
{
    (void)transport;
    exchange->answers->suspected++;
}

static inline void answers_free(kube_transport_t *transport)
{
    (void)transport;
}

/* Begins anew with these answers. */
static inline void answers_set(answers_t *answers, const answer_t *list, size_t count)
{
    *answers = (answers_t){ .base = { .start = answers_start, .stop = answers_stop, .free = answers_free,
                                      .suspect = answers_suspect }, .list = list, .count = count };
}

#endif
