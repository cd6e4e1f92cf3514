/* Waiting until an object is as one wants it. */
#include <kube/batch/v1.h>
#include <pthread.h>

#include "cases.h"

#define CONFIG_MAPS &kube_core_v1_config_maps

#define IN_TIME (&(const kube_wait_options_t){ .call.timeout_ms = CALL_MS })
static const kube_wait_options_t not_for_long = { .call.timeout_ms = 700 };

/* Waits for what does not come; then the message says why. A wait that was over before it saw the object is made again, and longer. */
static bool waits_in_vain(test_t *t, const char *name, kube_wait_fn *fn, void *userdata, const char *why)
{
    for (int64_t ms = not_for_long.call.timeout_ms; ms <= CALL_MS; ms *= 4) {
        kube_wait_options_t options = { .call.timeout_ms = ms };
        config_map_t *out = (config_map_t *)t;
        if (!CHECK_CODE(t, kube_wait(t->client, CONFIG_MAPS, NULL, name, fn, userdata, &options, &out, &t->err), KUBE_E_TIMEOUT) ||
            !CHECK(t, out == NULL))
            return false;
        if (strstr(t->err.message, why))
            return true;
    }
    return CHECK_STR(t, t->err.message, why);
}

/* Something that happens a little later, in a thread of its own. */
typedef struct later {
    pthread_t thread;
    test_t *t;
    void (*act)(test_t *t);
} later_t;

static void *act_later(void *userdata)
{
    later_t *later = userdata;
    pause_ms(300);
    later->act(later->t);
    return NULL;
}

static void join(void *what)
{
    later_t *later = what;
    pthread_join(later->thread, NULL);
    free(later);
}

static void do_later(test_t *t, void (*act)(test_t *t))
{
    later_t *later = malloc(sizeof *later);
    if (!later)
        abort();
    *later = (later_t){ .t = t, .act = act };
    if (pthread_create(&later->thread, NULL, act_later, later) != 0)
        abort();
    defer(t, join, later);
}

/* These run beside the case, so they leave its error alone. */
static void create_web(test_t *t)
{
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" }, .data = KUBE_MAP({ "k", "1" }) };
    kube_core_v1_config_map_create(t->client, NULL, &wanted, NULL, NULL, NULL);
}

static void delete_web(test_t *t)
{
    kube_core_v1_config_map_delete(t->client, NULL, "web", NULL, NULL, NULL);
}

static void change_web(test_t *t)
{
    kube_patch_t patch = merge_patch("{\"data\":{\"k\":\"2\",\"a.b\":\"x\"}}");
    kube_core_v1_config_map_patch(t->client, NULL, "web", &patch, NULL, NULL, NULL);
}

static void recreate_web(test_t *t)
{
    delete_web(t);
    create_web(t);
}

static void created(test_t *t)
{
    config_map_t *out = NULL;
    kube_wait_options_t options = { .call.timeout_ms = CALL_MS, .may_be_missing = true };
    do_later(t, create_web);
    REQUIRE_OK(t, kube_wait(t->client, CONFIG_MAPS, NULL, "web", kube_wait_created, NULL, &options, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, value_of(out), "1");
}

static void already_there(test_t *t)
{
    REQUIRE(t, make_config_map(t, "web", "1"));
    CHECK_OK(t, kube_wait(t->client, CONFIG_MAPS, NULL, "web", kube_wait_created, NULL, IN_TIME, NULL, &t->err));
}

static void deleted(test_t *t)
{
    config_map_t *out = (config_map_t *)t;
    REQUIRE(t, make_config_map(t, "web", "1"));
    do_later(t, delete_web);
    REQUIRE_OK(t, kube_wait(t->client, CONFIG_MAPS, NULL, "web", kube_wait_deleted, NULL, IN_TIME, &out, &t->err));
    CHECK(t, out == NULL);
}

static void deleted_and_made_anew(test_t *t)
{
    const config_map_t *made = make_config_map(t, "web", "1");
    REQUIRE(t, made);
    do_later(t, recreate_web);
    CHECK_OK(t, kube_wait(t->client, CONFIG_MAPS, NULL, "web", kube_wait_deleted, (void *)(uintptr_t)made->metadata->uid, IN_TIME, NULL, &t->err));
}

static void already_deleted(test_t *t)
{
    CHECK_OK(t, kube_wait(t->client, CONFIG_MAPS, NULL, "nobody", kube_wait_deleted, NULL, IN_TIME, NULL, &t->err));
}

static void value(test_t *t)
{
    config_map_t *out = NULL;
    kube_wanted_value_t two = { .path = ".data.k", .value = "2" }, dotted = { .path = "data[\"a.b\"]" };
    REQUIRE(t, make_config_map(t, "web", "1"));
    do_later(t, change_web);
    REQUIRE_OK(t, kube_wait(t->client, CONFIG_MAPS, NULL, "web", kube_wait_value, &two, IN_TIME, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, value_of(out), "2");
    CHECK_OK(t, kube_wait(t->client, CONFIG_MAPS, NULL, "web", kube_wait_value, &dotted, IN_TIME, NULL, &t->err));
}

static void not_in_time(test_t *t)
{
    kube_wanted_value_t never = { .path = "data.k", .value = "never" };
    REQUIRE(t, make_config_map(t, "web", "1"));
    waits_in_vain(t, "web", kube_wait_value, &never, "data.k");
}

static void canceled(test_t *t)
{
    kube_wanted_value_t never = { .path = "data.k", .value = "never" };
    kube_wait_options_t options = { .call.cancel = cancel_after(t, 300) };
    REQUIRE(t, make_config_map(t, "web", "1"));
    CHECK_CODE(t, kube_wait(t->client, CONFIG_MAPS, NULL, "web", kube_wait_value, &never, &options, NULL, &t->err), KUBE_E_CANCELED);
}

static void missing(test_t *t)
{
    kube_wanted_value_t wanted = { .path = "data.k", .value = "1" };
    CHECK_CODE(t, kube_wait(t->client, CONFIG_MAPS, NULL, "web", kube_wait_value, &wanted, IN_TIME, NULL, &t->err), KUBE_E_NOT_FOUND);
    kube_wait_options_t patient = { .call.timeout_ms = CALL_MS, .may_be_missing = true };
    do_later(t, create_web);
    CHECK_OK(t, kube_wait(t->client, CONFIG_MAPS, NULL, "web", kube_wait_value, &wanted, &patient, NULL, &t->err));
}

static void gone_while_waited_for(test_t *t)
{
    kube_wanted_value_t never = { .path = "data.k", .value = "never" };
    REQUIRE(t, make_config_map(t, "web", "1"));
    do_later(t, delete_web);
    CHECK_CODE(t, kube_wait(t->client, CONFIG_MAPS, NULL, "web", kube_wait_value, &never, IN_TIME, NULL, &t->err), KUBE_E_NOT_FOUND);
}

static int two_keys(kube_wait_view_t *view, void *userdata)
{
    const config_map_t *object = view->object;
    atomic_int *calls = userdata;
    ++*calls;
    snprintf(view->state, sizeof view->state, "%zu keys", object ? object->data.len : 0);
    return object && object->data.len == 2;
}

static atomic_int calls_of_two_keys;

static void change_web_once_it_was_seen(test_t *t)
{
    for (int64_t end = now_ms() + EVENT_MS; calls_of_two_keys == 0 && now_ms() < end;)
        pause_ms(5);
    change_web(t);
}

static void function_of_its_own(test_t *t)
{
    calls_of_two_keys = 0;
    REQUIRE(t, make_config_map(t, "web", "1"));
    do_later(t, change_web_once_it_was_seen);
    CHECK_OK(t, kube_wait(t->client, CONFIG_MAPS, NULL, "web", two_keys, &calls_of_two_keys, IN_TIME, NULL, &t->err));
    CHECK_INT(t, calls_of_two_keys, 2);
    REQUIRE(t, make_config_map(t, "db", "1"));
    waits_in_vain(t, "db", two_keys, &calls_of_two_keys, "1 keys");
}

static void make_ready(test_t *t)
{
    kube_patch_t patch = strategic_patch("{\"status\":{\"conditions\":[{\"type\":\"example.com/Fit\",\"status\":\"True\"}]}}");
    kube_core_v1_pod_patch_status(t->client, NULL, "web", &patch, NULL, NULL, NULL);
}

static void condition(test_t *t)
{
    kube_wanted_condition_t fit = { .type = "example.com/Fit" }, unfit = { .type = "example.com/Fit", .status = "False" };
    REQUIRE(t, make_pod(t, "web", NULL));
    do_later(t, make_ready);
    CHECK_OK(t, kube_wait(t->client, &kube_core_v1_pods, NULL, "web", kube_wait_condition, &fit, IN_TIME, NULL, &t->err));
    CHECK_CODE(t, kube_wait(t->client, &kube_core_v1_pods, NULL, "web", kube_wait_condition, &unfit, &not_for_long, NULL, &t->err), KUBE_E_TIMEOUT);
}

/* A Job that no controller but the case itself looks after. */
static bool make_job(test_t *t)
{
    kube_batch_v1_job_t job = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" },
        .spec = &(kube_batch_v1_job_spec_t){
            .managed_by = "conformance.example.com/case",
            .template_ = &(kube_core_v1_pod_template_spec_t){
                .spec = &(kube_core_v1_pod_spec_t){
                    .restart_policy = "Never",
                    .containers = KUBE_LIST(kube_core_v1_container_t, { .name = "app", .image = "example.com/app:1" }),
                },
            },
        },
    };
    return CHECK_OK(t, kube_batch_v1_job_create(t->client, NULL, &job, NULL, NULL, &t->err));
}

static void complete_job(test_t *t)
{
    kube_patch_t patch = merge_patch("{\"status\":{\"startTime\":\"2026-01-01T00:00:00Z\",\"completionTime\":\"2026-01-01T00:00:01Z\",\"succeeded\":1,"
                                     "\"conditions\":[{\"type\":\"SuccessCriteriaMet\",\"status\":\"True\"},{\"type\":\"Complete\",\"status\":\"True\"}]}}");
    kube_batch_v1_job_patch_status(t->client, NULL, "web", &patch, NULL, NULL, NULL);
}

static void fail_job(test_t *t)
{
    kube_patch_t patch = merge_patch("{\"status\":{\"startTime\":\"2026-01-01T00:00:00Z\",\"failed\":1,\"conditions\":["
                                     "{\"type\":\"FailureTarget\",\"status\":\"True\"},"
                                     "{\"type\":\"Failed\",\"status\":\"True\",\"reason\":\"BackoffLimitExceeded\",\"message\":\"it broke\"}]}}");
    kube_batch_v1_job_patch_status(t->client, NULL, "web", &patch, NULL, NULL, NULL);
}

static void job_completes(test_t *t)
{
    REQUIRE(t, make_job(t));
    do_later(t, complete_job);
    CHECK_OK(t, kube_wait(t->client, &kube_batch_v1_jobs, NULL, "web", kube_wait_job_complete, NULL, IN_TIME, NULL, &t->err));
}

static void job_fails(test_t *t)
{
    REQUIRE(t, make_job(t));
    do_later(t, fail_job);
    CHECK_CODE(t, kube_wait(t->client, &kube_batch_v1_jobs, NULL, "web", kube_wait_job_complete, NULL, IN_TIME, NULL, &t->err), KUBE_E_FAILED);
    CHECK(t, strstr(t->err.message, "it broke") != NULL);
}

static void rollout(test_t *t)
{
    kube_apps_v1_deployment_t *out = NULL;
    kube_patch_t patch = merge_patch("{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"a\":\"b\"}}}}}");
    REQUIRE(t, make_deployment(t, "web"));
    REQUIRE_OK(t, kube_wait(t->client, &kube_apps_v1_deployments, NULL, "web", kube_wait_rollout, NULL, IN_TIME, NULL, &t->err));
    REQUIRE_OK(t, kube_apps_v1_deployment_patch(t->client, NULL, "web", &patch, NULL, NULL, &t->err));
    REQUIRE_OK(t, kube_wait(t->client, &kube_apps_v1_deployments, NULL, "web", kube_wait_rollout, NULL, IN_TIME, &out, &t->err));
    keep(t, out);
    CHECK_INT(t, out->status->observed_generation.value, out->metadata->generation.value);
}

static void rollout_of_pods(test_t *t)
{
    kube_patch_t three = merge_patch("{\"spec\":{\"replicas\":3}}");
    kube_apps_v1_deployment_t *out = NULL;
    REQUIRE(t, make_deployment(t, "web"));
    REQUIRE_OK(t, kube_apps_v1_deployment_patch(t->client, NULL, "web", &three, NULL, NULL, &t->err));
    REQUIRE_OK(t, kube_wait(t->client, &kube_apps_v1_deployments, NULL, "web", kube_wait_rollout, NULL, IN_TIME, &out, &t->err));
    keep(t, out);
    CHECK_INT(t, out->status->available_replicas.value, 3);
}

static void rollout_of_something_else(test_t *t)
{
    REQUIRE(t, make_config_map(t, "web", "1"));
    CHECK_CODE(t, kube_wait(t->client, CONFIG_MAPS, NULL, "web", kube_wait_rollout, NULL, IN_TIME, NULL, &t->err), KUBE_E_UNSUPPORTED);
}

static void survives_a_cut(test_t *t)
{
    faultproxy_t *proxy = new_proxy(t);
    kube_client_t *client = new_client_through(t, proxy, NULL);
    kube_wanted_value_t two = { .path = "data.k", .value = "2" };
    faultproxy_fault_t cut = { .kind = FAULTPROXY_CLOSE, .direction = FAULTPROXY_TO_CLIENT, .at = 4500, .eager = true };
    REQUIRE(t, client && make_config_map(t, "web", "1") && faultproxy_set(proxy, FAULTPROXY_NEXT, &cut) == 0);
    do_later(t, change_web);
    CHECK_OK(t, kube_wait(client, CONFIG_MAPS, NULL, "web", kube_wait_value, &two, IN_TIME, NULL, &t->err));
}

static void misuse(test_t *t)
{
    CHECK_CODE(t, kube_wait(t->client, CONFIG_MAPS, NULL, "web", NULL, NULL, IN_TIME, NULL, &t->err), KUBE_E_USAGE);
    CHECK_CODE(t, kube_wait(t->client, CONFIG_MAPS, NULL, NULL, kube_wait_created, NULL, IN_TIME, NULL, &t->err), KUBE_E_USAGE);
    CHECK_CODE(t, kube_wait(NULL, CONFIG_MAPS, NULL, "web", kube_wait_created, NULL, IN_TIME, NULL, &t->err), KUBE_E_USAGE);
}

const test_case_t waits_cases[] = {
    { "wait/created", created },
    { "wait/already-there", already_there },
    { "wait/deleted", deleted },
    { "wait/deleted-and-made-anew", deleted_and_made_anew },
    { "wait/already-deleted", already_deleted },
    { "wait/value", value },
    { "wait/not-in-time", not_in_time },
    { "wait/canceled", canceled },
    { "wait/missing", missing },
    { "wait/gone-while-waited-for", gone_while_waited_for },
    { "wait/function-of-its-own", function_of_its_own },
    { "wait/condition", condition },
    { "wait/job-completes", job_completes },
    { "wait/job-fails", job_fails },
    { "wait/rollout", rollout },
    { "wait/rollout-of-pods", rollout_of_pods },
    { "wait/rollout-of-something-else", rollout_of_something_else },
    { "wait/survives-a-cut", survives_a_cut },
    { "wait/misuse", misuse },
    { 0 },
};
