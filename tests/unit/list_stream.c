/* kube_list: a reply decoded while it comes, split and cut anywhere, and replies that are no list. */
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <kube/meta/v1.h>

#include "faults.h"
#include "replay.h"
#include "test.h"

#define LIST                                                                                                              \
    "{\"kind\":\"ConfigMapList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"42\",\"continue\":\"next\"},"  \
    "\"items\":[{\"metadata\":{\"name\":\"a\",\"namespace\":\"here\",\"resourceVersion\":\"7\"},\"data\":{\"k\":\"v\"}}," \
    "{\"metadata\":{\"name\":\"b}]\\\"\",\"resourceVersion\":\"9\"}}]}\n"
#define EXPIRED                                                                                                        \
    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{\"continue\":\"later\"},\"status\":\"Failure\",\"message\":" \
    "\"The provided continue parameter is too old\",\"reason\":\"Expired\",\"code\":410}"

static kube_error_t err;

static bool is_the_list(const kube_core_v1_config_map_list_t *list)
{
    return list && list->items.len == 2 && list->metadata && strcmp(list->metadata->resource_version, "42") == 0 &&
           strcmp(list->items.items[0].metadata->name, "a") == 0 && strcmp(list->items.items[0].kind, "ConfigMap") == 0 &&
           strcmp(list->items.items[1].metadata->name, "b}]\"") == 0;
}

static int list(replay_t *replay, const kube_list_options_t *options, kube_core_v1_config_map_list_t **out)
{
    kube_client_t *client = replay_client(replay, NULL);
    if (!client)
        return KUBE_E_NO_MEMORY;
    int code = kube_list(client, &kube_core_v1_config_maps, NULL, options, out, &err);
    kube_client_free(client);
    CHECK_INT(replay->open, 0);
    return code;
}

static void test_request(void)
{
    static const reply_t replies[] = { REPLY(200, LIST) };
    replay_t replay = REPLAY(replies);
    kube_core_v1_config_map_list_t *found = NULL;
    kube_list_options_t options = { .label_selector = "a=b,c", .field_selector = "metadata.name!=x", .limit = 2, .continue_ = "tok/en",
                                    .resource_version = "5", .resource_version_match = "Exact", .timeout_seconds = 9 };
    CHECK_INT(list(&replay, &options, &found), KUBE_OK);
    CHECK(is_the_list(found));
    CHECK_STR(replay.targets[0], "/api/v1/namespaces/here/configmaps?continue=tok%2Fen&fieldSelector=metadata.name%21%3Dx&"
                                 "labelSelector=a%3Db%2Cc&limit=2&resourceVersion=5&resourceVersionMatch=Exact&timeoutSeconds=9");
    CHECK_STR(replay.accept, "application/json");
    kube_free(found);
}

static void test_split_everywhere(void)
{
    static const reply_t replies[] = { REPLY(200, LIST) };
    for (size_t at = 0; at <= strlen(LIST); at++) {
        replay_t replay = REPLAY(replies);
        kube_core_v1_config_map_list_t *found = NULL;
        replay.split_at = at;
        CHECK_INT(list(&replay, NULL, &found), KUBE_OK);
        CHECK(is_the_list(found));
        kube_free(found);
    }
    replay_t replay = REPLAY(replies);
    kube_core_v1_config_map_list_t *found = NULL;
    replay.piece = 1;
    CHECK_INT(list(&replay, NULL, &found), KUBE_OK);
    CHECK(is_the_list(found));
    kube_free(found);
}

/* A queue that is full makes the sender wait. */
static void test_paused(void)
{
    static const reply_t replies[] = { REPLY(200, LIST) };
    replay_t replay = REPLAY(replies);
    replay.piece = 3;
    kube_client_options_t options = { .queue_bytes = 4 };
    kube_client_t *client = replay_client(&replay, &options);
    kube_core_v1_config_map_list_t *found = NULL;
    CHECK_INT(kube_list(client, &kube_core_v1_config_maps, NULL, NULL, &found, &err), KUBE_OK);
    CHECK(is_the_list(found));
    kube_free(found);
    kube_client_free(client);
}

/* A connection that breaks anywhere in the list is made again: nothing has been handed over. */
static void test_cut_everywhere(void)
{
    static const reply_t replies[] = { REPLY(200, LIST), REPLY(200, LIST) };
    for (size_t at = 0; at < strlen(LIST); at += at < 8 || at > strlen(LIST) - 8 ? 1 : 19) {
        replay_t replay = REPLAY(replies);
        kube_core_v1_config_map_list_t *found = NULL;
        replay.cut_at = at;
        CHECK_INT(list(&replay, NULL, &found), KUBE_OK);
        CHECK_INT(replay.requests, 2);
        CHECK(is_the_list(found));
        kube_free(found);
    }
}

static void test_cut_without_retry(void)
{
    static const reply_t replies[] = { REPLY(200, LIST, .fails = KUBE_E_CONNECT) };
    kube_core_v1_config_map_list_t *found = NULL;
    kube_list_options_t options = { .call.max_retries = { true, 0 } };
    replay_t replay = REPLAY(replies);
    replay.cut_at = 100;
    CHECK_INT(list(&replay, &options, &found), KUBE_E_CONNECT);
    CHECK_INT(replay.requests, 1);
    CHECK(!found);
    kube_list_options_t twice = { .call.max_retries = { true, 2 } };
    replay = REPLAY(replies);
    CHECK_INT(list(&replay, &twice, &found), KUBE_E_CONNECT);
    CHECK_INT(replay.requests, 3);
    CHECK_INT(err.attempts, 3);
    CHECK(strstr(err.earlier, "the replay fails") != NULL);
    CHECK(!found);
}

static void test_refused(void)
{
    static const reply_t replies[] = { REPLY(410, EXPIRED) };
    replay_t replay = REPLAY(replies);
    kube_core_v1_config_map_list_t *found = NULL;
    kube_meta_v1_status_t *status = NULL;
    kube_list_options_t options = { .call.status = &status };
    CHECK_INT(list(&replay, &options, &found), KUBE_E_EXPIRED);
    CHECK(!found);
    CHECK_STR(err.reason, "Expired");
    CHECK_INT(err.http_status, 410);
    CHECK(status && status->metadata);
    CHECK_STR(status->metadata->continue_, "later");
    kube_free(status);
}

/* Replies with a good status that are no such list; in pieces, too. */
static void test_others(void)
{
    static const struct { const char *body; int code; const char *message; } cases[] = {
        { EXPIRED, KUBE_E_EXPIRED, "too old" },
        { "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[]}", KUBE_E_PARSE, "PodList" },
        { "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Success\"}", KUBE_E_PARSE, "Status" },
        { "<html>please log in</html>", KUBE_E_PARSE, "" },
        { "", KUBE_E_PARSE, "" },
        { "[1,2]", KUBE_E_PARSE, "" },
        { "{\"kind\":\"ConfigMapList\",\"apiVersion\":\"v1\",\"items\":[{\"metadata\":{\"name\":7}}]}", KUBE_E_PARSE, "" },
        { "{\"kind\":\"ConfigMapList\",\"apiVersion\":\"v1\",\"items\":[{}", KUBE_E_PARSE, "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t piece = 0; piece < 8; piece++) {
            reply_t reply = REPLY(200, cases[i].body);
            replay_t replay = replay_of(&reply, 1);
            kube_core_v1_config_map_list_t *found = NULL;
            replay.piece = piece;
            CHECK_INT(list(&replay, NULL, &found), cases[i].code);
            CHECK(strstr(err.message, cases[i].message) != NULL);
            CHECK_INT(err.http_status, i == 0 ? 410 : 200);
            CHECK_INT(replay.requests, 1);
            CHECK(!found);
        }
    }
}

static void test_limit(void)
{
    static const reply_t replies[] = { REPLY(200, LIST) };
    replay_t replay = REPLAY(replies);
    kube_client_options_t options = { .max_item_bytes = 40 };
    kube_client_t *client = replay_client(&replay, &options);
    kube_core_v1_config_map_list_t *found = NULL;
    CHECK_INT(kube_list(client, &kube_core_v1_config_maps, NULL, NULL, &found, &err), KUBE_E_LIMIT);
    CHECK(!found);
    kube_client_free(client);
}

static void test_deadline_and_cancel(void)
{
    static const reply_t replies[] = { REPLY(200, "{\"kind\":\"ConfigMapList\",", .stays = true) };
    replay_t replay = REPLAY(replies);
    kube_core_v1_config_map_list_t *found = NULL;
    kube_list_options_t options = { .call.timeout_ms = 20 };
    CHECK_INT(list(&replay, &options, &found), KUBE_E_TIMEOUT);
    kube_cancel_t *cancel = kube_cancel_new();
    kube_cancel_trip(cancel);
    kube_list_options_t canceled = { .call.cancel = cancel };
    CHECK_INT(list(&replay, &canceled, &found), KUBE_E_CANCELED);
    kube_cancel_free(cancel);
}

static void test_usage(void)
{
    static const reply_t replies[] = { REPLY(200, LIST) };
    replay_t replay = REPLAY(replies);
    kube_client_t *client = replay_client(&replay, NULL);
    void *found = &replay;
    CHECK_INT(kube_list(NULL, &kube_core_v1_config_maps, NULL, NULL, &found, &err), KUBE_E_USAGE);
    CHECK(!found);
    CHECK_INT(kube_list(client, NULL, NULL, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_list(client, &kube_core_v1_bindings, NULL, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(replay.requests, 0);
    CHECK_INT(kube_list(client, &kube_core_v1_config_maps, KUBE_ALL_NAMESPACES, NULL, NULL, &err), KUBE_OK);
    CHECK_STR(replay.targets[0], "/api/v1/configmaps");
    kube_client_free(client);
}

static bool list_with_faults(void)
{
    static const reply_t replies[] = { REPLY(200, LIST) };
    replay_t replay = REPLAY(replies);
    replay.piece = 50;
    kube_core_v1_config_map_list_t *found = NULL;
    int code = list(&replay, NULL, &found);
    bool ok = code == KUBE_OK ? is_the_list(found) : code == KUBE_E_NO_MEMORY && faults.hit && !found;
    kube_free(found);
    return ok;
}

static bool refusal_with_faults(void)
{
    static const reply_t replies[] = { REPLY(200, EXPIRED) };
    replay_t replay = REPLAY(replies);
    kube_core_v1_config_map_list_t *found = NULL;
    int code = list(&replay, NULL, &found);
    /* A Status that cannot be read for lack of memory leaves what else is known of the reply. */
    return !found && (code == KUBE_E_EXPIRED || (faults.hit && code < 0));
}

static void test_faults(void)
{
    CHECK(fault_loop(list_with_faults) > 10);
    CHECK(fault_loop(refusal_with_faults) > 10);
}

int main(void)
{
    RUN(test_request);
    RUN(test_split_everywhere);
    RUN(test_paused);
    RUN(test_cut_everywhere);
    RUN(test_cut_without_retry);
    RUN(test_refused);
    RUN(test_others);
    RUN(test_limit);
    RUN(test_deadline_and_cancel);
    RUN(test_usage);
    RUN(test_faults);
    return test_end();
}
