/* Exchanges: a request's bytes on their way from the transport, in the driving thread, to their owner. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "http/engine_parts.h"
#include "http/headers.h"

/* The most memory that is taken on the word of a Content-Length header. */
#define TRUSTED_CONTENT_LENGTH ((size_t)256 << 20)
#define PADDING ((size_t)64)

/* ---- the sink: the driving thread ---- */

static void copy_header(char *to, size_t size, const kube_header_t *headers, size_t count, const char *name)
{
    const char *value = kube_header_find(headers, count, name);
    if (value)
        kube_copy_cut(to, size, value, strlen(value));
}

/* Without its parameters. */
static void copy_content_type(char *to, size_t size, const kube_header_t *headers, size_t count)
{
    copy_header(to, size, headers, count, "Content-Type");
    to[strcspn(to, "; \t")] = '\0';
}

static void copy_warnings(kube_buffer_t *warnings, const kube_header_t *headers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!kube_header_is(&headers[i], "Warning"))
            continue;
        kube_buffer_puts(warnings, headers[i].value);
        kube_buffer_puts(warnings, "\n");
    }
}

/* Makes room for a body whose length the server tells. */
static int expect(kube_exchange_t *exchange, const char *length)
{
    if (exchange->limits.queue_bytes || !length || strcmp(exchange->request.method, "HEAD") == 0)
        return KUBE_OK;
    unsigned long long expected = strtoull(length, NULL, 10);
    if (expected > exchange->limits.reply_bytes)
        return KUBE_E_LIMIT;
    if (expected > TRUSTED_CONTENT_LENGTH)
        expected = TRUSTED_CONTENT_LENGTH;
    return kube_buffer_reserve(&exchange->queue, (size_t)expected + PADDING) ? KUBE_OK : KUBE_E_NO_MEMORY;
}

static int take_head(void *userdata, int status, const kube_header_t *headers, size_t count)
{
    kube_exchange_t *exchange = userdata;
    kube_engine_t *engine = exchange->engine;
    kube_reply_head_t *head = kube_mem_zero(sizeof *head);
    if (!head)
        return KUBE_E_NO_MEMORY;
    head->status = status;
    copy_header(head->retry_after, sizeof head->retry_after, headers, count, "Retry-After");
    copy_content_type(head->content_type, sizeof head->content_type, headers, count);
    copy_header(head->audit_id, sizeof head->audit_id, headers, count, "Audit-Id");
    copy_header(head->flow_schema, sizeof head->flow_schema, headers, count, "X-Kubernetes-Pf-Flowschema-Uid");
    copy_header(head->priority_level, sizeof head->priority_level, headers, count, "X-Kubernetes-Pf-Prioritylevel-Uid");
    copy_warnings(&head->warnings, headers, count);
    pthread_mutex_lock(&engine->lock);
    int code = expect(exchange, kube_header_find(headers, count, "Content-Length"));
    exchange->head = head;
    exchange->head_at = kube_now_us();
    if (exchange->limits.queue_bytes)
        kube_engine_signal(engine, exchange->waiter);
    kube_engine_unlock(engine);
    return code;
}

/*
 * libcurl cannot hold back one stream of a shared connection without holding back the others. So there the sender is not made to wait: the queue may grow
 * to so many times its size, and then the stream is broken off.
 */
#define SHARED_QUEUES 32

static bool is_overrun(const kube_exchange_t *exchange, size_t len)
{
    size_t most = exchange->limits.queue_bytes, used = exchange->queue.len;
    return exchange->request.multiplex && used && used / SHARED_QUEUES + len / SHARED_QUEUES >= most;
}

/* A queue takes at least one piece, however long. */
static bool is_full(const kube_exchange_t *exchange, size_t len)
{
    size_t most = exchange->limits.queue_bytes, used = exchange->queue.len;
    return most && used && !exchange->request.multiplex && (used >= most || len > most - used);
}

static int append(kube_exchange_t *exchange, const char *bytes, size_t len)
{
    if (!exchange->limits.queue_bytes && len > exchange->limits.reply_bytes - exchange->queue.len)
        return KUBE_E_LIMIT;
    exchange->overrun = is_overrun(exchange, len);
    if (exchange->overrun)
        return KUBE_E_LIMIT;
    kube_buffer_append(&exchange->queue, bytes, len);
    exchange->received += len;
    return exchange->queue.failed ? KUBE_E_NO_MEMORY : KUBE_OK;
}

static int take_body(void *userdata, const char *bytes, size_t len)
{
    kube_exchange_t *exchange = userdata;
    kube_engine_t *engine = exchange->engine;
    pthread_mutex_lock(&engine->lock);
    int code = KUBE_TRANSPORT_PAUSE;
    exchange->paused = is_full(exchange, len) && exchange->transport->resume;
    if (!exchange->paused)
        code = append(exchange, bytes, len);
    if (exchange->limits.queue_bytes)
        kube_engine_signal(engine, exchange->waiter);
    kube_engine_unlock(engine);
    return code;
}

static void take_end(void *userdata, int code, bool sent, const char *message)
{
    kube_exchange_t *exchange = userdata;
    kube_engine_t *engine = exchange->engine;
    pthread_mutex_lock(&engine->lock);
    exchange->running = false;
    exchange->of_transport = NULL;
    exchange->code = code;
    exchange->sent = sent;
    exchange->message = *message ? kube_mem_strdup(message) : NULL;
    exchange->ended = true;
    kube_engine_signal(engine, exchange->waiter);
    kube_engine_unlock(engine);
}

/* ---- orders: the driving thread ---- */

static void start(kube_exchange_t *exchange)
{
    static const kube_transport_sink_t functions = { .head = take_head, .body = take_body, .end = take_end };
    kube_transport_sink_t sink = functions;
    sink.userdata = exchange;
    kube_transport_t *transport = exchange->transport;
    kube_error_t err = { 0 };
    exchange->running = true;
    int code = transport->start(transport, &exchange->request, &sink, &exchange->of_transport, &err);
    if (code < 0)
        take_end(exchange, code, false, err.message);
}

void kube_exchange_obey(kube_exchange_t *exchange, unsigned orders)
{
    kube_transport_t *transport = exchange->transport;
    if (orders & KUBE_ORDER_STOP && !exchange->ended) {
        if (exchange->running && exchange->suspected && transport->suspect)
            transport->suspect(transport, exchange->of_transport);
        bool sent = exchange->running && (!transport->stop || transport->stop(transport, exchange->of_transport));
        take_end(exchange, KUBE_E_CANCELED, sent, "broken off");
    } else if (orders & KUBE_ORDER_START && !exchange->ended) {
        start(exchange);
    } else if (orders & KUBE_ORDER_RESUME && exchange->running) {
        transport->resume(transport, exchange->of_transport);
    }
}

/* ---- the owner ---- */

int kube_exchange_start(kube_waiter_t *waiter, kube_transport_t *transport, const kube_transport_request_t *request, const kube_exchange_limits_t *limits,
                        kube_exchange_t **out, kube_error_t *err)
{
    kube_engine_t *engine = waiter->engine;
    kube_exchange_t *exchange = kube_mem_zero(sizeof *exchange);
    *out = exchange;
    if (!exchange)
        return kube_fail_memory(err);
    exchange->engine = engine;
    exchange->waiter = waiter;
    exchange->transport = transport ? transport : engine->transport;
    exchange->request = *request;
    exchange->limits = *limits;
    pthread_mutex_lock(&engine->lock);
    exchange->next = engine->exchanges;
    if (engine->exchanges)
        engine->exchanges->previous = exchange;
    engine->exchanges = exchange;
    if (engine->closing) {
        exchange->ended = true;
        exchange->code = KUBE_E_CANCELED;
    } else {
        kube_engine_order(engine, exchange, KUBE_ORDER_START);
    }
    kube_engine_unlock(engine);
    return KUBE_OK;
}

static const char *message_of(const kube_exchange_t *exchange)
{
    if (exchange->message)
        return exchange->message;
    return exchange->code < 0 ? kube_code_name(exchange->code) : "";
}

/* Gives the owner the queue's memory, and the queue the owner's. */
static void swap(kube_exchange_t *exchange, kube_buffer_t *bytes)
{
    kube_buffer_t taken = exchange->queue;
    exchange->queue = *bytes;
    *bytes = taken;
    if (!exchange->paused)
        return;
    exchange->paused = false;
    kube_engine_order(exchange->engine, exchange, KUBE_ORDER_RESUME);
}

void kube_exchange_look(kube_exchange_t *exchange, kube_exchange_state_t *state, kube_buffer_t *bytes)
{
    pthread_mutex_lock(&exchange->engine->lock);
    *state = (kube_exchange_state_t){ .head = exchange->head, .ended = exchange->ended,
                                      .sent = exchange->sent, .code = exchange->code, .message = message_of(exchange),
                                      .received = exchange->received, .head_at = exchange->head_at, .overrun = exchange->overrun };
    if (bytes && exchange->queue.len && (exchange->ended || exchange->limits.queue_bytes))
        swap(exchange, bytes);
    kube_engine_unlock(exchange->engine);
}

void kube_exchange_forget_head(kube_exchange_t *exchange)
{
    if (exchange->head)
        kube_buffer_dispose(&exchange->head->warnings);
    kube_mem_free(exchange->head);
    exchange->head = NULL;
}

void kube_exchange_suspect(kube_exchange_t *exchange)
{
    if (!exchange)
        return;
    pthread_mutex_lock(&exchange->engine->lock);
    exchange->suspected = true;
    kube_engine_unlock(exchange->engine);
}

/* Waits until the driving thread, or this one in its place, has let go of the exchange. The lock is held. */
static void stop(kube_engine_t *engine, kube_exchange_t *exchange)
{
    if (!exchange->ended)
        kube_engine_order(engine, exchange, KUBE_ORDER_STOP);
    while (!exchange->ended || exchange->busy || exchange->on_order_queue) {
        if (kube_engine_seize(engine, NULL)) {
            kube_engine_obey(engine);
            kube_engine_release(engine);
        } else {
            kube_engine_await_release(engine);
        }
    }
}

bool kube_exchange_free(kube_exchange_t *exchange)
{
    if (!exchange)
        return false;
    kube_engine_t *engine = exchange->engine;
    pthread_mutex_lock(&engine->lock);
    stop(engine, exchange);
    if (exchange->previous)
        exchange->previous->next = exchange->next;
    else
        engine->exchanges = exchange->next;
    if (exchange->next)
        exchange->next->previous = exchange->previous;
    kube_engine_unlock(engine);
    bool sent = exchange->sent;
    kube_buffer_dispose(&exchange->queue);
    kube_exchange_forget_head(exchange);
    kube_mem_free(exchange->message);
    kube_mem_free(exchange);
    return sent;
}
