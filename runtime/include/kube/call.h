/* What every call on a client can be told, and how a call is canceled. */
#ifndef KUBE_CALL_H
#define KUBE_CALL_H

#include <kube/error.h>
#include <kube/patch.h>
#include <kube/value.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kube_meta_v1_status_t; /* kube_meta_v1_status_t of kube/meta/v1.h */

/* ---- cancel tokens ---- */

/*
 * A switch that ends calls: any number of calls may hold one token, and any thread may trip it. A call ends within a few milliseconds with
 * KUBE_E_CANCELED, wherever it waits: for its turn under a rate limit, for a connection, for bytes, before a retry. A write that had been
 * sent may have happened all the same. Once tripped, a token stays so: calls begun with it end at once. Reference-counted.
 */
typedef struct kube_cancel kube_cancel_t;

/* A new token, freed with kube_cancel_free. NULL when memory is exhausted. */
KUBE_API kube_cancel_t *kube_cancel_new(void);
/* One more reference, given back with kube_cancel_free. NULL is passed through. Thread-safe. */
KUBE_API kube_cancel_t *kube_cancel_ref(kube_cancel_t *cancel);
/* Gives one reference back. NULL is allowed. Thread-safe. */
KUBE_API void kube_cancel_free(kube_cancel_t *cancel);
/* Ends all calls that hold the token. NULL is allowed. Thread-safe, but not to be called from a signal handler. */
KUBE_API void kube_cancel_trip(kube_cancel_t *cancel);
/* Whether the token was tripped. NULL: false. Thread-safe. */
KUBE_API bool kube_cancel_tripped(const kube_cancel_t *cancel);

/* ---- options ----
 * Options are open structs: all-zero means the defaults, NULL means all-zero. New fields are only appended. What they point to is borrowed: by
 * blocking calls until they return, by kube_start only until it has returned, except the tokens, of which calls take references. A negative number is
 * KUBE_E_USAGE where nothing is said of it. */

/* Part of every options struct. */
typedef struct kube_call {
    int64_t timeout_ms;    /* of the whole call with its retries; 0: the client's; negative: none */
    kube_cancel_t *cancel; /* NULL: none */
    /* Blocking calls only: set to the server's whole Status (freed with kube_free) when the call fails with one, else to NULL. Watches leave it NULL,
     * however they end: their error says what the Status said. */
    struct kube_meta_v1_status_t **status;
    const char *traceparent; /* W3C trace context, sent as it is; NULL: none */
    kube_int32_t max_retries; /* instead of the client's; 0: none */
} kube_call_t;

typedef struct kube_get_options {
    kube_call_t call;
    const char *resource_version;
} kube_get_options_t;

/* Options of a list, and of what goes over a list. */
typedef struct kube_list_options {
    kube_call_t call;
    const char *label_selector;
    const char *field_selector;
    int64_t limit;          /* items of a page. kube_list: 0: no limit. kube_each: 0: 500; negative, for kube_each only: everything in one reply */
    const char *continue_;  /* token of the page before */
    const char *resource_version;
    const char *resource_version_match; /* "Exact", "NotOlderThan" */
    int64_t timeout_seconds; /* of the server; 0: its own */
    unsigned decode_flags;   /* KUBE_DECODE_PACKED, _DROP_MANAGED_FIELDS, _INTERN */
    /* kube_each only: when the server no longer has the state the list began with (410), go on with what it offers instead, a later state of the
     * rest. Set to true when that happened, and to false before; kept until the call, or the operation, has ended. NULL: KUBE_E_EXPIRED. */
    bool *inconsistent;
} kube_list_options_t;

/*
 * field_validation: "Ignore", "Warn", "Strict"; NULL: the server's default. field_manager: NULL: from the User-Agent, as the
 * server does.
 */
typedef struct kube_create_options {
    kube_call_t call;
    bool dry_run;
    const char *field_manager;
    const char *field_validation;
} kube_create_options_t;

typedef kube_create_options_t kube_update_options_t;
typedef kube_create_options_t kube_patch_options_t;

typedef struct kube_apply_options {
    kube_call_t call;
    bool dry_run;
    bool force;                /* take fields from other managers */
    const char *field_manager; /* required: KUBE_E_USAGE when NULL or empty */
    const char *field_validation;
} kube_apply_options_t;

/* All of these go into the request's body: a server ignores the query when there is one. */
typedef struct kube_delete_options {
    kube_call_t call;
    bool dry_run;
    kube_int64_t grace_period_seconds;        /* negative: what the server makes of that */
    const char *propagation_policy;           /* "Orphan", "Background", "Foreground"; NULL: the resource's default */
    const char *precondition_uid;
    const char *precondition_resource_version;
} kube_delete_options_t;

/* Options of a pod's log (GET pods/<name>/log). */
typedef struct kube_log_options {
    kube_call_t call;
    const char *container;
    bool previous;
    bool timestamps;
    kube_int64_t since_seconds;
    kube_int64_t tail_lines;
    kube_int64_t limit_bytes;
    bool follow;             /* kube_log_lines only: go on as long as the container runs */
    size_t max_line_bytes;   /* kube_log_lines only: a longer line is handed over in parts; 0: 64 KiB */
    kube_time_t since_time;  /* lines since that moment, of which servers look at the whole seconds; with since_seconds too: KUBE_E_USAGE */
    const char *stream;      /* "Stdout", "Stderr", "All"; NULL: both, as "All". Others than "All" need the server's feature PodLogsQuerySplitStreams, and go with no
                                tail_lines */
    bool insecure_skip_tls_verify_backend; /* the server need not check the certificate of the kubelet that it has the log from */
} kube_log_options_t;

typedef struct kube_watch_options {
    kube_call_t call; /* timeout_ms: of the whole watch; 0: none, whatever the client's */
    const char *label_selector;
    const char *field_selector;
    const char *name;             /* only the object of that name; NULL: all */
    const char *resource_version; /* changes after this version, and no initial state; NULL: the state now, then the changes. "0" is KUBE_E_USAGE */
    bool only_changes;            /* with resource_version NULL: changes from now on, and no initial state */
    bool bookmarks;               /* hand bookmarks over too */
    bool restart_when_expired;    /* begin again, with the state as it is (KUBE_EVENT_RESTARTED), where the watch would end with KUBE_E_EXPIRED */
    bool no_watch_list;           /* get the initial state by a list, in pages of 500, without trying sendInitialEvents */
    int64_t idle_timeout_ms;      /* begin a new request when nothing at all came for so long; 0: only when the server overstays timeout_seconds */
    int64_t timeout_seconds;      /* after which the server is to end a request, which then is resumed; 0: 300 to 600 at random */
    unsigned decode_flags;        /* KUBE_DECODE_PACKED for objects that are kept; _DROP_MANAGED_FIELDS, _INTERN */
} kube_watch_options_t;

/* An object with its type: what a delete returns, a Status or the object. object: freed with kube_free; both NULL on failure. */
typedef struct kube_any {
    const kube_type_t *type;
    void *object;
} kube_any_t;

/* A request that no table describes ("/version", "/metrics", another path of an aggregated API). */
typedef struct kube_raw_request {
    kube_call_t call;
    const char *method;       /* NULL: "GET"; anything but a token of RFC 9110 is KUBE_E_USAGE */
    const char *path;         /* required: path and query, percent-encoded where needed, begins with a slash; KUBE_E_USAGE with a space or control character */
    const char *content_type; /* of the body; NULL: "application/json"; without a body it is sent when it is given, and the method is not GET, HEAD or DELETE */
    const char *accept;       /* NULL: "application/json" first, then anything */
    const char *body;         /* NULL: none */
    size_t body_len;          /* bytes */
    bool any_status;          /* a reply of any status is a success; http_status tells which */
    int *http_status;         /* blocking calls only: set to the reply's; NULL: not wanted */
} kube_raw_request_t;

#ifdef __cplusplus
}
#endif
#endif
