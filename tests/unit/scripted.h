/* A transport that records what it is asked and answers what it was told. */
#ifndef SCRIPTED_H
#define SCRIPTED_H

#include <kube/client.h>
#include <stdio.h>
#include <string.h>

typedef struct scripted {
    kube_transport_t base;
    /* the answer */
    int status;               /* 0: no head comes back */
    const char *reply;        /* NULL: an empty body */
    kube_header_t headers[4];
    size_t header_count;
    size_t piece;             /* bytes handed over at once; 0: all */
    size_t cut_after;         /* with fails: bytes of the body that arrive first */
    int fails;                /* how the exchange ends */
    bool sent;
    /* what was asked */
    int calls;
    char line[1024];          /* "GET https://server/path?query" */
    char body[4096];
    char head[1024];          /* "Name: value\n" ... */
} scripted_t;

static inline int scripted_answer(const scripted_t *script, const kube_transport_sink_t *sink)
{
    if (!script->status)
        return script->fails;
    int code = sink->head(sink->userdata, script->status, script->headers, script->header_count);
    size_t len = script->reply ? strlen(script->reply) : 0;
    if (script->fails && script->cut_after < len)
        len = script->cut_after;
    for (size_t at = 0; at < len && code == 0;) {
        size_t piece = script->piece && script->piece < len - at ? script->piece : len - at;
        code = sink->body(sink->userdata, script->reply + at, piece);
        at += piece;
    }
    return code < 0 ? code : script->fails;
}

/* The whole exchange at once. */
static inline int scripted_start(kube_transport_t *transport, const kube_transport_request_t *request,
                                 const kube_transport_sink_t *sink, kube_transport_exchange_t **exchange, kube_error_t *err)
{
    (void)err;
    scripted_t *script = (scripted_t *)transport;
    *exchange = NULL;
    script->calls++;
    snprintf(script->line, sizeof script->line, "%s %s%s", request->method, request->server, request->target);
    snprintf(script->body, sizeof script->body, "%.*s", (int)request->body_len, request->body ? request->body : "");
    script->head[0] = '\0';
    for (size_t i = 0; i < request->header_count; i++) {
        size_t used = strlen(script->head);
        snprintf(script->head + used, sizeof script->head - used, "%s: %s\n", request->headers[i].name, request->headers[i].value);
    }
    int code = scripted_answer(script, sink);
    sink->end(sink->userdata, code, script->sent, code < 0 ? "scripted failure" : "");
    return KUBE_OK;
}

static inline void scripted_free(kube_transport_t *transport)
{
    (void)transport;
}

static inline void script_answer(scripted_t *script, int status, const char *reply)
{
    *script = (scripted_t){ .base = { .start = scripted_start, .free = scripted_free }, .status = status, .reply = reply, .sent = true };
}

#endif
