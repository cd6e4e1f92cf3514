#include "base/arena.h"

enum { FIRST_CHUNK = 2048, GROWTH_MIN = 16 };

/* Capacities of growing lists, by the address of their items: an open-addressed hash table. */
struct kube_growth {
    size_t count;
    size_t size; /* a power of two */
    struct growing {
        void *items;
        size_t capacity;
    } slots[];
};

static size_t round_up_to_power(size_t size)
{
    size_t power = FIRST_CHUNK;
    while (power < size)
        power *= 2;
    return power;
}

kube_owner_t *kube_arena_new(kube_pool_t *pool, size_t hint)
{
    size_t preferred = kube_chunk_preferred(pool);
    size_t header = sizeof(kube_chunk_t) + sizeof(kube_owner_t);
    size_t size = hint + header < preferred ? round_up_to_power(hint + header) : preferred;
    kube_chunk_t *chunk = kube_chunk_take(pool, size);
    if (!chunk)
        return NULL;
    kube_owner_t *owner = (kube_owner_t *)(void *)(chunk + 1);
    *owner = (kube_owner_t){ .chunks = chunk, .bytes = chunk->size, .chunk_size = chunk->size };
    atomic_init(&owner->references, 1);
    owner->pool = kube_pool_ref(pool);
    owner->at = (char *)(owner + 1);
    owner->end = (char *)chunk + chunk->size;
    return owner;
}

kube_owner_t *kube_arena_exact(size_t structs, size_t text)
{
    size_t size = sizeof(kube_chunk_t) + sizeof(kube_owner_t) + structs + text;
    kube_chunk_t *chunk = kube_chunk_take(NULL, size);
    if (!chunk)
        return NULL;
    kube_owner_t *owner = (kube_owner_t *)(void *)(chunk + 1);
    *owner = (kube_owner_t){ .chunks = chunk, .bytes = size, .chunk_size = FIRST_CHUNK };
    atomic_init(&owner->references, 1);
    owner->at = (char *)(owner + 1);
    owner->end = owner->text = owner->at + structs;
    owner->text_end = owner->text + text;
    return owner;
}

void kube_arena_ref(kube_owner_t *owner)
{
    atomic_fetch_add_explicit(&owner->references, 1, memory_order_relaxed);
}

void kube_arena_free(kube_owner_t *owner)
{
    if (!owner || atomic_fetch_sub_explicit(&owner->references, 1, memory_order_acq_rel) != 1)
        return;
    kube_pool_t *pool = owner->pool;
    kube_mem_free(owner->growth);
    kube_chunk_give(pool, owner->chunks);
    kube_pool_free(pool);
}

/* A further chunk for at least `size` bytes; the sizes double up to what the pool prefers. */
static kube_chunk_t *add_chunk(kube_owner_t *owner, size_t size)
{
    size_t preferred = kube_chunk_preferred(owner->pool);
    size_t wanted = owner->chunk_size * 2 < preferred ? owner->chunk_size * 2 : preferred;
    if (size > SIZE_MAX / 2)
        return NULL;
    kube_chunk_t *chunk = kube_chunk_take(owner->pool, size > wanted ? size : wanted);
    if (!chunk)
        return NULL;
    chunk->next = owner->chunks;
    owner->chunks = chunk;
    owner->bytes += chunk->size;
    if (size <= wanted)
        owner->chunk_size = chunk->size;
    return chunk;
}

void *kube_arena_more(kube_owner_t *owner, size_t size)
{
    kube_chunk_t *chunk = add_chunk(owner, size + sizeof *chunk);
    if (!chunk)
        return NULL;
    char *memory = (char *)(chunk + 1);
    char *end = (char *)chunk + chunk->size;
    if (end - (memory + size) > owner->end - owner->at) {
        owner->at = memory + size;
        owner->end = end;
    }
    return memory;
}

bool kube_arena_more_text(kube_owner_t *owner, size_t size)
{
    if (size > SIZE_MAX / 4)
        return false;
    kube_chunk_t *chunk = add_chunk(owner, size + KUBE_TEXT_SLACK + sizeof *chunk);
    if (!chunk)
        return false;
    owner->text = (char *)(chunk + 1);
    owner->text_end = (char *)chunk + chunk->size - KUBE_TEXT_SLACK;
    return true;
}

const char *kube_arena_text(kube_owner_t *owner, const char *text, size_t len)
{
    if (len >= SIZE_MAX / 4)
        return NULL;
    if (owner->text_end - owner->text < (ptrdiff_t)(len + 1) && !kube_arena_more_text(owner, len + 1))
        return NULL;
    char *copy = owner->text;
    memcpy(copy, text, len);
    copy[len] = '\0';
    owner->text += len + 1;
    return copy;
}

static struct growing *growth_slot(kube_growth_t *growth, const void *items)
{
    /* The upper half of the product: all bits of the address count, also where lists lie at equal distances. */
    size_t i = (size_t)((uint64_t)(uintptr_t)items * 0x9E3779B97F4A7C15u >> 32);
    for (i &= growth->size - 1; growth->slots[i].items && growth->slots[i].items != items; i = (i + 1) & (growth->size - 1))
        ;
    return &growth->slots[i];
}

static kube_growth_t *growth_new(size_t size)
{
    kube_growth_t *growth = kube_mem_zero(sizeof *growth + size * sizeof growth->slots[0]);
    if (growth)
        growth->size = size;
    return growth;
}

/* Makes sure that one more list can be entered. */
static bool growth_reserve(kube_owner_t *owner)
{
    kube_growth_t *old = owner->growth;
    if (old && old->count * 2 < old->size)
        return true;
    kube_growth_t *larger = growth_new(old ? old->size * 2 : GROWTH_MIN);
    if (!larger)
        return false;
    for (size_t i = 0; old && i < old->size; i++)
        if (old->slots[i].items) {
            *growth_slot(larger, old->slots[i].items) = old->slots[i];
            larger->count++;
        }
    kube_mem_free(old);
    owner->growth = larger;
    return true;
}

void *kube_arena_grow(kube_owner_t *owner, void *items, size_t len, size_t stride)
{
    if (items && owner->growth && growth_slot(owner->growth, items)->capacity > len)
        return items;
    size_t capacity = len < 2 ? 4 : len * 2;
    if (!growth_reserve(owner) || capacity > SIZE_MAX / 2 / stride)
        return NULL;
    void *moved = kube_arena_alloc(owner, capacity * stride);
    if (!moved)
        return NULL;
    if (len)
        memcpy(moved, items, len * stride);
    struct growing *slot = growth_slot(owner->growth, moved);
    owner->growth->count += slot->items == NULL;
    *slot = (struct growing){ moved, capacity };
    return moved;
}
