/* What a real kube-apiserver pruned, set by default and refused of custom objects (golden/schema.json, written by
 * golden/record_schema.py). */
#include "schema.h"

#include <kube/k8s.h>

#include "../unit/test.h"
#include "field_set.h"
#include "schema_format.h"
#include "schema_node.h"

#define GOLDEN "tests/apiserver/golden/schema.json"

static json_t *golden;
static ts_schema_t *schema;

static char *dump(const json_t *value)
{
    return value ? json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY) : strdup("(none)");
}

static void complain(const json_t *spec, const char *what, const json_t *actual, const json_t *expected)
{
    char *input = dump(spec), *left = dump(actual), *right = dump(expected);

    printf("%s: %s\n    is:     %.900s\n    should: %.900s\n", input, what, left, right);
    test_failed_here = 1;
    free(input);
    free(left);
    free(right);
}

static int compare_dumps(const void *left, const void *right)
{
    char *a = dump(*(json_t *const *)left), *b = dump(*(json_t *const *)right);
    int order = strcmp(a, b);

    free(a);
    free(b);
    return order;
}

/* The real server walks maps in no order. */
static json_t *sorted(const json_t *list)
{
    json_t *items[64], *out = json_array();
    size_t count = json_array_size(list), i;

    for (i = 0; i < count && i < 64; i++) {
        items[i] = json_array_get(list, i);
    }
    qsort(items, count, sizeof *items, compare_dumps);
    for (i = 0; i < count; i++) {
        json_array_append(out, items[i]);
    }
    return out;
}

static void check_causes(const json_t *spec, const json_t *actual, const json_t *expected)
{
    json_t *left = sorted(actual), *right = sorted(expected);

    if (!json_equal(left, right)) {
        complain(spec, "causes", left, right);
    }
    json_decref(left);
    json_decref(right);
}

static void check_unknown(const json_t *spec, const json_t *unknown, const char *strict)
{
    char quoted[256];
    json_t *path;
    size_t i;

    if ((json_array_size(unknown) > 0) != (strict != NULL)) {
        complain(spec, strict ? strict : "unknown fields", unknown, NULL);
    }
    json_array_foreach((json_t *)unknown, i, path) {
        snprintf(quoted, sizeof quoted, "unknown field \"%s\"", json_string_value(path));
        if (strict && !strstr(strict, quoted)) {
            complain(spec, strict, path, NULL);
        }
    }
}

static void run_case(const json_t *one)
{
    json_t *object = json_deep_copy(json_object_get(one, "body")), *unknown = json_array(), *causes;
    const json_t *spec = json_object_get(json_object_get(one, "body"), "spec");
    json_int_t code = json_integer_value(json_object_get(one, "code"));
    int result;

    CHECK_INT(ts_schema_prune(schema, object, unknown), 0);
    CHECK_INT(ts_schema_default(schema, object), 0);
    result = ts_schema_validate(schema, object, &causes);
    if (code == 422) {
        CHECK_INT(result, KUBE_E_INVALID);
        check_causes(spec, causes, json_object_get(one, "causes"));
    } else if (code == 201) {
        check_causes(spec, causes, NULL);
        check_unknown(spec, unknown, json_string_value(json_object_get(one, "strict")));
        json_object_del(object, "metadata");
        if (!ts_value_equal(object, json_object_get(one, "object"))) {
            complain(spec, "object", object, json_object_get(one, "object"));
        }
    }
    json_decref(object);
    json_decref(unknown);
    json_decref(causes);
}

static void golden_objects(void)
{
    json_t *one;
    size_t i;

    json_array_foreach(json_object_get(golden, "cases"), i, one) {
        run_case(one);
    }
    CHECK(i > 100);
}

static void messages(void)
{
    json_t *causes = json_pack("[{s:s, s:s, s:s}]", "reason", "FieldValueRequired", "message", "Required value", "field", "spec.a");
    char *text = ts_causes_text(causes);

    CHECK_STR(text, "spec.a: Required value");
    free(text);
    json_array_append_new(causes, json_pack("{s:s, s:s}", "message", "Required value", "field", "b"));
    text = ts_causes_text(causes);
    CHECK_STR(text, "[spec.a: Required value, b: Required value]");
    free(text);
    json_decref(causes);
}

static void patterns(void)
{
    CHECK(ts_pattern_matches("^[\\w.-]+$", "a_b.c-d"));
    CHECK(!ts_pattern_matches("^[\\w.-]+$", "a b"));
    CHECK(ts_pattern_matches("^(?:a|b)\\.c$", "b.c"));
    CHECK(!ts_pattern_matches("^(?:a|b)\\.c$", "bxc"));
    CHECK(ts_pattern_matches("^[\\]\\-^]+$", "]-^"));
    CHECK(ts_pattern_matches("(?i)^abc$", "ABC"));
    CHECK(ts_pattern_matches("^[^\\s]*$", "ab"));
    CHECK(!ts_pattern_matches("^[^\\s]*$", "a b"));
}

static void built_in(void)
{
    ts_schema_t *pods = ts_schema_of_type(&kube_core_v1_pod_type);
    json_t *pod =
        json_loads("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\",\"nme\":1},\"spec\":{\"containers\":[{\"name\":\"a\","
                             "\"imag\":\"i\",\"ports\":[{\"containerPort\":80}]}],\"volumes\":null,\"tolerations\":[]}}", 0, NULL);
    json_t *unknown = json_array(), *container, *protocol;

    CHECK_INT(ts_schema_prune(pods, pod, unknown), 0);
    CHECK_STR(json_string_value(json_array_get(unknown, 0)), "metadata.nme");
    CHECK_STR(json_string_value(json_array_get(unknown, 1)), "spec.containers[0].imag");
    CHECK_INT(json_array_size(unknown), 2);
    CHECK_INT(ts_schema_default(pods, pod), 0);
    container = json_array_get(json_object_get(json_object_get(pod, "spec"), "containers"), 0);
    protocol = json_object_get(json_array_get(json_object_get(container, "ports"), 0), "protocol");
    CHECK_STR(json_string_value(protocol), "TCP");
    CHECK(json_is_object(json_object_get(container, "resources")));
    CHECK(json_is_object(json_object_get(pod, "status")));
    CHECK(!json_object_get(json_object_get(pod, "spec"), "volumes"));
    CHECK(!json_object_get(json_object_get(pod, "spec"), "tolerations"));
    json_decref(pod);
    json_decref(unknown);
    ts_schema_free(pods);
}

/* Which types are atomic is kept by hand, because the tables do not say it. */
static void atomic_types(void)
{
    json_t *spec = json_load_file("openapi/v1.36.json", 0, NULL), *definition;
    const kube_package_t *const *package;
    size_t i, seen = 0;

    for (package = kube_k8s_packages; *package; package++) {
        for (i = 0; (*package)->types[i]; i++) {
            const kube_type_t *type = (*package)->types[i];
            const char *map_type;

            definition = json_object_get(json_object_get(spec, "definitions"), type->name);
            map_type = json_string_value(json_object_get(definition, "x-kubernetes-map-type"));
            if (ts_type_is_atomic(type) != (map_type && strcmp(map_type, "atomic") == 0)) {
                printf("%s\n", type->name);
                test_failed_here = 1;
            }
            seen += map_type != NULL;
        }
    }
    CHECK(seen >= 30);
    json_decref(spec);
}

int main(void)
{
    json_t *spec;

    golden = json_load_file(GOLDEN, 0, NULL);
    spec = json_object_get(json_object_get(golden, "crd"), "spec");
    CHECK_INT(ts_schema_of_crd(json_array_get(json_object_get(spec, "versions"), 0), "schema.example.com", "Thing", false, &schema,
                               NULL), 0);
    RUN(golden_objects);
    RUN(messages);
    RUN(patterns);
    RUN(built_in);
    RUN(atomic_types);
    ts_schema_free(schema);
    json_decref(golden);
    return test_end();
}
