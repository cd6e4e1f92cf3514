/*
 * Deletes the pods that a label selector selects: delete_pods NAMESPACE LABEL_SELECTOR [--dry-run]. Each with its uid as a
 * precondition, so that a pod that has meanwhile taken the name of another is left alone.
 */
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <stdio.h>
#include <string.h>

/* kube_core_v1_pod_delete_collection is one request for all, without these checks. */
static int delete_each(kube_client_t *client, const kube_core_v1_pod_list_t *pods, bool dry_run, kube_error_t *err)
{
    int code = KUBE_OK;
    for (size_t i = 0; i < pods->items.len && code == KUBE_OK; i++) {
        const kube_meta_v1_object_meta_t *pod = pods->items.items[i].metadata;
        kube_delete_options_t options = {
            .dry_run = dry_run,
            .precondition_uid = pod->uid,
            .propagation_policy = "Background",
            .grace_period_seconds = KUBE_SOME(10),
        };
        code = kube_core_v1_pod_delete(client, pod->namespace_, pod->name, &options, NULL, err);
        if (code == KUBE_OK)
            printf("%s %s\n", dry_run ? "would delete" : "deleted", pod->name);
        else if (code == KUBE_E_NOT_FOUND || code == KUBE_E_CONFLICT) /* gone already, or another one by now */
            code = KUBE_OK;
    }
    return code;
}

int main(int argc, char **argv)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    kube_core_v1_pod_list_t *pods = NULL;
    if (argc < 3) {
        fprintf(stderr, "usage: delete_pods NAMESPACE LABEL_SELECTOR [--dry-run]\n");
        return 2;
    }
    kube_list_options_t selected = { .label_selector = argv[2] };
    bool dry_run = argc > 3 && strcmp(argv[3], "--dry-run") == 0;

    int code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, &client, &err);
    if (code == KUBE_OK)
        code = kube_core_v1_pod_list(client, argv[1], &selected, &pods, &err);
    if (code == KUBE_OK)
        code = delete_each(client, pods, dry_run, &err);
    if (code != KUBE_OK)
        fprintf(stderr, "delete_pods: %s (%s)\n", err.message, kube_code_name(code));

    kube_free(pods);
    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
