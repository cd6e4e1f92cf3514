/* Many watches and calls of one client at once, when the connections under them fail: with TLS a real server gives them HTTP/2, and one connection. */
#include <pthread.h>

#include "cases.h"

#define WATCHES 20
#define THREADS 12

/* ---- watches ---- */

typedef struct crowd {
    faultproxy_t *proxy;
    kube_client_t *client;
    config_map_watch_t *watches[WATCHES];
} crowd_t;

/* Watches through a proxy, each past its initial state. */
static bool gather(test_t *t, crowd_t *crowd)
{
    crowd->proxy = new_proxy(t);
    crowd->client = new_client_through(t, crowd->proxy, NULL);
    for (int i = 0; i < WATCHES; i++) {
        crowd->watches[i] = watch_config_maps(t, crowd->client, NULL);
        if (!CHECK_EVENT(t, crowd->watches[i], KUBE_EVENT_SYNCED, NULL))
            return false;
    }
    return true;
}

static bool fault_open(test_t *t, const crowd_t *crowd, faultproxy_fault_t fault)
{
    fault.direction = FAULTPROXY_TO_CLIENT;
    fault.from_now = true;
    return CHECK(t, faultproxy_set(crowd->proxy, FAULTPROXY_OPEN, &fault) == 0);
}

/* Makes an object; every watch gets it next, so nothing was lost before it and nothing came twice. */
static bool all_see(test_t *t, const crowd_t *crowd, const char *name)
{
    for (int i = 0; i < WATCHES; i++) {
        if (!CHECK_EVENT(t, crowd->watches[i], KUBE_EVENT_ADDED, name))
            return false;
    }
    return true;
}

static bool make_and_see(test_t *t, const crowd_t *crowd, const char *name)
{
    return make_config_map(t, name, "1") && all_see(t, crowd, name);
}

static void one_connection(test_t *t)
{
    crowd_t crowd = { 0 };
    REQUIRE(t, gather(t, &crowd));
    CHECK_INT(t, faultproxy_counters(crowd.proxy).accepted, 1);
}

static void cut(test_t *t)
{
    crowd_t crowd = { 0 };
    REQUIRE(t, gather(t, &crowd) && make_and_see(t, &crowd, "a"));
    for (int i = 0; i < 3; i++) {
        faultproxy_drop(crowd.proxy, FAULTPROXY_OPEN, i % 2 == 0);
        REQUIRE(t, make_and_see(t, &crowd, text(t, "b-%d", i)));
    }
    CHECK_QUIET(t, crowd.watches[0]);
}

/* In the length of a frame or a record, behind its header, between two watches' events, at the end. */
static void cut_at_bytes(test_t *t)
{
    static const uint64_t cuts[] = { 1, 9, 40, 700, 5000 };
    crowd_t crowd = { 0 };
    REQUIRE(t, gather(t, &crowd));
    for (size_t i = 0; i < COUNT(cuts); i++) {
        REQUIRE(t, fault_open(t, &crowd, (faultproxy_fault_t){ .kind = i % 2 ? FAULTPROXY_CLOSE : FAULTPROXY_RESET, .at = cuts[i] }));
        REQUIRE(t, make_and_see(t, &crowd, text(t, "p-%zu", i)));
    }
    CHECK_QUIET(t, crowd.watches[WATCHES - 1]);
}

static void half_closed(test_t *t)
{
    crowd_t crowd = { 0 };
    REQUIRE(t, gather(t, &crowd));
    REQUIRE(t, fault_open(t, &crowd, (faultproxy_fault_t){ .kind = FAULTPROXY_HALF_CLOSE, .at = 500 }));
    REQUIRE(t, make_and_see(t, &crowd, "a") && make_and_see(t, &crowd, "b"));
    CHECK_QUIET(t, crowd.watches[0]);
}

static void stalled_for_a_while(test_t *t)
{
    crowd_t crowd = { 0 };
    config_map_event_t event = { 0 };
    REQUIRE(t, gather(t, &crowd));
    REQUIRE(t, fault_open(t, &crowd, (faultproxy_fault_t){ .kind = FAULTPROXY_STALL, .at = 100 }));
    REQUIRE(t, make_config_map(t, "a", "1"));
    CHECK_CODE(t, kube_core_v1_config_map_watch_next_within(crowd.watches[WATCHES - 1], QUIET_MS, &event, &t->err), KUBE_E_TIMEOUT);
    faultproxy_release(crowd.proxy, FAULTPROXY_EVERY);
    CHECK(t, all_see(t, &crowd, "a") && make_and_see(t, &crowd, "b"));
    CHECK_QUIET(t, crowd.watches[0]);
}

static void one_byte_at_a_time(test_t *t)
{
    crowd_t crowd = { 0 };
    REQUIRE(t, gather(t, &crowd));
    REQUIRE(t, fault_open(t, &crowd, (faultproxy_fault_t){ .kind = FAULTPROXY_DRIBBLE }));
    CHECK(t, make_and_see(t, &crowd, "a") && make_and_see(t, &crowd, "b"));
}

/* A reader that does not read keeps nobody else of its connection from reading, and finds everything when it comes back. */
static void slow_reader(test_t *t)
{
    enum { CHANGES = 40 };
    static char value[8 * 1024 + 1];
    kube_client_t *client = new_client(t, &(kube_client_options_t){ .queue_bytes = 4 * 1024 });
    REQUIRE(t, client);
    config_map_watch_t *slow = watch_config_maps(t, client, NULL), *quick = watch_config_maps(t, client, NULL);
    REQUIRE_EVENT(t, slow, KUBE_EVENT_SYNCED, NULL);
    REQUIRE_EVENT(t, quick, KUBE_EVENT_SYNCED, NULL);
    memset(value, 'v', sizeof value - 1);
    for (int i = 0; i < CHANGES; i++) {
        REQUIRE(t, make_config_map(t, text(t, "p-%d", i), value));
        REQUIRE_EVENT(t, quick, KUBE_EVENT_ADDED, text(t, "p-%d", i));
    }
    for (int i = 0; i < CHANGES; i++)
        REQUIRE_EVENT(t, slow, KUBE_EVENT_ADDED, text(t, "p-%d", i));
    CHECK_QUIET(t, slow);
}

/* ---- calls ---- */

typedef struct caller {
    pthread_t thread;
    test_t *t;
    kube_client_t *client;
    int number, failures;
    kube_error_t err;
    int64_t timeout_ms;
} caller_t;

/* A connection that was cut before it was ready is KUBE_E_CONNECT: nothing was sent, and trying again cannot meet the object. */
static int create(caller_t *caller, const config_map_t *wanted)
{
    int code;
    do {
        code = kube_core_v1_config_map_create(caller->client, NULL, wanted, NULL, NULL, &caller->err);
    } while (code == KUBE_E_CONNECT);
    return code;
}

static int get(caller_t *caller, const char *name, config_map_t **out)
{
    int code;
    do {
        code = kube_core_v1_config_map_get(caller->client, NULL, name, NULL, out, &caller->err);
    } while (code == KUBE_E_CONNECT);
    return code;
}

/* Writes whose names are the caller's own, and reads: both outlast their connections. */
static void *write_and_read(void *userdata)
{
    caller_t *caller = userdata;
    for (int i = 0; i < 10 && !caller->failures; i++) {
        char name[32];
        snprintf(name, sizeof name, "c-%d-%d", caller->number, i);
        config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = name }, .data = KUBE_MAP({ "k", name }) }, *out = NULL;
        caller->failures += create(caller, &wanted) < 0 || get(caller, name, &out) < 0 || strcmp(value_of(out), name) != 0;
        kube_free(out);
    }
    return NULL;
}

static void *get_once(void *userdata)
{
    caller_t *caller = userdata;
    kube_get_options_t options = { .call.timeout_ms = caller->timeout_ms };
    caller->failures = kube_core_v1_namespace_get(caller->client, caller->t->ns, &options, NULL, &caller->err) < 0;
    return NULL;
}

/* Runs a function in THREADS threads at once; `beside` meanwhile, unless it is NULL. */
static bool run_callers(test_t *t, kube_client_t *client, caller_t *callers, int64_t timeout_ms, void *(*function)(void *),
                        void (*beside)(faultproxy_t *), faultproxy_t *proxy)
{
    int started = 0;
    for (; started < THREADS; started++) {
        callers[started] = (caller_t){ .t = t, .client = client, .number = started, .timeout_ms = timeout_ms };
        if (pthread_create(&callers[started].thread, NULL, function, &callers[started]) != 0)
            break;
    }
    if (beside)
        beside(proxy);
    for (int i = 0; i < started; i++)
        pthread_join(callers[i].thread, NULL);
    return CHECK_INT(t, started, THREADS);
}

static void check_callers(test_t *t, const caller_t *callers)
{
    for (int i = 0; i < THREADS; i++) {
        t->err = callers[i].err;
        CHECK_OK(t, callers[i].failures ? callers[i].err.code : KUBE_OK);
    }
}

static void drop_often(faultproxy_t *proxy)
{
    for (int i = 0; i < 8; i++) {
        pause_ms(25);
        faultproxy_drop(proxy, FAULTPROXY_OPEN, i % 2);
    }
}

static void calls_meet_cuts(test_t *t)
{
    faultproxy_t *proxy = new_proxy(t);
    kube_client_t *client = new_client_through(t, proxy, NULL);
    caller_t callers[THREADS];
    REQUIRE(t, client && run_callers(t, client, callers, 0, write_and_read, drop_often, proxy));
    check_callers(t, callers);
    for (int i = 0; i < THREADS; i++)
        CHECK_OK(t, kube_core_v1_config_map_get(t->client, NULL, text(t, "c-%d-9", i), NULL, NULL, &t->err));
}

static void calls_one_byte_at_a_time(test_t *t)
{
    faultproxy_t *proxy = new_proxy(t);
    kube_client_t *client = new_client_through(t, proxy, NULL);
    caller_t callers[THREADS];
    faultproxy_fault_t dribble = { .kind = FAULTPROXY_DRIBBLE };
    REQUIRE(t, client && faultproxy_set(proxy, FAULTPROXY_EVERY, &dribble) == 0);
    REQUIRE(t, run_callers(t, client, callers, 0, get_once, NULL, NULL));
    check_callers(t, callers);
}

/* Each ends when its time is up; the next ones find the server again. */
static void calls_meet_a_stall(test_t *t)
{
    faultproxy_t *proxy = new_proxy(t);
    kube_client_t *client = new_client_through(t, proxy, NULL);
    caller_t callers[THREADS];
    faultproxy_fault_t stall = { .kind = FAULTPROXY_STALL, .direction = FAULTPROXY_BOTH, .from_now = true };
    REQUIRE(t, client && run_callers(t, client, callers, 0, get_once, NULL, NULL));
    check_callers(t, callers);
    REQUIRE(t, faultproxy_set(proxy, FAULTPROXY_OPEN, &stall) == 0);
    REQUIRE(t, run_callers(t, client, callers, 500, get_once, NULL, NULL));
    for (int i = 0; i < THREADS; i++)
        CHECK(t, !callers[i].failures || callers[i].err.code == KUBE_E_TIMEOUT);
    faultproxy_drop(proxy, FAULTPROXY_OPEN, true);
    REQUIRE(t, run_callers(t, client, callers, 0, get_once, NULL, NULL));
    check_callers(t, callers);
}

const test_case_t shared_cases[] = {
    { "shared/one-connection", one_connection },
    { "shared/cut", cut },
    { "shared/cut-at-bytes", cut_at_bytes },
    { "shared/half-closed", half_closed },
    { "shared/stalled-for-a-while", stalled_for_a_while },
    { "shared/one-byte-at-a-time", one_byte_at_a_time },
    { "shared/slow-reader", slow_reader },
    { "shared/calls-meet-cuts", calls_meet_cuts },
    { "shared/calls-one-byte-at-a-time", calls_one_byte_at_a_time },
    { "shared/calls-meet-a-stall", calls_meet_a_stall },
    { 0 },
};
