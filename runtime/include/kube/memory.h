/* Where memory comes from: allocator hooks, recycled chunks, and growing buffers. */
#ifndef KUBE_MEMORY_H
#define KUBE_MEMORY_H

#include <kube/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Allocation functions for the whole library. Each has the contract of its namesake in C; `context` is handed through. */
typedef struct kube_allocator {
    void *(*allocate)(size_t size, void *context);
    void *(*reallocate)(void *pointer, size_t size, void *context);
    void (*release)(void *pointer, void *context);
    void *context;
} kube_allocator_t;

/*
 * Sets the allocator of the process. NULL: back to malloc, realloc and free. The struct is copied.
 * Not thread-safe: call it before any other function of the library, or while nothing of the library is allocated.
 */
KUBE_API void kube_set_allocator(const kube_allocator_t *allocator);

/*
 * A bounded store of memory chunks that decoded objects give back when they are freed and later ones take again. Fresh pages cost
 * more than parsing, so whoever decodes repeatedly wants one. Thread-safe; reference-counted: objects keep their pool alive.
 */
typedef struct kube_pool kube_pool_t;

/* All zero means the defaults. New fields are only appended. */
typedef struct kube_pool_options {
    size_t max_bytes;      /* most bytes kept for reuse, an eighth of it for what decoders need while they work; 0: 64 MiB */
    bool huge_pages;       /* ask the kernel for huge pages where a chunk is 2 MiB or more */
} kube_pool_options_t;

/* A new pool, freed with kube_pool_free. options: NULL means the defaults. NULL when memory is exhausted. */
KUBE_API kube_pool_t *kube_pool_new(const kube_pool_options_t *options);
/* One more reference to the pool, given back with kube_pool_free. NULL is passed through. Thread-safe. */
KUBE_API kube_pool_t *kube_pool_ref(kube_pool_t *pool);
/* Gives one reference back; the last one frees the chunks that no object holds. NULL is allowed. Thread-safe. */
KUBE_API void kube_pool_free(kube_pool_t *pool);
/* Bytes that wait for reuse. NULL: 0. Thread-safe. */
KUBE_API size_t kube_pool_idle_bytes(kube_pool_t *pool);

/*
 * A growing byte buffer. All-zero is an empty one. Owned by the caller: dispose of it with kube_buffer_dispose, or set len = 0 to use
 * its memory again. After any append that succeeded `data` is NUL-terminated (the NUL is not counted in len).
 */
typedef struct kube_buffer {
    char *data;
    size_t len;      /* bytes in use */
    size_t capacity; /* bytes allocated */
    bool failed;     /* an append ran out of memory; further appends do nothing until kube_buffer_clear */
} kube_buffer_t;

/* Appends bytes. Sticky: after a failure all appends do nothing; check `failed` once at the end. buffer must not be NULL. */
KUBE_API void kube_buffer_append(kube_buffer_t *buffer, const void *bytes, size_t len);
/* Appends a NUL-terminated string; NULL appends nothing. In these and the next functions buffer must not be NULL unless they say so. */
KUBE_API void kube_buffer_puts(kube_buffer_t *buffer, const char *string);
/* Appends formatted text, as printf. */
KUBE_API void kube_buffer_printf(kube_buffer_t *buffer, const char *format, ...) KUBE_FORMAT(2, 3);
/* Makes room for `extra` more bytes (and a NUL). Returns false, and sets failed, when memory is exhausted. */
KUBE_API bool kube_buffer_reserve(kube_buffer_t *buffer, size_t extra);
/* Empties the buffer and its failed flag; keeps the memory. */
KUBE_API void kube_buffer_clear(kube_buffer_t *buffer);
/* Frees the memory and makes the buffer all-zero. NULL is allowed. */
KUBE_API void kube_buffer_dispose(kube_buffer_t *buffer);
/* Overwrites the memory with zeros before it frees it: for keys and tokens. NULL is allowed. */
KUBE_API void kube_buffer_wipe(kube_buffer_t *buffer);

#ifdef __cplusplus
}
#endif
#endif
