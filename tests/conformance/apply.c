/* Server-side apply. */
#include <kube/conflict.h>

#include "cases.h"

/* Applies a ConfigMap of two keys at most, as a manager. */
static int apply(test_t *t, const char *manager, bool force, kube_string_map_t data, kube_call_t call, config_map_t **out)
{
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" }, .data = data };
    kube_apply_options_t options = { .call = call, .field_manager = manager, .force = force };
    int code = kube_core_v1_config_map_apply(t->client, NULL, &wanted, &options, out, &t->err);
    if (out)
        keep(t, *out);
    return code;
}

#define DATA(...) (kube_string_map_t)KUBE_MAP(__VA_ARGS__)
static const kube_call_t plain;

static void creates(test_t *t)
{
    config_map_t *out = NULL;
    REQUIRE_OK(t, apply(t, "one", false, DATA({ "k", "1" }), plain, &out));
    CHECK_STR(t, value_of(out), "1");
    REQUIRE(t, out->metadata->managed_fields.len == 1);
    CHECK_STR(t, out->metadata->managed_fields.items[0].manager, "one");
    CHECK_STR(t, out->metadata->managed_fields.items[0].operation, "Apply");
}

static void changes_and_removes(test_t *t)
{
    config_map_t *out = NULL;
    REQUIRE_OK(t, apply(t, "one", false, DATA({ "k", "1" }, { "gone", "1" }), plain, NULL));
    REQUIRE_OK(t, apply(t, "one", false, DATA({ "k", "2" }), plain, &out));
    CHECK_STR(t, value_of(out), "2");
    CHECK_INT(t, out->data.len, 1);
}

static void same_again(test_t *t)
{
    config_map_t *first = NULL, *second = NULL;
    REQUIRE_OK(t, apply(t, "one", false, DATA({ "k", "1" }), plain, &first));
    pause_ms(1100); /* times have seconds */
    REQUIRE_OK(t, apply(t, "one", false, DATA({ "k", "1" }), plain, &second));
    CHECK_STR(t, second->metadata->resource_version, first->metadata->resource_version);
}

static void conflict(test_t *t)
{
    kube_meta_v1_status_t *status = NULL;
    kube_conflict_t conflicts[4];
    REQUIRE_OK(t, apply(t, "one", false, DATA({ "k", "1" }, { "shared", "x" }), plain, NULL));
    CHECK_CODE(t, apply(t, "two", false, DATA({ "k", "2" }, { "shared", "x" }), (kube_call_t){ .status = &status }, NULL), KUBE_E_CONFLICT);
    keep(t, status);
    CHECK(t, strstr(t->err.message, "Apply failed with 1 conflict") != NULL);
    REQUIRE(t, kube_status_conflicts(status, conflicts, COUNT(conflicts)) == 1);
    CHECK_STR(t, conflicts[0].manager, "one");
    CHECK_STR(t, conflicts[0].field, ".data.k");
}

static void conflict_with_an_update(test_t *t)
{
    kube_meta_v1_status_t *status = NULL;
    kube_conflict_t conflicts[4];
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" }, .data = KUBE_MAP({ "k", "1" }, { "l", "1" }) };
    REQUIRE_OK(t, kube_core_v1_config_map_create(t->client, NULL, &wanted, &(kube_create_options_t){ .field_manager = "editor" }, NULL, &t->err));
    CHECK_CODE(t, apply(t, "two", false, DATA({ "k", "2" }, { "l", "2" }), (kube_call_t){ .status = &status }, NULL), KUBE_E_CONFLICT);
    keep(t, status);
    REQUIRE(t, kube_status_conflicts(status, conflicts, COUNT(conflicts)) == 2);
    for (int i = 0; i < 2; i++) {
        CHECK_STR(t, conflicts[i].manager, "editor");
        CHECK_STR(t, conflicts[i].api_version, "v1");
        CHECK_STR(t, conflicts[i].field, i == 0 ? ".data.k" : ".data.l");
    }
}

static void force(test_t *t)
{
    config_map_t *out = NULL;
    REQUIRE_OK(t, apply(t, "one", false, DATA({ "k", "1" }, { "l", "1" }), plain, NULL));
    REQUIRE_OK(t, apply(t, "two", true, DATA({ "k", "2" }), plain, &out));
    CHECK_STR(t, value_of(out), "2");
    CHECK_STR(t, map_get(&out->data, "l"), "1");
    CHECK_CODE(t, apply(t, "one", false, DATA({ "k", "1" }, { "l", "1" }), plain, NULL), KUBE_E_CONFLICT);
}

static void shared_fields(test_t *t)
{
    config_map_t *out = NULL;
    REQUIRE_OK(t, apply(t, "one", false, DATA({ "k", "1" }), plain, NULL));
    REQUIRE_OK(t, apply(t, "two", false, DATA({ "k", "1" }), plain, &out));
    CHECK_INT(t, out->metadata->managed_fields.len, 2);
    REQUIRE_OK(t, apply(t, "one", false, DATA({ "other", "1" }), plain, &out));
    CHECK_STR(t, value_of(out), "1");
    REQUIRE_OK(t, apply(t, "two", false, DATA({ "other", "1" }), plain, &out));
    CHECK(t, map_get(&out->data, "k") == NULL);
}

static void manager_is_required(test_t *t)
{
    CHECK_CODE(t, apply(t, NULL, false, DATA({ "k", "1" }), plain, NULL), KUBE_E_USAGE);
    CHECK_CODE(t, apply(t, "", false, DATA({ "k", "1" }), plain, NULL), KUBE_E_USAGE);
    CHECK_INT(t, t->err.attempts, 0);
}

static void managed_fields_are_refused(test_t *t)
{
    const config_map_t *made = make_config_map(t, "web", "1");
    kube_apply_options_t options = { .field_manager = "one" };
    REQUIRE(t, made);
    CHECK_CODE(t, kube_core_v1_config_map_apply(t->client, NULL, made, &options, NULL, &t->err), KUBE_E_USAGE);
}

static void dry_run(test_t *t)
{
    config_map_t *out = NULL;
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" }, .data = KUBE_MAP({ "k", "1" }) };
    kube_apply_options_t options = { .field_manager = "one", .dry_run = true };
    REQUIRE_OK(t, kube_core_v1_config_map_apply(t->client, NULL, &wanted, &options, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, value_of(out), "1");
    CHECK_CODE(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
}

static void stale_version(test_t *t)
{
    const config_map_t *made = make_config_map(t, "web", "1");
    REQUIRE(t, made && set_value(t, "web", "2"));
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web", .resource_version = made->metadata->resource_version } };
    kube_apply_options_t options = { .field_manager = "one" };
    CHECK_CODE(t, kube_core_v1_config_map_apply(t->client, NULL, &wanted, &options, NULL, &t->err), KUBE_E_CONFLICT);
}

/* A Deployment that says nothing but its selector, and the container `name` with an image. */
static int apply_container(test_t *t, const char *manager, const char *name, const char *image, kube_apps_v1_deployment_t **out)
{
    kube_apps_v1_deployment_t wanted = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" },
        .spec = &(kube_apps_v1_deployment_spec_t){
            .selector = &(kube_meta_v1_label_selector_t){ .match_labels = KUBE_MAP({ "app", "web" }) },
            .template_ = &(kube_core_v1_pod_template_spec_t){
                .metadata = &(kube_meta_v1_object_meta_t){ .labels = KUBE_MAP({ "app", "web" }) },
                .spec = &(kube_core_v1_pod_spec_t){ .containers = KUBE_LIST(kube_core_v1_container_t, { .name = name, .image = image }) },
            },
        },
    };
    kube_apply_options_t options = { .field_manager = manager };
    int code = kube_apps_v1_deployment_apply(t->client, NULL, &wanted, &options, out, &t->err);
    keep(t, *out);
    return code;
}

static void lists_by_key(test_t *t)
{
    kube_apps_v1_deployment_t *out = NULL;
    REQUIRE_OK(t, apply_container(t, "one", "app", "example.com/app:1", &out));
    REQUIRE_OK(t, apply_container(t, "two", "side", "example.com/side:1", &out));
    REQUIRE(t, out->spec->template_->spec->containers.len == 2);
    REQUIRE_OK(t, apply_container(t, "two", "side", "example.com/side:2", &out));
    REQUIRE(t, out->spec->template_->spec->containers.len == 2);
    CHECK_STR(t, out->spec->template_->spec->containers.items[0].image, "example.com/app:1");
    CHECK_STR(t, out->spec->template_->spec->containers.items[1].image, "example.com/side:2");
    CHECK_CODE(t, apply_container(t, "two", "app", "example.com/other:1", &out), KUBE_E_CONFLICT);
    CHECK(t, strstr(t->err.message, "containers[name=\"app\"].image") != NULL);
}

/* What one does not say, others may: an autoscaler's replicas. */
static void unsaid_fields_are_free(test_t *t)
{
    kube_apps_v1_deployment_t *out = NULL;
    kube_patch_t scale = merge_patch("{\"spec\":{\"replicas\":0,\"paused\":true}}");
    REQUIRE_OK(t, apply_container(t, "one", "app", "example.com/app:1", &out));
    CHECK_INT(t, out->spec->replicas.value, 1);
    REQUIRE_OK(t, kube_apps_v1_deployment_patch(t->client, NULL, "web", &scale, NULL, NULL, &t->err));
    REQUIRE_OK(t, apply_container(t, "one", "app", "example.com/app:2", &out));
    CHECK_INT(t, out->spec->replicas.value, 0);
    CHECK(t, out->spec->paused.value);
}

static void status(test_t *t)
{
    kube_core_v1_pod_t *out = NULL;
    kube_apply_options_t options = { .field_manager = "one" };
    REQUIRE(t, make_pod(t, "web", NULL));
    kube_core_v1_pod_t wanted = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" },
        .status = &(kube_core_v1_pod_status_t){
            .conditions = KUBE_LIST(kube_core_v1_pod_condition_t, { .type = "example.com/Odd", .status = "True" }),
        },
    };
    REQUIRE_OK(t, kube_core_v1_pod_apply_status(t->client, NULL, &wanted, &options, &out, &t->err));
    keep(t, out);
    bool found = false;
    for (size_t i = 0; i < out->status->conditions.len; i++)
        found = found || strcmp(out->status->conditions.items[i].type, "example.com/Odd") == 0;
    CHECK(t, found);
}

static void strict(test_t *t)
{
    static const kube_unknown_t surplus = { .name = "surplus", .value = KUBE_JSON("1") };
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" }, .unknown = &surplus };
    kube_apply_options_t options = { .field_manager = "one" };
    int code = kube_core_v1_config_map_apply(t->client, NULL, &wanted, &options, NULL, &t->err);
    CHECK(t, code < 0); /* apply is always strict: the server's words and code differ between versions */
    CHECK(t, strstr(t->err.message, "surplus") != NULL);
}

const test_case_t apply_cases[] = {
    { "apply/creates", creates },
    { "apply/changes-and-removes", changes_and_removes },
    { "apply/same-again-changes-nothing", same_again },
    { "apply/conflict-names-manager-and-field", conflict },
    { "apply/conflict-with-an-update", conflict_with_an_update },
    { "apply/force-takes-fields", force },
    { "apply/fields-can-be-shared", shared_fields },
    { "apply/manager-is-required", manager_is_required },
    { "apply/managed-fields-are-misuse", managed_fields_are_refused },
    { "apply/dry-run-stores-nothing", dry_run },
    { "apply/stale-version-is-a-conflict", stale_version },
    { "apply/lists-by-their-keys", lists_by_key },
    { "apply/unsaid-fields-are-others", unsaid_fields_are_free },
    { "apply/status", status },
    { "apply/refuses-unknown-fields", strict },
    { 0 },
};
