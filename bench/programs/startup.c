/* Runs a program many times and tells, in microseconds, how long it took from its start to its end: `startup COUNT PROGRAM [ARGUMENT]...` */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec * 1e-3;
}

static int by_value(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return difference < 0 ? -1 : difference > 0;
}

static double run(char **command, const posix_spawn_file_actions_t *actions)
{
    pid_t child;
    int status;
    double begin = now();
    if (posix_spawn(&child, command[0], actions, NULL, command, environ) != 0 || waitpid(child, &status, 0) < 0 || status != 0) {
        fprintf(stderr, "startup: %s failed\n", command[0]);
        exit(1);
    }
    return now() - begin;
}

int main(int argc, char **argv)
{
    size_t count = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
    double *times = calloc(count + 1, sizeof *times);
    posix_spawn_file_actions_t actions;
    if (count == 0 || !times || posix_spawn_file_actions_init(&actions) != 0) {
        fputs("usage: startup COUNT PROGRAM [ARGUMENT]...\n", stderr);
        return 2;
    }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    for (size_t i = 0; i < count; i++)
        times[i] = run(argv + 2, &actions);
    qsort(times, count, sizeof *times, by_value);
    printf("{\"best_us\": %.0f, \"median_us\": %.0f}\n", times[0], times[count / 2]);
    posix_spawn_file_actions_destroy(&actions);
    free(times);
    return 0;
}
