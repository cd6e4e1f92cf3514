#include "http/timers.h"

#include "base/memory.h"

bool kube_timers_reserve(kube_timers_t *timers, size_t count)
{
    if (count <= timers->capacity)
        return true;
    size_t capacity = timers->capacity ? 2 * timers->capacity : 16;
    kube_waiter_t **items = kube_mem_realloc(timers->items, capacity * sizeof *items);
    if (!items)
        return false;
    timers->items = items;
    timers->capacity = capacity;
    return true;
}

static void put(kube_timers_t *timers, size_t at, kube_waiter_t *waiter)
{
    timers->items[at] = waiter;
    waiter->timer = at + 1;
}

/* Moves a waiter from a free place to where it belongs. */
static void settle(kube_timers_t *timers, size_t at, kube_waiter_t *waiter)
{
    for (; at > 0 && timers->items[(at - 1) / 2]->due > waiter->due; at = (at - 1) / 2)
        put(timers, at, timers->items[(at - 1) / 2]);
    for (size_t child; (child = 2 * at + 1) < timers->len; at = child) {
        if (child + 1 < timers->len && timers->items[child + 1]->due < timers->items[child]->due)
            child++;
        if (timers->items[child]->due >= waiter->due)
            break;
        put(timers, at, timers->items[child]);
    }
    put(timers, at, waiter);
}

static void take_out(kube_timers_t *timers, kube_waiter_t *waiter)
{
    size_t at = waiter->timer - 1;
    waiter->timer = 0;
    kube_waiter_t *last = timers->items[--timers->len];
    if (last != waiter)
        settle(timers, at, last);
}

void kube_timers_set(kube_timers_t *timers, kube_waiter_t *waiter, int64_t due)
{
    if (waiter->timer && waiter->due == due)
        return;
    if (waiter->timer)
        take_out(timers, waiter);
    waiter->due = due;
    if (due != KUBE_NEVER)
        settle(timers, timers->len++, waiter);
}

int64_t kube_timers_first(const kube_timers_t *timers)
{
    return timers->len ? timers->items[0]->due : KUBE_NEVER;
}

kube_waiter_t *kube_timers_take(kube_timers_t *timers, int64_t now)
{
    if (kube_timers_first(timers) > now || timers->len == 0)
        return NULL;
    kube_waiter_t *waiter = timers->items[0];
    take_out(timers, waiter);
    waiter->due = KUBE_NEVER;
    return waiter;
}

void kube_timers_dispose(kube_timers_t *timers)
{
    kube_mem_free(timers->items);
    *timers = (kube_timers_t){ 0 };
}
