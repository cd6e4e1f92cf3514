/*
 * Builds a Deployment in C with designated initialisers and prints it as YAML. No allocation: the object lives in the function's
 * block.
 */
#include <kube/apps/v1.h>
#include <kube/yaml.h>
#include <stdio.h>

int main(void)
{
    kube_apps_v1_deployment_t web = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "web", .labels = KUBE_MAP({ "app", "web" }, { "tier", "front" }) },
        .spec = &(kube_apps_v1_deployment_spec_t){
            .replicas = KUBE_SOME(3),
            .selector = &(kube_meta_v1_label_selector_t){ .match_labels = KUBE_MAP({ "app", "web" }) },
            .template_ = &(kube_core_v1_pod_template_spec_t){
                .metadata = &(kube_meta_v1_object_meta_t){ .labels = KUBE_MAP({ "app", "web" }, { "tier", "front" }) },
                .spec = &(kube_core_v1_pod_spec_t){
                    .containers = KUBE_LIST(kube_core_v1_container_t, {
                        .name = "web",
                        .image = "nginx:1.29",
                        .args = KUBE_STRINGS("nginx", "-g", "daemon off;"),
                        .ports = KUBE_LIST(kube_core_v1_container_port_t, { .container_port = KUBE_SOME(80), .name = "http" }),
                        .resources = &(kube_core_v1_resource_requirements_t){
                            .limits = KUBE_MAP({ "cpu", "500m" }, { "memory", "128Mi" }),
                        },
                        .readiness_probe = &(kube_core_v1_probe_t){
                            .http_get = &(kube_core_v1_http_get_action_t){ .path = "/healthz", .port = KUBE_TEXT("http") },
                        },
                    }),
                },
            },
        },
    };
    kube_buffer_t yaml = { 0 };
    kube_error_t err;
    int code = kube_yaml_encode(&kube_apps_v1_deployment_type, &web, 0, &yaml, &err);
    if (code == KUBE_OK)
        fputs(yaml.data, stdout);
    else
        fprintf(stderr, "build_deployment: %s: %s\n", err.path, err.message);
    kube_buffer_dispose(&yaml);
    return code == KUBE_OK ? 0 : 1;
}
