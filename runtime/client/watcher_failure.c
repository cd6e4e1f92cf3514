/* What follows from the failures of a watch's requests, and from their ends. */
#include "base/memory.h"
#include "base/random.h"
#include "client/earlier.h"
#include "client/watcher.h"

/* client-go's: from 0.8 s doubling to 30 s, each at random up to twice that; from the start again after two minutes without
 * one. */
#define PAUSE_MIN_US (KUBE_US_PER_S * 8 / 10)
#define PAUSE_MAX_US (KUBE_US_PER_S * 30)
#define HEALTHY_US (KUBE_US_PER_S * 120)
/* The most that a server can ask for: a watch that is silent for longer would be taken for dead. */
#define RETRY_AFTER_MAX_US (KUBE_US_PER_S * 300)
/* A request that ends sooner and without an event is not repeated at once. */
#define VERY_SHORT_US KUBE_US_PER_S

static void end_request(kube_watcher_t *watcher)
{
    kube_watcher_stream_end(watcher);
    kube_watcher_list_end(watcher);
}

void kube_watcher_note_trouble(kube_watcher_t *watcher, int code, const char *message)
{
    kube_earlier_keep(&watcher->trouble, code, message);
    watcher->vain++;
}

void kube_watcher_tell_trouble(const kube_watcher_t *watcher, kube_error_t *err)
{
    if (!err)
        return;
    err->attempts += watcher->vain;
    if (watcher->trouble && !*err->earlier)
        kube_earlier_tell(err, watcher->trouble);
}

void kube_watcher_fail(kube_watcher_t *watcher, int code, const kube_error_t *err)
{
    kube_fetch_blame(&watcher->stream.fetch, code);
    kube_error_t *kept = kube_mem_alloc(sizeof *kept);
    if (kept) {
        *kept = *err;
        if (kept->attempts == 0)
            kept->attempts = watcher->stream.fetch.attempt;
        kube_watcher_tell_trouble(watcher, kept);
    }
    end_request(watcher);
    watcher->state = KUBE_WATCHER_ENDED;
    watcher->code = code;
    watcher->err = kept;
}

static void pause_for(kube_watcher_t *watcher, int64_t retry_after_ms)
{
    int64_t at_least_us = retry_after_ms < RETRY_AFTER_MAX_US / 1000 ? retry_after_ms * 1000 : RETRY_AFTER_MAX_US;
    int64_t now = kube_now_us(), twice = watcher->pause_us * 2;
    bool healthy = now - watcher->pause_until > HEALTHY_US;
    watcher->pause_us = healthy || !twice ? PAUSE_MIN_US : twice < PAUSE_MAX_US ? twice : PAUSE_MAX_US;
    int64_t pause = watcher->pause_us + (int64_t)(kube_random() % (uint64_t)watcher->pause_us);
    watcher->pause_until = now + (pause > at_least_us ? pause : at_least_us);
    watcher->state = KUBE_WATCHER_PAUSE;
}

/* Whether it ended before the time that was agreed: the server was begun anew, perhaps with another history. */
static bool ends_early(const kube_watcher_t *watcher)
{
    const kube_watcher_stream_t *stream = &watcher->stream;
    return watcher->state == KUBE_WATCHER_STREAM && stream->overdue - kube_now_us() > KUBE_OVERSTAY_US + KUBE_US_PER_S;
}

/* Ends a request that others will follow. An initial state that is not complete begins again. */
static void leave_request(kube_watcher_t *watcher)
{
    watcher->in_doubt = watcher->in_doubt || ends_early(watcher);
    if (watcher->version.len == 0)
        kube_watcher_trust(watcher);
    watcher->checking = false;
    end_request(watcher);
    watcher->restarted = watcher->restarted || (watcher->dirty && watcher->version.len == 0);
    watcher->state = KUBE_WATCHER_BEGIN;
}

void kube_watcher_stream_ended(kube_watcher_t *watcher)
{
    const kube_watcher_stream_t *stream = &watcher->stream;
    bool led_to_something = stream->answered && (stream->advanced || kube_now_us() - stream->began >= VERY_SHORT_US);
    leave_request(watcher);
    if (watcher->version.len == 0 || !led_to_something)
        pause_for(watcher, 0);
}

void kube_watcher_turn_to_list(kube_watcher_t *watcher)
{
    kube_fetch_blame(&watcher->stream.fetch, KUBE_E_TIMEOUT);
    leave_request(watcher);
    watcher->by_list = true;
}

void kube_watcher_check_history(kube_watcher_t *watcher)
{
    end_request(watcher);
    watcher->checking = true;
    kube_watcher_list_begin(watcher);
}

void kube_watcher_expired(kube_watcher_t *watcher, int code, const kube_error_t *err)
{
    bool initial = watcher->version.len == 0;
    if (!initial && !watcher->restart_when_expired) {
        kube_watcher_fail(watcher, code, err);
        return;
    }
    /* A list that expires between its pages, because its items are slowly taken, will do so again. */
    watcher->in_one_page = initial && watcher->state == KUBE_WATCHER_LIST;
    watcher->only_changes = watcher->only_changes && initial;
    watcher->version.len = 0;
    leave_request(watcher);
    pause_for(watcher, 0);
}

/* Whether a request that failed so may succeed later. */
static bool is_passing(const kube_watcher_t *watcher, int code, const kube_error_t *err)
{
    switch (code) {
    case KUBE_E_CONNECT:
    case KUBE_E_TOO_MANY_REQUESTS:
        return true;
    case KUBE_E_TIMEOUT:
        return err->http_status != 0 || watcher->deadline == KUBE_NEVER || kube_now_us() < watcher->deadline;
    default:
        return err->http_status >= 500;
    }
}

/* Whether a server that does not know sendInitialEvents may say so. */
static bool refuses_initial_events(const kube_watcher_t *watcher, int code)
{
    bool asked = watcher->state == KUBE_WATCHER_STREAM && watcher->version.len == 0;
    return asked && (code == KUBE_E_INVALID || code == KUBE_E_BAD_REQUEST || code == KUBE_E_METHOD_NOT_ALLOWED);
}

void kube_watcher_request_failed(kube_watcher_t *watcher, int code, const kube_error_t *err)
{
    kube_fetch_blame(&watcher->stream.fetch, code);
    if (code == KUBE_E_EXPIRED) {
        kube_watcher_expired(watcher, code, err);
    } else if (refuses_initial_events(watcher, code)) {
        kube_watcher_turn_to_list(watcher);
    } else if (is_passing(watcher, code, err)) {
        int64_t retry_after_ms = err->retry_after_ms;
        kube_watcher_note_trouble(watcher, code, err->message);
        leave_request(watcher);
        pause_for(watcher, retry_after_ms);
    } else if (code == KUBE_E_UNAUTHORIZED && watcher->unauthorized++ == 0) {
        /* Credentials may have changed since. */
        leave_request(watcher);
    } else if (watcher->checking) {
        /* Who may watch may not be allowed to list. */
        leave_request(watcher);
        kube_watcher_trust(watcher);
    } else {
        kube_watcher_fail(watcher, code, err);
    }
}
