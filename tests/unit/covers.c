/* kube_covers: what an object says, another says too. */
#include "random_object.h"
#include "test.h"

#include <jansson.h>
#include <kube/core/v1.h>
#include <kube/json.h>
#include <kube/k8s.h>
#include <kube/object.h>

static bool covers_as(const kube_type_t *type, const char *whole, const char *part, unsigned flags)
{
    void *one = NULL, *other = NULL;
    kube_error_t err;
    if (kube_json_decode(type, whole, strlen(whole), NULL, &one, &err) || kube_json_decode(type, part, strlen(part), NULL, &other, &err)) {
        printf("%s at %s\n", err.message, err.path);
        test_failed_here = 1;
    }
    bool covers = kube_covers(type, one, other, flags);
    kube_free(one);
    kube_free(other);
    return covers;
}

static bool pod_covers(const char *whole, const char *part)
{
    return covers_as(&kube_core_v1_pod_type, whole, part, 0);
}

static void fields_are_compared(void)
{
    CHECK(pod_covers("{\"spec\":{\"nodeName\":\"a\",\"hostNetwork\":true}}", "{\"spec\":{\"nodeName\":\"a\"}}"));
    CHECK(pod_covers("{\"spec\":{\"nodeName\":\"a\"}}", "{}"));
    CHECK(pod_covers("{\"spec\":{\"nodeName\":\"a\"}}", "{\"spec\":{}}"));
    CHECK(!pod_covers("{\"spec\":{\"nodeName\":\"a\"}}", "{\"spec\":{\"nodeName\":\"b\"}}"));
    CHECK(!pod_covers("{\"spec\":{\"nodeName\":\"a\"}}", "{\"spec\":{\"nodeName\":\"a\",\"hostNetwork\":false}}"));
    CHECK(!pod_covers("{}", "{\"spec\":{}}"));
    CHECK(!pod_covers("{}", "{\"metadata\":{\"labels\":{}}}"));
    CHECK(pod_covers("{\"metadata\":{\"creationTimestamp\":\"2024-01-01T00:00:00Z\"}}", "{\"metadata\":{\"creationTimestamp\":\"2024-01-01T01:00:00+01:00\"}}"));
    CHECK(!pod_covers("{\"metadata\":{\"creationTimestamp\":\"2024-01-01T00:00:00Z\"}}", "{\"metadata\":{\"creationTimestamp\":\"2024-01-01T00:00:01Z\"}}"));
}

#define CONTAINERS(text) "{\"spec\":{\"containers\":[" text "]}}"

static void lists_have_the_same_length(void)
{
    CHECK(pod_covers(CONTAINERS("{\"name\":\"a\",\"args\":[\"x\",\"y\"],\"image\":\"i\"}"), CONTAINERS("{\"name\":\"a\",\"args\":[\"x\",\"y\"]}")));
    CHECK(!pod_covers(CONTAINERS("{\"name\":\"a\",\"args\":[\"x\",\"y\"]}"), CONTAINERS("{\"name\":\"a\",\"args\":[\"y\",\"x\"]}")));
    CHECK(!pod_covers(CONTAINERS("{\"name\":\"a\",\"args\":[\"x\",\"y\"]}"), CONTAINERS("{\"name\":\"a\",\"args\":[\"x\"]}")));
    CHECK(!pod_covers(CONTAINERS("{\"name\":\"a\"}"), CONTAINERS("{\"name\":\"a\",\"args\":[]}")));
    CHECK(pod_covers(CONTAINERS("{\"name\":\"a\",\"args\":[]}"), CONTAINERS("{\"name\":\"a\",\"args\":[]}")));
    /* Tolerations are atomic: items without keys, in their order. */
    CHECK(pod_covers("{\"spec\":{\"tolerations\":[{\"key\":\"a\",\"effect\":\"NoExecute\"},{}]}}", "{\"spec\":{\"tolerations\":[{\"key\":\"a\"},{}]}}"));
    CHECK(!pod_covers("{\"spec\":{\"tolerations\":[{},{\"key\":\"a\",\"effect\":\"NoExecute\"}]}}", "{\"spec\":{\"tolerations\":[{\"key\":\"a\"},{}]}}"));
}

static void keyed_lists_match_by_their_keys(void)
{
    const char *whole = CONTAINERS("{\"name\":\"a\",\"image\":\"1\"},{\"name\":\"b\",\"image\":\"2\",\"tty\":true}");
    CHECK(pod_covers(whole, CONTAINERS("{\"name\":\"b\",\"image\":\"2\"},{\"name\":\"a\"}")));
    CHECK(!pod_covers(whole, CONTAINERS("{\"name\":\"b\",\"image\":\"1\"},{\"name\":\"a\"}")));
    CHECK(!pod_covers(whole, CONTAINERS("{\"name\":\"a\"},{\"name\":\"c\"}")));
    CHECK(!pod_covers(whole, CONTAINERS("{\"name\":\"a\"}")));
    /* A key that is left out is its default: protocol TCP. */
#define PORTS(text) CONTAINERS("{\"name\":\"a\",\"ports\":[" text "]}")
    whole = PORTS("{\"containerPort\":53,\"protocol\":\"UDP\"},{\"containerPort\":53,\"protocol\":\"TCP\",\"name\":\"t\"}");
    CHECK(pod_covers(whole, PORTS("{\"containerPort\":53,\"name\":\"t\"},{\"containerPort\":53,\"protocol\":\"UDP\"}")));
    CHECK(pod_covers(whole, PORTS("{\"containerPort\":53},{\"containerPort\":53,\"protocol\":\"UDP\"}")));
    CHECK(!pod_covers(PORTS("{\"containerPort\":53,\"protocol\":\"UDP\"}"), PORTS("{\"containerPort\":53}")));
    CHECK(!pod_covers(whole, PORTS("{\"containerPort\":53},{\"containerPort\":54}")));
}

static void maps_may_have_more_entries(void)
{
    const char *whole = "{\"metadata\":{\"labels\":{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}}}";
    CHECK(pod_covers(whole, "{\"metadata\":{\"labels\":{\"a\":\"1\",\"c\":\"3\"}}}"));
    CHECK(pod_covers(whole, "{\"metadata\":{\"labels\":{\"c\":\"3\",\"a\":\"1\",\"b\":\"2\"}}}"));
    CHECK(pod_covers(whole, "{\"metadata\":{\"labels\":{}}}"));
    CHECK(!pod_covers(whole, "{\"metadata\":{\"labels\":{\"a\":\"2\"}}}"));
    CHECK(!pod_covers(whole, "{\"metadata\":{\"labels\":{\"d\":\"1\"}}}"));
    CHECK(!pod_covers("{\"metadata\":{\"labels\":{}}}", "{\"metadata\":{\"labels\":{\"d\":\"1\"}}}"));
#define LIMITS(text) CONTAINERS("{\"name\":\"a\",\"resources\":{\"limits\":{" text "}}}")
    CHECK(pod_covers(LIMITS("\"cpu\":\"1\",\"memory\":\"1Gi\""), LIMITS("\"cpu\":\"1000m\"")));
    CHECK(!pod_covers(LIMITS("\"cpu\":\"1\""), LIMITS("\"cpu\":\"1001m\"")));
}

static void unknown_fields_and_free_form_values_are_json(void)
{
    const char *whole = "{\"new\":{\"a\":[1,{\"b\":true,\"c\":null}],\"d\":\"x\"},\"newer\":5}";
    CHECK(pod_covers(whole, "{\"newer\":5}"));
    CHECK(pod_covers(whole, "{\"new\":{\"a\":[1,{\"b\":true}]}}"));
    CHECK(pod_covers(whole, "{\"new\":{\"e\":null},\"newest\":null}"));
    CHECK(!pod_covers(whole, "{\"new\":{\"a\":[1]}}"));
    CHECK(!pod_covers(whole, "{\"new\":{\"a\":[1,{\"b\":false}]}}"));
    CHECK(!pod_covers(whole, "{\"new\":[]}"));
    CHECK(!pod_covers(whole, "{\"newer\":6}"));
    CHECK(!pod_covers(whole, "{\"newest\":6}"));
    CHECK(pod_covers("{\"new\":{\"a\":1.50,\"b\":1}}", "{\"new\":{\"a\":1.5}}"));
    CHECK(pod_covers("{\"new\":{\"a\":123456789012345678901234567890,\"b\":1}}", "{\"new\":{\"a\":123456789012345678901234567890}}"));
    CHECK(!pod_covers("{\"new\":{\"a\":123456789012345678901234567890,\"b\":1}}", "{\"new\":{\"a\":123456789012345678901234567891}}"));
#define REVISION(text) "{\"revision\":1,\"data\":" text "}"
    const kube_type_t *type = NULL;
    kube_scheme_t *scheme = kube_scheme_new();
    kube_scheme_add(scheme, kube_k8s_packages);
    type = kube_scheme_type(scheme, "apps/v1", "ControllerRevision");
    CHECK(covers_as(type, REVISION("{\"a\":1,\"b\":{}}"), REVISION("{ \"a\" : 1 }"), 0));
    CHECK(!covers_as(type, REVISION("{\"a\":1,\"b\":{}}"), REVISION("{\"a\":2}"), 0));
    kube_scheme_free(scheme);
}

static void flags_leave_things_out(void)
{
    const kube_type_t *type = &kube_core_v1_pod_type;
    const char *whole = "{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"2\",\"uid\":\"u\",\"generation\":2},\"status\":{\"phase\":\"Running\"}}";
    const char *part = "{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"1\",\"uid\":\"v\",\"generation\":1,\"selfLink\":\"s\",\"managedFields\":[{}],"
                       "\"creationTimestamp\":\"2024-01-01T00:00:00Z\"},\"status\":{\"phase\":\"Pending\"}}";
    CHECK(!covers_as(type, whole, part, 0));
    CHECK(covers_as(type, whole, part, KUBE_COVERS_WRITTEN));
    CHECK(!covers_as(type, "{\"metadata\":{\"name\":\"b\"}}", "{\"metadata\":{\"name\":\"a\",\"uid\":\"1\"}}", KUBE_COVERS_WRITTEN));
    CHECK(!covers_as(type, "{\"metadata\":{}}", "{\"status\":{\"phase\":\"Pending\"}}", 0));
    CHECK(covers_as(type, "{\"metadata\":{}}", "{\"status\":{\"phase\":\"Pending\"}}", KUBE_COVERS_WRITTEN));
    const char *list = "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[{\"metadata\":{\"uid\":\"1\"},\"status\":{\"phase\":\"x\"}}]}";
    CHECK(covers_as(&kube_core_v1_pod_list_type, "{\"metadata\":{},\"items\":[{\"metadata\":{}}]}", list, KUBE_COVERS_WRITTEN));
    part = CONTAINERS("{\"name\":\"a\",\"args\":[],\"tty\":false,\"image\":\"\",\"workingDir\":\"\"}");
    CHECK(!covers_as(type, CONTAINERS("{\"name\":\"a\"}"), part, 0));
    CHECK(covers_as(type, CONTAINERS("{\"name\":\"a\"}"), part, KUBE_COVERS_ZERO_IS_ABSENT));
    CHECK(!covers_as(type, CONTAINERS("{\"name\":\"a\",\"tty\":true}"), part, KUBE_COVERS_ZERO_IS_ABSENT));
    CHECK(!covers_as(type, CONTAINERS("{\"name\":\"a\"}"), CONTAINERS("{\"name\":\"a\",\"tty\":true}"), KUBE_COVERS_ZERO_IS_ABSENT));
    CHECK(!covers_as(type, "{\"spec\":{}}", "{\"spec\":{\"securityContext\":{}}}", KUBE_COVERS_ZERO_IS_ABSENT));
    CHECK(covers_as(type, "{\"metadata\":{},\"spec\":{}}",
                    "{\"metadata\":{\"labels\":{},\"generation\":0},\"spec\":{\"priority\":0,\"terminationGracePeriodSeconds\":0}}", KUBE_COVERS_ZERO_IS_ABSENT));
}

static void objects_of_the_program_are_compared(void)
{
    kube_core_v1_pod_t part = { .metadata = &(kube_meta_v1_object_meta_t){ .labels = KUBE_MAP({ "a", NULL }) },
                                .unknown = &(kube_unknown_t){ .name = NULL } };
    kube_core_v1_pod_t whole = { .metadata = &(kube_meta_v1_object_meta_t){ .labels = KUBE_MAP({ "b", "1" }, { "a", NULL }) },
                                 .unknown = &(kube_unknown_t){ .name = "x" } };
    CHECK(kube_covers(&kube_core_v1_pod_type, &whole, &part, 0));
    part.unknown = &(kube_unknown_t){ .name = "x", .value = KUBE_JSON("1") };
    CHECK(!kube_covers(&kube_core_v1_pod_type, &whole, &part, 0));
    CHECK(kube_covers(&kube_core_v1_pod_type, &whole, NULL, 0));
    CHECK(kube_covers(&kube_core_v1_pod_type, NULL, NULL, 0));
    CHECK(!kube_covers(&kube_core_v1_pod_type, NULL, &part, 0));
    CHECK(kube_covers(NULL, &part, &part, 0));
    CHECK(!kube_covers(NULL, &whole, &part, 0));
}

/* ---- random objects ---- */

/* What stays as it is: a protocol that is left out of a port is its default, not any. */
static bool stays(const char *key)
{
    return strcmp(key, "apiVersion") == 0 || strcmp(key, "kind") == 0 || strcmp(key, "protocol") == 0;
}

/* Takes members away from objects at any depth; returns how many. */
static size_t thin_out(random_object_t *r, json_t *json)
{
    size_t removed = 0, i;
    const char *key;
    void *next;
    json_t *value;
    json_array_foreach(json, i, value)
        removed += thin_out(r, value);
    json_object_foreach_safe(json, next, key, value) {
        if (random_bits(r) % 6 || stays(key)) {
            removed += thin_out(r, value);
        } else {
            json_object_del(json, key);
            removed++;
        }
    }
    return removed;
}

/* Changes the n-th number, boolean or string; false when there are fewer. */
static bool change_leaf(json_t *json, size_t *n)
{
    size_t i;
    const char *key;
    json_t *value;
    json_array_foreach(json, i, value)
        if (change_leaf(value, n))
            return true;
    json_object_foreach(json, key, value) {
        if (stays(key))
            continue;
        if (change_leaf(value, n))
            return true;
        if (json_is_object(value) || json_is_array(value) || json_is_null(value) || (*n)--)
            continue;
        char text[300];
        snprintf(text, sizeof text, "%.290s+", json_is_string(value) ? json_string_value(value) : "");
        json_object_set_new(json, key, json_is_boolean(value)   ? json_boolean(!json_boolean_value(value))
                                       : json_is_integer(value) ? json_integer(json_integer_value(value) ^ 1)
                                       : json_is_real(value)    ? json_real(json_real_value(value) + 1)
                                                                : json_string(text));
        return true;
    }
    return false;
}

static void *decode_json(const kube_type_t *type, const json_t *json)
{
    void *object = NULL;
    char *text = json_dumps(json, JSON_COMPACT);
    if (text)
        kube_json_decode(type, text, strlen(text), NULL, &object, NULL);
    free(text);
    return object;
}

static void complain(const kube_type_t *type, const char *what, const json_t *whole, const json_t *part)
{
    char *one = json_dumps(whole, JSON_COMPACT), *other = json_dumps(part, JSON_COMPACT);
    printf("%s: %s\n  %.1500s\n  %.1500s\n", type->name, what, one, other);
    free(one);
    free(other);
    test_failed_here = 1;
}

static size_t changed, thinned;

/* Once the n-th leaf of the part is another, the whole does not cover it. */
static void check_changed(const kube_type_t *type, const json_t *json, const json_t *thin, const void *whole, const void *part, size_t n)
{
    json_t *other = json_deep_copy(thin);
    void *differs = change_leaf(other, &n) ? decode_json(type, other) : NULL;
    if (differs && !kube_equal(type, part, differs)) {
        changed++;
        if (kube_covers(type, whole, differs, 0))
            complain(type, "covers something else", json, other);
    }
    kube_free(differs);
    json_decref(other);
}

static void check_object(random_object_t *r, const kube_type_t *type)
{
    json_t *json = json_loadb(r->out->data, r->out->len, JSON_ALLOW_NUL, NULL), *thin = json_deep_copy(json);
    size_t removed = thin_out(r, thin);
    void *whole = decode_json(type, json), *part = decode_json(type, thin);
    if (whole && part) {
        thinned++;
        if (!kube_covers(type, whole, whole, 0))
            complain(type, "does not cover itself", json, json);
        if (!kube_covers(type, whole, part, 0))
            complain(type, "does not cover what was taken from it", json, thin);
        if (removed && kube_covers(type, part, whole, 0))
            complain(type, "covers what is not there", thin, json);
        for (size_t i = 0; i < 12; i++)
            check_changed(type, json, thin, whole, part, i);
    }
    kube_free(whole);
    kube_free(part);
    json_decref(json);
    json_decref(thin);
}

static void random_objects_cover_their_parts(void)
{
    kube_scheme_t *scheme = kube_scheme_new();
    kube_buffer_t text = { 0 };
    kube_scheme_add(scheme, kube_k8s_packages);
    for (size_t i = 0; i < kube_scheme_type_count(scheme) && !test_failed_here; i++)
        for (unsigned round = 0; round < 10 && !test_failed_here; round++) {
            random_object_t r = { .state = i * 100 + round, .chance = 30 + round * 12, .unknown = round & 1, .out = &text };
            kube_buffer_clear(&text);
            random_root(&r, kube_scheme_type_at(scheme, i));
            if (text.len < 200000 && !strstr(text.data, "\\u0000"))
                check_object(&r, kube_scheme_type_at(scheme, i));
        }
    CHECK(thinned > 1000);
    CHECK(changed > 2000);
    kube_buffer_dispose(&text);
    kube_scheme_free(scheme);
}

int main(void)
{
    RUN(fields_are_compared);
    RUN(lists_have_the_same_length);
    RUN(keyed_lists_match_by_their_keys);
    RUN(maps_may_have_more_entries);
    RUN(unknown_fields_and_free_form_values_are_json);
    RUN(flags_leave_things_out);
    RUN(objects_of_the_program_are_compared);
    RUN(random_objects_cover_their_parts);
    return test_end();
}
