/* What goes wrong on the way to the server, and what the server refuses. */
#include "cases.h"

static int get_with(test_t *t, const kube_config_t *config)
{
    kube_client_t *client = new_client_of(t, config, NULL);
    return client ? kube_core_v1_config_map_get(client, t->ns, "web", NULL, NULL, &t->err) : KUBE_E_USAGE;
}

static void unauthorized(test_t *t)
{
    kube_config_t config = { .server = t->server->config->server, .ca_pem = t->server->config->ca_pem, .ca_file = t->server->config->ca_file,
                             .token = "nobody-knows-this" };
    CHECK_CODE(t, get_with(t, &config), KUBE_E_UNAUTHORIZED);
    CHECK_INT(t, t->err.http_status, 401);
    CHECK_STR(t, t->err.reason, "Unauthorized");
    CHECK(t, strstr(t->err.message, "nobody-knows-this") == NULL);
}

static void forbidden(test_t *t)
{
    kube_config_t *config = NULL;
    REQUIRE_OK(t, kube_config_load(t->server->kubeconfig, &(kube_config_options_t){ .context = "nobody" }, &config, &t->err));
    int code = get_with(t, config);
    kube_config_free(config);
    CHECK_CODE(t, code, KUBE_E_FORBIDDEN);
    CHECK_INT(t, t->err.http_status, 403);
    CHECK(t, strstr(t->err.message, "cannot get resource \"configmaps\"") != NULL);
}

static void nobody_listens(test_t *t)
{
    faultproxy_t *proxy = new_proxy(t);
    REQUIRE(t, proxy && faultproxy_listen(proxy, false) == 0);
    kube_client_t *client = new_client_through(t, proxy, &(kube_client_options_t){ .max_retries = KUBE_SOME(0) });
    REQUIRE(t, client);
    CHECK_CODE(t, kube_core_v1_config_map_get(client, NULL, "web", NULL, NULL, &t->err), KUBE_E_CONNECT);
    CHECK_INT(t, t->err.http_status, 0);
    CHECK(t, *t->err.message != '\0');
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" } };
    CHECK_CODE(t, kube_core_v1_config_map_create(client, NULL, &wanted, NULL, NULL, &t->err), KUBE_E_CONNECT);
}

static void unknown_host(test_t *t)
{
    kube_config_t config = { .server = "http://no-such-host.invalid:1" };
    kube_client_t *client = new_client_of(t, &config, &(kube_client_options_t){ .max_retries = KUBE_SOME(0) });
    REQUIRE(t, client);
    CHECK_CODE(t, kube_core_v1_config_map_get(client, "a", "web", NULL, NULL, &t->err), KUBE_E_CONNECT);
}

static void wrong_ca(test_t *t)
{
    /* A CA of its own: another server's. */
    kube_test_server_t *other = NULL;
    kube_client_t *unused = NULL;
    other = new_server(t, NULL, &unused);
    REQUIRE(t, other);
    kube_config_t config = { .server = t->server->config->server, .ca_pem = kube_test_server_config(other)->ca_pem };
    CHECK_CODE(t, get_with(t, &config), KUBE_E_TLS);
    CHECK_INT(t, t->err.http_status, 0);
}

static void wrong_server_name(test_t *t)
{
    kube_config_t config = *t->server->config;
    config.tls_server_name = "elsewhere.example.com";
    CHECK_CODE(t, get_with(t, &config), KUBE_E_TLS);
}

static void not_tls(test_t *t)
{
    kube_config_t config = { .server = text(t, "http%s", strchr(t->server->config->server, ':')) };
    int code = get_with(t, &config);
    CHECK(t, code == KUBE_E_BAD_REQUEST || code == KUBE_E_CONNECT || code == KUBE_E_PARSE || code == KUBE_E_SERVER);
}

static void token_needs_tls(test_t *t)
{
    kube_config_t config = { .server = t->server->config->server, .token = "secret" };
    REQUIRE(t, make_config_map(t, "web", "1"));
    CHECK_OK(t, get_with(t, &config)); /* a plain server gets no credentials, and wants none */
}

static void audit_id(test_t *t)
{
    char first[64];
    CHECK_CODE(t, kube_core_v1_config_map_get(t->client, NULL, "nobody", NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
    CHECK(t, *t->err.audit_id != '\0');
    snprintf(first, sizeof first, "%s", t->err.audit_id);
    CHECK_CODE(t, kube_core_v1_config_map_get(t->client, NULL, "nobody", NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
    CHECK(t, strcmp(first, t->err.audit_id) != 0);
}

static void flow_schema(test_t *t)
{
    CHECK_CODE(t, kube_core_v1_config_map_get(t->client, NULL, "nobody", NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
    CHECK_INT(t, strlen(t->err.flow_schema), 36);
    CHECK_INT(t, strlen(t->err.priority_level), 36);
}

static void not_acceptable(test_t *t)
{
    kube_raw_request_t request = { .path = text(t, "/api/v1/namespaces/%s", t->ns), .accept = "text/html" };
    CHECK_CODE(t, kube_raw(t->client, &request, NULL, &t->err), KUBE_E_UNSUPPORTED_MEDIA);
    CHECK_INT(t, t->err.http_status, 406);
}

static void unsupported_media(test_t *t)
{
    kube_raw_request_t request = { .method = "POST", .path = text(t, "/api/v1/namespaces/%s/configmaps", t->ns), .content_type = "text/plain",
                                   .body = "hello", .body_len = 5 };
    CHECK_CODE(t, kube_raw(t->client, &request, NULL, &t->err), KUBE_E_UNSUPPORTED_MEDIA);
    CHECK_INT(t, t->err.http_status, 415);
}

static void method_not_allowed(test_t *t)
{
    kube_raw_request_t request = { .method = "PUT", .path = text(t, "/api/v1/namespaces/%s/configmaps", t->ns), .body = "{}", .body_len = 2 };
    CHECK_CODE(t, kube_raw(t->client, &request, NULL, &t->err), KUBE_E_METHOD_NOT_ALLOWED);
    CHECK_STR(t, t->err.reason, "MethodNotAllowed");
}

static void malformed_body(test_t *t)
{
    kube_raw_request_t request = { .method = "POST", .path = text(t, "/api/v1/namespaces/%s/configmaps", t->ns), .body = "{\"kind\":", .body_len = 8 };
    CHECK_CODE(t, kube_raw(t->client, &request, NULL, &t->err), KUBE_E_BAD_REQUEST);
}

static void wrong_kind(test_t *t)
{
    static const char body[] = "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\"}}";
    kube_raw_request_t request = { .method = "POST", .path = text(t, "/api/v1/namespaces/%s/configmaps", t->ns), .body = body, .body_len = sizeof body - 1 };
    CHECK_CODE(t, kube_raw(t->client, &request, NULL, &t->err), KUBE_E_BAD_REQUEST);
}

static void unserved_resource(test_t *t)
{
    static kube_resource_t unserved;
    unserved = kube_core_v1_config_maps;
    unserved.plural = "configmapz";
    kube_watch_t *watch = NULL;
    kube_event_t event = { 0 };
    CHECK_CODE(t, kube_get(t->client, &unserved, NULL, "a", NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
    CHECK_CODE(t, kube_list(t->client, &unserved, NULL, NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
    REQUIRE_OK(t, kube_watch(t->client, &unserved, NULL, NULL, &watch, &t->err));
    CHECK_CODE(t, kube_watch_next_within(watch, EVENT_MS, &event, &t->err), KUBE_E_NOT_FOUND);
    kube_watch_free(watch);
}

typedef struct seen_request {
    int requests;
    char line[512];
    kube_request_info_t last;
} seen_request_t;

static void take_request(void *userdata, const kube_request_info_t *info)
{
    seen_request_t *seen = userdata;
    seen->requests++;
    seen->last = *info;
    snprintf(seen->line, sizeof seen->line, "%s %s %s %s", info->method, info->path, info->group ? info->group : "(raw)",
             info->resource ? info->resource : "(raw)");
}

static void hooks_tell_of_requests(test_t *t)
{
    seen_request_t seen = { 0 };
    kube_hooks_t hooks = { .userdata = &seen, .request = take_request };
    kube_client_t *client = new_client(t, &(kube_client_options_t){ .hooks = &hooks });
    REQUIRE(t, client && make_config_map(t, "web", "1"));
    REQUIRE_OK(t, kube_core_v1_config_map_get(client, NULL, "web", NULL, NULL, &t->err));
    CHECK_INT(t, seen.requests, 1);
    CHECK_STR(t, seen.line, text(t, "GET /api/v1/namespaces/%s/configmaps/web  configmaps", t->ns));
    CHECK_INT(t, seen.last.http_status, 200);
    CHECK_INT(t, seen.last.attempt, 1);
    CHECK(t, seen.last.received_bytes > 100 && seen.last.total_us >= seen.last.first_byte_us && seen.last.first_byte_us > 0);
}

/* Servers take the name of a manager that is not given from the User-Agent. */
static void user_agent(test_t *t)
{
    config_map_t *out = NULL;
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" }, .data = KUBE_MAP({ "k", "1" }) };
    kube_client_t *client = new_client(t, &(kube_client_options_t){ .user_agent = "lighthouse/1.2 (linux)" });
    REQUIRE(t, client);
    REQUIRE_OK(t, kube_core_v1_config_map_create(client, NULL, &wanted, NULL, &out, &t->err));
    keep(t, out);
    REQUIRE(t, out->metadata->managed_fields.len == 1);
    CHECK_STR(t, out->metadata->managed_fields.items[0].manager, "lighthouse");
}

/* To some names servers send indented JSON, of twice the size. */
static void compact_replies(test_t *t)
{
    kube_buffer_t reply = { 0 };
    int code = kube_raw(t->client, &(kube_raw_request_t){ .path = text(t, "/api/v1/namespaces/%s", t->ns) }, &reply, &t->err);
    bool compact = reply.len > 0 && !memchr(reply.data, '\n', reply.len - 1);
    kube_buffer_dispose(&reply);
    CHECK_OK(t, code);
    CHECK(t, compact);
}

/* It means nothing to the reply, and does no harm. */
static void trace_context(test_t *t)
{
    kube_get_options_t options = { .call.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" };
    CHECK_OK(t, kube_core_v1_namespace_get(t->client, t->ns, &options, NULL, &t->err));
    options.call.traceparent = "00-4bf9\r\nX-More: 1";
    CHECK_CODE(t, kube_core_v1_namespace_get(t->client, t->ns, &options, NULL, &t->err), KUBE_E_USAGE);
}

const test_case_t errors_cases[] = {
    { "error/unauthorized", unauthorized },
    { "error/forbidden", forbidden },
    { "error/nobody-listens", nobody_listens },
    { "error/unknown-host", unknown_host },
    { "error/tls-unknown-authority", wrong_ca },
    { "error/tls-wrong-server-name", wrong_server_name },
    { "error/plain-http-to-a-tls-port", not_tls },
    { "error/token-only-over-tls", token_needs_tls },
    { "error/audit-id", audit_id },
    { "error/flow-schema", flow_schema },
    { "error/not-acceptable", not_acceptable },
    { "error/unsupported-media-type", unsupported_media },
    { "error/method-not-allowed", method_not_allowed },
    { "error/malformed-body", malformed_body },
    { "error/wrong-kind", wrong_kind },
    { "error/resource-not-served", unserved_resource },
    { "request/user-agent-names-the-manager", user_agent },
    { "request/replies-are-compact", compact_replies },
    { "request/trace-context", trace_context },
    { "hooks/tell-of-requests", hooks_tell_of_requests },
    { 0 },
};
