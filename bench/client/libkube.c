/* The benchmark's peer on libkube. */
#include "peer.h"

#include <kube/core/v1.h>
#include <kube/kube.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SETTLE_MS = 2000, PATIENCE_MS = 60000 };

typedef struct bench {
    kube_client_t *client;
    const char *ns;
    const char *name;
} bench_t;

static int check(int code, const char *what, const kube_error_t *err)
{
    if (code != KUBE_OK)
        fprintf(stderr, "libkube: %s: %s (%s)\n", what, err->message, kube_code_name(code));
    return code == KUBE_OK ? 0 : -1;
}

/* ---- get and create ---- */

static int get_pod(void *context, unsigned thread, unsigned long n)
{
    const bench_t *bench = context;
    kube_core_v1_pod_t *pod;
    kube_error_t err;
    int code = kube_core_v1_pod_get(bench->client, bench->ns, bench->name, NULL, &pod, &err);
    (void)thread, (void)n;
    kube_free(pod);
    return check(code, "get pod", &err);
}

static int get_config_map(void *context, unsigned thread, unsigned long n)
{
    const bench_t *bench = context;
    kube_core_v1_config_map_t *map;
    kube_error_t err;
    int code = kube_core_v1_config_map_get(bench->client, bench->ns, bench->name, NULL, &map, &err);
    (void)thread, (void)n;
    kube_free(map);
    return check(code, "get ConfigMap", &err);
}

static int create(void *context, unsigned thread, unsigned long n)
{
    const bench_t *bench = context;
    char name[64];
    kube_core_v1_config_map_t *made, map = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = name, .labels = KUBE_MAP({ "app", "bench" }, { "made-by", "bench" }) },
        .data = KUBE_MAP({ "colour", "green" }, { "greeting", "a small object with two values" }),
    };
    kube_error_t err;
    snprintf(name, sizeof(name), "%s-%u-%lu", bench->name, thread, n);
    int code = kube_core_v1_config_map_create(bench->client, bench->ns, &map, NULL, &made, &err);
    kube_free(made);
    return check(code, "create", &err);
}

/* ---- watches ---- */

/* Reads on until an event of that type, and of the object `name` if it is not NULL. */
static int await(kube_core_v1_config_map_watch_t *watch, kube_event_type_t type, const char *name)
{
    kube_core_v1_config_map_event_t event = { 0 };
    kube_error_t err;
    int code = KUBE_OK;
    do {
        code = kube_core_v1_config_map_watch_next_within(watch, PATIENCE_MS, &event, &err);
    } while (code == KUBE_OK && (event.type != type || (name && strcmp(event.object->metadata->name, name) != 0)));
    return check(code, "watch", &err);
}

static int begin_watches(const bench_t *bench, kube_core_v1_config_map_watch_t **watches, unsigned count)
{
    int result = 0;
    for (unsigned i = 0; i < count && result == 0; i++) {
        kube_error_t err;
        result = check(kube_core_v1_config_map_watch(bench->client, bench->ns, NULL, &watches[i], &err), "watch", &err);
        if (result == 0)
            result = await(watches[i], KUBE_EVENT_SYNCED, NULL);
    }
    return result;
}

/* What comes while nothing happens. */
static int settle(kube_core_v1_config_map_watch_t *watch)
{
    kube_core_v1_config_map_event_t event;
    kube_error_t err;
    int code = kube_core_v1_config_map_watch_next_within(watch, SETTLE_MS, &event, &err);
    return check(code == KUBE_E_TIMEOUT ? KUBE_OK : code, "idle watch", &err);
}

static int show_change(const bench_t *bench, kube_core_v1_config_map_watch_t **watches, unsigned count)
{
    char name[64];
    kube_core_v1_config_map_t map = { .metadata = &(kube_meta_v1_object_meta_t){ .name = name } };
    kube_error_t err;
    snprintf(name, sizeof(name), "seen-%d-%lld", (int)getpid(), (long long)peer_now_ns());
    int result = check(kube_core_v1_config_map_create(bench->client, bench->ns, &map, NULL, NULL, &err), "create", &err);
    for (unsigned i = 0; i < count && result == 0; i++)
        result = await(watches[i], KUBE_EVENT_ADDED, name);
    return result;
}

static int measure_watches(bench_t *bench, unsigned count)
{
    kube_error_t err;
    size_t after = 0;
    int result = check(kube_core_v1_config_map_list(bench->client, bench->ns, &(kube_list_options_t){ .limit = 1 }, NULL, &err),
                       "list", &err);
    size_t before = peer_resident_bytes();
    kube_core_v1_config_map_watch_t **watches = calloc(count, sizeof(*watches));
    if (!watches)
        abort();
    if (result == 0)
        result = begin_watches(bench, watches, count);
    if (result == 0 && count > 0)
        result = settle(watches[0]);
    after = peer_resident_bytes();
    if (result == 0)
        result = show_change(bench, watches, count);
    if (result == 0)
        printf("{\"watches\": %u, \"before_bytes\": %zu, \"after_bytes\": %zu}\n", count, before, after);
    for (unsigned i = 0; i < count; i++)
        kube_core_v1_config_map_watch_free(watches[i]);
    free(watches);
    return result;
}

/* ---- lists ---- */

static long list(void *context)
{
    const bench_t *bench = context;
    kube_core_v1_pod_list_t *pods;
    kube_error_t err;
    int code = kube_core_v1_pod_list(bench->client, bench->ns, NULL, &pods, &err);
    long items = check(code, "list", &err) == 0 ? (long)pods->items.len : -1;
    kube_free(pods);
    return items;
}

static int count_pod(const kube_core_v1_pod_t *pod, void *userdata)
{
    (void)pod;
    ++*(long *)userdata;
    return 0;
}

static long each(void *context)
{
    const bench_t *bench = context;
    long items = 0;
    kube_error_t err;
    int code = kube_core_v1_pod_each(bench->client, bench->ns, NULL, count_pod, &items, &err);
    return check(code, "each", &err) == 0 ? items : -1;
}

/* ---- the command line ---- */

static int usage(void)
{
    fputs("usage: see bench/client/peer.h\n", stderr);
    return -1;
}

static int run(bench_t *bench, int argc, char **argv)
{
    unsigned count = (unsigned)strtoul(argv[2], NULL, 10);
    if (strcmp(argv[1], "watches") == 0)
        return measure_watches(bench, count);
    if (strcmp(argv[1], "list") == 0)
        return peer_lists(count, list, bench);
    if (strcmp(argv[1], "each") == 0)
        return peer_lists(count, each, bench);
    if (argc != 6)
        return usage();
    bench->ns = argv[4];
    bench->name = argv[5];
    double seconds = strtod(argv[3], NULL);
    if (strcmp(argv[1], "get-pod") == 0)
        return peer_load(count, seconds, get_pod, bench);
    if (strcmp(argv[1], "get-config-map") == 0)
        return peer_load(count, seconds, get_config_map, bench);
    if (strcmp(argv[1], "create") == 0)
        return peer_load(count, seconds, create, bench);
    return usage();
}

int main(int argc, char **argv)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    bench_t bench = { .client = NULL };
    if (argc < 4)
        return usage() != 0;
    bench.ns = argv[3];
    int result = check(kube_config_load(NULL, NULL, &config, &err), "kubeconfig", &err);
    if (result == 0)
        result = check(kube_client_new(config, NULL, &bench.client, &err), "client", &err);
    if (result == 0)
        result = run(&bench, argc, argv);
    kube_client_free(bench.client);
    kube_config_free(config);
    return result == 0 ? 0 : 1;
}
