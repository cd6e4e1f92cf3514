#include "janitor.h"

#include <kube/core/v1.h>
#include <string.h>

typedef struct sweep {
    kube_client_t *client;
    int *swept;
    kube_error_t *err;
} sweep_t;

static bool has_ended(const kube_core_v1_pod_t *pod)
{
    const char *phase = pod->status && pod->status->phase ? pod->status->phase : "";
    return strcmp(phase, KUBE_CORE_V1_POD_STATUS_PHASE_SUCCEEDED) == 0 ||
           strcmp(phase, KUBE_CORE_V1_POD_STATUS_PHASE_FAILED) == 0;
}

static int sweep_pod(const kube_core_v1_pod_t *pod, void *userdata)
{
    const sweep_t *sweep = userdata;
    if (!has_ended(pod))
        return KUBE_OK;
    kube_delete_options_t options = { .precondition_uid = pod->metadata->uid };
    int code = kube_core_v1_pod_delete(sweep->client, pod->metadata->namespace_, pod->metadata->name, &options, NULL, sweep->err);
    if (code == KUBE_E_NOT_FOUND || code == KUBE_E_CONFLICT)
        return KUBE_OK; /* gone already, or another pod has the name */
    *sweep->swept += code == KUBE_OK;
    return code;
}

int janitor_sweep(kube_client_t *client, const char *ns, int *swept, kube_error_t *err)
{
    kube_error_t listing, deleting = { 0 };
    sweep_t sweep = { client, swept, &deleting };
    *swept = 0;
    int code = kube_core_v1_pod_each(client, ns, NULL, sweep_pod, &sweep, &listing);
    *err = deleting.code != KUBE_OK && deleting.code == code ? deleting : listing;
    return code;
}
