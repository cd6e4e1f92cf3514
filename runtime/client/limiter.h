/*
 * How many requests a client may begin: a bucket that holds up to `burst` tokens and fills at `qps` tokens a second; each
 * request takes one. When it is empty, requests get turns in the future, in the order in which they asked. Thread-safe.
 */
#ifndef KUBE_CLIENT_LIMITER_H
#define KUBE_CLIENT_LIMITER_H

#include <pthread.h>
#include <stdint.h>

/* Times are microseconds of a clock that does not go backwards. Amounts are millionths of a millionth of a token: a rate given
 * in millionths of a token per second adds whole ones each microsecond, so that nothing is ever rounded away. */
typedef struct kube_limiter {
    pthread_mutex_t lock; /* guards what follows */
    int64_t rate;         /* that a microsecond adds; 0: no limit */
    int64_t full;         /* what the bucket holds */
    int64_t level;        /* at `time`; below zero when turns are given in advance */
    int64_t time;
    int64_t last_turn;    /* the latest that was given */
} kube_limiter_t;

/* qps: tokens per second, to a millionth; 0 or less: no limit. burst: 0 or less: twice qps. The bucket is full at first. */
void kube_limiter_init(kube_limiter_t *limiter, double qps, int burst);
void kube_limiter_dispose(kube_limiter_t *limiter);

/* Takes a token. Microseconds from now_us to wait for the turn; 0: it has come. */
int64_t kube_limiter_reserve(kube_limiter_t *limiter, int64_t now_us);
/* Gives a token back whose turn (now_us of its reservation and the wait) was not used. The turns that were given after it stay
 * as they are, so that only what they leave comes back: all of it for the last one, nothing once the turn has come. */
void kube_limiter_give_back(kube_limiter_t *limiter, int64_t turn_us, int64_t now_us);

#endif
