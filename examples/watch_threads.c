/*
 * Watches several namespaces at once, a thread each, until a signal comes: watch_threads NAMESPACE... One client serves all
 * threads, one cancel token ends them.
 */
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

enum { MAX_THREADS = 16 };

typedef struct job {
    pthread_t thread;
    kube_client_t *client;
    const char *ns;
    kube_cancel_t *cancel;
} job_t;

static void *watch_namespace(void *argument)
{
    const job_t *job = argument;
    kube_error_t err;
    kube_watch_options_t options = { .call.cancel = job->cancel, .restart_when_expired = true };
    kube_core_v1_config_map_watch_t *watch = NULL;
    kube_core_v1_config_map_event_t event;
    int code = kube_core_v1_config_map_watch(job->client, job->ns, &options, &watch, &err);
    while (code == KUBE_OK && (code = kube_core_v1_config_map_watch_next(watch, &event, &err)) == KUBE_OK) {
        if (event.object)
            printf("%s: %s is %s\n", job->ns, event.object->metadata->name,
                   event.type == KUBE_EVENT_DELETED ? "gone" : "there");
        fflush(stdout);
    }
    if (code != KUBE_E_CANCELED)
        fprintf(stderr, "watch_threads: %s: %s (%s)\n", job->ns, err.message, kube_code_name(code));
    kube_core_v1_config_map_watch_free(watch);
    return NULL;
}

/* A token must not be tripped in a signal handler: so the signals are blocked, and one thread waits for them. */
static void run(kube_client_t *client, char **namespaces, int count, kube_cancel_t *cancel)
{
    job_t jobs[MAX_THREADS];
    sigset_t signals;
    int number, started = 0;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    while (started < count) {
        jobs[started] = (job_t){ .client = client, .ns = namespaces[started], .cancel = cancel };
        if (pthread_create(&jobs[started].thread, NULL, watch_namespace, &jobs[started]) != 0)
            break;
        started++;
    }
    if (started == count)
        sigwait(&signals, &number);
    kube_cancel_trip(cancel);
    while (started-- > 0)
        pthread_join(jobs[started].thread, NULL);
}

int main(int argc, char **argv)
{
    kube_error_t err = { 0 };
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    kube_cancel_t *cancel = kube_cancel_new();
    if (argc < 2 || argc - 1 > MAX_THREADS || !cancel) {
        fprintf(stderr, "usage: watch_threads NAMESPACE... (at most %d)\n", MAX_THREADS);
        kube_cancel_free(cancel);
        return 2;
    }
    int code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, &client, &err);
    if (code == KUBE_OK)
        run(client, argv + 1, argc - 1, cancel);
    else
        fprintf(stderr, "watch_threads: %s (%s)\n", err.message, kube_code_name(code));
    kube_client_free(client);
    kube_config_free(config);
    kube_cancel_free(cancel);
    return code == KUBE_OK ? 0 : 1;
}
