/* What reads the tables: fields by name and hash, schemes, paths, metadata, lists of problems. */
#include "faults.h"
#include "test.h"
#include "widget.h"

#include <kube/meta/v1.h>

#include "object/problems.h"

static void fields_are_found_by_search_and_by_hash(void)
{
    const kube_type_t *const types[] = { &widget_type, &kube_meta_v1_object_meta_type, &kube_meta_v1_status_type };
    for (size_t t = 0; t < sizeof types / sizeof *types; t++)
        for (size_t i = 0; i < types[t]->field_count; i++) {
            const kube_field_t *field = &types[t]->fields[i];
            CHECK(kube_type_field(types[t], kube_field_name(field), field->name_len) == field);
            CHECK(kube_type_field(types[t], kube_field_name(field), field->name_len + 1u) == NULL); /* with what follows */
        }
    CHECK(!kube_type_field(&widget_type, "", 0) && !kube_type_field(&widget_type, "zzz", 3) && !kube_type_field(&widget_type, "tagsB", 5));
    CHECK(!kube_type_field(&kube_meta_v1_status_type, "", 0) && !kube_type_field(&kube_meta_v1_status_type, "nowhere", 7));
    CHECK(kube_field_hash("", 0, 3) == 0 && kube_field_hash("a", 1, 1) == ('a' ^ (uint64_t)'a' << 23) + 1);
}

static const kube_resource_t widgets = { .abi = KUBE_TABLE_ABI, .group = "", .version = "v1", .plural = "widgets", .kind = "Widget", .type = &widget_type };
static const kube_resource_t *const resources[] = { &widgets, NULL };
static const kube_type_t *const types[] = { &widget_type, &widget_list_type, &part_type, NULL };
static const kube_package_t package = { .abi = KUBE_TABLE_ABI, .name = "test/v1", .types = types, .resources = resources };
static const kube_package_t *const packages[] = { &package, NULL };

static void a_scheme_finds_what_was_added(void)
{
    kube_scheme_t *scheme = kube_scheme_new();
    size_t count = kube_scheme_type_count(scheme);
    CHECK(kube_scheme_type(scheme, "v1", "Status") == &kube_meta_v1_status_type);
    CHECK_INT(kube_scheme_add(scheme, packages), 0);
    CHECK_INT(kube_scheme_add(scheme, packages), 0);
    CHECK_INT(kube_scheme_type_count(scheme), count + 2);
    CHECK(kube_scheme_type(scheme, "test/v1", "Widget") == &widget_type);
    CHECK(!kube_scheme_type(scheme, "test/v1", "Part") && !kube_scheme_type(scheme, NULL, "Widget") && !kube_scheme_type(NULL, "v1", "x"));
    CHECK(kube_scheme_resource(scheme, NULL, "v1", "widgets") == &widgets && kube_scheme_resource(scheme, "", "v1", "widgets") == &widgets);
    CHECK(!kube_scheme_resource(scheme, "x", "v1", "widgets") && !kube_scheme_resource(scheme, "", NULL, "widgets"));
    CHECK(kube_scheme_resource_of(scheme, &widget_type) == &widgets && !kube_scheme_resource_of(scheme, NULL));
    for (size_t i = 1; i < kube_scheme_type_count(scheme); i++) {
        const kube_type_t *one = kube_scheme_type_at(scheme, i - 1), *two = kube_scheme_type_at(scheme, i);
        int order = strcmp(one->api_version, two->api_version);
        CHECK(order < 0 || (order == 0 && strcmp(one->kind, two->kind) < 0));
    }
    CHECK(!kube_scheme_type_at(scheme, count + 2) && !kube_scheme_resource_at(scheme, SIZE_MAX));
    static const kube_package_t stranger = { .abi = KUBE_TABLE_ABI + 1 };
    CHECK_INT(kube_scheme_add(scheme, (const kube_package_t *const[]){ &stranger, NULL }), KUBE_E_USAGE);
    CHECK_INT(kube_scheme_add(scheme, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_scheme_add(NULL, packages), KUBE_E_USAGE);
    kube_scheme_free(scheme);
    kube_scheme_free(NULL);
}

static bool make_a_scheme(void)
{
    kube_scheme_t *scheme = kube_scheme_new();
    bool ok = scheme && kube_scheme_add(scheme, packages) == KUBE_OK;
    kube_scheme_free(scheme);
    return ok || faults.hit;
}

enum { MOST_PROBLEMS = 10000 };

static kube_problems_t *some_problems(size_t number)
{
    kube_problems_t *problems = kube_problems_new();
    kube_problem_t problem = { .kind = KUBE_PROBLEM_SYNTAX, .path = "a.b", .message = "wrong" };
    bool ok = problems != NULL;
    for (size_t i = 0; ok && i < number; i++)
        ok = kube_problems_add(problems, &problem);
    if (ok)
        return problems;
    kube_problems_free(problems);
    return NULL;
}

static bool collect_problems(void)
{
    kube_problems_t *problems = some_problems(100);
    bool ok = kube_problems_count(problems) == 100 && kube_problems_total(problems) == 100;
    kube_problems_free(problems);
    return ok || faults.hit;
}

static void problems_beyond_the_most_are_counted(void)
{
    kube_problems_t *problems = some_problems(MOST_PROBLEMS + 5);
    CHECK_INT(kube_problems_count(problems), MOST_PROBLEMS);
    CHECK_INT(kube_problems_total(problems), MOST_PROBLEMS + 5);
    CHECK(!kube_problems_at(problems, MOST_PROBLEMS));
    CHECK_STR(kube_problems_at(problems, MOST_PROBLEMS - 1)->path, "a.b");
    kube_problems_free(problems);
}

static void every_failing_allocation_is_met(void)
{
    CHECK(fault_loop(make_a_scheme) > 1);
    CHECK(fault_loop(collect_problems) > 200);
    CHECK(kube_problems_count(NULL) == 0 && kube_problems_total(NULL) == 0 && !kube_problems_at(NULL, 0));
    kube_problems_free(NULL);
}

static void paths_lead_to_sub_objects(void)
{
    widget_t widget = { .part = &(part_t){ .name = "one" }, .parts = KUBE_LIST(part_t, { .name = "two" }, { .name = "three" }) };
    const kube_type_t *found = NULL;
    CHECK(kube_at(&widget, &widget_type, "", &found) == &widget && found == &widget_type);
    CHECK(kube_at(&widget, &widget_type, "part", &found) == widget.part && found == &part_type);
    CHECK(kube_at(&widget, &widget_type, "parts[1]", NULL) == &widget.parts.items[1]);
    static const char *const nowhere[] = { "parts", "parts[2]", "parts[99999999999999999999]", "parts[-1]", "parts[+1]", "parts[ 1]", "parts[1", "parts[]",
                                           "parts[1]x", "part.", ".part", "part..name", "part.name", "tags[0]", "x", "labels[a]", "part[0]" };
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++)
        CHECK(!kube_at(&widget, &widget_type, nowhere[i], &found));
    CHECK(!kube_at(NULL, &widget_type, "", NULL) && !kube_at(&widget, NULL, "", NULL) && !kube_at(&widget, &widget_type, NULL, NULL));
    CHECK(kube_field_of(&widget, &widget_type, "part") == &widget.part && !kube_field_of(&widget, &widget_type, "x"));
    CHECK(kube_has(&widget, &widget_type, "parts") && !kube_has(&widget, &widget_type, "tags") && !kube_has(NULL, &widget_type, "tags"));
}

static void types_without_metadata_have_none(void)
{
    widget_t widget = { 0 };
    CHECK(!kube_meta_name(&widget_type, &widget) && !kube_meta_labels(&widget_type, &widget) && kube_meta_generation(&widget_type, &widget) == 0);
    CHECK(!kube_meta_resource_version(&widget_list_type, &widget) && !kube_meta_label(NULL, NULL, NULL) && !kube_meta_uid(&widget_type, NULL));
    kube_meta_v1_status_t status = { .metadata = &(kube_meta_v1_list_meta_t){ .resource_version = "7" } };
    CHECK(!kube_meta_name(&kube_meta_v1_status_type, &status));
}

int main(void)
{
    RUN(fields_are_found_by_search_and_by_hash);
    RUN(a_scheme_finds_what_was_added);
    RUN(every_failing_allocation_is_met);
    RUN(problems_beyond_the_most_are_counted);
    RUN(paths_lead_to_sub_objects);
    RUN(types_without_metadata_have_none);
    return test_end();
}
