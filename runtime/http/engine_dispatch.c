#include <time.h>

#include "http/engine_parts.h"

/* ---- the queue of those that are ready; the lock is held ---- */

void kube_engine_queue_ready(kube_engine_t *engine, kube_waiter_t *waiter)
{
    waiter->on_ready_queue = true;
    waiter->next_ready = NULL;
    if (engine->last_ready)
        engine->last_ready->next_ready = waiter;
    else
        engine->first_ready = waiter;
    engine->last_ready = waiter;
    if (engine->dispatchers)
        pthread_cond_signal(&engine->ready);
    kube_engine_nudge(engine);
}

void kube_engine_unqueue(kube_engine_t *engine, kube_waiter_t *waiter)
{
    kube_waiter_t **link = &engine->first_ready, *before = NULL;
    while (*link != waiter) {
        before = *link;
        link = &before->next_ready;
    }
    *link = waiter->next_ready;
    if (engine->last_ready == waiter)
        engine->last_ready = before;
    waiter->on_ready_queue = false;
}

/* ---- taking from it ---- */

/* Waiters that are always ready must not keep the bytes of others waiting. */
#define TAKEN_IN_A_ROW_MAX 32

static kube_waiter_t *take_ready(kube_engine_t *engine)
{
    kube_waiter_t *waiter = engine->first_ready;
    if (!waiter)
        return NULL;
    engine->first_ready = waiter->next_ready;
    if (!engine->first_ready)
        engine->last_ready = NULL;
    waiter->on_ready_queue = false;
    waiter->signaled = false;
    waiter->taken = true;
    waiter->taker = pthread_self();
    return waiter;
}

kube_waiter_t *kube_engine_take_ready(kube_engine_t *engine)
{
    pthread_mutex_lock(&engine->lock);
    kube_waiter_t *waiter = take_ready(engine);
    kube_engine_unlock(engine);
    return waiter;
}

/* Waits on a condition of the engine until a moment of the monotonic clock at most. */
static void await(kube_engine_t *engine, pthread_cond_t *condition, int64_t until)
{
    kube_engine_wake_now(engine);
    if (until == KUBE_NEVER) {
        pthread_cond_wait(condition, &engine->lock);
        return;
    }
#ifdef __APPLE__
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    until += (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000 - kube_now_us();
#endif
    struct timespec at = { .tv_sec = until / 1000000, .tv_nsec = until % 1000000 * 1000 };
    pthread_cond_timedwait(condition, &engine->lock, &at);
}

static void await_ready(kube_engine_t *engine, int64_t until)
{
    engine->dispatchers++;
    await(engine, &engine->ready, until);
    engine->dispatchers--;
}

kube_waiter_t *kube_engine_next_ready(kube_engine_t *engine, int64_t until)
{
    pthread_mutex_lock(&engine->lock);
    if (++engine->taken_in_a_row > TAKEN_IN_A_ROW_MAX)
        kube_engine_drive_once(engine);
    bool drove = false, over = false;
    kube_waiter_t *waiter = take_ready(engine);
    while (!waiter && !over) {
        over = until == 0 || engine->closing || kube_now_us() >= until;
        bool enough = false;
        if (drove || kube_engine_seize(engine, NULL)) {
            drove = true;
            kube_engine_drive(engine, &enough, over ? 0 : until);
        } else if (!over) {
            await_ready(engine, until);
        }
        waiter = take_ready(engine);
    }
    if (drove)
        kube_engine_release(engine);
    else
        kube_engine_hand_over(engine);
    kube_engine_unlock(engine);
    return waiter;
}

void kube_engine_rearm(kube_engine_t *engine)
{
    pthread_mutex_lock(&engine->lock);
    if (engine->host && engine->transport) {
        bool more = engine->driven || engine->first_ready || engine->first_order;
        kube_poller_arm(&engine->poller, more ? 0 : kube_engine_time_left(engine, KUBE_NEVER));
    }
    kube_engine_unlock(engine);
}

void kube_waiter_yield(kube_waiter_t *waiter, int64_t due)
{
    kube_engine_t *engine = waiter->engine;
    pthread_mutex_lock(&engine->lock);
    waiter->taken = false;
    waiter->queued_when_ready = true;
    if (waiter->signaled)
        kube_engine_queue_ready(engine, waiter);
    else
        kube_engine_set_due(engine, waiter, due);
    if (engine->stoppers)
        pthread_cond_broadcast(&engine->released);
    kube_engine_unlock(engine);
}

/* The lock is held. */
static int take(kube_engine_t *engine, kube_waiter_t *waiter, int64_t until)
{
    if (waiter->taken && pthread_equal(waiter->taker, pthread_self()))
        return KUBE_E_USAGE;
    while (waiter->taken) {
        if (kube_now_us() >= until)
            return KUBE_E_TIMEOUT;
        engine->stoppers++;
        await(engine, &engine->released, until);
        engine->stoppers--;
    }
    if (waiter->disposed)
        return KUBE_OK;
    if (waiter->on_ready_queue)
        kube_engine_unqueue(engine, waiter);
    waiter->taken = true;
    waiter->taker = pthread_self();
    waiter->queued_when_ready = false;
    return KUBE_OK;
}

int kube_waiter_take(kube_waiter_t *waiter, int64_t until)
{
    pthread_mutex_lock(&waiter->engine->lock);
    int code = take(waiter->engine, waiter, until);
    kube_engine_unlock(waiter->engine);
    return code;
}
