/*
 * The bytes of a stream that have come and are not read yet, in one piece. KUBE_JSON_PADDING bytes behind them are zero, so
 * that decoders read them where they are. All-zero is an empty one.
 */
#ifndef KUBE_OBJECT_BACKLOG_H
#define KUBE_OBJECT_BACKLOG_H

#include <kube/memory.h>

/* The most memory that an empty backlog keeps, bytes. */
#define KUBE_BACKLOG_IDLE 4096

typedef struct kube_backlog {
    char *memory;
    size_t capacity; /* bytes allocated */
    size_t begin;    /* of the bytes held, in memory */
    size_t len;      /* bytes held */
    size_t offset;   /* of the first byte held, in the stream */
} kube_backlog_t;

/* The first byte held. Valid until the next call of push, take or trim. NULL when no memory is held. */
static inline char *kube_backlog_bytes(const kube_backlog_t *backlog)
{
    return backlog->memory ? backlog->memory + backlog->begin : NULL;
}

/* Appends a copy of bytes. False when memory is exhausted; nothing has changed then. Takes time linear in what is pushed, over
 * all calls. */
bool kube_backlog_push(kube_backlog_t *backlog, const char *bytes, size_t len);
/* Appends what buffer holds, by swapping memory where nothing is held; the buffer is empty afterwards. False as above. */
bool kube_backlog_take(kube_backlog_t *backlog, kube_buffer_t *buffer);
/* Lets go of the first n bytes, which stay where they are until the next call of push, take or trim. */
void kube_backlog_drop(kube_backlog_t *backlog, size_t n);
/* Gives back memory of which little is used. */
void kube_backlog_trim(kube_backlog_t *backlog);
/* Frees the memory and makes it all-zero. */
void kube_backlog_dispose(kube_backlog_t *backlog);

#endif
