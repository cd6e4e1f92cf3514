/* How soon a call ends when its token is tripped or its time is over, wherever it waits; and readers that are slow. */
#include <kube/core/v1.h>
#include <kube/object.h>
#include <kube/op.h>
#include <limits.h>
#include <malloc.h>
#include <netdb.h>
#include <signal.h>
#include <time.h>

#include "certificates.h"
#include "client/client.h"
#include "patience.h"
#include "played.h"

enum { THREADS = 6 };

/* ---- places to wait in ---- */

/* In place of the C library's: a name server that does not answer until the end. */
static atomic_bool names_known;
static atomic_int lookups;

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
    (void)service, (void)hints;
    *out = NULL;
    lookups++;
    while (name && strcmp(name, "slow.test") == 0 && !names_known)
        sleep_us(MS);
    lookups--;
    return EAI_NONAME;
}

static int listen_on(int backlog, char *url, const char *scheme)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, backlog) != 0)
        abort();
    getsockname(fd, (struct sockaddr *)&address, &size);
    sprintf(url, "%s://127.0.0.1:%d", scheme, ntohs(address.sin_port));
    return fd;
}

/* A listener whose backlog is full: the kernel answers no further connection. */
static struct {
    int listener, fillers[8];
    char url[64];
} full;

static void fill_backlog(void)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    full.listener = listen_on(0, full.url, "http");
    getsockname(full.listener, (struct sockaddr *)&address, &size);
    for (int i = 0; i < 8; i++) {
        full.fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)!connect(full.fillers[i], (struct sockaddr *)&address, sizeof address);
    }
}

static void empty_backlog(void)
{
    for (int i = 0; i < 8; i++)
        close(full.fillers[i]);
    close(full.listener);
}

static void answer(played_call_t *call)
{
    if (strstr(call->target, "/ok")) {
        played_reply(call, 200, "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"ok\"}}");
    } else if (strstr(call->target, "/busy")) {
        char head[] = "HTTP/1.1 429 Busy\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n";
        played_write(call->fd, head, sizeof head - 1);
    } else if (strstr(call->target, "/refused")) {
        played_refuse(call, 403, "Forbidden");
    } else if (strstr(call->target, "/head")) {
        call->streams = true;
        pthread_mutex_unlock(&call->server->lock);
        played_hold(call);
    } else {
        played_stream(call);
        played_piece(call, "{\"kind\":\"ConfigMapList\",\"apiVersion\":\"v1\",");
        played_hold(call);
    }
}

static played_t server;
static char silent_url[64]; /* takes connections and says nothing */
static pem_pair_t authority;

/* ---- calls that wait ---- */

typedef struct place {
    const char *name;
    const char *url;  /* NULL: of the server */
    const char *object;
    bool lists, watches, follows, limited;
} place_t;

static const place_t places[] = {
    { "the rate limit", NULL, "ok", .limited = true },
    { "a name server", "http://slow.test:80", "ok", .lists = false },
    { "a connection", full.url, "ok", .lists = false },
    { "the TLS handshake", silent_url, "ok", .lists = false },
    { "the TLS handshake, to share it", silent_url, "ok", .watches = true },
    { "a head", NULL, "head", .lists = false },
    { "a body", NULL, "body", .lists = false },
    { "a body, in a list", NULL, NULL, .lists = true },
    { "events", NULL, NULL, .watches = true },
    { "lines", NULL, "lines", .follows = true },
    { "a retry", NULL, "busy", .lists = false },
};

enum { PLACES = sizeof places / sizeof *places };

static kube_client_t *make(const place_t *place)
{
    kube_config_t config = { .server = (char *)(place->url ? place->url : server.url), .ca_pem = authority.certificate };
    kube_client_options_t options = { .qps = place->limited ? 0.01 : 0, .burst = 1 };
    kube_client_t *client = NULL;
    CHECK_INT(kube_client_new(&config, &options, &client, NULL), KUBE_OK);
    if (place->limited)
        CHECK_INT(kube_get(client, &kube_core_v1_config_maps, "n", "ok", NULL, NULL, NULL), KUBE_OK);
    return client;
}

static int on_line(const char *line, size_t len, void *userdata)
{
    (void)line, (void)len, (void)userdata;
    return 0;
}

static int watch(kube_client_t *client, const kube_call_t *call)
{
    kube_watch_options_t options = { .call = *call };
    kube_watch_t *watch = NULL;
    kube_event_t event;
    int code = kube_watch(client, &kube_core_v1_config_maps, "n", &options, &watch, NULL);
    if (code == KUBE_OK)
        code = kube_watch_next(watch, &event, NULL);
    kube_watch_free(watch);
    return code;
}

static int wait_at(const place_t *place, kube_client_t *client, const kube_call_t *call)
{
    kube_get_options_t get = { .call = *call };
    kube_list_options_t list = { .call = *call };
    kube_log_options_t log = { .call = *call, .follow = true };
    if (place->watches)
        return watch(client, call);
    if (place->lists)
        return kube_list(client, &kube_core_v1_config_maps, "n", &list, NULL, NULL);
    if (place->follows)
        return kube_log_lines(client, &kube_core_v1_pods, "n", place->object, &log, on_line, NULL, NULL);
    return kube_get(client, &kube_core_v1_config_maps, "n", place->object, &get, NULL, NULL);
}

typedef struct call {
    const place_t *place;
    kube_client_t *client;
    kube_cancel_t *cancel;
    int64_t timeout_ms, begun, ended;
    int code;
} call_t;

static void *run_call(void *argument)
{
    call_t *call = argument;
    call->begun = now_us();
    call->code = wait_at(call->place, call->client, &(kube_call_t){ .cancel = call->cancel, .timeout_ms = call->timeout_ms });
    call->ended = now_us();
    return NULL;
}

/* What is promised is 50 ms; what a busy machine adds is not the library's. The figures are printed. */
static int64_t worst_us;
static const char *worst_place;

typedef struct at {
    const place_t *place;
    kube_client_t *client;
} at_t;

static void check_prompt(late_fn *late, const place_t *place, kube_client_t *client)
{
    at_t at = { place, client };
    int64_t us = least_late_us(late, &at);
    if (us > worst_us) {
        worst_us = us;
        worst_place = place->name;
    }
    if (us >= prompt_limit_us())
        printf("waiting for %s: %lld ms late at the least\n", place->name, (long long)(us / MS));
    CHECK(us < prompt_limit_us());
}

static void tell_worst(const char *what)
{
    printf("# %s: %lld us late at most, waiting for %s\n", what, (long long)worst_us, worst_place ? worst_place : "nothing");
    worst_us = 0;
    worst_place = NULL;
}

static int64_t later_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* One thread drives, the others wait for it; all hold the same token. */
static int64_t trip_while_waiting(void *argument)
{
    const at_t *at = argument;
    kube_client_t *client = make(at->place);
    kube_cancel_t *cancel = kube_cancel_new();
    call_t calls[THREADS];
    pthread_t threads[THREADS];
    int64_t late = 0;
    for (int t = 0; t < THREADS; t++) {
        calls[t] = (call_t){ .place = at->place, .client = client, .cancel = cancel };
        pthread_create(&threads[t], NULL, run_call, &calls[t]);
    }
    sleep_us(100 * MS);
    int64_t tripped = now_us();
    kube_cancel_trip(cancel);
    for (int t = 0; t < THREADS; t++) {
        join(threads[t]);
        CHECK_INT(calls[t].code, KUBE_E_CANCELED);
        CHECK(calls[t].ended >= tripped);
        late = later_of(late, calls[t].ended - tripped);
    }
    kube_cancel_free(cancel);
    int64_t freed = now_us();
    kube_client_free(client);
    return later_of(late, now_us() - freed);
}

static void test_tripped_while_waiting(void)
{
    for (int i = 0; i < PLACES; i++)
        check_prompt(trip_while_waiting, &places[i], NULL);
    tell_worst("canceled");
}

static int64_t trip_before(void *argument)
{
    const at_t *at = argument;
    kube_client_t *client = make(at->place);
    kube_cancel_t *cancel = kube_cancel_new();
    kube_cancel_trip(cancel);
    int before = server.requests;
    call_t call = { .place = at->place, .client = client, .cancel = cancel };
    run_call(&call);
    CHECK_INT(call.code, KUBE_E_CANCELED);
    CHECK_INT(server.requests, before);
    kube_client_free(client);
    kube_cancel_free(cancel);
    return call.ended - call.begun;
}

static void test_tripped_before(void)
{
    for (int i = 0; i < PLACES; i++)
        check_prompt(trip_before, &places[i], NULL);
    tell_worst("canceled before");
}

/* A token that is tripped when the call is over changes nothing. */
static void test_tripped_after(void)
{
    kube_client_t *client = make(&places[5]);
    kube_cancel_t *cancel = kube_cancel_new();
    kube_get_options_t options = { .call.cancel = cancel };
    CHECK_INT(kube_get(client, &kube_core_v1_config_maps, "n", "ok", &options, NULL, NULL), KUBE_OK);
    kube_cancel_trip(cancel);
    kube_cancel_free(cancel);
    CHECK_INT(kube_get(client, &kube_core_v1_config_maps, "n", "ok", NULL, NULL, NULL), KUBE_OK);
    kube_client_free(client);
}

static int64_t run_out_of_time(void *argument)
{
    const at_t *at = argument;
    kube_client_t *client = make(at->place);
    call_t calls[THREADS];
    pthread_t threads[THREADS];
    int64_t latest = 0;
    for (int t = 0; t < THREADS; t++) {
        calls[t] = (call_t){ .place = at->place, .client = client, .timeout_ms = 100 + t };
        pthread_create(&threads[t], NULL, run_call, &calls[t]);
    }
    for (int t = 0; t < THREADS; t++) {
        join(threads[t]);
        CHECK_INT(calls[t].code, KUBE_E_TIMEOUT);
        int64_t late = calls[t].ended - calls[t].begun - calls[t].timeout_ms * MS;
        CHECK(late >= 0);
        latest = later_of(latest, late);
    }
    kube_client_free(client);
    return latest;
}

static void test_time_limits(void)
{
    for (int i = 0; i < PLACES; i++)
        check_prompt(run_out_of_time, &places[i], NULL);
    tell_worst("timed out");
}

/* While other threads keep the client and the machine busy. */
static atomic_bool enough;

static void *keep_busy(void *argument)
{
    while (!enough)
        CHECK_INT(kube_get(argument, &kube_core_v1_config_maps, "n", "ok", NULL, NULL, NULL), KUBE_OK);
    return NULL;
}

static int64_t trip_one(void *argument)
{
    const at_t *at = argument;
    kube_cancel_t *cancel = kube_cancel_new();
    call_t call = { .place = at->place, .client = at->client, .cancel = cancel };
    pthread_t thread;
    pthread_create(&thread, NULL, run_call, &call);
    sleep_us(100 * MS);
    int64_t tripped = now_us();
    kube_cancel_trip(cancel);
    join(thread);
    CHECK_INT(call.code, KUBE_E_CANCELED);
    kube_cancel_free(cancel);
    return call.ended - tripped;
}

static void test_tripped_under_load(void)
{
    kube_client_t *client = make(&places[5]);
    pthread_t busy[8];
    enough = false;
    for (int i = 0; i < 8; i++)
        pthread_create(&busy[i], NULL, keep_busy, client);
    for (int i = 5; i < PLACES; i++)
        check_prompt(trip_one, &places[i], client);
    enough = true;
    for (int i = 0; i < 8; i++)
        join(busy[i]);
    kube_client_free(client);
    tell_worst("canceled under load");
}

/* Threads that are in a function of the client. */
static size_t threads_inside(kube_client_t *client)
{
    pthread_mutex_lock(&client->lock);
    size_t count = client->active;
    pthread_mutex_unlock(&client->lock);
    return count;
}

/* Those that wait hold up nobody else: the others end while they wait. */
static void test_others_go_on(void)
{
    kube_client_t *client = make(&places[5]);
    kube_cancel_t *cancel = kube_cancel_new();
    call_t held[PLACES];
    pthread_t threads[PLACES];
    for (int i = 5; i < PLACES; i++) {
        held[i] = (call_t){ .place = &places[i], .client = client, .cancel = cancel };
        pthread_create(&threads[i], NULL, run_call, &held[i]);
    }
    AWAIT(threads_inside(client) == PLACES - 5);
    for (int i = 0; i < 20; i++)
        CHECK_INT(kube_get(client, &kube_core_v1_config_maps, "n", "ok", NULL, NULL, NULL), KUBE_OK);
    kube_cancel_trip(cancel);
    for (int i = 5; i < PLACES; i++) {
        join(threads[i]);
        CHECK_INT(held[i].code, KUBE_E_CANCELED);
    }
    kube_cancel_free(cancel);
    kube_client_free(client);
}

/* ---- slow readers ---- */

static atomic_llong held_bytes, most_bytes;

static void count(long long change)
{
    long long now = atomic_fetch_add(&held_bytes, change) + change, most = most_bytes;
    while (now > most && !atomic_compare_exchange_weak(&most_bytes, &most, now))
        continue;
}

static void *allocate(size_t size, void *context)
{
    (void)context;
    void *memory = malloc(size);
    count(memory ? (long long)malloc_usable_size(memory) : 0);
    return memory;
}

static void *reallocate(void *pointer, size_t size, void *context)
{
    (void)context;
    long long before = pointer ? (long long)malloc_usable_size(pointer) : 0;
    void *memory = realloc(pointer, size);
    count(memory ? (long long)malloc_usable_size(memory) - before : 0);
    return memory;
}

static void release(void *pointer, void *context)
{
    (void)context;
    count(pointer ? -(long long)malloc_usable_size(pointer) : 0);
    free(pointer);
}

/* 32 MiB of lines, as fast as they are taken. */
static atomic_int flooded_pieces;

static void answer_flood(played_call_t *call)
{
    char *piece = calloc(1, 32768 + 1);
    if (!strstr(call->target, "/log")) {
        free(piece);
        answer(call);
        return;
    }
    memset(piece, 'x', 32768);
    for (size_t i = 99; i < 32768; i += 100)
        piece[i] = '\n';
    played_stream(call);
    for (int i = 0; i < 1024 && !call->server->stopping; i++, flooded_pieces++)
        played_piece(call, piece);
    free(piece);
}

typedef struct reader {
    kube_client_t *client;
    int code;
    atomic_long lines;
    bool sticks; /* in its first line, until it is told that it is enough */
} reader_t;

static int read_line(const char *line, size_t len, void *userdata)
{
    reader_t *reader = userdata;
    (void)line, (void)len;
    reader->lines++;
    if (!reader->sticks)
        return 0;
    AWAIT(enough);
    return 77;
}

static void *read_log(void *argument)
{
    reader_t *reader = argument;
    reader->code = kube_log_lines(reader->client, &kube_core_v1_pods, "n", "p", NULL, read_line, reader, NULL);
    return NULL;
}

static void test_slow_readers(void)
{
    static const kube_allocator_t allocator = { allocate, reallocate, release, NULL };
    played_t flood;
    kube_set_allocator(&allocator);
    played_start(&flood, answer_flood);
    kube_config_t config = { .server = flood.url };
    kube_client_options_t options = { .queue_bytes = 256 << 10 };
    kube_client_t *client = NULL;
    CHECK_INT(kube_client_new(&config, &options, &client, NULL), KUBE_OK);
    reader_t slow = { .client = client, .sticks = true }, quick = { .client = client };
    pthread_t threads[2];
    enough = false;
    pthread_create(&threads[0], NULL, read_log, &slow);
    AWAIT(slow.lines == 1);
    pthread_create(&threads[1], NULL, read_log, &quick);
    /* The quick one, and calls of others, do not wait for the slow one. */
    for (int i = 0; i < 20; i++)
        CHECK_INT(kube_get(client, &kube_core_v1_config_maps, "n", "ok", NULL, NULL, NULL), KUBE_OK);
    join(threads[1]);
    CHECK_INT(quick.code, KUBE_OK);
    CHECK_INT(quick.lines, 1024 * (32768 / 100) + 1);
    CHECK_INT(slow.lines, 1);
    /* What the slow one has not taken yet waits at the server. */
    CHECK(flooded_pieces < 2048);
    CHECK(most_bytes < 4 << 20);
    printf("# two logs of 32 MiB: at most %lld KiB held\n", (long long)most_bytes / 1024);
    enough = true;
    join(threads[0]);
    CHECK_INT(slow.code, 77);
    kube_client_free(client);
    played_stop(&flood);
    CHECK_INT(held_bytes, 0);
    kube_set_allocator(NULL);
}

/* With a server of its own, which no request of an earlier test reaches late. */
static void with_server(void (*test)(void))
{
    played_start(&server, answer);
    test();
    played_stop(&server);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    make_pair(&authority, NULL, "libkube test authority", NULL, NULL);
    fill_backlog();
    int silent = listen_on(128, silent_url, "https");
    RUN_IN(with_server, test_tripped_while_waiting);
    RUN_IN(with_server, test_tripped_before);
    RUN_IN(with_server, test_tripped_after);
    RUN_IN(with_server, test_time_limits);
    RUN_IN(with_server, test_tripped_under_load);
    RUN_IN(with_server, test_others_go_on);
    RUN_IN(with_server, test_slow_readers);
    names_known = true;
    AWAIT(lookups == 0);
    close(silent);
    empty_backlog();
    return test_end();
}
