/* Watches on healthy connections: the initial state, the changes, and what a watch may be told. */
#include "cases.h"

static void initial_state(test_t *t)
{
    REQUIRE(t, make_config_maps(t, "p", 3));
    config_map_watch_t *watch = watch_config_maps(t, t->client, NULL);
    bool seen[3] = { false };
    REQUIRE(t, watch);
    CHECK(t, kube_core_v1_config_map_watch_resource_version(watch) == NULL);
    for (int i = 0; i < 3; i++) {
        config_map_event_t event = { 0 };
        REQUIRE_OK(t, kube_core_v1_config_map_watch_next_within(watch, EVENT_MS, &event, &t->err));
        REQUIRE(t, event.type == KUBE_EVENT_ADDED && strncmp(event.object->metadata->name, "p-", 2) == 0);
        CHECK_STR(t, value_of(event.object), event.object->metadata->name + 2);
        CHECK(t, kube_core_v1_config_map_watch_resource_version(watch) == NULL);
        seen[atoi(event.object->metadata->name + 2)] = true;
    }
    CHECK(t, seen[0] && seen[1] && seen[2]);
    CHECK_EVENT(t, watch, KUBE_EVENT_SYNCED, NULL);
    CHECK(t, kube_core_v1_config_map_watch_resource_version(watch) != NULL);
    CHECK_QUIET(t, watch);
}

static void nothing_there(test_t *t)
{
    config_map_watch_t *watch = watch_config_maps(t, t->client, NULL);
    CHECK_EVENT(t, watch, KUBE_EVENT_SYNCED, NULL);
    CHECK_QUIET(t, watch);
}

static void changes(test_t *t)
{
    config_map_event_t event = { 0 };
    config_map_watch_t *watch = watch_config_maps(t, t->client, NULL);
    REQUIRE_EVENT(t, watch, KUBE_EVENT_SYNCED, NULL);
    REQUIRE(t, make_config_map(t, "web", "1") && set_value(t, "web", "2") && set_value(t, "web", "3") && delete_config_map(t, "web"));
    REQUIRE(t, check_event(t, watch, KUBE_EVENT_ADDED, "web", &event, __FILE__, __LINE__));
    CHECK_STR(t, value_of(event.object), "1");
    REQUIRE(t, check_event(t, watch, KUBE_EVENT_MODIFIED, "web", &event, __FILE__, __LINE__));
    CHECK_STR(t, value_of(event.object), "2");
    REQUIRE(t, check_event(t, watch, KUBE_EVENT_MODIFIED, "web", &event, __FILE__, __LINE__));
    CHECK_STR(t, value_of(event.object), "3");
    REQUIRE(t, check_event(t, watch, KUBE_EVENT_DELETED, "web", &event, __FILE__, __LINE__));
    CHECK_STR(t, value_of(event.object), "3");
    CHECK_STR(t, kube_core_v1_config_map_watch_resource_version(watch), event.object->metadata->resource_version);
    CHECK_QUIET(t, watch);
}

static void in_order(test_t *t)
{
    config_map_watch_t *watch = watch_config_maps(t, t->client, NULL);
    REQUIRE_EVENT(t, watch, KUBE_EVENT_SYNCED, NULL);
    REQUIRE(t, make_config_maps(t, "p", 100));
    for (int i = 0; i < 100; i++)
        REQUIRE_EVENT(t, watch, KUBE_EVENT_ADDED, text(t, "p-%d", i));
    CHECK_QUIET(t, watch);
}

static void enters_and_leaves_selection(test_t *t)
{
    kube_patch_t leave = merge_patch("{\"metadata\":{\"labels\":{\"app\":\"other\"}}}"), enter = merge_patch("{\"metadata\":{\"labels\":{\"app\":\"web\"}}}");
    REQUIRE(t, make_labelled(t, "a", "web") && make_labelled(t, "b", "other"));
    config_map_watch_t *watch = watch_config_maps(t, t->client, &(kube_watch_options_t){ .label_selector = "app=web" });
    REQUIRE_EVENT(t, watch, KUBE_EVENT_ADDED, "a");
    REQUIRE_EVENT(t, watch, KUBE_EVENT_SYNCED, NULL);
    REQUIRE_OK(t, kube_core_v1_config_map_patch(t->client, NULL, "a", &leave, NULL, NULL, &t->err));
    CHECK_EVENT(t, watch, KUBE_EVENT_DELETED, "a");
    REQUIRE_OK(t, kube_core_v1_config_map_patch(t->client, NULL, "b", &enter, NULL, NULL, &t->err));
    CHECK_EVENT(t, watch, KUBE_EVENT_ADDED, "b");
    REQUIRE(t, set_value(t, "a", "unseen"));
    CHECK_QUIET(t, watch);
}

static void one_name(test_t *t)
{
    REQUIRE(t, make_config_maps(t, "p", 3));
    config_map_watch_t *watch = watch_config_maps(t, t->client, &(kube_watch_options_t){ .name = "p-1" });
    REQUIRE_EVENT(t, watch, KUBE_EVENT_ADDED, "p-1");
    REQUIRE_EVENT(t, watch, KUBE_EVENT_SYNCED, NULL);
    REQUIRE(t, set_value(t, "p-0", "x") && set_value(t, "p-1", "y"));
    CHECK_EVENT(t, watch, KUBE_EVENT_MODIFIED, "p-1");
    CHECK_QUIET(t, watch);
}

static void from_a_version(test_t *t)
{
    const config_map_t *first = make_config_map(t, "a", "1");
    REQUIRE(t, first && make_config_map(t, "b", "1") && set_value(t, "a", "2"));
    config_map_watch_t *watch = watch_config_maps(t, t->client, &(kube_watch_options_t){ .resource_version = first->metadata->resource_version });
    CHECK_EVENT(t, watch, KUBE_EVENT_ADDED, "b");
    CHECK_EVENT(t, watch, KUBE_EVENT_MODIFIED, "a");
    CHECK_QUIET(t, watch);
}

/* A list and a watch from its version miss nothing in between. */
static void list_then_watch(test_t *t)
{
    kube_core_v1_config_map_list_t *list = NULL;
    REQUIRE(t, make_config_map(t, "a", "1"));
    REQUIRE_OK(t, kube_core_v1_config_map_list(t->client, NULL, NULL, &list, &t->err));
    keep(t, list);
    REQUIRE(t, make_config_map(t, "b", "1"));
    config_map_watch_t *watch = watch_config_maps(t, t->client, &(kube_watch_options_t){ .resource_version = list->metadata->resource_version });
    CHECK_EVENT(t, watch, KUBE_EVENT_ADDED, "b");
    CHECK_QUIET(t, watch);
}

/* The version that one watch has come to is where another one goes on. */
static void handed_over(test_t *t)
{
    config_map_watch_t *first = watch_config_maps(t, t->client, NULL);
    REQUIRE_EVENT(t, first, KUBE_EVENT_SYNCED, NULL);
    REQUIRE(t, make_config_map(t, "a", "1"));
    REQUIRE_EVENT(t, first, KUBE_EVENT_ADDED, "a");
    const char *version = text(t, "%s", kube_core_v1_config_map_watch_resource_version(first));
    REQUIRE(t, make_config_map(t, "b", "1"));
    config_map_watch_t *second = watch_config_maps(t, t->client, &(kube_watch_options_t){ .resource_version = version });
    CHECK_EVENT(t, second, KUBE_EVENT_ADDED, "b");
    CHECK_QUIET(t, second);
}

static void only_changes(test_t *t)
{
    config_map_event_t event = { 0 };
    REQUIRE(t, make_config_map(t, "a", "1"));
    config_map_watch_t *watch = watch_config_maps(t, t->client, &(kube_watch_options_t){ .only_changes = true });
    REQUIRE(t, watch);
    CHECK_CODE(t, kube_core_v1_config_map_watch_next_within(watch, 1000, &event, &t->err), KUBE_E_TIMEOUT);
    /* Nothing tells when it has begun, so what is made may be too early to be a change. */
    int code = KUBE_E_TIMEOUT, made = 0;
    for (int64_t end = now_ms() + EVENT_MS; code == KUBE_E_TIMEOUT && now_ms() < end; made++) {
        REQUIRE(t, make_config_map(t, text(t, "b-%d", made), "1"));
        code = kube_core_v1_config_map_watch_next_within(watch, 2000, &event, &t->err);
    }
    REQUIRE_OK(t, code);
    REQUIRE(t, CHECK_INT(t, event.type, KUBE_EVENT_ADDED));
    CHECK(t, strncmp(event.object->metadata->name, "b-", 2) == 0);
}

/* A server whose time for a request was over before all of the initial state was told has it told again, which the watch says. */
static bool syncs_to(test_t *t, config_map_watch_t *watch, int initial)
{
    config_map_event_t event = { 0 };
    int count = 0;
    for (; watch && event.type != KUBE_EVENT_SYNCED; count += event.type == KUBE_EVENT_ADDED) {
        if (!CHECK_OK(t, kube_core_v1_config_map_watch_next_within(watch, EVENT_MS, &event, &t->err)))
            return false;
        if (event.type == KUBE_EVENT_RESTARTED)
            count = 0;
    }
    return watch && CHECK_INT(t, count, initial);
}

/* Before a server ends a watch it tells the latest version, if something has happened that the watch does not see. */
static void bookmarks(test_t *t)
{
    config_map_event_t event = { 0 };
    REQUIRE(t, make_config_map(t, "a", "1") && make_config_map(t, "unseen", "1"));
    config_map_watch_t *watch = watch_config_maps(t, t->client, &(kube_watch_options_t){ .name = "a", .bookmarks = true, .timeout_seconds = 4 });
    REQUIRE(t, syncs_to(t, watch, 1));
    int code = KUBE_E_TIMEOUT, changes = 0;
    for (int64_t end = now_ms() + EVENT_MS; code == KUBE_E_TIMEOUT && now_ms() < end; changes++) {
        REQUIRE(t, set_value(t, "unseen", text(t, "change %d", changes)));
        code = kube_core_v1_config_map_watch_next_within(watch, 1000, &event, &t->err);
    }
    REQUIRE_OK(t, code);
    REQUIRE(t, event.type == KUBE_EVENT_BOOKMARK);
    CHECK_STR(t, kube_core_v1_config_map_watch_resource_version(watch), event.object->metadata->resource_version);
}

static void without_watch_list(test_t *t)
{
    REQUIRE(t, make_config_maps(t, "p", 2));
    config_map_watch_t *watch = watch_config_maps(t, t->client, &(kube_watch_options_t){ .no_watch_list = true });
    CHECK_INT(t, read_initial(t, watch), 2);
    REQUIRE(t, set_value(t, "p-0", "x") && delete_config_map(t, "p-1"));
    CHECK_EVENT(t, watch, KUBE_EVENT_MODIFIED, "p-0");
    CHECK_EVENT(t, watch, KUBE_EVENT_DELETED, "p-1");
    CHECK_QUIET(t, watch);
}

/* The server ends each request; the watch does not. */
static void server_ends_requests(test_t *t)
{
    config_map_watch_t *watch = watch_config_maps(t, t->client, &(kube_watch_options_t){ .timeout_seconds = 1 });
    REQUIRE(t, syncs_to(t, watch, 0));
    for (int i = 0; i < 30; i++) {
        REQUIRE(t, make_config_map(t, text(t, "p-%d", i), "1"));
        pause_ms(100);
    }
    for (int i = 0; i < 30; i++)
        REQUIRE_EVENT(t, watch, KUBE_EVENT_ADDED, text(t, "p-%d", i));
    CHECK_QUIET(t, watch);
}

static void waits_and_goes_on(test_t *t)
{
    config_map_event_t event = { 0 };
    config_map_watch_t *watch = watch_config_maps(t, t->client, NULL);
    REQUIRE_EVENT(t, watch, KUBE_EVENT_SYNCED, NULL);
    for (int i = 0; i < 3; i++)
        CHECK_CODE(t, kube_core_v1_config_map_watch_next_within(watch, 20, &event, &t->err), KUBE_E_TIMEOUT);
    CHECK_CODE(t, kube_core_v1_config_map_watch_next_within(watch, 0, &event, &t->err), KUBE_E_TIMEOUT);
    REQUIRE(t, make_config_map(t, "a", "1"));
    CHECK_EVENT(t, watch, KUBE_EVENT_ADDED, "a");
}

static void whole_time_is_limited(test_t *t)
{
    config_map_event_t event = { 0 };
    config_map_watch_t *watch = NULL;
    int code = KUBE_E_TIMEOUT;
    for (int64_t ms = 1500; code == KUBE_E_TIMEOUT && ms <= EVENT_MS; ms *= 4) {
        watch = watch_config_maps(t, t->client, &(kube_watch_options_t){ .call.timeout_ms = ms });
        REQUIRE(t, watch);
        code = kube_core_v1_config_map_watch_next(watch, &event, &t->err);
    }
    REQUIRE_OK(t, code);
    CHECK_INT(t, event.type, KUBE_EVENT_SYNCED);
    CHECK_CODE(t, kube_core_v1_config_map_watch_next(watch, &event, &t->err), KUBE_E_TIMEOUT);
    CHECK_CODE(t, kube_core_v1_config_map_watch_next(watch, &event, &t->err), KUBE_E_TIMEOUT);
}

static void canceled(test_t *t)
{
    config_map_event_t event = { 0 };
    kube_cancel_t *cancel = new_cancel(t);
    config_map_watch_t *watch = watch_config_maps(t, t->client, &(kube_watch_options_t){ .call.cancel = cancel });
    REQUIRE_EVENT(t, watch, KUBE_EVENT_SYNCED, NULL);
    trip_after(t, cancel, 300);
    CHECK_CODE(t, kube_core_v1_config_map_watch_next(watch, &event, &t->err), KUBE_E_CANCELED);
    CHECK_CODE(t, kube_core_v1_config_map_watch_next(watch, &event, &t->err), KUBE_E_CANCELED);
}

static void objects_are_kept(test_t *t)
{
    config_map_event_t event = { 0 };
    config_map_watch_t *watch = watch_config_maps(t, t->client, &(kube_watch_options_t){ .decode_flags = KUBE_DECODE_PACKED });
    REQUIRE_EVENT(t, watch, KUBE_EVENT_SYNCED, NULL);
    REQUIRE(t, make_config_map(t, "a", "1") && set_value(t, "a", "2"));
    REQUIRE(t, check_event(t, watch, KUBE_EVENT_ADDED, "a", &event, __FILE__, __LINE__));
    const config_map_t *first = event.object;
    REQUIRE_OK(t, kube_ref(first));
    keep(t, first);
    REQUIRE_EVENT(t, watch, KUBE_EVENT_MODIFIED, "a");
    CHECK_STR(t, value_of(first), "1");
}

static void all_namespaces(test_t *t)
{
    config_map_watch_t *watch = NULL;
    config_map_event_t event = { 0 };
    const char *app = unique_name(t, "app");
    kube_watch_options_t options = { .label_selector = text(t, "app=%s", app) };
    REQUIRE_OK(t, kube_core_v1_config_map_watch(t->client, KUBE_ALL_NAMESPACES, &options, &watch, &t->err));
    int code = kube_core_v1_config_map_watch_next_within(watch, EVENT_MS, &event, &t->err);
    bool made = code == KUBE_OK && event.type == KUBE_EVENT_SYNCED && make_labelled(t, "a", app);
    if (made)
        code = kube_core_v1_config_map_watch_next_within(watch, EVENT_MS, &event, &t->err);
    CHECK(t, made && code == KUBE_OK && event.type == KUBE_EVENT_ADDED && strcmp(event.object->metadata->namespace_, t->ns) == 0);
    kube_core_v1_config_map_watch_free(watch);
}

static void generic(test_t *t)
{
    kube_watch_t *watch = NULL;
    kube_event_t event = { 0 };
    REQUIRE(t, make_config_map(t, "a", "1"));
    REQUIRE_OK(t, kube_watch(t->client, &kube_core_v1_config_maps, NULL, &(kube_watch_options_t){ .field_selector = OURS }, &watch, &t->err));
    int code = kube_watch_next_within(watch, EVENT_MS, &event, &t->err);
    const char *name = code == KUBE_OK && event.object ? kube_meta_name(&kube_core_v1_config_map_type, event.object) : "";
    CHECK_STR(t, name, "a");
    if (code == KUBE_OK)
        code = kube_watch_next_within(watch, EVENT_MS, &event, &t->err);
    CHECK(t, code == KUBE_OK && event.type == KUBE_EVENT_SYNCED && !event.object);
    kube_watch_free(watch);
}

static void misuse(test_t *t)
{
    config_map_watch_t *watch = NULL;
    config_map_event_t event = { 0 };
    CHECK_CODE(t, kube_core_v1_config_map_watch(t->client, "a/b", NULL, &watch, &t->err), KUBE_E_USAGE);
    CHECK(t, watch == NULL);
    CHECK_CODE(t, kube_core_v1_config_map_watch_next(NULL, &event, &t->err), KUBE_E_USAGE);
    CHECK(t, kube_core_v1_config_map_watch_resource_version(NULL) == NULL);
    kube_core_v1_config_map_watch_free(NULL);
}

static void bad_selector(test_t *t)
{
    config_map_event_t event = { 0 };
    config_map_watch_t *watch = watch_config_maps(t, t->client, &(kube_watch_options_t){ .label_selector = "a in (" });
    REQUIRE(t, watch);
    CHECK_CODE(t, kube_core_v1_config_map_watch_next_within(watch, EVENT_MS, &event, &t->err), KUBE_E_BAD_REQUEST);
    CHECK_CODE(t, kube_core_v1_config_map_watch_next_within(watch, EVENT_MS, &event, &t->err), KUBE_E_BAD_REQUEST);
}

/* Watches, and calls in between, share a client. */
static void many_on_one_client(test_t *t)
{
    enum { WATCHES = 100 };
    config_map_watch_t *watches[WATCHES];
    for (int i = 0; i < WATCHES; i++) {
        watches[i] = watch_config_maps(t, t->client, &(kube_watch_options_t){ .label_selector = i % 2 ? "app=odd" : "app=even" });
        REQUIRE_EVENT(t, watches[i], KUBE_EVENT_SYNCED, NULL);
    }
    REQUIRE(t, make_labelled(t, "a", "odd") && make_labelled(t, "b", "even"));
    for (int i = 0; i < WATCHES; i++)
        REQUIRE_EVENT(t, watches[i], KUBE_EVENT_ADDED, i % 2 ? "a" : "b");
}

static void freed_before_it_begins(test_t *t)
{
    config_map_watch_t *watch = NULL;
    REQUIRE_OK(t, kube_core_v1_config_map_watch(t->client, NULL, NULL, &watch, &t->err));
    kube_core_v1_config_map_watch_free(watch);
    CHECK_OK(t, kube_core_v1_namespace_get(t->client, t->ns, NULL, NULL, &t->err));
}

static void outlives_its_client(test_t *t)
{
    kube_client_t *client = NULL;
    config_map_watch_t *watch = NULL;
    config_map_event_t event = { 0 };
    REQUIRE_OK(t, kube_client_new(t->server->config, NULL, &client, &t->err));
    int code = kube_core_v1_config_map_watch(client, t->ns, &(kube_watch_options_t){ .field_selector = OURS }, &watch, &t->err);
    if (code == KUBE_OK)
        code = kube_core_v1_config_map_watch_next_within(watch, EVENT_MS, &event, &t->err);
    kube_client_free(client);
    CHECK_OK(t, code);
    kube_core_v1_config_map_watch_free(watch);
}

static void large_objects(test_t *t)
{
    size_t len = 600 * 1024;
    char *value = malloc(len + 1);
    config_map_event_t event = { 0 };
    REQUIRE(t, value);
    defer(t, free, value);
    memset(value, 'x', len);
    value[len] = '\0';
    config_map_watch_t *watch = watch_config_maps(t, t->client, NULL);
    REQUIRE_EVENT(t, watch, KUBE_EVENT_SYNCED, NULL);
    REQUIRE(t, make_config_map(t, "large", value) && make_config_map(t, "small", "1"));
    REQUIRE(t, check_event(t, watch, KUBE_EVENT_ADDED, "large", &event, __FILE__, __LINE__));
    CHECK_INT(t, strlen(value_of(event.object)), len);
    CHECK_EVENT(t, watch, KUBE_EVENT_ADDED, "small");
}

const test_case_t watch_events_cases[] = {
    { "watch/initial-state", initial_state },
    { "watch/nothing-there", nothing_there },
    { "watch/changes", changes },
    { "watch/in-order", in_order },
    { "watch/enters-and-leaves-selection", enters_and_leaves_selection },
    { "watch/one-name", one_name },
    { "watch/from-a-version", from_a_version },
    { "watch/list-then-watch", list_then_watch },
    { "watch/handed-over", handed_over },
    { "watch/only-changes", only_changes },
    { "watch/bookmarks", bookmarks },
    { "watch/without-watch-list", without_watch_list },
    { "watch/server-ends-requests", server_ends_requests },
    { "watch/waits-and-goes-on", waits_and_goes_on },
    { "watch/whole-time-is-limited", whole_time_is_limited },
    { "watch/canceled", canceled },
    { "watch/objects-are-kept", objects_are_kept },
    { "watch/all-namespaces", all_namespaces },
    { "watch/through-tables", generic },
    { "watch/misuse", misuse },
    { "watch/bad-selector", bad_selector },
    { "watch/many-on-one-client", many_on_one_client },
    { "watch/freed-before-it-begins", freed_before_it_begins },
    { "watch/outlives-its-client", outlives_its_client },
    { "watch/large-objects", large_objects },
    { 0 },
};
