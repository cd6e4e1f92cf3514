/* Watches whose owner asks for each event: kube_watch and what is done with one. */
#include <kube/watch.h>

#include "base/fail.h"
#include "base/memory.h"
#include "client/watcher.h"

struct kube_watch_t {
    kube_watcher_t watcher;
    kube_waiter_t waiter;
    kube_client_t *client; /* a reference */
};

static int begin(kube_client_t *client, const kube_resource_t *resource, const char *ns, const kube_watch_options_t *options,
                 kube_watch_t **out, kube_error_t *err)
{
    kube_watch_t *watch = kube_mem_zero(sizeof *watch);
    if (!watch)
        return kube_fail_memory(err);
    if (!kube_waiter_init(&watch->waiter, client->engine, options ? options->call.cancel : NULL, false)) {
        kube_mem_free(watch);
        return kube_fail_memory(err);
    }
    watch->client = client;
    kube_client_hold(client);
    int code = kube_watcher_begin(&watch->watcher, client, &watch->waiter, resource, ns, options, err);
    if (code < 0)
        kube_watch_free(watch);
    else
        *out = watch;
    return code;
}

int kube_watch(kube_client_t *client, const kube_resource_t *resource, const char *ns, const kube_watch_options_t *options,
               kube_watch_t **out, kube_error_t *err)
{
    kube_error_reset(err);
    if (options && options->call.status)
        *options->call.status = NULL;
    if (!out)
        return kube_fail(err, KUBE_E_USAGE, "out is NULL");
    *out = NULL;
    int code = kube_client_enter(client, true, err);
    if (code < 0)
        return code;
    code = begin(client, resource, ns, options, out, err);
    kube_client_leave(client);
    return code;
}

static int fail_late(const kube_watcher_t *watcher, kube_error_t *err)
{
    kube_watcher_tell_trouble(watcher, err);
    return kube_fail(err, KUBE_E_TIMEOUT, "there was no event in time");
}

static int next_until(kube_watch_t *watch, int64_t until, kube_event_t *event, kube_error_t *err)
{
    kube_watcher_t *watcher = &watch->watcher;
    for (bool looked = false;;) {
        kube_step_t step = kube_watcher_step(watcher, event);
        if (step == KUBE_STEP_ITEM)
            return KUBE_OK;
        if (step == KUBE_STEP_END) {
            kube_watcher_error(watcher, err);
            return watcher->code;
        }
        bool over = until != KUBE_NEVER && kube_now_us() >= until;
        if (over && looked)
            return fail_late(watcher, err);
        looked = over;
        if (over)
            kube_engine_look(watch->client->engine);
        else
            kube_waiter_wait(&watch->waiter, watcher->due < until ? watcher->due : until);
    }
}

static int next(kube_watch_t *watch, int64_t until, kube_event_t *event, kube_error_t *err)
{
    kube_error_reset(err);
    if (event)
        *event = (kube_event_t){ 0 };
    if (!watch || !event)
        return kube_fail(err, KUBE_E_USAGE, watch ? "event is NULL" : "watch is NULL");
    kube_client_t *client = watch->client;
    int code = kube_client_enter(client, true, err);
    if (code < 0)
        return code;
    code = next_until(watch, until, event, err);
    kube_client_leave(client);
    return code;
}

int kube_watch_next(kube_watch_t *watch, kube_event_t *event, kube_error_t *err)
{
    return next(watch, KUBE_NEVER, event, err);
}

int kube_watch_next_within(kube_watch_t *watch, int64_t wait_ms, kube_event_t *event, kube_error_t *err)
{
    int64_t until = KUBE_NEVER;
    if (wait_ms < INT64_MAX / 4000)
        until = kube_now_us() + (wait_ms > 0 ? wait_ms * 1000 : 0);
    return next(watch, until, event, err);
}

const char *kube_watch_resource_version(const kube_watch_t *watch)
{
    return watch && watch->watcher.version.len ? watch->watcher.version.data : NULL;
}

void kube_watch_free(kube_watch_t *watch)
{
    if (!watch)
        return;
    kube_client_t *client = watch->client;
    /* In a forked child the connection is its parent's, and so is what is known of it. */
    if (kube_client_enter(client, false, NULL) < 0)
        return;
    kube_watcher_dispose(&watch->watcher);
    kube_waiter_dispose(&watch->waiter);
    kube_mem_free(watch);
    kube_client_leave(client);
    kube_client_release(client);
}
