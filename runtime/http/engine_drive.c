#include <string.h>

#include "http/engine_parts.h"

/* ---- signals and orders; the lock is held ---- */

static void wake_later(kube_engine_t *engine, kube_waiter_t *waiter)
{
    if (engine->wake_count < KUBE_WAKES_MAX)
        engine->wakes[engine->wake_count++] = waiter->parking;
    else
        pthread_cond_signal(&waiter->parking->wake);
}

void kube_engine_wake_now(kube_engine_t *engine)
{
    while (engine->wake_count)
        pthread_cond_signal(&engine->wakes[--engine->wake_count]->wake);
}

void kube_engine_unlock(kube_engine_t *engine)
{
    kube_parking_t *wakes[KUBE_WAKES_MAX];
    size_t count = engine->wake_count;
    memcpy(wakes, engine->wakes, count * sizeof *wakes);
    engine->wake_count = 0;
    pthread_mutex_unlock(&engine->lock);
    for (size_t i = 0; i < count; i++)
        pthread_cond_signal(&wakes[i]->wake);
}

static bool drives(const kube_engine_t *engine)
{
    return engine->driven && pthread_equal(engine->driver, pthread_self());
}

void kube_engine_signal(kube_engine_t *engine, kube_waiter_t *waiter)
{
    if (waiter->signaled || waiter->disposed)
        return;
    waiter->signaled = true;
    if (waiter->queued_when_ready && !waiter->taken)
        kube_engine_queue_ready(engine, waiter);
    else if (engine->driven_for == waiter)
        kube_engine_nudge(engine);
    else if (drives(engine))
        wake_later(engine, waiter);
    else
        pthread_cond_signal(&waiter->parking->wake);
}

void kube_engine_nudge(kube_engine_t *engine)
{
    bool by_another = engine->driven ? !drives(engine) : engine->host;
    if (!by_another || engine->woken || !engine->transport)
        return;
    engine->woken = true;
    kube_poller_wake(&engine->poller);
}

void kube_engine_order(kube_engine_t *engine, kube_exchange_t *exchange, unsigned order)
{
    exchange->orders |= order;
    if (!exchange->on_order_queue) {
        exchange->on_order_queue = true;
        exchange->next_order = NULL;
        if (engine->last_order)
            engine->last_order->next_order = exchange;
        else
            engine->first_order = exchange;
        engine->last_order = exchange;
    }
    kube_engine_nudge(engine);
}

/* ---- driving; the lock is held ---- */

bool kube_engine_seize(kube_engine_t *engine, const kube_waiter_t *waiter)
{
    if (engine->driven)
        return false;
    engine->driven = true;
    engine->driver = pthread_self();
    engine->driven_for = waiter;
    return true;
}

void kube_engine_hand_over(kube_engine_t *engine)
{
    if (engine->driven)
        return;
    if (engine->blocked)
        wake_later(engine, engine->blocked);
    else if (engine->dispatchers)
        pthread_cond_signal(&engine->ready);
}

void kube_engine_await_release(kube_engine_t *engine)
{
    engine->stoppers++;
    kube_engine_wake_now(engine);
    pthread_cond_wait(&engine->released, &engine->lock);
    engine->stoppers--;
}

void kube_engine_release(kube_engine_t *engine)
{
    engine->driven = false;
    engine->driven_for = NULL;
    if (engine->stoppers)
        pthread_cond_broadcast(&engine->released);
    kube_engine_hand_over(engine);
}

void kube_engine_obey(kube_engine_t *engine)
{
    while (engine->first_order) {
        kube_exchange_t *exchange = engine->first_order;
        engine->first_order = exchange->next_order;
        if (!engine->first_order)
            engine->last_order = NULL;
        unsigned orders = exchange->orders;
        exchange->orders = 0;
        exchange->on_order_queue = false;
        exchange->busy = true;
        kube_engine_unlock(engine);
        kube_exchange_obey(exchange, orders);
        pthread_mutex_lock(&engine->lock);
        exchange->busy = false;
        if (engine->stoppers)
            pthread_cond_broadcast(&engine->released);
    }
}

static void fire_timers(kube_engine_t *engine)
{
    if (engine->timers.len == 0)
        return;
    int64_t now = kube_now_us();
    for (kube_waiter_t *waiter; (waiter = kube_timers_take(&engine->timers, now));)
        kube_engine_signal(engine, waiter);
}

static int64_t transport_timeout_us(kube_engine_t *engine)
{
    kube_transport_t *transport = engine->transport;
    int64_t ms = transport && transport->timeout_ms ? transport->timeout_ms(transport) : -1;
    return ms < 0 ? KUBE_NEVER : ms * 1000;
}

int64_t kube_engine_time_left(kube_engine_t *engine, int64_t until)
{
    int64_t due = kube_timers_first(&engine->timers), left = transport_timeout_us(engine);
    if (until < due)
        due = until;
    if (due != KUBE_NEVER) {
        int64_t now = due ? kube_now_us() : 0, own = due > now ? due - now : 0;
        left = own < left ? own : left;
    }
    return left == KUBE_NEVER ? -1 : left;
}

void kube_engine_drive(kube_engine_t *engine, const bool *enough, int64_t until)
{
    engine->taken_in_a_row = 0;
    kube_engine_obey(engine);
    fire_timers(engine);
    if (*enough)
        return;
    kube_transport_t *transport = engine->transport;
    int64_t left = kube_engine_time_left(engine, until);
    kube_engine_unlock(engine);
    bool readable = kube_poller_wait(&engine->poller, left);
    if (transport && transport->dispatch && (readable || left >= 0))
        transport->dispatch(transport);
    pthread_mutex_lock(&engine->lock);
    engine->woken = false;
    fire_timers(engine);
}

void kube_engine_set_due(kube_engine_t *engine, kube_waiter_t *waiter, int64_t due)
{
    kube_timers_set(&engine->timers, waiter, due);
    if (waiter->timer == 1)
        kube_engine_nudge(engine);
}

static void block(kube_engine_t *engine, kube_waiter_t *waiter)
{
    waiter->previous_blocked = NULL;
    waiter->next_blocked = engine->blocked;
    if (engine->blocked)
        engine->blocked->previous_blocked = waiter;
    engine->blocked = waiter;
    kube_engine_wake_now(engine);
    pthread_cond_wait(&waiter->parking->wake, &engine->lock);
    if (waiter->previous_blocked)
        waiter->previous_blocked->next_blocked = waiter->next_blocked;
    else
        engine->blocked = waiter->next_blocked;
    if (waiter->next_blocked)
        waiter->next_blocked->previous_blocked = waiter->previous_blocked;
}

void kube_waiter_wait(kube_waiter_t *waiter, int64_t due)
{
    kube_engine_t *engine = waiter->engine;
    pthread_mutex_lock(&engine->lock);
    if (!waiter->signaled)
        kube_engine_set_due(engine, waiter, due);
    bool drove = false;
    while (!waiter->signaled) {
        if (drove || kube_engine_seize(engine, waiter)) {
            drove = true;
            kube_engine_drive(engine, &waiter->signaled, KUBE_NEVER);
        } else {
            block(engine, waiter);
        }
    }
    waiter->signaled = false;
    kube_timers_set(&engine->timers, waiter, KUBE_NEVER);
    if (drove)
        kube_engine_release(engine);
    else
        kube_engine_hand_over(engine);
    kube_engine_unlock(engine);
}

void kube_engine_drive_once(kube_engine_t *engine)
{
    bool enough = false;
    if (!kube_engine_seize(engine, NULL))
        return;
    kube_engine_drive(engine, &enough, 0);
    kube_engine_release(engine);
}

void kube_engine_look(kube_engine_t *engine)
{
    pthread_mutex_lock(&engine->lock);
    kube_engine_drive_once(engine);
    kube_engine_unlock(engine);
}
