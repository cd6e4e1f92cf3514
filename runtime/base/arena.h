/*
 * Arenas: memory that is handed out piece by piece and given back as a whole. A kube_owner_t is an arena with an atomic reference count; it
 * lives in its own first chunk. Structs and text come from separate chunks, so that text needs no alignment and structs lie close together.
 */
#ifndef KUBE_BASE_ARENA_H
#define KUBE_BASE_ARENA_H

#include <stdatomic.h>
#include <string.h>

#include <kube/value.h>

#include "base/pool.h"

/* Bytes that may always be written behind a piece of text: vector stores overshoot. */
#define KUBE_TEXT_SLACK 64

typedef struct kube_growth kube_growth_t;

struct kube_owner {
    _Alignas(8) atomic_size_t references; /* so that what follows in the chunk is aligned to 8 on 32-bit machines too */
    kube_pool_t *pool;
    kube_chunk_t *chunks;
    size_t bytes;        /* of all chunks */
    size_t chunk_size;   /* of the next chunk */
    char *at, *end;      /* free memory for structs, aligned to 8 */
    char *text, *text_end; /* free memory for text; text may pass text_end by less than KUBE_TEXT_SLACK */
    kube_growth_t *growth; /* capacities of lists that are being appended to */
    bool frozen;           /* parts of objects are shared, so none may be edited */
};

/* A new arena with one reference. hint: bytes of structs it will probably hold; 0: few. NULL when memory is exhausted. */
kube_owner_t *kube_arena_new(kube_pool_t *pool, size_t hint);
/* An arena with exactly one chunk, with room for `structs` bytes (a multiple of 8) of structs and `text` bytes of text. */
kube_owner_t *kube_arena_exact(size_t structs, size_t text);
void kube_arena_ref(kube_owner_t *owner);
void kube_arena_free(kube_owner_t *owner);

/* The slow halves of the inline functions below. */
void *kube_arena_more(kube_owner_t *owner, size_t size);
bool kube_arena_more_text(kube_owner_t *owner, size_t size);

/* size bytes, aligned to 8, content undefined; NULL when memory is exhausted. */
static inline void *kube_arena_alloc(kube_owner_t *owner, size_t size)
{
    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + 7) & ~(size_t)7;
    if ((size_t)(owner->end - owner->at) < size)
        return kube_arena_more(owner, size);
    void *memory = owner->at;
    owner->at += size;
    return memory;
}

static inline void *kube_arena_zero(kube_owner_t *owner, size_t size)
{
    void *memory = kube_arena_alloc(owner, size);
    return memory ? memset(memory, 0, size) : NULL;
}

/* A NUL-terminated copy of text. */
const char *kube_arena_text(kube_owner_t *owner, const char *text, size_t len);

/* Room for one more item at the end of a list of `len` items of `stride` bytes at `items`, doubling its capacity when it is full: the address
 * of all items, which may have moved; NULL when memory is exhausted. */
void *kube_arena_grow(kube_owner_t *owner, void *items, size_t len, size_t stride);

#endif
