/* Get, and requests that no table describes. */
#include "cases.h"

static void typed_and_generic(test_t *t)
{
    config_map_t *typed = NULL;
    void *generic = NULL;
    const config_map_t *made = make_config_map(t, "web", "1");
    REQUIRE(t, made);
    REQUIRE_OK(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, &typed, &t->err));
    keep(t, typed);
    REQUIRE_OK(t, kube_get(t->client, &kube_core_v1_config_maps, t->ns, "web", NULL, &generic, &t->err));
    keep(t, generic);
    CHECK(t, kube_equal(&kube_core_v1_config_map_type, made, typed));
    CHECK(t, kube_equal(&kube_core_v1_config_map_type, typed, generic));
}

static void not_found(test_t *t)
{
    kube_meta_v1_status_t *status = NULL;
    config_map_t *out = (config_map_t *)t;
    kube_get_options_t options = { .call.status = &status };
    CHECK_CODE(t, kube_core_v1_config_map_get(t->client, NULL, "nobody", &options, &out, &t->err), KUBE_E_NOT_FOUND);
    keep(t, status);
    CHECK(t, out == NULL);
    CHECK_INT(t, t->err.http_status, 404);
    CHECK_STR(t, t->err.reason, "NotFound");
    CHECK_STR(t, t->err.message, "configmaps \"nobody\" not found");
    CHECK(t, status && status->details && status->details->name && strcmp(status->details->name, "nobody") == 0);
}

static void names_that_are_misuse(test_t *t)
{
    static const char *const names[] = { "", ".", "..", "a/b", "a%2fb" };
    for (size_t i = 0; i < COUNT(names); i++) {
        CHECK_CODE(t, kube_core_v1_config_map_get(t->client, NULL, names[i], NULL, NULL, &t->err), KUBE_E_USAGE);
        CHECK_CODE(t, kube_core_v1_config_map_delete(t->client, names[i], "a", NULL, NULL, &t->err), KUBE_E_USAGE);
        CHECK_INT(t, t->err.attempts, 0);
    }
    CHECK_CODE(t, kube_core_v1_config_map_get(t->client, NULL, NULL, NULL, NULL, &t->err), KUBE_E_USAGE);
    CHECK_CODE(t, kube_core_v1_config_map_get(t->client, KUBE_ALL_NAMESPACES, "a", NULL, NULL, &t->err), KUBE_E_USAGE);
    CHECK_CODE(t, kube_core_v1_config_map_get(NULL, NULL, "a", NULL, NULL, &t->err), KUBE_E_USAGE);
}

static void odd_names(test_t *t)
{
    static const char *const names[] = { "a.b-c.d", "system:a:b", "with space", "q?x=1&y", "caf\xc3\xa9" };
    for (size_t i = 0; i < COUNT(names); i++) {
        CHECK_CODE(t, kube_rbac_v1_role_get(t->client, NULL, names[i], NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
        CHECK_STR(t, t->err.message, text(t, "roles.rbac.authorization.k8s.io \"%s\" not found", names[i]));
    }
}

static void any_version_will_do(test_t *t)
{
    config_map_t *out = NULL;
    kube_get_options_t any = { .resource_version = "0" };
    REQUIRE(t, make_config_map(t, "web", "1"));
    int64_t end = now_ms() + EVENT_MS;
    int code = KUBE_E_NOT_FOUND;
    for (; code == KUBE_E_NOT_FOUND && now_ms() < end; pause_ms(20)) /* a cache may lag behind */
        code = kube_core_v1_config_map_get(t->client, NULL, "web", &any, &out, &t->err);
    keep(t, out);
    CHECK_OK(t, code);
}

static void at_least_version(test_t *t)
{
    config_map_t *out = NULL;
    const config_map_t *made = make_config_map(t, "web", "1");
    REQUIRE(t, made);
    kube_get_options_t not_older = { .resource_version = made->metadata->resource_version };
    REQUIRE_OK(t, kube_core_v1_config_map_get(t->client, NULL, "web", &not_older, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, value_of(out), "1");
}

static void outlives_its_client(test_t *t)
{
    kube_error_t err;
    kube_client_t *client = NULL;
    config_map_t *out = NULL;
    REQUIRE(t, make_config_map(t, "web", "1"));
    REQUIRE_OK(t, kube_client_new(t->server->config, NULL, &client, &t->err));
    int code = kube_core_v1_config_map_get(client, t->ns, "web", NULL, &out, &err);
    kube_client_free(client);
    keep(t, out);
    REQUIRE_OK(t, code);
    CHECK_STR(t, value_of(out), "1");
}

static void error_is_reset(test_t *t)
{
    CHECK_CODE(t, kube_core_v1_config_map_get(t->client, NULL, "nobody", NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
    REQUIRE(t, *t->err.message && *t->err.reason);
    REQUIRE_OK(t, kube_core_v1_namespace_get(t->client, t->ns, NULL, NULL, &t->err));
    CHECK(t, t->err.code == 0 && t->err.http_status == 0 && !*t->err.message && !*t->err.reason && !*t->err.path);
}

/* ---- raw ---- */

static void free_buffer(void *what)
{
    kube_buffer_dispose(what);
    free(what);
}

static kube_buffer_t *new_buffer(test_t *t)
{
    kube_buffer_t *buffer = calloc(1, sizeof *buffer);
    if (!buffer)
        abort();
    defer(t, free_buffer, buffer);
    return buffer;
}

static void raw_get(test_t *t)
{
    kube_buffer_t *reply = new_buffer(t);
    int status = 0;
    kube_buffer_puts(reply, "before ");
    kube_raw_request_t request = { .path = "/version?x=%2F", .http_status = &status };
    REQUIRE_OK(t, kube_raw(t->client, &request, reply, &t->err));
    CHECK_INT(t, status, 200);
    CHECK(t, strncmp(reply->data, "before {", 8) == 0);
    CHECK(t, strstr(reply->data, "\"gitVersion\"") != NULL);
}

static void raw_write(test_t *t)
{
    kube_buffer_t *reply = new_buffer(t);
    const char *body = text(t, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"raw\"},\"data\":{\"k\":\"1\"}}");
    kube_raw_request_t create = {
        .method = "POST", .path = text(t, "/api/v1/namespaces/%s/configmaps", t->ns), .body = body, .body_len = strlen(body),
    };
    config_map_t *made = NULL;
    REQUIRE_OK(t, kube_raw(t->client, &create, reply, &t->err));
    REQUIRE_OK(t, kube_json_decode(&kube_core_v1_config_map_type, reply->data, reply->len, NULL, &made, &t->err));
    keep(t, made);
    CHECK_STR(t, value_of(made), "1");
    kube_raw_request_t delete = { .method = "DELETE", .path = text(t, "%s/raw", create.path) };
    CHECK_OK(t, kube_raw(t->client, &delete, NULL, &t->err));
    CHECK_CODE(t, kube_core_v1_config_map_get(t->client, NULL, "raw", NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
}

static void raw_failure(test_t *t)
{
    kube_buffer_t *reply = new_buffer(t);
    int status = 0;
    kube_raw_request_t request = { .path = "/no/such/path", .http_status = &status };
    CHECK_CODE(t, kube_raw(t->client, &request, reply, &t->err), KUBE_E_NOT_FOUND);
    CHECK_INT(t, status, 404);
    CHECK_INT(t, reply->len, 0);
    request.any_status = true;
    CHECK_OK(t, kube_raw(t->client, &request, reply, &t->err));
    CHECK_INT(t, status, 404);
    CHECK(t, reply->len > 0);
}

static void raw_misuse(test_t *t)
{
    kube_raw_request_t relative = { .path = "version" }, none = { 0 };
    CHECK_CODE(t, kube_raw(t->client, &relative, NULL, &t->err), KUBE_E_USAGE);
    CHECK_CODE(t, kube_raw(t->client, &none, NULL, &t->err), KUBE_E_USAGE);
    CHECK_CODE(t, kube_raw(t->client, NULL, NULL, &t->err), KUBE_E_USAGE);
}

/* ---- the server itself ---- */

static void version(test_t *t)
{
    kube_version_info_t version = { 0 };
    REQUIRE_OK(t, kube_server_version(t->client, NULL, &version, &t->err));
    CHECK_INT(t, version.major, 1);
    CHECK(t, version.minor >= 30 && version.minor < 100);
    CHECK(t, strncmp(version.git_version, "v1.", 3) == 0);
    CHECK(t, *version.platform && *version.go_version);
}

/* A server that has not heard of its store for two seconds says that it is not well, until it does. */
static bool is_well(test_t *t, const char *check, kube_buffer_t *report)
{
    int code = kube_server_health(t->client, check, NULL, report, &t->err);
    for (int64_t end = now_ms() + EVENT_MS; code < 0 && now_ms() < end; code = kube_server_health(t->client, check, NULL, report, &t->err)) {
        pause_ms(200);
        if (report)
            kube_buffer_clear(report);
    }
    return CHECK_OK(t, code);
}

static void health(test_t *t)
{
    kube_buffer_t *report = new_buffer(t);
    REQUIRE(t, is_well(t, NULL, report));
    CHECK(t, report->len > 0);
    is_well(t, "livez", NULL);
    CHECK_OK(t, kube_server_health(t->client, "readyz/ping", NULL, NULL, &t->err));
    CHECK(t, kube_server_health(t->client, "readyz/no-such-check", NULL, NULL, &t->err) < 0);
}

const test_case_t verbs_get_cases[] = {
    { "get/typed-and-generic-agree", typed_and_generic },
    { "get/not-found", not_found },
    { "get/names-that-are-misuse", names_that_are_misuse },
    { "get/odd-names-are-encoded", odd_names },
    { "get/any-version-will-do", any_version_will_do },
    { "get/not-older-than-a-version", at_least_version },
    { "get/object-outlives-its-client", outlives_its_client },
    { "get/success-resets-the-error", error_is_reset },
    { "raw/get", raw_get },
    { "raw/create-and-delete", raw_write },
    { "raw/failure-and-any-status", raw_failure },
    { "raw/misuse", raw_misuse },
    { "server/version", version },
    { "server/health", health },
    { 0 },
};
