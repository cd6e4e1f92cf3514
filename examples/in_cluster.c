/*
 * In a pod: the server, the token, the authority and the namespace are those of the pod's service account. The token's file is read again
 * whenever the kubelet replaces it. Lists the pods beside this one; the service account needs the right to do that.
 */
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <stdio.h>

int main(void)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    kube_core_v1_pod_list_t *pods = NULL;

    /* kube_config_default does the same where there is no kubeconfig, so a program need not know where it runs. */
    int code = kube_config_in_cluster(&config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, &client, &err);
    /* Namespace NULL is the pod's own. */
    if (code == KUBE_OK)
        code = kube_core_v1_pod_list(client, NULL, NULL, &pods, &err);
    for (size_t i = 0; code == KUBE_OK && i < pods->items.len; i++)
        printf("%s/%s\n", kube_client_namespace(client), pods->items.items[i].metadata->name);
    if (code != KUBE_OK)
        fprintf(stderr, "in_cluster: %s (%s)\n", err.message, kube_code_name(code));

    kube_free(pods);
    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
