/*
 * Counts up a number in a ConfigMap that other writers change at the same time: count_up NAME [TIMES]. Any number of these
 * programs may run at once: no count is lost, because each change is made to the object as it is then, and made again after a
 * conflict.
 */
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <stdio.h>
#include <stdlib.h>

/* Called with the server's present object, again after each conflict: so it looks at nothing but the object. */
static int count_one(void *object, void *userdata)
{
    kube_core_v1_config_map_t *map = object;
    const char **count = kube_map_find(map, &kube_core_v1_config_map_type, "data", "count");
    const char *next = kube_printf(map, "%ld", count ? strtol(*count, NULL, 10) + 1 : 1);
    (void)userdata;
    return next ? kube_map_set(map, map, &kube_core_v1_config_map_type, "data", "count", next) : KUBE_E_NO_MEMORY;
}

static int count(kube_client_t *client, const char *name, long times, kube_error_t *err)
{
    kube_modify_options_t options = { .field_manager = "count_up", .retry = KUBE_RETRY_BACKOFF };
    options.retry.steps = 20; /* of many writers one always succeeds, the others try again */
    for (long i = 0; i < times; i++) {
        kube_core_v1_config_map_t *map = NULL;
        int code = kube_create_or_modify(client, &kube_core_v1_config_maps, NULL, name, count_one, NULL, &options, &map, err);
        if (code != KUBE_OK)
            return code;
        const char **counted = kube_map_find(map, &kube_core_v1_config_map_type, "data", "count");
        printf("%s\n", *counted);
        kube_free(map);
    }
    return KUBE_OK;
}

int main(int argc, char **argv)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    if (argc < 2) {
        fprintf(stderr, "usage: count_up NAME [TIMES]\n");
        return 2;
    }
    int code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, &client, &err);
    if (code == KUBE_OK)
        code = count(client, argv[1], argc > 2 ? strtol(argv[2], NULL, 10) : 1, &err);
    if (code != KUBE_OK)
        fprintf(stderr, "count_up: %s (%s)\n", err.message, kube_code_name(code));

    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
