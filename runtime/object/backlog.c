#include "object/backlog.h"

#include <string.h>

#include <kube/json.h>

#include "base/memory.h"

enum { FIRST_SIZE = 512 };

/* Makes room for extra bytes behind those held, and for the padding. Moving them is paid for by as many that were dropped or
 * are added. */
static bool make_room(kube_backlog_t *backlog, size_t extra)
{
    if (extra > SIZE_MAX / 4 - backlog->len)
        return false;
    size_t needed = backlog->len + extra + KUBE_JSON_PADDING;
    if (backlog->capacity - backlog->begin >= needed)
        return true;
    if (backlog->capacity >= needed && backlog->begin >= backlog->len) {
        memmove(backlog->memory, backlog->memory + backlog->begin, backlog->len);
        backlog->begin = 0;
        return true;
    }
    size_t capacity = 2 * backlog->len > FIRST_SIZE ? 2 * backlog->len : FIRST_SIZE;
    char *memory = kube_mem_alloc(capacity > needed ? capacity : needed);
    if (!memory)
        return false;
    if (backlog->len)
        memcpy(memory, backlog->memory + backlog->begin, backlog->len);
    kube_mem_free(backlog->memory);
    backlog->memory = memory;
    backlog->capacity = capacity > needed ? capacity : needed;
    backlog->begin = 0;
    return true;
}

static void pad(kube_backlog_t *backlog)
{
    memset(backlog->memory + backlog->begin + backlog->len, 0, KUBE_JSON_PADDING);
}

bool kube_backlog_push(kube_backlog_t *backlog, const char *bytes, size_t len)
{
    if (len == 0)
        return true;
    if (!make_room(backlog, len))
        return false;
    memcpy(backlog->memory + backlog->begin + backlog->len, bytes, len);
    backlog->len += len;
    pad(backlog);
    return true;
}

bool kube_backlog_take(kube_backlog_t *backlog, kube_buffer_t *buffer)
{
    if (buffer->len == 0)
        return true;
    if (backlog->len > 0) {
        if (!kube_backlog_push(backlog, buffer->data, buffer->len))
            return false;
        kube_buffer_clear(buffer);
        return true;
    }
    if (!kube_buffer_reserve(buffer, KUBE_JSON_PADDING)) {
        buffer->failed = false;
        return false;
    }
    kube_buffer_t old = { .data = backlog->memory, .capacity = backlog->capacity };
    backlog->memory = buffer->data;
    backlog->capacity = buffer->capacity;
    backlog->begin = 0;
    backlog->len = buffer->len;
    pad(backlog);
    *buffer = old;
    kube_buffer_clear(buffer);
    return true;
}

void kube_backlog_drop(kube_backlog_t *backlog, size_t n)
{
    backlog->begin += n;
    backlog->len -= n;
    backlog->offset += n;
}

void kube_backlog_trim(kube_backlog_t *backlog)
{
    if (backlog->capacity <= KUBE_BACKLOG_IDLE || backlog->capacity / 8 < backlog->len)
        return;
    size_t needed = backlog->len + KUBE_JSON_PADDING;
    char *memory = backlog->len ? kube_mem_alloc(needed) : NULL;
    if (backlog->len && !memory)
        return;
    if (memory)
        memcpy(memory, backlog->memory + backlog->begin, needed);
    kube_mem_free(backlog->memory);
    backlog->memory = memory;
    backlog->capacity = memory ? needed : 0;
    backlog->begin = 0;
}

void kube_backlog_dispose(kube_backlog_t *backlog)
{
    kube_mem_free(backlog->memory);
    *backlog = (kube_backlog_t){ 0 };
}
