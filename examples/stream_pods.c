/*
 * Adds up what all pods of a cluster ask for: stream_pods [LABEL_SELECTOR]. The list may be of any length: objects are decoded
 * one at a time as bytes arrive, so memory does not grow with it.
 */
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <stdio.h>
#include <string.h>

typedef struct sum {
    size_t pods;
    kube_quantity_t cpu;
} sum_t;

/* The pod is borrowed: kube_ref would keep it. */
static int add_pod(const kube_core_v1_pod_t *pod, void *userdata)
{
    sum_t *sum = userdata;
    sum->pods++;
    for (size_t i = 0; pod->spec && i < pod->spec->containers.len; i++) {
        const kube_core_v1_resource_requirements_t *wanted = pod->spec->containers.items[i].resources;
        const char **text = wanted ? kube_map_find(wanted, &kube_core_v1_resource_requirements_type, "requests", "cpu") : NULL;
        kube_quantity_t cpu;
        if (!text)
            continue;
        int code = kube_quantity_parse(*text, strlen(*text), &cpu);
        if (code == KUBE_OK)
            code = kube_quantity_add(&sum->cpu, &cpu, &sum->cpu);
        if (code != KUBE_OK)
            return code;
    }
    return KUBE_OK;
}

int main(int argc, char **argv)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    kube_list_options_t options = { .label_selector = argc > 1 ? argv[1] : NULL };
    sum_t sum = { 0 };
    char cpu[KUBE_QUANTITY_TEXT_SIZE];

    int code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, &client, &err);
    if (code == KUBE_OK)
        code = kube_core_v1_pod_each(client, KUBE_ALL_NAMESPACES, &options, add_pod, &sum, &err);
    if (code == KUBE_OK && kube_quantity_to_text(&sum.cpu, cpu, sizeof(cpu)) > 0)
        printf("%zu pods ask for %s CPUs\n", sum.pods, cpu);
    else
        fprintf(stderr, "stream_pods: %s (%s)\n", err.message, kube_code_name(code));

    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
