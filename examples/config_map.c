/*
 * The life of a ConfigMap, in a namespace of its own that is deleted at the end: config_map. Create, update, an update from an
 * old copy that the server refuses, list, delete. It talks to the cluster that kubectl would talk to.
 */
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <stdio.h>
#include <unistd.h>

static void say(const char *what, const kube_core_v1_config_map_t *map)
{
    const kube_meta_v1_object_meta_t *metadata = map->metadata;
    printf("%-8s %s/%s at resourceVersion %s\n", what, metadata->namespace_, metadata->name, metadata->resource_version);
}

static int list(kube_client_t *client, const char *ns, kube_error_t *err)
{
    kube_list_options_t only = { .field_selector = "metadata.name=settings" };
    kube_core_v1_config_map_list_t *maps = NULL;
    int code = kube_core_v1_config_map_list(client, ns, &only, &maps, err);
    for (size_t i = 0; code == KUBE_OK && i < maps->items.len; i++)
        for (size_t j = 0; j < maps->items.items[i].data.len; j++)
            printf("         %s = %s\n", maps->items.items[i].data.items[j].key, maps->items.items[i].data.items[j].value);
    kube_free(maps);
    return code;
}

static int live(kube_client_t *client, const char *ns, kube_error_t *err)
{
    kube_core_v1_config_map_t map = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "settings" },
        .data = KUBE_MAP({ "colour", "green" }, { "size", "3" }),
    };
    kube_core_v1_config_map_t *made = NULL, *updated = NULL;
    int code = kube_core_v1_config_map_create(client, ns, &map, NULL, &made, err);
    if (code == KUBE_OK) {
        say("created", made);
        code = kube_map_set(made, made, &kube_core_v1_config_map_type, "data", "shape", "round");
    }
    if (code == KUBE_OK)
        code = kube_core_v1_config_map_update(client, ns, made, NULL, &updated, err);
    if (code == KUBE_OK) {
        say("updated", updated);
        /* `made` is old by now; kube_modify does all this in one call, see count_up.c. */
        if (kube_core_v1_config_map_update(client, ns, made, NULL, NULL, err) == KUBE_E_CONFLICT)
            printf("conflict %s\n", err->message);
        code = list(client, ns, err);
    }
    if (code == KUBE_OK)
        code = kube_core_v1_config_map_delete(client, ns, "settings", NULL, NULL, err);
    if (code == KUBE_OK && kube_core_v1_config_map_get(client, ns, "settings", NULL, NULL, err) == KUBE_E_NOT_FOUND)
        printf("deleted  %s (%s)\n", err->message, err->reason);
    kube_free(made);
    kube_free(updated);
    return code;
}

int main(void)
{
    char ns[64];
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    snprintf(ns, sizeof(ns), "libkube-example-%ld", (long)getpid());
    kube_core_v1_namespace_t own = { .metadata = &(kube_meta_v1_object_meta_t){ .name = ns } };

    int code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, &client, &err);
    if (code == KUBE_OK)
        code = kube_core_v1_namespace_create(client, &own, NULL, NULL, &err);
    if (code == KUBE_OK) {
        code = live(client, ns, &err);
        kube_core_v1_namespace_delete(client, ns, NULL, NULL, NULL);
    }
    if (code != KUBE_OK)
        fprintf(stderr, "config_map: %s (%s)\n", err.message, kube_code_name(code));

    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
