/*
 * A transport of the program's own: record_requests. It wraps the usual one, and prints every request with its status and size
 * on the way. One that answers from memory is simpler still: only `start` and `free` are needed then.
 */
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct recorder {
    kube_transport_t base; /* first, so that a pointer to it is one to the recorder */
    kube_transport_t *usual;
} recorder_t;

/* The type is the transport's own to define. */
struct kube_transport_exchange {
    kube_transport_exchange_t *usual;
    kube_transport_sink_t sink; /* the library's */
    int status;
    size_t bytes;
    bool starting, ended;
};

static int on_head(void *userdata, int status, const kube_header_t *headers, size_t count)
{
    kube_transport_exchange_t *exchange = userdata;
    exchange->status = status;
    return exchange->sink.head(exchange->sink.userdata, status, headers, count);
}

static int on_body(void *userdata, const char *bytes, size_t len)
{
    kube_transport_exchange_t *exchange = userdata;
    int code = exchange->sink.body(exchange->sink.userdata, bytes, len);
    exchange->bytes += code == KUBE_OK ? len : 0; /* what is refused for now comes again */
    return code;
}

static void on_end(void *userdata, int code, bool sent, const char *message)
{
    kube_transport_exchange_t *exchange = userdata;
    printf("  status %d, %zu bytes\n", exchange->status, exchange->bytes);
    exchange->ended = true;
    exchange->sink.end(exchange->sink.userdata, code, sent, message);
    if (!exchange->starting)
        free(exchange);
}

static int start(kube_transport_t *transport, const kube_transport_request_t *request, const kube_transport_sink_t *sink,
                 kube_transport_exchange_t **out, kube_error_t *err)
{
    kube_transport_t *usual = ((recorder_t *)transport)->usual;
    kube_transport_exchange_t *exchange = calloc(1, sizeof(*exchange));
    if (!exchange)
        return KUBE_E_NO_MEMORY;
    printf("%s %s\n", request->method, request->target);
    *exchange = (kube_transport_exchange_t){ .sink = *sink, .starting = true };
    *out = exchange;
    kube_transport_sink_t own = { .head = on_head, .body = on_body, .end = on_end, .userdata = exchange };
    int code = usual->start(usual, request, &own, &exchange->usual, err);
    exchange->starting = false;
    if (code != KUBE_OK || exchange->ended) {
        free(exchange);
        *out = NULL;
    }
    return code;
}

static void resume(kube_transport_t *transport, kube_transport_exchange_t *exchange)
{
    kube_transport_t *usual = ((recorder_t *)transport)->usual;
    usual->resume(usual, exchange->usual);
}

static bool stop(kube_transport_t *transport, kube_transport_exchange_t *exchange)
{
    kube_transport_t *usual = ((recorder_t *)transport)->usual;
    bool sent = usual->stop(usual, exchange->usual);
    free(exchange);
    return sent;
}

static int fd(kube_transport_t *transport)
{
    kube_transport_t *usual = ((recorder_t *)transport)->usual;
    return usual->fd(usual);
}

static int64_t timeout_ms(kube_transport_t *transport)
{
    kube_transport_t *usual = ((recorder_t *)transport)->usual;
    return usual->timeout_ms(usual);
}

static void dispatch(kube_transport_t *transport)
{
    kube_transport_t *usual = ((recorder_t *)transport)->usual;
    usual->dispatch(usual);
}

static void free_recorder(kube_transport_t *transport)
{
    kube_transport_free(((recorder_t *)transport)->usual);
}

int main(void)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    recorder_t recorder = { .base = { start, resume, stop, fd, timeout_ms, dispatch, free_recorder } };
    kube_client_options_t options = { .transport = &recorder.base };

    int code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_transport_new(config, &recorder.usual, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, &options, &client, &err);
    if (code == KUBE_OK)
        code = kube_core_v1_namespace_list(client, NULL, NULL, &err);
    if (code == KUBE_OK)
        code = kube_core_v1_namespace_get(client, "default", NULL, NULL, &err);
    if (code != KUBE_OK)
        fprintf(stderr, "record_requests: %s (%s)\n", err.message, kube_code_name(code));

    kube_client_free(client);
    kube_transport_free(&recorder.base);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
