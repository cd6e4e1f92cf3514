#include "base/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MIN_SHIFT = 12, MAX_SHIFT = 21, CLASSES = MAX_SHIFT - MIN_SHIFT + 1, MAX_CONTEXTS = 8 };

#define DEFAULT_MAX_BYTES ((size_t)64 << 20)
#define HUGE_PAGE ((size_t)2 << 20)

struct kube_pool {
    atomic_size_t references;
    pthread_mutex_t lock;
    size_t max_bytes;
    size_t idle_bytes;
    bool huge_pages;
    kube_chunk_t *idle[CLASSES];
    struct {
        void *context;
        size_t bytes;
    } contexts[MAX_CONTEXTS];
    size_t context_count;
    size_t context_bytes;
    void (*release_context)(void *context);
};

kube_pool_t *kube_pool_new(const kube_pool_options_t *options)
{
    kube_pool_t *pool = kube_mem_zero(sizeof *pool);
    if (!pool)
        return NULL;
    if (pthread_mutex_init(&pool->lock, NULL) != 0) {
        kube_mem_free(pool);
        return NULL;
    }
    atomic_init(&pool->references, 1);
    pool->max_bytes = options && options->max_bytes ? options->max_bytes : DEFAULT_MAX_BYTES;
    pool->huge_pages = options && options->huge_pages && kube_mem_is_default();
    return pool;
}

kube_pool_t *kube_pool_ref(kube_pool_t *pool)
{
    if (pool)
        atomic_fetch_add_explicit(&pool->references, 1, memory_order_relaxed);
    return pool;
}

static void free_chunks(kube_chunk_t *list)
{
    while (list) {
        kube_chunk_t *next = list->next;
        kube_mem_free(list);
        list = next;
    }
}

void kube_pool_free(kube_pool_t *pool)
{
    if (!pool || atomic_fetch_sub_explicit(&pool->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < CLASSES; i++)
        free_chunks(pool->idle[i]);
    for (size_t i = 0; i < pool->context_count; i++)
        pool->release_context(pool->contexts[i].context);
    pthread_mutex_destroy(&pool->lock);
    kube_mem_free(pool);
}

size_t kube_pool_idle_bytes(kube_pool_t *pool)
{
    if (!pool)
        return 0;
    pthread_mutex_lock(&pool->lock);
    size_t bytes = pool->idle_bytes + pool->context_bytes;
    pthread_mutex_unlock(&pool->lock);
    return bytes;
}

static size_t class_of(size_t size)
{
    size_t class = 0;
    while (((size_t)1 << (MIN_SHIFT + class)) < size)
        class++;
    return class;
}

static kube_chunk_t *allocate(size_t size, bool huge_pages)
{
    void *memory = NULL;
    if (!huge_pages || size % HUGE_PAGE != 0)
        memory = kube_mem_alloc(size);
    else if (posix_memalign(&memory, HUGE_PAGE, size) == 0)
        madvise(memory, size, MADV_HUGEPAGE);
    else
        memory = NULL;
    kube_chunk_t *chunk = memory;
    if (chunk)
        *chunk = (kube_chunk_t){ NULL, size };
    return chunk;
}

static kube_chunk_t *take_idle(kube_pool_t *pool, size_t class)
{
    pthread_mutex_lock(&pool->lock);
    kube_chunk_t *chunk = pool->idle[class];
    if (chunk) {
        pool->idle[class] = chunk->next;
        pool->idle_bytes -= chunk->size;
        chunk->next = NULL;
    }
    pthread_mutex_unlock(&pool->lock);
    return chunk;
}

kube_chunk_t *kube_chunk_take(kube_pool_t *pool, size_t size)
{
    if (!pool || size > KUBE_CHUNK_MAX)
        return allocate(size, false);
    size_t class = class_of(size);
    kube_chunk_t *chunk = take_idle(pool, class);
    return chunk ? chunk : allocate((size_t)1 << (MIN_SHIFT + class), pool->huge_pages);
}

/* An eighth of what the pool may keep is for contexts, so that chunks, however many, never push them out. */
static size_t context_share(const kube_pool_t *pool)
{
    return pool->max_bytes / 8;
}

/* Whether a chunk is of a size that the pool keeps and the pool has room for it; called with the lock held. */
static bool keep(kube_pool_t *pool, kube_chunk_t *chunk)
{
    bool reusable = chunk->size >= KUBE_CHUNK_MIN && chunk->size <= KUBE_CHUNK_MAX && (chunk->size & (chunk->size - 1)) == 0;
    if (!reusable || pool->idle_bytes + chunk->size > pool->max_bytes - context_share(pool))
        return false;
    size_t class = class_of(chunk->size);
    chunk->next = pool->idle[class];
    pool->idle[class] = chunk;
    pool->idle_bytes += chunk->size;
    return true;
}

void kube_chunk_give(kube_pool_t *pool, kube_chunk_t *list)
{
    if (!pool) {
        free_chunks(list);
        return;
    }
    kube_chunk_t *surplus = NULL;
    pthread_mutex_lock(&pool->lock);
    while (list) {
        kube_chunk_t *next = list->next;
        if (!keep(pool, list)) {
            list->next = surplus;
            surplus = list;
        }
        list = next;
    }
    pthread_mutex_unlock(&pool->lock);
    free_chunks(surplus);
}

size_t kube_chunk_preferred(const kube_pool_t *pool)
{
    return pool && pool->huge_pages ? HUGE_PAGE : (size_t)1 << 18;
}

void *kube_pool_take_context(kube_pool_t *pool)
{
    if (!pool)
        return NULL;
    pthread_mutex_lock(&pool->lock);
    void *context = NULL;
    if (pool->context_count) {
        pool->context_count--;
        context = pool->contexts[pool->context_count].context;
        pool->context_bytes -= pool->contexts[pool->context_count].bytes;
    }
    pthread_mutex_unlock(&pool->lock);
    return context;
}

size_t kube_pool_context_limit(const kube_pool_t *pool)
{
    return pool ? context_share(pool) / 2 : 0;
}

bool kube_pool_give_context(kube_pool_t *pool, void *context, size_t bytes, void (*release)(void *context))
{
    if (!pool)
        return false;
    pthread_mutex_lock(&pool->lock);
    bool kept = pool->context_count < MAX_CONTEXTS && pool->context_bytes + bytes <= context_share(pool);
    if (kept) {
        pool->release_context = release;
        pool->contexts[pool->context_count].context = context;
        pool->contexts[pool->context_count++].bytes = bytes;
        pool->context_bytes += bytes;
    }
    pthread_mutex_unlock(&pool->lock);
    return kept;
}
