/* Writing again after conflicts, against a server on which somebody else writes as well. */
#include <kube/apps/v1.h>
#include <kube/autoscaling/v1.h>
#include <kube/conflict.h>
#include <kube/core/v1.h>
#include <kube/json.h>
#include <kube/object.h>
#include <time.h>

#include "faults.h"
#include "moved_clock.h"
#include "played.h"
#include "test.h"

static played_t server;
static kube_client_t *client;
static kube_error_t err;

/* The one object of the server, and what somebody else does between a read and a write. */
static struct {
    bool exists;
    int version;
    int theirs, ours;
    int others_write, others_create, others_delete; /* so many times more */
} state;

static void reply_object(played_call_t *call, int status)
{
    if (strstr(call->target, "/scale"))
        played_replyf(call, status, "{\"kind\":\"Scale\",\"apiVersion\":\"autoscaling/v1\",\"metadata\":{\"name\":\"c\","
                                    "\"namespace\":\"n\","
                      "\"resourceVersion\":\"%d\"},\"spec\":{\"replicas\":%d}}", state.version, state.ours);
    else
        played_replyf(call, status, "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"c\","
                                    "\"namespace\":\"n\",\"resourceVersion\":\"%d\"},"
                      "\"data\":{\"theirs\":\"%d\",\"ours\":\"%d\"},\"later\":{\"x\":1}}", state.version, state.theirs,
                          state.ours);
}

static int number_after(const char *text, const char *key)
{
    const char *at = strstr(text, key);
    return at ? atoi(at + strlen(key)) : -1;
}

static void take_body(const char *body)
{
    int theirs = number_after(body, "\"theirs\":\""), ours = number_after(body, "\"ours\":\"");
    int replicas = number_after(body, "\"replicas\":");
    state.theirs = theirs >= 0 ? theirs : state.theirs;
    state.ours = ours >= 0 ? ours : replicas >= 0 ? replicas : state.ours;
    state.version++;
    state.exists = true;
}

static void others(void)
{
    if (state.exists && state.others_write > 0 && state.others_write--) {
        state.theirs++;
        state.version++;
    }
    if (!state.exists && state.others_create > 0 && state.others_create--) {
        state.exists = true;
        state.version++;
    } else if (state.exists && state.others_delete > 0 && state.others_delete--) {
        state.exists = false;
    }
}

static void answer(played_call_t *call)
{
    bool get = strcmp(call->method, "GET") == 0, post = strcmp(call->method, "POST") == 0;
    if (get && state.exists)
        reply_object(call, 200);
    else if (!post && !state.exists)
        played_refuse(call, 404, "NotFound");
    else if (post && state.exists)
        played_refuse(call, 409, "AlreadyExists");
    else if (!post && number_after(call->body, "\"resourceVersion\":\"") != state.version)
        played_refuse(call, 409, "Conflict");
    else {
        take_body(call->body);
        reply_object(call, post ? 201 : 200);
    }
    if (get)
        others();
}

static void begin(bool exists)
{
    played_forget(&server);
    pthread_mutex_lock(&server.lock);
    memset(&state, 0, sizeof state);
    state.exists = exists;
    state.version = 1;
    pthread_mutex_unlock(&server.lock);
}

/* After this the server's thread is done with what it does behind its reply. */
static int settled(int code)
{
    pthread_mutex_lock(&server.lock);
    pthread_mutex_unlock(&server.lock);
    return code;
}

static void expect_log(const char *expected)
{
    pthread_mutex_lock(&server.lock);
    CHECK_STR(server.log, expected);
    pthread_mutex_unlock(&server.lock);
}

#define AT "/api/v1/namespaces/n/configmaps"
#define GET "GET " AT "/c\n"
#define PUT "PUT " AT "/c\n"
#define POST "POST " AT "\n"

static int count_up(void *object, void *userdata)
{
    const char *ours = kube_map_find(object, &kube_core_v1_config_map_type, "data", "ours");
    ours = ours ? *(const char *const *)ours : "0";
    char text[16];
    snprintf(text, sizeof text, "%d", atoi(ours) + 1);
    if (userdata)
        ++*(int *)userdata;
    return kube_map_set(object, object, &kube_core_v1_config_map_type, "data", "ours", text);
}

static void nobody_loses_a_write(void)
{
    kube_core_v1_config_map_t *out;
    kube_modified_t modified;
    int calls = 0;
    begin(true);
    state.others_write = 2;
    CHECK_INT(settled(kube_modify(client, &kube_core_v1_config_maps, "n", "c", count_up, &calls,
                                  &(kube_modify_options_t){ .modified = &modified }, &out, &err)), KUBE_OK);
    CHECK_INT(calls, 3);
    CHECK_INT(modified, KUBE_MODIFIED_UPDATED);
    CHECK_INT(state.theirs, 2);
    CHECK_INT(state.ours, 1);
    CHECK_INT(err.code, 0);
    expect_log(GET PUT GET PUT GET PUT);
    CHECK(out && out->data.len == 2);
    CHECK_STR(out->metadata->resource_version, "4");
    kube_free(out);
    CHECK_INT(settled(kube_modify(client, &kube_core_v1_config_maps, NULL, "c", count_up, NULL, NULL, NULL, NULL)), KUBE_OK);
    CHECK_INT(state.ours, 2);
}

static int leave(void *object, void *userdata)
{
    (void)userdata;
    kube_core_v1_config_map_t *map = object;
    map->data.items[1].value = "0";
    return 0;
}

static void the_same_is_not_sent(void)
{
    kube_core_v1_config_map_t *out;
    kube_modified_t modified = KUBE_MODIFIED_CREATED;
    begin(true);
    CHECK_INT(settled(kube_modify(client, &kube_core_v1_config_maps, "n", "c", leave, NULL,
                                  &(kube_modify_options_t){ .modified = &modified }, &out, &err)), KUBE_OK);
    CHECK_INT(modified, KUBE_MODIFIED_NOTHING);
    expect_log(GET);
    CHECK(out);
    CHECK_STR(out->metadata->resource_version, "1");
    kube_free(out);
}

static void not_there(void)
{
    kube_core_v1_config_map_t *out = (void *)&state;
    kube_meta_v1_status_t *status = NULL;
    begin(false);
    CHECK_INT(settled(kube_modify(client, &kube_core_v1_config_maps, "n", "c", count_up, NULL,
                                  &(kube_modify_options_t){ .call.status = &status }, &out, &err)),
              KUBE_E_NOT_FOUND);
    CHECK(!out && status);
    CHECK_STR(status->reason, "NotFound");
    kube_free(status);
    CHECK_INT(err.http_status, 404);
    expect_log(GET);
}

static int fill_new(void *object, void *userdata)
{
    kube_core_v1_config_map_t *map = object;
    const kube_meta_v1_object_meta_t *metadata = map->metadata;
    *(bool *)userdata = !metadata->resource_version && strcmp(metadata->name, "c") == 0 && strcmp(metadata->namespace_, "n") == 0;
    return count_up(object, NULL);
}

static void created(void)
{
    kube_core_v1_config_map_t *out;
    kube_modified_t modified;
    kube_meta_v1_status_t *status = NULL;
    bool was_new = false;
    begin(false);
    kube_modify_options_t options = { .modified = &modified, .call.status = &status, .dry_run = true, .field_manager = "me" };
    CHECK_INT(settled(kube_create_or_modify(client, &kube_core_v1_config_maps, NULL, "c", fill_new, &was_new, &options, &out,
                                            &err)), KUBE_OK);
    CHECK(was_new && out && !status);
    CHECK_INT(modified, KUBE_MODIFIED_CREATED);
    CHECK_INT(state.ours, 1);
    expect_log(GET "POST " AT "?dryRun=All&fieldManager=me\n");
    kube_free(out);
    played_forget(&server);
    CHECK_INT(settled(kube_create_or_modify(client, &kube_core_v1_config_maps, NULL, "c", count_up, NULL, &options, NULL,
                                            &err)), KUBE_OK);
    CHECK_INT(modified, KUBE_MODIFIED_UPDATED);
    expect_log(GET "PUT " AT "/c?dryRun=All&fieldManager=me\n");
}

static void others_create_and_delete(void)
{
    begin(false);
    state.others_create = 1;
    CHECK_INT(settled(kube_create_or_modify(client, &kube_core_v1_config_maps, "n", "c", count_up, NULL, NULL, NULL, &err)),
              KUBE_OK);
    CHECK_INT(state.ours, 1);
    expect_log(GET POST GET PUT);
    begin(true);
    state.others_delete = 1;
    CHECK_INT(settled(kube_create_or_modify(client, &kube_core_v1_config_maps, "n", "c", count_up, NULL, NULL, NULL, &err)),
              KUBE_OK);
    expect_log(GET PUT GET POST);
    begin(true);
    state.others_delete = 1;
    CHECK_INT(settled(kube_modify(client, &kube_core_v1_config_maps, "n", "c", count_up, NULL, NULL, NULL, &err)),
              KUBE_E_NOT_FOUND);
    expect_log(GET PUT);
    begin(false);
    state.others_create = state.others_delete = 100;
    kube_modify_options_t options = { .retry = { .steps = 2, .base_ms = -1 } };
    CHECK_INT(settled(kube_create_or_modify(client, &kube_core_v1_config_maps, "n", "c", count_up, NULL, &options, NULL, &err)),
              KUBE_E_CONFLICT);
    CHECK_INT(err.code, KUBE_E_CONFLICT);
}

static void no_tries_left(void)
{
    kube_meta_v1_status_t *status = NULL;
    begin(true);
    state.others_write = 100;
    CHECK_INT(settled(kube_modify(client, &kube_core_v1_config_maps, "n", "c", count_up, NULL,
                                  &(kube_modify_options_t){ .call.status = &status }, NULL, &err)),
              KUBE_E_CONFLICT);
    CHECK_INT(state.theirs, 5);
    CHECK_INT(state.ours, 0);
    CHECK_STR(err.reason, "Conflict");
    CHECK(status && status->code.value == 409);
    kube_free(status);
}

static int give_up(void *object, void *userdata)
{
    count_up(object, NULL);
    return *(int *)userdata;
}

static int rename_it(void *object, void *userdata)
{
    kube_core_v1_config_map_t *map = object;
    const char **names[] = { &map->metadata->name, &map->metadata->namespace_, &map->metadata->resource_version };
    *names[*(int *)userdata] = *(int *)userdata == 2 ? NULL : "other";
    return 0;
}

static void what_change_may_not(void)
{
    static const int codes[] = { 7, KUBE_E_INVALID };
    begin(true);
    for (int i = 0; i < 2; i++) {
        int code = codes[i];
        CHECK_INT(settled(kube_modify(client, &kube_core_v1_config_maps, "n", "c", give_up, &code, NULL, NULL, &err)), codes[i]);
        CHECK_INT(err.code, code < 0 ? code : 0);
    }
    for (int which = 0; which < 3; which++)
        CHECK_INT(settled(kube_modify(client, &kube_core_v1_config_maps, "n", "c", rename_it, &which, NULL, NULL, &err)),
                  KUBE_E_USAGE);
    expect_log(GET GET GET GET GET);
    kube_modify_options_t options = { .subresource = "status", .create_if_missing = true };
    CHECK_INT(settled(kube_modify(client, &kube_core_v1_config_maps, "n", "c", count_up, NULL, &options, NULL, &err)),
              KUBE_E_USAGE);
    CHECK_INT(settled(kube_modify(client, &kube_core_v1_config_maps, "n", "c", NULL, NULL, NULL, NULL, &err)), KUBE_E_USAGE);
    CHECK_INT(settled(kube_modify(client, &kube_core_v1_config_maps, "n", NULL, count_up, NULL, NULL, NULL, &err)), KUBE_E_USAGE);
    CHECK_INT(settled(kube_modify(client, NULL, "n", "c", count_up, NULL, NULL, NULL, &err)), KUBE_E_USAGE);
    options = (kube_modify_options_t){ .subresource = "a/b" };
    CHECK_INT(settled(kube_modify(client, &kube_core_v1_config_maps, "n", "c", leave, NULL, &options, NULL, &err)), KUBE_E_USAGE);
    CHECK_INT(settled(kube_modify(client, &kube_core_v1_config_maps, "n", "a/b", leave, NULL, NULL, NULL, &err)), KUBE_E_USAGE);
    CHECK_INT(settled(kube_modify(NULL, &kube_core_v1_config_maps, "n", "c", count_up, NULL, NULL, NULL, NULL)), KUBE_E_USAGE);
}

static int scale_up(void *object, void *userdata)
{
    (void)userdata;
    kube_autoscaling_v1_scale_t *scale = object;
    scale->spec->replicas.value++;
    return 0;
}

static void subresources(void)
{
    kube_autoscaling_v1_scale_t *scale;
    begin(true);
    state.others_write = 1;
    kube_modify_options_t options = { .subresource = "status" };
    CHECK_INT(settled(kube_modify(client, &kube_core_v1_config_maps, "n", "c", count_up, NULL, &options, NULL, &err)), KUBE_OK);
    expect_log(GET "PUT " AT "/c/status\n" GET "PUT " AT "/c/status\n");
    options = (kube_modify_options_t){ .subresource = "scale", .subresource_type = &kube_autoscaling_v1_scale_type };
    played_forget(&server);
    state.others_write = 1;
    CHECK_INT(settled(kube_modify(client, &kube_core_v1_config_maps, "n", "c", scale_up, NULL, &options, &scale, &err)), KUBE_OK);
    expect_log("GET " AT "/c/scale\nPUT " AT "/c/scale\nGET " AT "/c/scale\nPUT " AT "/c/scale\n");
    CHECK_INT(scale->spec->replicas.value, 2);
    kube_free(scale);
}

static int trip(void *object, void *userdata)
{
    kube_cancel_trip(userdata);
    return count_up(object, NULL);
}

static void canceled(void)
{
    kube_cancel_t *cancel = kube_cancel_new();
    kube_meta_v1_status_t *status = NULL;
    begin(true);
    state.others_write = 100;
    kube_modify_options_t options = { .retry.cancel = cancel, .call.status = &status };
    CHECK_INT(settled(kube_modify(client, &kube_core_v1_config_maps, "n", "c", trip, cancel, &options, NULL, &err)),
              KUBE_E_CANCELED);
    CHECK(!status);
    CHECK_STR(err.earlier, "it is Conflict");
    kube_cancel_free(cancel);
    expect_log(GET PUT);
}

/* The time is over in the third wait, and in no request: those have minutes. */
static void late(void)
{
    begin(true);
    state.others_write = 100;
    kube_modify_options_t options = { .retry = { .steps = 100, .base_ms = MINUTES_MS(40), .jitter = { true, 0 } },
                                      .call.timeout_ms = MINUTES_MS(100) };
    moved_clock.skips_sleeps = true;
    CHECK_INT(settled(kube_modify(client, &kube_core_v1_config_maps, "n", "c", count_up, NULL, &options, NULL, &err)),
              KUBE_E_TIMEOUT);
    moved_clock.skips_sleeps = false;
    CHECK_INT(err.code, KUBE_E_TIMEOUT);
    CHECK_STR(err.earlier, "it is Conflict");
    expect_log(GET PUT GET PUT GET PUT);
}

typedef struct tries {
    int count;
    int result;
    int good_from;
} tries_t;

static int try_it(kube_error_t *error, void *userdata)
{
    tries_t *tries = userdata;
    CHECK(error != NULL);
    return ++tries->count >= tries->good_from ? KUBE_OK : tries->result;
}

static void any_function(void)
{
    tries_t tries = { .result = KUBE_E_CONFLICT, .good_from = 100 };
    CHECK_INT(kube_retry_on_conflict(NULL, try_it, &tries, &err), KUBE_E_CONFLICT);
    CHECK_INT(err.code, KUBE_E_CONFLICT);
    CHECK_INT(tries.count, 5);
    tries = (tries_t){ .result = KUBE_E_CONFLICT, .good_from = 3 };
    CHECK_INT(kube_retry_on_conflict(NULL, try_it, &tries, NULL), KUBE_OK);
    CHECK_INT(tries.count, 3);
    tries = (tries_t){ .result = KUBE_E_INVALID, .good_from = 3 };
    CHECK_INT(kube_retry_on_conflict(NULL, try_it, &tries, &err), KUBE_E_INVALID);
    CHECK_INT(tries.count, 1);
    tries = (tries_t){ .result = KUBE_E_CONFLICT, .good_from = 100 };
    CHECK_INT(kube_retry_on_conflict(&(kube_retry_t){ .steps = 1 }, try_it, &tries, &err), KUBE_E_CONFLICT);
    CHECK_INT(tries.count, 1);
    CHECK_INT(kube_retry_on_conflict(NULL, NULL, NULL, &err), KUBE_E_USAGE);
}

static void waits_grow(void)
{
    const kube_retry_t retry = KUBE_RETRY_BACKOFF;
    tries_t tries = { .result = KUBE_E_CONFLICT, .good_from = 100 };
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    CHECK_INT(kube_retry_on_conflict(&retry, try_it, &tries, &err), KUBE_E_CONFLICT);
    clock_gettime(CLOCK_MONOTONIC, &to);
    CHECK_INT(tries.count, 4);
    CHECK((to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000 >= 305);
}

static bool modify_with_faults(void)
{
    kube_core_v1_config_map_t *out = (void *)&state;
    kube_meta_v1_status_t *status = NULL;
    begin(false);
    state.others_create = state.others_write = 1;
    kube_modify_options_t options = { .call.status = &status, .retry.base_ms = -1 };
    int code = settled(kube_create_or_modify(client, &kube_core_v1_config_maps, "n", "c", count_up, NULL, &options, &out, &err));
    /* A Status that does not fit into memory is not told, and the code says the same. */
    bool met = (code == KUBE_OK || (faults.hit && code == KUBE_E_NO_MEMORY)) && (out != NULL) == (code == KUBE_OK);
    if (!met)
        printf("%s: %s\n", kube_code_name(code), err.message);
    kube_free(out);
    kube_free(status);
    return met;
}

static kube_client_t *make_client(void)
{
    kube_client_t *made = NULL;
    kube_config_t config = { .server = server.url, .ns = "n" };
    CHECK_INT(kube_client_new(&config, NULL, &made, &err), KUBE_OK);
    return made;
}

static bool with_a_client_of_its_own(void)
{
    kube_config_t config = { .server = server.url, .ns = "n" };
    long left = faults.left;
    faults.left = -1;
    kube_client_new(&config, NULL, &client, &err);
    faults.left = left;
    bool met = modify_with_faults();
    kube_client_free(client);
    return met;
}

static void no_memory(void)
{
    kube_client_t *shared = client;
    CHECK(fault_loop(with_a_client_of_its_own) > 20);
    client = shared;
}

static const char conflicts_json[] =
    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"Conflict\",\"code\":409,"
    "\"message\":\"Apply failed with 6 conflicts\","
    "\"details\":{\"causes\":["
    "{\"reason\":\"FieldManagerConflict\",\"message\":\"conflict with \\\"kubectl\\\" using apps/v1\","
    "\"field\":\".spec.replicas\"},"
    "{\"reason\":\"FieldManagerConflict\",\"message\":\"conflict with \\\"kubelet\\\" with subresource \\\"status\\\" using v1 "
    "at 2026-01-02T15:04:05Z\","
    "\"field\":\".status.conditions[type=\\\"Ready\\\"].status\"},"
    "{\"reason\":\"SomethingElse\",\"message\":\"conflict with \\\"x\\\"\",\"field\":\".a\"},"
    "{\"reason\":\"FieldManagerConflict\",\"message\":\"conflict with \\\"argo \\\\\\\"cd\\\\\\\" \\\\\\\\ using\\\"\","
    "\"field\":\".b\"},"
    "{\"reason\":\"FieldManagerConflict\",\"message\":\"conflict with \\\"hpa\\\" with subresource \\\"scale\\\"\","
    "\"field\":\".c\"},"
    "{\"reason\":\"FieldManagerConflict\",\"message\":\"other words\"},"
    "{\"reason\":\"FieldManagerConflict\",\"message\":\"conflict with \\\"open\"},"
    "{}]}}";

static void expect_conflict(const kube_conflict_t *conflict, const char *field, const char *manager, const char *subresource,
                            const char *api_version)
{
    CHECK_STR(conflict->field, field);
    CHECK_STR(conflict->manager, manager);
    CHECK_STR(conflict->subresource, subresource);
    CHECK_STR(conflict->api_version, api_version);
}

static void of_apply(void)
{
    kube_meta_v1_status_t *status = NULL;
    kube_conflict_t conflicts[8];
    memset(conflicts, 0x55, sizeof conflicts);
    CHECK_INT(kube_json_decode(&kube_meta_v1_status_type, conflicts_json, sizeof conflicts_json - 1, NULL, &status, &err),
              KUBE_OK);
    CHECK_INT(kube_status_conflicts(status, NULL, 0), 6);
    CHECK_INT(kube_status_conflicts(status, conflicts, 1), 6);
    CHECK_INT((unsigned char)conflicts[1].manager[0], 0x55);
    CHECK_INT(kube_status_conflicts(status, conflicts, 8), 6);
    expect_conflict(&conflicts[0], ".spec.replicas", "kubectl", "", "apps/v1");
    CHECK(!conflicts[0].time.has);
    CHECK_STR(conflicts[0].message, "conflict with \"kubectl\" using apps/v1");
    expect_conflict(&conflicts[1], ".status.conditions[type=\"Ready\"].status", "kubelet", "status", "v1");
    CHECK(conflicts[1].time.has);
    CHECK_INT(conflicts[1].time.seconds, 1767366245);
    expect_conflict(&conflicts[2], ".b", "argo \"cd\" \\ using", "", "");
    expect_conflict(&conflicts[3], ".c", "hpa", "scale", "");
    expect_conflict(&conflicts[4], "", "", "", "");
    expect_conflict(&conflicts[5], "", "", "", "");
    CHECK_STR(conflicts[4].message, "other words");
    kube_free(status);
    CHECK_INT(kube_status_conflicts(NULL, conflicts, 8), 0);
    CHECK_INT(kube_status_conflicts(&(kube_meta_v1_status_t){ .reason = "Conflict" }, conflicts, 8), 0);
}

int main(void)
{
    played_start(&server, answer);
    client = make_client();
    RUN(nobody_loses_a_write);
    RUN(the_same_is_not_sent);
    RUN(not_there);
    RUN(created);
    RUN(others_create_and_delete);
    RUN(no_tries_left);
    RUN(what_change_may_not);
    RUN(subresources);
    RUN(canceled);
    RUN(late);
    RUN(any_function);
    RUN(waits_grow);
    RUN(no_memory);
    RUN(of_apply);
    kube_client_free(client);
    played_stop(&server);
    return test_end();
}
