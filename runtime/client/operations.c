#include "client/operations.h"

#include <kube/object.h>
#include <stddef.h>

#include "base/memory.h"

void kube_op_free(kube_op_t *op)
{
    if (!op || atomic_fetch_sub(&op->references, 1) != 1)
        return;
    kube_client_t *client = op->client;
    kube_mem_free(op->operation);
    kube_mem_free(op);
    kube_client_release(client);
}

void kube_op_end(kube_op_t *op)
{
    kube_operation_t *operation = op->operation;
    kube_result_t result = {
        .code = operation->code, .error = &operation->err, .type = operation->type, .object = operation->object,
        .bytes = operation->bytes.data, .len = operation->bytes.len, .http_status = operation->http_status, .status = operation->status,
    };
    if (op->done)
        op->done(&result, op->userdata);
    atomic_store(&op->ended, true);
    kube_operation_dispose(operation);
    kube_op_free(op);
}

void kube_operations_step(kube_waiter_t *waiter)
{
    kube_operation_t *operation = (kube_operation_t *)((char *)waiter - offsetof(kube_operation_t, waiter));
    if (operation->kind->step(operation) == KUBE_STEP_END)
        kube_op_end(operation->op);
    else
        kube_waiter_yield(waiter, operation->due);
}

void kube_operations_end(kube_client_t *client)
{
    for (kube_waiter_t *waiter; (waiter = kube_engine_take_ready(client->engine));)
        kube_operations_step(waiter);
}
