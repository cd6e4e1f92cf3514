/* Watches that run as operations: a function is called for each event. */
#include <kube/op.h>

#include "base/fail.h"
#include "client/operation.h"
#include "client/watcher.h"

/* Events of one step: other operations of a thread that dispatches get their turn after so many. */
#define EVENTS_OF_A_STEP 100

typedef struct watch_operation {
    kube_operation_t operation;
    kube_watcher_t watcher;
    kube_event_fn *fn;
} watch_operation_t;

static int begin(kube_operation_t *operation, const kube_spec_t *spec)
{
    watch_operation_t *watch = (watch_operation_t *)operation;
    if (!spec->event)
        return kube_fail(&operation->err, KUBE_E_USAGE, "event is NULL: there is no function to call");
    watch->fn = spec->event;
    return kube_watcher_begin(&watch->watcher, operation->client, &operation->waiter, spec->resource, spec->ns, spec->options,
                              &operation->err);
}

static kube_step_t end(kube_operation_t *operation, int code)
{
    operation->code = code;
    return KUBE_STEP_END;
}

static kube_step_t step(kube_operation_t *operation)
{
    watch_operation_t *watch = (watch_operation_t *)operation;
    for (int events = 0; events < EVENTS_OF_A_STEP; events++) {
        kube_event_t event;
        kube_step_t step = kube_watcher_step(&watch->watcher, &event);
        operation->due = watch->watcher.due;
        if (step == KUBE_STEP_WAIT)
            return step;
        if (step == KUBE_STEP_END) {
            kube_watcher_error(&watch->watcher, &operation->err);
            operation->http_status = operation->err.http_status;
            return end(operation, watch->watcher.code);
        }
        int code = watch->fn(&event, operation->userdata);
        if (code < 0)
            kube_fail(&operation->err, code, "the function that is called for each event ended the watch");
        if (code != 0)
            return end(operation, code);
    }
    kube_waiter_signal(&operation->waiter);
    operation->due = KUBE_NEVER;
    return KUBE_STEP_WAIT;
}

static void dispose(kube_operation_t *operation)
{
    kube_watcher_dispose(&((watch_operation_t *)operation)->watcher);
}

const kube_operation_kind_t kube_watch_kind = { sizeof(watch_operation_t), begin, step, dispose };
