#include "http/cancel.h"

#include <stdatomic.h>

#include "base/memory.h"

struct kube_cancel {
    atomic_size_t references;
    atomic_bool tripped;
    pthread_mutex_t lock; /* guards waiters; taken before an engine's */
    kube_waiter_t *waiters;
};

kube_cancel_t *kube_cancel_new(void)
{
    kube_cancel_t *cancel = kube_mem_zero(sizeof *cancel);
    if (!cancel)
        return NULL;
    atomic_init(&cancel->references, 1);
    pthread_mutex_init(&cancel->lock, NULL);
    return cancel;
}

kube_cancel_t *kube_cancel_ref(kube_cancel_t *cancel)
{
    if (cancel)
        atomic_fetch_add(&cancel->references, 1);
    return cancel;
}

void kube_cancel_free(kube_cancel_t *cancel)
{
    if (!cancel || atomic_fetch_sub(&cancel->references, 1) != 1)
        return;
    pthread_mutex_destroy(&cancel->lock);
    kube_mem_free(cancel);
}

void kube_cancel_trip(kube_cancel_t *cancel)
{
    if (!cancel)
        return;
    pthread_mutex_lock(&cancel->lock);
    atomic_store(&cancel->tripped, true);
    for (kube_waiter_t *waiter = cancel->waiters; waiter; waiter = waiter->next_of_cancel)
        kube_waiter_cancel(waiter);
    pthread_mutex_unlock(&cancel->lock);
}

bool kube_cancel_tripped(const kube_cancel_t *cancel)
{
    return cancel && atomic_load(&((kube_cancel_t *)cancel)->tripped);
}

bool kube_cancel_join(kube_cancel_t *cancel, kube_waiter_t *waiter)
{
    kube_cancel_ref(cancel);
    pthread_mutex_lock(&cancel->lock);
    waiter->previous_of_cancel = NULL;
    waiter->next_of_cancel = cancel->waiters;
    if (cancel->waiters)
        cancel->waiters->previous_of_cancel = waiter;
    cancel->waiters = waiter;
    bool tripped = atomic_load(&cancel->tripped);
    pthread_mutex_unlock(&cancel->lock);
    return tripped;
}

void kube_cancel_leave(kube_cancel_t *cancel, kube_waiter_t *waiter)
{
    pthread_mutex_lock(&cancel->lock);
    if (waiter->previous_of_cancel)
        waiter->previous_of_cancel->next_of_cancel = waiter->next_of_cancel;
    else
        cancel->waiters = waiter->next_of_cancel;
    if (waiter->next_of_cancel)
        waiter->next_of_cancel->previous_of_cancel = waiter->previous_of_cancel;
    pthread_mutex_unlock(&cancel->lock);
    kube_cancel_free(cancel);
}
