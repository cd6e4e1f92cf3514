/*
 * The cache of docs/guide.md (GUIDE: its source, as taken from the page) against a server that cuts its watch, deletes an object
 * behind its back, and forgets what happened since: the cache must notice all the same.
 */
#define main guide_main
#include GUIDE
#undef main
#include <kube/test/server.h>
#include <unistd.h>

#define CHECK(condition) \
    if (!(condition)) { \
        fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
        exit(1); \
    }

static void create(kube_client_t *client, const char *name)
{
    kube_core_v1_config_map_t map = { .metadata = &(kube_meta_v1_object_meta_t){ .name = name } };
    CHECK(kube_core_v1_config_map_create(client, NULL, &map, NULL, NULL, NULL) == KUBE_OK);
}

static bool has(cache_t *cache, const char *name)
{
    const kube_core_v1_config_map_t *map = cache_get(cache, name);
    bool found = map && strcmp(map->metadata->name, name) == 0;
    kube_free(map);
    return found;
}

/* Half a minute at most. */
static void await(cache_t *cache, const char *there, const char *gone)
{
    for (int i = 0; i < 600 && (!has(cache, there) || has(cache, gone)); i++)
        usleep(50000);
    CHECK(has(cache, there) && !has(cache, gone));
}

int main(void)
{
    static const kube_package_t *const packages[] = { &kube_core_v1_package, NULL };
    kube_test_server_options_t options = { .packages = packages };
    kube_test_fault_t away = { .verb = "watch", .count = 1, .status = 503 };
    kube_test_server_t *server;
    kube_client_t *other;
    watcher_t watcher = { .stop = kube_cancel_new(), .cache.lock = PTHREAD_MUTEX_INITIALIZER };
    pthread_t thread;
    CHECK(kube_test_server_start(&options, &server, NULL) == KUBE_OK);
    CHECK(kube_client_new(kube_test_server_config(server), NULL, &other, NULL) == KUBE_OK);
    CHECK(kube_client_new(kube_test_server_config(server), NULL, &watcher.client, NULL) == KUBE_OK);
    create(other, "a");
    create(other, "b");
    CHECK(pthread_create(&thread, NULL, run, &watcher) == 0);
    await(&watcher.cache, "b", "c");
    const kube_core_v1_config_map_t *kept = cache_get(&watcher.cache, "b");

    CHECK(kube_test_server_fault(server, &away, NULL) == KUBE_OK);
    kube_test_server_drop_connections(server);
    CHECK(kube_core_v1_config_map_delete(other, NULL, "b", NULL, NULL, NULL) == KUBE_OK);
    create(other, "c");
    kube_test_server_compact(server);
    await(&watcher.cache, "c", "b");
    CHECK(has(&watcher.cache, "a") && watcher.cache.count == 2 && watcher.cache.round == 1);
    CHECK(strcmp(kept->metadata->name, "b") == 0);

    kube_free(kept);
    kube_cancel_trip(watcher.stop);
    pthread_join(thread, NULL);
    kube_client_free(watcher.client);
    kube_client_free(other);
    kube_cancel_free(watcher.stop);
    kube_test_server_stop(server);
    return 0;
}
