/* An operation: one verb under way, from kube_spec_t to its result. Blocking calls run one on their stack; kube_start makes one that lasts. */
#ifndef KUBE_CLIENT_OPERATION_H
#define KUBE_CLIENT_OPERATION_H

#include <kube/op.h>

#include "client/fetch.h"

/* What the operations of one action do. */
typedef struct kube_operation kube_operation_t;
typedef struct kube_operation_kind {
    size_t size; /* of the struct, which begins with kube_operation_t */
    /* Takes in a spec: checks it, makes the request. Errors go to operation->err. */
    int (*begin)(kube_operation_t *operation, const kube_spec_t *spec);
    /* KUBE_STEP_WAIT (operation->due is set) or KUBE_STEP_END (code, err, result are set). User's callbacks are called in here. */
    kube_step_t (*step)(kube_operation_t *operation);
    /* Frees what begin and step made, the result too unless it was taken. */
    void (*dispose)(kube_operation_t *operation);
} kube_operation_kind_t;

struct kube_operation {
    const kube_operation_kind_t *kind;
    kube_client_t *client;
    kube_waiter_t waiter;
    kube_request_t request;
    int64_t deadline; /* monotonic microseconds */
    int64_t due;      /* after KUBE_STEP_WAIT */
    int code;
    int http_status;
    kube_error_t err;
    struct kube_meta_v1_status_t *status;
    const kube_type_t *type; /* of object */
    void *object;
    kube_buffer_t bytes;
    void *userdata; /* of the callbacks */
    kube_op_t *op;  /* of kube_start; NULL: a blocking call's */
    bool begun;     /* the waiter is there */
    bool inside;    /* a thread is inside the client for it (kube_client_enter) */
};

extern const kube_operation_kind_t kube_unary_kind, kube_write_kind, kube_list_kind, kube_each_kind, kube_watch_kind, kube_log_lines_kind;

/*
 * Runs an operation in this thread until it ends; memory: at least kind->size bytes, disposed of by the caller with kube_operation_dispose. Returns its code; err
 * and call.status of the options are filled in.
 */
int kube_operation_run(kube_operation_t *operation, const kube_operation_kind_t *kind, kube_client_t *client, const kube_spec_t *spec,
                       void *userdata, kube_error_t *err);
void kube_operation_dispose(kube_operation_t *operation);
/* Has the operation fail as a fetch did: takes its error and its Status. */
void kube_operation_take_failure(kube_operation_t *operation, kube_fetch_t *fetch);
/* What both ways to run one do first: waiter, request, deadline, then kind->begin. kube_operation_dispose is due in any case. queued: steps are run by those who
 * dispatch. */
int kube_operation_begin(kube_operation_t *operation, const kube_operation_kind_t *kind, kube_client_t *client, const kube_spec_t *spec,
                         void *userdata, bool queued);
/* The call options inside of a spec's options. Never NULL. */
const kube_call_t *kube_spec_call(const kube_spec_t *spec);
/* KUBE_OK, KUBE_E_CANCELED, or KUBE_E_TIMEOUT when the deadline has passed; the latter two with err filled in. */
int kube_operation_check(kube_operation_t *operation);

#endif
