#include "watcher.h"

#include <kube/apps/v1.h>
#include <stdio.h>

#include "screen.h"

static void print_event(const kube_apps_v1_deployment_event_t *event)
{
    const kube_apps_v1_deployment_t *deployment = event->object;
    if (!deployment)
        return;
    const kube_apps_v1_deployment_status_t *status = deployment->status;
    const char *image = "-";
    if (deployment->spec->template_->spec->containers.len)
        image = deployment->spec->template_->spec->containers.items[0].image;
    screen_event("%-8s %s  version %s, generation %d, %d of %d ready, %s", kube_event_type_name(event->type), deployment->metadata->name,
                 deployment->metadata->resource_version, (int)deployment->metadata->generation.value,
                 status && status->ready_replicas.has ? status->ready_replicas.value : 0, deployment->spec->replicas.value, image);
}

static void *run(void *argument)
{
    watcher_t *watcher = argument;
    char selector[300];
    snprintf(selector, sizeof selector, "metadata.name=%s", watcher->name);
    kube_watch_options_t options = { .call.cancel = watcher->stop, .field_selector = selector };
    kube_apps_v1_deployment_watch_t *watch = NULL;
    kube_apps_v1_deployment_event_t event;
    kube_error_t err;
    watcher->code = kube_apps_v1_deployment_watch(watcher->client, watcher->ns, &options, &watch, &err);
    while (watcher->code == KUBE_OK && (watcher->code = kube_apps_v1_deployment_watch_next(watch, &event, &err)) == KUBE_OK) {
        watcher->events += event.object != NULL;
        print_event(&event);
    }
    if (watcher->code != KUBE_E_CANCELED)
        screen_fail("the watch", watcher->code, &err);
    kube_apps_v1_deployment_watch_free(watch);
    return NULL;
}

int watcher_start(watcher_t *watcher, kube_client_t *client, const char *ns, const char *name)
{
    *watcher = (watcher_t){ .client = client, .ns = ns, .name = name, .stop = kube_cancel_new() };
    watcher->started = watcher->stop && pthread_create(&watcher->thread, NULL, run, watcher) == 0;
    return watcher->started ? KUBE_OK : KUBE_E_NO_MEMORY;
}

void watcher_stop(watcher_t *watcher)
{
    kube_cancel_trip(watcher->stop);
    if (watcher->started)
        pthread_join(watcher->thread, NULL);
    kube_cancel_free(watcher->stop);
}
