/*
 * Waits until a Deployment is rolled out, and tells what it waits for: wait_rollout NAME [SECONDS]. It decides as `kubectl
 * rollout status` does, on a watch of the one object: nothing is polled.
 */
#include <kube/apps/v1.h>
#include <kube/kube.h>
#include <stdio.h>
#include <stdlib.h>

/* The library's own function, and a line for each new state. */
static int rolled_out(kube_wait_view_t *view, void *userdata)
{
    (void)userdata;
    int code = kube_wait_rollout(view, NULL);
    if (code == 0) {
        printf("%s\n", view->state);
        fflush(stdout);
    }
    return code;
}

int main(int argc, char **argv)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    kube_apps_v1_deployment_t *deployment = NULL;
    const char *name = argc > 1 ? argv[1] : "web";
    kube_wait_options_t options = { .call.timeout_ms = argc > 2 ? atoi(argv[2]) * 1000 : 60000 };

    int code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, &client, &err);
    if (code == KUBE_OK)
        code = kube_wait(client, &kube_apps_v1_deployments, NULL, name, rolled_out, NULL, &options, &deployment, &err);
    if (code == KUBE_OK)
        printf("%s is rolled out: %d replicas\n", name, deployment->spec->replicas.value);
    else if (code == KUBE_E_TIMEOUT)
        fprintf(stderr, "wait_rollout: not in time: %s\n", err.message);
    else
        fprintf(stderr, "wait_rollout: %s (%s)\n", err.message, kube_code_name(code));

    kube_free(deployment);
    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
