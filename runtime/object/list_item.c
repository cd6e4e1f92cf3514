/* A list reader's items: each in an arena of its own, or all collected in that of the list. */
#include <string.h>

#include "base/fail.h"
#include "object/list_state.h"
#include "object/owner.h"

static const kube_type_t *item_type(const kube_list_reader_t *reader)
{
    return reader->element->type;
}

/* Decodes the item at p into zeroed memory; returns behind it, or NULL after an error. */
static const char *decode_item(kube_list_reader_t *reader, const char *p, void *item)
{
    kube_decoder_t *d = &reader->decoder;
    const char *next = p + 4;
    if (memcmp(p, "null", 4) == 0)
        kube_own(item, item_type(reader), d->owner);
    else
        next = kube_json_variant()->decode_root(d, p, item_type(reader), item);
    if (!next || !kube_decode_type_meta(d, p, item_type(reader), item))
        return NULL;
    while (kube_list_is_space(next[-1]))
        next--;
    return next;
}

/* ---- collected ---- */

static void *reserve_item(kube_list_reader_t *reader)
{
    size_t stride = reader->element->stride;
    if (reader->count == reader->capacity) {
        size_t capacity = reader->capacity ? reader->capacity * 2 : 16;
        char *items = capacity < SIZE_MAX / 2 / stride ? kube_mem_realloc(reader->collected, capacity * stride) : NULL;
        if (!items)
            return NULL;
        reader->collected = items;
        reader->capacity = capacity;
    }
    return memset(reader->collected + reader->count * stride, 0, stride);
}

/* The tables of interned memory grow with the stream, whose length is not known before. What they knew is forgotten then. */
static bool fit_interned(kube_list_reader_t *reader)
{
    kube_decoder_t *d = &reader->decoder;
    size_t streamed = reader->backlog.offset + reader->at;
    bool full = d->context->intern_bits < KUBE_INTERN_BITS_MAX && streamed >> d->context->intern_bits > 64;
    return !(d->flags & KUBE_DECODE_INTERN) || !full || kube_decode_clear_interned(d->context, streamed);
}

static const char *collect_item(kube_list_reader_t *reader, const char *p)
{
    void *item = fit_interned(reader) ? reserve_item(reader) : NULL;
    return item ? decode_item(reader, p, item) : kube_decode_no_memory(&reader->decoder);
}

bool kube_list_end_items(kube_list_reader_t *reader)
{
    size_t size = reader->count * reader->element->stride;
    void *items = kube_arena_alloc(reader->decoder.owner, size ? size : 8);
    if (!items)
        return false;
    if (size)
        memcpy(items, reader->collected, size);
    *(kube_any_list_t *)kube_slot(reader->list, reader->items) = (kube_any_list_t){ items, reader->count };
    kube_mem_free(reader->collected);
    reader->collected = NULL;
    reader->capacity = 0;
    return true;
}

/* ---- one by one ---- */

/* size: of the item, or of the largest so far. */
static const char *decode_single(kube_list_reader_t *reader, const char *p, size_t size, void **item)
{
    kube_decoder_t *d = &reader->decoder;
    bool intern = d->flags & KUBE_DECODE_INTERN;
    d->owner = kube_decode_owner(reader->options.decode.pool, size, d->flags);
    const char *next = NULL;
    if (d->owner && (!intern || kube_decode_clear_interned(d->context, size)))
        *item = kube_arena_zero(d->owner, item_type(reader)->size);
    if (*item) {
        kube_own(*item, item_type(reader), d->owner);
        d->owner->frozen = intern;
        next = decode_item(reader, p, *item);
    } else {
        kube_decode_no_memory(d);
    }
    if (!next) {
        kube_arena_free(d->owner);
        *item = NULL;
    }
    d->owner = kube_owner_of(reader->list);
    return next;
}

/* Strict decoding gives no item behind a problem. */
static int give_item(kube_list_reader_t *reader, void **item)
{
    int result = kube_decode_judge(&reader->decoder);
    if (result != KUBE_OK) {
        kube_free(*item);
        *item = NULL;
        return result;
    }
    result = kube_decode_pack(&reader->decoder, item_type(reader), item);
    return result == KUBE_OK ? KUBE_LIST_ITEM : result;
}

/* ---- both ---- */

static const char *decode_either(kube_list_reader_t *reader, const char *p, size_t size, void **item)
{
    return reader->options.collect ? collect_item(reader, p) : decode_single(reader, p, size, item);
}

/* Back to where an item was begun. Its memory in the arena stays where it is: tables refer to it. */
static void forget_attempt(kube_list_reader_t *reader)
{
    kube_decoder_t *d = &reader->decoder;
    d->code = KUBE_OK;
    d->depth = 2;
    d->frames = &reader->item_frame;
    d->context->scratch.current = d->context->scratch.used = 0;
    kube_error_reset(&reader->error);
}

/*
 * Where an item will be there as a whole in all likelihood, looking for its end first is saved. A failure then says nothing:
 * the item is measured after all and decoded again.
 */
static const char *attempt_item(kube_list_reader_t *reader, const char *p, void **item)
{
    kube_decoder_t *d = &reader->decoder;
    if (d->problems || reader->scan.reached > 0 || reader->largest == 0 || (size_t)(d->end - p) / 2 < reader->largest)
        return NULL;
    const char *next = decode_either(reader, p, reader->largest, item);
    if (!next && d->code != KUBE_E_NO_MEMORY)
        forget_attempt(reader);
    return next;
}

/* Decodes the item at p, if it is there; returns behind it, or NULL with *result set. */
static const char *decode_whole(kube_list_reader_t *reader, const char *p, void **item, int *result)
{
    kube_decoder_t *d = &reader->decoder;
    size_t size;
    const char *next = attempt_item(reader, p, item);
    if (!next && d->code == KUBE_OK) {
        if (!kube_list_measure(reader, p, &size, result))
            return NULL;
        next = decode_either(reader, p, size, item);
    }
    *result = d->code;
    return next;
}

int kube_list_read_item(kube_list_reader_t *reader, const char *p, const char **next, void **item)
{
    int result;
    *next = decode_whole(reader, p, item, &result);
    if (!*next)
        return result;
    size_t size = (size_t)(*next - p);
    if (size > reader->options.max_item_bytes) {
        kube_free(*item);
        *item = NULL;
        return kube_list_too_large(reader, p);
    }
    if (size > reader->largest)
        reader->largest = size;
    reader->count++;
    return reader->options.collect ? KUBE_LIST_GO_ON : give_item(reader, item);
}
