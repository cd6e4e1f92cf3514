/*
 * `soak [--seconds N] [--watches N] [--threads N] [--seed N] [--tls]`: 120 seconds with 1,000 watches on one client, driven by a host's loop,
 * and 100 more in blocking threads. Ends with a report, and a count of what held and what did not.
 */
#include "soak.h"

#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CALL_MS 20000
#define SETTLE_SECONDS 180 /* a watch may wait for a minute before it tries again */
#define CHANGES_A_SECOND 400
#define CALLS_A_SECOND 40 /* at least: a machine has that many to itself */
#define SLOWER 3
#define MAX_SAMPLES 4096

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MEMORY_IS_COUNTED false
#elif defined(__has_feature)
#define MEMORY_IS_COUNTED !(__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define MEMORY_IS_COUNTED true
#endif

/* A watch, of either kind. */
typedef struct watcher {
    witness_t witness;
    verdict_t *verdict;
    kube_client_t *client;
    kube_op_t *op;
    pthread_t thread;
    kube_cancel_t *cancel;
    char ns[24];
    atomic_int code; /* how it ended */
    atomic_bool ended, has_all;
} watcher_t;

typedef struct soak {
    soak_options_t options;
    soak_server_t *server;
    verdict_t verdict;
    load_t load;
    kube_client_t *host, *caller;
    kube_cancel_t *cancel;
    watcher_t *watchers; /* the host's first */
    int count;
    pthread_t loop, log, *writers;
    atomic_bool stop, settling;
    long memory[MAX_SAMPLES];
    int samples, passed, failed;
} soak_t;

/* ---- figures of this process ---- */

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

/* Kilobytes. */
static long memory_used(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file) {
        if (fscanf(file, "%*s %ld", &pages) != 1)
            pages = 0;
        fclose(file);
    }
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static int descriptors_open(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (folder && readdir(folder))
        count++;
    if (folder)
        closedir(folder);
    return count;
}

static int by_size(const void *a, const void *b)
{
    long left = *(const long *)a, right = *(const long *)b;
    return (left > right) - (left < right);
}

static long median(const long *values, int count)
{
    long sorted[MAX_SAMPLES];
    memcpy(sorted, values, (size_t)count * sizeof *values);
    qsort(sorted, (size_t)count, sizeof *sorted, by_size);
    return count ? sorted[count / 2] : 0;
}

/* ---- watches ---- */

static int take_event(const kube_event_t *event, void *userdata)
{
    watcher_t *watcher = userdata;
    soak_witness(&watcher->witness, event, watcher->verdict);
    return 0;
}

static void take_end(const kube_result_t *result, void *userdata)
{
    watcher_t *watcher = userdata;
    watcher->code = result->code;
    watcher->ended = true;
}

static const kube_watch_options_t watch_options = { .idle_timeout_ms = 15000, .bookmarks = true };

static int start_watch(watcher_t *watcher)
{
    kube_spec_t spec = {
        .action = KUBE_ACTION_WATCH, .resource = &kube_core_v1_config_maps, .ns = watcher->ns, .options = &watch_options, .event = take_event,
    };
    return kube_start(watcher->client, &spec, take_end, watcher, &watcher->op, NULL);
}

static void *run_watch(void *userdata)
{
    watcher_t *watcher = userdata;
    kube_watch_t *watch = NULL;
    kube_event_t event;
    kube_watch_options_t options = watch_options;
    options.call.cancel = watcher->cancel;
    int code = kube_watch(watcher->client, &kube_core_v1_config_maps, watcher->ns, &options, &watch, NULL);
    while (code == KUBE_OK || code == KUBE_E_TIMEOUT) {
        code = kube_watch_next_within(watch, 500, &event, NULL);
        if (code == KUBE_OK)
            soak_witness(&watcher->witness, &event, watcher->verdict);
        watcher->has_all = soak_has_all(&watcher->witness);
    }
    watcher->code = code;
    watcher->ended = true;
    kube_watch_free(watch);
    return NULL;
}

static void *run_loop(void *userdata)
{
    soak_t *soak = userdata;
    struct pollfd readable = { .fd = kube_loop_fd(soak->host), .events = POLLIN };
    while (!soak->stop) {
        if (poll(&readable, 1, 200) > 0)
            kube_loop_dispatch(soak->host, 0, NULL);
        for (int i = 0; soak->settling && i < soak->options.host_watches; i++)
            soak->watchers[i].has_all = soak_has_all(&soak->watchers[i].witness);
    }
    return NULL;
}

static bool begin_watches(soak_t *soak)
{
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 256 * 1024);
    for (int i = 0; i < soak->count; i++) {
        watcher_t *watcher = &soak->watchers[i];
        bool hosted = i < soak->options.host_watches;
        watcher->witness.ns = i % NAMESPACES;
        watcher->verdict = &soak->verdict;
        watcher->client = hosted ? soak->host : soak->caller;
        watcher->cancel = soak->cancel;
        snprintf(watcher->ns, sizeof watcher->ns, "soak-%d", i % NAMESPACES);
        if (hosted ? start_watch(watcher) < 0 : pthread_create(&watcher->thread, &small, run_watch, watcher) != 0)
            return false;
    }
    pthread_attr_destroy(&small);
    return pthread_create(&soak->loop, NULL, run_loop, soak) == 0;
}

/* ---- the course of it ---- */

static bool make_namespaces(soak_t *soak)
{
    for (int i = 0; i < NAMESPACES; i++) {
        char name[24];
        snprintf(name, sizeof name, "soak-%d", i);
        kube_core_v1_namespace_t ns = { .metadata = &(kube_meta_v1_object_meta_t){ .name = name } };
        int code = KUBE_E_CONNECT;
        for (int tries = 0; tries < 50 && code != KUBE_OK && code != KUBE_E_ALREADY_EXISTS; tries++)
            code = kube_core_v1_namespace_create(soak->caller, &ns, NULL, NULL, NULL);
        if (code != KUBE_OK && code != KUBE_E_ALREADY_EXISTS)
            return false;
    }
    return true;
}

static bool begin(soak_t *soak)
{
    const kube_config_t *config = soak_server_config(soak->server);
    kube_client_options_t host = { .mode = KUBE_MODE_HOST, .timeout_ms = CALL_MS }, caller = { .timeout_ms = CALL_MS };
    soak->count = soak->options.host_watches + soak->options.thread_watches;
    soak->watchers = calloc((size_t)soak->count + 1, sizeof *soak->watchers);
    soak->writers = calloc((size_t)soak->options.writers + 1, sizeof *soak->writers);
    soak->cancel = kube_cancel_new();
    if (!soak->watchers || !soak->writers || !soak_log_init((size_t)(SLOWER * soak->options.seconds + 60) * CHANGES_A_SECOND) ||
        kube_client_new(config, &host, &soak->host, NULL) < 0 || kube_client_new(config, &caller, &soak->caller, NULL) < 0 ||
        !make_namespaces(soak) || pthread_create(&soak->log, NULL, soak_log_fill, soak->server) != 0)
        return false;
    soak->load.client = soak->caller;
    soak->load.seed = soak->options.seed;
    for (int i = 0; i < soak->options.writers; i++) {
        if (pthread_create(&soak->writers[i], NULL, soak_write, &soak->load) != 0)
            return false;
    }
    return begin_watches(soak);
}

static void run(soak_t *soak)
{
    int64_t start = now_ms(), end = start + soak->options.seconds * 1000LL, step = soak->options.seconds * 1000LL / 100;
    /* On a slow machine it takes longer until caches are filled as far as they will be. */
    unsigned long long calls = (unsigned long long)soak->options.seconds * CALLS_A_SECOND;
    int64_t at_most = start + SLOWER * soak->options.seconds * 1000LL;
    while ((now_ms() < end || (soak->load.calls < calls && now_ms() < at_most)) && soak->samples < MAX_SAMPLES) {
        soak->memory[soak->samples++] = memory_used();
        if (soak->samples % 10 == 0)
            printf("%4lld s: %llu calls, %zu changes, %llu events, %u restarts, %ld MB, %d descriptors\n", (long long)(now_ms() - start) / 1000,
                   (unsigned long long)soak->load.calls, soak_log_count(), (unsigned long long)soak->verdict.events, soak->verdict.restarts,
                   memory_used() / 1024, descriptors_open());
        pause_ms((long)(step > 100 ? step : 100));
    }
}

static int behind(const soak_t *soak)
{
    int count = 0;
    for (int i = 0; i < soak->count; i++)
        count += !soak->watchers[i].has_all;
    return count;
}

/* All goes well from now on: every watch must come to know everything. */
static void settle(soak_t *soak)
{
    soak->load.stop = true;
    for (int i = 0; i < soak->options.writers; i++)
        pthread_join(soak->writers[i], NULL);
    soak_server_be_good(soak->server);
    pause_ms(500);
    soak->settling = true;
    for (int64_t end = now_ms() + SETTLE_SECONDS * 1000LL; behind(soak) > 0 && now_ms() < end;)
        pause_ms(200);
}

static int ended_early(const soak_t *soak)
{
    int count = 0;
    for (int i = 0; i < soak->count; i++) {
        if (soak->watchers[i].ended && count++ < 5)
            printf("a watch ended: %s\n", kube_code_name(soak->watchers[i].code));
    }
    return count;
}

static void end_watches(soak_t *soak)
{
    soak->stop = true;
    pthread_join(soak->loop, NULL);
    kube_cancel_trip(soak->cancel);
    for (int i = 0; i < soak->count; i++) {
        if (i < soak->options.host_watches)
            kube_op_free(soak->watchers[i].op);
        else
            pthread_join(soak->watchers[i].thread, NULL);
    }
    kube_client_free(soak->host);
    kube_client_free(soak->caller);
    kube_cancel_free(soak->cancel);
}

/* ---- the report ---- */

static void expect(soak_t *soak, const char *what, long long actual, long long most)
{
    bool holds = actual <= most;
    printf("%s %s: %lld (at most %lld)\n", holds ? "ok    " : "FAILED", what, actual, most);
    soak->passed += holds;
    soak->failed += !holds;
}

/* What may come of a call through a proxy like this one. */
static long long unexpected_codes(const soak_t *soak)
{
    static const int expected[] = {
        KUBE_OK, KUBE_E_CONNECT, KUBE_E_TIMEOUT, KUBE_E_NOT_FOUND, KUBE_E_ALREADY_EXISTS, KUBE_E_CONFLICT, KUBE_E_TOO_MANY_REQUESTS,
        KUBE_E_SERVER, KUBE_E_AMBIGUOUS,
    };
    long long rest = (long long)soak->load.calls;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        rest -= (long long)soak->load.by_code[-expected[i]];
    for (int i = 0; i < 64; i++) {
        if (soak->load.by_code[i])
            printf("       %s: %llu\n", kube_code_name(-i), (unsigned long long)soak->load.by_code[i]);
    }
    return rest;
}

static void report(soak_t *soak, int unfinished, int ended, int before, int at_end, int after)
{
    int quarter = soak->samples / 4;
    long early = median(soak->memory + soak->samples - 2 * quarter, quarter), late = median(soak->memory + soak->samples - quarter, quarter);
    printf("%llu calls, %zu changes, %llu events, %u initial states begun again, memory %ld MB, then %ld MB\n",
           (unsigned long long)soak->load.calls, soak_log_count(), (unsigned long long)soak->verdict.events, soak->verdict.restarts, early / 1024,
           late / 1024);
    expect(soak, "lost events", soak->verdict.lost, 0);
    expect(soak, "duplicated events", soak->verdict.duplicated, 0);
    expect(soak, "wrong events or states", soak->verdict.wrong, 0);
    expect(soak, "states begun again after they were complete", soak->verdict.late_restarts, 0);
    expect(soak, "watches that do not know everything in the end", unfinished, 0);
    expect(soak, "watches that ended by themselves", ended, 0);
    expect(soak, "results of calls that nothing explains", unexpected_codes(soak), 0);
    if (MEMORY_IS_COUNTED)
        expect(soak, "kilobytes in the last quarter", late, early + early / 20 + 2048); /* than in the one before, the first half being warm-up */
    expect(soak, "descriptors in the end", at_end, before + soak->count * 2 + 64);
    expect(soak, "descriptors when the clients are freed", after, before);
}

static bool number(const char *text, int *out)
{
    char *end = NULL;
    long value = text ? strtol(text, &end, 10) : -1;
    *out = (int)value;
    return text && end != text && !*end && value >= 0 && value <= 1000000;
}

static bool read_options(int argc, char **argv, soak_options_t *options)
{
    for (int i = 1; i < argc; i++) {
        int seed = 0;
        if (strcmp(argv[i], "--tls") == 0)
            options->tls = true;
        else if (strcmp(argv[i], "--seconds") == 0 && number(argv[++i], &options->seconds))
            continue;
        else if (strcmp(argv[i], "--watches") == 0 && number(argv[++i], &options->host_watches))
            continue;
        else if (strcmp(argv[i], "--threads") == 0 && number(argv[++i], &options->thread_watches))
            continue;
        else if (strcmp(argv[i], "--seed") == 0 && number(argv[++i], &seed))
            options->seed = (uint64_t)seed;
        else
            return false;
    }
    return options->seconds > 0;
}

int main(int argc, char **argv)
{
    static soak_t soak = { .options = { .seconds = 120, .host_watches = 1000, .thread_watches = 100, .writers = 4 } };
    soak.options.seed = (uint64_t)time(NULL) & 0xffffff;
    if (!read_options(argc, argv, &soak.options)) {
        fprintf(stderr, "usage: soak [--seconds N] [--watches N] [--threads N] [--seed N] [--tls]\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("soak: %d s, %d + %d watches, seed %llu\n", soak.options.seconds, soak.options.host_watches, soak.options.thread_watches,
           (unsigned long long)soak.options.seed);
    soak.server = soak_server_start(&soak.options);
    int before = descriptors_open();
    if (!soak.server || !begin(&soak)) {
        puts("FAILED it did not begin\n0 passed, 1 failed");
        return 1;
    }
    run(&soak);
    settle(&soak);
    int unfinished = behind(&soak), ended = ended_early(&soak), at_end = descriptors_open();
    end_watches(&soak);
    int after = descriptors_open();
    soak_server_end(soak.server);
    pthread_join(soak.log, NULL);
    report(&soak, unfinished, ended, before, at_end, after);
    expect(&soak, "trouble of the server", !soak_server_free(soak.server), 0);
    soak_log_free();
    free(soak.watchers);
    free(soak.writers);
    printf("%d passed, %d failed\n", soak.passed, soak.failed);
    return soak.failed != 0;
}
