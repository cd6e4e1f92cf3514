/* A test of a program, as someone with an installed libkube-test writes it. */
#include <kube/core/v1.h>
#include <kube/k8s.h>
#include <kube/kube.h>
#include <kube/test/server.h>
#include <stdio.h>

int main(void)
{
    kube_test_server_options_t options = { .packages = kube_k8s_packages };
    kube_test_server_t *server = NULL;
    kube_client_t *client = NULL;
    kube_error_t err;
    int code = kube_test_server_start(&options, &server, &err);
    if (code == KUBE_OK)
        code = kube_client_new(kube_test_server_config(server), NULL, &client, &err);
    kube_core_v1_config_map_t map = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "settings" } };
    if (code == KUBE_OK)
        code = kube_core_v1_config_map_create(client, "default", &map, NULL, NULL, &err);
    if (code < 0)
        fprintf(stderr, "%s\n", err.message);
    kube_client_free(client);
    kube_test_server_stop(server);
    return code == KUBE_OK ? 0 : 1;
}
