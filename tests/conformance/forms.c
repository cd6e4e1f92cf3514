/* Metadata alone, and tables. */
#include <kube/meta/v1.h>

#include "cases.h"

static void metadata_of_one(test_t *t)
{
    kube_meta_v1_partial_object_metadata_t *out = NULL;
    const config_map_t *made = make_labelled(t, "web", "x");
    REQUIRE(t, made);
    REQUIRE_OK(t, kube_get_metadata(t->client, &kube_core_v1_config_maps, NULL, "web", NULL, &out, &t->err));
    keep(t, out);
    CHECK_STR(t, out->kind, "PartialObjectMetadata");
    CHECK_STR(t, out->metadata->uid, made->metadata->uid);
    CHECK_STR(t, kube_meta_label(&kube_meta_v1_partial_object_metadata_type, out, "app"), "x");
    CHECK(t, out->unknown == NULL);
}

static void metadata_of_a_list(test_t *t)
{
    kube_meta_v1_partial_object_metadata_list_t *out = NULL;
    kube_list_options_t options = { .field_selector = OURS };
    REQUIRE(t, make_config_maps(t, "p", 3));
    REQUIRE_OK(t, kube_list_metadata(t->client, &kube_core_v1_config_maps, NULL, &options, &out, &t->err));
    keep(t, out);
    REQUIRE(t, out->items.len == 3);
    CHECK_STR(t, out->items.items[2].metadata->name, "p-2");
    CHECK(t, out->metadata->resource_version != NULL);
}

static void table_of_one(test_t *t)
{
    kube_meta_v1_table_t *out = NULL;
    REQUIRE(t, make_config_map(t, "web", "1"));
    REQUIRE_OK(t, kube_get_table(t->client, &kube_core_v1_config_maps, NULL, "web", NULL, &out, &t->err));
    keep(t, out);
    REQUIRE(t, out->rows.len == 1 && out->column_definitions.len == 3);
    CHECK_STR(t, out->column_definitions.items[0].name, "Name");
    CHECK_STR(t, out->column_definitions.items[1].name, "Data");
    CHECK_STR(t, out->column_definitions.items[2].name, "Age");
    CHECK(t, strstr(out->rows.items[0].object.text, "\"PartialObjectMetadata\"") != NULL);
}

static void table_objects(test_t *t)
{
    static const struct { const char *include, *expected; } forms[] = { { "None", NULL }, { "Metadata", "\"PartialObjectMetadata\"" }, { "Object", "\"data\":" } };
    REQUIRE(t, make_config_map(t, "web", "1"));
    for (size_t i = 0; i < COUNT(forms); i++) {
        kube_meta_v1_table_t *out = NULL;
        kube_table_options_t options = { .list.field_selector = OURS, .include_object = forms[i].include };
        REQUIRE_OK(t, kube_list_table(t->client, &kube_core_v1_config_maps, NULL, &options, &out, &t->err));
        keep(t, out);
        REQUIRE(t, out->rows.len == 1);
        const char *object = out->rows.items[0].object.text;
        CHECK(t, forms[i].expected ? object && strstr(object, forms[i].expected) : !object);
    }
}

static void table_printed(test_t *t)
{
    kube_meta_v1_table_t *out = NULL;
    kube_buffer_t printed = { 0 };
    REQUIRE(t, make_pod(t, "web", "node-1") && make_pod(t, "database", NULL));
    REQUIRE_OK(t, kube_list_table(t->client, &kube_core_v1_pods, NULL, NULL, &out, &t->err));
    keep(t, out);
    int code = kube_table_print(out, true, &printed, &t->err);
    const char *copy = text(t, "%s", printed.data ? printed.data : "");
    kube_buffer_dispose(&printed);
    REQUIRE_OK(t, code);
    CHECK(t, strncmp(copy, "NAME       READY   STATUS    RESTARTS   AGE ", 44) == 0);
    /* kube-testserver has its pods run after a moment. */
    CHECK(t, strstr(copy, "\ndatabase   0/1     Pending   0          ") || strstr(copy, "\ndatabase   1/1     Running   0          "));
    CHECK(t, strstr(copy, "node-1") != NULL);
}

const test_case_t forms_cases[] = {
    { "form/metadata-of-one", metadata_of_one },
    { "form/metadata-of-a-list", metadata_of_a_list },
    { "form/table-of-one", table_of_one },
    { "form/table-with-objects", table_objects },
    { "form/table-printed", table_printed },
    { 0 },
};
