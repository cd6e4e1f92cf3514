/* What each verb sends: method, path, query, headers and body. */
#include <kube/apps/v1.h>
#include <kube/autoscaling/v1.h>
#include <kube/core/v1.h>
#include <kube/object.h>
#include <kube/op.h>
#include <kube/policy/v1.h>
#include <kube/rbac/v1.h>
#include <math.h>

#include "scripted.h"
#include "test.h"

static scripted_t script;
static kube_client_t *client;
static kube_error_t err;

#define SERVER "https://api.test:6443/prefix"
#define POD "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"p\",\"namespace\":\"n\"}}"
#define SCALE "{\"kind\":\"Scale\",\"apiVersion\":\"autoscaling/v1\",\"metadata\":{\"name\":\"d\"},\"spec\":{\"replicas\":3}}"
#define STATUS "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Success\"}"

static kube_core_v1_pod_t pod = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "p", .namespace_ = "n" } };
#define POD_BODY "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"namespace\":\"n\"}}"

static bool has_line(const char *line)
{
    const char *found = strstr(script.head, line);
    return found && (found == script.head || found[-1] == '\n');
}

static void test_get(void)
{
    kube_core_v1_pod_t *out = NULL;
    script_answer(&script, 200, POD);
    CHECK_INT(kube_core_v1_pod_get(client, NULL, "p", NULL, &out, &err), KUBE_OK);
    CHECK_STR(script.line, "GET " SERVER "/api/v1/namespaces/home/pods/p");
    CHECK_STR(script.body, "");
    CHECK(has_line("Accept: application/json\n"));
    CHECK(has_line("User-Agent: unit-test/1\n"));
    CHECK(has_line("Authorization: Bearer canary\n"));
    CHECK(!strstr(script.head, "Content-Type"));
    CHECK_STR(out->metadata->name, "p");
    kube_free(out);
    kube_get_options_t options = { .resource_version = "0" };
    CHECK_INT(kube_core_v1_pod_get(client, "n", "p", &options, NULL, &err), KUBE_OK);
    CHECK_STR(script.line, "GET " SERVER "/api/v1/namespaces/n/pods/p?resourceVersion=0");
}

static void test_cluster_scope_and_groups(void)
{
    script_answer(&script, 404, "");
    CHECK_INT(kube_core_v1_namespace_get(client, "n", NULL, NULL, &err), KUBE_E_NOT_FOUND);
    CHECK_STR(script.line, "GET " SERVER "/api/v1/namespaces/n");
    kube_rbac_v1_cluster_role_get(client, "system:node", NULL, NULL, &err);
    CHECK_STR(script.line, "GET " SERVER "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:node");
    kube_rbac_v1_cluster_role_get(client, "a b?c#\xC3\xA9", NULL, NULL, &err);
    CHECK_STR(script.line, "GET " SERVER "/apis/rbac.authorization.k8s.io/v1/clusterroles/a%20b%3Fc%23%C3%A9");
    kube_apps_v1_deployment_get(client, "n", "d", NULL, NULL, &err);
    CHECK_STR(script.line, "GET " SERVER "/apis/apps/v1/namespaces/n/deployments/d");
}

static void test_list(void)
{
    kube_core_v1_pod_list_t *out = NULL;
    script_answer(&script, 200, "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[{\"metadata\":{\"name\":\"a\"}}]}");
    CHECK_INT(kube_core_v1_pod_list(client, KUBE_ALL_NAMESPACES, NULL, &out, &err), KUBE_OK);
    CHECK_STR(script.line, "GET " SERVER "/api/v1/pods");
    CHECK_INT(out->items.len, 1);
    CHECK_STR(out->items.items[0].kind, "Pod");
    kube_free(out);
    kube_list_options_t options = { .label_selector = "a in (x,y),!b", .field_selector = "spec.nodeName=n/1&", .limit = 500, .continue_ = "tok+en=",
                                    .resource_version = "10", .resource_version_match = "Exact", .timeout_seconds = 30 };
    CHECK_INT(kube_core_v1_pod_list(client, NULL, &options, NULL, &err), KUBE_OK);
    CHECK_STR(script.line, "GET " SERVER "/api/v1/namespaces/home/pods?continue=tok%2Ben%3D&fieldSelector=spec.nodeName%3Dn%2F1%26"
                           "&labelSelector=a%20in%20%28x%2Cy%29%2C%21b&limit=500&resourceVersion=10&resourceVersionMatch=Exact&timeoutSeconds=30");
}

static void test_create_and_update(void)
{
    kube_core_v1_pod_t *out = NULL;
    script_answer(&script, 201, POD);
    CHECK_INT(kube_core_v1_pod_create(client, NULL, &pod, NULL, &out, &err), KUBE_OK);
    CHECK_STR(script.line, "POST " SERVER "/api/v1/namespaces/n/pods");
    CHECK_STR(script.body, POD_BODY);
    CHECK(has_line("Content-Type: application/json\n"));
    kube_free(out);
    kube_create_options_t options = { .dry_run = true, .field_manager = "me & you", .field_validation = "Strict" };
    CHECK_INT(kube_core_v1_pod_create(client, "n", &pod, &options, NULL, &err), KUBE_OK);
    CHECK_STR(script.line, "POST " SERVER "/api/v1/namespaces/n/pods?dryRun=All&fieldManager=me%20%26%20you&fieldValidation=Strict");
    CHECK_INT(kube_core_v1_pod_update(client, NULL, &pod, &options, NULL, &err), KUBE_OK);
    CHECK_STR(script.line, "PUT " SERVER "/api/v1/namespaces/n/pods/p?dryRun=All&fieldManager=me%20%26%20you&fieldValidation=Strict");
    CHECK_STR(script.body, POD_BODY);
    CHECK_INT(kube_core_v1_pod_update_status(client, NULL, &pod, NULL, NULL, &err), KUBE_OK);
    CHECK_STR(script.line, "PUT " SERVER "/api/v1/namespaces/n/pods/p/status");
    CHECK_STR(script.body, POD_BODY);
    kube_core_v1_pod_t unplaced = { .metadata = &(kube_meta_v1_object_meta_t){ .generate_name = "p-" } };
    CHECK_INT(kube_core_v1_pod_create(client, NULL, &unplaced, NULL, NULL, &err), KUBE_OK);
    CHECK_STR(script.line, "POST " SERVER "/api/v1/namespaces/home/pods");
}

static void test_create_with_a_reply_of_its_own(void)
{
    kube_core_v1_binding_t binding = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "p" },
                                       .target = &(kube_core_v1_object_reference_t){ .kind = "Node", .name = "a" } };
    kube_meta_v1_status_t *status = NULL;
    script_answer(&script, 201, STATUS);
    CHECK_INT(kube_core_v1_binding_create(client, "n", &binding, NULL, &status, &err), KUBE_OK);
    CHECK_STR(script.line, "POST " SERVER "/api/v1/namespaces/n/bindings");
    CHECK_STR(status->status, "Success");
    kube_free(status);
}

static void test_patch(void)
{
    static const struct { kube_patch_type_t type; const char *media; } types[] = {
        { KUBE_PATCH_TYPE_JSON, "Content-Type: application/json-patch+json\n" },
        { KUBE_PATCH_TYPE_MERGE, "Content-Type: application/merge-patch+json\n" },
        { KUBE_PATCH_TYPE_STRATEGIC, "Content-Type: application/strategic-merge-patch+json\n" },
    };
    kube_patch_options_t options = { .dry_run = true, .field_manager = "me" };
    for (size_t i = 0; i < 3; i++) {
        kube_patch_t patch = { .type = types[i].type, .text = "{\"spec\":{}}ignored", .len = 11 };
        script_answer(&script, 200, POD);
        CHECK_INT(kube_core_v1_pod_patch(client, "n", "p", &patch, &options, NULL, &err), KUBE_OK);
        CHECK_STR(script.line, "PATCH " SERVER "/api/v1/namespaces/n/pods/p?dryRun=All&fieldManager=me");
        CHECK_STR(script.body, "{\"spec\":{}}");
        CHECK(has_line(types[i].media));
        CHECK_INT(kube_core_v1_pod_patch_status(client, "n", "p", &patch, NULL, NULL, &err), KUBE_OK);
        CHECK_STR(script.line, "PATCH " SERVER "/api/v1/namespaces/n/pods/p/status");
        CHECK(has_line(types[i].media));
    }
}

static void test_apply(void)
{
    script_answer(&script, 200, POD);
    kube_apply_options_t options = { .field_manager = "me", .force = true, .dry_run = true, .field_validation = "Strict" };
    CHECK_INT(kube_core_v1_pod_apply(client, NULL, &pod, &options, NULL, &err), KUBE_OK);
    CHECK_STR(script.line, "PATCH " SERVER "/api/v1/namespaces/n/pods/p?dryRun=All&fieldManager=me&fieldValidation=Strict&force=true");
    CHECK_STR(script.body, POD_BODY);
    CHECK(has_line("Content-Type: application/apply-patch+yaml\n"));
    CHECK_INT(kube_core_v1_pod_apply_status(client, NULL, &pod, &(kube_apply_options_t){ .field_manager = "me" }, NULL, &err), KUBE_OK);
    CHECK_STR(script.line, "PATCH " SERVER "/api/v1/namespaces/n/pods/p/status?fieldManager=me");
}

static void test_delete(void)
{
    kube_any_t out;
    script_answer(&script, 200, STATUS);
    CHECK_INT(kube_core_v1_pod_delete(client, "n", "p", NULL, &out, &err), KUBE_OK);
    CHECK_STR(script.line, "DELETE " SERVER "/api/v1/namespaces/n/pods/p");
    CHECK_STR(script.body, "{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\"}");
    CHECK(out.type == &kube_meta_v1_status_type && out.object);
    kube_free(out.object);
    script_answer(&script, 200, POD);
    kube_delete_options_t options = { .dry_run = true, .grace_period_seconds = KUBE_SOME(0), .propagation_policy = "Foreground",
                                      .precondition_uid = "u", .precondition_resource_version = "7" };
    CHECK_INT(kube_core_v1_pod_delete(client, "n", "p", &options, &out, &err), KUBE_OK);
    CHECK_STR(script.line, "DELETE " SERVER "/api/v1/namespaces/n/pods/p");
    CHECK_STR(script.body, "{\"apiVersion\":\"v1\",\"dryRun\":[\"All\"],\"gracePeriodSeconds\":0,\"kind\":\"DeleteOptions\","
                           "\"preconditions\":{\"resourceVersion\":\"7\",\"uid\":\"u\"},\"propagationPolicy\":\"Foreground\"}");
    CHECK(out.type == &kube_core_v1_pod_type && out.object);
    kube_free(out.object);
    script_answer(&script, 200, "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[]}");
    kube_list_options_t list = { .label_selector = "app=web", .limit = 2 };
    CHECK_INT(kube_core_v1_pod_delete_collection(client, NULL, &options, &list, &out, &err), KUBE_OK);
    CHECK_STR(script.line, "DELETE " SERVER "/api/v1/namespaces/home/pods?labelSelector=app%3Dweb&limit=2");
    CHECK(strstr(script.body, "\"propagationPolicy\":\"Foreground\""));
    CHECK(out.type == &kube_core_v1_pod_list_type && out.object);
    kube_free(out.object);
    CHECK_INT(kube_core_v1_pod_delete_collection(client, NULL, NULL, NULL, NULL, &err), KUBE_OK);
    script_answer(&script, 200, "{\"kind\":\"Secret\",\"apiVersion\":\"v1\"}");
    CHECK_INT(kube_core_v1_pod_delete(client, "n", "p", NULL, &out, &err), KUBE_E_PARSE);
    CHECK(!out.type && !out.object);
}

static void test_subresources(void)
{
    kube_autoscaling_v1_scale_t *scale = NULL;
    script_answer(&script, 200, SCALE);
    CHECK_INT(kube_apps_v1_deployment_get_scale(client, "n", "d", NULL, &scale, &err), KUBE_OK);
    CHECK_STR(script.line, "GET " SERVER "/apis/apps/v1/namespaces/n/deployments/d/scale");
    CHECK_INT(scale->spec->replicas.value, 3);
    CHECK_INT(kube_apps_v1_deployment_update_scale(client, "n", "d", scale, NULL, NULL, &err), KUBE_OK);
    CHECK_STR(script.line, "PUT " SERVER "/apis/apps/v1/namespaces/n/deployments/d/scale");
    CHECK_STR(script.body, "{\"apiVersion\":\"autoscaling/v1\",\"kind\":\"Scale\",\"metadata\":{\"name\":\"d\"},\"spec\":{\"replicas\":3}}");
    CHECK_INT(kube_apps_v1_deployment_apply_scale(client, "n", "d", scale, &(kube_apply_options_t){ .field_manager = "me" }, NULL, &err),
              KUBE_OK);
    CHECK_STR(script.line, "PATCH " SERVER "/apis/apps/v1/namespaces/n/deployments/d/scale?fieldManager=me");
    kube_free(scale);

    script_answer(&script, 201, STATUS);
    kube_meta_v1_status_t *status = NULL;
    kube_policy_v1_eviction_t eviction = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "p" } };
    CHECK_INT(kube_core_v1_pod_evict(client, "n", "p", &eviction, NULL, &status, &err), KUBE_OK);
    CHECK_STR(script.line, "POST " SERVER "/api/v1/namespaces/n/pods/p/eviction");
    CHECK_STR(script.body, "{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\"p\"}}");
    CHECK_STR(status->status, "Success");
    kube_free(status);
}

static void test_log_and_raw(void)
{
    kube_buffer_t text = { 0 };
    script_answer(&script, 200, "line one\nline two\n");
    kube_log_options_t options = { .container = "c", .previous = true, .timestamps = true, .since_seconds = KUBE_SOME(60),
                                   .tail_lines = KUBE_SOME(0), .limit_bytes = KUBE_SOME(1024) };
    CHECK_INT(kube_core_v1_pod_get_log(client, "n", "p", &options, &text, &err), KUBE_OK);
    CHECK_STR(script.line, "GET " SERVER "/api/v1/namespaces/n/pods/p/log?container=c&limitBytes=1024&previous=true&sinceSeconds=60"
                           "&tailLines=0&timestamps=true");
    CHECK_STR(text.data, "line one\nline two\n");
    CHECK_INT(kube_core_v1_pod_get_log(client, "n", "p", NULL, &text, &err), KUBE_OK);
    CHECK_STR(script.line, "GET " SERVER "/api/v1/namespaces/n/pods/p/log");
    CHECK_STR(text.data, "line one\nline two\nline one\nline two\n");
    kube_log_options_t narrow = { .since_time = { .has = true, .seconds = 1767366245, .nanoseconds = 5 }, .stream = "Stderr",
                                  .insecure_skip_tls_verify_backend = true, .limit_bytes = KUBE_SOME(1), .timestamps = true };
    kube_buffer_clear(&text);
    CHECK_INT(kube_core_v1_pod_get_log(client, "n", "p", &narrow, &text, &err), KUBE_OK);
    CHECK_STR(script.line, "GET " SERVER "/api/v1/namespaces/n/pods/p/log?insecureSkipTLSVerifyBackend=true&limitBytes=1"
                           "&sinceTime=2026-01-02T15%3A04%3A05Z&stream=Stderr&timestamps=true");
    kube_buffer_puts(&text, "line one\nline two\n");
    script_answer(&script, 500, "gone wrong");
    CHECK_INT(kube_core_v1_pod_get_log(client, "n", "p", NULL, &text, &err), KUBE_E_SERVER);
    CHECK_INT(text.len, 36);
    kube_buffer_clear(&text);

    script_answer(&script, 200, "{\"major\":\"1\"}");
    CHECK_INT(kube_raw(client, &(kube_raw_request_t){ .path = "/version?x=1" }, &text, &err), KUBE_OK);
    CHECK_STR(script.line, "GET " SERVER "/version?x=1");
    CHECK(has_line("Accept: application/json, */*\n"));
    CHECK_STR(text.data, "{\"major\":\"1\"}");
    kube_raw_request_t post = { .method = "POST", .path = "/apis/x", .content_type = "application/cbor", .accept = "a/b", .body = "xyz", .body_len = 2 };
    CHECK_INT(kube_raw(client, &post, NULL, &err), KUBE_OK);
    CHECK_STR(script.line, "POST " SERVER "/apis/x");
    CHECK_STR(script.body, "xy");
    CHECK(has_line("Accept: a/b\n") && has_line("Content-Type: application/cbor\n"));
    CHECK_INT(kube_raw(client, &(kube_raw_request_t){ .path = "version" }, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_raw(client, &(kube_raw_request_t){ 0 }, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_raw(client, NULL, NULL, &err), KUBE_E_USAGE);
    kube_buffer_dispose(&text);
}

/* What would end the first line of a request, and begin another one. */
static void test_raw_is_one_request(void)
{
    static const char *const methods[] = { "", "GET ", "GET /a HTTP/1.1\r\nHost: evil\r\n\r\nDELETE", "G\tT", "G\x7FT", "G\xC3\x89T", "G(T", "G:T" };
    static const char *const paths[] = { "/a b", "/a\r\nb", "/a\tb", "/a\x7F", "/a HTTP/1.1\r\nHost: evil\r\n\r\nDELETE /b" };
    script_answer(&script, 200, "{}");
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        CHECK_INT(kube_raw(client, &(kube_raw_request_t){ .method = methods[i], .path = "/a" }, NULL, &err), KUBE_E_USAGE);
    CHECK(strstr(err.message, "method"));
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        CHECK_INT(kube_raw(client, &(kube_raw_request_t){ .path = paths[i] }, NULL, &err), KUBE_E_USAGE);
    CHECK(strstr(err.message, "path"));
    CHECK_INT(script.calls, 0);
    CHECK_INT(kube_raw(client, &(kube_raw_request_t){ .method = "M-SEARCH!", .path = "/a" }, NULL, &err), KUBE_OK);
    CHECK_STR(script.line, "M-SEARCH! " SERVER "/a");
}

/* The type of an empty body is said when the caller says it. */
static void test_raw_without_a_body(void)
{
    static const char *const methods[] = { "POST", "PUT", "PATCH" };
    script_answer(&script, 200, "{}");
    for (size_t i = 0; i < 3; i++) {
        CHECK_INT(kube_raw(client, &(kube_raw_request_t){ .method = methods[i], .path = "/a", .content_type = "text/plain" }, NULL, &err), KUBE_OK);
        CHECK(has_line("Content-Type: text/plain\n"));
        CHECK_INT(kube_raw(client, &(kube_raw_request_t){ .method = methods[i], .path = "/a" }, NULL, &err), KUBE_OK);
        CHECK(!strstr(script.head, "Content-Type"));
    }
    CHECK_INT(kube_raw(client, &(kube_raw_request_t){ .path = "/a", .content_type = "text/plain" }, NULL, &err), KUBE_OK);
    CHECK(!strstr(script.head, "Content-Type"));
    kube_spec_t spec = { .action = KUBE_ACTION_RAW, .options = &(kube_raw_request_t){ .method = "POST", .path = "/a", .content_type = "a/b" } };
    kube_op_t *op = NULL;
    CHECK_INT(kube_start(client, &spec, NULL, NULL, &op, &err), KUBE_OK);
    CHECK_INT(kube_op_wait(op, -1, &err), KUBE_OK);
    CHECK(has_line("Content-Type: a/b\n"));
    kube_op_free(op);
}

static void test_numbers(void)
{
    kube_call_t call = { .max_retries = KUBE_SOME(-1) };
    script_answer(&script, 200, POD);
    CHECK_INT(kube_core_v1_pod_get(client, "n", "p", &(kube_get_options_t){ .call = call }, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_core_v1_pod_list(client, "n", &(kube_list_options_t){ .limit = -1 }, NULL, &err), KUBE_E_USAGE);
    CHECK(strstr(err.message, "limit"));
    CHECK_INT(kube_core_v1_pod_list(client, "n", &(kube_list_options_t){ .timeout_seconds = -1 }, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_core_v1_pod_delete_collection(client, "n", NULL, &(kube_list_options_t){ .limit = -1 }, NULL, &err), KUBE_E_USAGE);
    kube_log_options_t logs[] = {
        { .since_seconds = KUBE_SOME(-1) }, { .tail_lines = KUBE_SOME(-1) }, { .limit_bytes = KUBE_SOME(-1) },
        { .since_seconds = KUBE_SOME(1), .since_time = { .has = true } },
    };
    for (size_t i = 0; i < 4; i++)
        CHECK_INT(kube_core_v1_pod_get_log(client, "n", "p", &logs[i], &(kube_buffer_t){ 0 }, &err), KUBE_E_USAGE);
    CHECK_INT(script.calls, 0);
}

static void test_client_options(void)
{
    kube_config_t config = { .server = SERVER };
    kube_client_options_t options[] = {
        { .user_agent = "a\r\nb" }, { .user_agent = "a\tb" }, { .user_agent = "a\x7F" }, { .qps = -1 }, { .qps = NAN }, { .qps = 1, .burst = -1 },
        { .max_retries = KUBE_SOME(-1) }, { .timeout_ms = -1 },
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        kube_client_t *none = client;
        CHECK_INT(kube_client_new(&config, &options[i], &none, &err), KUBE_E_USAGE);
        CHECK(!none && *err.message);
    }
    kube_client_t *fast = NULL;
    CHECK_INT(kube_client_new(&config, &(kube_client_options_t){ .user_agent = "r\xC3\xA9", .qps = INFINITY }, &fast, &err), KUBE_OK);
    kube_client_free(fast);
}

static void test_timeouts(void)
{
    script_answer(&script, 200, POD);
    kube_core_v1_pod_get(client, "n", "p", NULL, NULL, &err);
}

/* Calls that are refused without a request. */
static void test_misuse(void)
{
    static const char *const names[] = { NULL, "", ".", "..", "a/b", "a%2Fb" };
    script_answer(&script, 200, POD);
    kube_core_v1_pod_t *out = &pod;
    for (size_t i = 0; i < 6; i++) {
        CHECK_INT(kube_core_v1_pod_get(client, "n", names[i], NULL, &out, &err), KUBE_E_USAGE);
        CHECK(!out && err.code == KUBE_E_USAGE);
        CHECK_INT(kube_core_v1_pod_delete(client, "n", names[i], NULL, NULL, &err), KUBE_E_USAGE);
        if (i >= 2)
            CHECK_INT(kube_core_v1_pod_list(client, names[i], NULL, NULL, &err), KUBE_E_USAGE);
    }
    CHECK_INT(kube_core_v1_pod_get(NULL, "n", "p", NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_core_v1_pod_get(client, KUBE_ALL_NAMESPACES, "p", NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_core_v1_pod_delete_collection(client, KUBE_ALL_NAMESPACES, NULL, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_core_v1_pod_create(client, "other", &pod, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_core_v1_pod_update(client, "other", &pod, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_core_v1_pod_create(client, NULL, NULL, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_core_v1_pod_update(client, NULL, NULL, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_core_v1_pod_update(client, NULL, &(kube_core_v1_pod_t){ 0 }, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_core_v1_pod_patch(client, "n", "p", NULL, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_core_v1_pod_patch(client, "n", "p", &(kube_patch_t){ 0, "{}", 2 }, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_core_v1_pod_apply(client, "n", &pod, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_core_v1_pod_apply(client, "n", &pod, &(kube_apply_options_t){ .field_manager = "" }, NULL, &err), KUBE_E_USAGE);
    kube_meta_v1_managed_fields_entry_t entry = { .manager = "x" };
    kube_core_v1_pod_t managed = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "p", .managed_fields = { &entry, 1 } } };
    CHECK_INT(kube_core_v1_pod_apply(client, "n", &managed, &(kube_apply_options_t){ .field_manager = "me" }, NULL, &err), KUBE_E_USAGE);
    CHECK(strstr(err.message, "managedFields"));
    CHECK_INT(kube_get_log(client, &kube_core_v1_pods, "n", "p", NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_get(client, NULL, "n", "p", NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_get_subresource(client, &kube_core_v1_pods, "n", "p", NULL, &kube_core_v1_pod_type, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_get_subresource(client, &kube_core_v1_pods, "n", "p", "a/b", &kube_core_v1_pod_type, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_get_subresource(client, &kube_core_v1_pods, "n", "p", "status", NULL, NULL, NULL, &err), KUBE_E_USAGE);
    kube_resource_t other = kube_core_v1_pods;
    other.abi = KUBE_TABLE_ABI + 1;
    CHECK_INT(kube_get(client, &other, "n", "p", NULL, NULL, &err), KUBE_E_USAGE);
    CHECK(strstr(err.message, "generate"));
    other = kube_core_v1_pods;
    other.list_type = NULL;
    CHECK_INT(kube_list(client, &other, "n", NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(script.calls, 0);
    CHECK_INT(kube_core_v1_pod_get(client, "n", "p", NULL, NULL, NULL), KUBE_OK);
}

/* A token is not sent over plain HTTP. */
static void test_plain_http_has_no_token(void)
{
    kube_client_t *plain = NULL;
    kube_config_t config = { .server = "http://127.0.0.1:8080/", .token = "canary" };
    kube_client_options_t options = { .transport = &script.base };
    script_answer(&script, 200, POD);
    CHECK_INT(kube_client_new(&config, &options, &plain, &err), KUBE_OK);
    CHECK_STR(kube_client_namespace(plain), "default");
    CHECK_INT(kube_core_v1_pod_get(plain, NULL, "p", NULL, NULL, &err), KUBE_OK);
    CHECK_STR(script.line, "GET http://127.0.0.1:8080/api/v1/namespaces/default/pods/p");
    CHECK(!strstr(script.head, "Authorization"));
    CHECK(has_line("User-Agent: libkube/" KUBE_VERSION "\n"));
    kube_client_free(plain);
}

int main(void)
{
    kube_config_t config = { .server = SERVER, .ns = "home", .token = " canary\n" };
    kube_client_options_t options = { .transport = &script.base, .user_agent = "unit-test/1", .timeout_ms = 5000 };
    script_answer(&script, 200, POD);
    if (kube_client_new(&config, &options, &client, &err) != KUBE_OK)
        return 1;
    RUN(test_get);
    RUN(test_cluster_scope_and_groups);
    RUN(test_list);
    RUN(test_create_and_update);
    RUN(test_create_with_a_reply_of_its_own);
    RUN(test_patch);
    RUN(test_apply);
    RUN(test_delete);
    RUN(test_subresources);
    RUN(test_log_and_raw);
    RUN(test_raw_is_one_request);
    RUN(test_raw_without_a_body);
    RUN(test_numbers);
    RUN(test_client_options);
    RUN(test_timeouts);
    RUN(test_misuse);
    RUN(test_plain_http_has_no_token);
    kube_client_free(client);
    return test_end();
}
