/* Lists the pods of one namespace, or of all: list_pods [NAMESPACE]. The cluster is the one kubectl would talk to. */
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <stdio.h>

static void print(const kube_core_v1_pod_list_t *pods)
{
    for (size_t i = 0; i < pods->items.len; i++) {
        const kube_core_v1_pod_t *pod = &pods->items.items[i];
        const char *phase = pod->status && pod->status->phase ? pod->status->phase : "Unknown";
        const char *node = pod->spec && pod->spec->node_name ? pod->spec->node_name : "-";
        printf("%-20s %-40s %-10s %s\n", pod->metadata->namespace_, pod->metadata->name, phase, node);
    }
}

int main(int argc, char **argv)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    kube_core_v1_pod_list_t *pods = NULL;

    int code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, &client, &err);
    if (code == KUBE_OK)
        code = kube_core_v1_pod_list(client, argc > 1 ? argv[1] : KUBE_ALL_NAMESPACES, NULL, &pods, &err);
    if (code == KUBE_OK)
        print(pods);
    else
        fprintf(stderr, "list_pods: %s (%s)\n", err.message, kube_code_name(code));

    kube_free(pods);
    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
