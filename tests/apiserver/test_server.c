/* The server from outside: through sockets, and through its own functions. What it answers is compared with a real one by compare/. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <kube/client.h>
#include <kube/json.h>
#include <kube/k8s.h>
#include <kube/object.h>
#include <kube/test/server.h>

#include "test.h"

#define CM "/api/v1/namespaces/default/configmaps"
#define A_MAP "{\"metadata\":{\"name\":\"%s\"},\"data\":{\"a\":\"1\"}}"

static kube_test_server_t *server;
static kube_error_t err;

static void start(const kube_test_server_options_t *options)
{
    CHECK_INT(kube_test_server_start(options, &server, &err), KUBE_OK);
}

static void begin(void)
{
    start(&(kube_test_server_options_t){ .packages = kube_k8s_packages });
}

static void end(void)
{
    kube_test_server_stop(server);
    server = NULL;
}

/* ---- a client of a few lines ---- */

static int dial(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                   .sin_port = htons((uint16_t)atoi(strrchr(kube_test_server_url(server), ':') + 1)) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK_INT(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void ask(int fd, const char *method, const char *target, const char *more, const char *body)
{
    kube_buffer_t text = { 0 };
    kube_buffer_printf(&text, "%s %s HTTP/1.1\r\nHost: x\r\nUser-Agent: test/1\r\n%s", method, target, more ? more : "");
    if (body)
        kube_buffer_printf(&text, "Content-Length: %zu\r\n", strlen(body));
    kube_buffer_printf(&text, "\r\n%s", body ? body : "");
    CHECK_INT(send(fd, text.data, text.len, MSG_NOSIGNAL), text.len);
    kube_buffer_dispose(&text);
}

/* For what must come. */
#define PATIENCE_MS 60000

/* Reads until `until` is in the text, the server closes, or time is up; whether it closed. */
static bool hear(int fd, const char *until, int timeout_ms, kube_buffer_t *out)
{
    char block[4096];
    kube_buffer_puts(out, "");
    while (!until || !strstr(out->data, until)) {
        struct pollfd wait = { .fd = fd, .events = POLLIN };
        if (poll(&wait, 1, timeout_ms) <= 0)
            return false;
        ssize_t len = recv(fd, block, sizeof block, 0);
        if (len <= 0)
            return true;
        kube_buffer_append(out, block, (size_t)len);
    }
    return false;
}

/* One request on a connection of its own: the whole reply. To be disposed of. */
static kube_buffer_t talk(const char *method, const char *target, const char *more, const char *body)
{
    kube_buffer_t reply = { 0 };
    char headers[512];
    int fd = dial();
    snprintf(headers, sizeof headers, "Connection: close\r\n%s", more ? more : "");
    ask(fd, method, target, headers, body);
    hear(fd, NULL, PATIENCE_MS, &reply);
    close(fd);
    return reply;
}

static bool has(const kube_buffer_t *reply, const char *text)
{
    bool found = reply->data && strstr(reply->data, text);
    if (!found)
        printf("no %s in: %.600s\n", text, reply->data ? reply->data : "(nothing)");
    return found;
}

static int status_of(const kube_buffer_t *reply)
{
    return reply->data && strncmp(reply->data, "HTTP/1.1 ", 9) == 0 ? atoi(reply->data + 9) : 0;
}

static int status(const char *method, const char *target, const char *more, const char *body)
{
    kube_buffer_t reply = talk(method, target, more, body);
    int code = status_of(&reply);
    kube_buffer_dispose(&reply);
    return code;
}

static void make_map(const char *name)
{
    char body[128];
    snprintf(body, sizeof body, A_MAP, name);
    CHECK_INT(status("POST", CM, "Content-Type: application/json\r\n", body), 201);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static uint64_t open_watches(void)
{
    kube_test_counters_t counters;
    kube_test_server_counters(server, &counters);
    return counters.open_watches;
}

/* ---- life ---- */

static void test_starts_and_stops(void)
{
    begin();
    CHECK(strncmp(kube_test_server_url(server), "http://127.0.0.1:", 17) == 0);
    CHECK_STR(kube_test_server_config(server)->server, kube_test_server_url(server));
    CHECK_INT(status("GET", "/readyz", NULL, NULL), 200);
    kube_test_server_t *second;
    uint16_t port = (uint16_t)atoi(strrchr(kube_test_server_url(server), ':') + 1);
    CHECK_INT(kube_test_server_start(&(kube_test_server_options_t){ .port = port }, &second, &err), KUBE_E_CONNECT);
    CHECK(second == NULL);
    end();
    kube_test_server_stop(NULL);
    CHECK_INT(kube_test_server_start(NULL, NULL, NULL), KUBE_E_USAGE);
}

static void test_stops_with_watches_open(void)
{
    begin();
    int fds[20];
    kube_buffer_t reply = { 0 };
    for (int i = 0; i < 20; i++) {
        fds[i] = dial();
        ask(fds[i], "GET", CM "?watch=1", NULL, NULL);
        kube_buffer_clear(&reply);
        hear(fds[i], "\r\n\r\n", PATIENCE_MS, &reply);
    }
    CHECK_INT(open_watches(), 20);
    end();
    for (int i = 0; i < 20; i++) {
        CHECK(hear(fds[i], NULL, PATIENCE_MS, &reply));
        close(fds[i]);
    }
    kube_buffer_dispose(&reply);
}

static void test_without_packages(void)
{
    start(NULL);
    CHECK_INT(status("GET", "/api/v1/namespaces/default", NULL, NULL), 200);
    CHECK_INT(status("GET", "/api/v1/pods", NULL, NULL), 404);
    CHECK_INT(status("POST", "/api/v1/namespaces", NULL, "{\"metadata\":{\"name\":\"x\"}}"), 201);
    CHECK_INT(status("DELETE", "/api/v1/namespaces/x", NULL, NULL), 200);
    end();
}

/* ---- the client of the library ---- */

static void test_client(void)
{
    begin();
    kube_client_t *client = NULL;
    kube_core_v1_config_map_t map = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "m" }, .data = KUBE_MAP({ "a", "1" }) }, *got = NULL;
    CHECK_INT(kube_client_new(kube_test_server_config(server), NULL, &client, &err), KUBE_OK);
    CHECK_INT(kube_core_v1_config_map_create(client, NULL, &map, NULL, &got, &err), KUBE_OK);
    CHECK_STR(kube_meta_name(&kube_core_v1_config_map_type, got), "m");
    kube_free(got);
    CHECK_INT(kube_core_v1_config_map_create(client, NULL, &map, NULL, &got, &err), KUBE_E_ALREADY_EXISTS);
    kube_client_free(client);
    end();
}

static void tls_with(const kube_config_t *config, const char *user)
{
    kube_client_t *client = NULL;
    kube_buffer_t reply = { 0 };
    kube_raw_request_t request = { .method = "POST", .path = "/apis/authentication.k8s.io/v1/selfsubjectreviews", .body = "{}", .body_len = 2 };
    CHECK_INT(kube_client_new(config, NULL, &client, &err), KUBE_OK);
    int code = kube_raw(client, &request, &reply, &err);
    CHECK_INT(code, user ? KUBE_OK : KUBE_E_UNAUTHORIZED);
    if (user)
        CHECK(has(&reply, user));
    kube_buffer_dispose(&reply);
    kube_client_free(client);
}

static void test_tls_and_credentials(void)
{
    static const char *const groups[] = { "testers", NULL };
    kube_test_token_t token = { "secret", "tim", groups };
    start(&(kube_test_server_options_t){ .packages = kube_k8s_packages, .tls = true, .authenticate = true, .tokens = &token, .token_count = 1 });
    kube_config_t config = *kube_test_server_config(server);
    CHECK(strncmp(config.server, "https://", 8) == 0);
    tls_with(&config, "\"username\":\"kubernetes-admin\",\"groups\":[\"system:masters\",\"system:authenticated\"]");
    config.client_certificate_pem = config.client_key_pem = NULL;
    tls_with(&config, NULL);
    config.token = "secret";
    tls_with(&config, "\"username\":\"tim\",\"groups\":[\"testers\",\"system:authenticated\"]");
    config.token = "wrong";
    tls_with(&config, NULL);
    end();
}

static void test_kubeconfig(void)
{
    start(&(kube_test_server_options_t){ .packages = kube_k8s_packages, .tls = true, .authenticate = true });
    char path[] = "/tmp/kube-testserver-XXXXXX";
    kube_config_t *config = NULL;
    close(mkstemp(path));
    CHECK_INT(kube_test_server_write_kubeconfig(server, path, &err), KUBE_OK);
    CHECK_INT(kube_config_load(path, NULL, &config, &err), KUBE_OK);
    tls_with(config, "kubernetes-admin");
    kube_config_free(config);
    unlink(path);
    CHECK_INT(kube_test_server_write_kubeconfig(server, "/nowhere/x", &err), KUBE_E_IO);
    end();
}

/* ---- loading ---- */

static void test_load(void)
{
    static const char text[] = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: made}\ndata: {k: v}\n---\n"
                               "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: "
                               "{containers: [{name: c, image: i}]}, status: {phase: Running}}\n";
    begin();
    CHECK_INT(kube_test_server_load(server, text, sizeof text - 1, &err), KUBE_OK);
    CHECK_INT(status("GET", "/api/v1/namespaces/made/configmaps/a", NULL, NULL), 200);
    kube_buffer_t reply = talk("GET", "/api/v1/namespaces/default/pods/p", NULL, NULL);
    CHECK(has(&reply, "\"phase\":\"Running\""));
    kube_buffer_dispose(&reply);
    CHECK_INT(kube_test_server_load(server, text, sizeof text - 1, &err), KUBE_E_ALREADY_EXISTS);
    CHECK_STR(err.reason, "AlreadyExists");
    CHECK_INT(kube_test_server_load(server, "apiVersion: x/v1\nkind: Y\n", 24, &err), KUBE_E_UNKNOWN_TYPE);
    CHECK_INT(kube_test_server_load(server, "a: [", 4, &err), KUBE_E_PARSE);
    CHECK_INT(kube_test_server_load(server, NULL, 0, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_test_server_fill_pods(server, "busy", "pod", 25, &err), KUBE_OK);
    CHECK_INT(kube_test_server_fill_pods(server, "busy", "pod", 1, &err), KUBE_E_ALREADY_EXISTS);
    reply = talk("GET", "/api/v1/namespaces/busy/pods?limit=5", NULL, NULL);
    CHECK(has(&reply, "\"remainingItemCount\":20"));
    CHECK(reply.len > 5 * 9000 && reply.len < 5 * 13000);
    kube_buffer_dispose(&reply);
    end();
}

/* ---- history ---- */

static void test_changes(void)
{
    begin();
    int64_t from = kube_test_server_revision(server);
    kube_test_change_t changes[8];
    make_map("a");
    CHECK_INT(status("PATCH", CM "/a", "Content-Type: application/merge-patch+json\r\n", "{\"data\":{\"b\":\"2\"}}"), 200);
    CHECK_INT(status("PATCH", CM "/a", "Content-Type: application/merge-patch+json\r\n", "{\"data\":{\"b\":\"2\"}}"), 200);
    CHECK_INT(status("DELETE", CM "/a", NULL, NULL), 200);
    CHECK_INT(kube_test_server_changes(server, from, changes, 8), 3);
    CHECK_INT(changes[0].type, KUBE_TEST_ADDED);
    CHECK_INT(changes[1].type, KUBE_TEST_MODIFIED);
    CHECK_INT(changes[2].type, KUBE_TEST_DELETED);
    CHECK_INT(changes[2].revision, kube_test_server_revision(server));
    CHECK_STR(changes[2].resource, "configmaps");
    CHECK_STR(changes[2].ns, "default");
    CHECK_STR(changes[2].name, "a");
    CHECK_STR(changes[2].uid, changes[0].uid);
    CHECK_INT(kube_test_server_changes(server, changes[0].revision, changes, 1), 1);
    CHECK_INT(changes[0].type, KUBE_TEST_MODIFIED);
    end();
    start(&(kube_test_server_options_t){ .packages = kube_k8s_packages, .change_log = 2 });
    make_map("a");
    make_map("b");
    make_map("c");
    CHECK_INT(kube_test_server_changes(server, 0, changes, 8), 2);
    CHECK_STR(changes[0].name, "b");
    end();
}

static void test_compact(void)
{
    begin();
    make_map("a");
    make_map("b");
    char target[256];
    long long old = (long long)kube_test_server_revision(server) - 1;
    kube_buffer_t reply = talk("GET", CM "?limit=1", NULL, NULL);
    char *token = reply.data ? strstr(reply.data, "\"continue\":\"") : NULL;
    CHECK(token != NULL);
    if (token) {
        snprintf(target, sizeof target, CM "?limit=1&continue=%.*s", (int)strcspn(token + 12, "\""), token + 12);
        CHECK_INT(status("GET", target, NULL, NULL), 200);
        make_map("c");
        kube_test_server_compact(server);
        kube_buffer_dispose(&reply);
        reply = talk("GET", target, NULL, NULL);
        CHECK_INT(status_of(&reply), 410);
        CHECK(has(&reply, "\"metadata\":{\"continue\":\"") && has(&reply, "\"reason\":\"Expired\""));
        token = strstr(reply.data, "\"continue\":\"");
        snprintf(target, sizeof target, CM "?continue=%.*s", (int)strcspn(token + 12, "\""), token + 12);
        kube_buffer_dispose(&reply);
        reply = talk("GET", target, NULL, NULL);
        CHECK(has(&reply, "\"name\":\"b\"") && has(&reply, "\"name\":\"c\"") && !strstr(reply.data, "\"name\":\"a\""));
    }
    kube_buffer_dispose(&reply);
    snprintf(target, sizeof target, CM "?watch=1&resourceVersion=%lld", old);
    reply = talk("GET", target, NULL, NULL);
    CHECK_INT(status_of(&reply), 200);
    CHECK(has(&reply, "\"type\":\"ERROR\"") && has(&reply, "\"code\":410"));
    kube_buffer_dispose(&reply);
    end();
}

static void test_old_versions_are_listed(void)
{
    begin();
    make_map("a");
    char target[256];
    long long then = (long long)kube_test_server_revision(server);
    make_map("b");
    CHECK_INT(status("DELETE", CM "/a", NULL, NULL), 200);
    snprintf(target, sizeof target, CM "?resourceVersion=%lld&resourceVersionMatch=Exact", then);
    kube_buffer_t reply = talk("GET", target, NULL, NULL);
    CHECK(has(&reply, "\"name\":\"a\"") && !strstr(reply.data, "\"name\":\"b\""));
    kube_buffer_dispose(&reply);
    end();
}

static void test_window(void)
{
    start(&(kube_test_server_options_t){ .packages = kube_k8s_packages, .event_window = 2 });
    int64_t from = kube_test_server_revision(server);
    char target[128];
    make_map("a");
    make_map("b");
    make_map("c");
    snprintf(target, sizeof target, CM "?watch=1&timeoutSeconds=1&resourceVersion=%lld", (long long)from);
    kube_buffer_t reply = talk("GET", target, NULL, NULL);
    CHECK(has(&reply, "too old resource version"));
    kube_buffer_dispose(&reply);
    snprintf(target, sizeof target, CM "?watch=1&timeoutSeconds=1&resourceVersion=%lld", (long long)from + 1);
    reply = talk("GET", target, NULL, NULL);
    CHECK(has(&reply, "\"name\":\"b\"") && has(&reply, "\"name\":\"c\""));
    kube_buffer_dispose(&reply);
    end();
}

/* ---- watches ---- */

static void test_watch(void)
{
    begin();
    kube_buffer_t heard = { 0 };
    int fd = dial();
    ask(fd, "GET", CM "?watch=1&labelSelector=x", NULL, NULL);
    hear(fd, "\r\n\r\n", PATIENCE_MS, &heard);
    make_map("a");
    CHECK_INT(status("PATCH", CM "/a", "Content-Type: application/merge-patch+json\r\n", "{\"metadata\":{\"labels\":{\"x\":\"1\"}}}"), 200);
    hear(fd, "\"ADDED\"", PATIENCE_MS, &heard);
    CHECK(has(&heard, "\"type\":\"ADDED\""));
    CHECK_INT(status("PATCH", CM "/a", "Content-Type: application/merge-patch+json\r\n", "{\"data\":{\"b\":\"1\"}}"), 200);
    hear(fd, "\"MODIFIED\"", PATIENCE_MS, &heard);
    CHECK(has(&heard, "\"type\":\"MODIFIED\""));
    CHECK_INT(status("PATCH", CM "/a", "Content-Type: application/merge-patch+json\r\n", "{\"metadata\":{\"labels\":null}}"), 200);
    hear(fd, "\"DELETED\"", PATIENCE_MS, &heard);
    CHECK(has(&heard, "\"type\":\"DELETED\""));
    CHECK_INT(open_watches(), 1);
    close(fd);
    int64_t deadline = now_ms() + PATIENCE_MS;
    while (open_watches() > 0 && now_ms() < deadline)
        usleep(1000);
    CHECK_INT(open_watches(), 0); /* a client that goes away is noticed without an event */
    kube_buffer_dispose(&heard);
    end();
}

static size_t count_in(const kube_buffer_t *reply, const char *text)
{
    size_t count = 0;
    for (const char *at = reply->data; at && (at = strstr(at, text)); at++)
        count++;
    return count;
}

static void test_bookmarks_and_timeout(void)
{
    start(&(kube_test_server_options_t){ .packages = kube_k8s_packages, .bookmark_interval_ms = 50 });
    size_t bookmarks = 0;
    for (int i = 0; i < 10 && bookmarks <= 5; i++) { /* a machine that stands still has fewer in a second, never more */
        kube_buffer_t reply = talk("GET", CM "?watch=1&allowWatchBookmarks=true&timeoutSeconds=1&resourceVersion=4", NULL, NULL);
        bookmarks = count_in(&reply, "BOOKMARK");
        CHECK(bookmarks < 30);
        kube_buffer_dispose(&reply);
    }
    CHECK(bookmarks > 5);
    end();
    start(&(kube_test_server_options_t){ .packages = kube_k8s_packages, .no_watch_list = true });
    CHECK_INT(status("GET", CM "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan", NULL, NULL), 422);
    end();
}

static void test_thousand_watches(void)
{
    begin();
    enum { count = 1000 };
    static int fds[count];
    kube_buffer_t heard = { 0 };
    for (int i = 0; i < count; i++) {
        fds[i] = dial();
        ask(fds[i], "GET", CM "?watch=1", NULL, NULL);
    }
    int64_t deadline = now_ms() + PATIENCE_MS;
    while (open_watches() < count && now_ms() < deadline)
        usleep(1000);
    CHECK_INT(open_watches(), count);
    make_map("a");
    int all = 0;
    for (int i = 0; i < count; i++) {
        kube_buffer_clear(&heard);
        hear(fds[i], "\"ADDED\"", PATIENCE_MS, &heard);
        all += strstr(heard.data, "\"ADDED\"") != NULL;
    }
    CHECK_INT(all, count);
    kube_test_server_drop_connections(server);
    int closed = 0;
    for (int i = 0; i < count; i++) {
        closed += hear(fds[i], NULL, PATIENCE_MS, &heard);
        close(fds[i]);
    }
    CHECK_INT(closed, count);
    CHECK_INT(status("GET", "/readyz", NULL, NULL), 200);
    kube_buffer_dispose(&heard);
    end();
}

/* ---- faults ---- */

static void fault(kube_test_fault_t what)
{
    kube_test_server_clear_faults(server);
    CHECK_INT(kube_test_server_fault(server, &what, &err), KUBE_OK);
}

static void test_fault_status(void)
{
    begin();
    fault((kube_test_fault_t){ .verb = "create", .resource = "configmaps", .skip = 1, .count = 1, .status = 429, .retry_after = "3" });
    make_map("a");
    kube_buffer_t reply = talk("POST", CM, NULL, "{\"metadata\":{\"name\":\"b\"}}");
    CHECK_INT(status_of(&reply), 429);
    CHECK(has(&reply, "Retry-After: 3\r\n") && has(&reply, "\"retryAfterSeconds\":3") && has(&reply, "\"reason\":\"TooManyRequests\""));
    kube_buffer_dispose(&reply);
    make_map("b");
    fault((kube_test_fault_t){ .path = CM "/a", .verb = "GET", .status = 503, .message = "not today" });
    reply = talk("GET", CM "/a", NULL, NULL);
    CHECK(status_of(&reply) == 503 && has(&reply, "\"message\":\"not today\""));
    kube_buffer_dispose(&reply);
    CHECK_INT(status("GET", CM "/b", NULL, NULL), 200);
    fault((kube_test_fault_t){ .verb = "watch", .expired = true });
    reply = talk("GET", CM "?watch=1", NULL, NULL);
    CHECK(has(&reply, "\"type\":\"ERROR\"") && has(&reply, "\"reason\":\"Expired\""));
    kube_buffer_dispose(&reply);
    CHECK_INT(status("GET", CM, NULL, NULL), 200);
    fault((kube_test_fault_t){ .verb = "list", .expired = true });
    CHECK_INT(status("GET", CM, NULL, NULL), 410);
    kube_test_counters_t counters;
    kube_test_server_counters(server, &counters);
    CHECK_INT(counters.faults, 4);
    CHECK_INT(kube_test_server_fault(server, NULL, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_test_server_fault(server, &(kube_test_fault_t){ .percent = 101 }, NULL), KUBE_E_USAGE);
    end();
}

static void test_fault_time(void)
{
    begin();
    make_map("a");
    fault((kube_test_fault_t){ .resource = "configmaps", .delay_ms = 150 });
    int64_t from = now_ms();
    CHECK_INT(status("GET", CM "/a", NULL, NULL), 200);
    CHECK(now_ms() - from >= 150);
    fault((kube_test_fault_t){ .resource = "configmaps", .stall_after = KUBE_SOME(10), .stall_ms = 150 });
    from = now_ms();
    kube_buffer_t reply = talk("GET", CM "/a", NULL, NULL);
    CHECK(now_ms() - from >= 150 && has(&reply, "\"data\":{\"a\":\"1\"}}\n"));
    kube_buffer_dispose(&reply);
    fault((kube_test_fault_t){ .resource = "configmaps", .stall_after = KUBE_SOME(10) });
    int fd = dial();
    ask(fd, "GET", CM "/a", NULL, NULL);
    CHECK(!hear(fd, "\"data\"", 200, &reply));
    CHECK(has(&reply, "\r\n\r\n{\"kind\":\"C"));
    CHECK(!strstr(reply.data, "onfigMap"));
    close(fd);
    kube_buffer_dispose(&reply);
    end();
}

static void test_fault_connection(void)
{
    begin();
    make_map("a");
    fault((kube_test_fault_t){ .verb = "get", .cut_after = KUBE_SOME(20) });
    kube_buffer_t reply = talk("GET", CM "/a", NULL, NULL);
    CHECK(has(&reply, "\r\n\r\n{\"kind\":\"ConfigMap\","));
    CHECK(!strstr(reply.data, "apiVersion"));
    kube_buffer_dispose(&reply);
    fault((kube_test_fault_t){ .verb = "create", .close = KUBE_TEST_CLOSE_BEFORE, .count = 1 });
    CHECK_INT(status("POST", CM, NULL, "{\"metadata\":{\"name\":\"b\"}}"), 0);
    CHECK_INT(status("GET", CM "/b", NULL, NULL), 404);
    fault((kube_test_fault_t){ .verb = "create", .close = KUBE_TEST_CLOSE_AFTER, .count = 1 });
    CHECK_INT(status("POST", CM, NULL, "{\"metadata\":{\"name\":\"b\"}}"), 0);
    CHECK_INT(status("GET", CM "/b", NULL, NULL), 200);
    fault((kube_test_fault_t){ .verb = "get", .half_close_after = KUBE_SOME(5) });
    int fd = dial();
    ask(fd, "GET", CM "/a", NULL, NULL);
    CHECK(hear(fd, NULL, PATIENCE_MS, &reply));
    CHECK(has(&reply, "\r\n\r\n{\"kin"));
    CHECK_INT(send(fd, "x", 1, MSG_NOSIGNAL), 1);
    close(fd);
    kube_buffer_dispose(&reply);
    fault((kube_test_fault_t){ .verb = "get", .bytes = "HTTP/9.9 what\0\r\n", .bytes_len = 16, .count = 1 });
    reply = talk("GET", CM "/a", NULL, NULL);
    CHECK_INT(reply.len, 16);
    kube_buffer_dispose(&reply);
    CHECK_INT(status("GET", CM "/a", NULL, NULL), 200);
    fault((kube_test_fault_t){ .verb = "get", .percent = 50, .status = 500 });
    int bad = 0;
    for (int i = 0; i < 60; i++)
        bad += status("GET", CM "/a", NULL, NULL) == 500;
    CHECK(bad > 5 && bad < 55);
    end();
}

/* Every length of the reply at which it can be cut. */
static void test_cut_everywhere(void)
{
    begin();
    make_map("a");
    kube_buffer_t whole = talk("GET", CM "/a", NULL, NULL);
    size_t body = whole.len - (size_t)(strstr(whole.data, "\r\n\r\n") + 4 - whole.data);
    size_t wrong = 0;
    for (size_t i = 0; i <= body; i++) {
        fault((kube_test_fault_t){ .verb = "get", .cut_after = KUBE_SOME((int64_t)i) });
        kube_buffer_t reply = talk("GET", CM "/a", NULL, NULL);
        const char *at = reply.data ? strstr(reply.data, "\r\n\r\n") : NULL;
        wrong += at ? strlen(at + 4) != i : i > 0;
        kube_buffer_dispose(&reply);
    }
    CHECK_INT(wrong, 0);
    kube_buffer_dispose(&whole);
    end();
}

/* ---- logs, clock, controllers ---- */

static kube_time_t fixed_clock(void *userdata)
{
    return (kube_time_t){ .has = true, .seconds = *(int64_t *)userdata };
}

static void test_clock(void)
{
    int64_t seconds = 1000000000;
    start(&(kube_test_server_options_t){ .packages = kube_k8s_packages, .clock = fixed_clock, .clock_userdata = &seconds });
    make_map("a");
    kube_buffer_t reply = talk("GET", CM "/a", NULL, NULL);
    CHECK(has(&reply, "\"creationTimestamp\":\"2001-09-09T01:46:40Z\""));
    kube_buffer_dispose(&reply);
    end();
}

static void test_logs(void)
{
    static const char pod[] = "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: i}]}}";
    begin();
    CHECK_INT(kube_test_server_load(server, pod, sizeof pod - 1, &err), KUBE_OK);
    CHECK_INT(kube_test_server_log_append(server, "default", "p", NULL, "one\ntwo\nthree\n", 14, &err), KUBE_OK);
    kube_buffer_t reply = talk("GET", "/api/v1/namespaces/default/pods/p/log?tailLines=2", NULL, NULL);
    CHECK(has(&reply, "\r\n\r\ntwo\nthree\n"));
    kube_buffer_dispose(&reply);
    reply = talk("GET", "/api/v1/namespaces/default/pods/p/log?limitBytes=5", NULL, NULL);
    CHECK(has(&reply, "\r\n\r\none\nt") && !strstr(reply.data, "tw"));
    kube_buffer_dispose(&reply);
    CHECK_INT(status("GET", "/api/v1/namespaces/default/pods/p/log?container=x", NULL, NULL), 400);
    int fd = dial();
    ask(fd, "GET", "/api/v1/namespaces/default/pods/p/log?follow=true&container=c", NULL, NULL);
    hear(fd, "three\n", PATIENCE_MS, &reply);
    CHECK_INT(kube_test_server_log_append(server, "default", "p", "c", "four\n", 5, &err), KUBE_OK);
    hear(fd, "four\n", PATIENCE_MS, &reply);
    CHECK(has(&reply, "four\n"));
    CHECK_INT(kube_test_server_log_end(server, "default", "p", "c", &err), KUBE_OK);
    hear(fd, "\r\n0\r\n", PATIENCE_MS, &reply);
    CHECK(has(&reply, "\r\n0\r\n"));
    close(fd);
    kube_buffer_dispose(&reply);
    end();
}

static bool becomes(const char *target, const char *text)
{
    for (int64_t deadline = now_ms() + PATIENCE_MS; now_ms() < deadline; usleep(5000)) {
        kube_buffer_t reply = talk("GET", target, NULL, NULL);
        bool there = reply.data && strstr(reply.data, text);
        kube_buffer_dispose(&reply);
        if (there)
            return true;
    }
    return false;
}

static void test_controllers(void)
{
    static const char text[] = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {replicas: 3, selector: {matchLabels: {a: b}},"
                               " template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}}\n---\n"
                               "{apiVersion: batch/v1, kind: Job, metadata: {name: j}, spec: {template: {spec: {restartPolicy: Never,"
                               " containers: [{name: c, image: i}]}}}}\n";
    start(&(kube_test_server_options_t){ .packages = kube_k8s_packages, .controllers = true, .controller_delay_ms = 20 });
    CHECK_INT(kube_test_server_load(server, text, sizeof text - 1, &err), KUBE_OK);
    CHECK(becomes("/apis/apps/v1/namespaces/default/deployments/d", "\"availableReplicas\":3"));
    CHECK(becomes("/apis/batch/v1/namespaces/default/jobs/j", "\"type\":\"Complete\""));
    static const char job[] = "{\"metadata\":{\"name\":\"s\"},\"spec\":{\"suspend\":true,\"template\":{\"spec\":{\"restartPolicy\":\"Never\","
                              "\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}}}";
    CHECK_INT(status("POST", "/apis/batch/v1/namespaces/default/jobs", NULL, job), 201);
    int64_t settled = kube_test_server_revision(server);
    usleep(100000);
    CHECK_INT(kube_test_server_revision(server), settled); /* it does not report the same again and again */
    end();
}

static void test_owners(void)
{
    begin();
    make_map("owner");
    kube_test_change_t change;
    int64_t last = kube_test_server_revision(server);
    CHECK_INT(kube_test_server_changes(server, last - 1, &change, 1), 1);
    char body[512];
    for (int i = 0; i < 5; i++) {
        snprintf(body, sizeof body, "{\"metadata\":{\"name\":\"d%d\",\"ownerReferences\":[{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\","
                 "\"name\":\"owner\",\"uid\":\"%s\"}]}}", i, change.uid);
        CHECK_INT(status("POST", CM, NULL, body), 201);
    }
    make_map("other");
    CHECK_INT(status("DELETE", CM "/owner", NULL, "{\"propagationPolicy\":\"Foreground\"}"), 200);
    CHECK(becomes(CM, "\"items\":[{\"metadata\":{\"name\":\"other\""));
    end();
}

int main(void)
{
    RUN(test_starts_and_stops);
    RUN(test_stops_with_watches_open);
    RUN(test_without_packages);
    RUN(test_client);
    RUN(test_tls_and_credentials);
    RUN(test_kubeconfig);
    RUN(test_load);
    RUN(test_changes);
    RUN(test_compact);
    RUN(test_old_versions_are_listed);
    RUN(test_window);
    RUN(test_watch);
    RUN(test_bookmarks_and_timeout);
    RUN(test_thousand_watches);
    RUN(test_fault_status);
    RUN(test_fault_time);
    RUN(test_fault_connection);
    RUN(test_cut_everywhere);
    RUN(test_clock);
    RUN(test_logs);
    RUN(test_controllers);
    RUN(test_owners);
    return test_end();
}
