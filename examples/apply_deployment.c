/*
 * Applies a Deployment: apply_deployment [REPLICAS]. The first run makes it, later ones change it; what other managers set
 * stays theirs, because only the fields written down here are sent.
 */
#include <kube/apps/v1.h>
#include <kube/kube.h>
#include <stdio.h>
#include <stdlib.h>

static int apply(kube_client_t *client, int replicas, kube_error_t *err)
{
    kube_apps_v1_deployment_t web = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "web", .labels = KUBE_MAP({ "app", "web" }) },
        .spec = &(kube_apps_v1_deployment_spec_t){
            .replicas = KUBE_SOME(replicas),
            .selector = &(kube_meta_v1_label_selector_t){ .match_labels = KUBE_MAP({ "app", "web" }) },
            .template_ = &(kube_core_v1_pod_template_spec_t){
                .metadata = &(kube_meta_v1_object_meta_t){ .labels = KUBE_MAP({ "app", "web" }) },
                .spec = &(kube_core_v1_pod_spec_t){
                    .containers = KUBE_LIST(kube_core_v1_container_t, { .name = "web", .image = "nginx:1.29" }),
                },
            },
        },
    };
    kube_apply_options_t options = { .field_manager = "apply-deployment-example" };
    kube_apps_v1_deployment_t *applied = NULL;
    int code = kube_apps_v1_deployment_apply(client, NULL, &web, &options, &applied, err);
    if (code == KUBE_OK)
        printf("%s/%s: generation %lld, %d replicas wanted\n", applied->metadata->namespace_, applied->metadata->name,
               (long long)applied->metadata->generation.value, applied->spec->replicas.value);
    kube_free(applied);
    return code;
}

int main(int argc, char **argv)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;

    int code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, &client, &err);
    if (code == KUBE_OK)
        code = apply(client, argc > 1 ? atoi(argv[1]) : 3, &err);
    if (code == KUBE_E_CONFLICT)
        fprintf(stderr, "apply_deployment: another manager owns a field: %s\n", err.message);
    else if (code != KUBE_OK)
        fprintf(stderr, "apply_deployment: %s (%s)\n", err.message, kube_code_name(code));

    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
