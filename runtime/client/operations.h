/* Operations that last: those of kube_start. */
#ifndef KUBE_CLIENT_OPERATIONS_H
#define KUBE_CLIENT_OPERATIONS_H

#include "client/operation.h"

struct kube_op {
    atomic_size_t references; /* the library's until it has ended, and the callers' */
    atomic_bool ended;
    kube_done_fn *done;
    void *userdata;
    kube_client_t *client;       /* a reference: what is done to an op that has ended ends at the client's engine */
    kube_operation_t *operation; /* disposed of when it has ended; its memory stays with the op, for threads that wait for its waiter */
};

/* Steps the operation of a waiter that was taken, in this thread, until it waits or has ended. */
void kube_operations_step(kube_waiter_t *waiter);
/* Steps all operations of a closed client until they have ended. */
void kube_operations_end(kube_client_t *client);
/* Calls done, and lets go of everything. The op itself stays as long as it has references. */
void kube_op_end(kube_op_t *op);

#endif
