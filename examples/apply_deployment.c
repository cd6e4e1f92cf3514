/*
 * Applies a Deployment, server side: apply_deployment [REPLICAS [force]]. What it says becomes this program's to manage, whether
 * the object is there or not. When another manager holds a field with another value, the program tells who holds what, or takes
 * it with "force".
 */
#include <kube/apps/v1.h>
#include <kube/kube.h>
#include <stdio.h>
#include <stdlib.h>

static void print_conflicts(const kube_meta_v1_status_t *status)
{
    kube_conflict_t conflicts[16];
    size_t count = kube_status_conflicts(status, conflicts, 16);
    for (size_t i = 0; i < count && i < 16; i++)
        fprintf(stderr, "  %s belongs to %s\n", conflicts[i].field, conflicts[i].manager);
}

static int apply(kube_client_t *client, int replicas, bool force, kube_error_t *err)
{
    kube_apps_v1_deployment_t web = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "web" },
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
    kube_meta_v1_status_t *status = NULL;
    kube_apply_options_t options = { .field_manager = "apply-deployment-example", .force = force, .call.status = &status };
    kube_apps_v1_deployment_t *applied = NULL;
    int code = kube_apps_v1_deployment_apply(client, NULL, &web, &options, &applied, err);
    if (code == KUBE_OK)
        printf("%s/%s: generation %lld, %d replicas wanted\n", applied->metadata->namespace_, applied->metadata->name,
               (long long)applied->metadata->generation.value, applied->spec->replicas.value);
    else if (code == KUBE_E_CONFLICT)
        print_conflicts(status);
    kube_free(applied);
    kube_free(status);
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
        code = apply(client, argc > 1 ? atoi(argv[1]) : 3, argc > 2, &err);
    if (code != KUBE_OK)
        fprintf(stderr, "apply_deployment: %s (%s)\n", err.message, kube_code_name(code));

    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
