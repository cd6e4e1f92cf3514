#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static void *default_allocate(size_t size, void *context)
{
    (void)context;
    return malloc(size);
}

static void *default_reallocate(void *pointer, size_t size, void *context)
{
    (void)context;
    return realloc(pointer, size);
}

static void default_release(void *pointer, void *context)
{
    (void)context;
    free(pointer);
}

static const kube_allocator_t default_allocator = { default_allocate, default_reallocate, default_release, NULL };
static kube_allocator_t current = { default_allocate, default_reallocate, default_release, NULL };

void kube_set_allocator(const kube_allocator_t *allocator)
{
    current = allocator ? *allocator : default_allocator;
}

bool kube_mem_is_default(void)
{
    return current.allocate == default_allocate;
}

void *kube_mem_alloc(size_t size)
{
    return current.allocate(size ? size : 1, current.context);
}

void *kube_mem_zero(size_t size)
{
    void *pointer = kube_mem_alloc(size);
    if (pointer)
        memset(pointer, 0, size);
    return pointer;
}

void *kube_mem_realloc(void *pointer, size_t size)
{
    return current.reallocate(pointer, size ? size : 1, current.context);
}

void kube_mem_free(void *pointer)
{
    if (pointer)
        current.release(pointer, current.context);
}

char *kube_mem_strndup(const char *text, size_t len)
{
    char *copy = kube_mem_alloc(len + 1);
    if (!copy)
        return NULL;
    memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

char *kube_mem_strdup(const char *text)
{
    return text ? kube_mem_strndup(text, strlen(text)) : NULL;
}

void kube_mem_wipe(void *pointer, size_t size)
{
    if (!pointer)
        return;
    memset(pointer, 0, size);
    __asm__ __volatile__("" : : "r"(pointer) : "memory");
}
