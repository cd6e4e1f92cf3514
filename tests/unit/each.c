/* kube_each: pages, continue tokens, states that expire, connections that break between two items. */
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <kube/meta/v1.h>
#include <stddef.h>

#include "faults.h"
#include "replay.h"
#include "test.h"

#define ITEM(name) "{\"metadata\":{\"name\":\"" name "\"}}"
#define PAGE(token, items)                                                                                                  \
    "{\"kind\":\"ConfigMapList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"42\",\"continue\":\"" token "\"}," \
    "\"items\":[" items "]}"
#define PAGE_META_LAST(token, items)                                                                                        \
    "{\"apiVersion\":\"v1\",\"items\":[" items "],\"kind\":\"ConfigMapList\",\"metadata\":{\"continue\":\"" token "\"}}"
#define EXPIRED(token)                                                                                             \
    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{" token "},\"status\":\"Failure\",\"message\":\"too old\"," \
    "\"reason\":\"Expired\",\"code\":410}"

static kube_error_t err;

typedef struct seen {
    char names[256]; /* "a b c " */
    size_t stop_at;  /* what is returned for that item, from 1; 0: none */
    int stop_with;
    size_t count;
    const void *kept;
} seen_t;

static int see(const void *object, void *userdata)
{
    const kube_core_v1_config_map_t *map = object;
    seen_t *seen = userdata;
    strncat(seen->names, map->metadata->name, sizeof seen->names - strlen(seen->names) - 1);
    strncat(seen->names, " ", sizeof seen->names - strlen(seen->names) - 1);
    if (++seen->count == 1 && kube_ref(map) == KUBE_OK)
        seen->kept = map;
    return seen->count == seen->stop_at ? seen->stop_with : 0;
}

static int each(replay_t *replay, const kube_list_options_t *options, seen_t *seen)
{
    kube_client_t *client = replay_client(replay, NULL);
    if (!client)
        return KUBE_E_NO_MEMORY;
    int code = kube_each(client, &kube_core_v1_config_maps, NULL, options, see, seen, &err);
    kube_client_free(client);
    CHECK_INT(replay->open, 0);
    kube_free(seen->kept);
    seen->kept = NULL;
    return code;
}

#define PATH "/api/v1/namespaces/here/configmaps"

static void test_pages(void)
{
    static const reply_t replies[] = { REPLY(200, PAGE("one", ITEM("a") "," ITEM("b"))), REPLY(200, PAGE_META_LAST("two", ITEM("c"))),
                                       REPLY(200, PAGE("", ITEM("d"))) };
    kube_list_options_t options = { .label_selector = "l", .field_selector = "f", .limit = 2, .resource_version = "5",
                                    .resource_version_match = "NotOlderThan", .timeout_seconds = 3 };
    for (size_t piece = 0; piece < 4; piece++) {
        replay_t replay = REPLAY(replies);
        seen_t seen = { 0 };
        replay.piece = piece;
        CHECK_INT(each(&replay, &options, &seen), KUBE_OK);
        CHECK_STR(seen.names, "a b c d ");
        CHECK_INT(replay.requests, 3);
        CHECK_STR(replay.targets[0], PATH "?fieldSelector=f&labelSelector=l&limit=2&resourceVersion=5&resourceVersionMatch=NotOlderThan&"
                                          "timeoutSeconds=3");
        CHECK_STR(replay.targets[1], PATH "?continue=one&fieldSelector=f&labelSelector=l&limit=2&timeoutSeconds=3");
        CHECK_STR(replay.targets[2], PATH "?continue=two&fieldSelector=f&labelSelector=l&limit=2&timeoutSeconds=3");
    }
}

static void test_limits(void)
{
    static const reply_t replies[] = { REPLY(200, PAGE("", ITEM("a"))) };
    replay_t replay = REPLAY(replies);
    seen_t seen = { 0 };
    CHECK_INT(each(&replay, NULL, &seen), KUBE_OK);
    CHECK_INT(each(&replay, &(kube_list_options_t){ .limit = -1 }, &seen), KUBE_OK);
    CHECK_INT(each(&replay, &(kube_list_options_t){ .limit = 7, .continue_ = "mine", .resource_version = "3" }, &seen), KUBE_OK);
    CHECK_STR(replay.targets[0], PATH "?limit=500");
    CHECK_STR(replay.targets[1], PATH);
    CHECK_STR(replay.targets[2], PATH "?continue=mine&limit=7");
}

static void test_empty(void)
{
    static const reply_t replies[] = { REPLY(200, PAGE("", "")) };
    replay_t replay = REPLAY(replies);
    seen_t seen = { 0 };
    CHECK_INT(each(&replay, NULL, &seen), KUBE_OK);
    CHECK_INT(seen.count, 0);
}

static void test_callback_ends(void)
{
    static const reply_t replies[] = { REPLY(200, PAGE("one", ITEM("a") "," ITEM("b") "," ITEM("c"))) };
    replay_t replay = REPLAY(replies);
    seen_t seen = { .stop_at = 2, .stop_with = 7 };
    CHECK_INT(each(&replay, NULL, &seen), 7);
    CHECK_STR(seen.names, "a b ");
    CHECK_INT(err.code, 0);
    seen = (seen_t){ .stop_at = 1, .stop_with = KUBE_E_IO };
    CHECK_INT(each(&replay, NULL, &seen), KUBE_E_IO);
    CHECK_INT(err.code, KUBE_E_IO);
    CHECK_STR(seen.names, "a ");
}

static void test_expired(void)
{
    static const reply_t replies[] = { REPLY(200, PAGE("one", ITEM("a"))), REPLY(410, EXPIRED("\"continue\":\"later\"")),
                                       REPLY(200, PAGE("two", ITEM("c"))), REPLY(200, PAGE("", ITEM("d"))) };
    replay_t replay = REPLAY(replies);
    seen_t seen = { 0 };
    CHECK_INT(each(&replay, NULL, &seen), KUBE_E_EXPIRED);
    CHECK_STR(seen.names, "a ");
    CHECK_INT(err.http_status, 410);
    bool inconsistent = true;
    kube_list_options_t options = { .inconsistent = &inconsistent };
    replay = REPLAY(replies);
    seen = (seen_t){ 0 };
    CHECK_INT(each(&replay, &options, &seen), KUBE_OK);
    CHECK_STR(seen.names, "a c d ");
    CHECK(inconsistent);
    CHECK_STR(replay.targets[2], PATH "?continue=later&limit=500");
    CHECK_STR(replay.targets[3], PATH "?continue=two&limit=500");
}

/* A server that has no other token, that expires at once, or that never stops expiring. */
static void test_expired_for_good(void)
{
    static const reply_t no_token[] = { REPLY(200, PAGE("one", ITEM("a"))), REPLY(410, EXPIRED("")) };
    static const reply_t at_once[] = { REPLY(410, EXPIRED("\"continue\":\"later\"")) };
    static const reply_t again[] = { REPLY(200, PAGE("one", ITEM("a"))), REPLY(410, EXPIRED("\"continue\":\"later\"")) };
    bool inconsistent = true;
    kube_list_options_t options = { .inconsistent = &inconsistent };
    replay_t replay = REPLAY(no_token);
    seen_t seen = { 0 };
    CHECK_INT(each(&replay, &options, &seen), KUBE_E_EXPIRED);
    CHECK(!inconsistent);
    replay = REPLAY(at_once);
    CHECK_INT(each(&replay, &options, &seen), KUBE_E_EXPIRED);
    CHECK_INT(replay.requests, 1);
    replay = REPLAY(again);
    CHECK_INT(each(&replay, &options, &seen), KUBE_E_EXPIRED);
    CHECK_INT(replay.requests, 3);
}

/* Cut at every byte: before the first item the page is asked for again, after it never. */
static void test_cut_everywhere(void)
{
    static const reply_t replies[] = { REPLY(200, PAGE("", ITEM("a") "," ITEM("b"))), REPLY(200, PAGE("", ITEM("a") "," ITEM("b"))) };
    size_t first_end = (size_t)(strstr(replies[0].body, ITEM("a")) - replies[0].body) + strlen(ITEM("a"));
    for (size_t at = 0; at < strlen(replies[0].body); at += at < first_end - 4 ? 9 : 1) {
        replay_t replay = REPLAY(replies);
        seen_t seen = { 0 };
        replay.cut_at = at;
        replay.piece = 5;
        int code = each(&replay, NULL, &seen);
        if (seen.count == 2 && code == KUBE_OK) {
            CHECK_INT(replay.requests, 2);
            CHECK(at <= first_end);
        } else {
            CHECK_INT(code, KUBE_E_CONNECT);
            CHECK_INT(replay.requests, 1);
            CHECK(at >= first_end);
            CHECK_INT(err.attempts, 1);
        }
        CHECK(strncmp("a b ", seen.names, strlen(seen.names)) == 0);
    }
}

static void test_broken_page(void)
{
    static const reply_t replies[] = { REPLY(200, PAGE("one", ITEM("a"))), REPLY(200, "{\"kind\":\"PodList\",\"apiVersion\":\"v1\"}") };
    replay_t replay = REPLAY(replies);
    seen_t seen = { 0 };
    CHECK_INT(each(&replay, NULL, &seen), KUBE_E_PARSE);
    CHECK(strstr(err.message, "PodList") != NULL);
    CHECK_STR(seen.names, "a ");
}

static int trip(const void *object, void *userdata)
{
    (void)object;
    kube_cancel_trip(userdata);
    return 0;
}

static void test_cancel_between_items(void)
{
    static const reply_t replies[] = { REPLY(200, PAGE("one", ITEM("a") "," ITEM("b"))) };
    replay_t replay = REPLAY(replies);
    kube_client_t *client = replay_client(&replay, NULL);
    kube_cancel_t *cancel = kube_cancel_new();
    kube_list_options_t options = { .call.cancel = cancel };
    CHECK_INT(kube_each(client, &kube_core_v1_config_maps, NULL, &options, trip, cancel, &err), KUBE_E_CANCELED);
    kube_cancel_free(cancel);
    kube_client_free(client);
}

static void test_usage(void)
{
    static const reply_t replies[] = { REPLY(200, PAGE("", "")) };
    replay_t replay = REPLAY(replies);
    kube_client_t *client = replay_client(&replay, NULL);
    CHECK_INT(kube_each(NULL, &kube_core_v1_config_maps, NULL, NULL, see, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_each(client, NULL, NULL, NULL, see, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_each(client, &kube_core_v1_config_maps, NULL, NULL, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_each(client, &kube_core_v1_bindings, NULL, NULL, see, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(replay.requests, 0);
    kube_client_free(client);
}

/* As an operation: the options are gone when it runs. */
static void test_operation(void)
{
    static const reply_t replies[] = { REPLY(200, PAGE("one", ITEM("a"))), REPLY(200, PAGE("", ITEM("b"))) };
    replay_t replay = REPLAY(replies);
    kube_client_t *client = replay_client(&replay, NULL);
    char selector[] = "app=x";
    kube_list_options_t options = { .label_selector = selector };
    seen_t seen = { 0 };
    kube_spec_t spec = { .action = KUBE_ACTION_EACH, .resource = &kube_core_v1_config_maps, .options = &options, .item = see };
    kube_op_t *op = NULL;
    CHECK_INT(kube_start(client, &spec, NULL, &seen, &op, &err), KUBE_OK);
    memset(selector, '!', sizeof selector - 1);
    memset(&options, 0xFF, sizeof options);
    CHECK_INT(kube_op_wait(op, -1, &err), KUBE_OK);
    CHECK_STR(seen.names, "a b ");
    CHECK_STR(replay.targets[1], PATH "?continue=one&labelSelector=app%3Dx&limit=500");
    kube_op_free(op);
    kube_free(seen.kept);
    kube_client_free(client);
}

/* ---- memory that does not grow with the list ---- */

static size_t held_bytes, most_bytes;

static void *count_reallocate(void *pointer, size_t size, void *context)
{
    size_t *block = pointer ? (size_t *)(void *)((char *)pointer - sizeof(max_align_t)) : NULL;
    size_t before = block ? *block : 0;
    (void)context;
    block = realloc(block, size + sizeof(max_align_t));
    if (!block)
        return NULL;
    *block = size;
    held_bytes += size - before;
    most_bytes = held_bytes > most_bytes ? held_bytes : most_bytes;
    return (char *)block + sizeof(max_align_t);
}

static void *count_allocate(size_t size, void *context)
{
    return count_reallocate(NULL, size, context);
}

static void count_release(void *pointer, void *context)
{
    (void)context;
    if (!pointer)
        return;
    size_t *block = (size_t *)(void *)((char *)pointer - sizeof(max_align_t));
    held_bytes -= *block;
    free(block);
}

static int count_item(const void *object, void *userdata)
{
    (void)object;
    ++*(size_t *)userdata;
    return 0;
}

/* The most that is held at any time while a list of so many items of a kilobyte goes by. */
static size_t most_held(size_t items)
{
    char *body = malloc(items * 1100 + 200), *at = body;
    at += sprintf(at, "{\"kind\":\"ConfigMapList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[");
    for (size_t i = 0; i < items; i++)
        at += sprintf(at, "%s{\"metadata\":{\"name\":\"m%zu\"},\"data\":{\"k\":\"%01000d\"}}", i ? "," : "", i, 0);
    strcpy(at, "]}");
    reply_t reply = REPLY(200, body);
    replay_t replay = replay_of(&reply, 1);
    replay.piece = 16384;
    kube_client_t *client = replay_client(&replay, NULL);
    size_t count = 0;
    most_bytes = held_bytes;
    CHECK_INT(kube_each(client, &kube_core_v1_config_maps, NULL, NULL, count_item, &count, &err), KUBE_OK);
    CHECK_INT(count, items);
    kube_client_free(client);
    free(body);
    return most_bytes;
}

static void test_constant_memory(void)
{
    static const kube_allocator_t counting = { count_allocate, count_reallocate, count_release, NULL };
    kube_set_allocator(&counting);
    size_t few = most_held(1000), many = most_held(10000);
    CHECK(many < few + 32768);
    CHECK(many < 200000);
    if (many >= few + 32768 || many >= 200000)
        printf("1,000 items: %zu bytes, 10,000: %zu\n", few, many);
    kube_set_allocator(NULL);
    CHECK_INT(held_bytes, 0);
}

static bool each_with_faults(void)
{
    static const reply_t replies[] = { REPLY(200, PAGE("one", ITEM("a"))), REPLY(410, EXPIRED("\"continue\":\"later\"")),
                                       REPLY(200, PAGE("", ITEM("b"))) };
    replay_t replay = REPLAY(replies);
    bool inconsistent;
    kube_list_options_t options = { .label_selector = "l", .field_selector = "f", .inconsistent = &inconsistent, .resource_version = "1" };
    seen_t seen = { 0 };
    replay.piece = 40;
    int code = each(&replay, &options, &seen);
    /* A Status that could not be read is one without a token. */
    return code == KUBE_OK ? strcmp(seen.names, "a b ") == 0 : faults.hit && (code == KUBE_E_NO_MEMORY || code == KUBE_E_EXPIRED);
}

static void test_faults(void)
{
    CHECK(fault_loop(each_with_faults) > 20);
}

int main(void)
{
    RUN(test_pages);
    RUN(test_limits);
    RUN(test_empty);
    RUN(test_callback_ends);
    RUN(test_expired);
    RUN(test_expired_for_good);
    RUN(test_cut_everywhere);
    RUN(test_broken_page);
    RUN(test_cancel_between_items);
    RUN(test_usage);
    RUN(test_operation);
    RUN(test_constant_memory);
    RUN(test_faults);
    return test_end();
}
