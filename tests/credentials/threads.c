/*
 * Requests from many threads on one client, and what they leave behind:
 *     threads KUBECONFIG CONTEXT THREADS MILLISECONDS
 * Prints how many there were, how many failed with which code, and what is left of the plugin's processes and of descriptors, as JSON.
 */
#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MAX = 64, CODES = 64 };

static kube_client_t *client;
static int64_t end_ms;
static atomic_int requests, codes[CODES];
static char message[512]; /* of some failure */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void *work(void *unused)
{
    kube_error_t err;
    do {
        int code = kube_core_v1_namespace_get(client, "default", NULL, NULL, &err);
        requests++;
        codes[-code % CODES]++;
        if (code < 0) {
            pthread_mutex_lock(&lock);
            snprintf(message, sizeof message, "%s", err.message);
            pthread_mutex_unlock(&lock);
        }
        nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
    } while (now_ms() < end_ms);
    return unused;
}

static int descriptors(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static void run(int count, int ms)
{
    pthread_t threads[THREADS_MAX];
    end_ms = now_ms() + ms;
    for (int i = 0; i < count; i++) {
        if (pthread_create(&threads[i], NULL, work, NULL) != 0)
            abort();
    }
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

static void report(int descriptors_before)
{
    json_t *failed = json_object();
    for (int i = 1; i < CODES; i++) {
        if (codes[i])
            json_object_set_new(failed, kube_code_name(-i), json_integer(codes[i]));
    }
    bool children = waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD;
    json_t *line = json_pack("{s:i, s:o, s:s, s:b, s:i}", "requests", (int)requests, "failed", failed, "message", message, "children",
                             (int)children, "descriptors", descriptors() - descriptors_before);
    json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(line);
}

int main(int argc, char **argv)
{
    int count = argc == 5 ? atoi(argv[3]) : 0;
    if (count < 1 || count > THREADS_MAX) {
        fprintf(stderr, "usage: threads KUBECONFIG CONTEXT THREADS MILLISECONDS\n");
        return 2;
    }
    kube_config_t *config = NULL;
    kube_config_options_t options = { .context = argv[2] };
    /* Of a plugin's output, too. */
    kube_client_options_t bounded = { .max_reply_bytes = 16 << 20 };
    kube_error_t err;
    int before = descriptors(), code = kube_config_load(argv[1], &options, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, &bounded, &client, &err);
    kube_config_free(config);
    if (code < 0) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    run(count, atoi(argv[4]));
    kube_client_free(client);
    report(before);
    return 0;
}
