/* Chunks of memory in sizes of powers of two, kept for reuse by a kube_pool_t, or straight from the allocator when there is none. */
#ifndef KUBE_BASE_POOL_H
#define KUBE_BASE_POOL_H

#include "base/memory.h"

typedef struct kube_chunk kube_chunk_t;
struct kube_chunk {
    kube_chunk_t *next;
    size_t size; /* bytes, this header included */
};

/* Chunk sizes that a pool keeps. */
#define KUBE_CHUNK_MIN ((size_t)1 << 12)
#define KUBE_CHUNK_MAX ((size_t)1 << 21)

/* A chunk with room for at least size bytes (header included), rounded up to a size that can be reused when there is a pool. pool: NULL allowed.
 * The content is undefined. NULL when memory is exhausted. */
kube_chunk_t *kube_chunk_take(kube_pool_t *pool, size_t size);
/* Gives a list of chunks back to the pool they came from. */
void kube_chunk_give(kube_pool_t *pool, kube_chunk_t *list);
/* The best size of the larger chunks of one arena. */
size_t kube_chunk_preferred(const kube_pool_t *pool);

/* What a decoder keeps between two uses: scratch memory and predictions. The pool holds a few of these; `release` frees one. */
void *kube_pool_take_context(kube_pool_t *pool);
/* False when the pool has enough of them (or is NULL): the caller frees it. bytes: what it takes, counted as idle. */
bool kube_pool_give_context(kube_pool_t *pool, void *context, size_t bytes, void (*release)(void *context));
/* Bytes above which a context had better give memory back before it is given. */
size_t kube_pool_context_limit(const kube_pool_t *pool);

#endif
