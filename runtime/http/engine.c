#include "http/engine.h"

#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
#include "http/engine_parts.h"

/* ---- making and ending ---- */

/* It is held for moments only: to look again is less than to sleep. */
static void init_lock(kube_engine_t *engine)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
#endif
    pthread_mutex_init(&engine->lock, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

static void init_conditions(kube_engine_t *engine)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
#ifndef __APPLE__
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
#endif
    pthread_cond_init(&engine->ready, &monotonic);
    pthread_cond_init(&engine->released, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

int kube_engine_new(kube_transport_t *transport, bool host, kube_engine_t **out, kube_error_t *err)
{
    kube_engine_t *engine = kube_mem_zero(sizeof *engine);
    *out = NULL;
    if (!engine)
        return kube_fail_memory(err);
    int watched = transport->fd ? transport->fd(transport) : -1;
    int code = kube_poller_open(&engine->poller, watched, host, err);
    if (code < 0) {
        kube_mem_free(engine);
        return code;
    }
    engine->transport = transport;
    engine->host = host;
    engine->pid = getpid();
    init_lock(engine);
    init_conditions(engine);
    *out = engine;
    return KUBE_OK;
}

void kube_engine_free(kube_engine_t *engine)
{
    if (!engine)
        return;
    kube_poller_close(&engine->poller);
    kube_timers_dispose(&engine->timers);
    for (kube_parking_t *parking = engine->free_parking, *next; parking; parking = next) {
        next = parking->next_free;
        pthread_cond_destroy(&parking->wake);
        kube_mem_free(parking);
    }
    pthread_cond_destroy(&engine->ready);
    pthread_cond_destroy(&engine->released);
    pthread_mutex_destroy(&engine->lock);
    kube_mem_free(engine);
}

void kube_engine_close(kube_engine_t *engine)
{
    pthread_mutex_lock(&engine->lock);
    engine->closing = true;
    for (kube_waiter_t *waiter = engine->waiters; waiter; waiter = waiter->next) {
        waiter->canceled = true;
        kube_engine_signal(engine, waiter);
    }
    pthread_cond_broadcast(&engine->ready);
    kube_engine_nudge(engine);
    kube_engine_unlock(engine);
}

void kube_engine_shut(kube_engine_t *engine)
{
    pthread_mutex_lock(&engine->lock);
    for (kube_exchange_t *exchange = engine->exchanges; exchange; exchange = exchange->next) {
        if (!exchange->ended)
            kube_engine_order(engine, exchange, KUBE_ORDER_STOP);
    }
    while (!kube_engine_seize(engine, NULL))
        kube_engine_await_release(engine);
    kube_engine_obey(engine);
    engine->transport = NULL;
    kube_poller_close(&engine->poller);
    kube_engine_release(engine);
    kube_engine_unlock(engine);
}

bool kube_engine_is_host(const kube_engine_t *engine)
{
    return engine->host;
}

int kube_engine_fd(const kube_engine_t *engine)
{
    return engine->poller.fd;
}

bool kube_engine_is_own(const kube_engine_t *engine)
{
    return engine->pid == getpid();
}
