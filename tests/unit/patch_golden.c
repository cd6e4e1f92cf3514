/* Replays what the Kubernetes Go libraries made of patches (tests/golden/patch/cases.jsonl) and compares. Runs from the project's folder. */
#include <jansson.h>
#include <kube/apps/v1.h>
#include <kube/core/v1.h>
#include <kube/patch.h>

#include "test.h"

#define TABLE "tests/golden/patch/cases.jsonl"

static size_t cases, exact_patches, made_patches;

static const kube_type_t *type_named(const char *name)
{
    static const kube_type_t *const types[] = {
        &kube_core_v1_pod_type, &kube_core_v1_service_type, &kube_core_v1_config_map_type, &kube_core_v1_node_type,
        &kube_core_v1_service_account_type, &kube_apps_v1_deployment_type, &kube_apps_v1_controller_revision_type,
    };
    for (size_t i = 0; name && i < sizeof types / sizeof *types; i++) {
        if (strcmp(types[i]->kind, name) == 0)
            return types[i];
    }
    return NULL;
}

/* Null members are as good as none, and so are directives that the Go libraries leave in what they add: a server drops them on decoding. */
static void drop_nulls(json_t *value)
{
    const char *key;
    json_t *member;
    void *next;
    size_t i;
    if (json_is_object(value)) {
        json_object_foreach_safe(value, next, key, member) {
            if (json_is_null(member) || strncmp(key, "$retainKeys", 11) == 0 || strncmp(key, "$setElementOrder/", 17) == 0)
                json_object_del(value, key);
            else
                drop_nulls(member);
        }
    } else if (json_is_array(value)) {
        for (i = 0; i < json_array_size(value);) {
            member = json_array_get(value, i);
            drop_nulls(member);
            if (json_object_get(member, "$patch"))
                json_array_remove(value, i);
            else
                i++;
        }
    }
}

static bool same_json(json_t *expected, const char *text, bool nulls)
{
    json_t *a = json_deep_copy(expected), *b = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    if (!nulls) {
        drop_nulls(a);
        drop_nulls(b);
    }
    bool same = a && b && json_equal(a, b);
    json_decref(a);
    json_decref(b);
    return same;
}

static char *text_of(const json_t *line, const char *name)
{
    const json_t *value = json_object_get(line, name);
    return value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
}

static kube_text_t borrow(const char *text)
{
    return (kube_text_t){ text, text ? strlen(text) : 0 };
}

/* The patch of a diff or a three-way case, appended to patch. */
static int make(const json_t *line, const char *op, const kube_type_t *type, kube_buffer_t *patch, kube_error_t *err)
{
    char *original = text_of(line, "original"), *modified = text_of(line, "modified"), *current = text_of(line, "current");
    int code;
    if (strcmp(op, "diff") == 0) {
        code = kube_patch_diff_json(type, original, strlen(original), modified, strlen(modified), KUBE_PATCH_TYPE_STRATEGIC, patch, err);
    } else {
        kube_three_way_options_t options = { .overwrite = json_is_true(json_object_get(line, "overwrite")) };
        kube_patch_type_t kind = strcmp(op, "three_way") == 0 ? KUBE_PATCH_TYPE_STRATEGIC : KUBE_PATCH_TYPE_MERGE;
        code = kube_patch_three_way_json(type, borrow(original), borrow(modified), borrow(current), kind, &options, patch, err);
    }
    free(original);
    free(modified);
    free(current);
    return code;
}

/* What libkube makes of a case: *result, or an error code. */
static int run_case(const json_t *line, const char *op, kube_buffer_t *result, kube_error_t *err)
{
    const kube_type_t *type = type_named(json_string_value(json_object_get(line, "type")));
    kube_patch_type_t kind = op[0] == 'j' ? KUBE_PATCH_TYPE_JSON : op[0] == 'm' ? KUBE_PATCH_TYPE_MERGE : KUBE_PATCH_TYPE_STRATEGIC;
    kube_buffer_t patch = { 0 };
    int code = KUBE_OK;
    if (strstr(op, "apply")) {
        char *text = text_of(line, "patch");
        kube_buffer_puts(&patch, text);
        free(text);
    } else {
        code = make(line, op, type, &patch, err);
        made_patches += code == KUBE_OK;
        exact_patches += code == KUBE_OK && same_json(json_object_get(line, "patch"), patch.data, true);
    }
    if (code == KUBE_OK) {
        char *text = text_of(line, strstr(op, "three_way") ? "current" : "original");
        code = kube_patch_apply_json(type, text, strlen(text), &(kube_patch_t){ kind, patch.data, patch.len }, result, err);
        free(text);
    }
    kube_buffer_dispose(&patch);
    return code;
}

static void check_line(const json_t *line)
{
    const char *name = json_string_value(json_object_get(line, "name")), *op = json_string_value(json_object_get(line, "op"));
    json_t *ours = json_object_get(line, "ours");
    json_t *expected = ours ? ours : json_object_get(line, "result");
    kube_buffer_t result = { 0 };
    kube_error_t err;
    int code = run_case(line, op, &result, &err);
    const char *error = json_string_value(json_object_get(line, "error"));
    bool good, is_conflict = error && strcmp(error, "conflict") == 0;
    if (ours && json_is_string(ours))
        good = strcmp(kube_code_name(code), json_string_value(ours)) == 0;
    else if (expected)
        good = code == KUBE_OK && same_json(expected, result.data, false);
    else
        good = is_conflict ? code == KUBE_E_CONFLICT : code != KUBE_OK;
    if (!good) {
        char *text = json_dumps(line, JSON_COMPACT);
        printf("%s: %s %s%s\n  %s\n", name, kube_code_name(code), code ? err.message : "", result.data ? result.data : "", text);
        free(text);
        test_failed_here = 1;
    }
    cases++;
    kube_buffer_dispose(&result);
}

static void replays_the_table(void)
{
    FILE *file = fopen(TABLE, "r");
    char *text = NULL;
    size_t size = 0;
    CHECK(file != NULL);
    while (file && getline(&text, &size, file) > 0) {
        json_t *line = json_loads(text, JSON_ALLOW_NUL, NULL);
        CHECK(line != NULL);
        if (line)
            check_line(line);
        json_decref(line);
    }
    free(text);
    if (file)
        fclose(file);
    printf("%zu cases; %zu of %zu patches made are the very same\n", cases, exact_patches, made_patches);
    CHECK(cases > 300);
}

int main(void)
{
    RUN(replays_the_table);
    return test_end();
}
