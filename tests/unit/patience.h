/*
 * For tests of what happens in time, on machines that may stall for seconds at any point: waiting for what another thread does, and bounds on how
 * long something takes.
 */
#ifndef PATIENCE_H
#define PATIENCE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "test.h"

enum { MS = 1000 };

/* Longer than anything takes that does come to an end, and shorter than a test program may take. */
#define PATIENCE_SECONDS 300
#define PATIENCE_MS (PATIENCE_SECONDS * 1000)

static inline int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static inline void sleep_us(int64_t us)
{
    struct timespec time = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };
    nanosleep(&time, NULL);
}

/* Waits until something is so, by the doing of another thread or process. */
#define AWAIT(condition)                                                                        \
    do {                                                                                        \
        for (int64_t until_ = now_us() + PATIENCE_MS * (int64_t)MS; !(condition) && now_us() < until_;) \
            sleep_us(MS);                                                                       \
        CHECK(condition);                                                                       \
    } while (0)

/* A thread that hangs fails the test program, instead of hanging it. */
static inline void join(pthread_t thread)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_SECONDS;
    if (pthread_timedjoin_np(thread, NULL, &until) == 0)
        return;
    printf("a thread hangs\n");
    fflush(stdout);
    abort();
}

/* Measures how late something is, in microseconds. */
typedef int64_t late_fn(void *argument);

#define PROMPT_TRIES 40

/* Under valgrind nothing is prompt. */
static inline int64_t prompt_limit_us(void)
{
    return (getenv("KUBE_TEST_NO_TIMING") ? 10000 : 500) * (int64_t)MS;
}

/*
 * How late something is when the machine lets it be prompt. One that is slow or stalls is late now and then, which is not the fault of what is
 * measured: that would be late always. So it is measured again until it is prompt once.
 */
static inline int64_t least_late_us(late_fn *late, void *argument)
{
    int64_t least = INT64_MAX;
    for (int tries = 0; tries < PROMPT_TRIES && least >= prompt_limit_us(); tries++) {
        int64_t us = late(argument);
        least = us < least ? us : least;
    }
    return least;
}

static inline bool is_prompt(late_fn *late, void *argument)
{
    int64_t us = least_late_us(late, argument);
    if (us >= prompt_limit_us())
        printf("late by %lld ms at the least\n", (long long)(us / MS));
    return us < prompt_limit_us();
}

#endif
