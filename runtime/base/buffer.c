#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

bool kube_buffer_reserve(kube_buffer_t *buffer, size_t extra)
{
    if (buffer->failed)
        return false;
    if (extra < buffer->capacity - buffer->len && buffer->data)
        return true;
    if (extra > SIZE_MAX / 2 - buffer->len) {
        buffer->failed = true;
        return false;
    }
    size_t needed = buffer->len + extra + 1;
    size_t capacity = buffer->capacity + buffer->capacity / 2;
    if (capacity < needed)
        capacity = needed < 64 ? 64 : needed;
    char *data = kube_mem_realloc(buffer->data, capacity);
    if (!data) {
        buffer->failed = true;
        return false;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

void kube_buffer_append(kube_buffer_t *buffer, const void *bytes, size_t len)
{
    if (!kube_buffer_reserve(buffer, len))
        return;
    if (len)
        memcpy(buffer->data + buffer->len, bytes, len);
    buffer->len += len;
    buffer->data[buffer->len] = '\0';
}

void kube_buffer_puts(kube_buffer_t *buffer, const char *string)
{
    if (string)
        kube_buffer_append(buffer, string, strlen(string));
}

void kube_buffer_printf(kube_buffer_t *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (len < 0)
        buffer->failed = true;
    if (len < 0 || !kube_buffer_reserve(buffer, (size_t)len))
        return;
    va_start(arguments, format);
    vsnprintf(buffer->data + buffer->len, (size_t)len + 1, format, arguments);
    va_end(arguments);
    buffer->len += (size_t)len;
}

void kube_buffer_clear(kube_buffer_t *buffer)
{
    buffer->len = 0;
    buffer->failed = false;
    if (buffer->data)
        buffer->data[0] = '\0';
}

void kube_buffer_dispose(kube_buffer_t *buffer)
{
    if (!buffer)
        return;
    kube_mem_free(buffer->data);
    *buffer = (kube_buffer_t){ 0 };
}

void kube_buffer_wipe(kube_buffer_t *buffer)
{
    if (!buffer)
        return;
    kube_mem_wipe(buffer->data, buffer->capacity);
    kube_buffer_dispose(buffer);
}
