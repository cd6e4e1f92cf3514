/* The library's own allocations: through the hooks of kube_set_allocator. Each may return NULL. */
#ifndef KUBE_BASE_MEMORY_H
#define KUBE_BASE_MEMORY_H

#include <kube/memory.h>

void *kube_mem_alloc(size_t size);
void *kube_mem_zero(size_t size);
void *kube_mem_realloc(void *pointer, size_t size);
void kube_mem_free(void *pointer);
char *kube_mem_strdup(const char *text);
char *kube_mem_strndup(const char *text, size_t len);
/* Overwrites memory in a way the compiler keeps. */
void kube_mem_wipe(void *pointer, size_t size);
/* The hook in use is the C library's own, so that memory may also come from mmap. */
bool kube_mem_is_default(void);

#endif
