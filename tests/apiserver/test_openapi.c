/*
 * OpenAPI documents of all built-in resources beside the facts-only spec they were generated from. With an argument, a folder:
 * writes the documents there (v3.json, v3/<group version>.json, v2.json, v2.pb), to be looked at or served.
 */
#include "openapi.h"

#include <kube/k8s.h>

#include "../unit/test.h"

#define SPEC "openapi/v1.36.json"

static ts_api_t apis[512];
static size_t count;

static void complain(const char *where, const char *what, const json_t *actual, const json_t *expected)
{
    char *left = actual ? json_dumps(actual, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    char *right = expected ? json_dumps(expected, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

    printf("%s: %s: %.300s\n    should be %.300s\n", where, what, left ? left : "(none)", right ? right : "(none)");
    test_failed_here = 1;
    free(left);
    free(right);
}

static void check_member(const char *where, const json_t *actual, const json_t *expected, const char *name)
{
    const json_t *left = json_object_get(actual, name), *right = json_object_get(expected, name);

    if ((left || right) && (!left || !right || !json_equal(left, right))) {
        complain(where, name, left, right);
    }
}

/* The name that a schema refers to, itself or in its allOf; "" when it does not. */
static const char *reference(const json_t *schema)
{
    const json_t *all = json_array_get(json_object_get(schema, "allOf"), 0);
    const char *text = json_string_value(json_object_get(all ? all : schema, "$ref"));

    return text ? strrchr(text, '/') + 1 : "";
}

/* One APIService field says that its bytes are a list. */
static bool is_bytes(const json_t *schema)
{
    const char *format = json_string_value(json_object_get(schema, "format"));

    return format && strcmp(format, "byte") == 0;
}

static void check_property(const char *where, const json_t *actual, const json_t *expected)
{
    static const char *const facts[] = { "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type",
                                         "x-kubernetes-patch-strategy",
                                         "x-kubernetes-patch-merge-key" };
    const char *type = json_string_value(json_object_get(expected, "type"));
    size_t i;

    for (i = 0; !is_bytes(actual) && i < sizeof facts / sizeof *facts; i++) {
        check_member(where, actual, expected, facts[i]);
    }
    if (!*reference(actual) && type) {
        check_member(where, actual, expected, "type");
    }
    /* The tables keep no name for types without properties. */
    if (*reference(expected) && *reference(actual) && !strstr(reference(expected), "apiextensions") &&
        !strstr(reference(actual), "RawExtension")) {
        CHECK_STR(reference(actual), reference(expected));
    }
    if (json_object_get(expected, "items")) {
        check_property(where, json_object_get(actual, "items"), json_object_get(expected, "items"));
    }
}

static void check_definition(const char *name, const json_t *actual, const json_t *expected)
{
    const json_t *properties = json_object_get(actual, "properties");
    const char *property;
    char where[400];
    json_t *schema;

    check_member(name, actual, expected, "x-kubernetes-map-type");
    json_object_foreach(json_object_get(expected, "properties"), property, schema) {
        snprintf(where, sizeof where, "%s.%s", name, property);
        if (!json_object_get(properties, property)) {
            complain(where, "missing", NULL, schema);
        } else {
            check_property(where, json_object_get(properties, property), schema);
        }
    }
    CHECK_INT(json_object_size(properties), json_object_size(json_object_get(expected, "properties")));
}

/* Every "$ref" below leads somewhere. */
static void check_references(const json_t *document, const json_t *value)
{
    const char *key;
    json_t *member;
    size_t i;

    json_object_foreach((json_t *)value, key, member) {
        if (strcmp(key, "$ref") == 0 && json_is_string(member)) {
            const char *name = strrchr(json_string_value(member), '/') + 1;
            const json_t *definitions = json_object_get(document, "definitions");

            definitions = definitions ? definitions : json_object_get(json_object_get(document, "components"), "schemas");
            if (!json_object_get(definitions, name)) {
                complain(name, "not defined", NULL, NULL);
            }
        }
        check_references(document, member);
    }
    json_array_foreach((json_t *)value, i, member) {
        check_references(document, member);
    }
}

static void version_2(void)
{
    json_t *spec = json_load_file(SPEC, 0, NULL), *document = ts_openapi_v2(apis, count), *definition;
    const char *name;
    size_t compared = 0;

    json_object_foreach(json_object_get(document, "definitions"), name, definition) {
        const json_t *expected = json_object_get(json_object_get(spec, "definitions"), name);

        if (json_object_get(expected, "properties")) {
            check_definition(name, definition, expected);
            compared++;
        }
    }
    CHECK(compared > 500);
    check_references(document, document);
    json_decref(spec);
    json_decref(document);
}

static void version_3(void)
{
    json_t *document = ts_openapi_v3(apis, count, "apps", "v1"), *index = ts_openapi_v3_index(apis, count);
    json_t *path = json_object_get(json_object_get(document, "paths"), "/apis/apps/v1/namespaces/{namespace}/deployments/{name}");
    json_t *patch = json_object_get(path, "patch"), *kind = json_pack("{s:s, s:s, s:s}", "group", "apps", "version", "v1", "kind",
                                                                      "Deployment");
    json_t *content = json_object_get(json_object_get(patch, "requestBody"), "content"), *parameter;
    bool validates = false;
    size_t i;

    CHECK(json_equal(json_object_get(patch, "x-kubernetes-group-version-kind"), kind));
    CHECK(json_object_get(content, "application/strategic-merge-patch+json") != NULL);
    json_array_foreach(json_object_get(patch, "parameters"), i, parameter) {
        validates |= strcmp(json_string_value(json_object_get(parameter, "name")), "fieldValidation") == 0;
    }
    CHECK(validates);
    check_references(document, document);
    CHECK_STR(json_string_value(json_object_get(json_object_get(json_object_get(index, "paths"), "apis/apps/v1"), "serverRelativeURL")),
              "/openapi/v3/apis/apps/v1");
    CHECK(json_object_get(json_object_get(index, "paths"), "api/v1") != NULL);
    CHECK(ts_openapi_v3(apis, count, "apps", "v7") == NULL);
    json_decref(document);
    json_decref(index);
    json_decref(kind);
}

static void custom(void)
{
    json_t *golden = json_load_file("tests/apiserver/golden/schema.json", 0, NULL);
    json_t *spec = json_object_get(json_object_get(golden, "crd"), "spec"), *version =
        json_array_get(json_object_get(spec, "versions"), 0);
    ts_api_t api = { .group = "schema.example.com", .version = "v1", .plural = "things", .kind = "Thing", .list_kind = "ThingList",
                     .namespaced = true,
                     .verbs = KUBE_VERB_GET | KUBE_VERB_LIST | KUBE_VERB_PATCH | KUBE_VERB_CREATE,
                     .crd_schema = json_object_get(json_object_get(version, "schema"), "openAPIV3Schema") };
    json_t *document = ts_openapi_v3(&api, 1, "schema.example.com", "v1"), *schemas =
        json_object_get(json_object_get(document, "components"), "schemas");
    json_t *thing = json_object_get(schemas, "com.example.schema.v1.Thing"), *old = ts_openapi_v2(&api, 1);

    CHECK(json_object_get(json_object_get(thing, "properties"), "metadata") != NULL);
    CHECK(json_object_get(schemas, "com.example.schema.v1.ThingList") != NULL);
    check_references(document, document);
    check_references(old, old);
    json_decref(document);
    json_decref(old);
    json_decref(golden);
}

static void protobuf(void)
{
    json_t *document = ts_openapi_v2(apis, count);
    kube_buffer_t out = { 0 };

    CHECK_INT(ts_openapi_v2_protobuf(document, &out), 0);
    CHECK(out.len > 100000);
    CHECK(memcmp(out.data, "\x0a\x03" "2.0", 5) == 0);
    kube_buffer_dispose(&out);
    json_decref(document);
}

static void write_file(const char *folder, const char *name, const json_t *document)
{
    char path[600];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    CHECK_INT(json_dump_file(document, path, JSON_INDENT(1)), 0);
}

static void write_all(const char *folder)
{
    json_t *document = ts_openapi_v3_index(apis, count), *entry;
    kube_buffer_t out = { 0 };
    const char *key;
    char name[400];
    FILE *file;

    write_file(folder, "v3.json", document);
    json_object_foreach(json_object_get(document, "paths"), key, entry) {
        char group[128] = "", version[64] = "";
        json_t *one;

        if (sscanf(key, "api/%63s", version) != 1) {
            sscanf(key, "apis/%127[^/]/%63s", group, version);
        }
        one = ts_openapi_v3(apis, count, group, version);
        snprintf(name, sizeof name, "v3_%s_%s.json", group, version);
        write_file(folder, name, one);
        json_decref(one);
    }
    json_decref(document);
    document = ts_openapi_v2(apis, count);
    write_file(folder, "v2.json", document);
    CHECK_INT(ts_openapi_v2_protobuf(document, &out), 0);
    snprintf(name, sizeof name, "%s/v2.pb", folder);
    file = fopen(name, "wb");
    CHECK(file && fwrite(out.data, 1, out.len, file) == out.len);
    if (file) {
        fclose(file);
    }
    kube_buffer_dispose(&out);
    json_decref(document);
}

int main(int argc, char **argv)
{
    kube_scheme_t *scheme = kube_scheme_new();

    kube_scheme_add(scheme, kube_k8s_packages);
    for (; count < kube_scheme_resource_count(scheme); count++) {
        apis[count] = ts_api_of_resource(kube_scheme_resource_at(scheme, count));
    }
    if (argc > 1) {
        write_all(argv[1]);
    } else {
        RUN(version_2);
        RUN(version_3);
        RUN(custom);
        RUN(protobuf);
    }
    kube_scheme_free(scheme);
    return test_end();
}
