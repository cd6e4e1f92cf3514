/* Create. */
#include "cases.h"

static void returns_what_the_server_holds(test_t *t)
{
    const config_map_t *made = make_config_map(t, "web", "1");
    REQUIRE(t, made && made->metadata);
    CHECK_STR(t, value_of(made), "1");
    CHECK_STR(t, made->metadata->name, "web");
    CHECK_STR(t, made->metadata->namespace_, t->ns);
    CHECK(t, made->metadata->uid && made->metadata->resource_version);
    CHECK(t, made->metadata->creation_timestamp.has);
    CHECK_INT(t, t->err.code, 0);
    CHECK_INT(t, t->err.attempts, 0);
}

static void already_exists(test_t *t)
{
    kube_meta_v1_status_t *status = NULL;
    config_map_t *out = (config_map_t *)t;
    config_map_t again = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" } };
    kube_create_options_t options = { .call.status = &status };
    REQUIRE(t, make_config_map(t, "web", "1"));
    REQUIRE_CODE(t, kube_core_v1_config_map_create(t->client, NULL, &again, &options, &out, &t->err), KUBE_E_ALREADY_EXISTS);
    keep(t, status);
    CHECK(t, out == NULL);
    CHECK_INT(t, t->err.http_status, 409);
    CHECK_STR(t, t->err.reason, "AlreadyExists");
    CHECK_STR(t, t->err.message, "configmaps \"web\" already exists");
    CHECK_INT(t, t->err.attempts, 1);
    REQUIRE(t, status && status->details);
    CHECK_STR(t, status->details->name, "web");
    CHECK_STR(t, status->details->kind, "configmaps");
    CHECK_INT(t, status->code.value, 409);
}

static void generate_name(test_t *t)
{
    config_map_t *first = NULL, *second = NULL;
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .generate_name = "job-" } };
    REQUIRE_OK(t, kube_core_v1_config_map_create(t->client, NULL, &wanted, NULL, &first, &t->err));
    keep(t, first);
    REQUIRE_OK(t, kube_core_v1_config_map_create(t->client, NULL, &wanted, NULL, &second, &t->err));
    keep(t, second);
    CHECK(t, strncmp(first->metadata->name, "job-", 4) == 0 && strlen(first->metadata->name) == 9);
    CHECK(t, strcmp(first->metadata->name, second->metadata->name) != 0);
    CHECK_STR(t, first->metadata->generate_name, "job-");
}

static void dry_run(test_t *t)
{
    config_map_t *out = NULL;
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" }, .data = KUBE_MAP({ "k", "1" }) };
    kube_create_options_t options = { .dry_run = true };
    REQUIRE_OK(t, kube_core_v1_config_map_create(t->client, NULL, &wanted, &options, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, value_of(out), "1");
    CHECK_CODE(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
}

static void namespaces(test_t *t)
{
    config_map_t *out = NULL;
    config_map_t in_object = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "a", .namespace_ = t->ns } };
    config_map_t nowhere = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "b" } };
    kube_client_t *other = new_client_of(t, t->server->config, NULL);
    REQUIRE(t, other);
    REQUIRE_OK(t, kube_core_v1_config_map_create(other, NULL, &in_object, NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, out->metadata->namespace_, t->ns);
    REQUIRE_OK(t, kube_core_v1_config_map_create(t->client, NULL, &nowhere, NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, out->metadata->namespace_, t->ns);
    CHECK_STR(t, kube_client_namespace(t->client), t->ns);
}

static void namespace_mismatch(test_t *t)
{
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "a", .namespace_ = t->ns } };
    CHECK_CODE(t, kube_core_v1_config_map_create(t->client, "default", &wanted, NULL, NULL, &t->err), KUBE_E_USAGE);
    CHECK_INT(t, t->err.attempts, 0);
}

static void unknown_namespace(test_t *t)
{
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "a" } };
    CHECK_CODE(t, kube_core_v1_config_map_create(t->client, "no-such-namespace", &wanted, NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
    CHECK_STR(t, t->err.message, "namespaces \"no-such-namespace\" not found");
}

static void cluster_scoped(test_t *t)
{
    const char *name = unique_name(t, "conformance");
    kube_rbac_v1_cluster_role_t *out = NULL;
    kube_rbac_v1_cluster_role_t wanted = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = name },
        .rules = KUBE_LIST(kube_rbac_v1_policy_rule_t, { .verbs = KUBE_STRINGS("get"), .api_groups = KUBE_STRINGS(""),
                                                         .resources = KUBE_STRINGS("pods") }),
    };
    delete_later(t, &kube_rbac_v1_cluster_roles, NULL, name);
    REQUIRE_OK(t, kube_rbac_v1_cluster_role_create(t->client, &wanted, NULL, &out, &t->err));
    keep(t, out);
    CHECK(t, out->metadata->namespace_ == NULL);
    CHECK(t, out->rules.len == 1 && out->rules.items[0].verbs.len == 1);
}

static const kube_unknown_t surplus = { .name = "surplus", .value = KUBE_JSON("{\"a\":1}") };

static void strict_fields(test_t *t)
{
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "a" }, .unknown = &surplus };
    kube_create_options_t strict = { .field_validation = "Strict" };
    CHECK_CODE(t, kube_core_v1_config_map_create(t->client, NULL, &wanted, &strict, NULL, &t->err), KUBE_E_BAD_REQUEST);
    CHECK(t, strstr(t->err.message, "unknown field \"surplus\"") != NULL);
    CHECK_CODE(t, kube_core_v1_config_map_get(t->client, NULL, "a", NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
}

typedef struct warnings {
    int count;
    char text[256];
} warnings_t;

static void take_warning(void *userdata, int code, const char *agent, const char *text)
{
    warnings_t *warnings = userdata;
    (void)agent;
    warnings->count += code == 299;
    snprintf(warnings->text, sizeof warnings->text, "%s", text);
}

static void unknown_field_warning(test_t *t)
{
    warnings_t warnings = { 0 };
    kube_hooks_t hooks = { .userdata = &warnings, .warning = take_warning };
    kube_client_t *client = new_client(t, &(kube_client_options_t){ .hooks = &hooks });
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "a" }, .unknown = &surplus };
    kube_create_options_t ignore = { .field_validation = "Ignore", .dry_run = true };
    REQUIRE(t, client);
    REQUIRE_OK(t, kube_core_v1_config_map_create(client, NULL, &wanted, &ignore, NULL, &t->err));
    CHECK_INT(t, warnings.count, 0);
    REQUIRE_OK(t, kube_core_v1_config_map_create(client, NULL, &wanted, NULL, NULL, &t->err));
    CHECK_INT(t, warnings.count, 1);
    CHECK_STR(t, warnings.text, "unknown field \"surplus\"");
}

static void field_manager(test_t *t)
{
    config_map_t *named = NULL, *unnamed = NULL;
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .generate_name = "a-" }, .data = KUBE_MAP({ "k", "1" }) };
    kube_create_options_t options = { .field_manager = "conformance" };
    REQUIRE_OK(t, kube_core_v1_config_map_create(t->client, NULL, &wanted, &options, &named, &t->err));
    keep(t, named);
    REQUIRE_OK(t, kube_core_v1_config_map_create(t->client, NULL, &wanted, NULL, &unnamed, &t->err));
    keep(t, unnamed);
    REQUIRE(t, named->metadata->managed_fields.len == 1 && unnamed->metadata->managed_fields.len == 1);
    CHECK_STR(t, named->metadata->managed_fields.items[0].manager, "conformance");
    CHECK_STR(t, named->metadata->managed_fields.items[0].operation, "Update");
    CHECK_STR(t, unnamed->metadata->managed_fields.items[0].manager, "libkube");
}

static void invalid(test_t *t)
{
    kube_meta_v1_status_t *status = NULL;
    kube_create_options_t options = { .call.status = &status };
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "Not_A_Name" }, .data = KUBE_MAP({ "bad key", "1" }) };
    CHECK_CODE(t, kube_core_v1_config_map_create(t->client, NULL, &wanted, &options, NULL, &t->err), KUBE_E_INVALID);
    keep(t, status);
    CHECK_INT(t, t->err.http_status, 422);
    CHECK_STR(t, t->err.reason, "Invalid");
    REQUIRE(t, status && status->details);
    CHECK_INT(t, status->details->causes.len, 2);
    for (size_t i = 0; i < status->details->causes.len; i++)
        CHECK_STR(t, status->details->causes.items[i].reason, "FieldValueInvalid");
    CHECK_STR(t, status->details->causes.items[0].field, "metadata.name");
}

static void without_reply(test_t *t)
{
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "a" } };
    CHECK_OK(t, kube_core_v1_config_map_create(t->client, NULL, &wanted, NULL, NULL, NULL));
    CHECK_CODE(t, kube_core_v1_config_map_create(t->client, NULL, &wanted, NULL, NULL, NULL), KUBE_E_ALREADY_EXISTS);
}

static void keeps_every_byte(test_t *t)
{
    static const uint8_t bytes[] = { 0, 1, 2, 0xff, 0xfe, '\n' };
    static const char strange[] = "tab\t quote\" back\\slash \xc3\xa9 \xf0\x9f\x9a\x80 <&> \xe2\x80\xa8 end";
    config_map_t *out = NULL;
    config_map_t wanted = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "a" },
        .data = KUBE_MAP({ "k", strange }, { "empty", "" }),
        .binary_data = KUBE_LIST(kube_bytes_entry_t, { .key = "b", .value = { .data = bytes, .len = sizeof bytes } }),
    };
    REQUIRE_OK(t, kube_core_v1_config_map_create(t->client, NULL, &wanted, NULL, NULL, &t->err));
    REQUIRE_OK(t, kube_core_v1_config_map_get(t->client, NULL, "a", NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, value_of(out), strange);
    CHECK_STR(t, map_get(&out->data, "empty"), "");
    REQUIRE(t, out->binary_data.len == 1 && out->binary_data.items[0].value.len == sizeof bytes);
    CHECK(t, memcmp(out->binary_data.items[0].value.data, bytes, sizeof bytes) == 0);
}

static void large(test_t *t)
{
    size_t len = 900 * 1024;
    char *value = malloc(len + 1);
    config_map_t *out = NULL;
    REQUIRE(t, value);
    defer(t, free, value);
    memset(value, 'x', len);
    value[len] = '\0';
    REQUIRE(t, make_config_map(t, "large", value));
    REQUIRE_OK(t, kube_core_v1_config_map_get(t->client, NULL, "large", NULL, &out, &t->err));
    keep(t, out);
    CHECK_INT(t, strlen(value_of(out)), len);
}

static void too_large(test_t *t)
{
    size_t len = 4 * 1024 * 1024;
    char *value = malloc(len + 1);
    REQUIRE(t, value);
    defer(t, free, value);
    memset(value, 'x', len);
    value[len] = '\0';
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "a" }, .data = KUBE_MAP({ "k", value }) };
    CHECK_CODE(t, kube_core_v1_config_map_create(t->client, NULL, &wanted, NULL, NULL, &t->err), KUBE_E_LIMIT);
    CHECK_INT(t, t->err.http_status, 413);
    CHECK_STR(t, t->err.reason, "RequestEntityTooLarge");
}

static void status_is_left_out(test_t *t)
{
    kube_core_v1_persistent_volume_claim_t *out = NULL;
    kube_core_v1_persistent_volume_claim_t wanted = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "disk" },
        .spec = &(kube_core_v1_persistent_volume_claim_spec_t){
            .access_modes = KUBE_STRINGS("ReadWriteOnce"),
            .storage_class_name = "none",
            .resources = &(kube_core_v1_volume_resource_requirements_t){ .requests = KUBE_MAP({ "storage", "1Gi" }) },
        },
        .status = &(kube_core_v1_persistent_volume_claim_status_t){ .phase = "Bound" },
    };
    REQUIRE_OK(t, kube_core_v1_persistent_volume_claim_create(t->client, NULL, &wanted, NULL, &out, &t->err));
    keep(t, out);
    CHECK(t, out->status && strcmp(out->status->phase, "Pending") == 0);
}

static void defaults(test_t *t)
{
    const kube_core_v1_pod_t *pod = make_pod(t, "web", NULL);
    REQUIRE(t, pod);
    CHECK_STR(t, pod->spec->restart_policy, "Always");
    CHECK_STR(t, pod->spec->dns_policy, "ClusterFirst");
    CHECK_STR(t, pod->spec->containers.items[0].image_pull_policy, "IfNotPresent");
    CHECK_INT(t, pod->spec->termination_grace_period_seconds.value, 30);
    CHECK_STR(t, pod->status->phase, "Pending");
}

const test_case_t verbs_create_cases[] = {
    { "create/returns-what-the-server-holds", returns_what_the_server_holds },
    { "create/already-exists", already_exists },
    { "create/generate-name", generate_name },
    { "create/dry-run-stores-nothing", dry_run },
    { "create/namespace-of-object-or-client", namespaces },
    { "create/two-namespaces-are-misuse", namespace_mismatch },
    { "create/unknown-namespace", unknown_namespace },
    { "create/cluster-scoped", cluster_scoped },
    { "create/strict-refuses-unknown-fields", strict_fields },
    { "create/unknown-fields-are-warned-of", unknown_field_warning },
    { "create/field-manager", field_manager },
    { "create/invalid-names-its-causes", invalid },
    { "create/no-reply-and-no-error-wanted", without_reply },
    { "create/keeps-every-byte", keeps_every_byte },
    { "create/large-object", large },
    { "create/too-large-for-the-server", too_large },
    { "create/status-is-left-out", status_is_left_out },
    { "create/server-fills-in-defaults", defaults },
    { 0 },
};
