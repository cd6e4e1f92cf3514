/* Discovery documents of all built-in resources beside those of a real kube-apiserver that serves all of them
 * (golden/discovery_*.json). */
#include "discovery.h"

#include <kube/k8s.h>

#include "../unit/test.h"

#define GOLDEN "tests/apiserver/golden/"

static ts_api_t apis[512];
static size_t count;

static bool is_served(const json_t *golden, const ts_api_t *api)
{
    const json_t *item, *version, *resource;
    size_t i, j, k;

    json_array_foreach(json_object_get(golden, "items"), i, item) {
        const char *group = json_string_value(json_object_get(json_object_get(item, "metadata"), "name"));

        json_array_foreach(json_object_get(item, "versions"), j, version) {
            json_array_foreach(json_object_get(version, "resources"), k, resource) {
                if (strcmp(group ? group : "", api->group) == 0 &&
                    strcmp(json_string_value(json_object_get(version, "version")), api->version) == 0 &&
                    strcmp(json_string_value(json_object_get(resource, "resource")), api->plural) == 0) {
                    return true;
                }
            }
        }
    }
    return false;
}

static void drop_freshness(json_t *document)
{
    json_t *item, *version;
    size_t i, j;

    json_array_foreach(json_object_get(document, "items"), i, item) {
        json_array_foreach(json_object_get(item, "versions"), j, version) {
            CHECK_STR(json_string_value(json_object_get(version, "freshness")), "Current");
            json_object_del(version, "freshness");
        }
    }
}

static void compare(const char *where, const json_t *actual, const json_t *expected)
{
    const char *key;
    json_t *value;
    char below[512];
    size_t i;

    if (json_is_object(actual) && json_is_object(expected)) {
        json_object_foreach((json_t *)expected, key, value) {
            snprintf(below, sizeof below, "%s.%s", where, key);
            compare(below, json_object_get(actual, key), value);
        }
        json_object_foreach((json_t *)actual, key, value) {
            if (!json_object_get(expected, key)) {
                printf("%s.%s: not in the real server's\n", where, key);
                test_failed_here = 1;
            }
        }
    } else if (json_is_array(actual) && json_is_array(expected) && json_array_size(actual) == json_array_size(expected)) {
        json_array_foreach((json_t *)expected, i, value) {
            snprintf(below, sizeof below, "%s[%zu]", where, i);
            compare(below, json_array_get(actual, i), value);
        }
    } else if (!actual || !json_equal(actual, expected)) {
        char *left = actual ? json_dumps(actual, JSON_COMPACT | JSON_ENCODE_ANY) : NULL, *right =
            json_dumps(expected, JSON_COMPACT | JSON_ENCODE_ANY);

        printf("%s: %.300s\n    should be %.300s\n", where, left ? left : "(none)", right);
        test_failed_here = 1;
        free(left);
        free(right);
    }
}

static void check_aggregated(const char *file, bool core)
{
    json_t *golden = json_load_file(file, 0, NULL), *document;
    ts_api_t served[512];
    size_t i, served_count = 0;

    for (i = 0; i < count; i++) {
        if (is_served(golden, &apis[i])) {
            served[served_count++] = apis[i];
        }
    }
    document = ts_discovery_aggregated(served, served_count, core);
    drop_freshness(document);
    compare(core ? "/api" : "/apis", document, golden);
    json_decref(document);
    json_decref(golden);
}

static void aggregated(void)
{
    check_aggregated(GOLDEN "discovery_api.json", true);
    check_aggregated(GOLDEN "discovery_apis.json", false);
}

static void plain(void)
{
    json_t *groups = ts_discovery_groups(apis, count), *group = ts_discovery_group(apis, count, "autoscaling");
    json_t *list = ts_discovery_resources(apis, count, "apps", "v1"), *core = ts_discovery_core("127.0.0.1:1");
    json_t *expected = json_pack("{s:s, s:s}", "groupVersion", "autoscaling/v2", "version", "v2");

    CHECK(json_array_size(json_object_get(groups, "groups")) >= 20);
    compare("/apis/autoscaling", json_object_get(group, "preferredVersion"), expected);
    CHECK_STR(json_string_value(json_object_get(list, "groupVersion")), "apps/v1");
    CHECK(json_array_size(json_object_get(list, "resources")) >= 12);
    CHECK_STR(json_string_value(json_array_get(json_object_get(core, "versions"), 0)), "v1");
    CHECK(ts_discovery_resources(apis, count, "apps", "v9") == NULL);
    CHECK(ts_discovery_group(apis, count, "nowhere") == NULL);
    json_decref(groups);
    json_decref(group);
    json_decref(list);
    json_decref(core);
    json_decref(expected);
}

static void custom(void)
{
    static const kube_subresource_t subresources[] = {
        { .name = "scale", .api_version = "autoscaling/v1", .kind = "Scale", .verbs = KUBE_VERB_GET },
        { .name = "status", .api_version = "example.com/v1", .kind = "CronTab", .verbs = KUBE_VERB_GET },
    };
    ts_api_t api = { .group = "example.com", .version = "v1", .plural = "crontabs", .singular = "crontab", .kind = "CronTab", .verbs = KUBE_VERB_GET,
                     .short_names = (const char *const[]){ "ct", NULL }, .subresources = subresources, .subresource_count = 2 };
    json_t *document = ts_discovery_aggregated(&api, 1, false);
    json_t *expected = json_loads(
        "{\"resource\":\"crontabs\",\"responseKind\":{\"group\":\"example.com\",\"version\":\"v1\",\"kind\":\"CronTab\"},"
        "\"scope\":\"Cluster\",\"singularResource\":\"crontab\",\"verbs\":[\"get\"],\"shortNames\":[\"ct\"],\"subresources\":["
        "{\"subresource\":\"scale\",\"responseKind\":{\"group\":\"autoscaling\",\"version\":\"v1\",\"kind\":\"Scale\"},\"verbs\":[\"get\"]},"
        "{\"subresource\":\"status\",\"responseKind\":{\"group\":\"example.com\",\"version\":\"v1\",\"kind\":\"CronTab\"},"
        "\"verbs\":[\"get\"]}]}", 0, NULL);
    json_t *version = json_array_get(json_object_get(json_array_get(json_object_get(document, "items"), 0), "versions"), 0);

    compare("custom", json_array_get(json_object_get(version, "resources"), 0), expected);
    json_decref(document);
    json_decref(expected);
}

static void accepts(void)
{
    CHECK(ts_discovery_wants_aggregated("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"));
    CHECK(ts_discovery_wants_aggregated("application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io"));
    CHECK(ts_discovery_wants_aggregated("application/vnd.kubernetes.protobuf, application/json; g=apidiscovery.k8s.io; v=v2; as=APIGroupDiscoveryList"));
    CHECK(!ts_discovery_wants_aggregated("application/json, application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"));
    CHECK(!ts_discovery_wants_aggregated("application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"));
    CHECK(!ts_discovery_wants_aggregated("*/*"));
    CHECK(!ts_discovery_wants_aggregated(""));
    CHECK(!ts_discovery_wants_aggregated(NULL));
}

int main(void)
{
    kube_scheme_t *scheme = kube_scheme_new();

    kube_scheme_add(scheme, kube_k8s_packages);
    for (; count < kube_scheme_resource_count(scheme); count++) {
        apis[count] = ts_api_of_resource(kube_scheme_resource_at(scheme, count));
    }
    RUN(aggregated);
    RUN(plain);
    RUN(custom);
    RUN(accepts);
    kube_scheme_free(scheme);
    return test_end();
}
