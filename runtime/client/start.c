/* Operations that do not block, and those who drive them. */
#include <kube/op.h>

#include "base/fail.h"
#include "base/memory.h"
#include "client/operations.h"

/* Most operations that one dispatch moves on, so that a host's loop gets its turn. */
#define DISPATCH_MAX 256

static const kube_operation_kind_t *kind_of(kube_action_t action)
{
    switch (action) {
    case KUBE_ACTION_LIST:
        return &kube_list_kind;
    case KUBE_ACTION_EACH:
        return &kube_each_kind;
    case KUBE_ACTION_WATCH:
        return &kube_watch_kind;
    case KUBE_ACTION_LOG_LINES:
        return &kube_log_lines_kind;
    case KUBE_ACTION_CREATE:
    case KUBE_ACTION_UPDATE:
    case KUBE_ACTION_PATCH:
    case KUBE_ACTION_APPLY:
    case KUBE_ACTION_DELETE:
    case KUBE_ACTION_DELETE_COLLECTION:
        return &kube_write_kind;
    default:
        return &kube_unary_kind;
    }
}

static kube_op_t *new_op(kube_client_t *client, const kube_operation_kind_t *kind, kube_done_fn *done, void *userdata)
{
    kube_op_t *op = kube_mem_zero(sizeof *op);
    kube_operation_t *operation = kube_mem_zero(kind->size);
    if (!op || !operation) {
        kube_mem_free(op);
        kube_mem_free(operation);
        return NULL;
    }
    *op = (kube_op_t){ .done = done, .userdata = userdata, .client = client, .operation = operation };
    atomic_init(&op->references, 1);
    atomic_init(&op->ended, false);
    kube_client_hold(client);
    return op;
}

static int begin(kube_client_t *client, const kube_operation_kind_t *kind, const kube_spec_t *spec, kube_op_t *op, kube_error_t *err)
{
    kube_operation_t *operation = op->operation;
    int code = kube_operation_begin(operation, kind, client, spec, op->userdata, true);
    if (code == KUBE_OK)
        code = kube_request_own(&operation->request, &operation->err);
    if (code == KUBE_OK) {
        operation->op = op;
        return code;
    }
    if (err)
        *err = operation->err;
    kube_operation_dispose(operation);
    return code;
}

/* The client was entered. */
static int start(kube_client_t *client, const kube_spec_t *spec, kube_done_fn *done, void *userdata, kube_op_t **out, kube_error_t *err)
{
    if (!spec)
        return kube_fail(err, KUBE_E_USAGE, "spec is NULL");
    if (atomic_load(&client->closed))
        return kube_fail(err, KUBE_E_CANCELED, "the client is being freed");
    const kube_operation_kind_t *kind = kind_of(spec->action);
    kube_op_t *op = new_op(client, kind, done, userdata);
    if (!op)
        return kube_fail_memory(err);
    int code = begin(client, kind, spec, op, err);
    if (code < 0) {
        kube_op_free(op);
        return code;
    }
    /* From here on, the operation may end in another thread at any moment. */
    if (out) {
        atomic_fetch_add(&op->references, 1);
        *out = op;
    }
    kube_waiter_signal(&op->operation->waiter);
    kube_waiter_yield(&op->operation->waiter, KUBE_NEVER);
    return KUBE_OK;
}

int kube_start(kube_client_t *client, const kube_spec_t *spec, kube_done_fn *done, void *userdata, kube_op_t **out, kube_error_t *err)
{
    kube_error_reset(err);
    if (out)
        *out = NULL;
    int code = kube_client_enter(client, false, err);
    if (code < 0)
        return code;
    code = start(client, spec, done, userdata, out, err);
    kube_client_leave(client);
    return code;
}

void kube_op_cancel(kube_op_t *op)
{
    if (op && !atomic_load(&op->ended))
        kube_waiter_cancel(&op->operation->waiter);
}

bool kube_op_ended(kube_op_t *op)
{
    return !op || atomic_load(&op->ended);
}

static int64_t moment_after(int64_t wait_ms)
{
    if (wait_ms < 0 || wait_ms > INT64_MAX / 4000)
        return KUBE_NEVER;
    return wait_ms ? kube_now_us() + wait_ms * 1000 : 0;
}

/* Steps the operation, which this thread has taken, until it ends or the moment has come. */
static int step_until(kube_op_t *op, int64_t until, kube_error_t *err)
{
    kube_operation_t *operation = op->operation;
    while (operation->kind->step(operation) != KUBE_STEP_END) {
        if (kube_now_us() >= until) {
            kube_waiter_yield(&operation->waiter, operation->due);
            return kube_fail(err, KUBE_E_TIMEOUT, "the operation goes on");
        }
        kube_waiter_wait(&operation->waiter, operation->due < until ? operation->due : until);
    }
    kube_op_end(op);
    return KUBE_OK;
}

int kube_op_wait(kube_op_t *op, int64_t wait_ms, kube_error_t *err)
{
    kube_error_reset(err);
    if (!op)
        return kube_fail(err, KUBE_E_USAGE, "op is NULL");
    if (atomic_load(&op->ended))
        return KUBE_OK;
    kube_client_t *client = op->client;
    int code = kube_client_enter(client, true, err);
    if (code < 0)
        return code;
    /* The callback may free the operation, in another thread. */
    atomic_fetch_add(&op->references, 1);
    /* Even for no wait at all bytes have to be moved. */
    int64_t until = moment_after(wait_ms ? wait_ms : 1);
    code = kube_waiter_take(&op->operation->waiter, until);
    if (code == KUBE_E_USAGE)
        kube_fail(err, code, "an operation cannot be waited for in its own callback");
    else if (!atomic_load(&op->ended))
        code = code < 0 ? kube_fail(err, code, "the operation goes on") : step_until(op, until, err);
    else
        code = KUBE_OK;
    kube_op_free(op);
    kube_client_leave(client);
    return code;
}

int kube_loop_fd(const kube_client_t *client)
{
    return client && kube_engine_is_host(client->engine) ? kube_engine_fd(client->engine) : -1;
}

int kube_loop_dispatch(kube_client_t *client, int64_t wait_ms, kube_error_t *err)
{
    kube_error_reset(err);
    int code = kube_client_enter(client, false, err);
    if (code < 0)
        return code;
    int64_t until = moment_after(wait_ms);
    int count = 0;
    for (kube_waiter_t *waiter; count < DISPATCH_MAX && (waiter = kube_engine_next_ready(client->engine, count ? 0 : until)); count++)
        kube_operations_step(waiter);
    kube_engine_rearm(client->engine);
    kube_client_leave(client);
    return count;
}
