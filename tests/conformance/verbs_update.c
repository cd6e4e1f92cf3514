/* Update, and the functions that write again after a conflict. */
#include "cases.h"

/* The caller's own copy of what the server holds. */
static config_map_t *copy_of(test_t *t, const config_map_t *object)
{
    config_map_t *copy = kube_dup(&kube_core_v1_config_map_type, object);
    CHECK(t, copy != NULL);
    keep(t, copy);
    return copy;
}

static bool put(config_map_t *object, const char *value)
{
    return kube_map_set(object, object, &kube_core_v1_config_map_type, "data", "k", value) == KUBE_OK;
}

static void replaces(test_t *t)
{
    config_map_t *out = NULL;
    const config_map_t *made = make_config_map(t, "web", "1");
    REQUIRE(t, made);
    config_map_t wanted = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "web", .resource_version = made->metadata->resource_version },
        .data = KUBE_MAP({ "other", "2" }),
    };
    REQUIRE_OK(t, kube_core_v1_config_map_update(t->client, NULL, &wanted, NULL, &out, &t->err));
    keep(t, out);
    CHECK_INT(t, out->data.len, 1);
    CHECK_STR(t, map_get(&out->data, "other"), "2");
    CHECK_STR(t, out->metadata->uid, made->metadata->uid);
    CHECK(t, strcmp(out->metadata->resource_version, made->metadata->resource_version) != 0);
}

static void stale_version(test_t *t)
{
    const config_map_t *made = make_config_map(t, "web", "1");
    config_map_t *out = NULL;
    REQUIRE(t, made && set_value(t, "web", "2"));
    config_map_t *stale = copy_of(t, made);
    REQUIRE(t, put(stale, "3"));
    CHECK_CODE(t, kube_core_v1_config_map_update(t->client, NULL, stale, NULL, NULL, &t->err), KUBE_E_CONFLICT);
    CHECK_INT(t, t->err.http_status, 409);
    CHECK_STR(t, t->err.reason, "Conflict");
    CHECK(t, strstr(t->err.message, "the object has been modified; please apply your changes to the latest version and try again") != NULL);
    REQUIRE_OK(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, value_of(out), "2");
}

static void without_version(test_t *t)
{
    config_map_t *out = NULL;
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" }, .data = KUBE_MAP({ "k", "3" }) };
    REQUIRE(t, make_config_map(t, "web", "1") && set_value(t, "web", "2"));
    REQUIRE_OK(t, kube_core_v1_config_map_update(t->client, NULL, &wanted, NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, value_of(out), "3");
}

static void version_required(test_t *t)
{
    kube_coordination_v1_lease_t *made = NULL;
    kube_coordination_v1_lease_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "lock" } };
    REQUIRE_OK(t, kube_coordination_v1_lease_create(t->client, NULL, &wanted, NULL, &made, &t->err));
    keep(t, made);
    CHECK_CODE(t, kube_coordination_v1_lease_update(t->client, NULL, &wanted, NULL, NULL, &t->err), KUBE_E_INVALID);
    CHECK(t, strstr(t->err.message, "metadata.resourceVersion") != NULL);
}

static void not_found(test_t *t)
{
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "nobody" } };
    CHECK_CODE(t, kube_core_v1_config_map_update(t->client, NULL, &wanted, NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
}

static void wrong_uid(test_t *t)
{
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web", .uid = "11111111-2222-3333-4444-555555555555" } };
    REQUIRE(t, make_config_map(t, "web", "1"));
    CHECK_CODE(t, kube_core_v1_config_map_update(t->client, NULL, &wanted, NULL, NULL, &t->err), KUBE_E_CONFLICT);
}

static void dry_run(test_t *t)
{
    config_map_t *out = NULL;
    const config_map_t *made = make_config_map(t, "web", "1");
    kube_update_options_t options = { .dry_run = true };
    REQUIRE(t, made);
    config_map_t *changed = copy_of(t, made);
    REQUIRE(t, put(changed, "2"));
    REQUIRE_OK(t, kube_core_v1_config_map_update(t->client, NULL, changed, &options, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, value_of(out), "2");
    REQUIRE_OK(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, value_of(out), "1");
}

static void same_again(test_t *t)
{
    config_map_t *out = NULL;
    const config_map_t *made = make_config_map(t, "web", "1");
    REQUIRE(t, made);
    REQUIRE_OK(t, kube_core_v1_config_map_update(t->client, NULL, made, NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, out->metadata->resource_version, made->metadata->resource_version);
}

static void immutable(test_t *t)
{
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" }, .immutable = KUBE_SOME(true),
                            .data = KUBE_MAP({ "k", "1" }) };
    REQUIRE_OK(t, kube_core_v1_config_map_create(t->client, NULL, &wanted, NULL, NULL, &t->err));
    kube_patch_t patch = merge_patch("{\"data\":{\"k\":\"2\"}}");
    CHECK_CODE(t, kube_core_v1_config_map_patch(t->client, NULL, "web", &patch, NULL, NULL, &t->err), KUBE_E_INVALID);
    CHECK(t, strstr(t->err.message, "field is immutable when `immutable` is set") != NULL);
}

static void generation(test_t *t)
{
    kube_apps_v1_deployment_t *out = NULL;
    REQUIRE(t, make_deployment(t, "web"));
    kube_patch_t label = merge_patch("{\"metadata\":{\"labels\":{\"a\":\"b\"}}}"), spec = merge_patch("{\"spec\":{\"minReadySeconds\":5}}");
    REQUIRE_OK(t, kube_apps_v1_deployment_patch(t->client, NULL, "web", &label, NULL, &out, &t->err));
    keep(t, out);
    CHECK_INT(t, out->metadata->generation.value, 1);
    REQUIRE_OK(t, kube_apps_v1_deployment_patch(t->client, NULL, "web", &spec, NULL, &out, &t->err));
    keep(t, out);
    CHECK_INT(t, out->metadata->generation.value, 2);
    kube_patch_t annotation = merge_patch("{\"metadata\":{\"annotations\":{\"a\":\"b\"}}}");
    REQUIRE_OK(t, kube_apps_v1_deployment_patch(t->client, NULL, "web", &annotation, NULL, &out, &t->err));
    keep(t, out);
    CHECK_INT(t, out->metadata->generation.value, 3); /* of Deployments the server counts annotations too */
}

static void newer_fields_survive(test_t *t)
{
    config_map_t *out = NULL;
    REQUIRE(t, make_config_map(t, "web", "1"));
    kube_patch_t others = merge_patch("{\"metadata\":{\"annotations\":{\"other.example.com/x\":\"y\"}}}");
    REQUIRE_OK(t, kube_core_v1_config_map_patch(t->client, NULL, "web", &others, NULL, &out, &t->err));
    keep(t, out);
    REQUIRE(t, put(out, "2"));
    config_map_t *after = NULL;
    REQUIRE_OK(t, kube_core_v1_config_map_update(t->client, NULL, out, NULL, &after, &t->err));
    keep(t, after);
    CHECK_STR(t, kube_meta_annotation(&kube_core_v1_config_map_type, after, "other.example.com/x"), "y");
}

/* ---- kube_modify ---- */

static int set_to_two(void *object, void *userdata)
{
    (void)userdata;
    return put(object, "2") ? 0 : KUBE_E_NO_MEMORY;
}

static void modify_updates(test_t *t)
{
    config_map_t *out = NULL;
    kube_modified_t modified = KUBE_MODIFIED_NOTHING;
    kube_modify_options_t options = { .modified = &modified, .field_manager = "conformance" };
    REQUIRE(t, make_config_map(t, "web", "1"));
    REQUIRE_OK(t, kube_modify(t->client, &kube_core_v1_config_maps, NULL, "web", set_to_two, NULL, &options, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, value_of(out), "2");
    CHECK_INT(t, modified, KUBE_MODIFIED_UPDATED);
    const char *version = out->metadata->resource_version;
    REQUIRE_OK(t, kube_modify(t->client, &kube_core_v1_config_maps, NULL, "web", set_to_two, NULL, &options, &out, &t->err));
    keep(t, out);
    CHECK_INT(t, modified, KUBE_MODIFIED_NOTHING);
    CHECK_STR(t, out->metadata->resource_version, version);
}

static void modify_creates(test_t *t)
{
    config_map_t *out = NULL;
    kube_modified_t modified = KUBE_MODIFIED_NOTHING;
    kube_modify_options_t options = { .modified = &modified };
    CHECK_CODE(t, kube_modify(t->client, &kube_core_v1_config_maps, NULL, "web", set_to_two, NULL, &options, &out, &t->err),
               KUBE_E_NOT_FOUND);
    REQUIRE_OK(t, kube_create_or_modify(t->client, &kube_core_v1_config_maps, NULL, "web", set_to_two, NULL, &options, &out, &t->err));
    keep(t, out);
    CHECK_INT(t, modified, KUBE_MODIFIED_CREATED);
    CHECK_STR(t, value_of(out), "2");
}

typedef struct rival {
    test_t *t;
    int times; /* that somebody else is faster */
    int calls;
} rival_t;

/* Somebody else writes between the read and the write. */
static int race(void *object, void *userdata)
{
    rival_t *rival = userdata;
    test_t *t = rival->t;
    if (rival->calls++ < rival->times) {
        kube_patch_t patch = merge_patch(text(t, "{\"data\":{\"rival\":\"%d\"}}", rival->calls));
        if (!CHECK_OK(t, kube_core_v1_config_map_patch(t->client, NULL, "web", &patch, NULL, NULL, &t->err)))
            return KUBE_E_USAGE;
    }
    return put(object, "mine") ? 0 : KUBE_E_NO_MEMORY;
}

static void modify_loses_no_writer(test_t *t)
{
    config_map_t *out = NULL;
    rival_t rival = { .t = t, .times = 3 };
    kube_error_t err;
    REQUIRE(t, make_config_map(t, "web", "1"));
    int code = kube_modify(t->client, &kube_core_v1_config_maps, NULL, "web", race, &rival, NULL, &out, &err);
    keep(t, out);
    REQUIRE_OK(t, code);
    CHECK_INT(t, rival.calls, 4);
    CHECK_STR(t, value_of(out), "mine");
    CHECK_STR(t, map_get(&out->data, "rival"), "3");
}

static void modify_gives_up(test_t *t)
{
    rival_t rival = { .t = t, .times = 100 };
    kube_error_t err;
    kube_modify_options_t options = { .retry = { .steps = 3, .base_ms = 1 } };
    REQUIRE(t, make_config_map(t, "web", "1"));
    CHECK_CODE(t, kube_modify(t->client, &kube_core_v1_config_maps, NULL, "web", race, &rival, &options, NULL, &err), KUBE_E_CONFLICT);
    CHECK_INT(t, rival.calls, 3);
}

static int refuse(void *object, void *userdata)
{
    (void)object;
    (void)userdata;
    return 42;
}

static void modify_is_left(test_t *t)
{
    config_map_t *out = NULL;
    const config_map_t *made = make_config_map(t, "web", "1");
    REQUIRE(t, made);
    CHECK_INT(t, kube_modify(t->client, &kube_core_v1_config_maps, NULL, "web", refuse, NULL, NULL, NULL, &t->err), 42);
    REQUIRE_OK(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, &out, &t->err));
    keep(t, out);
    CHECK(t, kube_equal(&kube_core_v1_config_map_type, made, out));
}

static int replace_value(kube_error_t *err, void *userdata)
{
    rival_t *rival = userdata;
    test_t *t = rival->t;
    config_map_t *held = NULL;
    int code = kube_core_v1_config_map_get(t->client, NULL, "web", NULL, &held, err);
    if (code == KUBE_OK && rival->calls++ < rival->times && !set_value(t, "web", text(t, "rival %d", rival->calls)))
        code = KUBE_E_USAGE;
    if (code == KUBE_OK)
        code = put(held, "mine") ? kube_core_v1_config_map_update(t->client, NULL, held, NULL, NULL, err) : KUBE_E_NO_MEMORY;
    kube_free(held);
    return code;
}

static void retry_on_conflict(test_t *t)
{
    config_map_t *out = NULL;
    rival_t rival = { .t = t, .times = 2 };
    kube_error_t err;
    REQUIRE(t, make_config_map(t, "web", "1"));
    REQUIRE_OK(t, kube_retry_on_conflict(NULL, replace_value, &rival, &err));
    CHECK_INT(t, rival.calls, 3);
    REQUIRE_OK(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, value_of(out), "mine");
}

static int give_reason(void *object, void *userdata)
{
    kube_core_v1_pod_status_t *status = kube_ensure(object, object, &kube_core_v1_pod_type, "status");
    (void)userdata;
    return status ? kube_set_string(object, status, &kube_core_v1_pod_status_type, "reason", "Because") : KUBE_E_NO_MEMORY;
}

static void modify_status(test_t *t)
{
    kube_core_v1_pod_t *out = NULL;
    kube_modify_options_t options = { .subresource = "status" };
    REQUIRE(t, make_settled_pod(t, "web"));
    REQUIRE_OK(t, kube_modify(t->client, &kube_core_v1_pods, NULL, "web", give_reason, NULL, &options, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, out->status->reason, "Because");
}

const test_case_t verbs_update_cases[] = {
    { "update/replaces-the-object", replaces },
    { "update/stale-version-is-a-conflict", stale_version },
    { "update/without-a-version", without_version },
    { "update/version-required-for-some-kinds", version_required },
    { "update/not-found", not_found },
    { "update/another-object-of-that-name", wrong_uid },
    { "update/dry-run-stores-nothing", dry_run },
    { "update/nothing-changed-keeps-the-version", same_again },
    { "update/immutable-field", immutable },
    { "update/generation-counts-changes-of-spec", generation },
    { "update/fields-of-others-survive", newer_fields_survive },
    { "modify/updates-or-leaves-alone", modify_updates },
    { "modify/creates-what-is-missing", modify_creates },
    { "modify/loses-no-other-writer", modify_loses_no_writer },
    { "modify/gives-up-after-its-steps", modify_gives_up },
    { "modify/function-can-leave", modify_is_left },
    { "modify/status", modify_status },
    { "modify/retry-on-conflict", retry_on_conflict },
    { 0 },
};
