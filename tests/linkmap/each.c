/* Of what streams there are, only goes over a list. */
#include <kube/core/v1.h>
#include <stdio.h>

static int print_name(const kube_core_v1_pod_t *pod, void *userdata)
{
    (void)userdata;
    puts(pod->metadata->name);
    return 0;
}

int main(int argc, char **argv)
{
    kube_config_t *config;
    kube_client_t *client;
    (void)argv;
    if (argc > 1 && kube_config_load(NULL, NULL, &config, NULL) == KUBE_OK && kube_client_new(config, NULL, &client, NULL) == KUBE_OK)
        kube_core_v1_pod_each(client, NULL, NULL, print_name, NULL, NULL);
    puts(kube_core_v1_pods.kind);
    return 0;
}
