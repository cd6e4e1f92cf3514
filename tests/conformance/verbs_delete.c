/* Delete, one and many. */
#include "cases.h"

static bool is_success(test_t *t, const kube_any_t *reply)
{
    const kube_meta_v1_status_t *status = reply->object;
    return CHECK(t, reply->type == &kube_meta_v1_status_type) && CHECK_STR(t, status->status, "Success");
}

static void gives_a_status(test_t *t)
{
    kube_any_t reply = { 0 };
    const config_map_t *made = make_config_map(t, "web", "1");
    REQUIRE(t, made);
    REQUIRE_OK(t, kube_core_v1_config_map_delete(t->client, NULL, "web", NULL, &reply, &t->err));
    keep(t, reply.object);
    REQUIRE(t, is_success(t, &reply));
    const kube_meta_v1_status_t *status = reply.object;
    CHECK(t, status->details && strcmp(status->details->uid, made->metadata->uid) == 0);
    CHECK_CODE(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
}

static void not_found(test_t *t)
{
    kube_any_t reply = { &kube_core_v1_pod_type, t };
    CHECK_CODE(t, kube_core_v1_config_map_delete(t->client, NULL, "nobody", NULL, &reply, &t->err), KUBE_E_NOT_FOUND);
    CHECK(t, !reply.object && !reply.type);
}

static void uid_precondition(test_t *t)
{
    const config_map_t *made = make_config_map(t, "web", "1");
    REQUIRE(t, made);
    kube_delete_options_t wrong = { .precondition_uid = "11111111-2222-3333-4444-555555555555" };
    kube_delete_options_t right = { .precondition_uid = made->metadata->uid };
    CHECK_CODE(t, kube_core_v1_config_map_delete(t->client, NULL, "web", &wrong, NULL, &t->err), KUBE_E_CONFLICT);
    CHECK(t, strstr(t->err.message, "does not match the UID in record") != NULL);
    CHECK_OK(t, kube_core_v1_config_map_delete(t->client, NULL, "web", &right, NULL, &t->err));
}

static void version_precondition(test_t *t)
{
    config_map_t *now = NULL;
    const config_map_t *made = make_config_map(t, "web", "1");
    REQUIRE(t, made && set_value(t, "web", "2"));
    REQUIRE_OK(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, &now, &t->err));
    keep(t, now);
    kube_delete_options_t stale = { .precondition_resource_version = made->metadata->resource_version };
    kube_delete_options_t fresh = { .precondition_resource_version = now->metadata->resource_version };
    CHECK_CODE(t, kube_core_v1_config_map_delete(t->client, NULL, "web", &stale, NULL, &t->err), KUBE_E_CONFLICT);
    CHECK_OK(t, kube_core_v1_config_map_delete(t->client, NULL, "web", &fresh, NULL, &t->err));
}

static void dry_run(test_t *t)
{
    kube_delete_options_t options = { .dry_run = true };
    REQUIRE(t, make_config_map(t, "web", "1"));
    REQUIRE_OK(t, kube_core_v1_config_map_delete(t->client, NULL, "web", &options, NULL, &t->err));
    CHECK_OK(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, NULL, &t->err));
}

static void finalizer(test_t *t)
{
    kube_any_t reply = { 0 };
    config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web", .finalizers = KUBE_STRINGS("example.com/hold") } };
    kube_patch_t let_go = merge_patch("{\"metadata\":{\"finalizers\":null}}"), hold = merge_patch("{\"metadata\":{\"finalizers\":[\"example.com/x\"]}}");
    REQUIRE_OK(t, kube_core_v1_config_map_create(t->client, NULL, &wanted, NULL, NULL, &t->err));
    REQUIRE_OK(t, kube_core_v1_config_map_delete(t->client, NULL, "web", NULL, &reply, &t->err));
    keep(t, reply.object);
    REQUIRE(t, reply.type == &kube_core_v1_config_map_type);
    CHECK(t, ((config_map_t *)reply.object)->metadata->deletion_timestamp.has);
    CHECK_OK(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, NULL, &t->err));
    CHECK_CODE(t, kube_core_v1_config_map_patch(t->client, NULL, "web", &hold, NULL, NULL, &t->err), KUBE_E_INVALID);
    CHECK_OK(t, kube_core_v1_config_map_patch(t->client, NULL, "web", &let_go, NULL, NULL, &t->err));
    CHECK_CODE(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
}

static void foreground(test_t *t)
{
    kube_any_t reply = { 0 };
    kube_delete_options_t options = { .propagation_policy = "Foreground", .dry_run = true };
    REQUIRE(t, make_config_map(t, "web", "1"));
    REQUIRE_OK(t, kube_core_v1_config_map_delete(t->client, NULL, "web", &options, &reply, &t->err));
    keep(t, reply.object);
    REQUIRE(t, reply.type == &kube_core_v1_config_map_type);
    const config_map_t *deleted = reply.object;
    REQUIRE(t, deleted->metadata->finalizers.len == 1);
    CHECK_STR(t, deleted->metadata->finalizers.items[0], "foregroundDeletion");
    CHECK(t, deleted->metadata->deletion_timestamp.has);
}

/* ---- dependents ---- */

/* A ConfigMap that belongs to the object. */
static bool make_dependent(test_t *t, const char *api_version, const char *kind, const kube_meta_v1_object_meta_t *owner)
{
    config_map_t wanted = {
        .metadata = &(kube_meta_v1_object_meta_t){
            .name = "dependent",
            .owner_references = KUBE_LIST(kube_meta_v1_owner_reference_t,
                                          { .api_version = api_version, .kind = kind, .name = owner->name, .uid = owner->uid }),
        },
    };
    return CHECK_OK(t, kube_core_v1_config_map_create(t->client, NULL, &wanted, NULL, NULL, &t->err));
}

static bool is_gone(test_t *t, const kube_resource_t *resource, const char *name)
{
    kube_wait_options_t options = { .call.timeout_ms = 4 * CALL_MS };
    return CHECK_OK(t, kube_wait(t->client, resource, NULL, name, kube_wait_deleted, NULL, &options, NULL, &t->err));
}

/* What the server does itself: the object waits for the garbage collector, told by a finalizer to let the dependents live. */
static void check_orphaned(test_t *t, const kube_resource_t *resource, const char *name)
{
    config_map_t *dependent = NULL;
    REQUIRE(t, is_gone(t, resource, name));
    REQUIRE_OK(t, kube_core_v1_config_map_get(t->client, NULL, "dependent", NULL, &dependent, &t->err));
    keep(t, dependent);
    CHECK_INT(t, dependent->metadata->owner_references.len, 0);
    CHECK(t, !dependent->metadata->deletion_timestamp.has);
}

static const kube_apps_v1_replica_set_t *make_replica_set(test_t *t)
{
    kube_apps_v1_replica_set_t *out = NULL, wanted = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" },
        .spec = &(kube_apps_v1_replica_set_spec_t){
            .replicas = KUBE_SOME(0),
            .selector = &(kube_meta_v1_label_selector_t){ .match_labels = KUBE_MAP({ "app", "web" }) },
            .template_ = &(kube_core_v1_pod_template_spec_t){
                .metadata = &(kube_meta_v1_object_meta_t){ .labels = KUBE_MAP({ "app", "web" }) },
                .spec = &(kube_core_v1_pod_spec_t){
                    .containers = KUBE_LIST(kube_core_v1_container_t, { .name = "app", .image = "example.com/app:1" }),
                },
            },
        },
    };
    CHECK_OK(t, kube_apps_v1_replica_set_create(t->client, NULL, &wanted, NULL, &out, &t->err));
    keep(t, out);
    return out;
}

static void orphan(test_t *t)
{
    kube_any_t reply = { 0 };
    kube_delete_options_t options = { .propagation_policy = "Orphan" };
    const kube_apps_v1_replica_set_t *owner = make_replica_set(t);
    REQUIRE(t, owner && make_dependent(t, "apps/v1", "ReplicaSet", owner->metadata));
    REQUIRE_OK(t, kube_apps_v1_replica_set_delete(t->client, NULL, "web", &options, &reply, &t->err));
    keep(t, reply.object);
    REQUIRE(t, reply.type == &kube_apps_v1_replica_set_type);
    const kube_apps_v1_replica_set_t *ending = reply.object;
    REQUIRE(t, ending->metadata->finalizers.len == 1);
    CHECK_STR(t, ending->metadata->finalizers.items[0], "orphan");
    CHECK(t, ending->metadata->deletion_timestamp.has);
    check_orphaned(t, &kube_apps_v1_replica_sets, "web");
}

static void background(test_t *t)
{
    kube_any_t reply = { 0 };
    kube_delete_options_t options = { .propagation_policy = "Background" };
    const kube_apps_v1_replica_set_t *owner = make_replica_set(t);
    REQUIRE(t, owner && make_dependent(t, "apps/v1", "ReplicaSet", owner->metadata));
    REQUIRE_OK(t, kube_apps_v1_replica_set_delete(t->client, NULL, "web", &options, &reply, &t->err));
    keep(t, reply.object);
    CHECK(t, is_success(t, &reply));
    CHECK(t, is_gone(t, &kube_core_v1_config_maps, "dependent"));
}

/* The one kind whose dependents live unless the request says otherwise. */
static void job(test_t *t)
{
    kube_batch_v1_job_t *made = NULL, wanted = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "once" },
        .spec = &(kube_batch_v1_job_spec_t){
            .suspend = KUBE_SOME(true),
            .template_ = &(kube_core_v1_pod_template_spec_t){
                .spec = &(kube_core_v1_pod_spec_t){
                    .restart_policy = "Never",
                    .containers = KUBE_LIST(kube_core_v1_container_t, { .name = "app", .image = "example.com/app:1" }),
                },
            },
        },
    };
    REQUIRE_OK(t, kube_batch_v1_job_create(t->client, NULL, &wanted, NULL, &made, &t->err));
    keep(t, made);
    REQUIRE(t, make_dependent(t, "batch/v1", "Job", made->metadata));
    REQUIRE_OK(t, kube_batch_v1_job_delete(t->client, NULL, "once", NULL, NULL, &t->err));
    check_orphaned(t, &kube_batch_v1_jobs, "once");
}

static void bad_propagation(test_t *t)
{
    kube_delete_options_t options = { .propagation_policy = "Sideways" };
    REQUIRE(t, make_config_map(t, "web", "1"));
    CHECK_CODE(t, kube_core_v1_config_map_delete(t->client, NULL, "web", &options, NULL, &t->err), KUBE_E_INVALID);
}

static void graceful_pod(test_t *t)
{
    kube_any_t reply = { 0 };
    kube_delete_options_t slowly = { .grace_period_seconds = KUBE_SOME(60) }, at_once = { .grace_period_seconds = KUBE_SOME(0) };
    REQUIRE(t, make_pod(t, "web", "no-such-node"));
    REQUIRE_OK(t, kube_core_v1_pod_delete(t->client, NULL, "web", &slowly, &reply, &t->err));
    keep(t, reply.object);
    REQUIRE(t, reply.type == &kube_core_v1_pod_type);
    const kube_core_v1_pod_t *pod = reply.object;
    CHECK_INT(t, pod->metadata->deletion_grace_period_seconds.value, 60);
    CHECK(t, pod->metadata->deletion_timestamp.has);
    int code = kube_core_v1_pod_delete(t->client, NULL, "web", &at_once, NULL, &t->err);
    if (!t->server->double_ || code != KUBE_E_NOT_FOUND) /* its controllers end pods within milliseconds, not seconds */
        REQUIRE_OK(t, code);
    CHECK_CODE(t, kube_core_v1_pod_get(t->client, NULL, "web", NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
}

static int count_left(test_t *t)
{
    kube_core_v1_config_map_list_t *list = NULL;
    kube_list_options_t options = { .field_selector = OURS };
    if (!CHECK_OK(t, kube_core_v1_config_map_list(t->client, NULL, &options, &list, &t->err)))
        return -1;
    keep(t, list);
    return (int)list->items.len;
}

static bool make_three(test_t *t)
{
    return make_labelled(t, "a", "web") && make_labelled(t, "b", "web") && make_labelled(t, "c", "db");
}

static void collection_by_label(test_t *t)
{
    kube_any_t reply = { 0 };
    kube_list_options_t web = { .label_selector = "app=web" };
    REQUIRE(t, make_three(t));
    REQUIRE_OK(t, kube_core_v1_config_map_delete_collection(t->client, NULL, NULL, &web, &reply, &t->err));
    keep(t, reply.object);
    CHECK(t, reply.object && reply.type);
    CHECK_INT(t, count_left(t), 1);
    CHECK_OK(t, kube_core_v1_config_map_get(t->client, NULL, "c", NULL, NULL, &t->err));
}

static void collection_by_field(test_t *t)
{
    kube_list_options_t one = { .field_selector = "metadata.name=b" };
    REQUIRE(t, make_three(t));
    REQUIRE_OK(t, kube_core_v1_config_map_delete_collection(t->client, NULL, NULL, &one, NULL, &t->err));
    CHECK_INT(t, count_left(t), 2);
}

static void collection_whole(test_t *t)
{
    kube_delete_options_t options = { .propagation_policy = "Background" };
    REQUIRE(t, make_three(t));
    REQUIRE_OK(t, kube_core_v1_config_map_delete_collection(t->client, NULL, &options, NULL, NULL, &t->err));
    CHECK_INT(t, count_left(t), 0);
}

static void collection_dry_run(test_t *t)
{
    kube_delete_options_t options = { .dry_run = true };
    REQUIRE(t, make_three(t));
    REQUIRE_OK(t, kube_core_v1_config_map_delete_collection(t->client, NULL, &options, NULL, NULL, &t->err));
    CHECK_INT(t, count_left(t), 3);
}

static void namespace_ends(test_t *t)
{
    const char *name = unique_name(t, "conformance");
    kube_any_t reply = { 0 };
    kube_core_v1_namespace_t ns = { .metadata = &(kube_meta_v1_object_meta_t){ .name = name } };
    config_map_t inside = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "a", .namespace_ = name } };
    REQUIRE_OK(t, kube_core_v1_namespace_create(t->client, &ns, NULL, NULL, &t->err));
    REQUIRE_OK(t, kube_core_v1_config_map_create(t->client, NULL, &inside, NULL, NULL, &t->err));
    REQUIRE_OK(t, kube_core_v1_namespace_delete(t->client, name, NULL, &reply, &t->err));
    keep(t, reply.object);
    int code = KUBE_OK;
    for (int64_t end = now_ms() + 4 * CALL_MS; code == KUBE_OK && now_ms() < end; pause_ms(50))
        code = kube_core_v1_namespace_get(t->client, name, NULL, NULL, &t->err);
    CHECK_CODE(t, code, KUBE_E_NOT_FOUND);
    CHECK_CODE(t, kube_core_v1_config_map_get(t->client, name, "a", NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
}

const test_case_t verbs_delete_cases[] = {
    { "delete/gives-a-status", gives_a_status },
    { "delete/not-found", not_found },
    { "delete/precondition-uid", uid_precondition },
    { "delete/precondition-resource-version", version_precondition },
    { "delete/dry-run", dry_run },
    { "delete/finalizer-holds-the-object", finalizer },
    { "delete/foreground", foreground },
    { "delete/orphan", orphan },
    { "delete/background", background },
    { "delete/job-orphans", job },
    { "delete/unknown-propagation", bad_propagation },
    { "delete/pod-gracefully", graceful_pod },
    { "delete/namespace-with-what-is-in-it", namespace_ends },
    { "delete-collection/by-label", collection_by_label },
    { "delete-collection/by-field", collection_by_field },
    { "delete-collection/everything", collection_whole },
    { "delete-collection/dry-run", collection_dry_run },
    { 0 },
};
