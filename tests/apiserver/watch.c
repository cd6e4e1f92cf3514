/* watch: initial state, changes, bookmarks, and the end. */
#include <stdio.h>

#include "render.h"
#include "selection.h"
#include "state.h"
#include "status.h"
#include "verbs.h"

#define CHUNK ((size_t)64 * 1024)
#define DEFAULT_TIMEOUT_S 1800
#define LAST_BOOKMARK_MS 2000

typedef struct watch {
    ts_request_t request; /* borrowed from the exchange */
    ts_selection_t selection;
    int64_t cursor; /* all changes up to this revision are sent */
    ts_snapshot_t initial;
    size_t next_initial;
    bool initial_end;  /* a bookmark is to say that the initial events are over */
    bool bookmarks;
    bool columns_sent; /* of tables */
    int64_t ends_at, next_bookmark; /* ts_monotonic_ms */
} watch_t;

static void event(watch_t *watch, const char *type, const ts_object_t *object, kube_buffer_t *out)
{
    kube_buffer_printf(out, "{\"type\":\"%s\",\"object\":", type);
    ts_render_object(&watch->request, object, !watch->columns_sent, out);
    watch->columns_sent = true;
    kube_buffer_puts(out, "}\n");
}

static void bookmark(watch_t *watch, int64_t revision, bool end, kube_buffer_t *out)
{
    kube_buffer_puts(out, "{\"type\":\"BOOKMARK\",\"object\":");
    ts_render_bookmark(&watch->request, revision, end, out);
    kube_buffer_puts(out, "}\n");
}

static ts_fill_t expired(const watch_t *watch, int64_t oldest, kube_buffer_t *out)
{
    char *message = ts_printf("too old resource version: %lld (%lld)", (long long)watch->cursor, (long long)oldest);
    json_t *status = ts_status_document(410, "Expired", NULL, message);
    kube_buffer_puts(out, "{\"type\":\"ERROR\",\"object\":");
    ts_append_json(out, status);
    kube_buffer_puts(out, "}\n");
    json_decref(status);
    free(message);
    return TS_FILL_END;
}

static ts_fill_t initial_events(watch_t *watch, kube_buffer_t *out)
{
    while (watch->next_initial < watch->initial.count && out->len < CHUNK)
        event(watch, "ADDED", watch->initial.objects[watch->next_initial++], out);
    if (watch->next_initial == watch->initial.count) {
        ts_snapshot_dispose(&watch->initial);
        watch->next_initial = 0;
        if (watch->initial_end)
            bookmark(watch, watch->cursor, true, out);
    }
    return TS_FILL_MORE;
}

/* An object that leaves the selection is deleted for who watches it: as it was, at the revision of the change. */
static void left_selection(watch_t *watch, const ts_event_t *change, kube_buffer_t *out)
{
    json_t *document = ts_object_document(change->previous);
    ts_object_t *object = ts_object_new(watch->selection.collection, document, change->previous->identity, change->revision);
    event(watch, "DELETED", object, out);
    ts_object_unref(object);
    json_decref(document);
}

static void change_event(watch_t *watch, const ts_event_t *change, kube_buffer_t *out)
{
    bool now = change->type != KUBE_TEST_DELETED && ts_selection_matches(&watch->selection, change->object);
    bool before = change->previous && ts_selection_matches(&watch->selection, change->previous);
    if (now)
        event(watch, before ? "MODIFIED" : "ADDED", change->object, out);
    else if (before && change->type == KUBE_TEST_DELETED)
        event(watch, "DELETED", change->object, out);
    else if (before)
        left_selection(watch, change, out);
}

/* Bookmarks come at intervals, and one two seconds before the end. */
static int64_t bookmark_time(const watch_t *watch, int64_t now)
{
    int64_t next = now + watch->request.server->bookmark_interval_ms, last = watch->ends_at - LAST_BOOKMARK_MS;
    return now < last && last < next ? last : next;
}

/* With the lock. */
static ts_fill_t changes(ts_exchange_t *exchange, watch_t *watch, kube_buffer_t *out)
{
    kube_test_server_t *server = exchange->server;
    const ts_collection_t *collection = watch->selection.collection;
    if (watch->cursor < collection->dropped)
        return expired(watch, collection->dropped, out);
    for (size_t i = ts_event_after(collection, watch->cursor); i < collection->last && out->len < CHUNK; i++) {
        change_event(watch, &collection->events[i], out);
        watch->cursor = collection->events[i].revision;
    }
    if (out->len > 0)
        return TS_FILL_MORE;
    int64_t now = ts_monotonic_ms();
    watch->cursor = server->revision; /* nothing of this collection is between */
    if (watch->request.resource->removed || now >= watch->ends_at)
        return TS_FILL_END;
    if (watch->bookmarks && now >= watch->next_bookmark) {
        watch->next_bookmark = bookmark_time(watch, now);
        bookmark(watch, watch->cursor, false, out);
        return TS_FILL_MORE;
    }
    bool bookmark_first = watch->bookmarks && watch->next_bookmark < watch->ends_at;
    ts_exchange_sleep(exchange, bookmark_first ? watch->next_bookmark : watch->ends_at, &watch->request.resource->collection->waiting);
    return TS_FILL_WAIT;
}

static ts_fill_t fill(ts_exchange_t *exchange, void *stream, kube_buffer_t *out)
{
    watch_t *watch = stream;
    if (watch->initial.objects)
        return initial_events(watch, out);
    pthread_mutex_lock(&exchange->server->lock);
    ts_fill_t result = exchange->gone || exchange->server->stopping ? TS_FILL_BREAK : changes(exchange, watch, out);
    pthread_mutex_unlock(&exchange->server->lock);
    return result;
}

static void dispose(void *stream)
{
    watch_t *watch = stream;
    ts_snapshot_dispose(&watch->initial);
    ts_selection_dispose(&watch->selection);
    free(watch);
}

/* The state that a watch from no revision, from "0", or with sendInitialEvents begins with. */
static void take_initial(watch_t *watch, const ts_request_t *request)
{
    watch->initial = ts_snapshot(watch->selection.collection, request->server->revision, NULL, request->ns);
    size_t kept = 0;
    for (size_t i = 0; i < watch->initial.count; i++) {
        if (ts_selection_matches(&watch->selection, watch->initial.objects[i]))
            watch->initial.objects[kept++] = watch->initial.objects[i];
        else
            ts_object_unref(watch->initial.objects[i]);
    }
    watch->initial.count = kept;
}

void ts_watch(ts_request_t *request, ts_reply_t *reply)
{
    kube_test_server_t *server = request->server;
    ts_list_options_t options;
    ts_selection_t selection;
    if (!ts_list_options_read(request, &options, reply) || !ts_selection_read(request, &selection, reply))
        return;
    if (options.initial_events && options.revision > server->revision) {
        ts_selection_dispose(&selection);
        ts_status_too_new(reply, options.revision, server->revision);
        return;
    }
    watch_t *watch = ts_alloc(sizeof *watch);
    uint32_t random;
    ts_random(&random, sizeof random);
    int64_t now = ts_monotonic_ms();
    int64_t seconds = options.timeout_seconds > 0 ? options.timeout_seconds : DEFAULT_TIMEOUT_S + random % DEFAULT_TIMEOUT_S;
    *watch = (watch_t){ .request = *request, .selection = selection, .bookmarks = options.bookmarks,
                        .ends_at = now + seconds * 1000 };
    bool initial = options.initial_events_given ? options.initial_events : options.revision == 0;
    watch->initial_end = initial && options.bookmarks && !server->no_watch_list; /* also of those that did not ask for it by name */
    if (initial)
        take_initial(watch, request);
    watch->next_bookmark = bookmark_time(watch, now);
    watch->cursor = initial || options.revision == 0 ? server->revision : options.revision;
    reply->status = 200;
    reply->content_type = "application/json";
    reply->stream = watch;
    reply->fill = fill;
    reply->dispose = dispose;
    reply->watch = true;
    if (watch->cursor < selection.collection->forgotten) {
        expired(watch, selection.collection->forgotten, &reply->body);
        reply->fill = NULL;
    }
}
