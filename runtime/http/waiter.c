/* Waiters: beginning, ending, signaling. How they wait is the engine's part. */
#include "base/memory.h"
#include "http/cancel.h"
#include "http/engine_parts.h"

/* The lock is held. */
static kube_parking_t *take_parking(kube_engine_t *engine)
{
    kube_parking_t *parking = engine->free_parking;
    if (parking) {
        engine->free_parking = parking->next_free;
        return parking;
    }
    parking = kube_mem_zero(sizeof *parking);
    if (parking)
        pthread_cond_init(&parking->wake, NULL);
    return parking;
}

bool kube_waiter_init(kube_waiter_t *waiter, kube_engine_t *engine, kube_cancel_t *cancel, bool queued)
{
    *waiter = (kube_waiter_t){ .engine = engine, .queued_when_ready = queued, .taken = queued, .taker = pthread_self(), .due = KUBE_NEVER,
                               .cancel = cancel };
    pthread_mutex_lock(&engine->lock);
    if (!kube_timers_reserve(&engine->timers, engine->waiter_count + 1) || !(waiter->parking = take_parking(engine))) {
        pthread_mutex_unlock(&engine->lock);
        return false;
    }
    engine->waiter_count++;
    waiter->next = engine->waiters;
    if (engine->waiters)
        engine->waiters->previous = waiter;
    engine->waiters = waiter;
    waiter->canceled = engine->closing;
    pthread_mutex_unlock(&engine->lock);
    if (cancel && kube_cancel_join(cancel, waiter))
        kube_waiter_cancel(waiter);
    return true;
}

void kube_waiter_dispose(kube_waiter_t *waiter)
{
    kube_engine_t *engine = waiter->engine;
    if (waiter->cancel)
        kube_cancel_leave(waiter->cancel, waiter);
    pthread_mutex_lock(&engine->lock);
    kube_timers_set(&engine->timers, waiter, KUBE_NEVER);
    if (waiter->on_ready_queue)
        kube_engine_unqueue(engine, waiter);
    waiter->taken = false;
    waiter->disposed = true;
    if (engine->stoppers)
        pthread_cond_broadcast(&engine->released);
    if (waiter->previous)
        waiter->previous->next = waiter->next;
    else
        engine->waiters = waiter->next;
    if (waiter->next)
        waiter->next->previous = waiter->previous;
    engine->waiter_count--;
    waiter->parking->next_free = engine->free_parking;
    engine->free_parking = waiter->parking;
    pthread_mutex_unlock(&engine->lock);
}

void kube_waiter_signal(kube_waiter_t *waiter)
{
    kube_engine_t *engine = waiter->engine;
    pthread_mutex_lock(&engine->lock);
    kube_engine_signal(engine, waiter);
    pthread_mutex_unlock(&engine->lock);
}

void kube_waiter_cancel(kube_waiter_t *waiter)
{
    kube_engine_t *engine = waiter->engine;
    pthread_mutex_lock(&engine->lock);
    waiter->canceled = true;
    kube_engine_signal(engine, waiter);
    pthread_mutex_unlock(&engine->lock);
}

bool kube_waiter_canceled(kube_waiter_t *waiter)
{
    return atomic_load_explicit(&waiter->canceled, memory_order_relaxed);
}
