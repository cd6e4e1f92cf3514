/*
 * Makes many calls at once from one thread: many_calls COUNT. Creates that many ConfigMaps, all under way at the same time, and
 * then deletes them. The client keeps them within a rate; no thread and no event loop is needed.
 */
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct progress {
    int open; /* calls that have not ended */
    int good;
    kube_error_t first; /* the first failure */
} progress_t;

/* Called once for each call that kube_start began, inside kube_loop_dispatch. */
static void on_done(const kube_result_t *result, void *userdata)
{
    progress_t *progress = userdata;
    progress->open--;
    if (result->code == KUBE_OK)
        progress->good++;
    else if (progress->first.code == KUBE_OK)
        progress->first = *result->error;
}

static int all(kube_client_t *client, kube_action_t action, int count, kube_error_t *err)
{
    progress_t progress = { 0 };
    int code = KUBE_OK;
    for (int i = 0; i < count && code == KUBE_OK; i++) {
        char name[40];
        snprintf(name, sizeof(name), "many-calls-%d", i);
        kube_core_v1_config_map_t map = { .metadata = &(kube_meta_v1_object_meta_t){ .name = name } };
        kube_spec_t spec = { .action = action, .resource = &kube_core_v1_config_maps, .name = name, .body = &map };
        code = kube_start(client, &spec, on_done, &progress, NULL, err); /* everything is copied: `name` may go */
        progress.open += code == KUBE_OK;
    }
    int dispatched = 0;
    while (progress.open > 0 && dispatched >= 0)
        dispatched = kube_loop_dispatch(client, -1, err);
    if (code == KUBE_OK && dispatched >= 0 && progress.first.code != KUBE_OK)
        *err = progress.first;
    printf("%d of %d %s\n", progress.good, count, action == KUBE_ACTION_CREATE ? "created" : "deleted");
    return code != KUBE_OK ? code : dispatched < 0 ? dispatched : (int)progress.first.code;
}

int main(int argc, char **argv)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    kube_client_options_t options = { .qps = 200, .burst = 50 };
    int count = argc > 1 ? atoi(argv[1]) : 100;

    int code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, &options, &client, &err);
    if (code == KUBE_OK)
        code = all(client, KUBE_ACTION_CREATE, count, &err);
    if (code == KUBE_OK)
        code = all(client, KUBE_ACTION_DELETE, count, &err);
    if (code != KUBE_OK)
        fprintf(stderr, "many_calls: %s (%s)\n", err.message, kube_code_name(code));

    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
