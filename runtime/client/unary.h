/* Operations with one reply: all verbs but those that stream. */
#ifndef KUBE_CLIENT_UNARY_H
#define KUBE_CLIENT_UNARY_H

#include "client/operation.h"

typedef struct kube_unary {
    kube_operation_t operation;
    const kube_type_t *reply_type; /* NULL: bytes; of a delete it is not known before */
    bool want_object;              /* not only whether it worked */
    kube_fetch_t fetch;
    kube_error_t fetch_err;
} kube_unary_t;

/* The options of a spec, or the defaults. */
#define KUBE_SPEC_OPTIONS(type, spec) ((spec)->options ? (const type *)(spec)->options : &(const type){ 0 })

/* Makes the request of an action. Errors in operation.err. */
typedef int kube_unary_make_fn(kube_unary_t *unary, const kube_spec_t *spec);

/* Has make make the request, and begins to fetch. */
int kube_unary_begin(kube_unary_t *unary, const kube_spec_t *spec, kube_unary_make_fn *make);
/* Checks a spec's resource, and finds the type of the reply: of a subresource the spec's; of an object the resource's own unless the spec has another. */
int kube_unary_check(kube_unary_t *unary, const kube_spec_t *spec);
/* The fetch has ended well: its reply is decoded as that type; NULL: it is bytes. */
void kube_unary_take_reply(kube_unary_t *unary, const kube_type_t *type);
/* The fetch has ended otherwise. */
void kube_unary_take_failure(kube_unary_t *unary);
void kube_unary_dispose(kube_operation_t *operation);

#endif
