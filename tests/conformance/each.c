/* Lists, one object at a time. */
#include "cases.h"

#define RESOURCE &kube_core_v1_config_maps

/* What the callback has seen. */
typedef struct seen {
    test_t *t;
    int count;
    int stop_after;  /* 0: never */
    const char *names;
    const config_map_t *kept;
    void (*act)(struct seen *seen); /* called for the first object */
    kube_cancel_t *cancel;
    faultproxy_t *proxy;
    int64_t pause_ms;
} seen_t;

static int see(const config_map_t *object, void *userdata)
{
    seen_t *seen = userdata;
    seen->names = text(seen->t, "%s%s%s", seen->names ? seen->names : "", seen->names ? " " : "", object->metadata->name);
    CHECK_STR(seen->t, object->kind, "ConfigMap");
    if (seen->pause_ms)
        pause_ms(seen->pause_ms);
    if (seen->count++ == 0 && seen->act)
        seen->act(seen);
    return seen->count == seen->stop_after ? 42 : 0;
}

static int each(test_t *t, kube_client_t *client, const kube_list_options_t *options, seen_t *seen)
{
    kube_list_options_t used = options ? *options : (kube_list_options_t){ 0 };
    if (!used.field_selector)
        used.field_selector = OURS;
    seen->t = t;
    return kube_core_v1_config_map_each(client, NULL, &used, see, seen, &t->err);
}

static void every_object_once(test_t *t)
{
    seen_t seen = { 0 };
    REQUIRE(t, make_config_maps(t, "p", 5));
    REQUIRE_OK(t, each(t, t->client, NULL, &seen));
    CHECK_STR(t, seen.names, "p-0 p-1 p-2 p-3 p-4");
}

static void nothing(test_t *t)
{
    seen_t seen = { 0 };
    REQUIRE_OK(t, each(t, t->client, NULL, &seen));
    CHECK_INT(t, seen.count, 0);
}

static void pages(test_t *t)
{
    seen_t small = { 0 }, whole = { 0 };
    REQUIRE(t, make_config_maps(t, "p", 7));
    REQUIRE_OK(t, each(t, t->client, &(kube_list_options_t){ .limit = 2 }, &small));
    CHECK_STR(t, small.names, "p-0 p-1 p-2 p-3 p-4 p-5 p-6");
    REQUIRE_OK(t, each(t, t->client, &(kube_list_options_t){ .limit = -1 }, &whole));
    CHECK_INT(t, whole.count, 7);
}

static void ends_when_told(test_t *t)
{
    seen_t seen = { .stop_after = 3 };
    REQUIRE(t, make_config_maps(t, "p", 7));
    CHECK_INT(t, each(t, t->client, &(kube_list_options_t){ .limit = 2 }, &seen), 42);
    CHECK_STR(t, seen.names, "p-0 p-1 p-2");
    CHECK_OK(t, kube_core_v1_namespace_get(t->client, t->ns, NULL, NULL, &t->err));
}

static int keep_second(const config_map_t *object, void *userdata)
{
    seen_t *seen = userdata;
    if (seen->count++ == 1 && kube_ref(object) == KUBE_OK)
        seen->kept = object;
    return 0;
}

static void keeps_with_a_reference(test_t *t)
{
    seen_t seen = { 0 };
    kube_list_options_t options = { .field_selector = OURS };
    REQUIRE(t, make_config_maps(t, "p", 3));
    REQUIRE_OK(t, kube_core_v1_config_map_each(t->client, NULL, &options, keep_second, &seen, &t->err));
    keep(t, seen.kept);
    REQUIRE(t, seen.kept);
    CHECK_STR(t, seen.kept->metadata->name, "p-1");
    CHECK_STR(t, value_of(seen.kept), "1");
}

static void by_selector(test_t *t)
{
    seen_t seen = { 0 };
    REQUIRE(t, make_labelled(t, "a", "web") && make_labelled(t, "b", "db") && make_labelled(t, "c", "web"));
    REQUIRE_OK(t, each(t, t->client, &(kube_list_options_t){ .label_selector = "app=web", .limit = 1 }, &seen));
    CHECK_STR(t, seen.names, "a c");
}

static void delete_the_last(seen_t *seen)
{
    test_t *t = seen->t;
    CHECK_OK(t, kube_core_v1_config_map_delete(t->client, NULL, "p-4", NULL, NULL, &t->err));
    CHECK(t, make_config_map(t, "p-9", "9") != NULL);
}

/* The callback may use the client; what it changes is not in the state that the list shows. */
static void callback_uses_the_client(test_t *t)
{
    seen_t seen = { .act = delete_the_last };
    REQUIRE(t, make_config_maps(t, "p", 5));
    REQUIRE_OK(t, each(t, t->client, &(kube_list_options_t){ .limit = 2 }, &seen));
    CHECK_STR(t, seen.names, "p-0 p-1 p-2 p-3 p-4");
}

static void all_namespaces(test_t *t)
{
    seen_t seen = { .t = t };
    kube_list_options_t options = { .field_selector = text(t, "metadata.namespace=%s," OURS, t->ns) };
    REQUIRE(t, make_config_maps(t, "p", 2));
    REQUIRE_OK(t, kube_core_v1_config_map_each(t->client, KUBE_ALL_NAMESPACES, &options, see, &seen, &t->err));
    CHECK_STR(t, seen.names, "p-0 p-1");
}

static int see_any(const void *object, void *userdata)
{
    seen_t *seen = userdata;
    const char *name = kube_meta_name(&kube_core_v1_config_map_type, object);
    seen->names = text(seen->t, "%s%s%s", seen->names ? seen->names : "", seen->names ? " " : "", name);
    seen->count++;
    return 0;
}

static void generic(test_t *t)
{
    seen_t seen = { .t = t };
    kube_list_options_t options = { .field_selector = OURS, .limit = 2 };
    REQUIRE(t, make_config_maps(t, "p", 3));
    REQUIRE_OK(t, kube_each(t->client, RESOURCE, NULL, &options, see_any, &seen, &t->err));
    CHECK_STR(t, seen.names, "p-0 p-1 p-2");
    CHECK_CODE(t, kube_each(t->client, RESOURCE, NULL, &options, NULL, NULL, &t->err), KUBE_E_USAGE);
}

static void errors(test_t *t)
{
    seen_t seen = { 0 };
    CHECK_CODE(t, each(t, t->client, &(kube_list_options_t){ .label_selector = "a in (" }, &seen), KUBE_E_BAD_REQUEST);
    CHECK_INT(t, seen.count, 0);
    CHECK_CODE(t, each(t, t->client, &(kube_list_options_t){ .continue_ = "???" }, &seen), KUBE_E_BAD_REQUEST);
}

static void cut_connections(seen_t *seen)
{
    faultproxy_drop(seen->proxy, FAULTPROXY_OPEN, true);
}

/* Many objects of 16 KiB, so that a reply is long on its way. */
static bool make_bulk(test_t *t, int count)
{
    char value[16 * 1024 + 1];
    memset(value, 'v', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    for (int i = 0; i < count; i++) {
        if (!make_config_map(t, text(t, "p-%03d", i), value))
            return false;
    }
    return true;
}

static bool in_order(test_t *t, const char *names, int count)
{
    for (int i = 0; i < count; i++, names += 6) {
        if (!CHECK(t, strncmp(names, text(t, "p-%03d", i), 5) == 0))
            return false;
    }
    return true;
}

/* A page that broke off after its first object is not asked for again. */
static void cut_in_a_page(test_t *t)
{
    faultproxy_t *proxy = new_proxy(t);
    seen_t seen = { .proxy = proxy };
    kube_client_t *client = new_client_through(t, proxy, NULL);
    faultproxy_fault_t stall = { .kind = FAULTPROXY_STALL, .direction = FAULTPROXY_TO_CLIENT, .at = 200 * 1024 };
    REQUIRE(t, client && make_bulk(t, 60));
    seen.act = cut_connections;
    REQUIRE(t, faultproxy_set(proxy, FAULTPROXY_EVERY, &stall) == 0);
    CHECK_CODE(t, each(t, client, &(kube_list_options_t){ .limit = -1 }, &seen), KUBE_E_CONNECT);
    CHECK(t, seen.count >= 1 && seen.count < 60);
    in_order(t, seen.names, seen.count);
}

static void cut_between_pages(test_t *t)
{
    faultproxy_t *proxy = new_proxy(t);
    seen_t seen = { .proxy = proxy, .act = cut_connections };
    kube_client_t *client = new_client_through(t, proxy, NULL);
    REQUIRE(t, client && make_config_maps(t, "p", 5));
    REQUIRE_OK(t, each(t, client, &(kube_list_options_t){ .limit = 1 }, &seen));
    CHECK_STR(t, seen.names, "p-0 p-1 p-2 p-3 p-4");
}

static void slow_consumer(test_t *t)
{
    kube_client_t *client = new_client(t, &(kube_client_options_t){ .queue_bytes = 32 * 1024 });
    seen_t seen = { .pause_ms = 5 };
    REQUIRE(t, client && make_bulk(t, 60));
    REQUIRE_OK(t, each(t, client, &(kube_list_options_t){ .limit = -1 }, &seen));
    CHECK_INT(t, seen.count, 60);
    in_order(t, seen.names, seen.count);
}

static void trip(seen_t *seen)
{
    kube_cancel_trip(seen->cancel);
}

static void cancel_in_callback(test_t *t)
{
    seen_t seen = { .act = trip, .cancel = kube_cancel_new() };
    REQUIRE(t, make_config_maps(t, "p", 5));
    int code = each(t, t->client, &(kube_list_options_t){ .limit = 1, .call.cancel = seen.cancel }, &seen);
    kube_cancel_free(seen.cancel);
    CHECK_CODE(t, code, KUBE_E_CANCELED);
    CHECK_INT(t, seen.count, 1);
}

static void dribbled(test_t *t)
{
    faultproxy_t *proxy = new_proxy(t);
    seen_t seen = { 0 };
    kube_client_t *client = new_client_through(t, proxy, NULL);
    faultproxy_fault_t dribble = { .kind = FAULTPROXY_DRIBBLE, .direction = FAULTPROXY_TO_CLIENT };
    REQUIRE(t, client && make_config_maps(t, "p", 10) && faultproxy_set(proxy, FAULTPROXY_EVERY, &dribble) == 0);
    REQUIRE_OK(t, each(t, client, &(kube_list_options_t){ .limit = 4 }, &seen));
    CHECK_INT(t, seen.count, 10);
}

/* ---- the state that the list began with is gone ---- */

static void forget_history(seen_t *seen)
{
    kube_test_server_compact(seen->t->server->double_);
}

static void change_and_forget(seen_t *seen)
{
    CHECK(seen->t, make_config_map(seen->t, "p-9", "late") != NULL);
    forget_history(seen);
}

static void expired_in_mid_list(test_t *t)
{
    seen_t seen = { .act = change_and_forget };
    REQUIRE(t, make_config_maps(t, "p", 5));
    CHECK_CODE(t, each(t, t->client, &(kube_list_options_t){ .limit = 2 }, &seen), KUBE_E_EXPIRED);
    CHECK_STR(t, seen.names, "p-0 p-1");
    CHECK_INT(t, t->err.http_status, 410);
}

static void goes_on_inconsistently(test_t *t)
{
    bool inconsistent = false;
    seen_t seen = { .act = change_and_forget };
    REQUIRE(t, make_config_maps(t, "p", 5));
    REQUIRE_OK(t, each(t, t->client, &(kube_list_options_t){ .limit = 2, .inconsistent = &inconsistent }, &seen));
    CHECK(t, inconsistent);
    CHECK_STR(t, seen.names, "p-0 p-1 p-2 p-3 p-4 p-9");
}

static void consistent_when_it_was(test_t *t)
{
    bool inconsistent = true;
    seen_t seen = { 0 };
    REQUIRE(t, make_config_maps(t, "p", 5));
    REQUIRE_OK(t, each(t, t->client, &(kube_list_options_t){ .limit = 2, .inconsistent = &inconsistent }, &seen));
    CHECK(t, !inconsistent);
}

const test_case_t each_cases[] = {
    { "each/every-object-once", every_object_once },
    { "each/nothing", nothing },
    { "each/follows-pages", pages },
    { "each/ends-when-told", ends_when_told },
    { "each/keeps-with-a-reference", keeps_with_a_reference },
    { "each/by-selector", by_selector },
    { "each/callback-uses-the-client", callback_uses_the_client },
    { "each/all-namespaces", all_namespaces },
    { "each/through-tables", generic },
    { "each/errors", errors },
    { "each/cut-in-a-page", cut_in_a_page },
    { "each/cut-between-pages", cut_between_pages },
    { "each/slow-consumer", slow_consumer },
    { "each/cancel-in-callback", cancel_in_callback },
    { "each/one-byte-at-a-time", dribbled },
    { "each/expired-in-mid-list", expired_in_mid_list },
    { "each/goes-on-inconsistently", goes_on_inconsistently },
    { "each/tells-when-it-was-consistent", consistent_when_it_was },
    { 0 },
};
