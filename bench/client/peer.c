#include "peer.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

int64_t peer_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

size_t peer_resident_bytes(void)
{
    long total, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%ld %ld", &total, &resident) != 2)
        resident = 0;
    if (file)
        fclose(file);
    return (size_t)resident * (size_t)sysconf(_SC_PAGESIZE);
}

/* getrusage knows a maximum, too, but that is also of the process before it executed this program. */
static size_t peak_bytes(void)
{
    char line[256];
    unsigned long kilobytes = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && kilobytes == 0 && fgets(line, sizeof(line), file))
        if (strncmp(line, "VmHWM:", 6) == 0)
            kilobytes = strtoul(line + 6, NULL, 10);
    if (file)
        fclose(file);
    return kilobytes * 1024;
}

static double cpu_seconds(const struct rusage *usage)
{
    return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
           (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

/* ---- many requests ---- */

typedef struct load {
    peer_request_fn *request;
    void *context;
    pthread_barrier_t ready; /* all threads have made their first request */
    pthread_barrier_t start; /* deadline is set */
    int64_t deadline;
} load_t;

typedef struct worker {
    load_t *load;
    unsigned number;
    pthread_t thread;
    int64_t *latencies; /* nanoseconds */
    size_t count, capacity;
    bool failed;
} worker_t;

static void keep(worker_t *worker, int64_t latency)
{
    if (worker->count == worker->capacity) {
        worker->capacity = worker->capacity ? 2 * worker->capacity : 4096;
        worker->latencies = realloc(worker->latencies, worker->capacity * sizeof(*worker->latencies));
        if (!worker->latencies)
            abort();
    }
    worker->latencies[worker->count++] = latency;
}

static void *work(void *argument)
{
    worker_t *worker = argument;
    load_t *load = worker->load;
    worker->failed = load->request(load->context, worker->number, 0) != 0;
    pthread_barrier_wait(&load->ready);
    pthread_barrier_wait(&load->start);
    int64_t begun = peer_now_ns();
    for (unsigned long n = 1; !worker->failed && begun < load->deadline; n++) {
        worker->failed = load->request(load->context, worker->number, n) != 0;
        int64_t now = peer_now_ns();
        keep(worker, now - begun);
        begun = now;
    }
    return NULL;
}

static int by_size(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Everything that workers kept, sorted. */
static int64_t *merge(const worker_t *workers, unsigned threads, size_t *count)
{
    *count = 0;
    for (unsigned i = 0; i < threads; i++)
        *count += workers[i].count;
    int64_t *all = malloc((*count + 1) * sizeof(*all));
    if (!all)
        abort();
    size_t end = 0;
    for (unsigned i = 0; i < threads; i++)
        for (size_t j = 0; j < workers[i].count; j++)
            all[end++] = workers[i].latencies[j];
    qsort(all, *count, sizeof(*all), by_size);
    return all;
}

/* The latency that this share of all requests does not pass, in microseconds. */
static double quantile_us(const int64_t *sorted, size_t count, double share)
{
    return (double)sorted[(size_t)((double)(count - 1) * share)] / 1000;
}

static int report(const worker_t *workers, unsigned threads, double seconds, double cpu)
{
    for (unsigned i = 0; i < threads; i++)
        if (workers[i].failed)
            return -1;
    size_t count;
    int64_t *all = merge(workers, threads, &count);
    if (count == 0)
        fputs("no request ended in time\n", stderr);
    else
        printf("{\"requests\": %zu, \"seconds\": %.6f, \"cpu_seconds\": %.6f, \"median_us\": %.1f, \"p99_us\": %.1f}\n", count,
               seconds, cpu, quantile_us(all, count, 0.5), quantile_us(all, count, 0.99));
    free(all);
    return count == 0 ? -1 : 0;
}

static void start_worker(worker_t *worker, load_t *load, unsigned number)
{
    *worker = (worker_t){ .load = load, .number = number };
    if (pthread_create(&worker->thread, NULL, work, worker) != 0)
        abort();
}

int peer_load(unsigned threads, double seconds, peer_request_fn *request, void *context)
{
    load_t load = { .request = request, .context = context };
    struct rusage before, after;
    worker_t *workers = calloc(threads, sizeof(*workers));
    if (!workers || pthread_barrier_init(&load.ready, NULL, threads + 1) != 0 ||
        pthread_barrier_init(&load.start, NULL, threads + 1) != 0)
        abort();
    for (unsigned i = 0; i < threads; i++)
        start_worker(&workers[i], &load, i);
    pthread_barrier_wait(&load.ready);
    getrusage(RUSAGE_SELF, &before);
    int64_t begun = peer_now_ns();
    load.deadline = begun + (int64_t)(seconds * 1e9);
    pthread_barrier_wait(&load.start);
    for (unsigned i = 0; i < threads; i++)
        pthread_join(workers[i].thread, NULL);
    double took = (double)(peer_now_ns() - begun) / 1e9;
    getrusage(RUSAGE_SELF, &after);
    int result = report(workers, threads, took, cpu_seconds(&after) - cpu_seconds(&before));
    for (unsigned i = 0; i < threads; i++)
        free(workers[i].latencies);
    free(workers);
    pthread_barrier_destroy(&load.ready);
    pthread_barrier_destroy(&load.start);
    return result;
}

/* ---- lists ---- */

int peer_lists(unsigned times, peer_list_fn *list, void *context)
{
    struct rusage usage;
    double *seconds = calloc(times, sizeof(*seconds));
    long items = 0;
    if (!seconds)
        abort();
    for (unsigned i = 0; i < times && items >= 0; i++) {
        int64_t begun = peer_now_ns();
        items = list(context);
        seconds[i] = (double)(peer_now_ns() - begun) / 1e9;
    }
    getrusage(RUSAGE_SELF, &usage);
    if (items >= 0) {
        printf("{\"items\": %ld, \"seconds\": [", items);
        for (unsigned i = 0; i < times; i++)
            printf("%s%.6f", i ? ", " : "", seconds[i]);
        printf("], \"cpu_seconds\": %.6f, \"peak_bytes\": %zu}\n", cpu_seconds(&usage), peak_bytes());
    }
    free(seconds);
    return items >= 0 ? 0 : -1;
}
