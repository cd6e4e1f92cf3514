#include "client/watcher.h"

#include <kube/object.h>
#include <kube/selector.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

static const kube_watch_media_t json_media = { "application/json", &kube_json_framing, kube_watch_event_decode };

/* ---- what it is told ---- */

static int copy_text(char **to, const char *text, kube_error_t *err)
{
    *to = text && *text ? kube_mem_strdup(text) : NULL;
    return *to || !text || !*text ? KUBE_OK : kube_fail_memory(err);
}

/* The field selector, and the name as a part of it. */
static int copy_field_selector(kube_watcher_t *watcher, const kube_watch_options_t *options, kube_error_t *err)
{
    if (!options->name)
        return copy_text(&watcher->field_selector, options->field_selector, err);
    kube_buffer_t text = { 0 };
    kube_buffer_puts(&text, "metadata.name=");
    kube_field_selector_escape(&text, options->name);
    if (options->field_selector && *options->field_selector)
        kube_buffer_printf(&text, ",%s", options->field_selector);
    if (text.failed) {
        kube_buffer_dispose(&text);
        return kube_fail_memory(err);
    }
    watcher->field_selector = text.data;
    return KUBE_OK;
}

static int copy_options(kube_watcher_t *watcher, const kube_watch_options_t *options, kube_error_t *err)
{
    /* One that is longer than the clock can tell is none. */
    bool idles = options->idle_timeout_ms > 0 && options->idle_timeout_ms < INT64_MAX / 4000;
    watcher->idle_timeout_us = idles ? options->idle_timeout_ms * 1000 : 0;
    watcher->timeout_seconds = options->timeout_seconds;
    watcher->decode_flags = options->decode_flags;
    watcher->bookmarks = options->bookmarks;
    watcher->restart_when_expired = options->restart_when_expired;
    watcher->only_changes = options->only_changes;
    watcher->by_list = options->no_watch_list;
    /* Who wants only what follows a version has the state of that version. */
    watcher->dirty = options->resource_version && *options->resource_version;
    int64_t timeout_ms = options->call.timeout_ms;
    watcher->deadline = timeout_ms > 0 && timeout_ms < INT64_MAX / 4000 ? kube_now_us() + timeout_ms * 1000 : KUBE_NEVER;
    int code = kube_request_set_traceparent(&watcher->request, options->call.traceparent, err);
    if (code == KUBE_OK)
        code = copy_text(&watcher->label_selector, options->label_selector, err);
    if (code == KUBE_OK)
        code = copy_field_selector(watcher, options, err);
    if (code == KUBE_OK && options->resource_version && *options->resource_version &&
        kube_watcher_set_version(watcher, options->resource_version) < 0)
        code = kube_fail_memory(err);
    return code;
}

static int check(const kube_resource_t *resource, const kube_watch_options_t *options, kube_error_t *err)
{
    int code = kube_check_resource(resource, err);
    if (code == KUBE_OK && !(resource->verbs & KUBE_VERB_WATCH))
        code = kube_fail(err, KUBE_E_USAGE, "%s cannot be watched", resource->plural);
    /* To servers, "0" means any state, and asks for an initial state without an end. */
    if (code == KUBE_OK && options->resource_version && strcmp(options->resource_version, "0") == 0)
        code = kube_fail(err, KUBE_E_USAGE, "no change comes after resource_version 0: NULL asks for the state as it is");
    if (code == KUBE_OK && (options->idle_timeout_ms < 0 || options->timeout_seconds < 0))
        code = kube_fail(err, KUBE_E_USAGE, "idle_timeout_ms or timeout_seconds is negative");
    if (code == KUBE_OK)
        code = kube_check_call(&options->call, err);
    return code == KUBE_OK && options->name ? kube_check_segment("name", options->name, err) : code;
}

int kube_watcher_begin(kube_watcher_t *watcher, kube_client_t *client, kube_waiter_t *waiter, const kube_resource_t *resource,
                       const char *ns, const kube_watch_options_t *options, kube_error_t *err)
{
    static const kube_watch_options_t defaults;
    options = options ? options : &defaults;
    *watcher = (kube_watcher_t){ .client = client, .waiter = waiter, .resource = resource, .media = &json_media };
    int code = check(resource, options, err);
    kube_request_init(&watcher->request, client);
    watcher->request.method = "GET";
    watcher->request.accept = watcher->media->accept;
    watcher->request.resource = resource;
    if (code == KUBE_OK)
        code = kube_list_request_path(&watcher->request, resource, ns, err);
    watcher->path_len = watcher->request.target.len;
    return code == KUBE_OK ? copy_options(watcher, options, err) : code;
}

void kube_watcher_error(const kube_watcher_t *watcher, kube_error_t *err)
{
    if (err && watcher->err)
        *err = *watcher->err;
    else if (watcher->code == KUBE_E_NO_MEMORY)
        kube_fail_memory(err);
    else
        kube_fail(err, watcher->code, "the watch has ended, and there was no memory to keep the reason");
}

void kube_watcher_dispose(kube_watcher_t *watcher)
{
    kube_mem_free(watcher->err);
    kube_mem_free(watcher->trouble);
    kube_watcher_stream_end(watcher);
    kube_watcher_list_end(watcher);
    kube_free(watcher->object);
    kube_request_dispose(&watcher->request);
    kube_buffer_dispose(&watcher->version);
    kube_mem_free(watcher->label_selector);
    kube_mem_free(watcher->field_selector);
}

/* ---- what its parts share ---- */

kube_step_t kube_watcher_emit(kube_watcher_t *watcher, kube_event_t *event, kube_event_type_t type, void *object)
{
    watcher->object = object;
    watcher->dirty = type != KUBE_EVENT_RESTARTED;
    *event = (kube_event_t){ type, object };
    return KUBE_STEP_ITEM;
}

bool kube_watcher_emit_restarted(kube_watcher_t *watcher, kube_event_t *event)
{
    if (!watcher->restarted)
        return false;
    watcher->restarted = false;
    kube_watcher_emit(watcher, event, KUBE_EVENT_RESTARTED, NULL);
    return true;
}

void kube_watcher_trust(kube_watcher_t *watcher)
{
    watcher->in_doubt = false;
    watcher->doubt_at = 0;
}

int kube_watcher_set_version(kube_watcher_t *watcher, const char *version)
{
    watcher->version.len = 0;
    kube_buffer_puts(&watcher->version, version);
    return watcher->version.failed ? KUBE_E_NO_MEMORY : KUBE_OK;
}

static bool is_decimal(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text) && *text != '0';
}

bool kube_watcher_version_is_older(const char *version, const char *than)
{
    if (!is_decimal(version) || !is_decimal(than))
        return false;
    size_t len = strlen(version), other_len = strlen(than);
    return len != other_len ? len < other_len : strcmp(version, than) < 0;
}

/* ---- the order of things ---- */

static void fail_here(kube_watcher_t *watcher, int code, const char *message)
{
    kube_error_t err = { 0 };
    kube_fail(&err, code, "%s", message);
    kube_watcher_fail(watcher, code, &err);
}

/* Ends the watch when its owner wants that. */
static void check_owner(kube_watcher_t *watcher)
{
    if (watcher->state == KUBE_WATCHER_ENDED)
        return;
    if (kube_waiter_canceled(watcher->waiter))
        fail_here(watcher, KUBE_E_CANCELED, "the watch was canceled");
    else if (watcher->deadline != KUBE_NEVER && kube_now_us() >= watcher->deadline)
        fail_here(watcher, KUBE_E_TIMEOUT, "the time of the watch is over");
}

/* Versions of one cluster mean nothing to another. */
static void leave_cluster(kube_watcher_t *watcher)
{
    kube_error_t err = { 0 };
    kube_fail(&err, KUBE_E_EXPIRED, "the configuration leads to another server now, which knows nothing of version %s", watcher->version.data);
    kube_watcher_expired(watcher, KUBE_E_EXPIRED, &err);
}

static void begin_request(kube_watcher_t *watcher)
{
    if (!kube_request_move(&watcher->request) && watcher->version.len) {
        leave_cluster(watcher);
        return;
    }
    if (watcher->version.len == 0 && (watcher->by_list || watcher->only_changes))
        kube_watcher_list_begin(watcher);
    else
        kube_watcher_stream_begin(watcher);
}

static kube_step_t step_state(kube_watcher_t *watcher, kube_event_t *event)
{
    switch (watcher->state) {
    case KUBE_WATCHER_PAUSE:
        watcher->due = watcher->pause_until;
        if (kube_now_us() < watcher->pause_until)
            return KUBE_STEP_WAIT;
        watcher->state = KUBE_WATCHER_BEGIN;
        return KUBE_STEP_GO_ON;
    case KUBE_WATCHER_BEGIN:
        begin_request(watcher);
        return KUBE_STEP_GO_ON;
    case KUBE_WATCHER_LIST:
        return kube_watcher_list_step(watcher, event);
    case KUBE_WATCHER_STREAM:
        return kube_watcher_stream_step(watcher, event);
    default:
        return KUBE_STEP_END;
    }
}

kube_step_t kube_watcher_step(kube_watcher_t *watcher, kube_event_t *event)
{
    kube_step_t step;
    kube_free(watcher->object);
    watcher->object = NULL;
    *event = (kube_event_t){ 0 };
    do {
        check_owner(watcher);
        step = step_state(watcher, event);
    } while (step == KUBE_STEP_GO_ON);
    if (step == KUBE_STEP_WAIT && watcher->deadline < watcher->due)
        watcher->due = watcher->deadline;
    return step;
}
