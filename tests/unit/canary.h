/* An allocator that looks for secrets, texts with "canary" in them, in every block that is given back. */
#ifndef CANARY_H
#define CANARY_H

#include <kube/memory.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool canary_found;

static inline void *canary_allocate(size_t size, void *context)
{
    (void)context;
    size_t *block = calloc(1, size + 16);
    *block = size;
    return block + 2;
}

static inline void canary_release(void *pointer, void *context)
{
    (void)context;
    size_t *block = (size_t *)pointer - 2;
    canary_found = canary_found || memmem(pointer, *block, "canary", 6);
    free(block);
}

static inline void *canary_reallocate(void *pointer, size_t size, void *context)
{
    void *larger = canary_allocate(size, context);
    if (pointer) {
        size_t old = *((size_t *)pointer - 2);
        memcpy(larger, pointer, old < size ? old : size);
        canary_release(pointer, context);
    }
    return larger;
}

static const kube_allocator_t canary_allocator = { canary_allocate, canary_reallocate, canary_release, NULL };

#endif
