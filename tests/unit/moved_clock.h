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
    atomic_bool skips_sleeps; /* of nanosleep */
    atomic_bool skips_waits;  /* of epoll_wait too, for a single thread that waits for nothing real */
} moved_clock;

static inline void move_clock_ms(int64_t ms)
{
    moved_clock.moved_us += ms * 1000;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int code = (int)syscall(SYS_clock_gettime, clock, now);
    if (code != 0 || clock != CLOCK_MONOTONIC)
        return code;
    int64_t us = now->tv_nsec / 1000 + moved_clock.moved_us;
    now->tv_sec += us / 1000000;
    now->tv_nsec = us % 1000000 * 1000 + now->tv_nsec % 1000;
    return 0;
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
