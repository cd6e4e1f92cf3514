#include "client/operation.h"

#include <kube/object.h>
#include <string.h>

#include "base/fail.h"

const kube_call_t *kube_spec_call(const kube_spec_t *spec)
{
    static const kube_call_t defaults;
    /* Every options struct begins with its kube_call_t. */
    return spec->options ? spec->options : &defaults;
}

/* Watches and followed logs have no end of their own: the client's time limit is not meant for them. */
static bool is_endless(const kube_spec_t *spec)
{
    const kube_log_options_t *log = spec->options;
    return spec->action == KUBE_ACTION_WATCH || (spec->action == KUBE_ACTION_LOG_LINES && log && log->follow);
}

static int64_t deadline_of(const kube_client_t *client, const kube_spec_t *spec)
{
    int64_t ms = kube_spec_call(spec)->timeout_ms;
    if (ms == 0 && !is_endless(spec))
        ms = client->timeout_ms;
    return ms <= 0 || ms > INT64_MAX / 4000 ? KUBE_NEVER : kube_now_us() + ms * 1000;
}

int kube_operation_begin(kube_operation_t *operation, const kube_operation_kind_t *kind, kube_client_t *client, const kube_spec_t *spec,
                         void *userdata, bool queued)
{
    memset(operation, 0, kind->size);
    operation->kind = kind;
    operation->client = client;
    operation->userdata = userdata;
    operation->due = KUBE_NEVER;
    operation->deadline = deadline_of(client, spec);
    kube_request_init(&operation->request, client);
    const kube_call_t *call = kube_spec_call(spec);
    operation->request.max_retries = call->max_retries;
    if (!kube_waiter_init(&operation->waiter, client->engine, call->cancel, queued))
        return kube_fail_memory(&operation->err);
    operation->begun = true;
    int code = kube_check_call(call, &operation->err);
    if (code == KUBE_OK)
        code = kube_request_set_traceparent(&operation->request, call->traceparent, &operation->err);
    return code == KUBE_OK ? kind->begin(operation, spec) : code;
}

void kube_operation_dispose(kube_operation_t *operation)
{
    if (!operation->kind)
        return;
    if (operation->begun) {
        operation->kind->dispose(operation);
        kube_waiter_dispose(&operation->waiter);
    }
    kube_request_dispose(&operation->request);
    kube_buffer_dispose(&operation->bytes);
    kube_free(operation->object);
    kube_free(operation->status);
    operation->kind = NULL;
    if (operation->inside)
        kube_client_leave(operation->client);
}

void kube_operation_take_failure(kube_operation_t *operation, kube_fetch_t *fetch)
{
    operation->err = *fetch->err;
    operation->http_status = fetch->head.status;
    kube_free(operation->status);
    operation->status = fetch->status;
    fetch->status = NULL;
}

int kube_operation_check(kube_operation_t *operation)
{
    if (kube_waiter_canceled(&operation->waiter))
        return kube_fail(&operation->err, KUBE_E_CANCELED, "the call was canceled");
    if (operation->deadline != KUBE_NEVER && kube_now_us() >= operation->deadline)
        return kube_fail(&operation->err, KUBE_E_TIMEOUT, "the call's time is over");
    return KUBE_OK;
}

static int run(kube_operation_t *operation, const kube_operation_kind_t *kind, kube_client_t *client, const kube_spec_t *spec,
               void *userdata)
{
    int code = kube_operation_begin(operation, kind, client, spec, userdata, false);
    operation->inside = true;
    if (code < 0)
        return code;
    while (kind->step(operation) == KUBE_STEP_WAIT)
        kube_waiter_wait(&operation->waiter, operation->due);
    return operation->code;
}

int kube_operation_run(kube_operation_t *operation, const kube_operation_kind_t *kind, kube_client_t *client, const kube_spec_t *spec,
                       void *userdata, kube_error_t *err)
{
    const kube_call_t *call = kube_spec_call(spec);
    kube_error_reset(err);
    operation->kind = NULL;
    if (call->status)
        *call->status = NULL;
    int code = kube_client_enter(client, true, err);
    if (code < 0)
        return code;
    code = run(operation, kind, client, spec, userdata);
    if (err)
        *err = operation->err;
    if (call->status) {
        *call->status = operation->status;
        operation->status = NULL;
    }
    return code;
}
