/*
 * Every verb on every resource of the scheme against a real server, with what kubectl says as the judge of what was read:
 *     first_calls KUBECONFIG KUBECTL MANIFESTS [RESOURCE]
 * MANIFESTS holds one minimal manifest a resource, GROUP_VERSION_PLURAL.yaml. RESOURCE (part of such a name) limits the run.
 */
#include <kube/core/v1.h>
#include <kube/k8s.h>
#include <kube/kube.h>
#include <time.h>
#include <unistd.h>

#include "../unit/test.h"
#include "kubectl.h"

#define NAMESPACE "libkube-first-calls"
#define LABEL "libkube-test"
#define WAIT_MS 120000

/* Resources that cannot go through the usual life, and why. */
static const struct { const char *resource, *reason; } exempt[] = {
    { "core_v1_bindings", "binds a pod to a node, which the subresource of pods does too: needs a scheduler's place" },
    { "core_v1_componentstatuses", "made by the server: list only" },
};

static kube_client_t *client;
static kube_error_t err;

typedef struct subject {
    const kube_resource_t *resource;
    const kube_type_t *type;
    char id[160]; /* "apps_v1_deployments" */
    const char *ns;
    const char *name;
    void *wanted; /* the manifest, labelled */
} subject_t;

static bool ok(const subject_t *subject, const char *step, int code)
{
    if (code == KUBE_OK)
        return true;
    printf("%s: %s: %s: %s %s\n", subject->id, step, kube_code_name(code), err.message, err.path);
    test_failed_here = 1;
    return false;
}

static void require(const subject_t *subject, const char *step, bool condition)
{
    if (!condition) {
        printf("%s: %s: not as expected\n", subject->id, step);
        test_failed_here = 1;
    }
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static int set_label(const subject_t *subject, void *object, const char *key)
{
    const kube_type_t *metadata_type = NULL;
    kube_ensure(object, object, subject->type, "metadata");
    void *metadata = kube_at(object, subject->type, "metadata", &metadata_type);
    return metadata ? kube_map_set(object, metadata, metadata_type, "labels", key, "yes") : KUBE_E_USAGE;
}

static bool has_label(const subject_t *subject, const void *object, const char *key)
{
    const char *value = object ? kube_meta_label(subject->type, object, key) : NULL;
    return value && strcmp(value, "yes") == 0;
}

/* ---- steps ---- */

static bool create(const subject_t *subject)
{
    void *made = NULL;
    bool created = ok(subject, "create", kube_create(client, subject->resource, subject->ns, subject->wanted, NULL, &made, &err));
    if (created && subject->name) {
        require(subject, "create", strcmp(kube_meta_name(subject->type, made), subject->name) == 0);
        int code = kube_create(client, subject->resource, subject->ns, subject->wanted, NULL, NULL, &err);
        require(subject, "create again", code == KUBE_E_ALREADY_EXISTS && strcmp(err.reason, "AlreadyExists") == 0);
    }
    kube_free(made);
    return created;
}

/* Controllers may write in between, so both are asked until they speak of the same resourceVersion. */
static void compare_with_kubectl(const subject_t *subject)
{
    for (int attempt = 0; attempt < 10; attempt++) {
        void *found = NULL;
        json_t *theirs = kubectl_get(subject->resource, subject->resource->namespaced ? subject->ns : NULL, subject->name);
        if (!ok(subject, "get", kube_get(client, subject->resource, subject->ns, subject->name, NULL, &found, &err)) || !theirs) {
            require(subject, "kubectl get", theirs != NULL);
            json_decref(theirs);
            kube_free(found);
            return;
        }
        json_t *ours = encoded(subject->type, found);
        drop_nulls(theirs);
        const char *version = json_string_value(json_object_get(json_object_get(theirs, "metadata"), "resourceVersion"));
        bool same_version = version && strcmp(version, kube_meta_resource_version(subject->type, found)) == 0;
        if (same_version)
            require(subject, "kubectl get", !differ(theirs, ours, subject->id));
        json_decref(ours);
        json_decref(theirs);
        kube_free(found);
        if (same_version)
            return;
    }
    require(subject, "kubectl get: it keeps changing", false);
}

static void list(const subject_t *subject)
{
    void *found = NULL;
    kube_list_options_t options = { .label_selector = LABEL "=yes" };
    if (!ok(subject, "list", kube_list(client, subject->resource, subject->ns, &options, &found, &err)))
        return;
    json_t *json = encoded(subject->resource->list_type, found);
    const json_t *items = json_object_get(json, "items");
    bool seen = false;
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *name = json_object_get(json_object_get(json_array_get(items, i), "metadata"), "name");
        seen = seen || strcmp(json_string_value(name), subject->name) == 0;
    }
    require(subject, "list", seen);
    json_decref(json);
    kube_free(found);
}

/* Get, change, put back, until nobody else was faster. */
static void update(const subject_t *subject, const char *subresource)
{
    int code = KUBE_E_CONFLICT;
    void *reply = NULL;
    for (int attempt = 0; attempt < 20 && code == KUBE_E_CONFLICT; attempt++) {
        void *current = NULL;
        code = kube_get(client, subject->resource, subject->ns, subject->name, NULL, &current, &err);
        if (code == KUBE_OK && !subresource)
            code = set_label(subject, current, "updated");
        if (code == KUBE_OK)
            code = subresource ? kube_update_subresource(client, subject->resource, subject->ns, NULL, subresource, subject->type,
                                                         current, subject->type, NULL, &reply, &err)
                               : kube_update(client, subject->resource, subject->ns, current, NULL, &reply, &err);
        kube_free(current);
    }
    if (ok(subject, subresource ? "update status" : "update", code) && !subresource)
        require(subject, "update", has_label(subject, reply, "updated"));
    kube_free(reply);
}

static void patch(const subject_t *subject)
{
    static const struct { kube_patch_type_t type; const char *label, *text; } patches[] = {
        { KUBE_PATCH_TYPE_JSON, "json", "[{\"op\":\"add\",\"path\":\"/metadata/labels/json\",\"value\":\"yes\"}]" },
        { KUBE_PATCH_TYPE_MERGE, "merge", "{\"metadata\":{\"labels\":{\"merge\":\"yes\"}}}" },
        { KUBE_PATCH_TYPE_STRATEGIC, "strategic", "{\"metadata\":{\"labels\":{\"strategic\":\"yes\"}}}" },
    };
    for (size_t i = 0; i < sizeof patches / sizeof *patches; i++) {
        void *reply = NULL;
        kube_patch_t body = { .type = patches[i].type, .text = patches[i].text, .len = strlen(patches[i].text) };
        if (ok(subject, patches[i].label, kube_patch(client, subject->resource, subject->ns, subject->name, &body, NULL, &reply, &err)))
            require(subject, patches[i].label, has_label(subject, reply, patches[i].label));
        kube_free(reply);
    }
}

static void apply(const subject_t *subject)
{
    void *reply = NULL, *applied = kube_dup(subject->type, subject->wanted);
    kube_apply_options_t options = { .field_manager = "libkube-first-calls", .force = true };
    if (ok(subject, "label", set_label(subject, applied, "applied")) &&
        ok(subject, "apply", kube_apply(client, subject->resource, subject->ns, applied, &options, &reply, &err)))
        require(subject, "apply", has_label(subject, reply, "applied") && has_label(subject, reply, LABEL));
    kube_free(applied);
    kube_free(reply);
}

static void wait_until_gone(const subject_t *subject)
{
    int code = KUBE_OK;
    for (long waited = 0; waited < WAIT_MS && code == KUBE_OK; waited += 50) {
        code = kube_get(client, subject->resource, subject->ns, subject->name, NULL, NULL, &err);
        if (code == KUBE_OK)
            pause_ms(50);
    }
    require(subject, "gone after deletion", code == KUBE_E_NOT_FOUND);
}

static void delete_one(const subject_t *subject)
{
    kube_any_t reply = { 0 };
    kube_delete_options_t options = { .propagation_policy = "Background", .grace_period_seconds = KUBE_SOME(0) };
    if (ok(subject, "delete", kube_delete(client, subject->resource, subject->ns, subject->name, &options, &reply, &err)))
        require(subject, "delete", reply.object && reply.type);
    kube_free(reply.object);
    wait_until_gone(subject);
}

static void delete_all(const subject_t *subject)
{
    kube_any_t reply = { 0 };
    kube_list_options_t selected = { .label_selector = LABEL "=yes" };
    if (!ok(subject, "create for deletecollection", kube_create(client, subject->resource, subject->ns, subject->wanted, NULL, NULL, &err)))
        return;
    if (ok(subject, "deletecollection", kube_delete_collection(client, subject->resource, subject->ns, NULL, &selected, &reply, &err)))
        require(subject, "deletecollection", reply.object && reply.type);
    kube_free(reply.object);
    wait_until_gone(subject);
}

static bool has_status(const kube_resource_t *resource)
{
    for (size_t i = 0; i < resource->subresource_count; i++) {
        if (strcmp(resource->subresources[i].name, "status") == 0 && resource->subresources[i].verbs & KUBE_VERB_UPDATE)
            return true;
    }
    return false;
}

static void live(const subject_t *subject)
{
    if (!create(subject) || !subject->name)
        return;
    list(subject);
    update(subject, NULL);
    if (has_status(subject->resource))
        update(subject, "status");
    patch(subject);
    apply(subject);
    compare_with_kubectl(subject);
    delete_one(subject);
    if (subject->resource->verbs & KUBE_VERB_DELETE_COLLECTION)
        delete_all(subject);
}

/* ---- all of them ---- */

static void *read_manifest(const subject_t *subject, const char *path)
{
    static char text[65536];
    void *object = NULL;
    FILE *file = fopen(path, "r");
    size_t len = file ? fread(text, 1, sizeof text, file) : 0;
    if (!file) {
        printf("%s: no manifest %s\n", subject->id, path);
        test_failed_here = 1;
        return NULL;
    }
    fclose(file);
    kube_decode_options_t strict = { .flags = KUBE_DECODE_STRICT };
    ok(subject, path, kube_yaml_decode(subject->type, text, len, &strict, &object, &err));
    return object;
}

static void run_resource(const kube_resource_t *resource, const char *id, const char *manifests)
{
    char path[512];
    subject_t subject = { .resource = resource, .type = resource->type, .ns = NAMESPACE };
    snprintf(subject.id, sizeof subject.id, "%s", id);
    snprintf(path, sizeof path, "%s/%s.yaml", manifests, id);
    subject.wanted = read_manifest(&subject, path);
    if (!subject.wanted)
        return;
    subject.name = kube_meta_name(subject.type, subject.wanted);
    if (!subject.name || ok(&subject, "label", set_label(&subject, subject.wanted, LABEL)))
        live(&subject);
    kube_free(subject.wanted);
}

static const char *exemption(const char *id)
{
    for (size_t i = 0; i < sizeof exempt / sizeof *exempt; i++) {
        if (strcmp(id, exempt[i].resource) == 0)
            return exempt[i].reason;
    }
    return NULL;
}

static void run_all(const kube_scheme_t *scheme, const char *manifests, const char *only)
{
    for (size_t i = 0; i < kube_scheme_resource_count(scheme); i++) {
        char id[160];
        const kube_resource_t *resource = kube_scheme_resource_at(scheme, i);
        snprintf(id, sizeof id, "%s_%s_%s", *resource->group ? resource->group : "core", resource->version, resource->plural);
        if (only && !strstr(id, only))
            continue;
        if (exemption(id)) {
            printf("exempt: %s: %s\n", id, exemption(id));
            continue;
        }
        test_failed_here = 0;
        test_count++;
        run_resource(resource, id, manifests);
        test_failures += test_failed_here;
    }
}

/* Pods need the namespace's default service account. */
static bool prepare_namespace(void)
{
    subject_t subject = { .id = "namespace " NAMESPACE };
    kube_core_v1_namespace_t ns = { .metadata = &(kube_meta_v1_object_meta_t){ .name = NAMESPACE } };
    int code = kube_core_v1_namespace_create(client, &ns, NULL, NULL, &err);
    if (code != KUBE_E_ALREADY_EXISTS && !ok(&subject, "create", code))
        return false;
    for (long waited = 0; waited < WAIT_MS; waited += 50) {
        code = kube_core_v1_service_account_get(client, NAMESPACE, "default", NULL, NULL, &err);
        if (code != KUBE_E_NOT_FOUND)
            break;
        pause_ms(50);
    }
    return ok(&subject, "default service account", code);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: first_calls KUBECONFIG KUBECTL MANIFESTS [RESOURCE]\n");
        return 2;
    }
    kubectl.kubeconfig = argv[1];
    kubectl.program = argv[2];
    snprintf(kubectl.cache, sizeof kubectl.cache, "/tmp/libkube-kubectl-XXXXXX");
    kube_config_t *config = NULL;
    kube_scheme_t *scheme = kube_scheme_new();
    int code = mkdtemp(kubectl.cache) && scheme ? kube_scheme_add(scheme, kube_k8s_packages) : KUBE_E_IO;
    if (code == KUBE_OK)
        code = kube_config_load(argv[1], NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, &client, &err);
    if (code != KUBE_OK) {
        fprintf(stderr, "first_calls: %s (%s)\n", err.message, kube_code_name(code));
        return 1;
    }
    if (prepare_namespace())
        run_all(scheme, argv[3], argc > 4 ? argv[4] : NULL);
    else
        test_failures++;
    kube_core_v1_namespace_delete(client, NAMESPACE, NULL, NULL, &err);
    kube_client_free(client);
    kube_config_free(config);
    kube_scheme_free(scheme);
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", kubectl.cache);
    return system(command) == 0 ? test_end() : 1;
}
