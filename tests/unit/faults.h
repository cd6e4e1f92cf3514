/* An allocator that fails the n-th request, and counts what is still held. */
#ifndef FAULTS_H
#define FAULTS_H

#include <kube/memory.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
    long left;  /* requests until one fails; negative: none does */
    bool hit;
    long held;
} faults;

static inline bool fault_is_due(void)
{
    if (faults.left == 0) {
        faults.hit = true;
        faults.left = -1;
        return true;
    }
    if (faults.left > 0)
        faults.left--;
    return false;
}

static inline void *fault_allocate(size_t size, void *context)
{
    (void)context;
    if (fault_is_due())
        return NULL;
    faults.held++;
    return malloc(size);
}

static inline void *fault_reallocate(void *pointer, size_t size, void *context)
{
    (void)context;
    if (fault_is_due())
        return NULL;
    faults.held += pointer == NULL;
    return realloc(pointer, size);
}

static inline void fault_release(void *pointer, void *context)
{
    (void)context;
    faults.held--;
    free(pointer);
}

/* Runs body with the n-th allocation failing, for n = 0, 1, ... until none fails. body returns true when it met the failure as it should (or, in
 * the last round, success); nothing may be held after any round. Returns the number of rounds, or 0 when body returned false. */
static inline long fault_loop(bool (*body)(void))
{
    static const kube_allocator_t allocator = { fault_allocate, fault_reallocate, fault_release, NULL };
    kube_set_allocator(&allocator);
    long rounds = 0;
    bool ok = true;
    do {
        faults.left = rounds++;
        faults.hit = false;
        faults.held = 0;
        ok = body();
        if (faults.held != 0) {
            printf("round %ld: %ld blocks are still held\n", rounds, faults.held);
            ok = false;
        }
    } while (ok && faults.hit && rounds < 100000);
    faults.left = -1;
    kube_set_allocator(NULL);
    return ok ? rounds : 0;
}

#endif
