#include "client/fetch.h"

#include <kube/json.h>
#include <kube/object.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/random.h"
#include "client/earlier.h"
#include "client/httpdate.h"
#include "client/observe.h"
#include "client/reply.h"

/* Between a lost connection and the next attempt: doubling from the first to the last, and at random up to as much again. */
#define FIRST_PAUSE_US ((int64_t)50 * 1000)
#define LAST_PAUSE_US ((int64_t)1000 * 1000)
/* Between two looks at credentials that are being made: growing by a quarter from the first to the last. */
#define FIRST_LOOK_US ((int64_t)1000)
#define LAST_LOOK_US ((int64_t)20 * 1000)

enum { TURN, WAIT_TURN, CREDENTIALS, SEND, RECEIVE, PAUSE, DONE };

static unsigned max_retries(const kube_client_t *client, const kube_request_t *request, unsigned flags)
{
    if (flags & KUBE_FETCH_NO_RETRY)
        return 0;
    return request->max_retries.has ? (unsigned)request->max_retries.value : client->max_retries;
}

void kube_fetch_begin(kube_fetch_t *fetch, kube_client_t *client, kube_waiter_t *waiter, const kube_request_t *request, int64_t deadline,
                      unsigned flags, kube_error_t *err)
{
    *fetch = (kube_fetch_t){ .client = client, .access = kube_access_ref(request->access), .waiter = waiter, .request = request, .deadline = deadline, .flags = flags,
                             .err = err, .max_retries = max_retries(client, request, flags) };
}

static void drop_attempt(kube_fetch_t *fetch)
{
    kube_exchange_free(fetch->exchange);
    fetch->exchange = NULL;
    kube_headers_wipe(&fetch->headers);
    kube_buffer_dispose(&fetch->head.warnings);
}

/* Breaks off what is under way; returns whether the request may have reached the server. */
static bool give_up(kube_fetch_t *fetch, int code)
{
    if (fetch->state == WAIT_TURN)
        kube_limiter_give_back(&fetch->client->limiter, fetch->turn, kube_now_us());
    kube_credentials_leave(fetch->access->credentials, &fetch->credentials);
    if (fetch->exchange) {
        kube_exchange_state_t state;
        kube_exchange_look(fetch->exchange, &state, NULL);
        kube_observe_request(fetch, &state, code);
    }
    bool sent = kube_exchange_free(fetch->exchange);
    fetch->exchange = NULL;
    return sent;
}

void kube_fetch_blame(kube_fetch_t *fetch, int code)
{
    if (fetch->state != DONE)
        fetch->code = code;
}

void kube_fetch_suspect(kube_fetch_t *fetch)
{
    kube_fetch_blame(fetch, KUBE_E_TIMEOUT);
    if (fetch->exchange && fetch->head.status == 0)
        kube_servers_failed(&fetch->access->servers, fetch->server);
    kube_exchange_suspect(fetch->exchange);
}

void kube_fetch_dispose(kube_fetch_t *fetch)
{
    if (!fetch->client)
        return;
    give_up(fetch, fetch->code < 0 ? fetch->code : KUBE_E_CANCELED);
    drop_attempt(fetch);
    kube_buffer_dispose(&fetch->bytes);
    kube_free(fetch->status);
    kube_access_free(fetch->access);
    kube_mem_free(fetch->earlier);
    *fetch = (kube_fetch_t){ 0 };
}

/* ---- endings ---- */

static kube_step_t finish(kube_fetch_t *fetch, int code)
{
    fetch->state = DONE;
    fetch->code = code;
    fetch->err->attempts = fetch->attempt;
    if (code >= 0)
        kube_error_reset(fetch->err);
    else if (fetch->earlier)
        kube_earlier_tell(fetch->err, fetch->earlier);
    return KUBE_STEP_END;
}

/* A write whose reply did not come may have happened. */
static kube_step_t finish_lost(kube_fetch_t *fetch, int code, const char *message)
{
    fetch->lost = true;
    fetch->err->http_status = fetch->head.status;
    if (kube_request_is_safe(fetch->request) || code == KUBE_E_CANCELED)
        return finish(fetch, kube_fail(fetch->err, code, "%s", message));
    return finish(fetch, kube_fail(fetch->err, KUBE_E_AMBIGUOUS, "the %s may have happened: %s", fetch->request->method, message));
}

/* The call was canceled, or its time is over. */
static kube_step_t break_off(kube_fetch_t *fetch, int code, const char *message)
{
    bool sent = give_up(fetch, code);
    kube_error_reset(fetch->err);
    return sent ? finish_lost(fetch, code, message) : finish(fetch, kube_fail(fetch->err, code, "%s", message));
}

/* Goes on with another attempt after a while; err tells what became of this one. */
static void try_again(kube_fetch_t *fetch, int code, int64_t pause_us)
{
    kube_earlier_keep(&fetch->earlier, code, fetch->err->message);
    kube_error_reset(fetch->err);
    kube_free(fetch->status);
    fetch->status = NULL;
    drop_attempt(fetch);
    kube_buffer_clear(&fetch->bytes);
    fetch->due = kube_now_us() + pause_us;
    fetch->state = PAUSE;
}

/* ---- one attempt ---- */

static int make_headers(kube_fetch_t *fetch, bool has_body)
{
    const kube_request_t *request = fetch->request;
    kube_headers_t *headers = &fetch->headers;
    kube_headers_add(headers, "Accept", request->accept);
    if (has_body)
        kube_headers_add(headers, "Content-Type", request->content_type);
    kube_headers_add(headers, "User-Agent", fetch->client->user_agent);
    if (*request->traceparent)
        kube_headers_add(headers, "traceparent", request->traceparent);
    if (headers->failed)
        return kube_fail_memory(fetch->err);
    return kube_credentials_add_headers(fetch->access->credentials, &fetch->credentials, headers, fetch->err);
}

/* Looks again in a while. */
static int await_credentials(kube_fetch_t *fetch)
{
    kube_headers_wipe(&fetch->headers);
    fetch->look_us = fetch->look_us ? fetch->look_us + fetch->look_us / 4 : FIRST_LOOK_US;
    if (fetch->look_us > LAST_LOOK_US)
        fetch->look_us = LAST_LOOK_US;
    fetch->due = kube_now_us() + fetch->look_us;
    fetch->state = CREDENTIALS;
    return KUBE_OK;
}

static int send(kube_fetch_t *fetch)
{
    const kube_request_t *request = fetch->request;
    kube_client_t *client = fetch->client;
    if (request->target.failed || request->body.failed)
        return kube_fail_memory(fetch->err);
    kube_transport_request_t wire = { .method = request->method, .target = request->target.data, .multiplex = request->multiplex,
                                      .bulk = request->bulk, .max_header_bytes = client->max_header_bytes, .gzip = fetch->access->gzip };
    wire.body = kube_request_body(request, &wire.body_len);
    int code = make_headers(fetch, wire.body != NULL);
    if (code == KUBE_CREDENTIALS_WAIT)
        return await_credentials(fetch);
    if (code < 0)
        return code;
    fetch->state = RECEIVE;
    fetch->look_us = 0;
    fetch->server = atomic_load(&fetch->access->servers.current);
    wire.server = fetch->access->servers.urls[fetch->server];
    wire.headers = fetch->headers.items;
    wire.header_count = fetch->headers.len;
    kube_exchange_limits_t limits = { .reply_bytes = client->max_reply_bytes };
    if (fetch->flags & KUBE_FETCH_STREAM)
        limits.queue_bytes = client->queue_bytes;
    fetch->attempt++;
    fetch->delivered = false;
    fetch->head = (kube_reply_head_t){ 0 };
    fetch->started = kube_now_us();
    return kube_exchange_start(fetch->waiter, fetch->access->transport, &wire, &limits, &fetch->exchange, fetch->err);
}

static int64_t unix_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Microseconds that the server asks to wait before the request is sent again; -1: not again. */
static int64_t asked_pause(const kube_fetch_t *fetch)
{
    const kube_request_t *request = fetch->request;
    int status = fetch->head.status;
    bool turned_away = status == 429 && !request->refusal_is_answer;
    /* An error of the server's own may come after the write was done. */
    bool failed = status >= 500 && status <= 599 && (kube_request_is_safe(request) || request->repeatable);
    if ((!turned_away && !failed) || (unsigned)fetch->attempt > fetch->max_retries)
        return -1;
    int64_t ms = kube_retry_after_ms(*fetch->head.retry_after ? fetch->head.retry_after : NULL, unix_ms());
    return ms < 0 ? -1 : ms * 1000;
}

static bool is_success(const kube_fetch_t *fetch)
{
    return (fetch->head.status >= 200 && fetch->head.status <= 206) || (fetch->request->any_status && fetch->head.status);
}

static int pad(kube_fetch_t *fetch)
{
    if (!kube_buffer_reserve(&fetch->bytes, KUBE_JSON_PADDING))
        return kube_fail_memory(fetch->err);
    memset(fetch->bytes.data + fetch->bytes.len, 0, KUBE_JSON_PADDING);
    return KUBE_OK;
}

/* The configuration's files may say something else by now. */
static bool has_other_access(kube_fetch_t *fetch)
{
    kube_access_t *other = kube_live_other(fetch->client, fetch->access);
    if (!other)
        return false;
    kube_access_free(fetch->access);
    fetch->access = other;
    fetch->credentials = (kube_credentials_use_t){ 0 };
    return true;
}

/* The server did not know the credentials, and others can be had. The request was not carried out: writes are sent again too. */
static bool must_renew(kube_fetch_t *fetch)
{
    return fetch->head.status == 401 && !fetch->renewed && !fetch->delivered &&
           (has_other_access(fetch) || kube_credentials_refused(fetch->access->credentials, &fetch->credentials));
}

/* A whole reply has come, or the head of one that refuses and as much of its body as there will be. */
static kube_step_t take_reply(kube_fetch_t *fetch)
{
    if (must_renew(fetch)) {
        fetch->renewed = true;
        kube_fail(fetch->err, KUBE_E_UNAUTHORIZED, "the server did not know the credentials");
        try_again(fetch, KUBE_E_UNAUTHORIZED, 0);
        return KUBE_STEP_WAIT;
    }
    if (is_success(fetch)) {
        int code = fetch->flags & KUBE_FETCH_STREAM ? KUBE_OK : pad(fetch);
        return finish(fetch, code);
    }
    int64_t pause = asked_pause(fetch);
    int code = pad(fetch);
    if (code == KUBE_OK)
        code = kube_reply_fail(fetch->request, &fetch->head, fetch->bytes.data, fetch->bytes.len, &fetch->status, fetch->err);
    if (pause < 0 || code == KUBE_E_NO_MEMORY)
        return finish(fetch, code);
    fetch->uncertain = fetch->uncertain || (fetch->head.status >= 500 && !kube_request_is_safe(fetch->request));
    try_again(fetch, code, pause);
    return KUBE_STEP_WAIT;
}

static int64_t next_pause(const kube_fetch_t *fetch)
{
    int64_t pause = FIRST_PAUSE_US;
    for (int i = 1; i < fetch->attempt && pause < LAST_PAUSE_US; i++)
        pause *= 2;
    if (pause > LAST_PAUSE_US)
        pause = LAST_PAUSE_US;
    return pause + (int64_t)(kube_random() % (uint64_t)pause);
}

static bool is_connection_failure(int code)
{
    return code == KUBE_E_CONNECT || code == KUBE_E_TIMEOUT || code == KUBE_E_PARSE;
}

/*
 * Nothing was sent. Whether it is tried again: with a configuration that has changed; at another server; or later, when a connection was lost before,
 * because the server may just be starting again. One that was not there from the beginning is told of at once.
 */
static bool has_another_connection(kube_fetch_t *fetch, int code, int64_t *pause_us)
{
    *pause_us = 0;
    if (code == KUBE_E_TLS && !fetch->renewed && has_other_access(fetch)) {
        fetch->renewed = true;
        return true;
    }
    kube_servers_failed(&fetch->access->servers, fetch->server);
    if (++fetch->servers_tried < fetch->access->servers.count)
        return true;
    *pause_us = next_pause(fetch);
    return code == KUBE_E_CONNECT && fetch->reached && kube_fetch_has_another(fetch);
}

/* The transport reports a failure. */
static kube_step_t take_failure(kube_fetch_t *fetch, const kube_exchange_state_t *state)
{
    int code = state->code;
    fetch->err->http_status = fetch->head.status;
    if (code == KUBE_E_NO_MEMORY)
        return finish(fetch, kube_fail_memory(fetch->err));
    if (code == KUBE_E_LIMIT && fetch->head.status)
        return finish(fetch, kube_fail(fetch->err, code, "the reply is larger than %zu bytes", fetch->client->max_reply_bytes));
    kube_fail(fetch->err, code, "%s", state->message);
    int64_t pause_us;
    if (!state->sent && (code == KUBE_E_CONNECT || code == KUBE_E_TLS) && has_another_connection(fetch, code, &pause_us)) {
        try_again(fetch, code, pause_us);
        return KUBE_STEP_WAIT;
    }
    fetch->reached = fetch->reached || state->sent;
    if (code == KUBE_E_CONNECT && fetch->head.status == 0)
        kube_servers_failed(&fetch->access->servers, fetch->server);
    if (!state->sent || !is_connection_failure(code))
        return finish(fetch, code);
    bool again = kube_request_is_safe(fetch->request) && !fetch->delivered && code == KUBE_E_CONNECT && kube_fetch_has_another(fetch);
    if (!again)
        return finish_lost(fetch, code, state->message);
    try_again(fetch, code, next_pause(fetch));
    return KUBE_STEP_WAIT;
}

bool kube_fetch_has_another(const kube_fetch_t *fetch)
{
    bool in_time = fetch->deadline == KUBE_NEVER || kube_now_us() < fetch->deadline;
    return in_time && (unsigned)fetch->attempt <= fetch->max_retries;
}

void kube_fetch_again(kube_fetch_t *fetch)
{
    fetch->uncertain = true;
    fetch->lost = false;
    try_again(fetch, fetch->code, next_pause(fetch));
}

/* Moves what has come from the exchange to the fetch. */
static void collect(kube_fetch_t *fetch, kube_exchange_state_t *state)
{
    kube_buffer_t *bytes = &fetch->bytes;
    kube_buffer_t piece = { 0 };
    bool gathers = fetch->flags & KUBE_FETCH_STREAM && fetch->head.status && !is_success(fetch);
    kube_exchange_look(fetch->exchange, state, gathers && bytes->len ? &piece : bytes);
    if (piece.len)
        kube_buffer_append(bytes, piece.data, piece.len);
    kube_buffer_dispose(&piece);
    if (state->head && fetch->head.status == 0) {
        fetch->head = *state->head;
        fetch->head.warnings = (kube_buffer_t){ 0 };
        kube_observe_warnings(fetch, &state->head->warnings);
        kube_exchange_forget_head(fetch->exchange);
        state->head = NULL;
    }
}

static kube_step_t receive(kube_fetch_t *fetch)
{
    kube_exchange_state_t state;
    if (fetch->flags & KUBE_FETCH_STREAM && is_success(fetch))
        kube_buffer_clear(&fetch->bytes);
    collect(fetch, &state);
    bool streams = fetch->flags & KUBE_FETCH_STREAM && is_success(fetch);
    if (streams && fetch->bytes.len) {
        fetch->delivered = true;
        return KUBE_STEP_BYTES;
    }
    if (fetch->bytes.failed)
        return finish(fetch, kube_fail_memory(fetch->err));
    /* Of a refusal, what fits is enough. */
    if (!state.ended && fetch->bytes.len <= fetch->client->max_reply_bytes) {
        fetch->due = fetch->deadline;
        return KUBE_STEP_WAIT;
    }
    kube_observe_request(fetch, &state, state.code);
    fetch->overrun = state.overrun;
    /* A refusal whose text was lost is still a refusal. */
    bool refused = fetch->head.status >= 300 && !fetch->request->any_status && state.code != KUBE_E_NO_MEMORY;
    kube_step_t step = state.code == KUBE_OK || refused ? take_reply(fetch) : take_failure(fetch, &state);
    if (step == KUBE_STEP_END)
        drop_attempt(fetch);
    return step;
}

/* ---- the machine ---- */

static void ask_turn(kube_fetch_t *fetch)
{
    int64_t now = kube_now_us(), wait = 0;
    if (!(fetch->flags & KUBE_FETCH_NO_LIMIT))
        wait = kube_limiter_reserve(&fetch->client->limiter, now);
    fetch->limited = wait;
    fetch->due = fetch->turn = now + wait;
    fetch->state = wait ? WAIT_TURN : SEND;
}

/* A pause ends when it is due, however often the waiter is signaled meanwhile. */
static bool is_due(kube_fetch_t *fetch)
{
    if (kube_now_us() >= fetch->due)
        return true;
    if (fetch->due > fetch->deadline)
        fetch->due = fetch->deadline;
    return false;
}

static void tell_maker(const kube_credentials_t *credentials, char *text, size_t size)
{
    const char *name = credentials->maker_name;
    snprintf(text, size, "the call's time is over: it waited for credentials of the %s%s%s", credentials->maker, name ? " " : "", name ? name : "");
}

/* Its time is over: what it waited for. */
static kube_step_t run_out(kube_fetch_t *fetch)
{
    const char *server = fetch->access->servers.urls[fetch->server];
    char text[512];
    if (fetch->state == RECEIVE && fetch->head.status)
        snprintf(text, sizeof text, "the call's time is over: the reply of %s has not come to its end", server);
    else if (fetch->state == RECEIVE)
        snprintf(text, sizeof text, "the call's time is over: no reply has come from %s", server);
    else if (fetch->state == CREDENTIALS)
        tell_maker(fetch->access->credentials, text, sizeof text);
    else if (fetch->state == PAUSE)
        snprintf(text, sizeof text, "the call's time is over: it waited for its next attempt");
    else
        snprintf(text, sizeof text, "the call's time is over: it waited for its turn under the client's own rate limit");
    /* A stream that has begun owes nothing. */
    if (!(fetch->flags & KUBE_FETCH_STREAM) || fetch->head.status == 0)
        kube_fetch_suspect(fetch);
    return break_off(fetch, KUBE_E_TIMEOUT, text);
}

kube_step_t kube_fetch_step(kube_fetch_t *fetch)
{
    if (fetch->state == DONE)
        return KUBE_STEP_END;
    if (kube_waiter_canceled(fetch->waiter))
        return break_off(fetch, KUBE_E_CANCELED, "the call was canceled");
    if (fetch->deadline != KUBE_NEVER && kube_now_us() >= fetch->deadline)
        return run_out(fetch);
    for (;;) {
        kube_step_t step = KUBE_STEP_WAIT;
        int code = KUBE_OK;
        switch (fetch->state) {
        case TURN:
            ask_turn(fetch);
            break;
        case WAIT_TURN:
        case CREDENTIALS:
        case PAUSE:
            if (!is_due(fetch))
                return KUBE_STEP_WAIT;
            fetch->state = fetch->state == PAUSE ? TURN : SEND;
            break;
        case SEND:
            code = send(fetch);
            if (code < 0)
                return finish(fetch, code);
            break;
        case RECEIVE:
            step = receive(fetch);
            if (step != KUBE_STEP_WAIT || fetch->state == RECEIVE)
                return step;
            break;
        default:
            return KUBE_STEP_END;
        }
    }
}
