#include "object/watch_event.h"

#include <string.h>

#include <kube/meta/v1.h>
#include <kube/object.h>

#include "base/fail.h"
#include "object/json_scan.h"
#include "object/json_variant.h"

/* One decode: what was found of the event. */
typedef struct event_reader {
    kube_decoder_t decoder;
    kube_frame_t member;
    const kube_type_t *type; /* asked for */
    const kube_decode_options_t *options;
    kube_watch_event_t *event;
    bool typed;            /* the type has come */
    const char *object_at; /* the object has come, before its type; or was decoded */
} event_reader_t;

static const char *refuse(event_reader_t *reader, const char *p, const char *message)
{
    kube_decoder_t *d = &reader->decoder;
    return kube_decode_fail(d, p, KUBE_E_PARSE, p >= d->end ? "the input ends here" : message);
}

static const char *skip_space(const char *p)
{
    while (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')
        p++;
    return p;
}

/* ---- type ---- */

static kube_watch_event_kind_t kind_of(const char *name)
{
    static const char *const names[] = { "", "ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR" };
    for (size_t i = 1; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return (kube_watch_event_kind_t)i;
    return KUBE_WATCH_EVENT_UNKNOWN;
}

static const char *read_type(event_reader_t *reader, const char *p)
{
    kube_watch_event_t *event = reader->event;
    kube_buffer_t text = { 0 };
    if (*p != '"')
        return refuse(reader, p, "expected a string");
    const char *next = kube_json_variant()->skip(&reader->decoder, p);
    const char *end = next ? kube_json_string_end(p, next) : NULL;
    if (!end)
        return NULL;
    kube_json_unescape(&text, p, (size_t)(end - p));
    bool failed = text.failed;
    if (!failed)
        kube_copy_cut(event->name, sizeof event->name, text.len ? text.data : "", text.len);
    kube_buffer_dispose(&text);
    if (failed)
        return kube_decode_no_memory(&reader->decoder);
    event->kind = kind_of(event->name);
    reader->typed = true;
    return next;
}

/* ---- object ---- */

/* The object of an error says what went wrong: it is read leniently whatever was asked for. */
static void choose_type(event_reader_t *reader)
{
    kube_decoder_t *d = &reader->decoder;
    bool error = reader->event->kind == KUBE_WATCH_EVENT_ERROR;
    reader->event->type = error ? &kube_meta_v1_status_type : reader->type;
    if (error) {
        d->flags &= ~(unsigned)KUBE_DECODE_STRICT;
        kube_problems_free(d->problems);
        d->problems = NULL;
    }
}

static const char *decode_object(event_reader_t *reader, const char *p)
{
    kube_decoder_t *d = &reader->decoder;
    kube_watch_event_t *event = reader->event;
    choose_type(reader);
    d->owner = kube_decode_owner(reader->options->pool, (size_t)(d->end - p), d->flags);
    event->object = d->owner ? kube_arena_zero(d->owner, event->type->size) : NULL;
    if (!event->object) {
        kube_arena_free(d->owner);
        return kube_decode_no_memory(d);
    }
    *(kube_owner_t **)event->object = d->owner;
    d->owner->frozen = d->flags & KUBE_DECODE_INTERN;
    const char *next = kube_json_variant()->decode_root(d, p, event->type, event->object);
    return next && kube_decode_type_meta(d, p, event->type, event->object) ? next : NULL;
}

/* ---- members ---- */

static bool is_key(const char *p, const char *end, const char *name)
{
    size_t len = strlen(name);
    return (size_t)(end - p) == len + 2 && memcmp(p + 1, name, len) == 0;
}

static const char *read_member(event_reader_t *reader, const char *p, const char *key)
{
    bool object = strcmp(key, "object") == 0, type = strcmp(key, "type") == 0;
    reader->member.key = key;
    if ((object && reader->object_at) || (type && reader->typed))
        return refuse(reader, p, "the member comes twice");
    if (object)
        reader->object_at = p;
    if (type)
        return read_type(reader, p);
    return object && reader->typed ? decode_object(reader, p) : kube_json_variant()->skip(&reader->decoder, p);
}

/* Over the key at p and its value. */
static const char *read_key(event_reader_t *reader, const char *p)
{
    if (*p != '"')
        return refuse(reader, p, "expected a key");
    const char *next = kube_json_variant()->skip(&reader->decoder, p);
    const char *end = next ? kube_json_string_end(p, next) : NULL;
    if (!end)
        return NULL;
    if (*next != ':')
        return refuse(reader, next, "expected :");
    return read_member(reader, skip_space(next + 1), is_key(p, end, "type") ? "type" : is_key(p, end, "object") ? "object" : "");
}

static const char *read_members(event_reader_t *reader, const char *p)
{
    p = skip_space(p);
    if (*p != '{')
        return refuse(reader, p, "expected an object");
    p = skip_space(p + 1);
    if (*p == '}')
        return skip_space(p + 1);
    for (;;) {
        p = read_key(reader, p);
        if (!p)
            return NULL;
        p = skip_space(p);
        if (*p == '}')
            return skip_space(p + 1);
        if (*p != ',')
            return refuse(reader, p, "expected , or }");
        p = skip_space(p + 1);
    }
}

/* Reads the whole event; its object comes last where its type does not come first. */
static int read_event(event_reader_t *reader)
{
    kube_decoder_t *d = &reader->decoder;
    const char *p = read_members(reader, d->begin);
    if (!p)
        return d->code;
    reader->member.key = NULL;
    if (p != d->end)
        refuse(reader, p, "there is more behind the event");
    else if (!reader->typed || !reader->object_at)
        refuse(reader, d->begin, reader->typed ? "an event without an object" : "an event without a type");
    else if (!reader->event->object) {
        reader->member.key = "object";
        decode_object(reader, reader->object_at);
    }
    return d->code != KUBE_OK ? d->code : kube_decode_judge(d);
}

static int decode_padded(event_reader_t *reader, size_t len, kube_error_t *err)
{
    kube_decoder_t *d = &reader->decoder;
    kube_watch_event_t *event = reader->event;
    reader->member.index = KUBE_FRAME_STRUCT;
    d->frames = &reader->member;
    int result = kube_decoder_open(d, reader->options, len) ? read_event(reader) : kube_fail_memory(err);
    if (result == KUBE_OK)
        result = kube_decode_pack(d, event->type, &event->object);
    kube_decoder_close(d, reader->options, result);
    return result;
}

int kube_watch_event_decode(const kube_type_t *type, const char *text, size_t len, const kube_decode_options_t *options,
                            kube_watch_event_t *event, kube_error_t *err)
{
    static const kube_decode_options_t defaults;
    kube_chunk_t *copy;
    kube_error_reset(err);
    if (!event)
        return kube_fail(err, KUBE_E_USAGE, "event is NULL");
    *event = (kube_watch_event_t){ 0 };
    if (!type || !text || !(type->flags & KUBE_TYPE_ROOT) || type->abi != KUBE_TABLE_ABI)
        return kube_fail(err, KUBE_E_USAGE, "type or text is NULL, or the type is not a root of this runtime");
    event_reader_t reader = { .type = type, .options = options ? options : &defaults, .event = event };
    const char *padded = kube_json_padded(text, len, reader.options->flags, reader.options->pool, &copy);
    if (!padded)
        return kube_fail_memory(err);
    reader.decoder = (kube_decoder_t){ .begin = padded, .end = padded + len, .err = err };
    int result = decode_padded(&reader, len, err);
    kube_chunk_give(reader.options->pool, copy);
    if (result != KUBE_OK) {
        kube_watch_event_dispose(event);
        return result;
    }
    event->resource_version = kube_meta_resource_version(event->type, event->object);
    const char *mark = kube_meta_annotation(event->type, event->object, "k8s.io/initial-events-end");
    event->initial_events_end = event->kind == KUBE_WATCH_EVENT_BOOKMARK && mark && strcmp(mark, "true") == 0;
    return KUBE_OK;
}

void kube_watch_event_dispose(kube_watch_event_t *event)
{
    if (!event)
        return;
    kube_free(event->object);
    *event = (kube_watch_event_t){ 0 };
}
