/* What is waited for, judged on objects as they might be. */
#include <kube/apps/v1.h>
#include <kube/batch/v1.h>
#include <kube/core/v1.h>
#include <kube/json.h>
#include <kube/object.h>
#include <kube/wait.h>

#include "faults.h"
#include "test.h"

static char state[400];

/* json: NULL: the object is not there. */
static int judge(kube_wait_fn *fn, void *userdata, const kube_type_t *type, const char *json)
{
    kube_wait_view_t view = { .type = type, .first_uid = "first" };
    void *object = NULL;
    if (json)
        CHECK_INT(kube_json_decode(type, json, strlen(json), NULL, &object, NULL), KUBE_OK);
    view.object = object;
    int code = fn(&view, userdata);
    snprintf(state, sizeof state, "%s", view.state);
    kube_free(object);
    return code;
}

static void expect(kube_wait_fn *fn, void *userdata, const kube_type_t *type, const char *json, int code, const char *text)
{
    CHECK_INT(judge(fn, userdata, type, json), code);
    CHECK_STR(state, text);
}

static void created_and_deleted(void)
{
    const kube_type_t *type = &kube_core_v1_pod_type;
    expect(kube_wait_created, NULL, type, NULL, 0, "it is not there");
    expect(kube_wait_created, NULL, type, "{}", 1, "");
    expect(kube_wait_deleted, NULL, type, NULL, 1, "");
    expect(kube_wait_deleted, NULL, type, "{\"metadata\":{\"uid\":\"first\"}}", 0,
           "it is still there, and nobody has deleted it");
    expect(kube_wait_deleted, NULL, type, "{\"metadata\":{\"uid\":\"second\"}}", 1, "");
    expect(kube_wait_deleted, "second", type, "{\"metadata\":{\"uid\":\"first\"}}", 1, "");
    expect(kube_wait_deleted, "second", type, "{\"metadata\":{\"uid\":\"second\","
                                              "\"deletionTimestamp\":\"2026-01-02T15:04:05Z\"}}", 0, "it is being deleted");
    expect(kube_wait_deleted, NULL, type, "{\"metadata\":{\"uid\":\"first\",\"deletionTimestamp\":\"2026-01-02T15:04:05Z\","
                                          "\"finalizers\":[\"a/b\"]}}", 0,
           "it is being deleted, and waits for the finalizer a/b");
    expect(kube_wait_deleted, NULL, type, "{\"metadata\":{\"uid\":\"first\",\"deletionTimestamp\":\"2026-01-02T15:04:05Z\","
                                          "\"finalizers\":[\"a/b\",\"c\"]}}", 0,
           "it is being deleted, and waits for the finalizer a/b and others");
    expect(kube_wait_deleted, NULL, type, "{}", 0, "it is still there, and nobody has deleted it");
}

static void conditions(void)
{
    const kube_type_t *type = &kube_core_v1_pod_type;
    kube_wanted_condition_t ready = { .type = "Ready" }, not_ready = { .type = "Ready", .status = "False" }, none = { 0 };
    expect(kube_wait_condition, &ready, type, "{\"status\":{\"conditions\":[{\"type\":\"Other\",\"status\":\"True\"}]}}", 0,
           "it has no condition Ready");
    expect(kube_wait_condition, &ready, type, "{\"status\":{\"conditions\":[{\"type\":\"Other\",\"status\":\"False\"},{"
                                              "\"type\":\"Ready\",\"status\":\"True\"}]}}", 1, "");
    expect(kube_wait_condition, &ready, type, "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\","
                                              "\"reason\":\"R\",\"message\":\"m\"}]}}", 0,
           "its condition Ready is False, R: m");
    expect(kube_wait_condition, &not_ready, type, "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\"}]}}",
           1, "");
    expect(kube_wait_condition, &ready, type, "{}", 0, "it has no condition Ready");
    expect(kube_wait_condition, &none, type, "{}", KUBE_E_USAGE, "no condition is named");
    expect(kube_wait_condition, NULL, type, "{}", KUBE_E_USAGE, "no condition is named");
    expect(kube_wait_condition, &ready, type, NULL, KUBE_E_NOT_FOUND, "it is not there");
    kube_wait_view_t patient = { .type = type, .may_be_missing = true };
    CHECK_INT(kube_wait_condition(&patient, &ready), 0);
    CHECK_STR(patient.state, "it is not there");
    CHECK_INT(kube_wait_rollout(&patient, NULL), 0);
    CHECK_INT(kube_wait_job_complete(&patient, NULL), 0);
    CHECK_INT(kube_wait_value(&patient, &(kube_wanted_value_t){ .path = "a" }), 0);
}

/* As a custom resource whose status this build knows nothing of. */
static void conditions_of_an_earlier_generation(void)
{
    const kube_type_t *type = &kube_core_v1_config_map_type;
    kube_wanted_condition_t ready = { .type = "Ready" };
    static const struct {
        const char *observed, *of_condition;
        int code;
    } cases[] = {
        { "3", "", 1 },
        { "2", "", 0 },
        { "2", ",\"observedGeneration\":3", 1 },
        { "3", ",\"observedGeneration\":2", 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char json[512];
        snprintf(json, sizeof json, "{\"metadata\":{\"generation\":3},\"status\":{\"observedGeneration\":%s,\"conditions\":[{"
                                    "\"type\":\"Ready\",\"status\":\"True\"%s}]}}",
                 cases[i].observed, cases[i].of_condition);
        expect(kube_wait_condition, &ready, type, json, cases[i].code,
               cases[i].code ? "" : "its condition Ready is about an earlier generation");
    }
    expect(kube_wait_condition, &ready, type, "{\"metadata\":{\"generation\":3},\"status\":{\"conditions\":[{"
                                              "\"type\":\"Ready\",\"status\":\"True\"}]}}", 1, "");
    expect(kube_wait_condition, &ready, type, "{\"status\":{\"conditions\":{\"type\":\"Ready\"}}}", 0,
           "it has no condition Ready");
    expect(kube_wait_condition, &ready, type, "{\"status\":7}", 0, "it has no condition Ready");
}

#define OBJECT \
    "{\"metadata\":{\"name\":\"x\",\"annotations\":{\"example.com/a\":\"1\",\"q\\\"\":\"2\"}}," \
    "\"spec\":{\"list\":[{\"type\":\"A\",\"n\":1}," \
    "{\"type\":\"B \\\"b\\\"\",\"n\":2.50,\"deep\":[[7]]}],\"yes\":true,\"no\":false,\"nothing\":null,\"text\":\"\"," \
    "\"big\":18446744073709551616}}"

static void values(void)
{
    static const struct {
        const char *path, *value;
        int code;
        const char *state;
    } cases[] = {
        { "metadata.name", "x", 1, "" },
        { ".metadata.name", "x", 1, "" },
        { "metadata.name", "y", 0, "metadata.name is x" },
        { "metadata.name", NULL, 1, "" },
        { "metadata.annotations[\"example.com/a\"]", "1", 1, "" },
        { "metadata.annotations[\"q\\\"\"]", "2", 1, "" },
        { "[\"metadata\"].name", "x", 1, "" },
        { "spec.list[0].n", "1", 1, "" },
        { "spec.list[0].n", "1.0", 1, "" },
        { "spec.list[0].n", "one", 0, "spec.list[0].n is 1" },
        { "spec.list[0].n", "1e", 0, "spec.list[0].n is 1" },
        { "spec.list[type=\"A\"].n", "1", 1, "" },
        { "spec.list[type=\"B \\\"b\\\"\"].n", "2.5", 1, "" },
        { "spec.list[1].deep[0][0]", "7", 1, "" },
        { "spec.list[2]", NULL, 0, "spec.list[2] is absent" },
        { "spec.list[99999999999999999999]", NULL, KUBE_E_USAGE, NULL },
        { "spec.list[type=\"C\"].n", NULL, 0, "spec.list[type=\"C\"].n is absent" },
        { "spec.list[n=\"1\"]", NULL, 0, "spec.list[n=\"1\"] is absent" },
        { "spec.list.n", NULL, 0, "spec.list.n is absent" },
        { "spec.list", "x", 0, "spec.list is a list" },
        { "spec", "x", 0, "spec is an object" },
        { "spec[0]", NULL, 0, "spec[0] is absent" },
        { "spec.yes", "true", 1, "" },
        { "spec.no", "false", 1, "" },
        { "spec.no", "true", 0, "spec.no is false" },
        { "spec.text", "", 1, "" },
        { "spec.text", NULL, 1, "" },
        { "spec.big", "18446744073709551616", 1, "" },
        { "spec.big", "18446744073709551617", 0, "spec.big is 18446744073709551616" },
        { "kind", "ConfigMap", 1, "" },
        { "", NULL, KUBE_E_USAGE, NULL }, { ".", NULL, KUBE_E_USAGE, NULL }, { "a..b", NULL, KUBE_E_USAGE, NULL }, { "a.", NULL,
            KUBE_E_USAGE, NULL },
        { "a[", NULL, KUBE_E_USAGE, NULL }, { "a[]", NULL, KUBE_E_USAGE, NULL }, { "a[0", NULL, KUBE_E_USAGE, NULL }, { "a[-1]",
            NULL, KUBE_E_USAGE, NULL },
        { "a[\"b]", NULL, KUBE_E_USAGE, NULL }, { "a[b]", NULL, KUBE_E_USAGE, NULL }, { "a[b=c]", NULL, KUBE_E_USAGE, NULL },
            { "a[b=\"c\"", NULL, KUBE_E_USAGE, NULL },
        { "a]", NULL, KUBE_E_USAGE, NULL }, { "a[0]b", NULL, KUBE_E_USAGE, NULL }, { "a\"b\"", NULL, KUBE_E_USAGE, NULL },
            { "a[=\"c\"]", NULL, KUBE_E_USAGE, NULL },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kube_wanted_value_t wanted = { .path = cases[i].path, .value = cases[i].value };
        int code = judge(kube_wait_value, &wanted, &kube_core_v1_config_map_type, OBJECT);
        if (code != cases[i].code)
            printf("%s %s\n", cases[i].path, cases[i].value);
        CHECK_INT(code, cases[i].code);
        if (cases[i].state)
            CHECK_STR(state, cases[i].state);
    }
    static char path[2][1024];
    memset(path[0], 'a', sizeof path[0] - 1);
    snprintf(path[1], sizeof path[1], "a[\"%.900s\"]", path[0]);
    for (int i = 0; i < 2; i++)
        CHECK_INT(judge(kube_wait_value, &(kube_wanted_value_t){ .path = path[i] }, &kube_core_v1_config_map_type, OBJECT),
                  KUBE_E_USAGE);
    CHECK_INT(judge(kube_wait_value, NULL, &kube_core_v1_config_map_type, OBJECT), KUBE_E_USAGE);
    CHECK_INT(judge(kube_wait_value, &(kube_wanted_value_t){ 0 }, &kube_core_v1_config_map_type, OBJECT), KUBE_E_USAGE);
}

static void jobs(void)
{
    const kube_type_t *type = &kube_batch_v1_job_type;
    expect(kube_wait_job_complete, NULL, type, "{\"spec\":{\"completions\":5},\"status\":{\"succeeded\":2,\"active\":1,"
                                               "\"failed\":3}}", 0,
           "2 of 5 completions, 1 active, 3 failed");
    expect(kube_wait_job_complete, NULL, type, "{}", 0, "0 of 1 completions, 0 active, 0 failed");
    expect(kube_wait_job_complete, NULL, type, "{\"status\":{\"conditions\":[{\"type\":\"SuccessCriteriaMet\","
                                               "\"status\":\"True\"},{\"type\":\"Complete\",\"status\":\"True\"}]}}", 1,
           "");
    expect(kube_wait_job_complete, NULL, type, "{\"status\":{\"conditions\":[{\"type\":\"Complete\",\"status\":\"False\"},{"
                                               "\"type\":\"Failed\",\"status\":\"False\"}]}}", 0,
           "0 of 1 completions, 0 active, 0 failed");
    expect(kube_wait_job_complete, NULL, type,
           "{\"status\":{\"conditions\":[{\"type\":\"Failed\",\"status\":\"True\",\"reason\":\"BackoffLimitExceeded\","
           "\"message\":\"it is full\"}]}}", KUBE_E_FAILED,
           "the job has failed, BackoffLimitExceeded: it is full");
    expect(kube_wait_job_complete, NULL, type, NULL, KUBE_E_NOT_FOUND, "it is not there");
}

static void rollout(const kube_type_t *type, const char *spec, const char *rest, int code, const char *text)
{
    char json[1024];
    snprintf(json, sizeof json, "{\"metadata\":{\"generation\":2},\"spec\":{%s},\"status\":{%s}}", spec, rest);
    expect(kube_wait_rollout, NULL, type, json, code, text);
}

static void deployments(void)
{
    const kube_type_t *type = &kube_apps_v1_deployment_type;
    rollout(type, "\"replicas\":3", "\"observedGeneration\":1,\"replicas\":3,\"updatedReplicas\":3,\"availableReplicas\":3", 0,
            "the change of the spec is not observed yet");
    rollout(type, "\"replicas\":3", "\"observedGeneration\":2,\"replicas\":3,\"updatedReplicas\":1,\"availableReplicas\":3", 0,
            "1 of 3 replicas are updated");
    rollout(type, "\"replicas\":3", "\"observedGeneration\":2,\"replicas\":4,\"updatedReplicas\":3,\"availableReplicas\":3", 0,
            "1 old replicas are still there");
    rollout(type, "\"replicas\":3", "\"observedGeneration\":2,\"replicas\":3,\"updatedReplicas\":3,\"availableReplicas\":2", 0,
            "2 of 3 updated replicas are available");
    rollout(type, "\"replicas\":3", "\"observedGeneration\":2,\"replicas\":3,\"updatedReplicas\":3,\"availableReplicas\":3", 1,
            "");
    rollout(type, "\"replicas\":0", "\"observedGeneration\":2", 1, "");
    rollout(type, "", "\"observedGeneration\":2", 0, "0 of 1 replicas are updated");
    rollout(type, "\"replicas\":1",
            "\"observedGeneration\":2,\"conditions\":[{\"type\":\"Progressing\",\"status\":\"False\","
            "\"reason\":\"ProgressDeadlineExceeded\",\"message\":\"too slow\"}]",
            KUBE_E_FAILED, "the progress deadline is exceeded: too slow");
    rollout(type, "\"replicas\":1",
            "\"observedGeneration\":1,\"conditions\":[{\"type\":\"Progressing\",\"status\":\"False\","
            "\"reason\":\"ProgressDeadlineExceeded\",\"message\":\"too slow\"}]", 0,
            "the change of the spec is not observed yet");
    expect(kube_wait_rollout, NULL, type, NULL, KUBE_E_NOT_FOUND, "it is not there");
}

static void daemon_sets(void)
{
    const kube_type_t *type = &kube_apps_v1_daemon_set_type;
    rollout(type, "", "\"observedGeneration\":1,\"desiredNumberScheduled\":0", 0, "the change of the spec is not observed yet");
    rollout(type, "", "\"observedGeneration\":2,\"desiredNumberScheduled\":3,\"updatedNumberScheduled\":2,"
                      "\"numberAvailable\":3", 0, "2 of 3 pods are updated");
    rollout(type, "", "\"observedGeneration\":2,\"desiredNumberScheduled\":3,\"updatedNumberScheduled\":3,"
                      "\"numberAvailable\":2", 0, "2 of 3 updated pods are available");
    rollout(type, "\"updateStrategy\":{\"type\":\"RollingUpdate\"}",
            "\"observedGeneration\":2,\"desiredNumberScheduled\":3,\"updatedNumberScheduled\":3,\"numberAvailable\":3", 1, "");
    rollout(type, "\"updateStrategy\":{\"type\":\"OnDelete\"}", "\"observedGeneration\":2", KUBE_E_UNSUPPORTED,
            "pods of this DaemonSet are only updated when they are deleted");
}

static void stateful_sets(void)
{
    const kube_type_t *type = &kube_apps_v1_stateful_set_type;
    const char *partition = "\"replicas\":3,\"updateStrategy\":{\"type\":\"RollingUpdate\",\"rollingUpdate\":{\"partition\":1}}";
    const char *plain = "\"replicas\":3,\"updateStrategy\":{\"type\":\"RollingUpdate\"}";
    rollout(type, plain, "\"observedGeneration\":1,\"readyReplicas\":3", 0, "the change of the spec is not observed yet");
    expect(kube_wait_rollout, NULL, type, "{\"spec\":{\"replicas\":0}}", 0, "the change of the spec is not observed yet");
    rollout(type, plain, "\"observedGeneration\":2,\"readyReplicas\":1", 0, "1 of 3 pods are ready");
    rollout(type, plain, "\"observedGeneration\":2,\"readyReplicas\":3,\"updatedReplicas\":2,\"updateRevision\":\"b\","
                         "\"currentRevision\":\"a\"", 0,
            "2 of 3 pods are at revision b");
    rollout(type, plain, "\"observedGeneration\":2,\"readyReplicas\":3,\"updatedReplicas\":3,\"updateRevision\":\"b\","
                         "\"currentRevision\":\"b\"", 1, "");
    rollout(type, partition, "\"observedGeneration\":2,\"readyReplicas\":3,\"updatedReplicas\":1,\"updateRevision\":\"b\","
                             "\"currentRevision\":\"a\"", 0,
            "1 of 2 pods are updated");
    rollout(type, partition, "\"observedGeneration\":2,\"readyReplicas\":3,\"updatedReplicas\":2,\"updateRevision\":\"b\","
                             "\"currentRevision\":\"a\"", 1, "");
    rollout(type, "\"updateStrategy\":{\"type\":\"OnDelete\"}", "", KUBE_E_UNSUPPORTED,
            "pods of this StatefulSet are only updated when they are deleted");
    expect(kube_wait_rollout, NULL, &kube_core_v1_pod_type, "{}", KUBE_E_UNSUPPORTED, "a Pod is not rolled out");
}

static void long_states_are_cut(void)
{
    static char json[2048];
    snprintf(json, sizeof json, "{\"metadata\":{\"name\":\"%01000d\"}}", 7);
    CHECK_INT(judge(kube_wait_value, &(kube_wanted_value_t){ .path = "metadata.name", .value = "x" },
                    &kube_core_v1_config_map_type, json), 0);
    CHECK_INT(strlen(state), sizeof state - 1);
}

static kube_core_v1_pod_t *pod;

static bool with_faults(void)
{
    kube_wait_view_t view = { .type = &kube_core_v1_pod_type, .object = pod };
    int code = kube_wait_condition(&view, &(kube_wanted_condition_t){ .type = "Ready" });
    return code == 1 || (faults.hit && code == KUBE_E_NO_MEMORY);
}

static void no_memory(void)
{
    static const char json[] = "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}";
    CHECK_INT(kube_json_decode(&kube_core_v1_pod_type, json, sizeof json - 1, NULL, &pod, NULL), KUBE_OK);
    CHECK(fault_loop(with_faults) > 2);
    kube_free(pod);
}

int main(void)
{
    RUN(created_and_deleted);
    RUN(conditions);
    RUN(conditions_of_an_earlier_generation);
    RUN(values);
    RUN(jobs);
    RUN(deployments);
    RUN(daemon_sets);
    RUN(stateful_sets);
    RUN(long_states_are_cut);
    RUN(no_memory);
    return test_end();
}
