/* Patches of all four kinds but apply. */
#include "cases.h"

static const kube_apps_v1_deployment_t *patch_deployment(test_t *t, kube_patch_t patch)
{
    kube_apps_v1_deployment_t *out = NULL;
    CHECK_OK(t, kube_apps_v1_deployment_patch(t->client, NULL, "web", &patch, NULL, &out, &t->err));
    keep(t, out);
    return out;
}

static const config_map_t *patch_config_map(test_t *t, kube_patch_t patch)
{
    config_map_t *out = NULL;
    CHECK_OK(t, kube_core_v1_config_map_patch(t->client, NULL, "web", &patch, NULL, &out, &t->err));
    keep(t, out);
    return out;
}

static void json(test_t *t)
{
    REQUIRE(t, make_config_map(t, "web", "1"));
    const config_map_t *out = patch_config_map(t, json_patch("[{\"op\":\"test\",\"path\":\"/data/k\",\"value\":\"1\"},"
                                                             "{\"op\":\"replace\",\"path\":\"/data/k\",\"value\":\"2\"},"
                                                             "{\"op\":\"add\",\"path\":\"/metadata/annotations\",\"value\":{}},"
                                                             "{\"op\":\"add\",\"path\":\"/metadata/annotations/example.com~1x\",\"value\":\"y\"},"
                                                             "{\"op\":\"copy\",\"from\":\"/data/k\",\"path\":\"/data/copy\"}]"));
    REQUIRE(t, out);
    CHECK_STR(t, value_of(out), "2");
    CHECK_STR(t, map_get(&out->data, "copy"), "2");
    CHECK_STR(t, kube_meta_annotation(&kube_core_v1_config_map_type, out, "example.com/x"), "y");
}

static void json_test_fails(test_t *t)
{
    REQUIRE(t, make_config_map(t, "web", "1"));
    kube_patch_t patch = json_patch("[{\"op\":\"test\",\"path\":\"/data/k\",\"value\":\"no\"},{\"op\":\"remove\",\"path\":\"/data/k\"}]");
    CHECK_CODE(t, kube_core_v1_config_map_patch(t->client, NULL, "web", &patch, NULL, NULL, &t->err), KUBE_E_INVALID);
    CHECK_INT(t, t->err.http_status, 422);
}

static void merge(test_t *t)
{
    REQUIRE(t, make_config_map(t, "web", "1"));
    const config_map_t *out = patch_config_map(t, merge_patch("{\"data\":{\"k\":null,\"new\":\"2\"}}"));
    REQUIRE(t, out);
    CHECK_INT(t, out->data.len, 1);
    CHECK_STR(t, map_get(&out->data, "new"), "2");
}

static void strategic_merges_by_name(test_t *t)
{
    REQUIRE(t, make_deployment(t, "web"));
    const kube_apps_v1_deployment_t *out = patch_deployment(
        t, strategic_patch("{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"side\",\"image\":\"example.com/side:1\"}]}}}}"));
    REQUIRE(t, out && out->spec->template_->spec->containers.len == 2);
    out = patch_deployment(t, strategic_patch("{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"app\",\"image\":\"example.com/app:2\"},"
                                              "{\"name\":\"side\",\"$patch\":\"delete\"}]}}}}"));
    REQUIRE(t, out && out->spec->template_->spec->containers.len == 1);
    CHECK_STR(t, out->spec->template_->spec->containers.items[0].image, "example.com/app:2");
}

static void merge_replaces_lists(test_t *t)
{
    REQUIRE(t, make_deployment(t, "web"));
    const kube_apps_v1_deployment_t *out = patch_deployment(
        t, merge_patch("{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"only\",\"image\":\"example.com/only:1\"}]}}}}"));
    REQUIRE(t, out && out->spec->template_->spec->containers.len == 1);
    CHECK_STR(t, out->spec->template_->spec->containers.items[0].name, "only");
}

static void strategic_retain_keys(test_t *t)
{
    REQUIRE(t, make_deployment(t, "web"));
    const kube_apps_v1_deployment_t *out =
        patch_deployment(t, strategic_patch("{\"spec\":{\"strategy\":{\"$retainKeys\":[\"type\"],\"type\":\"Recreate\"}}}"));
    REQUIRE(t, out);
    CHECK_STR(t, out->spec->strategy->type, "Recreate");
    CHECK(t, out->spec->strategy->rolling_update == NULL);
}

static void not_found(test_t *t)
{
    kube_patch_t patch = merge_patch("{}");
    CHECK_CODE(t, kube_core_v1_config_map_patch(t->client, NULL, "nobody", &patch, NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
}

static void with_a_version(test_t *t)
{
    const config_map_t *made = make_config_map(t, "web", "1");
    REQUIRE(t, made && set_value(t, "web", "2"));
    kube_patch_t stale = merge_patch(text(t, "{\"metadata\":{\"resourceVersion\":\"%s\"},\"data\":{\"k\":\"3\"}}", made->metadata->resource_version));
    CHECK_CODE(t, kube_core_v1_config_map_patch(t->client, NULL, "web", &stale, NULL, NULL, &t->err), KUBE_E_CONFLICT);
}

static void dry_run(test_t *t)
{
    config_map_t *out = NULL;
    kube_patch_t patch = merge_patch("{\"data\":{\"k\":\"2\"}}");
    REQUIRE(t, make_config_map(t, "web", "1"));
    REQUIRE_OK(t, kube_core_v1_config_map_patch(t->client, NULL, "web", &patch, &(kube_patch_options_t){ .dry_run = true }, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, value_of(out), "2");
    REQUIRE_OK(t, kube_core_v1_config_map_get(t->client, NULL, "web", NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, value_of(out), "1");
}

static void not_a_patch(test_t *t)
{
    kube_patch_t broken = merge_patch("{\"data\":"), list = json_patch("{}");
    REQUIRE(t, make_config_map(t, "web", "1"));
    CHECK_CODE(t, kube_core_v1_config_map_patch(t->client, NULL, "web", &broken, NULL, NULL, &t->err), KUBE_E_BAD_REQUEST);
    CHECK_CODE(t, kube_core_v1_config_map_patch(t->client, NULL, "web", &list, NULL, NULL, &t->err), KUBE_E_BAD_REQUEST);
}

static void strict(test_t *t)
{
    kube_patch_t patch = merge_patch("{\"surplus\":1}");
    REQUIRE(t, make_config_map(t, "web", "1"));
    CHECK_CODE(t, kube_core_v1_config_map_patch(t->client, NULL, "web", &patch, &(kube_patch_options_t){ .field_validation = "Strict" }, NULL, &t->err),
               KUBE_E_INVALID);
}

/* What a diff says is wanted is what the server makes of it. */
static void from_a_diff(test_t *t)
{
    static const kube_patch_type_t types[] = { KUBE_PATCH_TYPE_JSON, KUBE_PATCH_TYPE_MERGE, KUBE_PATCH_TYPE_STRATEGIC };
    for (size_t i = 0; i < COUNT(types); i++) {
        char name[8];
        snprintf(name, sizeof name, "web-%zu", i);
        const kube_apps_v1_deployment_t *before = make_deployment(t, name);
        REQUIRE(t, before);
        kube_apps_v1_deployment_t *wanted = kube_dup(&kube_apps_v1_deployment_type, before), *after = NULL;
        keep(t, wanted);
        wanted->spec->template_->spec->containers.items[0].image = "example.com/app:2";
        wanted->spec->paused = (kube_bool_t)KUBE_SOME(true);
        kube_buffer_t patch = { 0 };
        int code = kube_patch_diff(&kube_apps_v1_deployment_type, before, wanted, types[i], &patch, &t->err);
        if (code == KUBE_OK)
            code = kube_apps_v1_deployment_patch(t->client, NULL, name, &(kube_patch_t){ types[i], patch.data, patch.len }, NULL, &after, &t->err);
        kube_buffer_dispose(&patch);
        keep(t, after);
        REQUIRE_OK(t, code);
        CHECK(t, kube_equal(&kube_apps_v1_deployment_spec_type, wanted->spec, after->spec));
    }
}

/* A client-side apply: others' fields stay, our own that are gone go. */
static void three_way(test_t *t)
{
    config_map_t *out = NULL;
    kube_buffer_t patch = { 0 };
    REQUIRE(t, make_config_map(t, "web", "1"));
    const config_map_t *current = patch_config_map(t, merge_patch("{\"data\":{\"ours\":\"1\",\"gone\":\"1\",\"theirs\":\"1\"}}"));
    REQUIRE(t, current);
    config_map_t original = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" }, .data = KUBE_MAP({ "ours", "1" }, { "gone", "1" }) };
    config_map_t modified = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" }, .data = KUBE_MAP({ "ours", "2" }) };
    int code = kube_patch_three_way(&kube_core_v1_config_map_type, &original, &modified, current, KUBE_PATCH_TYPE_STRATEGIC, NULL, &patch, &t->err);
    if (code == KUBE_OK)
        code = kube_core_v1_config_map_patch(t->client, NULL, "web", &(kube_patch_t){ KUBE_PATCH_TYPE_STRATEGIC, patch.data, patch.len }, NULL,
                                             &out, &t->err);
    kube_buffer_dispose(&patch);
    keep(t, out);
    REQUIRE_OK(t, code);
    CHECK_STR(t, map_get(&out->data, "ours"), "2");
    CHECK_STR(t, map_get(&out->data, "theirs"), "1");
    CHECK(t, map_get(&out->data, "gone") == NULL);
}

const test_case_t patch_cases[] = {
    { "patch/json", json },
    { "patch/json-test-fails", json_test_fails },
    { "patch/merge-removes-with-null", merge },
    { "patch/strategic-merges-containers-by-name", strategic_merges_by_name },
    { "patch/strategic-retains-keys", strategic_retain_keys },
    { "patch/merge-replaces-lists", merge_replaces_lists },
    { "patch/not-found", not_found },
    { "patch/with-a-stale-version", with_a_version },
    { "patch/dry-run-stores-nothing", dry_run },
    { "patch/not-a-patch", not_a_patch },
    { "patch/strict-refuses-unknown-fields", strict },
    { "patch/from-a-diff", from_a_diff },
    { "patch/three-way", three_way },
    { 0 },
};
