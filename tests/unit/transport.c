/* The transport on libcurl, against a server on a loopback port that can misbehave. */
#include <dirent.h>
#include <fcntl.h>
#include <kube/memory.h>
#include <kube/transport.h>
#include <sys/wait.h>
#include <time.h>

#include "loopback.h"
#include "test.h"
#include "faults.h"

static pem_pair_t authority, stranger, server_pair, named_pair, client_pair, locked_pair;

/* What came out of one exchange. */
typedef struct outcome {
    int code, status, heads;
    bool sent;
    char x_test[64];
    kube_buffer_t body;
    kube_error_t err;
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

static void perform(kube_transport_t *transport, const char *url, const char *method, const char *target, const char *body,
                    int64_t timeout_ms, outcome_t *outcome)
{
    kube_header_t headers[] = { { "Accept", "application/json" }, { "User-Agent", "libkube-test" }, { "X-Empty", "" } };
    kube_transport_request_t request = { .method = method, .server = url, .target = target, .headers = headers, .header_count = 3,
                                         .body = body, .body_len = body ? strlen(body) : 0, .timeout_ms = timeout_ms };
    kube_transport_sink_t sink = { .head = take_head, .body = take_body, .userdata = outcome };
    kube_transport_result_t result = { 0 };
    int refuse = outcome->refuse;
    kube_buffer_dispose(&outcome->body);
    *outcome = (outcome_t){ .refuse = refuse };
    outcome->code = transport->perform(transport, &request, &sink, &result, &outcome->err);
    outcome->sent = result.sent;
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
    loopback_stop(&server);
    perform(transport, server.url, "POST", "/echo", "{}", 0, &outcome);
    CHECK_INT(outcome.code, KUBE_E_CONNECT);
    CHECK(!outcome.sent);
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

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void test_timeouts(void)
{
    loopback_t server;
    loopback_start(&server, NULL, NULL, 0);
    kube_transport_t *transport = make(&(kube_config_t){ .server = server.url });
    outcome_t outcome = { 0 };
    const char *targets[] = { "/stall-head", "/stall-body" };
    for (int i = 0; i < 2; i++) {
        int64_t begun = now_ms();
        perform(transport, server.url, "GET", targets[i], NULL, 200, &outcome);
        int64_t took = now_ms() - begun;
        CHECK_INT(outcome.code, KUBE_E_TIMEOUT);
        CHECK_INT(outcome.heads, i);
        CHECK(took >= 190 && took < 2000);
    }
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
    kube_transport_sink_t sink = { .head = take_head, .body = take_body, .userdata = &outcome };
    kube_transport_result_t result = { 0 };
    CHECK_INT(transport->perform(transport, &request, &sink, &result, &outcome.err), KUBE_E_USAGE);
    CHECK(!strstr(outcome.err.message, "canary"));
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
    CHECK_INT(kube_transport_new(&config, &transport, &err), KUBE_E_UNSUPPORTED);
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
    kube_transport_t *transport;
    const char *url;
    int failures;
} load_t;

static void *repeat(void *argument)
{
    load_t *load = argument;
    outcome_t outcome = { 0 };
    for (int i = 0; i < 25; i++) {
        perform(load->transport, load->url, i % 2 ? "GET" : "POST", "/echo", i % 2 ? NULL : "{}", 0, &outcome);
        if (outcome.code != KUBE_OK || outcome.status != 200) {
            printf("%s\n", outcome.err.message);
            load->failures++;
        }
    }
    kube_buffer_dispose(&outcome.body);
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
    pthread_t threads[THREADS];
    load_t loads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        loads[i] = (load_t){ .transport = transport, .url = server.url };
        pthread_create(&threads[i], NULL, repeat, &loads[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(loads[i].failures, 0);
    }
    CHECK_INT(server.requests, THREADS * 25);
    CHECK_INT(inheritable_connections(server.port), 0);
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
    loopback_stop(&server);
    char *body = calloc(1, 4 << 20);
    memset(body, 'x', (4 << 20) - 1);
    perform(transport, server.url, "POST", "/echo", body, 1000, &outcome);
    CHECK_INT(outcome.code, KUBE_E_CONNECT);
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
    RUN(test_timeouts);
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
