/*
 * In place of the C library's: a monotonic clock that a test moves on, and waits that move it on instead of taking their time. A time limit
 * of minutes, which the slowest machine does not reach by itself, is then over exactly where the test says, and at once.
 */
#ifndef MOVED_CLOCK_H
#define MOVED_CLOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MINUTES_MS(count) ((int64_t)(count) * 60000)

static struct {
    atomic_llong moved_us;
    atomic_llong stands_at_us; /* 0: it goes on by itself as well */
    atomic_bool skips_sleeps; /* of nanosleep */
    atomic_bool skips_waits;  /* of epoll_wait too, for a single thread that waits for nothing real */
} moved_clock;

static inline void move_clock_ms(int64_t ms)
{
    moved_clock.moved_us += ms * 1000;
}

static inline int64_t real_clock_us(void)
{
    struct timespec now;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (clock != CLOCK_MONOTONIC)
        return (int)syscall(SYS_clock_gettime, clock, now);
    int64_t stands_at = moved_clock.stands_at_us, us = (stands_at ? stands_at : real_clock_us()) + moved_clock.moved_us;
    *now = (struct timespec){ .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };
    return 0;
}

/* For RUN_IN. Waits take no time: they move the clock. */
static inline void without_waiting(void (*test)(void))
{
    moved_clock.skips_waits = true;
    test();
    moved_clock.skips_waits = false;
}

/* For RUN_IN. Nothing else moves it, so that moments are exact. */
static inline void without_time(void (*test)(void))
{
    moved_clock.stands_at_us = real_clock_us();
    without_waiting(test);
    moved_clock.stands_at_us = 0;
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
    if (!moved_clock.skips_sleeps && !moved_clock.skips_waits)
        return (int)syscall(SYS_nanosleep, time, left);
    moved_clock.moved_us += (int64_t)time->tv_sec * 1000000 + (time->tv_nsec + 999) / 1000;
    return 0;
}

int epoll_wait(int set, struct epoll_event *events, int most, int timeout_ms)
{
    bool skips = moved_clock.skips_waits && timeout_ms > 0;
    int count = (int)syscall(SYS_epoll_pwait, set, events, most, skips ? 0 : timeout_ms, NULL, 8);
    if (skips && count == 0)
        move_clock_ms(timeout_ms);
    return count;
}

#endif
