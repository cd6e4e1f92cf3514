/* Error codes and the details behind them. */
#ifndef KUBE_ERROR_H
#define KUBE_ERROR_H

#include <kube/api.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What a function that can fail returns: 0 (KUBE_OK) or one of these negative codes. New codes are only appended, so a
 * caller's switch wants a default branch.
 */
typedef enum kube_code {
    KUBE_OK = 0,
    KUBE_E_USAGE = -1,              /* the API was misused: a NULL that is not allowed, a shared object edited */
    KUBE_E_NO_MEMORY = -2,          /* an allocation failed */
    KUBE_E_PARSE = -3,              /* input is not well-formed or does not fit its type */
    KUBE_E_LIMIT = -4,              /* input is larger or deeper than a limit allows */
    KUBE_E_IO = -5,                 /* a file could not be read or written */
    KUBE_E_CONFIG = -6,             /* a kubeconfig or the in-cluster files are missing or wrong */
    KUBE_E_CONNECT = -7,            /* no connection to the server, or it was lost */
    KUBE_E_TLS = -8,                /* the TLS handshake or a certificate failed */
    KUBE_E_TIMEOUT = -9,            /* the caller's or the server's time limit passed */
    KUBE_E_CANCELED = -10,          /* a cancel token was tripped */
    KUBE_E_BAD_REQUEST = -11,       /* 400 */
    KUBE_E_UNAUTHORIZED = -12,      /* 401 */
    KUBE_E_FORBIDDEN = -13,         /* 403 */
    KUBE_E_NOT_FOUND = -14,         /* 404 */
    KUBE_E_METHOD_NOT_ALLOWED = -15, /* 405 */
    KUBE_E_ALREADY_EXISTS = -16,    /* 409 with reason AlreadyExists */
    KUBE_E_CONFLICT = -17,          /* 409 */
    KUBE_E_EXPIRED = -18,           /* 410: a resourceVersion or continue token is gone */
    KUBE_E_INVALID = -19,           /* 422 */
    KUBE_E_TOO_MANY_REQUESTS = -20, /* 429 */
    KUBE_E_UNSUPPORTED_MEDIA = -21, /* 406 and 415 */
    KUBE_E_SERVER = -22,            /* 5xx and every reply that fits nothing above */
    KUBE_E_AMBIGUOUS = -23,         /* a write was sent and its reply was lost: it may have happened */
    KUBE_E_UNKNOWN_TYPE = -24,      /* no type for that apiVersion and kind in the scheme */
    KUBE_E_UNSUPPORTED = -25,       /* this build or this input cannot do that; the message says what */
    KUBE_E_TEST_FAILED = -26,       /* a JSON patch's "test" did not hold */
    KUBE_E_FAILED = -27             /* what is waited for has failed and will not come: a job, a rollout */
} kube_code_t;

/*
 * Details of a failure. Owned by the caller, holds no memory of its own, may live on the stack, needs no initialisation: each
 * entry point that takes one resets it first. Every parameter of this type may be NULL. After success all of it is zero.
 */
typedef struct kube_error {
    kube_code_t code;
    int http_status;         /* of the server's reply; 0 when there was none */
    int64_t retry_after_ms;  /* the server's Retry-After in milliseconds; 0 when it gave none */
    size_t offset;           /* byte offset into the input, for KUBE_E_PARSE */
    size_t line;             /* 1-based line of a YAML input; 0 when not known */
    char reason[48];         /* the Status reason, "AlreadyExists"; "" when there was none */
    char path[256];          /* where in the object, "spec.containers[0].image"; "" when not known */
    char message[512];       /* one line for a person; cut at a character boundary when too long */
    int attempts;            /* HTTP requests that were made, or about to be when the call ended; 0: none */
    char earlier[160];       /* what went wrong in the attempt before the last; "" when there was none */
    char audit_id[64];       /* the server's Audit-Id of the request, by which its log knows it; "" when there was none */
    char flow_schema[40];    /* uid of the FlowSchema and of the PriorityLevelConfiguration (API priority and fairness) that the server put the */
    char priority_level[40]; /* request under; "" when it did not say */
} kube_error_t;

/* The name of a code, "KUBE_E_NOT_FOUND". Never NULL; the string is static. Thread-safe. */
KUBE_API const char *kube_code_name(int code);

#ifdef __cplusplus
}
#endif
#endif
