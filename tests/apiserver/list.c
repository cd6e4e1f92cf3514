/* get and list. */
#include <errno.h>
#include <stdio.h>

#include "options.h"
#include "render.h"
#include "selection.h"
#include "state.h"
#include "status.h"
#include "verbs.h"

#define CHUNK ((size_t)64 * 1024)

void ts_get(ts_request_t *request, ts_reply_t *reply)
{
    int64_t revision;
    if (!ts_revision_read(request, ts_query(request, "resourceVersion"), &revision, reply))
        return;
    ts_object_t *object = ts_find(request->resource->collection, request->ns, request->name);
    if (revision > request->server->revision)
        ts_status_too_new(reply, revision, request->server->revision);
    else if (!object)
        ts_status_not_found(reply, request->resource, request->name);
    else
        ts_reply_object(request, reply, 200, object);
}

/* ---- the stream ---- */

typedef struct list {
    ts_request_t request; /* only what rendering asks for; borrows nothing that ends before the exchange does */
    ts_snapshot_t items;
    size_t next;
    bool begun;
    char *metadata;
} list_t;

static ts_fill_t fill(ts_exchange_t *exchange, void *stream, kube_buffer_t *out)
{
    (void)exchange;
    list_t *list = stream;
    if (!list->begun)
        ts_render_list_begin(&list->request, list->metadata, out);
    list->begun = true;
    while (list->next < list->items.count && out->len < CHUNK) {
        if (list->next > 0)
            kube_buffer_puts(out, ",");
        ts_render_item(&list->request, list->items.objects[list->next], out);
        list->next++;
    }
    if (list->next < list->items.count)
        return TS_FILL_MORE;
    ts_render_list_end(&list->request, list->metadata, out);
    return TS_FILL_END;
}

static void dispose(void *stream)
{
    list_t *list = stream;
    ts_snapshot_dispose(&list->items);
    free(list->metadata);
    free(list);
}

/* ---- continue tokens ---- */

static char *token_new(int64_t revision, const char *start)
{
    json_t *token = ts_need(json_pack("{ss sI ss%}", "v", "meta.k8s.io/v1", "rv", (json_int_t)revision, "start", start, strlen(start) + 1));
    char *json = json_dumps(token, JSON_COMPACT | JSON_PRESERVE_ORDER), *text = ts_base64(json);
    free(json);
    json_decref(token);
    return text;
}

/* The revision, -1 for an inconsistent continuation, and the key to start from, to be freed. */
static bool token_read(const char *token, int64_t *revision, char **start, ts_reply_t *reply)
{
    char *text = ts_unbase64(token);
    json_t *json = text ? json_loads(text, JSON_ALLOW_NUL, NULL) : NULL;
    const json_t *from = ts_at(json, "start");
    free(text);
    if (!json_is_string(from) || !ts_is(ts_text_at(json, "v"), "meta.k8s.io/v1")) {
        ts_status_bad_request(reply, "invalid continue token: continue key is not valid: %s", json ? "no start" : "it is not JSON");
        json_decref(json);
        return false;
    }
    *revision = ts_int_at(json, "rv", 0);
    /* The NUL behind the last key seen stands for the next key after it; the byte 1 does so in a C string. */
    *start = ts_printf("%s%s", json_string_value(from), json_string_length(from) > strlen(json_string_value(from)) ? "\x01" : "");
    json_decref(json);
    return true;
}

/* ---- list ---- */

static void too_old_continue(ts_reply_t *reply, const char *start)
{
    char *key = ts_strndup(start, strlen(start) - (strlen(start) > 0 && start[strlen(start) - 1] == 1)), *token = token_new(-1, key);
    ts_status(reply, 410, "Expired", NULL, "%s",
              "The provided continue parameter is too old to display a consistent list result. You can start a new list without the "
              "continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with "
              "the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time "
              "the first chunk was returned and now may show up in the list.");
    json_t *status = json_loadb(reply->body.data, reply->body.len, 0, NULL);
    ts_put(status, "metadata.continue", ts_string(token));
    ts_reply_json(reply, 410, status);
    free(token);
    free(key);
}

/* Which revision to show; false: the reply says why none. */
static bool choose_revision(const ts_request_t *request, const ts_list_options_t *options, int64_t *revision, char **start, ts_reply_t *reply)
{
    kube_test_server_t *server = request->server;
    const ts_collection_t *collection = request->resource->collection;
    *revision = server->revision;
    *start = NULL;
    if (options->continue_) {
        int64_t asked;
        if (!token_read(options->continue_, &asked, start, reply))
            return false;
        if (asked > 0 && asked < collection->forgotten) {
            too_old_continue(reply, *start);
            return false;
        }
        if (asked > 0 && asked < server->revision)
            *revision = asked;
        return true;
    }
    if (options->revision > server->revision) {
        ts_status_too_new(reply, options->revision, server->revision);
        return false;
    }
    if (options->exact && options->revision < collection->forgotten) {
        ts_status(reply, 410, "Expired", NULL, "The resourceVersion for the provided list is too old.");
        return false;
    }
    if (options->exact)
        *revision = options->revision;
    return true;
}

static void keep_matching(ts_snapshot_t *items, const ts_selection_t *selection)
{
    size_t kept = 0;
    for (size_t i = 0; i < items->count; i++) {
        if (ts_selection_matches(selection, items->objects[i]))
            items->objects[kept++] = items->objects[i];
        else
            ts_object_unref(items->objects[i]);
    }
    items->count = kept;
}

/* Cuts to the limit; returns the list's metadata. */
static char *page_metadata(ts_snapshot_t *items, int64_t limit, int64_t revision, bool narrow, bool custom)
{
    if (limit <= 0 || items->count <= (size_t)limit)
        return ts_printf("{%s\"resourceVersion\":\"%lld\"}", custom ? "\"continue\":\"\"," : "", (long long)revision);
    size_t rest = items->count - (size_t)limit;
    char remaining[64] = "", *token = token_new(revision, items->objects[limit - 1]->identity->key);
    if (!narrow)
        snprintf(remaining, sizeof remaining, ",\"remainingItemCount\":%zu", rest);
    while (items->count > (size_t)limit)
        ts_object_unref(items->objects[--items->count]);
    char *text = ts_printf("{\"resourceVersion\":\"%lld\",\"continue\":\"%s\"%s}", (long long)revision, token, remaining);
    free(token);
    return text;
}

ts_snapshot_t ts_list_items(ts_request_t *request, const ts_list_options_t *options, char **metadata, bool *ok, ts_reply_t *reply)
{
    ts_selection_t selection;
    ts_snapshot_t items = { 0 };
    int64_t revision;
    char *start = NULL;
    *metadata = NULL;
    *ok = ts_selection_read(request, &selection, reply);
    if (!*ok)
        return items;
    *ok = choose_revision(request, options, &revision, &start, reply);
    if (*ok) {
        items = ts_snapshot(request->resource->collection, revision, start, request->ns);
        keep_matching(&items, &selection);
        *metadata = page_metadata(&items, options->limit, revision, ts_selection_is_narrow(&selection),
                                  request->resource->crd && request->form == TS_FORM_OBJECT);
    }
    free(start);
    ts_selection_dispose(&selection);
    return items;
}

void ts_list(ts_request_t *request, ts_reply_t *reply)
{
    ts_list_options_t options;
    bool ok;
    if (!ts_list_options_read(request, &options, reply))
        return;
    char *metadata;
    ts_snapshot_t items = ts_list_items(request, &options, &metadata, &ok, reply);
    if (!ok)
        return;
    list_t *list = ts_alloc(sizeof *list);
    *list = (list_t){ .request = *request, .items = items, .metadata = metadata };
    reply->status = 200;
    reply->content_type = "application/json";
    reply->stream = list;
    reply->dispose = dispose;
    reply->fill = fill;
}
