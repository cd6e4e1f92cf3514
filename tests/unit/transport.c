/* The transport on libcurl, against a server on a loopback port that can misbehave. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <kube/memory.h>
#include <kube/transport.h>
#include <netdb.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "http/curl.h"
#include "http/engine.h"
#include "loopback.h"
#include "patience.h"
#include "faults.h"

static pem_pair_t authority, stranger, server_pair, named_pair, client_pair, locked_pair;

/* What came out of one exchange. */
typedef struct outcome {
    int code, status, heads, ended;
    bool sent;
    char x_test[64];
    kube_buffer_t body;
    kube_error_t err; /* of start */
    char message[256];
    int refuse; /* what the sink returns to the body */
} outcome_t;

static int take_head(void *userdata, int status, const kube_header_t *headers, size_t header_count)
{
    outcome_t *outcome = userdata;
    outcome->status = status;
    outcome->heads++;
    for (size_t i = 0; i < header_count; i++) {
        if (strcmp(headers[i].name, "X-Test") == 0)
            snprintf(outcome->x_test, sizeof outcome->x_test, "%s", headers[i].value);
    }
    return 0;
}

static int take_body(void *userdata, const char *bytes, size_t len)
{
    outcome_t *outcome = userdata;
    kube_buffer_append(&outcome->body, bytes, len);
    return outcome->refuse;
}

static void take_end(void *userdata, int code, bool sent, const char *message)
{
    outcome_t *outcome = userdata;
    outcome->ended++;
    outcome->code = code;
    outcome->sent = sent;
    snprintf(outcome->message, sizeof outcome->message, "%s", message);
}

/* What a loop does once: waits for something to do, `most_ms` at most, and does it. */
static void turn(kube_transport_t *transport, int64_t most_ms)
{
    struct pollfd ready = { .fd = transport->fd(transport), .events = POLLIN };
    int64_t wait_ms = transport->timeout_ms(transport);
    poll(&ready, 1, (int)(wait_ms < 0 || wait_ms > most_ms ? most_ms : wait_ms));
    transport->dispatch(transport);
}

/* Drives a transport as a loop would, until the exchange has ended or the moment has come. */
static void drive(kube_transport_t *transport, const outcome_t *outcome, int64_t until)
{
    for (int64_t now; !outcome->ended && (now = now_us()) < until;)
        turn(transport, (until - now + MS - 1) / MS);
}

static int start(kube_transport_t *transport, const char *url, const char *method, const char *target, const char *body, outcome_t *outcome,
                 kube_transport_exchange_t **exchange)
{
    kube_header_t headers[] = { { "Accept", "application/json" }, { "User-Agent", "libkube-test" }, { "X-Empty", "" } };
    kube_transport_request_t request = { .method = method, .server = url, .target = target, .headers = headers, .header_count = 3,
                                         .body = body, .body_len = body ? strlen(body) : 0 };
    kube_transport_sink_t sink = { .head = take_head, .body = take_body, .end = take_end, .userdata = outcome };
    int refuse = outcome->refuse;
    kube_buffer_dispose(&outcome->body);
    *outcome = (outcome_t){ .refuse = refuse };
    *exchange = NULL;
    outcome->code = transport->start(transport, &request, &sink, exchange, &outcome->err);
    if (outcome->code < 0)
        CHECK(!*exchange && !outcome->ended);
    return outcome->code;
}

/* timeout_ms: after which the exchange is stopped; 0: when patience is at its end. */
static void perform(kube_transport_t *transport, const char *url, const char *method, const char *target, const char *body,
                    int64_t timeout_ms, outcome_t *outcome)
{
    kube_transport_exchange_t *exchange;
    if (start(transport, url, method, target, body, outcome, &exchange) < 0)
        return;
    drive(transport, outcome, now_us() + (timeout_ms ? timeout_ms : PATIENCE_MS) * MS);
    if (!outcome->ended) {
        outcome->sent = transport->stop(transport, exchange);
        outcome->code = KUBE_E_CANCELED;
    }
    CHECK(outcome->ended <= 1);
}

static kube_transport_t *make(const kube_config_t *config)
{
    kube_transport_t *transport = NULL;
    kube_error_t err;
    int code = kube_transport_new(config, &transport, &err);
    if (code < 0)
        printf("kube_transport_new: %s: %s\n", kube_code_name(code), err.message);
    CHECK_INT(code, KUBE_OK);
    return transport;
}

static void test_plain_requests(void)
{
    loopback_t server;
    loopback_start(&server, NULL, NULL, 0);
    kube_transport_t *transport = make(&(kube_config_t){ .server = server.url });
    outcome_t outcome = { 0 };
    perform(transport, server.url, "GET", "/echo?a=%2F", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_OK);
    CHECK_INT(outcome.status, 200);
    CHECK_INT(outcome.heads, 1);
    CHECK(outcome.sent);
    CHECK_STR(outcome.x_test, "spaced");
    CHECK(strncmp(outcome.body.data, "GET /echo?a=%2F HTTP/1.1\r\n", 26) == 0);
    CHECK(strstr(outcome.body.data, "\r\nUser-Agent: libkube-test\r\n"));
    CHECK(strstr(outcome.body.data, "\r\nAccept: application/json\r\n"));
    CHECK(strstr(outcome.body.data, "\r\nX-Empty:\r\n"));
    CHECK(!strcasestr(outcome.body.data, "\r\nExpect:"));
    CHECK(!strcasestr(outcome.body.data, "\r\nContent-Type:"));
    CHECK(!strcasestr(outcome.body.data, "\r\nAccept-Encoding:"));
    const char *methods[] = { "POST", "PUT", "PATCH", "DELETE" };
    for (int i = 0; i < 4; i++) {
        char first[32];
        snprintf(first, sizeof first, "%s /echo HTTP/1.1\r\n", methods[i]);
        perform(transport, server.url, methods[i], "/echo", "{\"a\":1}", 0, &outcome);
        CHECK_INT(outcome.code, KUBE_OK);
        CHECK(strncmp(outcome.body.data, first, strlen(first)) == 0);
        CHECK(strstr(outcome.body.data, "\r\nContent-Length: 7\r\n"));
        CHECK(strstr(outcome.body.data, "\r\n\r\n{\"a\":1}"));
    }
    perform(transport, server.url, "DELETE", "/echo", NULL, 0, &outcome);
    CHECK(outcome.code == KUBE_OK && !strcasestr(outcome.body.data, "\r\nContent-Length:"));
    perform(transport, server.url, "POST", "/echo", NULL, 0, &outcome);
    CHECK(outcome.code == KUBE_OK && strcasestr(outcome.body.data, "\r\nContent-Length: 0\r\n"));
    CHECK(!strcasestr(outcome.body.data, "\r\nContent-Type:"));
    perform(transport, server.url, "POST", "/echo", "", 0, &outcome);
    CHECK(outcome.code == KUBE_OK && !strcasestr(outcome.body.data, "\r\nContent-Type:"));
    CHECK_INT(server.connections, 1);
    kube_buffer_dispose(&outcome.body);
    kube_transport_free(transport);
    loopback_stop(&server);
}

static void test_reply_forms(void)
{
    loopback_t server;
    loopback_start(&server, NULL, NULL, 0);
    kube_transport_t *transport = make(&(kube_config_t){ .server = server.url });
    outcome_t outcome = { 0 };
    perform(transport, server.url, "GET", "/chunked", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_OK);
    CHECK_INT(outcome.heads, 1);
    CHECK_STR(outcome.body.data, "hello, world");
    perform(transport, server.url, "GET", "/early", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_OK);
    CHECK_INT(outcome.heads, 1);
    CHECK_INT(outcome.status, 200);
    perform(transport, server.url, "GET", "/redirect", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_OK);
    CHECK_INT(outcome.status, 302);
    perform(transport, server.url, "GET", "/huge-head", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_E_LIMIT);
    outcome.refuse = KUBE_E_CANCELED;
    perform(transport, server.url, "GET", "/chunked", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_E_CANCELED);
    CHECK_INT(outcome.status, 200);
    kube_buffer_dispose(&outcome.body);
    kube_transport_free(transport);
    loopback_stop(&server);
}

/* Keeps the port of a server that has stopped, so that nobody else on this machine listens there. */
static int stop_and_hold_port(loopback_t *server)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)server->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    loopback_stop(server);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
        abort();
    return fd;
}

/* In place of the C library's, which may ask a name server: there is no such name. Addresses need no asking. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
    (void)name, (void)service, (void)hints;
    *out = NULL;
    return EAI_NONAME;
}

static void test_lost_connections(void)
{
    loopback_t server;
    loopback_start(&server, NULL, NULL, 0);
    kube_transport_t *transport = make(&(kube_config_t){ .server = server.url });
    outcome_t outcome = { 0 };
    perform(transport, server.url, "POST", "/cut-head", "{}", 0, &outcome);
    CHECK_INT(outcome.code, KUBE_E_CONNECT);
    CHECK(outcome.sent);
    CHECK_INT(outcome.heads, 0);
    perform(transport, server.url, "GET", "/cut-body", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_E_CONNECT);
    CHECK_INT(outcome.status, 200);
    perform(transport, server.url, "GET", "/garbage", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_E_PARSE);
    kube_buffer_dispose(&outcome.body);
    int held = stop_and_hold_port(&server);
    perform(transport, server.url, "POST", "/echo", "{}", 0, &outcome);
    CHECK_INT(outcome.code, KUBE_E_CONNECT);
    CHECK(!outcome.sent);
    close(held);
    perform(transport, "http://name.invalid:1", "GET", "/echo", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_E_CONNECT);
    CHECK(!outcome.sent);
    kube_transport_free(transport);
}

/* A kept connection that breaks: a read is sent again, a write never is. */
static void test_writes_are_sent_once(void)
{
    loopback_t server;
    loopback_start(&server, NULL, NULL, 0);
    kube_transport_t *transport = make(&(kube_config_t){ .server = server.url });
    outcome_t outcome = { 0 };
    perform(transport, server.url, "GET", "/second-cut", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_OK);
    perform(transport, server.url, "GET", "/second-cut", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_OK);
    CHECK_INT(server.requests, 3);
    perform(transport, server.url, "POST", "/second-cut", "{}", 0, &outcome);
    CHECK_INT(outcome.code, KUBE_E_CONNECT);
    CHECK(outcome.sent);
    CHECK_INT(server.requests, 4);
    kube_buffer_dispose(&outcome.body);
    kube_transport_free(transport);
    loopback_stop(&server);
}

/* The first attempt may have done its work, whatever became of libcurl's second one. */
static void test_no_handshake_after_a_loss(void)
{
    loopback_t server;
    loopback_start(&server, &authority, &server_pair, 0);
    server.good_connections = 1;
    kube_transport_t *transport = make(&(kube_config_t){ .server = server.url, .ca_pem = authority.certificate });
    outcome_t outcome = { 0 };
    perform(transport, server.url, "GET", "/second-cut", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_OK);
    perform(transport, server.url, "POST", "/second-cut", "{}", 0, &outcome);
    CHECK_INT(outcome.code, KUBE_E_TLS);
    CHECK(outcome.sent);
    CHECK_INT(server.connections, 2);
    perform(transport, server.url, "POST", "/echo", "{}", 0, &outcome);
    CHECK_INT(outcome.code, KUBE_E_TLS);
    CHECK(!outcome.sent);
    kube_buffer_dispose(&outcome.body);
    kube_transport_free(transport);
    loopback_stop(&server);
}

/* Nothing but the time to connect is limited, and another server may answer. */
static void test_time_to_connect(void)
{
    CHECK_INT(kube_curl_code(CURLE_OPERATION_TIMEDOUT, ""), KUBE_E_CONNECT);
}

/* libcurl calls all that ends a handshake an error of TLS; a connection that was lost is another matter: it may be tried again. */
static void test_handshakes_that_end(void)
{
    static const char *const lost[] = {
        "getpeername() failed with errno 107: Transport endpoint is not connected",
        "Recv failure: Connection reset by peer",
        "Send failure: Die Verbindung wurde vom Kommunikationspartner zurückgesetzt",
        "OpenSSL SSL_connect: Connection reset by peer in connection to 127.0.0.1:6443 ",
        "OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to 127.0.0.1:6443 ",
    };
    for (size_t i = 0; i < sizeof lost / sizeof *lost; i++)
        CHECK_INT(kube_curl_code(CURLE_SSL_CONNECT_ERROR, lost[i]), KUBE_E_CONNECT);
    CHECK_INT(kube_curl_code(CURLE_SSL_CONNECT_ERROR, "error:0A00010B:SSL routines::wrong version number"), KUBE_E_TLS);
    CHECK_INT(kube_curl_code(CURLE_SSL_CONNECT_ERROR, ""), KUBE_E_TLS);
}

static void test_endless_heads(void)
{
    loopback_t server;
    loopback_start(&server, NULL, NULL, 0);
    kube_transport_t *transport = make(&(kube_config_t){ .server = server.url });
    outcome_t outcome = { 0 };
    perform(transport, server.url, "GET", "/interim", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_E_LIMIT);
    CHECK_INT(outcome.heads, 0);
    kube_buffer_dispose(&outcome.body);
    kube_transport_free(transport);
    loopback_stop(&server);
}

/* Begins streams together that cannot have a connection; all have to end, each once. */
static void check_streams(const char *url, int code)
{
    enum { STREAMS = 20 };
    kube_transport_t *transport = make(&(kube_config_t){ .server = url, .ca_pem = authority.certificate });
    outcome_t outcomes[STREAMS] = { { 0 } };
    kube_transport_exchange_t *exchanges[STREAMS];
    kube_transport_request_t request = { .method = "GET", .server = url, .target = "/echo", .multiplex = true };
    for (int i = 0; i < STREAMS; i++) {
        kube_transport_sink_t sink = { .head = take_head, .body = take_body, .end = take_end, .userdata = &outcomes[i] };
        CHECK_INT(transport->start(transport, &request, &sink, &exchanges[i], NULL), KUBE_OK);
    }
    int64_t until = now_us() + PATIENCE_MS * (int64_t)MS;
    for (int i = 0; i < STREAMS; i++)
        drive(transport, &outcomes[i], until);
    for (int i = 0; i < STREAMS; i++) {
        CHECK_INT(outcomes[i].ended, 1);
        CHECK_INT(outcomes[i].code, code);
        CHECK(!outcomes[i].sent && strlen(outcomes[i].message) > 0);
        if (!outcomes[i].ended)
            transport->stop(transport, exchanges[i]);
        kube_buffer_dispose(&outcomes[i].body);
    }
    kube_transport_free(transport);
}

static void test_streams_without_a_server(void)
{
    loopback_t server;
    loopback_start(&server, NULL, NULL, 0);
    int held = stop_and_hold_port(&server);
    check_streams(server.url, KUBE_E_CONNECT);
    close(held);
}

/* One attempt stands for all that wait for it: a server that is silent would cost each of them the time to connect, one after the other. */
static void test_streams_share_a_failure(void)
{
    loopback_t server;
    loopback_start(&server, &authority, &server_pair, 0);
    server.good_connections = -1;
    check_streams(server.url, KUBE_E_TLS);
    CHECK_INT(server.connections, 1);
    loopback_stop(&server);
}

static void test_stop(void)
{
    loopback_t server;
    loopback_start(&server, NULL, NULL, 0);
    kube_transport_t *transport = make(&(kube_config_t){ .server = server.url });
    outcome_t outcome = { 0 };
    const char *targets[] = { "/stall-head", "/stall-body" };
    for (int i = 0; i < 2; i++) {
        kube_transport_exchange_t *exchange;
        CHECK_INT(start(transport, server.url, "GET", targets[i], NULL, &outcome, &exchange), KUBE_OK);
        for (int64_t until = now_us() + PATIENCE_MS * (int64_t)MS; (server.requests <= i || outcome.heads < i) && now_us() < until;)
            turn(transport, 1);
        CHECK(transport->stop(transport, exchange));
        CHECK_INT(outcome.ended, 0);
        CHECK_INT(outcome.heads, i);
    }
    perform(transport, server.url, "GET", "/echo", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_OK);
    kube_buffer_dispose(&outcome.body);
    kube_transport_free(transport);
    loopback_stop(&server);
}

/* In place of the C library's: fails when told to. */
static atomic_int watches_to_fail;

int epoll_ctl(int set, int op, int fd, struct epoll_event *event)
{
    if (op == EPOLL_CTL_ADD && watches_to_fail > 0) {
        watches_to_fail--;
        errno = ENOSPC;
        return -1;
    }
    return (int)syscall(SYS_epoll_ctl, set, op, fd, event);
}

/* A socket that cannot be waited for is the end of its exchange only. */
static void test_no_watches_left(void)
{
    loopback_t server;
    loopback_start(&server, NULL, NULL, 0);
    kube_transport_t *transport = make(&(kube_config_t){ .server = server.url });
    outcome_t outcome = { 0 };
    for (int i = 0; i < 3; i++) {
        watches_to_fail = 1;
        perform(transport, server.url, "GET", "/echo", NULL, 0, &outcome);
        CHECK_INT(outcome.code, KUBE_E_NO_MEMORY);
        CHECK_INT(watches_to_fail, 0);
        perform(transport, server.url, "GET", "/echo", NULL, 0, &outcome);
        CHECK_INT(outcome.code, KUBE_OK);
        /* A kept connection would be watched already. */
        perform(transport, server.url, "GET", "/cut-head", NULL, 0, &outcome);
    }
    kube_buffer_dispose(&outcome.body);
    kube_transport_free(transport);
    loopback_stop(&server);
}

/* Nor is one that was closed before it is taken out of the set. */
static void test_stopped_anywhere(void)
{
    loopback_t server;
    loopback_start(&server, &authority, &server_pair, 0);
    kube_transport_t *transport = make(&(kube_config_t){ .server = server.url, .ca_pem = authority.certificate });
    outcome_t outcome = { 0 };
    for (int ms = 1; ms < 25; ms++)
        perform(transport, server.url, "GET", "/stall-body", NULL, ms, &outcome);
    perform(transport, server.url, "GET", "/echo", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_OK);
    kube_buffer_dispose(&outcome.body);
    kube_transport_free(transport);
    loopback_stop(&server);
}

static void test_bad_requests(void)
{
    loopback_t server;
    loopback_start(&server, NULL, NULL, 0);
    kube_transport_t *transport = make(&(kube_config_t){ .server = server.url });
    outcome_t outcome = { 0 };
    perform(transport, "ftp://127.0.0.1", "GET", "/", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_E_USAGE);
    kube_header_t header = { "Authorization", "Bearer canary\r\nX-Injected: 1" };
    kube_transport_request_t request = { .method = "GET", .server = server.url, .target = "/echo", .headers = &header, .header_count = 1 };
    kube_transport_sink_t sink = { .head = take_head, .body = take_body, .end = take_end, .userdata = &outcome };
    kube_transport_exchange_t *exchange = NULL;
    CHECK_INT(transport->start(transport, &request, &sink, &exchange, &outcome.err), KUBE_E_USAGE);
    CHECK(!exchange && !outcome.ended);
    CHECK(!strstr(outcome.err.message, "canary"));
    header = (kube_header_t){ "X-A: 1\r\nX-Injected", "1" };
    CHECK_INT(transport->start(transport, &request, &sink, &exchange, &outcome.err), KUBE_E_USAGE);
    request.header_count = 0;
    request.method = "GET /echo HTTP/1.1\r\nHost: evil\r\n\r\nDELETE";
    CHECK_INT(transport->start(transport, &request, &sink, &exchange, &outcome.err), KUBE_E_USAGE);
    CHECK(!exchange && !outcome.ended);
    CHECK_INT(server.requests, 0);
    kube_transport_free(transport);
    loopback_stop(&server);
}

static void test_tls(void)
{
    loopback_t server;
    loopback_start(&server, &authority, &server_pair, 0);
    outcome_t outcome = { 0 };
    kube_transport_t *transport = make(&(kube_config_t){ .server = server.url, .ca_pem = authority.certificate });
    for (int i = 0; i < 3; i++) {
        perform(transport, server.url, "GET", "/echo", NULL, 0, &outcome);
        CHECK_INT(outcome.code, KUBE_OK);
    }
    CHECK_INT(server.connections, 1);
    kube_transport_free(transport);

    transport = make(&(kube_config_t){ .server = server.url, .ca_pem = stranger.certificate });
    perform(transport, server.url, "POST", "/echo", "{}", 0, &outcome);
    CHECK_INT(outcome.code, KUBE_E_TLS);
    CHECK(!outcome.sent);
    kube_transport_free(transport);

    transport = make(&(kube_config_t){ .server = server.url });
    perform(transport, server.url, "GET", "/echo", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_E_TLS);
    kube_transport_free(transport);

    transport = make(&(kube_config_t){ .server = server.url, .insecure_skip_tls_verify = true });
    perform(transport, server.url, "GET", "/echo", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_OK);
    kube_buffer_dispose(&outcome.body);
    kube_transport_free(transport);
    loopback_stop(&server);
}

static void test_tls_server_name(void)
{
    loopback_t server;
    loopback_start(&server, &authority, &named_pair, 0);
    char host[64];
    outcome_t outcome = { 0 };
    kube_transport_t *transport = make(&(kube_config_t){ .server = server.url, .ca_pem = authority.certificate });
    perform(transport, server.url, "GET", "/echo", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_E_TLS);
    kube_transport_free(transport);

    kube_config_t config = { .server = server.url, .ca_pem = authority.certificate, .tls_server_name = "kubernetes.test" };
    transport = make(&config);
    for (int i = 0; i < 2; i++) {
        perform(transport, server.url, "GET", "/echo", NULL, 0, &outcome);
        CHECK_INT(outcome.code, KUBE_OK);
        CHECK(outcome.body.data && strstr(outcome.body.data, "\nsni: kubernetes.test\n"));
        snprintf(host, sizeof host, "\r\nHost: 127.0.0.1:%d\r\n", server.port);
        CHECK(outcome.body.data && strstr(outcome.body.data, host));
    }
    CHECK_INT(server.connections, 2);
    kube_transport_free(transport);

    config.tls_server_name = "other.test";
    transport = make(&config);
    perform(transport, server.url, "GET", "/echo", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_E_TLS);
    kube_buffer_dispose(&outcome.body);
    kube_transport_free(transport);
    loopback_stop(&server);
}

static void test_client_certificate(void)
{
    loopback_t server;
    loopback_start(&server, &authority, &server_pair, 1);
    outcome_t outcome = { 0 };
    kube_config_t config = { .server = server.url, .ca_pem = authority.certificate, .client_certificate_pem = client_pair.certificate,
                             .client_key_pem = client_pair.key };
    kube_transport_t *transport = make(&config);
    perform(transport, server.url, "GET", "/echo", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_OK);
    kube_transport_free(transport);

    config.client_certificate_pem = config.client_key_pem = NULL;
    transport = make(&config);
    perform(transport, server.url, "POST", "/echo", "{}", 0, &outcome);
    CHECK_INT(outcome.code, KUBE_E_TLS);
    CHECK(!outcome.sent);
    kube_buffer_dispose(&outcome.body);
    kube_transport_free(transport);
    loopback_stop(&server);
}

static void test_bad_material(void)
{
    kube_transport_t *transport = NULL;
    kube_error_t err;
    kube_config_t config = { .server = "https://127.0.0.1:1", .ca_pem = "no certificate" };
    CHECK_INT(kube_transport_new(&config, &transport, &err), KUBE_E_TLS);
    CHECK(!transport);
    config = (kube_config_t){ .server = config.server, .ca_file = "/nonexistent/ca.crt" };
    CHECK_INT(kube_transport_new(&config, &transport, &err), KUBE_E_CONFIG);
    CHECK(strstr(err.message, "/nonexistent/ca.crt"));
    config = (kube_config_t){ .server = config.server, .client_certificate_pem = client_pair.certificate, .client_key_pem = server_pair.key };
    CHECK_INT(kube_transport_new(&config, &transport, &err), KUBE_E_TLS);
    config.client_key_pem = "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n";
    CHECK_INT(kube_transport_new(&config, &transport, &err), KUBE_E_TLS);
    CHECK(!strstr(err.message, "canary"));
    config.client_certificate_pem = locked_pair.certificate;
    config.client_key_pem = locked_pair.key;
    CHECK_INT(kube_transport_new(&config, &transport, &err), KUBE_E_CONFIG);
    CHECK_STR(err.message, "client-key: the key in the inline data has a passphrase, and none is given");
    CHECK_INT(kube_transport_new(NULL, &transport, &err), KUBE_E_USAGE);
    CHECK_INT(kube_transport_new(&config, NULL, NULL), KUBE_E_USAGE);
    kube_transport_free(NULL);
}

static int open_descriptors(void)
{
    int count = 0;
    DIR *directory = opendir("/proc/self/fd");
    while (directory && readdir(directory))
        count++;
    if (directory)
        closedir(directory);
    return count;
}

/* Sockets to servers are not handed to programs that this one starts. */
static int inheritable_connections(int port)
{
    int count = 0;
    for (int fd = 3; fd < 1024; fd++) {
        struct sockaddr_in peer;
        socklen_t size = sizeof peer;
        if (getpeername(fd, (struct sockaddr *)&peer, &size) == 0 && peer.sin_family == AF_INET && ntohs(peer.sin_port) == port)
            count += !(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    }
    return count;
}

typedef struct load {
    kube_engine_t *engine;
    const char *url;
    int failures;
} load_t;

/* One request by way of an engine; returns whether it was answered as it should be. */
static bool ask(kube_waiter_t *waiter, const char *url, bool write)
{
    kube_transport_request_t request = { .method = write ? "POST" : "GET", .server = url, .target = "/echo", .body = write ? "{}" : NULL,
                                         .body_len = write ? 2 : 0 };
    kube_exchange_limits_t limits = { .reply_bytes = 1 << 20 };
    kube_exchange_state_t state = { 0 };
    kube_exchange_t *exchange;
    kube_buffer_t body = { 0 };
    if (kube_exchange_start(waiter, NULL, &request, &limits, &exchange, NULL) < 0)
        return false;
    while (!state.ended) {
        kube_waiter_wait(waiter, KUBE_NEVER);
        kube_exchange_look(exchange, &state, &body);
    }
    bool right = state.code == KUBE_OK && state.head && state.head->status == 200 && body.len > 0 && body.len == state.received;
    if (!right)
        printf("%s\n", state.message);
    kube_buffer_dispose(&body);
    kube_exchange_free(exchange);
    return right;
}

static void *repeat(void *argument)
{
    load_t *load = argument;
    kube_waiter_t waiter;
    kube_waiter_init(&waiter, load->engine, NULL, false);
    for (int i = 0; i < 25; i++)
        load->failures += !ask(&waiter, load->url, i % 2 == 0);
    kube_waiter_dispose(&waiter);
    return NULL;
}

static void test_threads_and_descriptors(void)
{
    enum { THREADS = 40 };
    int before = open_descriptors();
    loopback_t server;
    loopback_start(&server, &authority, &server_pair, 1);
    kube_transport_t *transport = make(&(kube_config_t){ .server = server.url, .ca_pem = authority.certificate,
        .client_certificate_pem = client_pair.certificate, .client_key_pem = client_pair.key });
    kube_engine_t *engine = NULL;
    CHECK_INT(kube_engine_new(transport, false, &engine, NULL), KUBE_OK);
    pthread_t threads[THREADS];
    load_t loads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        loads[i] = (load_t){ .engine = engine, .url = server.url };
        pthread_create(&threads[i], NULL, repeat, &loads[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(loads[i].failures, 0);
    }
    CHECK_INT(server.requests, THREADS * 25);
    CHECK_INT(inheritable_connections(server.port), 0);
    kube_engine_close(engine);
    kube_engine_shut(engine);
    kube_engine_free(engine);
    kube_transport_free(transport);
    loopback_stop(&server);
    CHECK_INT(open_descriptors(), before);
}

/* SIGPIPE stays what the program made of it, and none is left pending. */
static void test_sigpipe(void)
{
    loopback_t server;
    loopback_start(&server, &authority, &server_pair, 0);
    signal(SIGPIPE, SIG_DFL);
    kube_transport_t *transport = make(&(kube_config_t){ .server = server.url, .ca_pem = authority.certificate });
    outcome_t outcome = { 0 };
    perform(transport, server.url, "GET", "/echo", NULL, 0, &outcome);
    int held = stop_and_hold_port(&server);
    char *body = calloc(1, 4 << 20);
    memset(body, 'x', (4 << 20) - 1);
    perform(transport, server.url, "POST", "/echo", body, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_E_CONNECT);
    close(held);
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    CHECK(!sigismember(&mask, SIGPIPE));
    kube_transport_free(transport);
    kube_buffer_dispose(&outcome.body);
    free(body);
}

static void test_fork(void)
{
    loopback_t server;
    loopback_start(&server, NULL, NULL, 0);
    kube_transport_t *transport = make(&(kube_config_t){ .server = server.url });
    outcome_t outcome = { 0 };
    perform(transport, server.url, "GET", "/echo", NULL, 0, &outcome);
    pid_t child = fork();
    if (child == 0) {
        perform(transport, server.url, "GET", "/echo", NULL, 0, &outcome);
        int right = outcome.code == KUBE_E_USAGE;
        kube_transport_free(transport);
        /* Another program has no memory that a leak checker could complain about: here it is left to the parent. */
        execlp(right ? "true" : "false", "true", (char *)NULL);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CHECK_INT(status, 0);
    perform(transport, server.url, "GET", "/echo", NULL, 0, &outcome);
    CHECK_INT(outcome.code, KUBE_OK);
    CHECK_INT(server.connections, 1);
    kube_buffer_dispose(&outcome.body);
    kube_transport_free(transport);
    loopback_stop(&server);
}

static loopback_t fault_server;

static bool exchange_with_faults(void)
{
    kube_transport_t *transport = NULL;
    outcome_t outcome = { 0 };
    kube_config_t config = { .server = fault_server.url, .ca_pem = authority.certificate, .tls_server_name = "kubernetes.test",
                             .client_certificate_pem = client_pair.certificate, .client_key_pem = client_pair.key };
    outcome.code = kube_transport_new(&config, &transport, &outcome.err);
    if (outcome.code == KUBE_OK)
        perform(transport, fault_server.url, "GET", "/echo", NULL, 0, &outcome);
    bool whole = outcome.code == KUBE_OK && !outcome.body.failed;
    kube_buffer_dispose(&outcome.body);
    kube_transport_free(transport);
    return whole || faults.hit;
}

static void test_every_allocation_fails(void)
{
    loopback_start(&fault_server, &authority, &named_pair, 1);
    CHECK(fault_loop(exchange_with_faults) > 15);
    loopback_stop(&fault_server);
}

int main(void)
{
    make_pair(&authority, NULL, "libkube test authority", NULL, NULL);
    make_pair(&stranger, NULL, "another authority", NULL, NULL);
    make_pair(&server_pair, &authority, "server", "IP:127.0.0.1", NULL);
    make_pair(&named_pair, &authority, "server", "DNS:kubernetes.test", NULL);
    make_pair(&client_pair, &authority, "client", NULL, NULL);
    make_pair(&locked_pair, &authority, "client", NULL, "secret");
    RUN(test_plain_requests);
    RUN(test_reply_forms);
    RUN(test_lost_connections);
    RUN(test_writes_are_sent_once);
    RUN(test_no_handshake_after_a_loss);
    RUN(test_time_to_connect);
    RUN(test_handshakes_that_end);
    RUN(test_endless_heads);
    RUN(test_streams_without_a_server);
    RUN(test_streams_share_a_failure);
    RUN(test_stop);
    RUN(test_no_watches_left);
    RUN(test_stopped_anywhere);
    RUN(test_bad_requests);
    RUN(test_tls);
    RUN(test_tls_server_name);
    RUN(test_client_certificate);
    RUN(test_bad_material);
    RUN(test_threads_and_descriptors);
    RUN(test_sigpipe);
    RUN(test_fork);
    RUN(test_every_allocation_fails);
    return test_end();
}
