/* Watches whose connections break, stall and lie. */
#include "cases.h"

/* A watch through a proxy, its initial state read. */
static config_map_watch_t *watch_through(test_t *t, faultproxy_t **proxy, const kube_watch_options_t *options, int initial)
{
    *proxy = new_proxy(t);
    config_map_watch_t *watch = watch_config_maps(t, new_client_through(t, *proxy, NULL), options);
    return CHECK_INT(t, read_initial(t, watch), initial) ? watch : NULL;
}

static void resume_after_cut(test_t *t)
{
    faultproxy_t *proxy = NULL;
    REQUIRE(t, make_config_map(t, "old", "1"));
    config_map_watch_t *watch = watch_through(t, &proxy, NULL, 1);
    REQUIRE(t, watch && make_config_map(t, "a", "1"));
    REQUIRE_EVENT(t, watch, KUBE_EVENT_ADDED, "a");
    faultproxy_drop(proxy, FAULTPROXY_OPEN, true);
    REQUIRE(t, make_config_map(t, "b", "1") && delete_config_map(t, "a"));
    CHECK_EVENT(t, watch, KUBE_EVENT_ADDED, "b");
    CHECK_EVENT(t, watch, KUBE_EVENT_DELETED, "a");
    CHECK_QUIET(t, watch);
}

static void resume_after_close(test_t *t)
{
    faultproxy_t *proxy = NULL;
    config_map_watch_t *watch = watch_through(t, &proxy, NULL, 0);
    REQUIRE(t, watch);
    faultproxy_drop(proxy, FAULTPROXY_OPEN, false);
    REQUIRE(t, make_config_map(t, "a", "1"));
    CHECK_EVENT(t, watch, KUBE_EVENT_ADDED, "a");
    CHECK_QUIET(t, watch);
}

/* Before any change there is only the version of the initial state to go on from. */
static void resume_right_after_sync(test_t *t)
{
    faultproxy_t *proxy = NULL;
    REQUIRE(t, make_config_maps(t, "p", 3));
    config_map_watch_t *watch = watch_through(t, &proxy, NULL, 3);
    REQUIRE(t, watch);
    REQUIRE(t, delete_config_map(t, "p-1"));
    faultproxy_drop(proxy, FAULTPROXY_OPEN, true);
    CHECK_EVENT(t, watch, KUBE_EVENT_DELETED, "p-1");
    CHECK_QUIET(t, watch);
}

static void many_cuts(test_t *t)
{
    faultproxy_t *proxy = NULL;
    config_map_watch_t *watch = watch_through(t, &proxy, NULL, 0);
    REQUIRE(t, watch);
    for (int i = 0; i < 4; i++) {
        REQUIRE(t, make_config_map(t, text(t, "p-%d", i), "1"));
        if (i % 2)
            faultproxy_drop(proxy, FAULTPROXY_OPEN, i % 4 == 1);
        REQUIRE_EVENT(t, watch, KUBE_EVENT_ADDED, text(t, "p-%d", i));
    }
    CHECK_QUIET(t, watch);
}

/* Connections of a watch that end after so many bytes: in headers, in frames, at their ends. */
static void cut_inside_events(test_t *t)
{
    faultproxy_t *proxy = NULL;
    config_map_watch_t *watch = watch_through(t, &proxy, NULL, 0);
    REQUIRE(t, watch);
    static const uint64_t cuts[] = { 1, 100, 333, 517 };
    int made = 0;
    for (size_t i = 0; i < COUNT(cuts); i++) {
        faultproxy_fault_t cut = { .kind = FAULTPROXY_RESET, .direction = FAULTPROXY_TO_CLIENT, .at = cuts[i], .from_now = true };
        REQUIRE(t, faultproxy_set(proxy, FAULTPROXY_OPEN, &cut) == 0);
        for (int j = 0; j < 2; j++, made++) {
            REQUIRE(t, make_config_map(t, text(t, "p-%d", made), "1"));
            REQUIRE_EVENT(t, watch, KUBE_EVENT_ADDED, text(t, "p-%d", made));
        }
    }
    CHECK_QUIET(t, watch);
}

/* Objects that are long on their way. */
static bool make_bulk(test_t *t, int count)
{
    char value[32 * 1024 + 1];
    memset(value, 'v', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    for (int i = 0; i < count; i++) {
        if (!make_config_map(t, text(t, "p-%d", i), value))
            return false;
    }
    return true;
}

/* A state that was not complete does not count: it begins again, and the watch says so. */
static void cut_in_initial_state(test_t *t)
{
    faultproxy_t *proxy = new_proxy(t);
    kube_client_t *client = new_client_through(t, proxy, NULL);
    config_map_event_t event = { 0 };
    faultproxy_fault_t cut = { .kind = FAULTPROXY_RESET, .direction = FAULTPROXY_TO_CLIENT, .at = 200 * 1024 };
    REQUIRE(t, client && make_bulk(t, 20));
    REQUIRE(t, faultproxy_set(proxy, FAULTPROXY_NEXT, &cut) == 0);
    config_map_watch_t *watch = watch_config_maps(t, client, NULL);
    int before = 0;
    do {
        REQUIRE(t, watch);
        REQUIRE_OK(t, kube_core_v1_config_map_watch_next_within(watch, EVENT_MS, &event, &t->err));
        before += event.type == KUBE_EVENT_ADDED;
        CHECK(t, kube_core_v1_config_map_watch_resource_version(watch) == NULL);
    } while (event.type == KUBE_EVENT_ADDED);
    CHECK_INT(t, event.type, KUBE_EVENT_RESTARTED);
    CHECK(t, before > 0 && before < 20);
    CHECK_INT(t, read_initial(t, watch), 20);
    CHECK_QUIET(t, watch);
}

static void cut_in_initial_list(test_t *t)
{
    faultproxy_t *proxy = new_proxy(t);
    kube_client_t *client = new_client_through(t, proxy, NULL);
    config_map_event_t event = { 0 };
    faultproxy_fault_t cut = { .kind = FAULTPROXY_RESET, .direction = FAULTPROXY_TO_CLIENT, .at = 200 * 1024 };
    REQUIRE(t, client && make_bulk(t, 20));
    REQUIRE(t, faultproxy_set(proxy, FAULTPROXY_NEXT, &cut) == 0);
    config_map_watch_t *watch = watch_config_maps(t, client, &(kube_watch_options_t){ .no_watch_list = true });
    REQUIRE(t, watch);
    /* The list may have been read again before anything was handed over; else the watch says that it begins again. */
    int count = 0;
    do {
        REQUIRE_OK(t, kube_core_v1_config_map_watch_next_within(watch, EVENT_MS, &event, &t->err));
        count = event.type == KUBE_EVENT_RESTARTED ? 0 : count + (event.type == KUBE_EVENT_ADDED);
    } while (event.type != KUBE_EVENT_SYNCED);
    CHECK_INT(t, count, 20);
    CHECK_QUIET(t, watch);
}

static void one_byte_at_a_time(test_t *t)
{
    faultproxy_t *proxy = new_proxy(t);
    faultproxy_fault_t dribble = { .kind = FAULTPROXY_DRIBBLE, .direction = FAULTPROXY_TO_CLIENT };
    REQUIRE(t, proxy && make_config_maps(t, "p", 5) && faultproxy_set(proxy, FAULTPROXY_EVERY, &dribble) == 0);
    config_map_watch_t *watch = watch_config_maps(t, new_client_through(t, proxy, NULL), NULL);
    CHECK_INT(t, read_initial(t, watch), 5);
    REQUIRE(t, set_value(t, "p-3", "x"));
    CHECK_EVENT(t, watch, KUBE_EVENT_MODIFIED, "p-3");
}

static void server_goes_away_and_comes_back(test_t *t)
{
    faultproxy_t *proxy = NULL;
    config_map_watch_t *watch = watch_through(t, &proxy, NULL, 0);
    config_map_event_t event = { 0 };
    REQUIRE(t, watch && faultproxy_listen(proxy, false) == 0);
    faultproxy_drop(proxy, FAULTPROXY_OPEN, true);
    REQUIRE(t, make_config_map(t, "a", "1"));
    CHECK_CODE(t, kube_core_v1_config_map_watch_next_within(watch, 1500, &event, &t->err), KUBE_E_TIMEOUT);
    REQUIRE(t, faultproxy_listen(proxy, true) == 0);
    CHECK_EVENT(t, watch, KUBE_EVENT_ADDED, "a");
    CHECK_QUIET(t, watch);
}

static void away_from_the_beginning(test_t *t)
{
    faultproxy_t *proxy = new_proxy(t);
    config_map_event_t event = { 0 };
    config_map_watch_t *watch = watch_config_maps(t, new_client_through(t, proxy, NULL), NULL);
    REQUIRE(t, watch && faultproxy_listen(proxy, false) == 0);
    CHECK_CODE(t, kube_core_v1_config_map_watch_next_within(watch, 500, &event, &t->err), KUBE_E_TIMEOUT);
    REQUIRE(t, faultproxy_listen(proxy, true) == 0);
    CHECK_EVENT(t, watch, KUBE_EVENT_SYNCED, NULL);
}

/* A load balancer that comes back before what is behind it: connections are made, and reset at once. */
static void refused_at_first(test_t *t)
{
    faultproxy_t *proxy = NULL;
    faultproxy_fault_t refuse = { .kind = FAULTPROXY_REFUSE };
    config_map_watch_t *watch = watch_through(t, &proxy, NULL, 0);
    REQUIRE(t, watch && faultproxy_set(proxy, FAULTPROXY_NEXT, &refuse) == 0);
    faultproxy_drop(proxy, FAULTPROXY_OPEN, true);
    REQUIRE(t, make_config_map(t, "a", "1"));
    CHECK_EVENT(t, watch, KUBE_EVENT_ADDED, "a");
}

/* A connection that is dead without a word: only silence tells. */
static void silence(test_t *t)
{
    faultproxy_t *proxy = NULL;
    config_map_watch_t *watch = watch_through(t, &proxy, &(kube_watch_options_t){ .idle_timeout_ms = 1500 }, 0);
    faultproxy_fault_t stall = { .kind = FAULTPROXY_STALL, .direction = FAULTPROXY_BOTH, .from_now = true };
    REQUIRE(t, watch && faultproxy_set(proxy, FAULTPROXY_OPEN, &stall) == 0);
    REQUIRE(t, make_config_map(t, "a", "1"));
    CHECK_EVENT(t, watch, KUBE_EVENT_ADDED, "a");
    CHECK_QUIET(t, watch);
}

static void canceled_while_stalled(test_t *t)
{
    faultproxy_t *proxy = NULL;
    config_map_event_t event = { 0 };
    kube_cancel_t *cancel = new_cancel(t);
    config_map_watch_t *watch = watch_through(t, &proxy, &(kube_watch_options_t){ .call.cancel = cancel }, 0);
    faultproxy_fault_t stall = { .kind = FAULTPROXY_STALL, .direction = FAULTPROXY_BOTH, .from_now = true };
    REQUIRE(t, watch && faultproxy_set(proxy, FAULTPROXY_OPEN, &stall) == 0);
    trip_after(t, cancel, 1000);
    CHECK_CODE(t, kube_core_v1_config_map_watch_next(watch, &event, &t->err), KUBE_E_CANCELED);
}

static void canceled_while_server_is_away(test_t *t)
{
    faultproxy_t *proxy = NULL;
    config_map_event_t event = { 0 };
    kube_cancel_t *cancel = new_cancel(t);
    config_map_watch_t *watch = watch_through(t, &proxy, &(kube_watch_options_t){ .call.cancel = cancel }, 0);
    REQUIRE(t, watch && faultproxy_listen(proxy, false) == 0);
    faultproxy_drop(proxy, FAULTPROXY_OPEN, true);
    trip_after(t, cancel, 2500);
    CHECK_CODE(t, kube_core_v1_config_map_watch_next(watch, &event, &t->err), KUBE_E_CANCELED);
}

/* The error of a wait in vain tells of an attempt. */
static bool says_why(const test_t *t)
{
    return t->err.attempts > 0 && strncmp(t->err.earlier, "KUBE_E_CONNECT: ", 16) == 0;
}

/* At the latest when there has been time for an attempt. */
static bool is_told_why(test_t *t, config_map_watch_t *watch)
{
    config_map_event_t event = { 0 };
    for (int64_t end = now_ms() + EVENT_MS; now_ms() < end;) {
        if (!CHECK_CODE(t, kube_core_v1_config_map_watch_next_within(watch, 1000, &event, &t->err), KUBE_E_TIMEOUT))
            return false;
        if (says_why(t))
            return true;
    }
    return CHECK(t, says_why(t));
}

/* Who waits in vain is told why. */
static void server_is_away(test_t *t)
{
    faultproxy_t *proxy = NULL;
    config_map_event_t event = { 0 };
    kube_cancel_t *cancel = new_cancel(t);
    config_map_watch_t *watch = watch_through(t, &proxy, &(kube_watch_options_t){ .call.cancel = cancel }, 0);
    REQUIRE(t, watch && faultproxy_listen(proxy, false) == 0);
    faultproxy_drop(proxy, FAULTPROXY_OPEN, true);
    REQUIRE(t, is_told_why(t, watch));
    trip_after(t, cancel, 100);
    CHECK_CODE(t, kube_core_v1_config_map_watch_next(watch, &event, &t->err), KUBE_E_CANCELED);
}

/* The same when the time of the whole watch is over. */
static void server_is_away_for_good(test_t *t)
{
    faultproxy_t *proxy = new_proxy(t);
    kube_client_t *client = new_client_through(t, proxy, NULL);
    config_map_event_t event = { 0 };
    REQUIRE(t, client && faultproxy_listen(proxy, false) == 0);
    for (int64_t ms = 3000; ms <= EVENT_MS && !says_why(t); ms *= 3) {
        config_map_watch_t *watch = watch_config_maps(t, client, &(kube_watch_options_t){ .call.timeout_ms = ms });
        REQUIRE(t, watch);
        REQUIRE_CODE(t, kube_core_v1_config_map_watch_next(watch, &event, &t->err), KUBE_E_TIMEOUT);
    }
    CHECK(t, says_why(t));
}

/* An object's frame that is not JSON any more: an error, or a new request; never a wrong object. */
static void corrupt_bytes(test_t *t)
{
    faultproxy_t *proxy = NULL;
    config_map_event_t event = { 0 };
    config_map_watch_t *watch = watch_through(t, &proxy, NULL, 0);
    faultproxy_fault_t corrupt = { .kind = FAULTPROXY_CORRUPT, .direction = FAULTPROXY_TO_CLIENT, .at = 60, .from_now = true, .mask = 0x80 };
    REQUIRE(t, watch && faultproxy_set(proxy, FAULTPROXY_OPEN, &corrupt) == 0);
    REQUIRE(t, make_config_map(t, "a", "1"));
    int code = kube_core_v1_config_map_watch_next_within(watch, EVENT_MS, &event, &t->err);
    CHECK(t, code == KUBE_E_PARSE || code == KUBE_E_TLS || (code == KUBE_OK && strcmp(event.object->metadata->name, "a") == 0));
}

/* ---- history that is gone ---- */

/* Changes go on while nobody is connected, and then their history is thrown away. */
static void expired_while_away(test_t *t)
{
    faultproxy_t *proxy = NULL;
    config_map_event_t event = { 0 };
    REQUIRE(t, make_config_maps(t, "p", 2));
    config_map_watch_t *watch = watch_through(t, &proxy, NULL, 2);
    REQUIRE(t, watch && faultproxy_listen(proxy, false) == 0);
    faultproxy_drop(proxy, FAULTPROXY_OPEN, true);
    REQUIRE(t, delete_config_map(t, "p-0") && make_config_map(t, "late", "1"));
    kube_test_server_compact(t->server->double_);
    REQUIRE(t, faultproxy_listen(proxy, true) == 0);
    CHECK_CODE(t, kube_core_v1_config_map_watch_next_within(watch, EVENT_MS, &event, &t->err), KUBE_E_EXPIRED);
    CHECK_INT(t, t->err.http_status, 410);
}

static void error_event(test_t *t)
{
    config_map_event_t event = { 0 };
    kube_test_fault_t fault = { .verb = "watch", .resource = "configmaps", .expired = true, .count = 1 };
    config_map_watch_t *ends = watch_config_maps(t, t->client, &(kube_watch_options_t){ .resource_version = "1" });
    REQUIRE(t, ends && set_fault(t, &fault));
    CHECK_CODE(t, kube_core_v1_config_map_watch_next_within(ends, EVENT_MS, &event, &t->err), KUBE_E_EXPIRED);
}

/* ---- a server's own troubles ---- */

static void busy_server(test_t *t)
{
    kube_test_fault_t fault = { .verb = "watch", .resource = "configmaps", .status = 429, .retry_after = "1", .count = 2 };
    REQUIRE(t, make_config_map(t, "a", "1") && set_fault(t, &fault));
    config_map_watch_t *watch = watch_config_maps(t, t->client, NULL);
    CHECK_EVENT(t, watch, KUBE_EVENT_ADDED, "a");
    CHECK_EVENT(t, watch, KUBE_EVENT_SYNCED, NULL);
}

static void failing_server(test_t *t)
{
    kube_test_fault_t fault = { .verb = "watch", .resource = "configmaps", .status = 500, .count = 2 };
    REQUIRE(t, make_config_map(t, "a", "1") && set_fault(t, &fault));
    config_map_watch_t *watch = watch_config_maps(t, t->client, NULL);
    CHECK_EVENT(t, watch, KUBE_EVENT_ADDED, "a");
    CHECK_EVENT(t, watch, KUBE_EVENT_SYNCED, NULL);
}

static void half_closed(test_t *t)
{
    kube_test_fault_t fault = { .verb = "watch", .resource = "configmaps", .half_close_after = KUBE_SOME(700), .count = 1 };
    REQUIRE(t, make_config_maps(t, "p", 5) && set_fault(t, &fault));
    config_map_watch_t *watch = watch_config_maps(t, t->client, NULL);
    config_map_event_t event = { 0 };
    int count = 0;
    REQUIRE(t, watch);
    do {
        REQUIRE_OK(t, kube_core_v1_config_map_watch_next_within(watch, EVENT_MS, &event, &t->err));
        count = event.type == KUBE_EVENT_RESTARTED ? 0 : count + (event.type == KUBE_EVENT_ADDED);
    } while (event.type != KUBE_EVENT_SYNCED);
    CHECK_INT(t, count, 5);
}

static void forbidden_later(test_t *t)
{
    faultproxy_t *proxy = NULL;
    config_map_event_t event = { 0 };
    kube_test_fault_t fault = { .verb = "watch", .resource = "configmaps", .status = 403 };
    config_map_watch_t *watch = watch_through(t, &proxy, NULL, 0);
    REQUIRE(t, watch && set_fault(t, &fault));
    faultproxy_drop(proxy, FAULTPROXY_OPEN, true);
    CHECK_CODE(t, kube_core_v1_config_map_watch_next_within(watch, EVENT_MS, &event, &t->err), KUBE_E_FORBIDDEN);
}

/* A server that does not know sendInitialEvents is asked for a list. */
static void server_without_watch_list(test_t *t)
{
    kube_client_t *client = NULL;
    config_map_event_t event = { 0 };
    config_map_watch_t *watch = NULL;
    kube_test_server_t *server = new_server(t, &(kube_test_server_options_t){ .no_watch_list = true }, &client);
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "a" } };
    REQUIRE(t, server);
    REQUIRE_OK(t, kube_core_v1_config_map_create(client, "default", &wanted, NULL, NULL, &t->err));
    watch = watch_config_maps(t, client, NULL);
    CHECK_EVENT(t, watch, KUBE_EVENT_ADDED, "a");
    CHECK_EVENT(t, watch, KUBE_EVENT_SYNCED, NULL);
    wanted.metadata->name = "b";
    REQUIRE_OK(t, kube_core_v1_config_map_create(client, "default", &wanted, NULL, NULL, &t->err));
    CHECK(t, check_event(t, watch, KUBE_EVENT_ADDED, "b", &event, __FILE__, __LINE__));
}

/* Without an event the watch comes to know a version that is later by so many changes. */
static bool moves_past(test_t *t, config_map_watch_t *watch, const char *before, long long changes)
{
    long long wanted = atoll(before) + changes, version = 0;
    for (int64_t end = now_ms() + EVENT_MS; version < wanted && now_ms() < end;) {
        if (!CHECK_QUIET(t, watch))
            return false;
        version = atoll(kube_core_v1_config_map_watch_resource_version(watch));
    }
    return CHECK(t, version >= wanted);
}

/* Bookmarks alone move a watch past history that goes away. */
static void bookmarks_save_from_expiry(test_t *t)
{
    kube_client_t *client = NULL;
    kube_test_server_options_t options = { .bookmark_interval_ms = 100 };
    kube_test_server_t *server = new_server(t, &options, &client);
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "a" } };
    kube_core_v1_secret_t other = { .metadata = &(kube_meta_v1_object_meta_t){ .generate_name = "s-" } };
    REQUIRE(t, server);
    config_map_watch_t *watch = watch_config_maps(t, client, &(kube_watch_options_t){ .timeout_seconds = 2 });
    REQUIRE(t, read_initial(t, watch) == 0);
    const char *before = text(t, "%s", kube_core_v1_config_map_watch_resource_version(watch));
    for (int i = 0; i < 5; i++)
        REQUIRE_OK(t, kube_core_v1_secret_create(client, "default", &other, NULL, NULL, &t->err));
    REQUIRE(t, moves_past(t, watch, before, 5));
    kube_test_server_compact(server);
    for (int i = 0; i < 8; i++)
        CHECK_QUIET(t, watch);
    REQUIRE_OK(t, kube_core_v1_config_map_create(client, "default", &wanted, NULL, NULL, &t->err));
    CHECK_EVENT(t, watch, KUBE_EVENT_ADDED, "a");
}

static void server_drops_everything(test_t *t)
{
    config_map_watch_t *watches[10];
    for (size_t i = 0; i < COUNT(watches); i++) {
        watches[i] = watch_config_maps(t, t->client, NULL);
        REQUIRE_EVENT(t, watches[i], KUBE_EVENT_SYNCED, NULL);
    }
    kube_test_server_drop_connections(t->server->double_);
    REQUIRE(t, make_config_map(t, "a", "1"));
    for (size_t i = 0; i < COUNT(watches); i++)
        CHECK_EVENT(t, watches[i], KUBE_EVENT_ADDED, "a");
}

const test_case_t watch_faults_cases[] = {
    { "watch/resume-after-cut", resume_after_cut },
    { "watch/resume-after-close", resume_after_close },
    { "watch/resume-right-after-sync", resume_right_after_sync },
    { "watch/resume-after-many-cuts", many_cuts },
    { "watch/cut-inside-events", cut_inside_events },
    { "watch/cut-in-initial-state", cut_in_initial_state },
    { "watch/cut-in-initial-list", cut_in_initial_list },
    { "watch/one-byte-at-a-time", one_byte_at_a_time },
    { "watch/server-goes-away-and-comes-back", server_goes_away_and_comes_back },
    { "watch/server-is-away-from-the-beginning", away_from_the_beginning },
    { "watch/refused-at-first", refused_at_first },
    { "watch/silence-is-noticed", silence },
    { "watch/canceled-while-stalled", canceled_while_stalled },
    { "watch/canceled-while-server-is-away", canceled_while_server_is_away },
    { "watch/server-is-away", server_is_away },
    { "watch/server-is-away-for-good", server_is_away_for_good },
    { "watch/corrupt-bytes", corrupt_bytes },
    { "watch/expired-while-away", expired_while_away },
    { "watch/error-event", error_event },
    { "watch/busy-server", busy_server },
    { "watch/failing-server", failing_server },
    { "watch/half-closed", half_closed },
    { "watch/forbidden-later", forbidden_later },
    { "watch/server-without-watch-list", server_without_watch_list },
    { "watch/bookmarks-save-from-expiry", bookmarks_save_from_expiry },
    { "watch/server-drops-everything", server_drops_everything },
    { 0 },
};
