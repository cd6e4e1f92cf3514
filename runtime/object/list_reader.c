/* Reading a list from a stream: making a reader, its bytes, its results. list_walk.c reads the list. */
#include "base/fail.h"
#include "object/list_state.h"
#include "object/owner.h"

static const kube_field_t *items_of(const kube_type_t *type)
{
    for (size_t i = 0; i < type->field_count; i++)
        if (type->fields[i].offset == type->items_offset)
            return &type->fields[i];
    return NULL;
}

static void set_up(kube_list_reader_t *reader, const kube_type_t *type, const kube_list_reader_options_t *options)
{
    static const kube_list_reader_options_t defaults;
    reader->type = type;
    reader->items = items_of(type);
    reader->element = reader->items->type;
    reader->options = options ? *options : defaults;
    kube_pool_ref(reader->options.decode.pool);
    if (reader->options.max_item_bytes == 0)
        reader->options.max_item_bytes = KUBE_FRAME_BYTES_DEFAULT;
    reader->step = kube_list_at_start;
    reader->keeps_text = true;
    reader->member_frame.index = KUBE_FRAME_STRUCT;
}

/* All allocations that are made once. */
static bool make_list(kube_list_reader_t *reader)
{
    kube_decoder_t *d = &reader->decoder;
    const kube_decode_options_t *decode = &reader->options.decode;
    d->err = &reader->error;
    if (!kube_decoder_open(d, decode, 0) || !(d->owner = kube_decode_owner(decode->pool, reader->type->size, 0)))
        return false;
    reader->list = kube_arena_zero(d->owner, reader->type->size);
    if (!reader->list) {
        kube_arena_free(d->owner);
        return false;
    }
    kube_own(reader->list, reader->type, d->owner);
    reader->tail = kube_unknown_of(reader->type, reader->list);
    if (reader->options.collect && !(d->flags & KUBE_DECODE_INTERN))
        d->last = kube_decode_clear_last(d->context);
    return true;
}

int kube_list_reader_new(const kube_type_t *type, const kube_list_reader_options_t *options, kube_list_reader_t **out,
                         kube_error_t *err)
{
    kube_error_reset(err);
    if (!out)
        return kube_fail(err, KUBE_E_USAGE, "out is NULL");
    *out = NULL;
    if (!type || type->abi != KUBE_TABLE_ABI || !(type->flags & KUBE_TYPE_LIST))
        return kube_fail(err, KUBE_E_USAGE, "the type is not that of a list");
    kube_list_reader_t *reader = kube_mem_zero(sizeof *reader);
    if (!reader)
        return kube_fail_memory(err);
    set_up(reader, type, options);
    if (!make_list(reader)) {
        kube_list_reader_free(reader);
        return kube_fail_memory(err);
    }
    *out = reader;
    return KUBE_OK;
}

static void forget_problems(kube_list_reader_t *reader)
{
    kube_problems_free(reader->decoder.problems);
    reader->decoder.problems = NULL;
}

void kube_list_reader_free(kube_list_reader_t *reader)
{
    if (!reader)
        return;
    kube_free(reader->list);
    forget_problems(reader);
    kube_decoder_close(&reader->decoder, &reader->options.decode, KUBE_OK);
    kube_pool_free(reader->options.decode.pool);
    kube_backlog_dispose(&reader->backlog);
    kube_mem_free(reader->collected);
    kube_mem_free(reader);
}

/* Makes room for more: true when more is wanted. */
static bool wants_bytes(kube_list_reader_t *reader, size_t len, int *result, kube_error_t *err)
{
    kube_error_reset(err);
    *result = reader->scan.ended ? kube_fail(err, KUBE_E_USAGE, "bytes behind the end of the stream") : KUBE_OK;
    if (*result == KUBE_OK && reader->result == KUBE_LIST_OTHER && reader->backlog.len + len > reader->options.max_item_bytes)
        *result = kube_fail(err, KUBE_E_LIMIT, "a reply that is no list is larger than allowed");
    if (reader->result == KUBE_OK && !reader->keeps_text) {
        kube_backlog_drop(&reader->backlog, reader->at);
        reader->at = 0;
    }
    return *result == KUBE_OK && (reader->result == KUBE_OK || reader->result == KUBE_LIST_OTHER);
}

int kube_list_reader_push(kube_list_reader_t *reader, const char *bytes, size_t len, kube_error_t *err)
{
    int result;
    if (!wants_bytes(reader, len, &result, err))
        return result;
    return kube_backlog_push(&reader->backlog, bytes, len) ? KUBE_OK : kube_fail_memory(err);
}

int kube_list_reader_take(kube_list_reader_t *reader, kube_buffer_t *buffer, kube_error_t *err)
{
    int result;
    if (wants_bytes(reader, buffer->len, &result, err))
        return kube_backlog_take(&reader->backlog, buffer) ? KUBE_OK : kube_fail_memory(err);
    kube_buffer_clear(buffer);
    return result;
}

void kube_list_reader_finish(kube_list_reader_t *reader)
{
    reader->scan.ended = true;
}

/* The decoder reads what is held. */
static void stand_at_backlog(kube_list_reader_t *reader)
{
    static const char nothing[KUBE_JSON_PADDING];
    const char *bytes = kube_backlog_bytes(&reader->backlog);
    reader->decoder.begin = bytes ? bytes : nothing;
    reader->decoder.end = reader->decoder.begin + reader->backlog.len;
    reader->decoder.base = reader->backlog.offset;
}

/* The reader ends with that. */
static int settle(kube_list_reader_t *reader, int result)
{
    bool other = result == KUBE_E_PARSE && reader->keeps_text;
    if (other)
        forget_problems(reader);
    else
        kube_backlog_dispose(&reader->backlog);
    kube_decoder_close(&reader->decoder, &reader->options.decode, result);
    if (result != KUBE_LIST_END) {
        kube_free(reader->list);
        reader->list = NULL;
    }
    reader->result = other ? KUBE_LIST_OTHER : result;
    return reader->result;
}

int kube_list_reader_next(kube_list_reader_t *reader, void **item, kube_error_t *err)
{
    int result = reader->result;
    *item = NULL;
    if (result == KUBE_OK) {
        stand_at_backlog(reader);
        do
            result = reader->step(reader, item);
        while (result == KUBE_LIST_GO_ON);
        if (result < 0 || result == KUBE_LIST_END)
            result = settle(reader, result);
    }
    kube_error_reset(err);
    if (err && (result < 0 || result == KUBE_LIST_OTHER))
        *err = reader->error;
    return result;
}

size_t kube_list_reader_count(const kube_list_reader_t *reader)
{
    return reader->count;
}

const void *kube_list_reader_list(const kube_list_reader_t *reader)
{
    return reader->list;
}

void *kube_list_reader_take_list(kube_list_reader_t *reader)
{
    if (reader->result != KUBE_LIST_END)
        return NULL;
    void *list = reader->list;
    reader->list = NULL;
    return list;
}

const char *kube_list_reader_text(const kube_list_reader_t *reader, size_t *len)
{
    static const char nothing[KUBE_JSON_PADDING];
    *len = reader->result == KUBE_LIST_OTHER ? reader->backlog.len : 0;
    if (reader->result != KUBE_LIST_OTHER)
        return NULL;
    return *len ? kube_backlog_bytes(&reader->backlog) : nothing;
}
