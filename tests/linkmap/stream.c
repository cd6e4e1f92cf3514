/* Names only pods: goes over them, watches them, and follows a log. */
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

static void use(kube_client_t *client)
{
    kube_core_v1_pod_each(client, NULL, NULL, print_name, NULL, NULL);
    kube_core_v1_pod_log_lines(client, NULL, "web", NULL, print_line, NULL, NULL);
    kube_core_v1_pod_watch_t *watch;
    kube_core_v1_pod_event_t event;
    if (kube_core_v1_pod_watch(client, NULL, NULL, &watch, NULL) != KUBE_OK)
        return;
    while (kube_core_v1_pod_watch_next(watch, &event, NULL) == KUBE_OK) {
        if (event.object)
            puts(event.object->metadata->name);
    }
    kube_core_v1_pod_watch_free(watch);
}

int main(int argc, char **argv)
{
    kube_config_t *config;
    kube_client_t *client;
    (void)argv;
    if (argc > 1 && kube_config_load(NULL, NULL, &config, NULL) == KUBE_OK && kube_client_new(config, NULL, &client, NULL) == KUBE_OK)
        use(client);
    puts(kube_core_v1_pods.kind);
    return 0;
}
