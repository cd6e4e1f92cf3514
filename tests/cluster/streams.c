/*
 * Lists and watches of a real server, which is to forget old versions soon (kube-apiserver --etcd-compaction-interval=2s):
 *     streams KUBECONFIG
 */
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <kube/meta/v1.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../unit/test.h"

#define NAMESPACE "libkube-streams"
enum { MAPS = 1200, WAIT_MS = 30000 };

static const char *kubeconfig;
static kube_client_t *client;
static kube_error_t err;

static int connect_as(const char *context, kube_client_t **out)
{
    kube_config_t *config = NULL;
    kube_config_options_t options = { .context = context, .ns = NAMESPACE };
    int code = kube_config_load(kubeconfig, &options, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, out, &err);
    kube_config_free(config);
    if (code != KUBE_OK)
        printf("%s: %s\n", context, err.message);
    return code;
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static void put(const char *name, const char *value)
{
    kube_core_v1_config_map_t map = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = name, .labels = KUBE_MAP({ "kind", *name == 'm' ? "many" : "few" }) },
        .data = KUBE_MAP({ "value", value }),
    };
    kube_apply_options_t options = { .field_manager = "streams" };
    int code = kube_core_v1_config_map_apply(client, NULL, &map, &options, NULL, &err);
    if (code != KUBE_OK)
        printf("apply %s: %s\n", name, err.message);
    CHECK_INT(code, KUBE_OK);
}

static void drop(const char *name)
{
    CHECK_INT(kube_core_v1_config_map_delete(client, NULL, name, NULL, NULL, &err), KUBE_OK);
}

static void fill_namespace(void)
{
    kube_core_v1_namespace_t ns = { .metadata = &(kube_meta_v1_object_meta_t){ .name = NAMESPACE } };
    CHECK_INT(kube_core_v1_namespace_create(client, &ns, NULL, NULL, &err), KUBE_OK);
    for (int i = 0; i < MAPS; i++) {
        char name[16];
        snprintf(name, sizeof name, "m%04d", i);
        put(name, "0");
    }
}

/* ---- lists ---- */

#define MANY "kind=many"

static void test_list(void)
{
    kube_core_v1_config_map_list_t *list = NULL;
    CHECK_INT(kube_core_v1_config_map_list(client, NULL, &(kube_list_options_t){ .label_selector = MANY }, &list, &err), KUBE_OK);
    CHECK_INT(list ? list->items.len : 0, MAPS);
    CHECK(list && list->metadata && list->metadata->resource_version);
    CHECK(list && list->items.items[7].kind && strcmp(list->items.items[7].kind, "ConfigMap") == 0);
    kube_free(list);
}

typedef struct counted {
    int count;
    bool in_order;
    char last[64];
} counted_t;

static int count_item(const void *object, void *userdata)
{
    const kube_core_v1_config_map_t *map = object;
    counted_t *counted = userdata;
    counted->count++;
    counted->in_order = counted->in_order && strcmp(counted->last, map->metadata->name) < 0;
    snprintf(counted->last, sizeof counted->last, "%s", map->metadata->name);
    return 0;
}

/* The server may throw the version of a list away while it is read. */
static int each_in_one_version(const kube_list_options_t *options, counted_t *counted)
{
    int code = KUBE_E_EXPIRED;
    for (int i = 0; i < 5 && code == KUBE_E_EXPIRED; i++) {
        *counted = (counted_t){ .in_order = true };
        code = kube_each(client, &kube_core_v1_config_maps, NULL, options, count_item, counted, &err);
    }
    return code;
}

static void test_each(void)
{
    static const int64_t limits[] = { 0, 100, 499, -1 };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        counted_t counted;
        kube_list_options_t options = { .label_selector = MANY, .limit = limits[i] };
        CHECK_INT(each_in_one_version(&options, &counted), KUBE_OK);
        CHECK_INT(counted.count, MAPS);
        CHECK(counted.in_order);
    }
}

/* A continue token that the server no longer honours. */
static char *expired_token(void)
{
    kube_core_v1_config_map_list_t *page = NULL;
    kube_list_options_t options = { .label_selector = MANY, .limit = 1000 };
    CHECK_INT(kube_core_v1_config_map_list(client, NULL, &options, &page, &err), KUBE_OK);
    char *token = page && page->metadata->continue_ ? strdup(page->metadata->continue_) : NULL;
    kube_free(page);
    CHECK(token != NULL);
    options.continue_ = token;
    int code = KUBE_OK;
    for (int i = 0; i < 120 && code == KUBE_OK && token; i++) {
        char value[16];
        snprintf(value, sizeof value, "%d", i);
        put("tick", value);
        pause_ms(250);
        code = kube_core_v1_config_map_list(client, NULL, &options, NULL, &err);
    }
    CHECK_INT(code, KUBE_E_EXPIRED);
    return token;
}

static void test_expired_list(void)
{
    char *token = expired_token();
    bool inconsistent = false;
    counted_t counted = { .in_order = true };
    kube_list_options_t options = { .label_selector = MANY, .continue_ = token, .limit = 70 };
    CHECK_INT(kube_each(client, &kube_core_v1_config_maps, NULL, &options, count_item, &counted, &err), KUBE_E_EXPIRED);
    CHECK_INT(counted.count, 0);
    options.inconsistent = &inconsistent;
    CHECK_INT(kube_each(client, &kube_core_v1_config_maps, NULL, &options, count_item, &counted, &err), KUBE_OK);
    CHECK(inconsistent);
    CHECK_INT(counted.count, MAPS - 1000);
    CHECK(counted.in_order);
    free(token);
}

/* ---- watches ---- */

static bool next_is(kube_watch_t *watch, kube_event_type_t type, const char *name)
{
    kube_event_t event;
    int code = kube_watch_next_within(watch, WAIT_MS, &event, &err);
    const kube_core_v1_config_map_t *map = event.object;
    bool right = code == KUBE_OK && event.type == type && (!name || (map && strcmp(map->metadata->name, name) == 0));
    if (!right)
        printf("%d (%s) %s, not %d %s: %s\n", (int)event.type, map ? map->metadata->name : "", kube_code_name(code), (int)type, name ? name : "",
               err.message);
    return right;
}

static int initial_events(kube_watch_t *watch)
{
    kube_event_t event = { 0 };
    for (int count = 0;; count = event.type == KUBE_EVENT_RESTARTED ? 0 : count + 1) {
        if (kube_watch_next_within(watch, WAIT_MS, &event, &err) != KUBE_OK)
            return -1;
        if (event.type != KUBE_EVENT_ADDED && event.type != KUBE_EVENT_RESTARTED)
            return event.type == KUBE_EVENT_SYNCED ? count : -1;
    }
}

static void watch_everything(kube_watch_options_t options)
{
    kube_watch_t *watch = NULL;
    CHECK_INT(kube_watch(client, &kube_core_v1_config_maps, NULL, &options, &watch, &err), KUBE_OK);
    CHECK(!kube_watch_resource_version(watch));
    CHECK_INT(initial_events(watch), MAPS);
    CHECK(kube_watch_resource_version(watch) != NULL);
    put("mnew", "1");
    put("mnew", "2");
    drop("mnew");
    CHECK(next_is(watch, KUBE_EVENT_ADDED, "mnew"));
    CHECK(next_is(watch, KUBE_EVENT_MODIFIED, "mnew"));
    CHECK(next_is(watch, KUBE_EVENT_DELETED, "mnew"));
    kube_event_t event;
    CHECK_INT(kube_watch_next_within(watch, 50, &event, &err), KUBE_E_TIMEOUT);
    kube_watch_free(watch);
}

static void test_watch_list(void)
{
    watch_everything((kube_watch_options_t){ .label_selector = MANY });
}

static void test_no_watch_list(void)
{
    watch_everything((kube_watch_options_t){ .label_selector = MANY, .no_watch_list = true });
}

static int count_metadata(const void *object, void *userdata)
{
    const kube_meta_v1_partial_object_metadata_t *partial = object;
    CHECK_STR(partial->kind, "PartialObjectMetadata");
    CHECK(partial->metadata->uid && !partial->unknown);
    ++*(int *)userdata;
    return 0;
}

/* The metadata alone, as a list, one by one, and watched, with the initial state from either kind of request. */
static void test_metadata(void)
{
    kube_resource_t maps;
    kube_metadata_resource(&kube_core_v1_config_maps, &maps);
    int count = 0;
    kube_list_options_t few = { .label_selector = "kind=few" };
    CHECK_INT(kube_each(client, &maps, NULL, &few, count_metadata, &count, &err), KUBE_OK);
    kube_meta_v1_partial_object_metadata_list_t *list = NULL;
    CHECK_INT(kube_list(client, &maps, NULL, &few, &list, &err), KUBE_OK);
    CHECK_INT(list ? (int)list->items.len : -1, count);
    kube_free(list);
    for (int by_list = 0; by_list < 2; by_list++) {
        kube_watch_t *watch = NULL;
        kube_event_t event = { 0 };
        int added = 0;
        kube_watch_options_t options = { .label_selector = "kind=few", .no_watch_list = by_list };
        CHECK_INT(kube_watch(client, &maps, NULL, &options, &watch, &err), KUBE_OK);
        while (event.type != KUBE_EVENT_SYNCED && kube_watch_next_within(watch, WAIT_MS, &event, &err) == KUBE_OK) {
            if (event.type == KUBE_EVENT_ADDED)
                count_metadata(event.object, &added);
        }
        CHECK_INT(added, count);
        kube_watch_free(watch);
    }
}

static int connect_with(const kube_client_options_t *options, kube_client_t **out)
{
    kube_config_t *config = NULL;
    int code = kube_config_load(kubeconfig, &(kube_config_options_t){ .context = "admin", .ns = NAMESPACE }, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, options, out, &err);
    kube_config_free(config);
    return code;
}

static void put_large(const char *name, const char *value)
{
    kube_core_v1_config_map_t map = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = name, .labels = KUBE_MAP({ "kind", "large" }) },
        .data = KUBE_MAP({ "value", value }),
    };
    CHECK_INT(kube_core_v1_config_map_create(client, NULL, &map, NULL, NULL, &err), KUBE_OK);
}

/* What watches begin with that are to miss nothing from now on. */
static void now_version(char *version, size_t size)
{
    kube_core_v1_config_map_list_t *list = NULL;
    kube_list_options_t none = { .label_selector = "kind=none" };
    CHECK_INT(kube_core_v1_config_map_list(client, NULL, &none, &list, &err), KUBE_OK);
    snprintf(version, size, "%s", list ? list->metadata->resource_version : "");
    kube_free(list);
}

/* Watches of one client share a connection. One that nobody reads holds up none of the others, and has every event in the end. */
static void test_slow_reader(void)
{
    enum { LARGE = 20, BYTES = 400000 };
    kube_client_t *own = NULL;
    CHECK_INT(connect_with(&(kube_client_options_t){ .queue_bytes = 65536 }, &own), KUBE_OK);
    char version[32];
    now_version(version, sizeof version);
    kube_watch_options_t large = { .label_selector = "kind=large", .resource_version = version };
    kube_watch_options_t one = { .name = "small", .resource_version = version };
    kube_core_v1_config_map_watch_t *slow = NULL, *quick = NULL;
    kube_core_v1_config_map_event_t event;
    CHECK_INT(kube_core_v1_config_map_watch(own, NULL, &large, &slow, &err), KUBE_OK);
    CHECK_INT(kube_core_v1_config_map_watch(own, NULL, &one, &quick, &err), KUBE_OK);
    CHECK_INT(kube_core_v1_config_map_watch_next_within(slow, 500, &event, &err), KUBE_E_TIMEOUT);
    CHECK_INT(kube_core_v1_config_map_watch_next_within(quick, 500, &event, &err), KUBE_E_TIMEOUT);

    char *value = malloc(BYTES + 1), name[32];
    memset(value, 'x', BYTES);
    value[BYTES] = '\0';
    for (int i = 0; i < LARGE; i++) {
        snprintf(name, sizeof name, "large-%02d", i);
        put_large(name, value);
    }
    put("small", "1");
    CHECK_INT(kube_core_v1_config_map_watch_next_within(quick, WAIT_MS, &event, &err), KUBE_OK);
    for (int i = 0; i < LARGE; i++) {
        snprintf(name, sizeof name, "large-%02d", i);
        int code = kube_core_v1_config_map_watch_next_within(slow, WAIT_MS, &event, &err);
        CHECK_INT(code, KUBE_OK);
        CHECK_STR(code == KUBE_OK ? event.object->metadata->name : "", name);
    }
    free(value);
    kube_core_v1_config_map_watch_free(slow);
    kube_core_v1_config_map_watch_free(quick);
    kube_client_free(own);
    kube_list_options_t all = { .label_selector = "kind=large" };
    CHECK_INT(kube_core_v1_config_map_delete_collection(client, NULL, NULL, &all, NULL, &err), KUBE_OK);
    drop("small");
}

static bool is_of(const kube_event_t *event, const char *name)
{
    return event->type == KUBE_EVENT_ADDED && strcmp(((const kube_core_v1_config_map_t *)event->object)->metadata->name, name) == 0;
}

/* A watch of changes alone does not tell when it has begun: makes objects until it tells of one, and reads on to the last of them. */
static bool sees_changes(kube_watch_t *watch)
{
    kube_event_t event = { 0 };
    char name[32];
    int code = KUBE_E_TIMEOUT, made = 0;
    for (; made < 10 && code == KUBE_E_TIMEOUT; made++) {
        snprintf(name, sizeof name, "probe-%d", made);
        put(name, "1");
        code = kube_watch_next_within(watch, 2000, &event, &err);
    }
    for (int left = made; code == KUBE_OK && !is_of(&event, name) && left > 0; left--)
        code = kube_watch_next_within(watch, WAIT_MS, &event, &err);
    return code == KUBE_OK && is_of(&event, name);
}

static void test_only_changes_and_name(void)
{
    kube_watch_t *all = NULL, *one = NULL;
    kube_event_t event;
    kube_watch_options_t options = { .only_changes = true };
    CHECK_INT(kube_watch(client, &kube_core_v1_config_maps, NULL, &options, &all, &err), KUBE_OK);
    CHECK_INT(kube_watch(client, &kube_core_v1_config_maps, NULL, &(kube_watch_options_t){ .name = "one" }, &one, &err), KUBE_OK);
    CHECK_INT(kube_watch_next_within(all, 300, &event, &err), KUBE_E_TIMEOUT);
    CHECK(next_is(one, KUBE_EVENT_SYNCED, NULL));
    CHECK(sees_changes(all));
    put("other", "1");
    put("one", "1");
    CHECK(next_is(all, KUBE_EVENT_ADDED, "other"));
    CHECK(next_is(all, KUBE_EVENT_ADDED, "one"));
    CHECK(next_is(one, KUBE_EVENT_ADDED, "one"));
    drop("other");
    drop("one");
    CHECK(next_is(one, KUBE_EVENT_DELETED, "one"));
    kube_watch_free(all);
    kube_watch_free(one);
}

static void *change(void *userdata)
{
    int rounds = *(int *)userdata;
    for (int i = 0; i < rounds; i++) {
        char value[16];
        snprintf(value, sizeof value, "%d", i);
        put("steady", value);
        pause_ms(100);
    }
    return NULL;
}

/* The server ends the request each second; every change is seen once, in order. */
static void test_resume(void)
{
    int rounds = 60;
    kube_watch_t *watch = NULL;
    kube_event_t event;
    pthread_t changer;
    kube_watch_options_t options = { .name = "steady", .timeout_seconds = 1 };
    CHECK_INT(kube_watch(client, &kube_core_v1_config_maps, NULL, &options, &watch, &err), KUBE_OK);
    CHECK_INT(initial_events(watch), 0);
    pthread_create(&changer, NULL, change, &rounds);
    int seen = 0;
    for (; seen < rounds && kube_watch_next_within(watch, WAIT_MS, &event, &err) == KUBE_OK; seen++) {
        const kube_core_v1_config_map_t *map = event.object;
        CHECK_INT(event.type, seen ? KUBE_EVENT_MODIFIED : KUBE_EVENT_ADDED);
        CHECK(map && map->data.len == 1 && atoi(map->data.items[0].value) == seen);
    }
    CHECK_INT(seen, rounds);
    pthread_join(changer, NULL);
    drop("steady");
    CHECK(next_is(watch, KUBE_EVENT_DELETED, "steady"));
    kube_watch_free(watch);
}

/* A server sends one before it ends a request, if something has happened that the watch does not see. */
static void test_bookmarks(void)
{
    kube_watch_t *watch = NULL;
    kube_event_t event;
    kube_watch_options_t options = { .only_changes = true, .name = "none", .bookmarks = true, .timeout_seconds = 4 };
    CHECK_INT(kube_watch(client, &kube_core_v1_config_maps, NULL, &options, &watch, &err), KUBE_OK);
    CHECK_INT(kube_watch_next_within(watch, 300, &event, &err), KUBE_E_TIMEOUT);
    int code = KUBE_E_TIMEOUT;
    for (int i = 0; i < 10 && code == KUBE_E_TIMEOUT; i++) {
        char value[16];
        snprintf(value, sizeof value, "unseen %d", i);
        put("tick", value);
        code = kube_watch_next_within(watch, 5000, &event, &err);
    }
    CHECK_INT(code, KUBE_OK);
    CHECK_INT(code == KUBE_OK ? (int)event.type : -1, KUBE_EVENT_BOOKMARK);
    CHECK(kube_watch_resource_version(watch) != NULL);
    kube_watch_free(watch);
}

/* Events have no cache in the server that would remember more than etcd does. */
static void test_expired_watch(void)
{
    kube_core_v1_event_t happened = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "happened" },
        .involved_object = &(kube_core_v1_object_reference_t){ .namespace_ = NAMESPACE },
    };
    kube_watch_t *watch = NULL;
    kube_event_t event;
    kube_watch_options_t options = { .resource_version = "1" };
    CHECK_INT(kube_core_v1_event_create(client, NULL, &happened, NULL, NULL, &err), KUBE_OK);
    CHECK_INT(kube_watch(client, &kube_core_v1_events, NULL, &options, &watch, &err), KUBE_OK);
    CHECK_INT(kube_watch_next(watch, &event, &err), KUBE_E_EXPIRED);
    CHECK_STR(err.reason, "Expired");
    kube_watch_free(watch);
    options.restart_when_expired = true;
    CHECK_INT(kube_watch(client, &kube_core_v1_events, NULL, &options, &watch, &err), KUBE_OK);
    CHECK(next_is(watch, KUBE_EVENT_RESTARTED, NULL));
    CHECK_INT(initial_events(watch), 1);
    kube_watch_free(watch);
}

static void test_refused(void)
{
    static const struct { const char *context; int code; } ways[] = { { "nobody", KUBE_E_FORBIDDEN }, { "stranger", KUBE_E_UNAUTHORIZED } };
    for (size_t i = 0; i < 2; i++) {
        kube_client_t *other = NULL;
        kube_watch_t *watch = NULL;
        kube_event_t event;
        CHECK_INT(connect_as(ways[i].context, &other), KUBE_OK);
        CHECK_INT(kube_watch(other, &kube_core_v1_config_maps, NULL, NULL, &watch, &err), KUBE_OK);
        CHECK_INT(kube_watch_next(watch, &event, &err), ways[i].code);
        kube_watch_free(watch);
        kube_client_free(other);
    }
}

/* ---- watches as operations ---- */

static int count_event(const kube_event_t *event, void *userdata)
{
    int *count = userdata;
    ++*count;
    return event->type == KUBE_EVENT_SYNCED ? 1 : 0;
}

static void test_operations(void)
{
    enum { WATCHES = 20 };
    kube_op_t *ops[WATCHES] = { NULL };
    int counts[WATCHES] = { 0 };
    kube_watch_options_t options = { .label_selector = MANY };
    kube_spec_t spec = { .action = KUBE_ACTION_WATCH, .resource = &kube_core_v1_config_maps, .options = &options, .event = count_event };
    for (int i = 0; i < WATCHES; i++)
        CHECK_INT(kube_start(client, &spec, NULL, &counts[i], &ops[i], &err), KUBE_OK);
    for (int i = 0; i < WATCHES; i++) {
        CHECK_INT(kube_op_wait(ops[i], WAIT_MS, &err), KUBE_OK);
        CHECK_INT(counts[i], MAPS + 1);
        kube_op_free(ops[i]);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    kubeconfig = argv[1];
    if (connect_as("admin", &client) != KUBE_OK)
        return 1;
    RUN(fill_namespace);
    RUN(test_list);
    RUN(test_each);
    RUN(test_watch_list);
    RUN(test_no_watch_list);
    RUN(test_only_changes_and_name);
    RUN(test_metadata);
    RUN(test_slow_reader);
    RUN(test_resume);
    RUN(test_bookmarks);
    RUN(test_expired_list);
    RUN(test_expired_watch);
    RUN(test_refused);
    RUN(test_operations);
    kube_client_free(client);
    return test_end();
}
