/*
 * kube-demo: what the library does with a cluster, step by step, in a namespace of its own. `make demo` runs it, against
 * kube-testserver unless KUBECONFIG names a cluster.
 */
#include <kube/apps/v1.h>
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "screen.h"
#include "watcher.h"

#define NAME "web"
#define MANAGER "kube-demo"

typedef struct demo {
    kube_config_t *config;
    kube_client_t *client;
    char ns[64];
    bool made_namespace;
    atomic_size_t received; /* bytes of replies */
    kube_error_t err;
} demo_t;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void on_request(void *userdata, const kube_request_info_t *info)
{
    atomic_fetch_add(&((demo_t *)userdata)->received, info->received_bytes);
}

/* ---- the steps ---- */

static int connect_to(demo_t *demo)
{
    screen_step("Connect");
    static kube_hooks_t hooks = { .request = on_request };
    hooks.userdata = demo;
    int code = kube_config_default(NULL, NULL, &demo->config, &demo->err);
    if (code == KUBE_OK)
        code = kube_client_new(demo->config, &(kube_client_options_t){ .hooks = &hooks }, &demo->client, &demo->err);
    kube_version_info_t version;
    double start = now();
    if (code == KUBE_OK)
        code = kube_server_version(demo->client, NULL, &version, &demo->err);
    if (code < 0)
        return screen_fail("connecting", code, &demo->err);
    screen_say("Kubernetes %s at %s, answered in %.1f ms", version.git_version, demo->config->server, 1e3 * (now() - start));

    snprintf(demo->ns, sizeof demo->ns, "kube-demo-%ld", (long)getpid());
    kube_core_v1_namespace_t ns = { .metadata = &(kube_meta_v1_object_meta_t){ .name = demo->ns } };
    code = kube_core_v1_namespace_create(demo->client, &ns, NULL, NULL, &demo->err);
    if (code < 0)
        return screen_fail("creating a namespace", code, &demo->err);
    demo->made_namespace = true;
    screen_say("all that follows happens in the namespace %s", demo->ns);
    return KUBE_OK;
}

/* What is wanted, as a manager says it: an image, a number of replicas, or both. */
static int apply(demo_t *demo, const char *manager, int replicas, const char *image, bool force, kube_meta_v1_status_t **status)
{
    kube_core_v1_container_t container = { .name = NAME, .image = image };
    kube_core_v1_pod_spec_t pod = { .containers = { .items = &container, .len = 1 } };
    kube_core_v1_pod_template_spec_t template = {
        .metadata = &(kube_meta_v1_object_meta_t){ .labels = KUBE_MAP({ "app", NAME }) },
        .spec = &pod,
    };
    kube_meta_v1_label_selector_t selector = { .match_labels = KUBE_MAP({ "app", NAME }) };
    kube_apps_v1_deployment_spec_t spec = { .replicas = KUBE_SOME(replicas) };
    if (image) {
        spec.template_ = &template;
        spec.selector = &selector;
    }
    kube_apps_v1_deployment_t deployment = { .metadata = &(kube_meta_v1_object_meta_t){ .name = NAME }, .spec = &spec };
    kube_apply_options_t options = { .field_manager = manager, .force = force, .call.status = status };
    return kube_apps_v1_deployment_apply(demo->client, demo->ns, &deployment, &options, NULL, &demo->err);
}

static int apply_step(demo_t *demo, watcher_t *watcher)
{
    screen_step("Apply a Deployment, and watch it live (server-side apply; the watch has a thread of its own, the connection is shared)");
    double start = now();
    int code = apply(demo, MANAGER, 3, "nginx:1.29", false, NULL);
    if (code < 0)
        return screen_fail("apply", code, &demo->err);
    screen_say("applied in %.1f ms: 3 replicas of nginx:1.29, managed by %s", 1e3 * (now() - start), MANAGER);
    code = watcher_start(watcher, demo->client, demo->ns, NAME);
    return code < 0 ? screen_fail("starting a thread", code, &demo->err) : code;
}

/* A cluster without nodes rolls nothing out: that is no failure of the demo. */
static int rollout_step(demo_t *demo)
{
    kube_wait_options_t options = { .call.timeout_ms = 5000 };
    int code = kube_wait(demo->client, &kube_apps_v1_deployments, demo->ns, NAME, kube_wait_rollout, NULL, &options, NULL, &demo->err);
    if (code == KUBE_OK)
        screen_say("rolled out");
    else if (code == KUBE_E_TIMEOUT)
        screen_say("not rolled out in 5 s (%s): going on", demo->err.message);
    else
        return screen_fail("waiting for the rollout", code, &demo->err);
    return KUBE_OK;
}

static int patch_step(demo_t *demo)
{
    static const char text[] = "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"" NAME "\",\"image\":\"nginx:1.30\"}]}}}}";
    screen_step("Patch the image (strategic merge)");
    kube_patch_t patch = KUBE_PATCH_TEXT(KUBE_PATCH_TYPE_STRATEGIC, text);
    kube_patch_options_t options = { .field_manager = MANAGER };
    double start = now();
    int code = kube_apps_v1_deployment_patch(demo->client, demo->ns, NAME, &patch, &options, NULL, &demo->err);
    if (code < 0)
        return screen_fail("patch", code, &demo->err);
    screen_say("patched in %.1f ms", 1e3 * (now() - start));
    return rollout_step(demo);
}

static int conflict_step(demo_t *demo)
{
    screen_step("Meet a conflict, and resolve it");
    kube_meta_v1_status_t *status = NULL;
    int code = apply(demo, "autoscaler", 5, NULL, false, &status);
    if (code != KUBE_E_CONFLICT) {
        kube_free(status);
        return screen_fail("the conflict did not come; apply", code, &demo->err);
    }
    kube_conflict_t conflicts[4];
    size_t count = kube_status_conflicts(status, conflicts, 4);
    screen_say("the manager \"autoscaler\" wants 5 replicas; the server refuses:");
    for (size_t i = 0; i < count && i < 4; i++)
        screen_say("  %s belongs to \"%s\"", conflicts[i].field, conflicts[i].manager);
    kube_free(status);
    code = apply(demo, "autoscaler", 5, NULL, true, NULL);
    if (code < 0)
        return screen_fail("apply with force", code, &demo->err);
    screen_say("applied with force: the field is the autoscaler's now");
    return rollout_step(demo);
}

static int annotate(void *object, void *userdata)
{
    kube_apps_v1_deployment_t *deployment = object;
    demo_t *demo = userdata;
    static int tries;
    /* Somebody else writes between our reading and our writing, once. */
    static const char text[] = "{\"metadata\":{\"labels\":{\"by\":\"somebody-else\"}}}";
    kube_patch_t patch = KUBE_PATCH_TEXT(KUBE_PATCH_TYPE_MERGE, text);
    if (++tries == 1)
        return kube_apps_v1_deployment_patch(demo->client, demo->ns, NAME, &patch, NULL, NULL, &demo->err) < 0 ? KUBE_E_FAILED
             : kube_map_set(deployment, deployment->metadata, &kube_meta_v1_object_meta_type, "annotations", "demo/try", "1");
    screen_say("somebody else wrote in between: read again, changed again, written again; both changes are there");
    return kube_map_set(deployment, deployment->metadata, &kube_meta_v1_object_meta_type, "annotations", "demo/try", "2");
}

static int modify_step(demo_t *demo)
{
    kube_apps_v1_deployment_t *after = NULL;
    int code = kube_modify(demo->client, &kube_apps_v1_deployments, demo->ns, NAME, annotate, demo, NULL, &after, &demo->err);
    if (code < 0)
        return screen_fail("modify", code, &demo->err);
    screen_say("label by=%s, annotation demo/try=%s", kube_meta_label(&kube_apps_v1_deployment_type, after, "by"),
               kube_meta_annotation(&kube_apps_v1_deployment_type, after, "demo/try"));
    kube_free(after);
    return KUBE_OK;
}

/* ---- a long list ---- */

typedef struct stream {
    size_t pods;
    size_t containers;
    double start;
} stream_t;

static int count_pod(const kube_core_v1_pod_t *pod, void *userdata)
{
    stream_t *stream = userdata;
    stream->pods++;
    stream->containers += pod->spec ? pod->spec->containers.len : 0;
    if (stream->pods % 500 == 0)
        screen_progress("%zu pods, %.2f s", stream->pods, now() - stream->start);
    return 0;
}

/* Kilobytes that the process takes; 0: not known here. */
static long resident_kb(void)
{
    long pages = 0, skipped = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file && fscanf(file, "%ld %ld", &skipped, &pages) != 2)
        pages = 0;
    if (file)
        fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static int stream_step(demo_t *demo)
{
    screen_step("Stream all pods of the cluster, one at a time");
    size_t before = atomic_load(&demo->received);
    long memory = resident_kb();
    stream_t stream = { .start = now() };
    int code = kube_core_v1_pod_each(demo->client, KUBE_ALL_NAMESPACES, NULL, count_pod, &stream, &demo->err);
    double seconds = now() - stream.start;
    screen_progress_end();
    if (code == KUBE_E_FORBIDDEN) {
        screen_say("this user may not list them: left out");
        return KUBE_OK;
    }
    if (code < 0)
        return screen_fail("each", code, &demo->err);
    double megabytes = (double)(atomic_load(&demo->received) - before) / 1e6;
    screen_say("%zu pods with %zu containers: %.1f MB of JSON in %.2f s, %.0f MB/s", stream.pods, stream.containers, megabytes, seconds,
               megabytes / seconds);
    screen_say("memory: %.1f MB before, %.1f MB after; it does not grow with the list", (double)memory / 1e3, (double)resident_kb() / 1e3);
    return KUBE_OK;
}

static int delete_step(demo_t *demo)
{
    screen_step("Delete");
    kube_delete_options_t options = { .propagation_policy = "Background" };
    int code = kube_apps_v1_deployment_delete(demo->client, demo->ns, NAME, &options, NULL, &demo->err);
    if (code < 0)
        return screen_fail("delete", code, &demo->err);
    kube_wait_options_t wait = { .call.timeout_ms = 10000 };
    code = kube_wait(demo->client, &kube_apps_v1_deployments, demo->ns, NAME, kube_wait_deleted, NULL, &wait, NULL, &demo->err);
    if (code < 0)
        return screen_fail("waiting for the deletion", code, &demo->err);
    screen_say("gone");
    return KUBE_OK;
}

static int run(demo_t *demo)
{
    watcher_t watcher = { 0 };
    int code = connect_to(demo);
    if (code == KUBE_OK)
        code = apply_step(demo, &watcher);
    if (code == KUBE_OK)
        code = rollout_step(demo);
    if (code == KUBE_OK)
        code = patch_step(demo);
    if (code == KUBE_OK)
        code = conflict_step(demo);
    if (code == KUBE_OK)
        code = modify_step(demo);
    if (code == KUBE_OK)
        code = stream_step(demo);
    if (code == KUBE_OK)
        code = delete_step(demo);
    /* What the watch has still to say. */
    if (watcher.started)
        usleep(100000);
    watcher_stop(&watcher);
    if (code == KUBE_OK)
        screen_say("the watch saw %d events", watcher.events);
    return code;
}

int main(void)
{
    demo_t demo = { 0 };
    double start = now();
    int code = run(&demo);
    if (demo.made_namespace)
        kube_core_v1_namespace_delete(demo.client, demo.ns, NULL, NULL, &demo.err);
    kube_client_free(demo.client);
    kube_config_free(demo.config);
    screen_end(code == KUBE_OK, now() - start);
    return code == KUBE_OK ? 0 : 1;
}
