/* Kubeconfigs that change while a client is in use: contexts, tokens, certificates, authorities; whole, torn, and gone. */
#include <kube/client.h>
#include <kube/core/v1.h>
#include <kube/object.h>
#include <kube/watch.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "client/client.h"
#include "faults.h"
#include "loopback.h"
#include "patience.h"
#include "played.h"

static char directory[] = "/tmp/libkube-live-XXXXXX", kubeconfig[80];
static pem_pair_t authority, other_authority, server_pair, first, second, foreign;
static kube_error_t err;

static const char *path_of(const char *name)
{
    static char paths[8][320];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", directory, name);
    return path;
}

/* ---- servers, which know one token, and tell who asks ---- */

typedef struct cluster {
    loopback_t base;
    char name;
    char token[32];        /* "": any */
    pthread_mutex_t lock;  /* guards last */
    char last[8192];       /* the last request that was let in */
    atomic_int open;       /* connections */
    atomic_int stalled;    /* requests that wait for `go` */
    atomic_bool go;
} cluster_t;

static void answer(cluster_t *cluster, loopback_connection_t *c, const char *request)
{
    char bearer[64], reply[256], body[64];
    snprintf(bearer, sizeof bearer, "\r\nAuthorization: Bearer %s\r\n", cluster->token);
    bool known = !*cluster->token || strstr(request, bearer);
    if (strstr(request, "GET /slow")) {
        cluster->stalled++;
        while (!cluster->go)
            sleep_us(MS);
    }
    pthread_mutex_lock(&cluster->lock);
    if (known)
        snprintf(cluster->last, sizeof cluster->last, "%s", request);
    pthread_mutex_unlock(&cluster->lock);
    snprintf(body, sizeof body, known ? "cluster %c" : "{}", cluster->name);
    snprintf(reply, sizeof reply, "HTTP/1.1 %d X\r\nContent-Length: %zu\r\n\r\n%s", known ? 200 : 401, strlen(body), body);
    loopback_puts(c, reply);
}

static void speak(loopback_connection_t *c)
{
    cluster_t *cluster = (cluster_t *)c->server;
    char request[8192];
    cluster->open++;
    while (loopback_request(c, request, sizeof request) > 0)
        answer(cluster, c, request);
    cluster->open--;
}

static cluster_t a, b;

static void start_clusters(bool demand_certificates)
{
    memset(&a, 0, sizeof a);
    memset(&b, 0, sizeof b);
    pthread_mutex_init(&a.lock, NULL);
    pthread_mutex_init(&b.lock, NULL);
    a.name = 'a';
    b.name = 'b';
    loopback_start_with(&a.base, &authority, &server_pair, demand_certificates, speak);
    loopback_start_with(&b.base, &authority, &server_pair, demand_certificates, speak);
}

static void stop_clusters(void)
{
    loopback_stop(&a.base);
    loopback_stop(&b.base);
}

/* ---- kubeconfigs ---- */

static void put_data(kube_buffer_t *text, const char *key, const char *pem)
{
    char encoded[8192];
    EVP_EncodeBlock((unsigned char *)encoded, (const unsigned char *)pem, (int)strlen(pem));
    kube_buffer_printf(text, ", %s: %s", key, encoded);
}

/* What the kubeconfig says; NULL: the usual. */
typedef struct said {
    const char *context; /* "a" or "b" */
    const char *token, *ns;
    const char *ca;
    const pem_pair_t *pair;
} said_t;

static kube_buffer_t text_of(said_t said)
{
    kube_buffer_t text = { 0 };
    kube_buffer_puts(&text, "apiVersion: v1\nkind: Config\nclusters:\n");
    const cluster_t *clusters[] = { &a, &b };
    for (int i = 0; i < 2; i++) {
        kube_buffer_printf(&text, "- {name: %c, cluster: {server: '%s'", clusters[i]->name, clusters[i]->base.url);
        put_data(&text, "certificate-authority-data", said.ca ? said.ca : authority.certificate);
        kube_buffer_puts(&text, "}}\n");
    }
    kube_buffer_printf(&text, "users:\n- {name: u, user: {token: %s", said.token ? said.token : "t1");
    if (said.pair) {
        put_data(&text, "client-certificate-data", said.pair->certificate);
        put_data(&text, "client-key-data", said.pair->key);
    }
    kube_buffer_puts(&text, "}}\ncontexts:\n");
    for (int i = 0; i < 2; i++)
        kube_buffer_printf(&text, "- {name: %c, context: {cluster: %c, user: u, namespace: %s}}\n", clusters[i]->name, clusters[i]->name,
                           said.ns ? said.ns : "n1");
    kube_buffer_printf(&text, "current-context: %s\n", said.context ? said.context : "a");
    return text;
}

/* In place and piece by piece, or by a new file; len: of the text. */
static void write_bytes(const char *text, size_t len, bool in_place)
{
    FILE *file = fopen(in_place ? kubeconfig : path_of("new"), "w");
    fwrite(text, 1, len, file);
    fclose(file);
    if (!in_place)
        rename(path_of("new"), kubeconfig);
}

static void say(said_t said)
{
    kube_buffer_t text = text_of(said);
    write_bytes(text.data, text.len, false);
    kube_buffer_dispose(&text);
}

/* As `say`, and waits until a client will have looked. */
static void say_and_wait(said_t said)
{
    say(said);
    sleep_us(1200 * MS);
}

static kube_client_t *make_with(kube_client_options_t options, const kube_config_options_t *choice, const char *as)
{
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    CHECK_INT(kube_config_load(kubeconfig, choice, &config, &err), KUBE_OK);
    kube_config_t mine = *config;
    if (as)
        mine.as = as;
    options.max_retries = (kube_int32_t){ true, 0 };
    CHECK_INT(kube_client_new(&mine, &options, &client, &err), KUBE_OK);
    kube_config_free(config);
    return client;
}

static kube_client_t *make(void)
{
    return make_with((kube_client_options_t){ 0 }, NULL, NULL);
}

/* The letter of the cluster that answers, or 0 with the code in err. */
static int ask_at(kube_client_t *client, const char *path)
{
    kube_buffer_t reply = { 0 };
    kube_error_t problem;
    int code = kube_raw(client, &(kube_raw_request_t){ .path = path }, &reply, &problem);
    int letter = code == KUBE_OK && reply.len == 9 ? reply.data[8] : 0;
    if (code < 0)
        err = problem;
    kube_buffer_dispose(&reply);
    return letter;
}

static int ask(kube_client_t *client)
{
    return ask_at(client, "/x");
}

/* ---- tests ---- */

static void test_contexts(void)
{
    start_clusters(false);
    say((said_t){ 0 });
    kube_client_t *client = make(), *stays = make_with((kube_client_options_t){ .follow = KUBE_FOLLOW_CONTEXT }, NULL, NULL);
    kube_client_t *chosen = make_with((kube_client_options_t){ 0 }, &(kube_config_options_t){ .context = "a" }, NULL);
    kube_client_t *fixed = make_with((kube_client_options_t){ .follow = KUBE_FOLLOW_NOTHING }, NULL, NULL);
    CHECK_INT(ask(client), 'a');
    CHECK_STR(kube_client_namespace(client), "n1");
    const char *before = kube_client_namespace(client);
    say_and_wait((said_t){ .context = "b", .token = "t2", .ns = "n2" });
    CHECK_INT(ask(client), 'b');
    CHECK(strstr(b.last, "Bearer t2"));
    CHECK_STR(kube_client_namespace(client), "n2");
    CHECK_STR(before, "n1");
    kube_config_t *config = kube_client_config(client);
    CHECK_STR(config->context, "b");
    CHECK_STR(config->server, b.base.url);
    kube_config_free(config);
    /* Its connections to the first one are gone. */
    AWAIT(a.open == 0);
    CHECK_INT(ask(stays), 'a');
    CHECK(strstr(a.last, "Bearer t2"));
    CHECK_STR(kube_client_namespace(stays), "n2");
    CHECK_INT(ask(chosen), 'a');
    CHECK(strstr(a.last, "Bearer t2"));
    CHECK_INT(ask(fixed), 'a');
    CHECK(strstr(a.last, "Bearer t1"));
    say_and_wait((said_t){ 0 });
    CHECK_INT(ask(client), 'a');
    kube_client_free(client);
    kube_client_free(stays);
    kube_client_free(chosen);
    kube_client_free(fixed);
    stop_clusters();
}

/* A refusal has the file read at once, and the request is sent again. */
static void test_token(void)
{
    start_clusters(false);
    strcpy(a.token, "t1");
    say((said_t){ 0 });
    kube_client_t *client = make();
    CHECK_INT(ask(client), 'a');
    strcpy(a.token, "t2");
    CHECK_INT(ask(client), 0);
    CHECK_INT(err.code, KUBE_E_UNAUTHORIZED);
    say((said_t){ .token = "t2" });
    CHECK_INT(ask(client), 'a');
    /* The connection is kept: nothing that it depends on has changed. */
    CHECK_INT(a.base.connections, 1);
    /* Where another cluster is meant now, the refused request is not sent there; it is the refusal by which that is noticed. */
    strcpy(a.token, "t3");
    say((said_t){ .context = "b", .token = "t3" });
    client->live.look_at = INT64_MAX;
    int requests = b.base.requests;
    CHECK_INT(ask(client), 0);
    CHECK_INT(b.base.requests, requests);
    CHECK_INT(ask(client), 'b');
    kube_client_free(client);
    stop_clusters();
}

static void test_certificates(void)
{
    start_clusters(true);
    say((said_t){ .pair = &first });
    kube_client_t *client = make();
    CHECK_INT(ask(client), 'a');
    say_and_wait((said_t){ .pair = &second });
    CHECK_INT(ask(client), 'a');
    CHECK_INT(a.base.connections, 2);
    /* One that the server does not trust shows that it is really the new one. */
    say_and_wait((said_t){ .pair = &foreign });
    CHECK_INT(ask(client), 0);
    CHECK_INT(err.code, KUBE_E_TLS);
    say((said_t){ .pair = &first });
    CHECK_INT(ask(client), 'a');
    /* The authority too; after a failure the file is read at once, and the request sent again. */
    say_and_wait((said_t){ .pair = &first, .ca = other_authority.certificate });
    CHECK_INT(ask(client), 0);
    CHECK_INT(err.code, KUBE_E_TLS);
    say((said_t){ .pair = &first });
    CHECK_INT(ask(client), 'a');
    /* What does not fit together is not taken. */
    pem_pair_t mixed = first;
    memcpy(mixed.key, second.key, sizeof mixed.key);
    say_and_wait((said_t){ .pair = &mixed, .context = "b" });
    CHECK_INT(ask(client), 'a');
    kube_client_free(client);
    stop_clusters();
}

static char log_text[4096];

static void on_log(void *userdata, kube_log_level_t level, const char *line)
{
    (void)userdata;
    size_t used = strlen(log_text);
    if (level != KUBE_LOG_DEBUG)
        snprintf(log_text + used, sizeof log_text - used, "%s\n", line);
}

/* Torn at every byte, empty, gone: the old one stays, and the whole one is taken in the end. */
static void test_torn_files(void)
{
    start_clusters(false);
    say((said_t){ 0 });
    kube_hooks_t hooks = { .log = on_log };
    kube_client_t *client = make_with((kube_client_options_t){ .hooks = &hooks }, NULL, NULL);
    log_text[0] = '\0';
    kube_access_t *before = kube_live_access(client);
    kube_buffer_t text = text_of((said_t){ .context = "b" });
    for (size_t len = 0; len + 3 < text.len; len += len + 40 < text.len ? 7 : 1) {
        write_bytes(text.data, len, true);
        kube_access_t *other = kube_live_other(client, before);
        /* Until the current context is named, nothing is there to be used. */
        CHECK(!other);
        kube_access_free(other);
        if (client->live.current != before) {
            printf("taken at %zu of %zu\n", len, text.len);
            break;
        }
    }
    CHECK(client->live.failed);
    CHECK(strstr(log_text, "the configuration stays as it was: "));
    unlink(kubeconfig);
    CHECK(!kube_live_other(client, before) && client->live.current == before);
    CHECK_INT(ask(client), 'a');
    /* The same bytes again: it is read without having changed, as it could not be used. */
    write_bytes(text.data, text.len, true);
    sleep_us(1200 * MS);
    CHECK_INT(ask(client), 'b');
    CHECK(strstr(log_text, "the configuration has changed: https://") && strstr(log_text, ", context b\n"));
    CHECK(!strstr(log_text, "t1"));
    kube_buffer_dispose(&text);
    kube_access_free(before);
    kube_client_free(client);
    stop_clusters();
}

static int64_t real_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* What was written just now may not be all: it is left for the next look. Returns whether the machine was quick enough to tell. */
static bool look_at_once(void)
{
    say((said_t){ 0 });
    kube_client_t *client = make();
    int64_t before = real_ns();
    say((said_t){ .context = "b" });
    client->live.look_at = 0;
    kube_access_t *access = kube_live_access(client);
    bool quick = real_ns() - before < 50000000;
    if (quick)
        CHECK_STR(access->config->context, "a");
    kube_access_free(access);
    kube_client_free(client);
    return quick;
}

static void test_unsettled_file(void)
{
    start_clusters(false);
    for (int tries = 0; tries < 40 && !look_at_once(); tries++)
        continue;
    stop_clusters();
}

/* What the program set itself stays as it set it. */
static void test_changes_of_the_program(void)
{
    start_clusters(false);
    say((said_t){ 0 });
    kube_client_t *client = make_with((kube_client_options_t){ 0 }, NULL, "boss");
    say_and_wait((said_t){ .context = "b", .token = "t2" });
    CHECK_INT(ask(client), 'b');
    CHECK(strstr(b.last, "\r\nImpersonate-User: boss\r\n") && strstr(b.last, "Bearer t2"));
    kube_client_free(client);
    stop_clusters();
}

static void *write_usual(void *unused)
{
    kube_buffer_t text = text_of((said_t){ 0 });
    write_bytes(text.data, text.len, true);
    kube_buffer_dispose(&text);
    return unused;
}

/* It is read once, as long as that takes; who opens it again waits for a writer that never comes. */
static void test_pipe(void)
{
    pthread_t writer;
    start_clusters(false);
    unlink(kubeconfig);
    CHECK_INT(mkfifo(kubeconfig, 0600), 0);
    pthread_create(&writer, NULL, write_usual, NULL);
    kube_client_t *client = make();
    pthread_join(writer, NULL);
    client->live.look_at = 0;
    alarm(PATIENCE_SECONDS);
    CHECK_INT(ask(client), 'a');
    alarm(0);
    kube_client_free(client);
    unlink(kubeconfig);
    stop_clusters();
}

/* ---- under load ---- */

enum { THREADS = 8 };

static atomic_int good, bad;
static atomic_bool enough;

static void *work(void *argument)
{
    while (!enough) {
        int letter = ask(argument);
        good += letter != 0;
        bad += letter == 0;
    }
    return NULL;
}

static void *ask_slowly(void *argument)
{
    return (void *)(intptr_t)ask_at(argument, "/slow");
}

static void test_under_load(void)
{
    start_clusters(false);
    say((said_t){ 0 });
    kube_client_t *client = make();
    pthread_t threads[THREADS], slow;
    void *letter;
    good = bad = 0;
    enough = false;
    pthread_create(&slow, NULL, ask_slowly, client);
    AWAIT(a.stalled);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, client);
    for (int i = 0; i < 4; i++)
        say_and_wait((said_t){ .context = i % 2 ? "a" : "b", .token = i % 2 ? "t3" : "t2", .ns = i % 2 ? "x" : "y" });
    /* What was under way before all of that ends where it began. */
    a.go = true;
    pthread_join(slow, &letter);
    CHECK_INT((intptr_t)letter, 'a');
    AWAIT(good > 4 * THREADS);
    enough = true;
    for (int i = 0; i < THREADS; i++)
        join(threads[i]);
    CHECK_INT(bad, 0);
    CHECK_INT(ask(client), 'a');
    kube_client_free(client);
    stop_clusters();
}

/* ---- watches ---- */

#define EVENT(type, name, version) \
    "{\"type\":\"" type "\",\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"" name "\",\"resourceVersion\":\"" version "\"}}}\n"
#define END_MARK(version)                                                                                                        \
    "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"" version "\"," \
    "\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}}}}\n"

static played_t old_server, new_server;
static atomic_bool old_ends;

static void play(played_call_t *call)
{
    bool is_old = call->server == &old_server, resumed = strstr(call->target, "resourceVersion=");
    played_stream(call);
    if (!resumed) {
        played_piece(call, is_old ? EVENT("ADDED", "old", "5") END_MARK("1000") : EVENT("ADDED", "new", "3") END_MARK("7"));
        /* The first stream ends when it may, the second lasts. */
        while (is_old && !old_ends && !call->server->stopping)
            sleep_us(MS);
    }
    if (!is_old || resumed)
        played_hold(call);
}

static void say_server(const played_t *server)
{
    char text[512];
    int len = snprintf(text, sizeof text, "clusters: [{name: c, cluster: {server: '%s'}}]\nusers: [{name: u, user: {}}]\n"
                       "contexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n", server->url);
    write_bytes(text, (size_t)len, false);
}

static void expect(kube_watch_t *watch, kube_event_type_t type, const char *name)
{
    kube_event_t event = { 0 };
    CHECK_INT(kube_watch_next(watch, &event, &err), KUBE_OK);
    CHECK_INT(event.type, type);
    if (name && event.object)
        CHECK_STR(kube_meta_name(&kube_core_v1_pod_type, event.object), name);
    CHECK(!name == !event.object);
}

static void test_watch(bool restart)
{
    old_ends = false;
    played_start(&old_server, play);
    played_start(&new_server, play);
    say_server(&old_server);
    kube_client_t *client = make();
    kube_watch_t *watch = NULL;
    kube_watch_options_t options = { .restart_when_expired = restart };
    CHECK_INT(kube_watch(client, &kube_core_v1_pods, KUBE_ALL_NAMESPACES, &options, &watch, &err), KUBE_OK);
    expect(watch, KUBE_EVENT_ADDED, "old");
    expect(watch, KUBE_EVENT_SYNCED, NULL);
    say_server(&new_server);
    sleep_us(1200 * MS);
    old_ends = true;
    if (restart) {
        expect(watch, KUBE_EVENT_RESTARTED, NULL);
        expect(watch, KUBE_EVENT_ADDED, "new");
        expect(watch, KUBE_EVENT_SYNCED, NULL);
        CHECK(!strstr(new_server.log, "resourceVersion="));
    } else {
        kube_event_t event;
        CHECK_INT(kube_watch_next(watch, &event, &err), KUBE_E_EXPIRED);
        CHECK(strstr(err.message, "another server"));
        CHECK_INT(new_server.requests, 0);
    }
    CHECK_INT(old_server.requests, 1);
    kube_watch_free(watch);
    kube_client_free(client);
    played_stop(&old_server);
    played_stop(&new_server);
}

static void test_watches(void)
{
    test_watch(true);
    test_watch(false);
}

/* ---- lists ---- */

#define PAGE(name, token)                                                                                                          \
    "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"5\",\"continue\":\"" token "\"},\"items\":[" \
    "{\"metadata\":{\"name\":\"" name "\"}}]}"

static void give_pages(played_call_t *call)
{
    played_reply(call, 200, strstr(call->target, "continue=") ? PAGE("second", "") : PAGE("first", "more"));
}

static int switch_after_first(const kube_core_v1_pod_t *pod, void *userdata)
{
    kube_client_t *client = userdata;
    if (strcmp(pod->metadata->name, "first") == 0) {
        say_server(&new_server);
        kube_access_t *before = kube_live_access(client);
        kube_access_free(kube_live_other(client, before));
        kube_access_free(before);
    }
    return KUBE_OK;
}

/* A continue token means nothing to another cluster: all pages come from the one where the list began. */
static void test_pages(void)
{
    played_start(&old_server, give_pages);
    played_start(&new_server, give_pages);
    say_server(&old_server);
    kube_client_t *client = make();
    kube_list_options_t options = { .limit = 1 };
    CHECK_INT(kube_core_v1_pod_each(client, KUBE_ALL_NAMESPACES, &options, switch_after_first, client, &err), KUBE_OK);
    CHECK_INT(old_server.requests, 2);
    CHECK_INT(new_server.requests, 0);
    CHECK_INT(kube_core_v1_pod_each(client, KUBE_ALL_NAMESPACES, &options, switch_after_first, client, &err), KUBE_OK);
    CHECK_INT(old_server.requests, 2);
    CHECK_INT(new_server.requests, 2);
    kube_client_free(client);
    played_stop(&old_server);
    played_stop(&new_server);
}

/* ---- memory ---- */

static bool read_with_faults(void)
{
    said_t one = { 0 }, two = { .context = "b", .token = "t2", .ns = "n2" };
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    long left = faults.left;
    faults.left = -1;
    say(one);
    kube_config_load(kubeconfig, NULL, &config, &err);
    kube_client_new(config, NULL, &client, &err);
    say(two);
    faults.left = left;
    kube_access_t *before = kube_access_ref(client->live.current), *other = kube_live_other(client, before);
    bool ok = !other;
    /* In the end it is taken. */
    faults.left = -1;
    kube_access_free(kube_live_other(client, before));
    ok = ok && strcmp(client->live.current->config->context, "b") == 0;
    kube_access_free(before);
    kube_client_free(client);
    kube_config_free(config);
    return ok;
}

static void test_failing_allocations(void)
{
    start_clusters(false);
    CHECK(fault_loop(read_with_faults) > 50);
    stop_clusters();
}

int main(void)
{
    if (!mkdtemp(directory))
        return 1;
    snprintf(kubeconfig, sizeof kubeconfig, "%s/config", directory);
    make_pair(&authority, NULL, "authority", NULL, NULL);
    make_pair(&other_authority, NULL, "another authority", NULL, NULL);
    make_pair(&server_pair, &authority, "server", "IP:127.0.0.1", NULL);
    make_pair(&first, &authority, "first", NULL, NULL);
    make_pair(&second, &authority, "second", NULL, NULL);
    make_pair(&foreign, &other_authority, "foreign", NULL, NULL);
    RUN(test_contexts);
    RUN(test_token);
    RUN(test_certificates);
    RUN(test_torn_files);
    RUN(test_unsettled_file);
    RUN(test_changes_of_the_program);
    RUN(test_pipe);
    RUN(test_under_load);
    RUN(test_watches);
    RUN(test_pages);
    RUN(test_failing_allocations);
    unlink(kubeconfig);
    rmdir(directory);
    return test_end();
}
