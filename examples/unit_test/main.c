/* Deletes the pods of a namespace that have ended: janitor [NAMESPACE]. test_janitor.c beside it tests it, without a cluster. */
#include <kube/kube.h>
#include <stdio.h>

#include "janitor.h"

int main(int argc, char **argv)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    int swept = 0;

    int code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, &client, &err);
    if (code == KUBE_OK)
        code = janitor_sweep(client, argc > 1 ? argv[1] : NULL, &swept, &err);
    if (code == KUBE_OK)
        printf("%d swept\n", swept);
    else
        fprintf(stderr, "janitor: %s (%s)\n", err.message, kube_code_name(code));

    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
