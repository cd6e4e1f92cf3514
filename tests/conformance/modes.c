/* Calls that do not block: driven by a host's loop, or by whoever waits. And several threads on one client. */
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "cases.h"

/* For hundreds of operations at once, each with a connection of its own where there is no HTTP/2. */
#define MANY_MS (4 * CALL_MS)

static kube_client_t *host_client(test_t *t)
{
    return new_client(t, &(kube_client_options_t){ .mode = KUBE_MODE_HOST });
}

/* How an operation ended, and what came on the way. */
typedef struct outcome {
    test_t *t;
    int ended, code, items, events;
    const void *object; /* kept */
    const kube_type_t *type;
    char bytes[256];
    char last[64];
    int stop_after;
    bool synced;
} outcome_t;

static void take_result(const kube_result_t *result, void *userdata)
{
    outcome_t *outcome = userdata;
    outcome->ended++;
    outcome->code = result->code;
    if (result->error)
        outcome->t->err = *result->error;
    if (result->object && kube_ref(result->object) == KUBE_OK) {
        outcome->object = result->object;
        outcome->type = result->type;
    }
    if (result->bytes)
        snprintf(outcome->bytes, sizeof outcome->bytes, "%.*s", (int)result->len, result->bytes);
}

/* Starts an operation and drives it to its end. */
static bool run(test_t *t, kube_client_t *client, const kube_spec_t *spec, outcome_t *outcome)
{
    kube_op_t *op = NULL;
    outcome->t = t;
    if (!CHECK_OK(t, kube_start(client, spec, take_result, outcome, &op, &t->err)))
        return false;
    bool driven = drive(t, client, op);
    kube_op_free(op);
    keep(t, outcome->object);
    return driven && CHECK_INT(t, outcome->ended, 1);
}

static void host_life(test_t *t)
{
    kube_client_t *client = host_client(t);
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" }, .data = KUBE_MAP({ "k", "1" }) };
    kube_patch_t patch = merge_patch("{\"data\":{\"k\":\"2\"}}");
    const kube_resource_t *resource = &kube_core_v1_config_maps;
    outcome_t created = { 0 }, patched = { 0 }, got = { 0 }, listed = { 0 }, deleted = { 0 }, gone = { 0 };
    REQUIRE(t, client);
    REQUIRE(t, run(t, client, &(kube_spec_t){ .action = KUBE_ACTION_CREATE, .resource = resource, .body = &wanted }, &created));
    REQUIRE_OK(t, created.code);
    REQUIRE(t, run(t, client, &(kube_spec_t){ .action = KUBE_ACTION_PATCH, .resource = resource, .name = "web", .patch = &patch }, &patched));
    REQUIRE_OK(t, patched.code);
    REQUIRE(t, run(t, client, &(kube_spec_t){ .action = KUBE_ACTION_GET, .resource = resource, .name = "web" }, &got));
    REQUIRE_OK(t, got.code);
    CHECK(t, got.type == resource->type);
    CHECK_STR(t, value_of(got.object), "2");
    REQUIRE(t, run(t, client, &(kube_spec_t){ .action = KUBE_ACTION_LIST, .resource = resource,
                                              .options = &(kube_list_options_t){ .field_selector = OURS } }, &listed));
    REQUIRE_OK(t, listed.code);
    CHECK_INT(t, ((const kube_core_v1_config_map_list_t *)listed.object)->items.len, 1);
    REQUIRE(t, run(t, client, &(kube_spec_t){ .action = KUBE_ACTION_DELETE, .resource = resource, .name = "web" }, &deleted));
    REQUIRE_OK(t, deleted.code);
    REQUIRE(t, run(t, client, &(kube_spec_t){ .action = KUBE_ACTION_GET, .resource = resource, .name = "web" }, &gone));
    CHECK_CODE(t, gone.code, KUBE_E_NOT_FOUND);
    CHECK(t, !gone.object);
}

static int take_none(const config_map_t *object, void *userdata)
{
    (void)object;
    (void)userdata;
    return 42;
}

static void host_blocking_is_misuse(test_t *t)
{
    kube_client_t *client = host_client(t);
    config_map_watch_t *watch = NULL;
    REQUIRE(t, client);
    CHECK_CODE(t, kube_core_v1_namespace_get(client, t->ns, NULL, NULL, &t->err), KUBE_E_USAGE);
    CHECK_CODE(t, kube_core_v1_config_map_watch(client, NULL, NULL, &watch, &t->err), KUBE_E_USAGE);
    CHECK_CODE(t, kube_core_v1_config_map_each(client, NULL, NULL, take_none, NULL, &t->err), KUBE_E_USAGE);
    CHECK(t, kube_loop_fd(t->client) == -1 && kube_loop_fd(NULL) == -1);
    CHECK_CODE(t, kube_loop_dispatch(NULL, 0, &t->err), KUBE_E_USAGE);
}

static void host_wait_is_misuse(test_t *t)
{
    kube_client_t *client = host_client(t);
    outcome_t outcome = { .t = t };
    kube_op_t *op = NULL;
    REQUIRE(t, client);
    REQUIRE_OK(t, kube_start(client, &(kube_spec_t){ .action = KUBE_ACTION_GET, .resource = &kube_core_v1_namespaces, .name = t->ns },
                             take_result, &outcome, &op, &t->err));
    CHECK_CODE(t, kube_op_wait(op, 1000, &t->err), KUBE_E_USAGE);
    drive(t, client, op);
    kube_op_free(op);
    keep(t, outcome.object);
    CHECK_OK(t, outcome.code);
}

static int take_item(const void *object, void *userdata)
{
    outcome_t *outcome = userdata;
    (void)object;
    return ++outcome->items == outcome->stop_after ? 42 : 0;
}

static void host_each(test_t *t)
{
    kube_client_t *client = host_client(t);
    outcome_t all = { 0 }, three = { .stop_after = 3 };
    kube_list_options_t options = { .field_selector = OURS, .limit = 2 };
    kube_spec_t spec = { .action = KUBE_ACTION_EACH, .resource = &kube_core_v1_config_maps, .options = &options, .item = take_item };
    REQUIRE(t, client && make_config_maps(t, "p", 5));
    REQUIRE(t, run(t, client, &spec, &all));
    CHECK_OK(t, all.code);
    CHECK_INT(t, all.items, 5);
    REQUIRE(t, run(t, client, &spec, &three));
    CHECK_INT(t, three.code, 42);
    CHECK_INT(t, three.items, 3);
}

static int take_event(const kube_event_t *event, void *userdata)
{
    outcome_t *outcome = userdata;
    const char *name = event->object ? kube_meta_name(&kube_core_v1_config_map_type, event->object) : NULL;
    snprintf(outcome->last, sizeof outcome->last, "%d %s", (int)event->type, name ? name : "");
    outcome->synced = outcome->synced || event->type == KUBE_EVENT_SYNCED;
    return ++outcome->events == outcome->stop_after ? 42 : 0;
}

/* With epoll, as a host has it: the client's descriptor beside others. */
static void host_watch_in_epoll(test_t *t)
{
    kube_client_t *client = host_client(t);
    outcome_t outcome = { .t = t, .stop_after = 4 };
    kube_watch_options_t options = { .field_selector = OURS };
    kube_op_t *op = NULL;
    int loop = epoll_create1(EPOLL_CLOEXEC);
    REQUIRE(t, client && loop >= 0 && make_config_map(t, "a", "1"));
    struct epoll_event interest = { .events = EPOLLIN, .data.ptr = client }, ready;
    bool good = CHECK(t, epoll_ctl(loop, EPOLL_CTL_ADD, kube_loop_fd(client), &interest) == 0) &&
                CHECK_OK(t, kube_start(client, &(kube_spec_t){ .action = KUBE_ACTION_WATCH, .resource = &kube_core_v1_config_maps,
                                                               .options = &options, .event = take_event },
                                       take_result, &outcome, &op, &t->err));
    bool changed = false;
    for (int64_t end = now_ms() + EVENT_MS; good && !outcome.ended && now_ms() < end;) {
        if (epoll_wait(loop, &ready, 1, 1000) > 0)
            good = CHECK(t, kube_loop_dispatch(client, 0, &t->err) >= 0);
        if (outcome.synced && !changed) {
            changed = true;
            good = make_config_map(t, "b", "1") && delete_config_map(t, "a");
        }
    }
    kube_op_free(op);
    close(loop);
    CHECK_INT(t, outcome.code, 42);
    CHECK_INT(t, outcome.events, 4);
    CHECK_STR(t, outcome.last, text(t, "%d a", KUBE_EVENT_DELETED));
}

static void host_watch_resumes(test_t *t)
{
    faultproxy_t *proxy = new_proxy(t);
    kube_client_t *client = new_client_through(t, proxy, &(kube_client_options_t){ .mode = KUBE_MODE_HOST });
    outcome_t outcome = { .t = t, .stop_after = 3 };
    kube_watch_options_t options = { .field_selector = OURS };
    struct pollfd readable = { .fd = kube_loop_fd(client), .events = POLLIN };
    kube_op_t *op = NULL;
    int step = 0;
    REQUIRE(t, client);
    REQUIRE_OK(t, kube_start(client, &(kube_spec_t){ .action = KUBE_ACTION_WATCH, .resource = &kube_core_v1_config_maps, .options = &options,
                                                     .event = take_event }, take_result, &outcome, &op, &t->err));
    for (int64_t end = now_ms() + EVENT_MS; !outcome.ended && now_ms() < end;) {
        if (poll(&readable, 1, 1000) > 0 && !CHECK(t, kube_loop_dispatch(client, 0, &t->err) >= 0))
            break;
        if (outcome.events == step + 1 && step < 2) {
            faultproxy_drop(proxy, FAULTPROXY_OPEN, true);
            if (!make_config_map(t, text(t, "p-%d", step++), "1"))
                break;
        }
    }
    kube_op_free(op);
    CHECK_INT(t, outcome.code, 42);
    CHECK_STR(t, outcome.last, text(t, "%d p-1", KUBE_EVENT_ADDED));
}

static void host_cancel(test_t *t)
{
    kube_client_t *client = host_client(t);
    outcome_t outcome = { .t = t };
    kube_op_t *op = NULL;
    kube_spec_t spec = { .action = KUBE_ACTION_WATCH, .resource = &kube_core_v1_config_maps, .event = take_event };
    REQUIRE(t, client);
    REQUIRE_OK(t, kube_start(client, &spec, take_result, &outcome, &op, &t->err));
    kube_op_cancel(op);
    drive(t, client, op);
    CHECK_CODE(t, outcome.code, KUBE_E_CANCELED);
    CHECK_INT(t, outcome.ended, 1);
    kube_op_cancel(op);
    kube_op_free(op);
    CHECK_INT(t, outcome.ended, 1);
}

static void host_token(test_t *t)
{
    kube_client_t *client = host_client(t);
    outcome_t outcome = { 0 };
    kube_watch_options_t options = { .call.cancel = cancel_after(t, 300) };
    REQUIRE(t, client);
    REQUIRE(t, run(t, client, &(kube_spec_t){ .action = KUBE_ACTION_WATCH, .resource = &kube_core_v1_config_maps, .options = &options,
                                              .event = take_event }, &outcome));
    CHECK_CODE(t, outcome.code, KUBE_E_CANCELED);
}

static void host_timeout(test_t *t)
{
    kube_client_t *client = host_client(t);
    outcome_t outcome = { 0 };
    kube_watch_options_t options = { .call.timeout_ms = 300 };
    REQUIRE(t, client);
    REQUIRE(t, run(t, client, &(kube_spec_t){ .action = KUBE_ACTION_WATCH, .resource = &kube_core_v1_config_maps, .options = &options,
                                              .event = take_event }, &outcome));
    CHECK_CODE(t, outcome.code, KUBE_E_TIMEOUT);
}

/* So many at once that most of them share a connection, where there is HTTP/2. Returns how many ended with that code. */
static int get_together(test_t *t, kube_client_t *client, int64_t timeout_ms, int code)
{
    outcome_t outcomes[12];
    kube_op_t *ops[COUNT(outcomes)];
    kube_get_options_t options = { .call.timeout_ms = timeout_ms };
    kube_spec_t spec = { .action = KUBE_ACTION_GET, .resource = &kube_core_v1_namespaces, .name = t->ns, .options = &options };
    int count = 0;
    for (size_t i = 0; i < COUNT(outcomes); i++) {
        outcomes[i] = (outcome_t){ .t = t };
        CHECK_OK(t, kube_start(client, &spec, take_result, &outcomes[i], &ops[i], &t->err));
    }
    for (size_t i = 0; i < COUNT(outcomes); i++) {
        drive(t, client, ops[i]);
        kube_op_free(ops[i]);
        keep(t, outcomes[i].object);
        count += outcomes[i].code == code;
    }
    return count;
}

/* Connections that are dead without a word are not used again once calls have waited in vain. */
static void host_silence(test_t *t)
{
    faultproxy_t *proxy = new_proxy(t);
    kube_client_t *client = new_client_through(t, proxy, &(kube_client_options_t){ .mode = KUBE_MODE_HOST });
    faultproxy_fault_t stall = { .kind = FAULTPROXY_STALL, .direction = FAULTPROXY_BOTH, .from_now = true };
    REQUIRE(t, client && CHECK_INT(t, get_together(t, client, CALL_MS, KUBE_OK), 12));
    REQUIRE(t, faultproxy_set(proxy, FAULTPROXY_OPEN, &stall) == 0);
    /* Some may have had to make connections of their own. */
    CHECK(t, get_together(t, client, 1500, KUBE_E_TIMEOUT) > 0);
    CHECK_INT(t, get_together(t, client, CALL_MS, KUBE_OK), 12);
}

/* Freeing the client ends what is under way, each once. */
static void host_client_freed(test_t *t)
{
    kube_config_t config = *t->server->config;
    kube_client_t *client = NULL;
    outcome_t outcomes[10];
    config.ns = t->ns;
    memset(outcomes, 0, sizeof outcomes);
    REQUIRE_OK(t, kube_client_new(&config, &(kube_client_options_t){ .mode = KUBE_MODE_HOST }, &client, &t->err));
    bool started = true;
    for (size_t i = 0; i < COUNT(outcomes); i++) {
        outcomes[i].t = t;
        kube_spec_t spec = { .action = i % 2 ? KUBE_ACTION_WATCH : KUBE_ACTION_LIST, .resource = &kube_core_v1_config_maps, .event = take_event };
        started = started && CHECK_OK(t, kube_start(client, &spec, take_result, &outcomes[i], NULL, &t->err));
    }
    kube_loop_dispatch(client, 0, NULL);
    kube_client_free(client);
    for (size_t i = 0; i < COUNT(outcomes); i++) {
        CHECK_INT(t, outcomes[i].ended, 1);
        keep(t, outcomes[i].object);
        CHECK(t, outcomes[i].code == KUBE_E_CANCELED || outcomes[i].object);
    }
}

typedef struct chain {
    outcome_t outcome;
    kube_client_t *client;
    int left;
} chain_t;

static void start_next(const kube_result_t *result, void *userdata)
{
    chain_t *chain = userdata;
    take_result(result, &chain->outcome);
    kube_free(chain->outcome.object);
    chain->outcome.object = NULL;
    if (--chain->left > 0)
        CHECK_OK(chain->outcome.t, kube_start(chain->client, &(kube_spec_t){ .action = KUBE_ACTION_GET, .resource = &kube_core_v1_namespaces,
                                                                             .name = chain->outcome.t->ns }, start_next, chain, NULL, NULL));
}

static void host_begins_in_callback(test_t *t)
{
    chain_t chain = { .outcome.t = t, .client = host_client(t), .left = 5 };
    REQUIRE(t, chain.client);
    struct pollfd readable = { .fd = kube_loop_fd(chain.client), .events = POLLIN };
    kube_spec_t spec = { .action = KUBE_ACTION_GET, .resource = &kube_core_v1_namespaces, .name = t->ns };
    REQUIRE_OK(t, kube_start(chain.client, &spec, start_next, &chain, NULL, &t->err));
    for (int64_t end = now_ms() + CALL_MS; chain.left > 0 && now_ms() < end;) {
        if (poll(&readable, 1, 1000) > 0)
            REQUIRE(t, kube_loop_dispatch(chain.client, 0, &t->err) >= 0);
    }
    CHECK_INT(t, chain.outcome.ended, 5);
    CHECK_OK(t, chain.outcome.code);
}

static void host_many_at_once(test_t *t)
{
    enum { OPERATIONS = 200 };
    kube_client_t *client = host_client(t);
    outcome_t outcome = { .t = t };
    REQUIRE(t, client);
    struct pollfd readable = { .fd = kube_loop_fd(client), .events = POLLIN };
    kube_raw_request_t request = { .path = text(t, "/api/v1/namespaces/%s", t->ns) };
    for (int i = 0; i < OPERATIONS; i++)
        REQUIRE_OK(t, kube_start(client, &(kube_spec_t){ .action = KUBE_ACTION_RAW, .options = &request }, take_result, &outcome, NULL, &t->err));
    for (int64_t end = now_ms() + MANY_MS; outcome.ended < OPERATIONS && now_ms() < end;) {
        if (poll(&readable, 1, 1000) > 0)
            REQUIRE(t, kube_loop_dispatch(client, 0, &t->err) >= 0);
    }
    CHECK_INT(t, outcome.ended, OPERATIONS);
    CHECK_OK(t, outcome.code);
    CHECK(t, strstr(outcome.bytes, "\"Namespace\"") != NULL);
}

/* As a daemon has it: hundreds of watches, one thread, one descriptor. */
static void host_many_watches(test_t *t)
{
    enum { WATCHES = 200 };
    kube_client_t *client = host_client(t);
    outcome_t *outcomes = calloc(WATCHES, sizeof *outcomes);
    kube_watch_options_t options = { .field_selector = OURS };
    kube_spec_t spec = { .action = KUBE_ACTION_WATCH, .resource = &kube_core_v1_config_maps, .options = &options, .event = take_event };
    struct pollfd readable = { .fd = kube_loop_fd(client), .events = POLLIN };
    int synced = 0, ended = 0;
    REQUIRE(t, outcomes);
    defer(t, free, outcomes);
    REQUIRE(t, client);
    for (int i = 0; i < WATCHES; i++) {
        outcomes[i] = (outcome_t){ .t = t, .stop_after = 3 };
        REQUIRE_OK(t, kube_start(client, &spec, take_result, &outcomes[i], NULL, &t->err));
    }
    bool made = false;
    for (int64_t end = now_ms() + MANY_MS; ended < WATCHES && now_ms() < end; synced = 0, ended = 0) {
        if (poll(&readable, 1, 1000) > 0)
            REQUIRE(t, kube_loop_dispatch(client, 0, &t->err) >= 0);
        for (int i = 0; i < WATCHES; i++) {
            synced += outcomes[i].synced;
            ended += outcomes[i].ended;
        }
        if (ended == WATCHES)
            break;
        if (synced == WATCHES && !made)
            REQUIRE(t, made = make_config_map(t, "a", "1") && delete_config_map(t, "a"));
    }
    CHECK_INT(t, ended, WATCHES);
    const char *last = text(t, "%d a", KUBE_EVENT_DELETED);
    int wrong = 0;
    for (int i = 0; i < WATCHES; i++)
        wrong += strcmp(outcomes[i].last, last) != 0;
    CHECK_INT(t, wrong, 0);
}

/* ---- the caller's mode ---- */

/* Whose thread the callbacks of a call run in. */
typedef struct whose {
    pthread_t thread;
    int calls, foreign;
} whose_t;

static void note_thread(whose_t *whose)
{
    whose->calls++;
    whose->foreign += !pthread_equal(whose->thread, pthread_self());
}

static int note_object(const config_map_t *object, void *userdata)
{
    (void)object;
    note_thread(userdata);
    return 0;
}

static void note_end(const kube_result_t *result, void *userdata)
{
    (void)result;
    note_thread(userdata);
}

static void note_request(void *userdata, const kube_request_info_t *info)
{
    (void)info;
    note_thread(userdata);
}

static void *get_and_list(void *client)
{
    whose_t whose = { .thread = pthread_self() };
    kube_error_t err;
    kube_op_t *op = NULL;
    int code = kube_core_v1_config_map_each(client, NULL, NULL, note_object, &whose, &err);
    if (code == KUBE_OK)
        code = kube_start(client, &(kube_spec_t){ .action = KUBE_ACTION_LIST, .resource = &kube_core_v1_config_maps }, note_end, &whose, &op, &err);
    if (code == KUBE_OK)
        code = kube_op_wait(op, CALL_MS, &err);
    kube_op_free(op);
    return code == KUBE_OK && whose.calls >= 6 && whose.foreign == 0 ? client : NULL;
}

/* Several threads drive one client in turn, but nobody runs another's callbacks. */
static void caller_callbacks_in_their_thread(test_t *t)
{
    whose_t whose = { .thread = pthread_self() };
    kube_hooks_t hooks = { .userdata = &whose, .request = note_request };
    kube_client_t *own = new_client(t, &(kube_client_options_t){ .hooks = &hooks });
    pthread_t threads[4];
    REQUIRE(t, own && make_config_maps(t, "p", 5));
    CHECK_OK(t, kube_core_v1_config_map_each(own, NULL, &(kube_list_options_t){ .limit = 2 }, note_object, &whose, &t->err));
    CHECK(t, whose.calls >= 8 && whose.foreign == 0);
    for (size_t i = 0; i < COUNT(threads); i++) {
        if (pthread_create(&threads[i], NULL, get_and_list, t->client) != 0)
            abort();
    }
    for (size_t i = 0; i < COUNT(threads); i++) {
        void *good = NULL;
        pthread_join(threads[i], &good);
        CHECK(t, good);
    }
}

static void caller_waits(test_t *t)
{
    outcome_t outcome = { .t = t };
    kube_op_t *op = NULL;
    REQUIRE_OK(t, kube_start(t->client, &(kube_spec_t){ .action = KUBE_ACTION_GET, .resource = &kube_core_v1_namespaces, .name = t->ns },
                             take_result, &outcome, &op, &t->err));
    int code = kube_op_wait(op, CALL_MS, &t->err);
    CHECK(t, kube_op_ended(op));
    kube_op_free(op);
    keep(t, outcome.object);
    CHECK_OK(t, code);
    CHECK_OK(t, outcome.code);
    CHECK_INT(t, outcome.ended, 1);
    CHECK_CODE(t, kube_op_wait(NULL, 0, &t->err), KUBE_E_USAGE);
    CHECK(t, kube_op_ended(NULL));
}

static void caller_waits_in_vain(test_t *t)
{
    outcome_t outcome = { .t = t };
    kube_op_t *op = NULL;
    REQUIRE_OK(t, kube_start(t->client, &(kube_spec_t){ .action = KUBE_ACTION_WATCH, .resource = &kube_core_v1_config_maps, .event = take_event },
                             take_result, &outcome, &op, &t->err));
    CHECK_CODE(t, kube_op_wait(op, 300, &t->err), KUBE_E_TIMEOUT);
    CHECK(t, !kube_op_ended(op));
    kube_op_cancel(op);
    CHECK_OK(t, kube_op_wait(op, CALL_MS, &t->err));
    kube_op_free(op);
    CHECK_CODE(t, outcome.code, KUBE_E_CANCELED);
}

static void caller_dispatches(test_t *t)
{
    outcome_t outcome = { .t = t };
    kube_op_t *op = NULL;
    REQUIRE_OK(t, kube_start(t->client, &(kube_spec_t){ .action = KUBE_ACTION_GET, .resource = &kube_core_v1_namespaces, .name = t->ns },
                             take_result, &outcome, &op, &t->err));
    for (int64_t end = now_ms() + CALL_MS; !kube_op_ended(op) && now_ms() < end;)
        REQUIRE(t, kube_loop_dispatch(t->client, 1000, &t->err) >= 0);
    kube_op_free(op);
    keep(t, outcome.object);
    CHECK_OK(t, outcome.code);
}

static void start_misuse(test_t *t)
{
    kube_op_t *op = (kube_op_t *)t;
    kube_spec_t none = { 0 }, no_resource = { .action = KUBE_ACTION_GET, .name = "a" };
    kube_spec_t bad_name = { .action = KUBE_ACTION_GET, .resource = &kube_core_v1_config_maps, .name = "a/b" };
    CHECK_CODE(t, kube_start(t->client, &none, NULL, NULL, &op, &t->err), KUBE_E_USAGE);
    CHECK(t, op == NULL);
    CHECK_CODE(t, kube_start(t->client, &no_resource, NULL, NULL, NULL, &t->err), KUBE_E_USAGE);
    CHECK_CODE(t, kube_start(t->client, &bad_name, NULL, NULL, NULL, &t->err), KUBE_E_USAGE);
    CHECK_CODE(t, kube_start(NULL, &none, NULL, NULL, NULL, &t->err), KUBE_E_USAGE);
}

/* ---- threads ---- */

typedef struct worker {
    test_t *t;
    pthread_t thread;
    int number, failures, events;
    atomic_bool synced; /* its watch is */
} worker_t;

static void *write_and_read(void *userdata)
{
    worker_t *worker = userdata;
    for (int i = 0; i < 20; i++) {
        char name[32];
        snprintf(name, sizeof name, "w-%d-%d", worker->number, i);
        config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = name }, .data = KUBE_MAP({ "k", name }) }, *out = NULL;
        kube_error_t err;
        worker->failures += kube_core_v1_config_map_create(worker->t->client, NULL, &wanted, NULL, NULL, &err) < 0;
        worker->failures += kube_core_v1_config_map_get(worker->t->client, NULL, name, NULL, &out, &err) < 0 || strcmp(value_of(out), name) != 0;
        kube_free(out);
        worker->failures += kube_core_v1_config_map_delete(worker->t->client, NULL, name, NULL, NULL, &err) < 0;
    }
    return NULL;
}

static void *watch_in_a_thread(void *userdata)
{
    worker_t *worker = userdata;
    config_map_watch_t *watch = NULL;
    config_map_event_t event = { 0 };
    kube_error_t err;
    kube_watch_options_t options = { .field_selector = OURS };
    worker->failures += kube_core_v1_config_map_watch(worker->t->client, NULL, &options, &watch, &err) < 0;
    for (int wanted = 8 * 20 * 2; watch && worker->events < wanted;) {
        if (kube_core_v1_config_map_watch_next_within(watch, EVENT_MS, &event, &err) < 0) {
            worker->failures++;
            break;
        }
        worker->synced = worker->synced || event.type == KUBE_EVENT_SYNCED;
        worker->events += event.type == KUBE_EVENT_ADDED || event.type == KUBE_EVENT_DELETED;
    }
    kube_core_v1_config_map_watch_free(watch);
    return NULL;
}

static bool run_workers(test_t *t, worker_t *workers, int count, void *(*function)(void *))
{
    int started = 0;
    for (; started < count; started++) {
        workers[started].t = t;
        workers[started].number = started;
        if (pthread_create(&workers[started].thread, NULL, function, &workers[started]) != 0)
            break;
    }
    return CHECK_INT(t, started, count);
}

static void join_workers(test_t *t, worker_t *workers, int count)
{
    for (int i = 0; i < count; i++) {
        pthread_join(workers[i].thread, NULL);
        CHECK_INT(t, workers[i].failures, 0);
    }
}

static void threads_share_a_client(test_t *t)
{
    worker_t workers[8] = { 0 };
    if (run_workers(t, workers, 8, write_and_read))
        join_workers(t, workers, 8);
}

static bool all_synced(test_t *t, const worker_t *workers, int count)
{
    bool synced = true;
    for (int i = 0; i < count && synced; i++)
        synced = wait_for_flag(t, &workers[i].synced);
    return synced;
}

/* Watches begin before anything is there, so what they see is all that the writers did. */
static void threads_watch_and_write(test_t *t)
{
    worker_t watchers[4] = { 0 }, writers[8] = { 0 };
    if (!run_workers(t, watchers, 4, watch_in_a_thread))
        return;
    if (all_synced(t, watchers, 4) && run_workers(t, writers, 8, write_and_read))
        join_workers(t, writers, 8);
    join_workers(t, watchers, 4);
    for (int i = 0; i < 4; i++)
        CHECK_INT(t, watchers[i].events, 320);
}

static void *wait_for_ever(void *userdata)
{
    worker_t *worker = userdata;
    config_map_watch_t *watch = NULL;
    config_map_event_t event = { 0 };
    kube_error_t err;
    if (kube_core_v1_config_map_watch(worker->t->client, NULL, NULL, &watch, &err) == KUBE_OK) {
        while (kube_core_v1_config_map_watch_next(watch, &event, &err) == KUBE_OK)
            worker->synced = worker->synced || event.type == KUBE_EVENT_SYNCED;
        worker->failures = err.code;
    }
    kube_core_v1_config_map_watch_free(watch);
    return NULL;
}

/* Freeing a client ends the watches of other threads. */
static void free_ends_other_threads(test_t *t)
{
    kube_client_t *client = NULL, *own = t->client;
    worker_t worker = { 0 };
    kube_config_t config = *t->server->config;
    config.ns = t->ns;
    REQUIRE_OK(t, kube_client_new(&config, NULL, &client, &t->err));
    t->client = client;
    bool running = run_workers(t, &worker, 1, wait_for_ever) && all_synced(t, &worker, 1);
    pause_ms(QUIET_MS); /* until it waits again */
    kube_client_free(client);
    if (running)
        pthread_join(worker.thread, NULL);
    t->client = own;
    CHECK_CODE(t, worker.failures, KUBE_E_CANCELED);
}

const test_case_t modes_cases[] = {
    { "host/life-of-an-object", host_life },
    { "host/blocking-is-misuse", host_blocking_is_misuse },
    { "host/waiting-is-misuse", host_wait_is_misuse },
    { "host/each", host_each },
    { "host/watch-in-epoll", host_watch_in_epoll },
    { "host/watch-resumes", host_watch_resumes },
    { "host/cancel", host_cancel },
    { "host/token", host_token },
    { "host/timeout", host_timeout },
    { "host/silence-is-noticed", host_silence },
    { "host/client-freed", host_client_freed },
    { "host/begins-in-a-callback", host_begins_in_callback },
    { "host/many-at-once", host_many_at_once },
    { "host/many-watches", host_many_watches },
    { "caller/callbacks-in-their-thread", caller_callbacks_in_their_thread },
    { "caller/waits", caller_waits },
    { "caller/waits-in-vain", caller_waits_in_vain },
    { "caller/dispatches", caller_dispatches },
    { "caller/misuse", start_misuse },
    { "threads/share-a-client", threads_share_a_client },
    { "threads/watch-and-write", threads_watch_and_write },
    { "threads/free-ends-them", free_ends_other_threads },
    { 0 },
};
