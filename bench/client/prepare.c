/*
 * Makes what is measured, on the server of $KUBECONFIG:
 *     prepare namespace NAME
 *     prepare one NAMESPACE NAME FILE            a pod and a ConfigMap of that name
 *     prepare pods NAMESPACE COUNT THREADS FILE  pods as those of FILE, a PodList, with their status; without FILE, small ones
 *     prepare maps NAMESPACE COUNT THREADS       ConfigMaps
 *     prepare clean NAMESPACE                    deletes all ConfigMaps there
 */
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct prepare prepare_t;
struct prepare {
    kube_client_t *client;
    const char *ns;
    unsigned long count;
    atomic_ulong next;
    atomic_bool failed;
    kube_core_v1_pod_list_t *samples; /* NULL: small pods */
    int (*make)(const prepare_t *prepare, const char *name, unsigned long n); /* the n-th object */
};

static int check(int code, const char *what, const kube_error_t *err)
{
    if (code != KUBE_OK)
        fprintf(stderr, "prepare: %s: %s (%s)\n", what, err->message, kube_code_name(code));
    return code == KUBE_OK ? 0 : -1;
}

static int make_namespace(kube_client_t *client, const char *name)
{
    kube_core_v1_namespace_t ns = { .metadata = &(kube_meta_v1_object_meta_t){ .name = name } };
    kube_error_t err;
    return check(kube_core_v1_namespace_create(client, &ns, NULL, NULL, &err), "namespace", &err);
}

static int read_file(const char *path, kube_buffer_t *text)
{
    char bytes[65536];
    size_t len;
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return -1;
    }
    while ((len = fread(bytes, 1, sizeof(bytes), file)) > 0)
        kube_buffer_append(text, bytes, len);
    fclose(file);
    return text->failed ? -1 : 0;
}

static int read_samples(const char *path, kube_core_v1_pod_list_t **samples)
{
    kube_buffer_t text = { 0 };
    kube_error_t err;
    int result = read_file(path, &text);
    if (result == 0)
        result = check(kube_json_decode(&kube_core_v1_pod_list_type, text.data, text.len, NULL, samples, &err), path, &err);
    kube_buffer_dispose(&text);
    return result;
}

static int make_small_pod(const prepare_t *prepare, const char *name)
{
    kube_core_v1_pod_t pod = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = name, .labels = KUBE_MAP({ "app", "bench" }) },
        .spec = &(kube_core_v1_pod_spec_t){
            .containers = KUBE_LIST(kube_core_v1_container_t, { .name = "c", .image = "pause" }),
        },
    };
    kube_error_t err;
    return check(kube_core_v1_pod_create(prepare->client, prepare->ns, &pod, NULL, NULL, &err), "pod", &err);
}

/* A pod like the sample: without what only a server sets, then with its status. */
static int make_pod_like(const prepare_t *prepare, const char *name, const kube_core_v1_pod_t *sample)
{
    kube_meta_v1_object_meta_t metadata = *sample->metadata;
    kube_core_v1_pod_t pod = *sample, *made = NULL;
    kube_error_t err;
    metadata.name = name;
    metadata.namespace_ = NULL;
    metadata.uid = metadata.resource_version = NULL;
    metadata.creation_timestamp.has = metadata.generation.has = false;
    pod.owner = NULL;
    pod.metadata = &metadata;
    int result = check(kube_core_v1_pod_create(prepare->client, prepare->ns, &pod, NULL, &made, &err), "pod", &err);
    if (result == 0) {
        pod.metadata = made->metadata;
        pod.spec = made->spec;
        result = check(kube_core_v1_pod_update_status(prepare->client, prepare->ns, &pod, NULL, NULL, &err), "status", &err);
    }
    kube_free(made);
    return result;
}

static int make_pod(const prepare_t *prepare, const char *name, unsigned long n)
{
    if (!prepare->samples || prepare->samples->items.len == 0)
        return make_small_pod(prepare, name);
    return make_pod_like(prepare, name, &prepare->samples->items.items[n % prepare->samples->items.len]);
}

static int make_map(const prepare_t *prepare, const char *name, unsigned long n)
{
    kube_core_v1_config_map_t map = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = name, .labels = KUBE_MAP({ "app", "bench" }) },
        .data = KUBE_MAP({ "colour", "green" }, { "greeting", "a small object with two values" }),
    };
    kube_error_t err;
    (void)n;
    return check(kube_core_v1_config_map_create(prepare->client, prepare->ns, &map, NULL, NULL, &err), "ConfigMap", &err);
}

static void *make_many(void *argument)
{
    prepare_t *prepare = argument;
    unsigned long n;
    while (!prepare->failed && (n = prepare->next++) < prepare->count) {
        char name[32];
        snprintf(name, sizeof(name), "object-%06lu", n);
        if (prepare->make(prepare, name, n) != 0)
            prepare->failed = true;
    }
    return NULL;
}

static int fill(prepare_t *prepare, unsigned threads)
{
    pthread_t *workers = calloc(threads, sizeof(*workers));
    if (!workers)
        abort();
    for (unsigned i = 0; i < threads; i++)
        if (pthread_create(&workers[i], NULL, make_many, prepare) != 0)
            abort();
    for (unsigned i = 0; i < threads; i++)
        pthread_join(workers[i], NULL);
    free(workers);
    return prepare->failed ? -1 : 0;
}

static int make_one(prepare_t *prepare, const char *name, const char *samples)
{
    if (read_samples(samples, &prepare->samples) != 0 || make_pod(prepare, name, 0) != 0)
        return -1;
    return make_map(prepare, name, 0);
}

static int run(prepare_t *prepare, int argc, char **argv)
{
    kube_error_t err;
    prepare->ns = argv[2];
    if (strcmp(argv[1], "namespace") == 0)
        return make_namespace(prepare->client, argv[2]);
    if (strcmp(argv[1], "clean") == 0)
        return check(kube_core_v1_config_map_delete_collection(prepare->client, argv[2], NULL, NULL, NULL, &err), "clean", &err);
    if (strcmp(argv[1], "one") == 0 && argc == 5)
        return make_one(prepare, argv[3], argv[4]);
    prepare->make = strcmp(argv[1], "pods") == 0 ? make_pod : strcmp(argv[1], "maps") == 0 ? make_map : NULL;
    if (!prepare->make || argc < 5 || (argc == 6 && read_samples(argv[5], &prepare->samples) != 0)) {
        fputs("prepare: usage: see bench/client/prepare.c\n", stderr);
        return -1;
    }
    prepare->count = strtoul(argv[3], NULL, 10);
    return fill(prepare, (unsigned)strtoul(argv[4], NULL, 10));
}

int main(int argc, char **argv)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    prepare_t prepare = { .client = NULL };
    if (argc < 3)
        return 1;
    int result = check(kube_config_load(NULL, NULL, &config, &err), "kubeconfig", &err);
    if (result == 0)
        result = check(kube_client_new(config, NULL, &prepare.client, &err), "client", &err);
    if (result == 0)
        result = run(&prepare, argc, argv);
    kube_free(prepare.samples);
    kube_client_free(prepare.client);
    kube_config_free(config);
    return result == 0 ? 0 : 1;
}
