/*
 * Watches pods from a libuv loop, until a signal comes: watch_libuv [NAMESPACE]. For libuv the client is one more descriptor to
 * poll. Built where libuv is installed.
 */
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <stdio.h>
#include <uv.h>

static int on_event(const kube_event_t *event, void *userdata)
{
    const kube_core_v1_pod_t *pod = event->object;
    (void)userdata;
    if (pod)
        printf("%-8s %s/%s\n", event->type == KUBE_EVENT_DELETED ? "gone" : "there", pod->metadata->namespace_,
               pod->metadata->name);
    fflush(stdout);
    return KUBE_OK;
}

static void on_end(const kube_result_t *result, void *userdata)
{
    if (result->code != KUBE_E_CANCELED)
        fprintf(stderr, "watch_libuv: %s\n", result->error->message);
    uv_stop(userdata);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    (void)status, (void)events;
    kube_loop_dispatch(poll->data, 0, NULL);
}

static void on_signal(uv_signal_t *signal, int number)
{
    (void)number;
    uv_stop(signal->loop);
}

static void run(kube_client_t *client, uv_loop_t *loop)
{
    uv_poll_t poll;
    uv_signal_t signal;
    uv_poll_init(loop, &poll, kube_loop_fd(client));
    uv_signal_init(loop, &signal);
    poll.data = client;
    uv_poll_start(&poll, UV_READABLE, on_readable);
    uv_signal_start(&signal, on_signal, SIGTERM);
    uv_run(loop, UV_RUN_DEFAULT);
    uv_close((uv_handle_t *)&poll, NULL);
    uv_close((uv_handle_t *)&signal, NULL);
    uv_run(loop, UV_RUN_DEFAULT);
    uv_loop_close(loop);
}

int main(int argc, char **argv)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    kube_client_options_t host = { .mode = KUBE_MODE_HOST };
    kube_watch_options_t options = { .restart_when_expired = true };
    kube_spec_t watch = { .action = KUBE_ACTION_WATCH, .resource = &kube_core_v1_pods, .options = &options, .event = on_event };
    watch.ns = argc > 1 ? argv[1] : KUBE_ALL_NAMESPACES;

    int code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, &host, &client, &err);
    if (code == KUBE_OK)
        code = kube_start(client, &watch, on_end, uv_default_loop(), NULL, &err);
    if (code == KUBE_OK)
        run(client, uv_default_loop());
    else
        fprintf(stderr, "watch_libuv: %s (%s)\n", err.message, kube_code_name(code));

    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
