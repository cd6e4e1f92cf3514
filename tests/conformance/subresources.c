/* Subresources: status, scale, eviction, binding, tokens, reviews. */
#include <kube/authentication/v1.h>
#include <kube/authorization/v1.h>
#include <kube/autoscaling/v1.h>
#include <kube/certificates/v1.h>
#include <kube/policy/v1.h>

#include "cases.h"

static void status_is_separate(test_t *t)
{
    kube_core_v1_pod_t *out = NULL;
    const kube_core_v1_pod_t *made = make_settled_pod(t, "web");
    REQUIRE(t, made);
    kube_core_v1_pod_t *changed = kube_dup(&kube_core_v1_pod_type, made);
    keep(t, changed);
    changed->status->reason = "Because";
    changed->spec->priority = (kube_int32_t)KUBE_SOME(77);
    REQUIRE_OK(t, kube_core_v1_pod_update_status(t->client, NULL, changed, NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, out->status->reason, "Because");
    CHECK(t, out->spec->priority.value != 77);
    kube_patch_t patch = merge_patch("{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"status\":{\"reason\":\"Other\"}}");
    REQUIRE_OK(t, kube_core_v1_pod_patch(t->client, NULL, "web", &patch, NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, out->status->reason, "Because");
    CHECK_STR(t, kube_meta_label(&kube_core_v1_pod_type, out, "a"), "b");
}

static void status_patch(test_t *t)
{
    kube_core_v1_pod_t *out = NULL;
    kube_patch_t patch = strategic_patch("{\"status\":{\"conditions\":[{\"type\":\"example.com/A\",\"status\":\"True\"}]}}");
    REQUIRE(t, make_pod(t, "web", NULL));
    REQUIRE_OK(t, kube_core_v1_pod_patch_status(t->client, NULL, "web", &patch, NULL, NULL, &t->err));
    REQUIRE_OK(t, kube_core_v1_pod_get_status(t->client, NULL, "web", NULL, &out, &t->err));
    keep(t, out);
    bool found = false;
    for (size_t i = 0; i < out->status->conditions.len; i++)
        found = found || strcmp(out->status->conditions.items[i].type, "example.com/A") == 0;
    CHECK(t, found);
}

static void scale(test_t *t)
{
    kube_autoscaling_v1_scale_t *out = NULL;
    kube_apps_v1_deployment_t *deployment = NULL;
    REQUIRE(t, make_deployment(t, "web"));
    REQUIRE_OK(t, kube_apps_v1_deployment_get_scale(t->client, NULL, "web", NULL, &out, &t->err));
    keep(t, out);
    CHECK_INT(t, out->spec && out->spec->replicas.has ? out->spec->replicas.value : 0, 0);
    CHECK_STR(t, out->status->selector, "app=web");
    kube_autoscaling_v1_scale_t wanted = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "web", .namespace_ = t->ns },
        .spec = &(kube_autoscaling_v1_scale_spec_t){ .replicas = KUBE_SOME(2) },
    };
    REQUIRE_OK(t, kube_apps_v1_deployment_update_scale(t->client, NULL, "web", &wanted, NULL, &out, &t->err));
    keep(t, out);
    CHECK_INT(t, out->spec->replicas.value, 2);
    kube_patch_t patch = merge_patch("{\"spec\":{\"replicas\":1}}");
    REQUIRE_OK(t, kube_apps_v1_deployment_patch_scale(t->client, NULL, "web", &patch, NULL, &out, &t->err));
    keep(t, out);
    CHECK_INT(t, out->spec->replicas.value, 1);
    REQUIRE_OK(t, kube_apps_v1_deployment_get(t->client, NULL, "web", NULL, &deployment, &t->err));
    keep(t, deployment);
    CHECK_INT(t, deployment->spec->replicas.value, 1);
}

static void scale_generic(test_t *t)
{
    kube_autoscaling_v1_scale_t *out = NULL;
    REQUIRE(t, make_deployment(t, "web"));
    REQUIRE_OK(t, kube_get_subresource(t->client, &kube_apps_v1_deployments, NULL, "web", "scale", &kube_autoscaling_v1_scale_type, NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, out->metadata->name, "web");
    CHECK_STR(t, out->kind, "Scale");
    CHECK_CODE(t, kube_get_subresource(t->client, &kube_apps_v1_deployments, NULL, "web", "no-such", &kube_autoscaling_v1_scale_type, NULL, NULL,
                                       &t->err), KUBE_E_NOT_FOUND);
}

static void evict(test_t *t)
{
    kube_meta_v1_status_t *out = NULL;
    kube_policy_v1_eviction_t eviction = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web", .namespace_ = t->ns } };
    REQUIRE(t, make_pod(t, "web", NULL));
    REQUIRE_OK(t, kube_core_v1_pod_evict(t->client, NULL, "web", &eviction, NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, out->status, "Success");
    CHECK_CODE(t, kube_core_v1_pod_get(t->client, NULL, "web", NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
}

/* A budget that allows nothing: the eviction's 429 is the answer, and not a reason to try again. */
static void evict_refused(test_t *t)
{
    kube_policy_v1_eviction_t eviction = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web", .namespace_ = t->ns } };
    kube_policy_v1_pod_disruption_budget_t budget = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "budget" },
        .spec = &(kube_policy_v1_pod_disruption_budget_spec_t){
            .min_available = KUBE_INT(1),
            .selector = &(kube_meta_v1_label_selector_t){ .match_labels = KUBE_MAP({ "app", "web" }) },
        },
    };
    kube_patch_t running = merge_patch("{\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}");
    REQUIRE(t, make_pod(t, "web", "no-such-node"));
    REQUIRE_OK(t, kube_core_v1_pod_patch_status(t->client, NULL, "web", &running, NULL, NULL, &t->err));
    REQUIRE_OK(t, kube_policy_v1_pod_disruption_budget_create(t->client, NULL, &budget, NULL, NULL, &t->err));
    CHECK_CODE(t, kube_core_v1_pod_evict(t->client, NULL, "web", &eviction, NULL, NULL, &t->err), KUBE_E_TOO_MANY_REQUESTS);
    CHECK_INT(t, t->err.attempts, 1);
    CHECK_OK(t, kube_core_v1_pod_get(t->client, NULL, "web", NULL, NULL, &t->err));
}

static void bind(test_t *t)
{
    kube_core_v1_pod_t *out = NULL;
    kube_core_v1_binding_t binding = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" },
        .target = &(kube_core_v1_object_reference_t){ .kind = "Node", .name = "some-node" },
    };
    REQUIRE(t, make_pod(t, "web", NULL));
    REQUIRE_OK(t, kube_core_v1_pod_bind(t->client, NULL, "web", &binding, NULL, NULL, &t->err));
    REQUIRE_OK(t, kube_core_v1_pod_get(t->client, NULL, "web", NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, out->spec->node_name, "some-node");
    CHECK_CODE(t, kube_core_v1_pod_bind(t->client, NULL, "web", &binding, NULL, NULL, &t->err), KUBE_E_CONFLICT);
}

static void ephemeral_containers(test_t *t)
{
    kube_core_v1_pod_t *out = NULL;
    kube_patch_t patch = strategic_patch("{\"spec\":{\"ephemeralContainers\":[{\"name\":\"debug\",\"image\":\"example.com/debug:1\"}]}}");
    REQUIRE(t, make_pod(t, "web", NULL));
    REQUIRE_OK(t, kube_core_v1_pod_patch_ephemeralcontainers(t->client, NULL, "web", &patch, NULL, &out, &t->err));
    keep(t, out);
    REQUIRE(t, out->spec->ephemeral_containers.len == 1);
    CHECK_STR(t, out->spec->ephemeral_containers.items[0].name, "debug");
}

/* Only a pod's resources change that way, and only that way do they change. */
static void resize(test_t *t)
{
    kube_core_v1_pod_t *out = NULL, pod = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" },
        .spec = &(kube_core_v1_pod_spec_t){
            .service_account_name = "default",
            .automount_service_account_token = KUBE_SOME(false),
            .containers = KUBE_LIST(kube_core_v1_container_t, {
                .name = "app", .image = "example.com/app:1",
                .resources = &(kube_core_v1_resource_requirements_t){ .requests = KUBE_MAP({ "cpu", "100m" }), .limits = KUBE_MAP({ "cpu", "2" }) },
            }),
        },
    };
    kube_patch_t larger = strategic_patch("{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"containers\":[{\"name\":\"app\",\"image\":\"x\","
                                          "\"resources\":{\"requests\":{\"cpu\":\"200m\"}}}]}}");
    kube_patch_t unlimited = strategic_patch("{\"spec\":{\"containers\":[{\"name\":\"app\",\"resources\":{\"limits\":{\"cpu\":null}}}]}}");
    REQUIRE(t, make_service_account(t));
    REQUIRE_OK(t, kube_core_v1_pod_create(t->client, NULL, &pod, NULL, NULL, &t->err));
    CHECK_CODE(t, kube_core_v1_pod_patch(t->client, NULL, "web", &larger, NULL, NULL, &t->err), KUBE_E_INVALID);
    REQUIRE_OK(t, kube_core_v1_pod_patch_resize(t->client, NULL, "web", &larger, NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, map_get(&out->spec->containers.items[0].resources->requests, "cpu"), "200m");
    CHECK_STR(t, out->spec->containers.items[0].image, "example.com/app:1");
    CHECK(t, !kube_meta_label(&kube_core_v1_pod_type, out, "a"));
    CHECK_CODE(t, kube_core_v1_pod_patch_resize(t->client, NULL, "web", &unlimited, NULL, NULL, &t->err), KUBE_E_INVALID);
    REQUIRE_OK(t, kube_core_v1_pod_get_resize(t->client, NULL, "web", NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, map_get(&out->spec->containers.items[0].resources->requests, "cpu"), "200m");
}

/* A namespace goes when the last finalizer of its spec is gone, which only this subresource takes away. */
static void finalize(test_t *t)
{
    const char *name = unique_name(t, "conformance");
    kube_core_v1_namespace_t *out = NULL, held = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = name },
        .spec = &(kube_core_v1_namespace_spec_t){ .finalizers = KUBE_STRINGS("example.com/hold") },
    };
    kube_core_v1_namespace_t let_go = { .metadata = held.metadata };
    kube_patch_t ignored = merge_patch("{\"spec\":{\"finalizers\":null}}");
    REQUIRE_OK(t, kube_core_v1_namespace_create(t->client, &held, NULL, NULL, &t->err));
    REQUIRE_OK(t, kube_core_v1_namespace_patch(t->client, name, &ignored, NULL, &out, &t->err));
    keep(t, out);
    CHECK_INT(t, out->spec->finalizers.len, 2);
    REQUIRE_OK(t, kube_core_v1_namespace_delete(t->client, name, NULL, NULL, &t->err));
    for (int64_t end = now_ms() + 4 * CALL_MS; out->spec->finalizers.len != 1 && now_ms() < end; pause_ms(50)) {
        REQUIRE_OK(t, kube_core_v1_namespace_get(t->client, name, NULL, &out, &t->err));
        keep(t, out);
    }
    REQUIRE(t, out->spec->finalizers.len == 1);
    CHECK_STR(t, out->spec->finalizers.items[0], "example.com/hold");
    CHECK_STR(t, out->status->phase, "Terminating");
    REQUIRE_OK(t, kube_core_v1_namespace_update_finalize(t->client, &let_go, NULL, &out, &t->err));
    keep(t, out);
    CHECK_CODE(t, kube_core_v1_namespace_get(t->client, name, NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
}

static void token(test_t *t)
{
    kube_core_v1_service_account_t account = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "robot" } };
    kube_authentication_v1_token_request_t *out = NULL;
    kube_authentication_v1_token_request_t wanted = {
        .spec = &(kube_authentication_v1_token_request_spec_t){ .expiration_seconds = KUBE_SOME(600) },
    };
    REQUIRE_OK(t, kube_core_v1_service_account_create(t->client, NULL, &account, NULL, NULL, &t->err));
    REQUIRE_OK(t, kube_core_v1_service_account_create_token(t->client, NULL, "robot", &wanted, NULL, &out, &t->err));
    keep(t, out);
    CHECK(t, out->status && out->status->token && *out->status->token);
    CHECK(t, out->status->expiration_timestamp.has);
}

static void who_am_i(test_t *t)
{
    kube_authentication_v1_self_subject_review_t question = { 0 }, *out = NULL;
    REQUIRE_OK(t, kube_authentication_v1_self_subject_review_create(t->client, &question, NULL, &out, &t->err));
    keep(t, out);
    REQUIRE(t, out->status && out->status->user_info);
    CHECK(t, out->status->user_info->username && *out->status->user_info->username);
}

static void may_i(test_t *t)
{
    kube_authorization_v1_self_subject_access_review_t *out = NULL;
    kube_authorization_v1_self_subject_access_review_t question = {
        .spec = &(kube_authorization_v1_self_subject_access_review_spec_t){
            .resource_attributes = &(kube_authorization_v1_resource_attributes_t){ .verb = "get", .resource = "pods", .namespace_ = t->ns },
        },
    };
    REQUIRE_OK(t, kube_authorization_v1_self_subject_access_review_create(t->client, &question, NULL, &out, &t->err));
    keep(t, out);
    CHECK(t, out->status && out->status->allowed.value);
}

/* ---- certificates ---- */

typedef kube_certificates_v1_certificate_signing_request_t csr_t;

/* By CN=golden, its key thrown away. Its signer is nobody, so that none answers. */
static const csr_t *make_csr(test_t *t)
{
    static const char request[] = "-----BEGIN CERTIFICATE REQUEST-----\n"
                                  "MIHLMHMCAQAwETEPMA0GA1UEAwwGZ29sZGVuMFkwEwYHKoZIzj0CAQYIKoZIzj0D\n"
                                  "AQcDQgAEZhfQXAt7LwcRjYUllstFbzN6+ZojH56oxXvySzt7wfHIFETZOzTXLWpi\n"
                                  "jz9OiIzDe2PVN65x4pur9KQwACptmKAAMAoGCCqGSM49BAMCA0gAMEUCIQCo3PgV\n"
                                  "B3EHEnSnZkgRVYiRG6N6YrCmriqkpXfBF44/rgIgExDDcxWGCKkyeJJcNfaycH5E\n"
                                  "w1GgawzEysOmC2hAMAU=\n"
                                  "-----END CERTIFICATE REQUEST-----\n";
    csr_t *out = NULL, wanted = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = unique_name(t, "conformance") },
        .spec = &(kube_certificates_v1_certificate_signing_request_spec_t){
            .request = { (const unsigned char *)request, sizeof request - 1 }, .signer_name = "example.com/signer",
            .usages = KUBE_STRINGS("client auth"), .username = "somebody else",
        },
    };
    if (!CHECK_OK(t, kube_certificates_v1_certificate_signing_request_create(t->client, &wanted, NULL, &out, &t->err)))
        return NULL;
    keep(t, out);
    delete_later(t, &kube_certificates_v1_certificate_signing_requests, NULL, out->metadata->name);
    return out;
}

static int count_conditions(const csr_t *csr)
{
    return csr->status ? (int)csr->status->conditions.len : 0;
}

/* Writing the request, or its status, approves nothing. */
static void approval(test_t *t)
{
    csr_t *out = NULL;
    const csr_t *made = make_csr(t);
    REQUIRE(t, made);
    CHECK(t, strcmp(made->spec->username, "somebody else") != 0);
    csr_t approved = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = made->metadata->name, .resource_version = made->metadata->resource_version },
        .spec = made->spec,
        .status = &(kube_certificates_v1_certificate_signing_request_status_t){
            .conditions = KUBE_LIST(kube_certificates_v1_certificate_signing_request_condition_t,
                                    { .type = "Approved", .status = "True", .reason = "Tested", .message = "by a case" }),
        },
    };
    REQUIRE_OK(t, kube_certificates_v1_certificate_signing_request_update(t->client, &approved, NULL, &out, &t->err));
    keep(t, out);
    CHECK_INT(t, count_conditions(out), 0);
    CHECK_CODE(t, kube_certificates_v1_certificate_signing_request_update_status(t->client, &approved, NULL, NULL, &t->err), KUBE_E_INVALID);
    REQUIRE_OK(t, kube_certificates_v1_certificate_signing_request_update_approval(t->client, &approved, NULL, &out, &t->err));
    keep(t, out);
    REQUIRE(t, count_conditions(out) == 1);
    CHECK_STR(t, out->status->conditions.items[0].type, "Approved");
    CHECK(t, out->status->conditions.items[0].last_update_time.has);
    CHECK_CODE(t, kube_certificates_v1_certificate_signing_request_update_approval(t->client, &approved, NULL, NULL, &t->err), KUBE_E_CONFLICT);
}

static void approval_stays(test_t *t)
{
    csr_t *out = NULL;
    kube_patch_t yes = merge_patch("{\"status\":{\"conditions\":[{\"type\":\"Approved\",\"status\":\"True\"}]}}");
    kube_patch_t both = strategic_patch("{\"status\":{\"conditions\":[{\"type\":\"Denied\",\"status\":\"True\"}]}}");
    kube_patch_t neither = merge_patch("{\"status\":{\"conditions\":null}}");
    const csr_t *made = make_csr(t);
    REQUIRE(t, made);
    const char *name = made->metadata->name;
    REQUIRE_OK(t, kube_certificates_v1_certificate_signing_request_patch_approval(t->client, name, &yes, NULL, NULL, &t->err));
    CHECK_CODE(t, kube_certificates_v1_certificate_signing_request_patch_approval(t->client, name, &both, NULL, NULL, &t->err), KUBE_E_INVALID);
    CHECK_CODE(t, kube_certificates_v1_certificate_signing_request_patch_approval(t->client, name, &neither, NULL, NULL, &t->err),
               KUBE_E_INVALID);
    REQUIRE_OK(t, kube_certificates_v1_certificate_signing_request_get_approval(t->client, name, NULL, &out, &t->err));
    keep(t, out);
    CHECK_INT(t, count_conditions(out), 1);
}

const test_case_t subresources_cases[] = {
    { "subresource/status-is-separate", status_is_separate },
    { "subresource/status-patch", status_patch },
    { "subresource/scale", scale },
    { "subresource/scale-through-tables", scale_generic },
    { "subresource/evict", evict },
    { "subresource/evict-429-is-the-answer", evict_refused },
    { "subresource/bind", bind },
    { "subresource/ephemeral-containers", ephemeral_containers },
    { "subresource/resize", resize },
    { "subresource/finalize", finalize },
    { "subresource/approval", approval },
    { "subresource/approval-stays", approval_stays },
    { "subresource/token", token },
    { "review/who-am-i", who_am_i },
    { "review/may-i", may_i },
    { 0 },
};
