/* Names only pods, and does all that can be done with them. */
#include <kube/core/v1.h>
#include <stdio.h>

static int print_name(const kube_core_v1_pod_t *pod, void *userdata)
{
    (void)userdata;
    puts(pod->metadata->name);
    return 0;
}

static int print_line(const char *line, size_t len, void *userdata)
{
    (void)userdata;
    fwrite(line, 1, len, stdout);
    return 0;
}

static void read_pods(kube_client_t *client)
{
    kube_core_v1_pod_t *pod;
    kube_core_v1_pod_list_t *pods;
    kube_core_v1_pod_watch_t *watch;
    kube_core_v1_pod_event_t event;
    kube_core_v1_pod_get(client, NULL, "web", NULL, &pod, NULL);
    kube_core_v1_pod_list(client, NULL, NULL, &pods, NULL);
    kube_core_v1_pod_each(client, NULL, NULL, print_name, NULL, NULL);
    kube_core_v1_pod_log_lines(client, NULL, "web", NULL, print_line, NULL, NULL);
    if (kube_core_v1_pod_watch(client, NULL, NULL, &watch, NULL) != KUBE_OK)
        return;
    while (kube_core_v1_pod_watch_next(watch, &event, NULL) == KUBE_OK) {
        if (event.object)
            puts(event.object->metadata->name);
    }
    kube_core_v1_pod_watch_free(watch);
}

static void write_pods(kube_client_t *client)
{
    const kube_core_v1_pod_t pod = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" } };
    kube_core_v1_pod_create(client, NULL, &pod, NULL, NULL, NULL);
    kube_core_v1_pod_update(client, NULL, &pod, NULL, NULL, NULL);
    kube_core_v1_pod_update_status(client, NULL, &pod, NULL, NULL, NULL);
    kube_core_v1_pod_apply(client, NULL, &pod, NULL, NULL, NULL);
    kube_core_v1_pod_patch(client, NULL, "web", &(kube_patch_t){ .type = KUBE_PATCH_TYPE_MERGE, .text = "{}", .len = 2 }, NULL, NULL, NULL);
    kube_core_v1_pod_delete(client, NULL, "web", NULL, NULL, NULL);
    kube_core_v1_pod_delete_collection(client, NULL, NULL, NULL, NULL, NULL);
}

int main(int argc, char **argv)
{
    kube_config_t *config;
    kube_client_t *client;
    (void)argv;
    if (argc > 1 && kube_config_default(NULL, NULL, &config, NULL) == KUBE_OK && kube_client_new(config, NULL, &client, NULL) == KUBE_OK) {
        read_pods(client);
        write_pods(client);
    }
    puts(kube_core_v1_pod_type.kind);
    return 0;
}
