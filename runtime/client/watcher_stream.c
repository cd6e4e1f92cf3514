/* The events of one watch request, from its making to its end. */
#include <kube/object.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/random.h"
#include "client/reply.h"
#include "client/watcher.h"

/* Between these, at random, the server is to end a request: client-go's. */
#define TIMEOUT_MIN_S 300
#define TIMEOUT_MAX_S 600
/*
 * How long nothing may come before the end mark of the initial state. A server that knows sendInitialEvents sends the mark with
 * its next progress notice, within a second or so after the last object; one that ignores the parameter sends no mark at all,
 * and this is how long its users wait.
 */
#define END_MARK_US (KUBE_US_PER_S * 10)
/*
 * How long nothing may come after a request that ended sooner than agreed, before the server is asked for its version. Servers send bookmarks every minute
 * or so, if anything at all has changed.
 */
#define DOUBT_US (KUBE_US_PER_S * 120)
/* ERROR events of reason InternalError in a row, after which the server is believed. */
#define INTERNAL_ERRORS_MAX 10

/* ---- the request ---- */

static kube_step_t fail_memory(kube_watcher_t *watcher)
{
    kube_error_t err = { 0 };
    kube_fail_memory(&err);
    kube_watcher_fail(watcher, KUBE_E_NO_MEMORY, &err);
    return KUBE_STEP_GO_ON;
}

/* Queries are sorted by their keys. */
static bool make_target(kube_watcher_t *watcher, int64_t timeout_seconds)
{
    kube_request_t *request = &watcher->request;
    bool initial = watcher->version.len == 0;
    request->has_query = false;
    request->target.len = watcher->path_len;
    kube_query_flag(request, "allowWatchBookmarks", true);
    kube_query_text(request, "fieldSelector", watcher->field_selector);
    kube_query_text(request, "labelSelector", watcher->label_selector);
    kube_query_text(request, "resourceVersion", initial ? NULL : watcher->version.data);
    kube_query_text(request, "resourceVersionMatch", initial ? "NotOlderThan" : NULL);
    kube_query_flag(request, "sendInitialEvents", initial);
    kube_query_number(request, "timeoutSeconds", timeout_seconds);
    kube_query_flag(request, "watch", true);
    return !request->target.failed;
}

void kube_watcher_stream_begin(kube_watcher_t *watcher)
{
    kube_watcher_stream_t *stream = &watcher->stream;
    int64_t timeout_seconds = watcher->timeout_seconds;
    if (timeout_seconds == 0)
        timeout_seconds = TIMEOUT_MIN_S + (int64_t)(kube_random() % (TIMEOUT_MAX_S - TIMEOUT_MIN_S));
    watcher->state = KUBE_WATCHER_STREAM;
    *stream = (kube_watcher_stream_t){ .may_repeat = watcher->version.len != 0 };
    stream->began = stream->heard = kube_now_us();
    stream->overdue = KUBE_NEVER;
    if (timeout_seconds < INT64_MAX / (4 * KUBE_US_PER_S))
        stream->overdue = stream->began + timeout_seconds * KUBE_US_PER_S + KUBE_OVERSTAY_US;
    kube_frame_reader_init(&stream->frames, watcher->media->framing, watcher->client->max_item_bytes);
    if (!make_target(watcher, timeout_seconds)) {
        fail_memory(watcher);
        return;
    }
    watcher->request.multiplex = true;
    kube_request_accept_form(&watcher->request, watcher->resource, false);
    kube_fetch_begin(&stream->fetch, watcher->client, watcher->waiter, &watcher->request, watcher->deadline,
                     KUBE_FETCH_STREAM | KUBE_FETCH_NO_RETRY | KUBE_FETCH_NO_LIMIT, NULL);
}

void kube_watcher_stream_end(kube_watcher_t *watcher)
{
    if (watcher->state == KUBE_WATCHER_ENDED)
        return;
    kube_frame_reader_dispose(&watcher->stream.frames);
    kube_fetch_dispose(&watcher->stream.fetch);
    watcher->stream = (kube_watcher_stream_t){ 0 };
}

/* ---- events ---- */

/*
 * Whether an event has been handed over before the request that is being resumed. No right server sends such; versions are
 * compared as numbers where they are numbers, as Kubernetes says they are, but a deleted object may bear its last version from
 * before.
 */
static bool is_repeated(const kube_watcher_t *watcher, const kube_watch_event_t *event)
{
    const char *last = watcher->version.data, *now = event->resource_version;
    if (strcmp(now, last) == 0)
        return true;
    return event->kind != KUBE_WATCH_EVENT_DELETED && kube_watcher_version_is_older(now, last);
}

static kube_step_t take_object(kube_watcher_t *watcher, kube_watch_event_t *raw, kube_event_type_t type, kube_event_t *event)
{
    kube_watcher_stream_t *stream = &watcher->stream;
    bool initial = watcher->version.len == 0;
    /* Those of the initial state come in any order: none of their versions is one to resume at. */
    if (!initial && raw->resource_version) {
        if (stream->may_repeat && is_repeated(watcher, raw))
            return KUBE_STEP_GO_ON;
        stream->may_repeat = false;
        stream->advanced = true;
        kube_watcher_trust(watcher);
        if (kube_watcher_set_version(watcher, raw->resource_version) < 0)
            return fail_memory(watcher);
    }
    watcher->internal_errors = 0;
    void *object = raw->object;
    raw->object = NULL;
    return kube_watcher_emit(watcher, event, type, object);
}

static kube_step_t take_bookmark(kube_watcher_t *watcher, kube_watch_event_t *raw, kube_event_t *event)
{
    bool initial = watcher->version.len == 0;
    if (!raw->resource_version || (initial && !raw->initial_events_end))
        return KUBE_STEP_GO_ON;
    if (kube_watcher_set_version(watcher, raw->resource_version) < 0)
        return fail_memory(watcher);
    watcher->stream.advanced = true;
    kube_watcher_trust(watcher);
    watcher->internal_errors = 0;
    if (initial)
        return kube_watcher_emit(watcher, event, KUBE_EVENT_SYNCED, NULL);
    if (!watcher->bookmarks)
        return KUBE_STEP_GO_ON;
    void *object = raw->object;
    raw->object = NULL;
    return kube_watcher_emit(watcher, event, KUBE_EVENT_BOOKMARK, object);
}

static kube_step_t take_error(kube_watcher_t *watcher, const kube_watch_event_t *raw)
{
    kube_error_t err = { 0 };
    int code = kube_status_fail(raw->object, &err);
    if (code == KUBE_E_SERVER && err.http_status == 500 && watcher->internal_errors++ == INTERNAL_ERRORS_MAX)
        kube_watcher_fail(watcher, code, &err);
    else
        kube_watcher_request_failed(watcher, code, &err);
    return KUBE_STEP_GO_ON;
}

static kube_step_t take_event(kube_watcher_t *watcher, kube_watch_event_t *raw, kube_event_t *event)
{
    switch (raw->kind) {
    case KUBE_WATCH_EVENT_ADDED:
        return take_object(watcher, raw, KUBE_EVENT_ADDED, event);
    case KUBE_WATCH_EVENT_MODIFIED:
        return take_object(watcher, raw, KUBE_EVENT_MODIFIED, event);
    case KUBE_WATCH_EVENT_DELETED:
        return take_object(watcher, raw, KUBE_EVENT_DELETED, event);
    case KUBE_WATCH_EVENT_BOOKMARK:
        return take_bookmark(watcher, raw, event);
    case KUBE_WATCH_EVENT_ERROR:
        return take_error(watcher, raw);
    default:
        /* A type that is yet to be invented: its meaning is not known, so nothing follows from it. */
        return KUBE_STEP_GO_ON;
    }
}

/* The reply may be something else than events: a Status, a list, a page of a proxy. */
static kube_step_t fail_frame(kube_watcher_t *watcher, int code, const char *text, size_t len, kube_error_t *err)
{
    err->http_status = watcher->stream.fetch.head.status;
    if (code == KUBE_E_PARSE && text) {
        kube_error_t other = *err;
        int checked = kube_reply_check(&watcher->request, &watcher->stream.fetch.head, text, len, watcher->resource->type,
                                       &watcher->stream.fetch.status, &other);
        if (checked < 0 && checked != KUBE_E_NO_MEMORY) {
            code = checked;
            *err = other;
        }
    }
    kube_watcher_request_failed(watcher, code, err);
    return KUBE_STEP_GO_ON;
}

/* A silent watch holds no more memory than it needs to wake up. */
static void give_memory_back(kube_watcher_stream_t *stream)
{
    /* The fetch gathers there what a server says that refuses. */
    if (stream->answered)
        kube_buffer_dispose(&stream->fetch.bytes);
    kube_frame_reader_rest(&stream->frames);
}

static kube_step_t take_frame(kube_watcher_t *watcher, const char *text, size_t len, kube_event_t *event)
{
    kube_error_t err = { 0 };
    kube_watch_event_t raw;
    kube_decode_options_t options = { .pool = watcher->client->pool, .flags = watcher->decode_flags | KUBE_DECODE_PADDED };
    int code = watcher->media->decode(watcher->resource->type, text, len, &options, &raw, &err);
    if (code < 0)
        return fail_frame(watcher, code, text, len, &err);
    kube_step_t step = take_event(watcher, &raw, event);
    kube_watch_event_dispose(&raw);
    /* Many owners come back only when there is a change, which may be long. */
    if (step == KUBE_STEP_ITEM && event->type == KUBE_EVENT_SYNCED)
        give_memory_back(&watcher->stream);
    return step;
}

/* ---- bytes ---- */

/* What follows from silence. */
typedef void give_up_fn(kube_watcher_t *watcher);

static void end_silence(kube_watcher_t *watcher)
{
    const kube_watcher_stream_t *stream = &watcher->stream;
    if (!stream->answered) {
        char message[80];
        snprintf(message, sizeof message, "there was no reply in %lld ms", (long long)((kube_now_us() - stream->began) / 1000));
        kube_watcher_note_trouble(watcher, KUBE_E_TIMEOUT, message);
    }
    kube_fetch_suspect(&watcher->stream.fetch);
    kube_watcher_stream_ended(watcher);
}

static void keep_earlier(int64_t *moment, give_up_fn **then, int64_t other, give_up_fn *other_then)
{
    if (other >= *moment)
        return;
    *moment = other;
    *then = other_then;
}

/* The moment at which the request is given up because of what did not come, and what is done then. */
static int64_t patience(const kube_watcher_t *watcher, give_up_fn **then)
{
    const kube_watcher_stream_t *stream = &watcher->stream;
    int64_t moment = stream->overdue;
    *then = end_silence;
    if (watcher->idle_timeout_us)
        keep_earlier(&moment, then, stream->heard + watcher->idle_timeout_us, end_silence);
    if (stream->answered && watcher->version.len == 0)
        keep_earlier(&moment, then, stream->heard + END_MARK_US, kube_watcher_turn_to_list);
    if (stream->answered && watcher->doubt_at)
        keep_earlier(&moment, then, watcher->doubt_at + DOUBT_US, kube_watcher_check_history);
    return moment;
}

static kube_step_t wait_for_bytes(kube_watcher_t *watcher)
{
    kube_watcher_stream_t *stream = &watcher->stream;
    give_up_fn *give_up;
    int64_t until = patience(watcher, &give_up);
    if (kube_now_us() >= until) {
        give_up(watcher);
        return KUBE_STEP_GO_ON;
    }
    give_memory_back(stream);
    watcher->due = stream->fetch.due < until ? stream->fetch.due : until;
    return KUBE_STEP_WAIT;
}

static void hear(kube_watcher_t *watcher)
{
    watcher->stream.heard = kube_now_us();
    watcher->stream.answered = true;
    watcher->unauthorized = 0;
    watcher->vain = 0;
    kube_mem_free(watcher->trouble);
    watcher->trouble = NULL;
    if (watcher->in_doubt && watcher->doubt_at == 0)
        watcher->doubt_at = watcher->stream.heard;
}

static kube_step_t take_bytes(kube_watcher_t *watcher)
{
    kube_watcher_stream_t *stream = &watcher->stream;
    kube_error_t err = { 0 };
    hear(watcher);
    int code = kube_frame_reader_take(&stream->frames, &stream->fetch.bytes, &err);
    /* Else the next step would give it to the exchange for what has come meanwhile, where an idle watch would hold it. */
    kube_buffer_dispose(&stream->fetch.bytes);
    if (code < 0)
        kube_watcher_fail(watcher, code, &err);
    return KUBE_STEP_GO_ON;
}

static kube_step_t step_fetch(kube_watcher_t *watcher)
{
    kube_watcher_stream_t *stream = &watcher->stream;
    kube_error_t err = { 0 };
    stream->fetch.err = &err;
    kube_step_t step = kube_fetch_step(&stream->fetch);
    stream->fetch.err = NULL;
    if (step == KUBE_STEP_BYTES)
        return take_bytes(watcher);
    bool success = stream->fetch.head.status >= 200 && stream->fetch.head.status < 300;
    if (success && !stream->answered)
        hear(watcher);
    if (step == KUBE_STEP_WAIT)
        return wait_for_bytes(watcher);
    /* A reader that is too slow for a stream of an initial state takes it in pages, at its own pace. */
    if (stream->fetch.overrun && watcher->version.len == 0) {
        kube_watcher_turn_to_list(watcher);
        return KUBE_STEP_GO_ON;
    }
    /* A connection that is lost, in the middle of an event even, is resumed like one that is closed. */
    if (stream->fetch.code == KUBE_OK || stream->fetch.overrun || (success && stream->fetch.code == KUBE_E_CONNECT))
        kube_watcher_stream_ended(watcher);
    else
        kube_watcher_request_failed(watcher, stream->fetch.code, &err);
    return KUBE_STEP_GO_ON;
}

kube_step_t kube_watcher_stream_step(kube_watcher_t *watcher, kube_event_t *event)
{
    kube_frame_reader_t *frames = &watcher->stream.frames;
    /* Only now that the state begins again what was known of it is worth less. */
    if (kube_frame_reader_held(frames) && kube_watcher_emit_restarted(watcher, event))
        return KUBE_STEP_ITEM;
    const char *text;
    size_t len;
    kube_error_t err = { 0 };
    int found = kube_frame_reader_next(frames, &text, &len, &err);
    if (found < 0)
        return fail_frame(watcher, found, NULL, 0, &err);
    return found ? take_frame(watcher, text, len, event) : step_fetch(watcher);
}
