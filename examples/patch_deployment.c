/*
 * The three kinds of patch, on a Deployment: patch_deployment NAME. A JSON patch that tests what it replaces, a merge patch, and
 * a strategic merge patch that the library makes from the object before and after an edit, so that it holds just what differs.
 */
#include <kube/apps/v1.h>
#include <kube/kube.h>
#include <stdio.h>
#include <string.h>

static int send(kube_client_t *client, const char *name, kube_patch_type_t type, const char *text, kube_error_t *err)
{
    kube_patch_t patch = { .type = type, .text = text, .len = strlen(text) };
    kube_apps_v1_deployment_t *patched = NULL;
    int code = kube_apps_v1_deployment_patch(client, NULL, name, &patch, NULL, &patched, err);
    if (code == KUBE_OK)
        printf("generation %d: %s\n", (int)patched->metadata->generation.value, text);
    kube_free(patched);
    return code;
}

/* Gives the container an environment variable. The server merges containers by their names. */
static int edit(kube_apps_v1_deployment_t *deployment)
{
    kube_core_v1_container_t *container = &deployment->spec->template_->spec->containers.items[0];
    kube_core_v1_env_var_t *mode = kube_list_append(deployment, container, &kube_core_v1_container_type, "env");
    if (!mode)
        return KUBE_E_NO_MEMORY;
    mode->name = "MODE";
    mode->value = "fast";
    return KUBE_OK;
}

static int send_difference(kube_client_t *client, const char *name, kube_error_t *err)
{
    kube_apps_v1_deployment_t *before = NULL, *after = NULL;
    kube_buffer_t text = { 0 };
    int code = kube_apps_v1_deployment_get(client, NULL, name, NULL, &before, err);
    if (code == KUBE_OK) {
        after = kube_dup(&kube_apps_v1_deployment_type, before);
        code = after ? edit(after) : KUBE_E_NO_MEMORY;
    }
    if (code == KUBE_OK)
        code = kube_patch_diff(&kube_apps_v1_deployment_type, before, after, KUBE_PATCH_TYPE_STRATEGIC, &text, err);
    if (code == KUBE_OK)
        code = send(client, name, KUBE_PATCH_TYPE_STRATEGIC, text.data, err);
    kube_buffer_dispose(&text);
    kube_free(before);
    kube_free(after);
    return code;
}

int main(int argc, char **argv)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    const char *name = argc > 1 ? argv[1] : "web";

    int code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, &client, &err);
    if (code == KUBE_OK)
        code = send(client, name, KUBE_PATCH_TYPE_JSON,
                    "[{\"op\":\"test\",\"path\":\"/spec/paused\",\"value\":null},"
                    "{\"op\":\"add\",\"path\":\"/spec/replicas\",\"value\":5}]", &err);
    if (code == KUBE_OK)
        code = send(client, name, KUBE_PATCH_TYPE_MERGE, "{\"spec\":{\"minReadySeconds\":3,\"progressDeadlineSeconds\":null}}",
                    &err);
    if (code == KUBE_OK)
        code = send_difference(client, name, &err);
    if (code != KUBE_OK)
        fprintf(stderr, "patch_deployment: %s (%s)\n", err.message, kube_code_name(code));

    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
