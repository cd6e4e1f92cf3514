/* Names only pods: a program that reads a Pod and gets one from a cluster. */
#include <kube/core/v1.h>
#include <kube/json.h>
#include <kube/object.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    kube_config_t *config;
    kube_client_t *client;
    kube_core_v1_pod_t *pod;
    kube_error_t err;
    (void)argv;
    if (argc > 1 && kube_config_load(NULL, NULL, &config, &err) == KUBE_OK && kube_client_new(config, NULL, &client, &err) == KUBE_OK)
        kube_core_v1_pod_get(client, "default", "web", NULL, &pod, &err);
    if (kube_json_decode(&kube_core_v1_pod_type, "{}", 2, NULL, &pod, &err) != KUBE_OK)
        return 1;
    puts(pod->kind);
    kube_free(pod);
    return 0;
}
