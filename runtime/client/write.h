/* Operations that write: create, update, patch, apply, delete. What their replies say may be lost, and is looked for then. */
#ifndef KUBE_CLIENT_WRITE_H
#define KUBE_CLIENT_WRITE_H

#include "client/unary.h"

/* What is done when a write was sent and its reply lost. */
typedef enum kube_lost_policy {
    KUBE_LOST_TELL,    /* KUBE_E_AMBIGUOUS */
    KUBE_LOST_SAFE,    /* it changes nothing: as with a read */
    KUBE_LOST_REPEAT,  /* send it again: twice does no more than once */
    KUBE_LOST_COMPARE, /* send it again; a refusal then may be our own doing: see whether the server holds what was sent */
    KUBE_LOST_LOOK     /* a delete: see whether the object is gone */
} kube_lost_policy_t;

typedef struct kube_write {
    kube_unary_t unary;
    kube_action_t action;
    const kube_type_t *list_type;  /* of a delete: what may come too */
    const kube_type_t *body_type;  /* of an object that is sent */
    kube_lost_policy_t policy;
    bool repeatable;               /* a delete with a precondition */
    bool writes_status;            /* and nothing else of the object */
    bool lost;                     /* a reply, by now */
    int looks;                     /* requests that looked */
    bool looking;                  /* `look` is under way */
    kube_request_t look_request;   /* GET of the object after a lost reply */
    kube_fetch_t look;
    kube_error_t look_err;
} kube_write_t;

/* write_request.c: checks a spec and makes the request. Errors in operation.err. */
kube_unary_make_fn kube_write_request;

/* lost.c: how to go on after a lost reply, or a refusal after one. fetch, whose step has ended, is begun again or `look` is: true; or false: operation.code and
 * operation.err are the outcome. */
bool kube_lost_recover(kube_write_t *write);
/* `look` has ended. As above. */
bool kube_lost_looked(kube_write_t *write);

#endif
