/*
 * Watches two kinds from one thread and an epoll loop of the program's own, until a signal comes: watch_epoll. The library has
 * no thread: it is driven through one descriptor, which covers connections and timers.
 */
#include <kube/apps/v1.h>
#include <kube/kube.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

static int on_pod(const kube_event_t *event, void *userdata)
{
    const kube_core_v1_pod_t *pod = event->object;
    (void)userdata;
    if (pod)
        printf("pod %s/%s: event %d\n", pod->metadata->namespace_, pod->metadata->name, event->type);
    return KUBE_OK; /* anything else ends the watch */
}

static int on_deployment(const kube_event_t *event, void *userdata)
{
    const kube_apps_v1_deployment_t *deployment = event->object;
    (void)userdata;
    if (deployment)
        printf("deployment %s/%s: event %d\n", deployment->metadata->namespace_, deployment->metadata->name, event->type);
    return KUBE_OK;
}

/* Called once, also when the client is freed. */
static void on_end(const kube_result_t *result, void *userdata)
{
    if (result->code != KUBE_E_CANCELED)
        fprintf(stderr, "watch_epoll: %s: %s\n", (const char *)userdata, result->error->message);
}

static int start(kube_client_t *client, const kube_resource_t *resource, kube_event_fn *fn, kube_error_t *err)
{
    kube_watch_options_t options = { .restart_when_expired = true };
    kube_spec_t spec = { .action = KUBE_ACTION_WATCH, .resource = resource, .ns = KUBE_ALL_NAMESPACES, .event = fn };
    spec.options = &options;
    return kube_start(client, &spec, on_end, (void *)resource->plural, NULL, err);
}

static int loop(kube_client_t *client, kube_error_t *err)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    int epoll = epoll_create1(EPOLL_CLOEXEC), ends = signalfd(-1, &signals, SFD_CLOEXEC), code = KUBE_OK;
    struct epoll_event ready = { .events = EPOLLIN, .data.fd = kube_loop_fd(client) };
    struct epoll_event end = { .events = EPOLLIN, .data.fd = ends };
    if (epoll < 0 || ends < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, ready.data.fd, &ready) < 0 ||
        epoll_ctl(epoll, EPOLL_CTL_ADD, ends, &end) < 0) {
        perror("watch_epoll");
        code = KUBE_E_IO;
    }
    while (code >= 0 && epoll_wait(epoll, &ready, 1, -1) == 1 && ready.data.fd != ends) {
        code = kube_loop_dispatch(client, 0, err);
        fflush(stdout);
    }
    close(ends);
    close(epoll);
    return code < 0 ? code : KUBE_OK;
}

int main(void)
{
    kube_error_t err = { 0 };
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    kube_client_options_t options = { .mode = KUBE_MODE_HOST };

    int code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, &options, &client, &err);
    if (code == KUBE_OK)
        code = start(client, &kube_core_v1_pods, on_pod, &err);
    if (code == KUBE_OK)
        code = start(client, &kube_apps_v1_deployments, on_deployment, &err);
    if (code == KUBE_OK)
        code = loop(client, &err);
    if (code != KUBE_OK)
        fprintf(stderr, "watch_epoll: %s (%s)\n", err.message, kube_code_name(code));

    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
