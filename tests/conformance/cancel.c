/* Ends of calls before their time: canceled, too late, too much. */
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cases.h"

/* Less than what is waited for otherwise, and more than a machine stands still for. */
#define SOON_MS (CALL_MS / 2)

/* A client that gets no reply. */
static kube_client_t *client_through_a_stall(test_t *t, faultproxy_t **proxy, const kube_client_options_t *options)
{
    faultproxy_fault_t stall = { .kind = FAULTPROXY_STALL, .direction = FAULTPROXY_TO_CLIENT };
    *proxy = new_proxy(t);
    if (!*proxy || !CHECK(t, faultproxy_set(*proxy, FAULTPROXY_EVERY, &stall) == 0))
        return NULL;
    return new_client_through(t, *proxy, options);
}

static kube_client_t *stalled_client(test_t *t, const kube_client_options_t *options)
{
    faultproxy_t *proxy = NULL;
    return client_through_a_stall(t, &proxy, options);
}

static int get(test_t *t, kube_client_t *client, kube_call_t call)
{
    return kube_core_v1_namespace_get(client, t->ns, &(kube_get_options_t){ .call = call }, NULL, &t->err);
}

static void before_it_begins(test_t *t)
{
    kube_cancel_t *cancel = kube_cancel_new();
    kube_cancel_trip(cancel);
    CHECK(t, kube_cancel_tripped(cancel));
    CHECK_CODE(t, get(t, t->client, (kube_call_t){ .cancel = cancel }), KUBE_E_CANCELED);
    CHECK_INT(t, t->err.attempts, 0);
    kube_cancel_free(cancel);
}

static void waiting_for_a_reply(test_t *t)
{
    kube_client_t *client = stalled_client(t, NULL);
    int64_t start = now_ms();
    REQUIRE(t, client);
    CHECK_CODE(t, get(t, client, (kube_call_t){ .cancel = cancel_after(t, 200) }), KUBE_E_CANCELED);
    CHECK(t, now_ms() - start < SOON_MS);
}

/* A connection is there, with TLS all handshakes done, and the reply does not come. */
static void behind_a_handshake(test_t *t)
{
    faultproxy_t *proxy = new_proxy(t);
    kube_client_t *client = new_client_through(t, proxy, NULL);
    faultproxy_fault_t stall = { .kind = FAULTPROXY_STALL, .direction = FAULTPROXY_TO_CLIENT, .from_now = true };
    int64_t start = now_ms();
    REQUIRE(t, client);
    REQUIRE_OK(t, get(t, client, (kube_call_t){ 0 }));
    REQUIRE(t, faultproxy_set(proxy, FAULTPROXY_OPEN, &stall) == 0);
    CHECK_CODE(t, get(t, client, (kube_call_t){ .cancel = cancel_after(t, 200) }), KUBE_E_CANCELED);
    CHECK(t, now_ms() - start < SOON_MS);
    CHECK_OK(t, get(t, client, (kube_call_t){ 0 })); /* over another connection */
}

static void close_socket(void *what)
{
    close((int)(intptr_t)what);
}

static int open_socket(test_t *t, int type)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | type, 0);
    if (CHECK(t, fd >= 0))
        defer(t, close_socket, (void *)(intptr_t)fd);
    return fd;
}

/* A port whose queue of connections is full: whoever wants another one waits. -1: the case has failed. */
static int busy_port(test_t *t)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof address;
    int listener = open_socket(t, 0);
    if (!CHECK(t, bind(listener, (struct sockaddr *)&address, len) == 0 && listen(listener, 0) == 0 &&
                      getsockname(listener, (struct sockaddr *)&address, &len) == 0))
        return -1;
    for (int i = 0; i < 4; i++)
        (void)!connect(open_socket(t, SOCK_NONBLOCK), (struct sockaddr *)&address, len);
    return ntohs(address.sin_port);
}

static void while_connecting(test_t *t)
{
    int port = busy_port(t);
    int64_t start = now_ms();
    REQUIRE(t, port > 0);
    kube_client_t *client = new_client_of(t, config_for_port(t, port), NULL);
    REQUIRE(t, client);
    CHECK_CODE(t, get(t, client, (kube_call_t){ .cancel = cancel_after(t, 200) }), KUBE_E_CANCELED);
    CHECK_CODE(t, get(t, client, (kube_call_t){ .timeout_ms = 200 }), KUBE_E_TIMEOUT);
    CHECK(t, now_ms() - start < SOON_MS);
}

static void inside_of_a_reply(test_t *t)
{
    faultproxy_t *proxy = new_proxy(t);
    kube_client_t *client = new_client_through(t, proxy, NULL);
    faultproxy_fault_t stall = { .kind = FAULTPROXY_STALL, .direction = FAULTPROXY_TO_CLIENT, .at = 100, .from_now = true };
    REQUIRE(t, client);
    REQUIRE_OK(t, get(t, client, (kube_call_t){ 0 }));
    REQUIRE(t, faultproxy_set(proxy, FAULTPROXY_OPEN, &stall) == 0);
    CHECK_CODE(t, get(t, client, (kube_call_t){ .cancel = cancel_after(t, 200) }), KUBE_E_CANCELED);
}

static void under_a_rate_limit(test_t *t)
{
    kube_client_t *client = new_client(t, &(kube_client_options_t){ .qps = 0.01, .burst = 1 });
    int64_t start = now_ms();
    REQUIRE(t, client);
    REQUIRE_OK(t, get(t, client, (kube_call_t){ 0 }));
    CHECK_CODE(t, get(t, client, (kube_call_t){ .cancel = cancel_after(t, 200) }), KUBE_E_CANCELED);
    CHECK_CODE(t, get(t, client, (kube_call_t){ .timeout_ms = 200 }), KUBE_E_TIMEOUT);
    CHECK(t, now_ms() - start < SOON_MS);
}

static void before_a_retry(test_t *t)
{
    kube_test_fault_t busy = { .verb = "get", .resource = "namespaces", .status = 429, .retry_after = "100" };
    int64_t start = now_ms();
    REQUIRE(t, set_fault(t, &busy));
    CHECK_CODE(t, get(t, t->client, (kube_call_t){ .cancel = cancel_after(t, 200) }), KUBE_E_CANCELED);
    CHECK(t, get(t, t->client, (kube_call_t){ .timeout_ms = 200 }) < 0);
    CHECK(t, now_ms() - start < SOON_MS);
}

static void one_token_for_many(test_t *t)
{
    kube_client_t *client = stalled_client(t, NULL);
    kube_cancel_t *cancel = cancel_after(t, 200);
    REQUIRE(t, client);
    CHECK_CODE(t, get(t, client, (kube_call_t){ .cancel = cancel }), KUBE_E_CANCELED);
    CHECK_CODE(t, get(t, client, (kube_call_t){ .cancel = cancel }), KUBE_E_CANCELED);
    CHECK_OK(t, get(t, t->client, (kube_call_t){ 0 }));
}

static void canceled_write(test_t *t)
{
    kube_client_t *client = stalled_client(t, NULL);
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" } };
    kube_create_options_t options = { .call.cancel = cancel_after(t, 200) };
    REQUIRE(t, client);
    int code = kube_core_v1_config_map_create(client, NULL, &wanted, &options, NULL, &t->err);
    CHECK(t, code == KUBE_E_CANCELED || code == KUBE_E_AMBIGUOUS);
}

static void timeout_of_a_call(test_t *t)
{
    kube_client_t *client = stalled_client(t, NULL);
    int64_t start = now_ms();
    REQUIRE(t, client);
    CHECK_CODE(t, get(t, client, (kube_call_t){ .timeout_ms = 300 }), KUBE_E_TIMEOUT);
    int64_t taken = now_ms() - start;
    CHECK(t, taken >= 290 && taken < SOON_MS);
}

static void timeout_of_the_client(test_t *t)
{
    kube_client_t *client = stalled_client(t, &(kube_client_options_t){ .timeout_ms = 300 });
    int64_t start = now_ms();
    REQUIRE(t, client);
    CHECK_CODE(t, get(t, client, (kube_call_t){ 0 }), KUBE_E_TIMEOUT);
    CHECK(t, now_ms() - start < SOON_MS);
}

static void timeout_in_a_list(test_t *t)
{
    kube_client_t *client = stalled_client(t, NULL);
    REQUIRE(t, client);
    kube_list_options_t options = { .call.timeout_ms = 300 };
    CHECK_CODE(t, kube_core_v1_config_map_list(client, NULL, &options, NULL, &t->err), KUBE_E_TIMEOUT);
}

static void timed_out_write(test_t *t)
{
    faultproxy_t *proxy = NULL;
    kube_client_t *client = client_through_a_stall(t, &proxy, NULL);
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .generate_name = "job-" } };
    REQUIRE(t, client);
    int code = KUBE_E_TIMEOUT;
    /* Without TLS, a time that was over before anything was sent gives way to a longer one. */
    for (int64_t ms = 300; code == KUBE_E_TIMEOUT && ms <= CALL_MS; ms = t->server->tls ? CALL_MS + 1 : ms * 4) {
        kube_create_options_t options = { .call.timeout_ms = ms };
        code = kube_core_v1_config_map_create(client, NULL, &wanted, &options, NULL, &t->err);
        CHECK(t, t->server->tls || code != KUBE_E_TIMEOUT || faultproxy_counters(proxy).to_server == 0);
    }
    CHECK_CODE(t, code, t->server->tls ? KUBE_E_TIMEOUT : KUBE_E_AMBIGUOUS); /* with TLS not even the handshake came through */
}

static void timeout_of_the_server(test_t *t)
{
    kube_test_fault_t slow = { .verb = "get", .resource = "namespaces", .delay_ms = 15000, .count = 1 };
    REQUIRE(t, set_fault(t, &slow));
    CHECK_CODE(t, get(t, t->client, (kube_call_t){ .timeout_ms = 300 }), KUBE_E_TIMEOUT);
    CHECK_OK(t, get(t, t->client, (kube_call_t){ 0 }));
}

/* ---- too much ---- */

static bool make_large(test_t *t, size_t len)
{
    char *value = malloc(len + 1);
    if (!value)
        abort();
    defer(t, free, value);
    memset(value, 'x', len);
    value[len] = '\0';
    return make_config_map(t, "large", value) != NULL;
}

static void reply_over_limit(test_t *t)
{
    kube_client_t *client = new_client(t, &(kube_client_options_t){ .max_reply_bytes = 64 * 1024 });
    REQUIRE(t, client && make_large(t, 100 * 1024));
    CHECK_CODE(t, kube_core_v1_config_map_get(client, NULL, "large", NULL, NULL, &t->err), KUBE_E_LIMIT);
    CHECK_OK(t, get(t, client, (kube_call_t){ 0 }));
}

static int take(const config_map_t *object, void *userdata)
{
    (void)object;
    (void)userdata;
    return 0;
}

static void item_over_limit(test_t *t)
{
    kube_client_t *client = new_client(t, &(kube_client_options_t){ .max_item_bytes = 64 * 1024 });
    config_map_event_t event = { 0 };
    REQUIRE(t, client);
    config_map_watch_t *watch = watch_config_maps(t, client, NULL);
    REQUIRE_EVENT(t, watch, KUBE_EVENT_SYNCED, NULL);
    REQUIRE(t, make_large(t, 100 * 1024));
    CHECK_CODE(t, kube_core_v1_config_map_watch_next_within(watch, EVENT_MS, &event, &t->err), KUBE_E_LIMIT);
    CHECK_CODE(t, kube_core_v1_config_map_each(client, NULL, NULL, take, NULL, &t->err), KUBE_E_LIMIT);
}

static void headers_over_limit(test_t *t)
{
    kube_client_t *client = new_client(t, &(kube_client_options_t){ .max_header_bytes = 40 });
    REQUIRE(t, client);
    CHECK_CODE(t, get(t, client, (kube_call_t){ 0 }), KUBE_E_LIMIT);
}

static void header_flood(test_t *t)
{
    size_t len = 600 * 1024;
    char *flood = malloc(len);
    REQUIRE(t, flood);
    defer(t, free, flood);
    int at = snprintf(flood, len, "HTTP/1.1 200 OK\r\n");
    while ((size_t)at + 64 < len)
        at += snprintf(flood + at, len - (size_t)at, "X-Flood-%d: aaaaaaaaaaaaaaaaaaaaaaa\r\n", at);
    kube_test_fault_t fault = { .verb = "get", .resource = "namespaces", .bytes = flood, .bytes_len = (size_t)at };
    REQUIRE(t, set_fault(t, &fault));
    CHECK_CODE(t, get(t, t->client, (kube_call_t){ .max_retries = KUBE_SOME(0) }), KUBE_E_LIMIT);
}

const test_case_t cancel_cases[] = {
    { "cancel/before-it-begins", before_it_begins },
    { "cancel/waiting-for-a-reply", waiting_for_a_reply },
    { "cancel/behind-a-handshake", behind_a_handshake },
    { "cancel/while-connecting", while_connecting },
    { "cancel/inside-of-a-reply", inside_of_a_reply },
    { "cancel/under-a-rate-limit", under_a_rate_limit },
    { "cancel/before-a-retry", before_a_retry },
    { "cancel/one-token-for-many-calls", one_token_for_many },
    { "cancel/write", canceled_write },
    { "timeout/of-a-call", timeout_of_a_call },
    { "timeout/of-the-client", timeout_of_the_client },
    { "timeout/in-a-list", timeout_in_a_list },
    { "timeout/write", timed_out_write },
    { "timeout/slow-server", timeout_of_the_server },
    { "limit/reply", reply_over_limit },
    { "limit/item-of-a-stream", item_over_limit },
    { "limit/headers", headers_over_limit },
    { "limit/flood-of-headers", header_flood },
    { 0 },
};
