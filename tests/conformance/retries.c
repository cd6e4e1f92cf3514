/* What is tried again, and what becomes of writes whose reply was lost. */
#include <kube/policy/v1.h>
#include <time.h>

#include "cases.h"

/* A client whose next connection delivers the request and loses the reply. */
static kube_client_t *client_that_loses(test_t *t, faultproxy_t **proxy)
{
    *proxy = new_proxy(t);
    faultproxy_fault_t lose = { .kind = FAULTPROXY_RESET, .direction = FAULTPROXY_TO_CLIENT, .at = 1, .from_now = true };
    kube_client_t *client = new_client_through(t, *proxy, NULL);
    /* A connection is made first, so that with TLS too the reply begins where the count does. */
    if (!client || !CHECK_OK(t, kube_core_v1_namespace_get(client, t->ns, NULL, NULL, &t->err)))
        return NULL;
    return CHECK(t, faultproxy_set(*proxy, FAULTPROXY_OPEN, &lose) == 0) ? client : NULL;
}

static config_map_t *read_back(test_t *t, const char *name)
{
    config_map_t *out = NULL;
    CHECK_OK(t, kube_core_v1_config_map_get(t->client, NULL, name, NULL, &out, &t->err));
    keep(t, out);
    return out;
}

static void lost_get(test_t *t)
{
    faultproxy_t *proxy = NULL;
    config_map_t *out = NULL;
    REQUIRE(t, make_config_map(t, "web", "1"));
    kube_client_t *client = client_that_loses(t, &proxy);
    REQUIRE(t, client);
    REQUIRE_OK(t, kube_core_v1_config_map_get(client, NULL, "web", NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, value_of(out), "1");
}

static void lost_create(test_t *t)
{
    faultproxy_t *proxy = NULL;
    config_map_t *out = NULL;
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" }, .data = KUBE_MAP({ "k", "1" }) };
    kube_client_t *client = client_that_loses(t, &proxy);
    REQUIRE(t, client);
    REQUIRE_OK(t, kube_core_v1_config_map_create(client, NULL, &wanted, NULL, &out, &t->err));
    keep(t, out);
    config_map_t *held = read_back(t, "web");
    CHECK(t, held && kube_equal(&kube_core_v1_config_map_type, held, out));
}

/* Nobody can tell whether there are two objects now. */
static void lost_create_of_a_generated_name(test_t *t)
{
    faultproxy_t *proxy = NULL;
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .generate_name = "job-" } };
    kube_core_v1_config_map_list_t *list = NULL;
    kube_client_t *client = client_that_loses(t, &proxy);
    REQUIRE(t, client);
    CHECK_CODE(t, kube_core_v1_config_map_create(client, NULL, &wanted, NULL, NULL, &t->err), KUBE_E_AMBIGUOUS);
    pause_ms(QUIET_MS);
    REQUIRE_OK(t, kube_core_v1_config_map_list(t->client, NULL, &(kube_list_options_t){ .field_selector = OURS }, &list, &t->err));
    keep(t, list);
    CHECK(t, list->items.len <= 1);
}

/* The name is taken, but not by what was sent. */
static void lost_create_of_another(test_t *t)
{
    faultproxy_t *proxy = NULL;
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" }, .data = KUBE_MAP({ "k", "mine" }) };
    REQUIRE(t, make_config_map(t, "web", "theirs"));
    kube_client_t *client = client_that_loses(t, &proxy);
    REQUIRE(t, client);
    int code = kube_core_v1_config_map_create(client, NULL, &wanted, NULL, NULL, &t->err);
    CHECK(t, code == KUBE_E_AMBIGUOUS || code == KUBE_E_ALREADY_EXISTS);
    config_map_t *held = read_back(t, "web");
    CHECK_STR(t, value_of(held), "theirs");
}

static void lost_update(test_t *t)
{
    faultproxy_t *proxy = NULL;
    config_map_t *out = NULL;
    const config_map_t *made = make_config_map(t, "web", "1");
    kube_client_t *client = client_that_loses(t, &proxy);
    REQUIRE(t, made && client);
    config_map_t wanted = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "web", .resource_version = made->metadata->resource_version },
        .data = KUBE_MAP({ "k", "2" }),
    };
    REQUIRE_OK(t, kube_core_v1_config_map_update(client, NULL, &wanted, NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, value_of(out), "2");
}

static void lost_patch(test_t *t)
{
    faultproxy_t *proxy = NULL;
    REQUIRE(t, make_config_map(t, "web", "1"));
    kube_client_t *client = client_that_loses(t, &proxy);
    kube_patch_t patch = json_patch("[{\"op\":\"add\",\"path\":\"/data/new\",\"value\":\"1\"}]");
    REQUIRE(t, client);
    int code = kube_core_v1_config_map_patch(client, NULL, "web", &patch, NULL, NULL, &t->err);
    CHECK(t, code == KUBE_E_AMBIGUOUS || code == KUBE_OK);
}

static void lost_apply(test_t *t)
{
    faultproxy_t *proxy = NULL;
    config_map_t *out = NULL;
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" }, .data = KUBE_MAP({ "k", "1" }) };
    kube_client_t *client = client_that_loses(t, &proxy);
    REQUIRE(t, client);
    REQUIRE_OK(t, kube_core_v1_config_map_apply(client, NULL, &wanted, &(kube_apply_options_t){ .field_manager = "one" }, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, value_of(out), "1");
}

static void lost_delete(test_t *t)
{
    faultproxy_t *proxy = NULL;
    const config_map_t *made = make_config_map(t, "web", "1");
    kube_client_t *client = client_that_loses(t, &proxy);
    REQUIRE(t, made && client);
    kube_any_t reply = { 0 };
    REQUIRE_OK(t, kube_core_v1_config_map_delete(client, NULL, "web", &(kube_delete_options_t){ .precondition_uid = made->metadata->uid }, &reply, &t->err));
    keep(t, reply.object);
    CHECK(t, reply.object && reply.type == &kube_meta_v1_status_type);
    CHECK_CODE(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
}

/* A connection that the server closed while nobody used it is no failure of the next call, not even of a write. */
static void idle_connection_is_gone(test_t *t)
{
    faultproxy_t *proxy = new_proxy(t);
    kube_client_t *client = new_client_through(t, proxy, NULL);
    REQUIRE(t, client);
    for (int i = 0; i < 4; i++) {
        config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = text(t, "p-%d", i) } };
        REQUIRE_OK(t, kube_core_v1_config_map_create(client, NULL, &wanted, NULL, NULL, &t->err));
        faultproxy_drop(proxy, FAULTPROXY_OPEN, i % 2);
        pause_ms(20);
    }
}

static void refused_connection(test_t *t)
{
    faultproxy_t *proxy = new_proxy(t);
    kube_client_t *client = new_client_through(t, proxy, NULL);
    faultproxy_fault_t refuse = { .kind = FAULTPROXY_REFUSE };
    REQUIRE(t, client && make_config_map(t, "web", "1") && faultproxy_set(proxy, FAULTPROXY_NEXT, &refuse) == 0);
    int code = kube_core_v1_config_map_get(client, NULL, "web", NULL, NULL, &t->err);
    CHECK(t, code == KUBE_OK || (code == KUBE_E_CONNECT && t->err.attempts == 1)); /* reset before anything was sent: never made, so not lost */
}

static void no_retries_wanted(test_t *t)
{
    faultproxy_t *proxy = new_proxy(t);
    kube_client_t *client = new_client_through(t, proxy, NULL);
    faultproxy_fault_t refuse = { .kind = FAULTPROXY_REFUSE };
    kube_get_options_t once = { .call.max_retries = KUBE_SOME(0) };
    REQUIRE(t, client && faultproxy_set(proxy, FAULTPROXY_NEXT, &refuse) == 0);
    CHECK(t, kube_core_v1_namespace_get(client, t->ns, &once, NULL, &t->err) < 0);
    CHECK_INT(t, t->err.attempts, 1);
    CHECK_STR(t, t->err.earlier, "");
}

/* A second address takes over when the first one does not answer. */
static void another_server(test_t *t)
{
    faultproxy_t *dead = new_proxy(t), *alive = new_proxy(t);
    REQUIRE(t, dead && alive && faultproxy_listen(dead, false) == 0);
    const char *servers[] = { config_for_port(t, faultproxy_port(alive))->server, NULL };
    kube_client_t *client = new_client_through(t, dead, &(kube_client_options_t){ .servers = servers });
    REQUIRE(t, client);
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" } };
    CHECK_OK(t, kube_core_v1_config_map_create(client, NULL, &wanted, NULL, NULL, &t->err));
    CHECK_OK(t, kube_core_v1_config_map_get(client, NULL, "web", NULL, NULL, &t->err));
    REQUIRE(t, faultproxy_listen(dead, true) == 0 && faultproxy_listen(alive, false) == 0);
    faultproxy_drop(alive, FAULTPROXY_OPEN, true);
    CHECK_OK(t, kube_core_v1_config_map_get(client, NULL, "web", NULL, NULL, &t->err));
}

/* Of two addresses the first takes connections, and is never heard of again. */
static kube_client_t *client_of_a_mute_server(test_t *t, const kube_hooks_t *hooks)
{
    faultproxy_t *mute = new_proxy(t), *alive = new_proxy(t);
    faultproxy_fault_t stall = { .kind = FAULTPROXY_STALL };
    if (!mute || !alive || faultproxy_set(mute, FAULTPROXY_EVERY, &stall) != 0)
        return NULL;
    const char *servers[] = { config_for_port(t, faultproxy_port(alive))->server, NULL };
    return new_client_through(t, mute, &(kube_client_options_t){ .servers = servers, .hooks = hooks });
}

/* That a server is mute is known when the first call's time is over. */
static void mute_server(test_t *t)
{
    kube_client_t *client = client_of_a_mute_server(t, NULL);
    kube_get_options_t hurried = { .call.timeout_ms = 500 };
    REQUIRE(t, client && make_config_map(t, "web", "1"));
    CHECK_CODE(t, kube_core_v1_config_map_get(client, NULL, "web", &hurried, NULL, &t->err), KUBE_E_TIMEOUT);
    CHECK(t, strstr(t->err.message, "no reply has come from http"));
    CHECK_OK(t, kube_core_v1_config_map_get(client, NULL, "web", NULL, NULL, &t->err));
}

/* Of the first request. */
static void keep_code(void *userdata, const kube_request_info_t *info)
{
    int *code = userdata;
    if (*code == KUBE_OK)
        *code = info->code;
}

static void mute_server_of_a_watch(test_t *t)
{
    int code = KUBE_OK;
    kube_hooks_t hooks = { .userdata = &code, .request = keep_code };
    kube_client_t *client = client_of_a_mute_server(t, &hooks);
    kube_watch_options_t options = { .idle_timeout_ms = 2000 };
    config_map_watch_t *watch = NULL;
    config_map_event_t event;
    REQUIRE(t, client);
    REQUIRE_OK(t, kube_core_v1_config_map_watch(client, NULL, &options, &watch, &t->err));
    int waited = KUBE_E_TIMEOUT;
    for (int64_t end = now_ms() + EVENT_MS; waited == KUBE_E_TIMEOUT && code == KUBE_OK && now_ms() < end;)
        waited = kube_core_v1_config_map_watch_next_within(watch, 100, &event, &t->err);
    CHECK_CODE(t, code, KUBE_E_TIMEOUT);
    /* Unless it has come to the other address by now. */
    if (waited == KUBE_E_TIMEOUT) {
        CHECK_INT(t, t->err.attempts, 1);
        CHECK(t, strstr(t->err.earlier, "KUBE_E_TIMEOUT: there was no reply in "));
        waited = kube_core_v1_config_map_watch_next_within(watch, EVENT_MS, &event, &t->err);
    }
    CHECK_OK(t, waited);
    kube_core_v1_config_map_watch_free(watch);
}

static void rate_limit(test_t *t)
{
    kube_client_t *client = new_client(t, &(kube_client_options_t){ .qps = 20, .burst = 2 });
    REQUIRE(t, client);
    int64_t start = now_ms();
    for (int i = 0; i < 12; i++)
        REQUIRE_OK(t, kube_core_v1_namespace_get(client, t->ns, NULL, NULL, &t->err));
    CHECK(t, now_ms() - start >= 450); /* ten of them wait for 50 ms each */
}

/* ---- with the server's help ---- */

static void busy_with_seconds(test_t *t)
{
    kube_test_fault_t busy = { .verb = "get", .resource = "configmaps", .status = 429, .retry_after = "1", .count = 1 };
    REQUIRE(t, make_config_map(t, "web", "1") && set_fault(t, &busy));
    int64_t start = now_ms();
    REQUIRE_OK(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, NULL, &t->err));
    CHECK(t, now_ms() - start >= 900);
}

static void busy_until_a_date(test_t *t)
{
    char date[64];
    time_t then = time(NULL) + 3;
    struct tm parts;
    gmtime_r(&then, &parts);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    kube_test_fault_t busy = { .verb = "get", .resource = "configmaps", .status = 429, .retry_after = date, .count = 1 };
    REQUIRE(t, make_config_map(t, "web", "1") && set_fault(t, &busy));
    REQUIRE_OK(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, NULL, &t->err));
    CHECK(t, time(NULL) >= then - 1);
}

static void busy_create(test_t *t)
{
    kube_test_fault_t busy = { .verb = "create", .resource = "configmaps", .status = 429, .retry_after = "1", .count = 1 };
    REQUIRE(t, set_fault(t, &busy));
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .generate_name = "job-" } };
    CHECK_OK(t, kube_core_v1_config_map_create(t->client, NULL, &wanted, NULL, NULL, &t->err));
}

static void busy_for_good(test_t *t)
{
    kube_test_fault_t busy = { .verb = "get", .resource = "configmaps", .status = 429, .retry_after = "1", .message = "too much" };
    kube_get_options_t twice = { .call.max_retries = KUBE_SOME(1) };
    REQUIRE(t, set_fault(t, &busy));
    CHECK_CODE(t, kube_core_v1_config_map_get(t->client, NULL, "web", &twice, NULL, &t->err), KUBE_E_TOO_MANY_REQUESTS);
    CHECK_INT(t, t->err.attempts, 2);
    CHECK_INT(t, t->err.retry_after_ms, 1000);
    CHECK(t, *t->err.earlier != '\0');
    CHECK_STR(t, t->err.reason, "TooManyRequests");
}

static void broken_with_seconds(test_t *t)
{
    kube_test_fault_t broken = { .verb = "get", .resource = "configmaps", .status = 503, .retry_after = "1", .count = 1 };
    REQUIRE(t, make_config_map(t, "web", "1") && set_fault(t, &broken));
    CHECK_OK(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, NULL, &t->err));
}

/* Without Retry-After nobody said that trying again would help. */
static void broken_without_a_word(test_t *t)
{
    kube_test_fault_t broken = { .verb = "get", .resource = "configmaps", .status = 500, .count = 1 };
    REQUIRE(t, make_config_map(t, "web", "1") && set_fault(t, &broken));
    CHECK_CODE(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, NULL, &t->err), KUBE_E_SERVER);
    CHECK_INT(t, t->err.http_status, 500);
    CHECK_INT(t, t->err.attempts, 1);
}

static void evict_429(test_t *t)
{
    kube_test_fault_t budget = { .verb = "create", .resource = "pods", .status = 429, .retry_after = "10", .message = "Cannot evict pod" };
    kube_policy_v1_eviction_t eviction = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web", .namespace_ = t->ns } };
    REQUIRE(t, make_pod(t, "web", NULL) && set_fault(t, &budget));
    CHECK_CODE(t, kube_core_v1_pod_evict(t->client, NULL, "web", &eviction, NULL, NULL, &t->err), KUBE_E_TOO_MANY_REQUESTS);
    CHECK_INT(t, t->err.attempts, 1);
}

static void reply_lost_by_the_server(test_t *t)
{
    config_map_t *out = NULL;
    kube_test_fault_t lose = { .verb = "create", .resource = "configmaps", .close = KUBE_TEST_CLOSE_AFTER, .count = 1 };
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" }, .data = KUBE_MAP({ "k", "1" }) };
    REQUIRE(t, set_fault(t, &lose));
    REQUIRE_OK(t, kube_core_v1_config_map_create(t->client, NULL, &wanted, NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, value_of(out), "1");
}

static void request_lost_by_the_server(test_t *t)
{
    config_map_t *out = NULL;
    kube_test_fault_t lose = { .verb = "create", .resource = "configmaps", .close = KUBE_TEST_CLOSE_BEFORE, .count = 1 };
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" }, .data = KUBE_MAP({ "k", "1" }) };
    REQUIRE(t, set_fault(t, &lose));
    REQUIRE_OK(t, kube_core_v1_config_map_create(t->client, NULL, &wanted, NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, value_of(out), "1");
}

static void cut_reply(test_t *t)
{
    kube_test_fault_t cut = { .verb = "get", .resource = "configmaps", .cut_after = KUBE_SOME(20), .count = 1 };
    REQUIRE(t, make_config_map(t, "web", "1") && set_fault(t, &cut));
    CHECK_OK(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, NULL, &t->err));
}

static void not_http(test_t *t)
{
    static const char noise[] = "\x01\x02 this is not HTTP at all\r\n\r\n";
    kube_test_fault_t garble = { .verb = "get", .resource = "configmaps", .bytes = noise, .bytes_len = sizeof noise - 1 };
    kube_get_options_t once = { .call.max_retries = KUBE_SOME(0) };
    REQUIRE(t, set_fault(t, &garble));
    int code = kube_core_v1_config_map_get(t->client, NULL, "web", &once, NULL, &t->err);
    CHECK(t, code == KUBE_E_PARSE || code == KUBE_E_CONNECT);
}

static void not_json(test_t *t)
{
    static const char page[] = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<html></html>";
    kube_test_fault_t portal = { .verb = "get", .resource = "configmaps", .bytes = page, .bytes_len = sizeof page - 1 };
    REQUIRE(t, set_fault(t, &portal));
    CHECK_CODE(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, NULL, &t->err), KUBE_E_PARSE);
}

static void status_in_a_success(test_t *t)
{
    static const char body[] = "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":\"no\",\"reason\":\"Forbidden\",\"code\":403}";
    const char *reply = text(t, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s", sizeof body - 1, body);
    kube_test_fault_t odd = { .verb = "get", .resource = "configmaps", .bytes = reply, .bytes_len = strlen(reply) };
    REQUIRE(t, set_fault(t, &odd));
    CHECK_CODE(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, NULL, &t->err), KUBE_E_FORBIDDEN);
}

const test_case_t retries_cases[] = {
    { "retry/lost-get", lost_get },
    { "retry/lost-create", lost_create },
    { "retry/lost-create-of-a-generated-name", lost_create_of_a_generated_name },
    { "retry/lost-create-of-another-object", lost_create_of_another },
    { "retry/lost-update", lost_update },
    { "retry/lost-json-patch", lost_patch },
    { "retry/lost-apply", lost_apply },
    { "retry/lost-delete", lost_delete },
    { "retry/idle-connection-is-gone", idle_connection_is_gone },
    { "retry/refused-connection", refused_connection },
    { "retry/none-wanted", no_retries_wanted },
    { "retry/another-server", another_server },
    { "retry/mute-server", mute_server },
    { "retry/mute-server-of-a-watch", mute_server_of_a_watch },
    { "limit/requests-a-second", rate_limit },
    { "fault/429-with-retry-after", busy_with_seconds },
    { "fault/429-until-a-date", busy_until_a_date },
    { "fault/429-of-a-create", busy_create },
    { "fault/429-for-good", busy_for_good },
    { "fault/503-with-retry-after", broken_with_seconds },
    { "fault/500-without-a-word", broken_without_a_word },
    { "fault/evict-429", evict_429 },
    { "fault/reply-lost", reply_lost_by_the_server },
    { "fault/request-lost", request_lost_by_the_server },
    { "fault/cut-reply", cut_reply },
    { "fault/not-http", not_http },
    { "fault/not-json", not_json },
    { "fault/status-in-a-success", status_in_a_success },
    { 0 },
};
