/* Every allocation of jansson and of libkube's buffers fails once: the functions say so, or do without, and lose nothing. */
#include <kube/k8s.h>
#include <kube/memory.h>

#include "../unit/test.h"
#include "apply.h"
#include "openapi.h"

static size_t allocations, fail_at;

static bool fails(void)
{
    return ++allocations == fail_at;
}

static void *json_allocate(size_t size)
{
    return fails() ? NULL : malloc(size);
}

static void *kube_allocate(size_t size, void *context)
{
    (void)context;
    return fails() ? NULL : malloc(size);
}

static void *kube_reallocate(void *pointer, size_t size, void *context)
{
    (void)context;
    return fails() ? NULL : realloc(pointer, size);
}

static void kube_release(void *pointer, void *context)
{
    (void)context;
    free(pointer);
}

/* One run; 0 or an error code. */
typedef int run_fn(void);

static ts_schema_t *deployments, *things;
static json_t *live, *applied, *other, *custom, *crd_version;

static const ts_writer_t one = { "one", "apps/v1", "", "2026-01-01T00:00:00Z" }, two = { "two", "apps/v1", "", "2026-01-01T00:00:01Z" };

static int run_own(void)
{
    json_t *after = json_deep_copy(live), *before;
    int code = after ? ts_own(deployments, NULL, after, &one) : KUBE_E_NO_MEMORY;

    if (code == 0) {
        before = json_deep_copy(after);
        json_object_del(json_object_get(after, "metadata"), "labels");
        code = before ? ts_own(deployments, before, after, &two) : KUBE_E_NO_MEMORY;
        code = code ? code : ts_keep_times(before, after);
        json_decref(before);
    }
    json_decref(after);
    return code;
}

static int apply_two(bool force)
{
    json_t *first = NULL, *second = NULL, *third = NULL, *causes = NULL;
    int code = ts_apply(deployments, NULL, applied, &one, false, &first, NULL, NULL);

    code = code ? code : ts_apply(deployments, first, other, &two, force, &second, &causes, NULL);
    if (code == KUBE_E_CONFLICT) {
        char *text = ts_conflict_text(causes);

        code = text && json_array_size(causes) ? 0 : KUBE_E_NO_MEMORY;
        free(text);
    } else if (code == 0) {
        code = ts_apply(deployments, second, applied, &two, true, &third, NULL, NULL);
    }
    json_decref(first);
    json_decref(second);
    json_decref(third);
    json_decref(causes);
    return code;
}

static int run_apply(void)
{
    return apply_two(true);
}

static int run_conflict(void)
{
    return apply_two(false);
}

static int run_schema(void)
{
    json_t *object = json_deep_copy(custom), *unknown = json_array(), *causes = NULL;
    int code = object && unknown ? ts_schema_prune(things, object, unknown) : KUBE_E_NO_MEMORY;

    code = code ? code : ts_schema_default(things, object);
    code = code ? code : ts_schema_validate(things, object, &causes);
    if (code == KUBE_E_INVALID) {
        char *text = ts_causes_text(causes);

        code = text ? 0 : KUBE_E_NO_MEMORY;
        free(text);
    }
    json_decref(object);
    json_decref(unknown);
    json_decref(causes);
    return code;
}

static int run_crd(void)
{
    ts_schema_t *schema = NULL;
    int code = ts_schema_of_crd(crd_version, "g", "K", false, &schema, NULL);

    ts_schema_free(schema);
    return code;
}

static int run_discovery(void)
{
    const kube_resource_t *resource = &kube_apps_v1_deployments;
    ts_api_t apis[2] = { ts_api_of_resource(resource), { .group = "g.example.com", .version = "v1", .plural = "ks", .kind = "K",
                                                         .list_kind = "KList",
                         .verbs = KUBE_VERB_GET | KUBE_VERB_LIST, .crd_schema =
                             json_object_get(json_object_get(crd_version, "schema"), "openAPIV3Schema") } };
    json_t *documents[] = { ts_discovery_groups(apis, 2), ts_discovery_group(apis, 2, "apps"),
                            ts_discovery_resources(apis, 2, "apps", "v1"),
                            ts_discovery_aggregated(apis, 2, false), ts_discovery_core("x"),
                                ts_openapi_v3(&apis[1], 1, "g.example.com", "v1"),
                            ts_openapi_v3_index(apis, 2), ts_openapi_v2(&apis[1], 1) };
    kube_buffer_t out = { 0 };
    int code = 0;
    size_t i;

    for (i = 0; i < sizeof documents / sizeof *documents; i++) {
        code = documents[i] ? code : KUBE_E_NO_MEMORY;
    }
    if (code == 0) {
        code = ts_openapi_v2_protobuf(documents[7], &out);
    }
    for (i = 0; i < sizeof documents / sizeof *documents; i++) {
        json_decref(documents[i]);
    }
    kube_buffer_dispose(&out);
    return code;
}

static void fail_each(run_fn *run)
{
    size_t total, n, refused = 0;
    int code;

    fail_at = 0;
    allocations = 0;
    CHECK_INT(run(), 0);
    total = allocations;
    for (n = 1; n <= total; n++) {
        allocations = 0;
        fail_at = n;
        code = run();
        refused += code == KUBE_E_NO_MEMORY;
        if (code != 0 && code != KUBE_E_NO_MEMORY) {
            printf("allocation %zu: code %d\n", n, code);
            test_failed_here = 1;
        }
    }
    fail_at = 0;
    CHECK(refused > total / 2);
}

static void own(void)
{
    fail_each(run_own);
}

static void apply(void)
{
    fail_each(run_apply);
}

static void conflict(void)
{
    fail_each(run_conflict);
}

static void schema(void)
{
    fail_each(run_schema);
    fail_each(run_crd);
}

static void discovery(void)
{
    fail_each(run_discovery);
}

#define DEPLOYMENT "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"x\",\"labels\":{\"a\":\"b\"}},\"spec\":{\"replicas\":%d," \
                   "\"template\":{\"spec\":{\"containers\":[{\"name\":\"%s\",\"image\":\"%s\",\"args\":[],\"ports\":[{\"containerPort\":80}]}]}}}}"

static json_t *deployment(int replicas, const char *name, const char *image)
{
    char text[1024];

    snprintf(text, sizeof text, DEPLOYMENT, replicas, name, image);
    return json_loads(text, 0, NULL);
}

int main(void)
{
    json_t *golden = json_load_file("tests/apiserver/golden/schema.json", 0, NULL);
    json_t *spec = json_object_get(json_object_get(golden, "crd"), "spec");

    crd_version = json_incref(json_array_get(json_object_get(spec, "versions"), 0));
    deployments = ts_schema_of_type(&kube_apps_v1_deployment_type);
    CHECK_INT(ts_schema_of_crd(crd_version, "g", "Thing", false, &things, NULL), 0);
    live = deployment(1, "a", "i");
    applied = deployment(1, "a", "i");
    other = deployment(2, "b", "j");
    custom =
        json_loads("{\"apiVersion\":\"g/v1\",\"kind\":\"Thing\",\"spec\":{\"count\":\"x\",\"set\":[\"a\",\"a\"],\"list\":[{\"name\":\"a\",\"x\":1}],"
                        "\"small\":{\"a\":\"b\"},\"oneOf\":{},\"pattern\":\"-\",\"needs\":{},\"embedded\":{},\"enum\":\"e\",\"allOf\":9}}", 0, NULL);
    json_set_alloc_funcs(json_allocate, free);
    kube_set_allocator(&(kube_allocator_t){ .allocate = kube_allocate, .reallocate = kube_reallocate, .release = kube_release });
    RUN(own);
    RUN(apply);
    RUN(conflict);
    RUN(schema);
    RUN(discovery);
    json_decref(golden);
    json_decref(crd_version);
    json_decref(live);
    json_decref(applied);
    json_decref(other);
    json_decref(custom);
    ts_schema_free(deployments);
    ts_schema_free(things);
    return test_end();
}
