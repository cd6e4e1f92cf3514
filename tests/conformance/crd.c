/* Custom resources with generated types. */
#include <kube/apiextensions/v1.h>
#include <kube/autoscaling/v1.h>
#include <kube/conformance/v1.h>

#include "cases.h"

#define CRD "widgets.conformance.example.com"

typedef kube_conformance_v1_widget_t widget_t;
typedef kube_conformance_v1_widget_spec_t widget_spec_t;
typedef kube_conformance_v1_widget_spec_parts_t part_t;

static void remove_crd(void *what)
{
    kube_client_t *client = what;
    kube_wait_options_t options = { .call.timeout_ms = 4 * CALL_MS, .may_be_missing = true };
    kube_apiextensions_v1_custom_resource_definition_delete(client, CRD, NULL, NULL, NULL);
    kube_wait(client, &kube_apiextensions_v1_custom_resource_definitions, NULL, CRD, kube_wait_deleted, NULL, &options, NULL, NULL);
}

static kube_apiextensions_v1_custom_resource_definition_t *read_crd(test_t *t)
{
    static char manifest[8192];
    kube_apiextensions_v1_custom_resource_definition_t *crd = NULL;
    FILE *file = fopen(CONFORMANCE_CRD, "r");
    size_t len = file ? fread(manifest, 1, sizeof manifest, file) : 0;
    if (file)
        fclose(file);
    CHECK_OK(t, kube_yaml_decode(&kube_apiextensions_v1_custom_resource_definition_type, manifest, len, NULL, &crd, &t->err));
    keep(t, crd);
    return crd;
}

/* Posts the CRD and waits until its resource is served. It goes with the case. */
static bool install(test_t *t)
{
    kube_apiextensions_v1_custom_resource_definition_t *crd = read_crd(t);
    kube_wanted_condition_t established = { .type = "Established" };
    kube_wait_options_t options = { .call.timeout_ms = CALL_MS };
    if (!crd)
        return false;
    defer(t, remove_crd, t->client);
    if (!CHECK_OK(t, kube_apiextensions_v1_custom_resource_definition_create(t->client, crd, NULL, NULL, &t->err)) ||
        !CHECK_OK(t, kube_wait(t->client, &kube_apiextensions_v1_custom_resource_definitions, NULL, CRD, kube_wait_condition, &established, &options,
                               NULL, &t->err)))
        return false;
    int code = KUBE_E_NOT_FOUND;
    for (int64_t end = now_ms() + CALL_MS; code == KUBE_E_NOT_FOUND && now_ms() < end; pause_ms(20))
        code = kube_conformance_v1_widget_list(t->client, NULL, NULL, NULL, &t->err);
    return CHECK_OK(t, code);
}

static widget_t *make_widget(test_t *t, const char *name, const widget_spec_t *spec)
{
    widget_t *made = NULL;
    kube_meta_v1_object_meta_t metadata = { .name = name };
    widget_t wanted = { .metadata = &metadata, .spec = (widget_spec_t *)(uintptr_t)spec };
    CHECK_OK(t, kube_conformance_v1_widget_create(t->client, NULL, &wanted, NULL, &made, &t->err));
    keep(t, made);
    return made;
}

static const widget_spec_t red = { .color = "red" };

static void life(test_t *t)
{
    widget_t *out = NULL;
    widget_spec_t spec = {
        .color = "green",
        .tags = KUBE_STRINGS("a", "b"),
        .parts = KUBE_LIST(part_t, { .name = "wheel", .size = KUBE_INT(7) }, { .name = "axle", .size = KUBE_TEXT("50%") }),
        .settings = KUBE_JSON("{\"deep\":{\"er\":[1,2.50,null]}}"),
    };
    REQUIRE(t, install(t));
    widget_t *made = make_widget(t, "one", &spec);
    REQUIRE(t, made);
    CHECK_STR(t, made->api_version, "conformance.example.com/v1");
    CHECK_INT(t, made->spec->replicas.value, 1);
    CHECK_INT(t, made->metadata->generation.value, 1);
    REQUIRE_OK(t, kube_conformance_v1_widget_get(t->client, NULL, "one", NULL, &out, &t->err));
    keep(t, out);
    CHECK(t, kube_equal(&kube_conformance_v1_widget_type, made, out));
    REQUIRE(t, out->spec->parts.len == 2 && out->spec->tags.len == 2);
    CHECK_STR(t, out->spec->parts.items[1].size.string, "50%");
    CHECK_INT(t, out->spec->parts.items[0].size.number, 7);
    CHECK(t, out->spec->settings.text && strstr(out->spec->settings.text, "\"er\":[1,2.5") != NULL);
    REQUIRE_OK(t, kube_conformance_v1_widget_delete(t->client, NULL, "one", NULL, NULL, &t->err));
    CHECK_CODE(t, kube_conformance_v1_widget_get(t->client, NULL, "one", NULL, NULL, &t->err), KUBE_E_NOT_FOUND);
}

static void validated(test_t *t)
{
    kube_meta_v1_status_t *status = NULL;
    kube_create_options_t options = { .call.status = &status };
    widget_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "one" },
                        .spec = &(widget_spec_t){ .color = "mauve", .replicas = KUBE_SOME(-1) } };
    REQUIRE(t, install(t));
    CHECK_CODE(t, kube_conformance_v1_widget_create(t->client, NULL, &wanted, &options, NULL, &t->err), KUBE_E_INVALID);
    keep(t, status);
    REQUIRE(t, status && status->details);
    const char *fields = "";
    for (size_t i = 0; i < status->details->causes.len; i++)
        fields = text(t, "%s %s", fields, status->details->causes.items[i].field);
    CHECK(t, strstr(fields, "spec.color") && strstr(fields, "spec.replicas"));
    CHECK(t, strstr(t->err.message, "spec.color: Unsupported value: \"mauve\": supported values: \"red\", \"green\", \"blue\"") != NULL);
}

static void unknown_fields(test_t *t)
{
    static const kube_unknown_t surplus = { .name = "surplus", .value = KUBE_JSON("1") };
    widget_t *out = NULL;
    widget_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "one" }, .spec = &(widget_spec_t){ .color = "red", .unknown = &surplus } };
    kube_create_options_t strict = { .field_validation = "Strict" };
    REQUIRE(t, install(t));
    CHECK_CODE(t, kube_conformance_v1_widget_create(t->client, NULL, &wanted, &strict, NULL, &t->err), KUBE_E_BAD_REQUEST);
    CHECK(t, strstr(t->err.message, "unknown field \"spec.surplus\"") != NULL);
    REQUIRE_OK(t, kube_conformance_v1_widget_create(t->client, NULL, &wanted, NULL, &out, &t->err));
    keep(t, out);
    CHECK(t, out->spec->unknown == NULL);
}

static void listed(test_t *t)
{
    kube_conformance_v1_widget_list_t *list = NULL;
    REQUIRE(t, install(t));
    REQUIRE(t, make_widget(t, "a", &red) && make_widget(t, "b", &red) && make_widget(t, "c", &red));
    REQUIRE_OK(t, kube_conformance_v1_widget_list(t->client, NULL, &(kube_list_options_t){ .limit = 2 }, &list, &t->err));
    keep(t, list);
    REQUIRE(t, list->items.len == 2);
    CHECK_STR(t, list->items.items[0].kind, "Widget");
    kube_list_options_t rest = { .limit = 2, .continue_ = list->metadata->continue_ };
    REQUIRE_OK(t, kube_conformance_v1_widget_list(t->client, NULL, &rest, &list, &t->err));
    keep(t, list);
    REQUIRE(t, list->items.len == 1);
    CHECK_STR(t, list->items.items[0].metadata->name, "c");
}

static void watched(test_t *t)
{
    kube_conformance_v1_widget_watch_t *watch = NULL;
    kube_conformance_v1_widget_event_t event = { 0 };
    static const kube_event_type_t expected[] = { KUBE_EVENT_ADDED, KUBE_EVENT_SYNCED, KUBE_EVENT_MODIFIED, KUBE_EVENT_DELETED };
    kube_patch_t patch = merge_patch("{\"spec\":{\"color\":\"blue\"}}");
    REQUIRE(t, install(t) && make_widget(t, "a", &red));
    REQUIRE_OK(t, kube_conformance_v1_widget_watch(t->client, NULL, NULL, &watch, &t->err));
    for (size_t i = 0; i < COUNT(expected) && !t->failed; i++) {
        if (CHECK_OK(t, kube_conformance_v1_widget_watch_next_within(watch, EVENT_MS, &event, &t->err)))
            CHECK_INT(t, event.type, expected[i]);
        if (i == 1)
            CHECK_OK(t, kube_conformance_v1_widget_patch(t->client, NULL, "a", &patch, NULL, NULL, &t->err));
        if (i == 2)
            CHECK_OK(t, kube_conformance_v1_widget_delete(t->client, NULL, "a", NULL, NULL, &t->err));
    }
    if (!t->failed)
        CHECK_STR(t, event.object->spec->color, "blue");
    kube_conformance_v1_widget_watch_free(watch);
}

static void applied(test_t *t)
{
    widget_t *out = NULL;
    widget_t first = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "a" },
                       .spec = &(widget_spec_t){ .color = "red", .parts = KUBE_LIST(part_t, { .name = "wheel", .size = KUBE_INT(1) }) } };
    widget_t second = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "a" },
                        .spec = &(widget_spec_t){ .parts = KUBE_LIST(part_t, { .name = "axle", .size = KUBE_INT(2) }), .tags = KUBE_STRINGS("new") } };
    REQUIRE(t, install(t));
    REQUIRE_OK(t, kube_conformance_v1_widget_apply(t->client, NULL, &first, &(kube_apply_options_t){ .field_manager = "one" }, NULL, &t->err));
    REQUIRE_OK(t, kube_conformance_v1_widget_apply(t->client, NULL, &second, &(kube_apply_options_t){ .field_manager = "two" }, &out, &t->err));
    keep(t, out);
    REQUIRE(t, out->spec->parts.len == 2);
    CHECK_STR(t, out->spec->color, "red");
    first.spec->color = "blue";
    REQUIRE_OK(t, kube_conformance_v1_widget_apply(t->client, NULL, &first, &(kube_apply_options_t){ .field_manager = "one" }, &out, &t->err));
    keep(t, out);
    CHECK_INT(t, out->spec->parts.len, 2);
    second.spec->parts.items[0].name = "wheel";
    CHECK_CODE(t, kube_conformance_v1_widget_apply(t->client, NULL, &second, &(kube_apply_options_t){ .field_manager = "two" }, NULL, &t->err),
               KUBE_E_CONFLICT);
}

static void patched(test_t *t)
{
    widget_t *out = NULL;
    kube_patch_t merge = merge_patch("{\"spec\":{\"settings\":{\"b\":2,\"a\":null}}}"), strategic = strategic_patch("{\"spec\":{\"color\":\"blue\"}}");
    widget_spec_t spec = { .color = "red", .settings = KUBE_JSON("{\"a\":1}") };
    REQUIRE(t, install(t) && make_widget(t, "a", &spec));
    REQUIRE_OK(t, kube_conformance_v1_widget_patch(t->client, NULL, "a", &merge, NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, out->spec->settings.text, "{\"b\":2}");
    CHECK_CODE(t, kube_conformance_v1_widget_patch(t->client, NULL, "a", &strategic, NULL, NULL, &t->err), KUBE_E_UNSUPPORTED_MEDIA);
}

static void status_and_scale(test_t *t)
{
    widget_t *out = NULL;
    kube_autoscaling_v1_scale_t *scale = NULL;
    kube_patch_t two = merge_patch("{\"spec\":{\"replicas\":2}}");
    REQUIRE(t, install(t));
    widget_t *made = make_widget(t, "a", &red);
    REQUIRE(t, made);
    kube_conformance_v1_widget_status_t status = { .replicas = KUBE_SOME(1), .selector = "a=b" };
    made->status = &status;
    made->spec->color = "blue";
    int code = kube_conformance_v1_widget_update_status(t->client, NULL, made, NULL, &out, &t->err);
    made->status = NULL;
    keep(t, out);
    REQUIRE_OK(t, code);
    CHECK_STR(t, out->spec->color, "red");
    CHECK_INT(t, out->status->replicas.value, 1);
    CHECK_INT(t, out->metadata->generation.value, 1);
    REQUIRE_OK(t, kube_conformance_v1_widget_get_scale(t->client, NULL, "a", NULL, &scale, &t->err));
    keep(t, scale);
    CHECK_INT(t, scale->spec->replicas.value, 1);
    CHECK_INT(t, scale->status->replicas.value, 1);
    CHECK_STR(t, scale->status->selector, "a=b");
    REQUIRE_OK(t, kube_conformance_v1_widget_patch_scale(t->client, NULL, "a", &two, NULL, &scale, &t->err));
    keep(t, scale);
    CHECK_INT(t, scale->spec->replicas.value, 2);
    REQUIRE_OK(t, kube_conformance_v1_widget_get(t->client, NULL, "a", NULL, &out, &t->err));
    keep(t, out);
    CHECK_INT(t, out->spec->replicas.value, 2);
}

static void in_a_table(test_t *t)
{
    kube_meta_v1_table_t *table = NULL;
    kube_buffer_t printed = { 0 };
    REQUIRE(t, install(t) && make_widget(t, "a", &red));
    REQUIRE_OK(t, kube_list_table(t->client, &kube_conformance_v1_widgets, NULL, NULL, &table, &t->err));
    keep(t, table);
    int code = kube_table_print(table, false, &printed, &t->err);
    const char *copy = text(t, "%s", printed.data ? printed.data : "");
    kube_buffer_dispose(&printed);
    REQUIRE_OK(t, code);
    CHECK(t, strncmp(copy, "NAME   COLOR   REPLICAS\na      red     1\n", 41) == 0);
}

static void metadata(test_t *t)
{
    kube_meta_v1_partial_object_metadata_t *out = NULL;
    REQUIRE(t, install(t) && make_widget(t, "a", &red));
    REQUIRE_OK(t, kube_get_metadata(t->client, &kube_conformance_v1_widgets, NULL, "a", NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, out->metadata->name, "a");
    CHECK_STR(t, out->kind, "PartialObjectMetadata");
}

static void condition(test_t *t)
{
    kube_wanted_condition_t ready = { .type = "Ready" };
    kube_wanted_value_t color = { .path = "spec.color", .value = "red" };
    kube_wait_options_t options = { .call.timeout_ms = CALL_MS };
    kube_patch_t patch = merge_patch("{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}");
    REQUIRE(t, install(t) && make_widget(t, "a", &red));
    CHECK_OK(t, kube_wait(t->client, &kube_conformance_v1_widgets, NULL, "a", kube_wait_value, &color, &options, NULL, &t->err));
    REQUIRE_OK(t, kube_conformance_v1_widget_patch_status(t->client, NULL, "a", &patch, NULL, NULL, &t->err));
    CHECK_OK(t, kube_wait(t->client, &kube_conformance_v1_widgets, NULL, "a", kube_wait_condition, &ready, &options, NULL, &t->err));
}

/* A server knows no state of a resource from before it had it, so there is history that is gone, also where nobody can throw it away. */
static kube_conformance_v1_widget_watch_t *watch_from_the_beginning(test_t *t, const kube_watch_options_t *options)
{
    kube_conformance_v1_widget_watch_t *watch = NULL;
    if (!install(t) || !make_widget(t, "a", &red))
        return NULL;
    if (t->server->double_)
        kube_test_server_compact(t->server->double_);
    CHECK_OK(t, kube_conformance_v1_widget_watch(t->client, NULL, options, &watch, &t->err));
    return watch;
}

static void expired(test_t *t)
{
    kube_conformance_v1_widget_event_t event = { 0 };
    kube_conformance_v1_widget_watch_t *watch = watch_from_the_beginning(t, &(kube_watch_options_t){ .resource_version = "1" });
    REQUIRE(t, watch);
    for (int i = 0; i < 2; i++)
        CHECK_CODE(t, kube_conformance_v1_widget_watch_next_within(watch, EVENT_MS, &event, &t->err), KUBE_E_EXPIRED);
    kube_conformance_v1_widget_watch_free(watch);
}

static void restarts_when_expired(test_t *t)
{
    static const kube_event_type_t expected[] = { KUBE_EVENT_RESTARTED, KUBE_EVENT_ADDED, KUBE_EVENT_SYNCED };
    kube_watch_options_t options = { .resource_version = "1", .restart_when_expired = true };
    kube_conformance_v1_widget_event_t event = { 0 };
    kube_conformance_v1_widget_watch_t *watch = watch_from_the_beginning(t, &options);
    REQUIRE(t, watch);
    for (size_t i = 0; i < COUNT(expected) && !t->failed; i++) {
        if (CHECK_OK(t, kube_conformance_v1_widget_watch_next_within(watch, EVENT_MS, &event, &t->err)))
            CHECK_INT(t, event.type, expected[i]);
    }
    kube_conformance_v1_widget_watch_free(watch);
}

static void goes_with_its_definition(test_t *t)
{
    REQUIRE(t, install(t) && make_widget(t, "a", &red));
    remove_crd(t->client);
    int code = KUBE_OK;
    for (int64_t end = now_ms() + CALL_MS; code == KUBE_OK && now_ms() < end; pause_ms(20))
        code = kube_conformance_v1_widget_list(t->client, NULL, NULL, NULL, &t->err);
    CHECK_CODE(t, code, KUBE_E_NOT_FOUND);
}

const test_case_t crd_cases[] = {
    { "custom/life", life },
    { "custom/validated", validated },
    { "custom/unknown-fields", unknown_fields },
    { "custom/list", listed },
    { "custom/watch", watched },
    { "custom/apply", applied },
    { "custom/patch", patched },
    { "custom/status-and-scale", status_and_scale },
    { "custom/table", in_a_table },
    { "custom/metadata", metadata },
    { "custom/wait", condition },
    { "watch/expired", expired },
    { "watch/restarts-when-expired", restarts_when_expired },
    { "custom/goes-with-its-definition", goes_with_its_definition },
    { 0 },
};
