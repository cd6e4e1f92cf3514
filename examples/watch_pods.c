/*
 * Prints the pods of a namespace and then what becomes of them: watch_pods [NAMESPACE [SECONDS]]. Lost connections and restarted
 * servers are the library's business: no event is lost and none comes twice.
 */
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <stdio.h>
#include <stdlib.h>

static void print(const kube_core_v1_pod_event_t *event)
{
    const kube_core_v1_pod_t *pod = event->object; /* NULL: the event is about none. Borrowed until the next event */
    const char *phase = pod && pod->status && pod->status->phase ? pod->status->phase : "Unknown";
    switch (event->type) {
    case KUBE_EVENT_ADDED:
        printf("added     %s %s\n", pod->metadata->name, phase);
        break;
    case KUBE_EVENT_MODIFIED:
        printf("modified  %s %s\n", pod->metadata->name, phase);
        break;
    case KUBE_EVENT_DELETED:
        printf("deleted   %s\n", pod->metadata->name);
        break;
    case KUBE_EVENT_SYNCED:
        printf("synced    these were all; now the changes\n");
        break;
    case KUBE_EVENT_RESTARTED:
        printf("restarted from the beginning: forget what was before\n");
        break;
    default:
        break;
    }
    fflush(stdout);
}

static int follow(kube_client_t *client, const char *ns, int64_t seconds, kube_error_t *err)
{
    kube_watch_options_t options = { .call.timeout_ms = seconds * 1000, .restart_when_expired = true };
    kube_core_v1_pod_watch_t *watch = NULL;
    kube_core_v1_pod_event_t event;
    int code = kube_core_v1_pod_watch(client, ns, &options, &watch, err);
    while (code == KUBE_OK && (code = kube_core_v1_pod_watch_next(watch, &event, err)) == KUBE_OK)
        print(&event);
    kube_core_v1_pod_watch_free(watch);
    return code == KUBE_E_TIMEOUT ? KUBE_OK : code;
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
        code = follow(client, argc > 1 ? argv[1] : NULL, argc > 2 ? atoi(argv[2]) : 0, &err);
    if (code != KUBE_OK)
        fprintf(stderr, "watch_pods: %s (%s)\n", err.message, kube_code_name(code));

    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
