/* Faults that were asked for, and how a request meets one. */
#ifndef TS_FAULT_H
#define TS_FAULT_H

#include <kube/test/server.h>

typedef struct ts_request ts_request_t;

typedef struct ts_fault {
    struct ts_fault *next;
    kube_test_fault_t spec; /* its strings are owned */
    unsigned skipped, met;
} ts_fault_t;

/* A copy of the effects for this request, or NULL; with the lock. */
ts_fault_t *ts_fault_meet(kube_test_server_t *server, const ts_request_t *request);
void ts_fault_free(ts_fault_t *fault);

#endif
