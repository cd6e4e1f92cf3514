/*
 * Calls that do not block: begun with kube_start, carried on by whoever drives the client, ended by a callback. A client whose mode is
 * KUBE_MODE_HOST is driven by the host's event loop through one descriptor:
 *
 *     struct epoll_event e = { .events = EPOLLIN, .data.ptr = client };
 *     epoll_ctl(loop, EPOLL_CTL_ADD, kube_loop_fd(client), &e);
 *     ...when it is readable: kube_loop_dispatch(client, 0, NULL);
 *
 * In the other mode, KUBE_MODE_CALLER, kube_loop_dispatch waits and drives, and so do all blocking calls.
 */
#ifndef KUBE_OP_H
#define KUBE_OP_H

#include <kube/watch.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What an operation does. */
typedef enum kube_action {
    KUBE_ACTION_GET = 1,           /* options: kube_get_options_t */
    KUBE_ACTION_LIST,              /* kube_list_options_t */
    KUBE_ACTION_CREATE,            /* kube_create_options_t */
    KUBE_ACTION_UPDATE,            /* kube_update_options_t */
    KUBE_ACTION_PATCH,             /* kube_patch_options_t */
    KUBE_ACTION_APPLY,             /* kube_apply_options_t */
    KUBE_ACTION_DELETE,            /* kube_delete_options_t */
    KUBE_ACTION_DELETE_COLLECTION, /* kube_delete_options_t; what is deleted: select */
    KUBE_ACTION_LOG,               /* kube_log_options_t; the whole log */
    KUBE_ACTION_RAW,               /* kube_raw_request_t, required */
    KUBE_ACTION_EACH,              /* kube_list_options_t; item is called for each object */
    KUBE_ACTION_WATCH,             /* kube_watch_options_t; event is called for each event */
    KUBE_ACTION_LOG_LINES          /* kube_log_options_t; line is called for each line */
} kube_action_t;

/* Called for each event of a watch. event: borrowed until the function returns. Returns 0 to go on; anything else ends the operation with that code. */
typedef int kube_event_fn(const kube_event_t *event, void *userdata);

/* What to do. The fields that an action has no use for are ignored. New fields are only appended. */
typedef struct kube_spec {
    kube_action_t action;
    const kube_resource_t *resource; /* required but for KUBE_ACTION_RAW */
    const char *ns;
    const char *name;
    const char *subresource;       /* NULL: the object itself */
    const kube_type_t *body_type;  /* of body; NULL: the resource's type */
    const void *body;              /* what is created, updated or applied */
    const kube_patch_t *patch;
    const kube_type_t *reply_type; /* NULL: what the action returns for the resource; required with a subresource */
    const void *options;           /* the action's own struct; NULL: defaults */
    const kube_list_options_t *select; /* KUBE_ACTION_DELETE_COLLECTION */
    kube_item_fn *item;
    kube_event_fn *event;
    kube_line_fn *line;
} kube_spec_t;

/* How an operation ended. Borrowed for the call. New fields are only appended. */
typedef struct kube_result {
    int code;                  /* KUBE_OK or KUBE_E_*, or what a callback returned */
    const kube_error_t *error; /* never NULL */
    const kube_type_t *type;   /* of object */
    void *object;              /* NULL: none. Freed after the callback; kube_ref keeps it */
    const char *bytes;         /* a log or a raw reply; NULL: none */
    size_t len;
    int http_status;
    const struct kube_meta_v1_status_t *status; /* the server's Status, when it failed with one; NULL for watches */
} kube_result_t;

/* Called once for each operation that was begun, also when it is canceled or its client freed; in the thread that dispatches, waits for the
 * operation, or frees the client. It may use the client, begin other operations, and free the operation, but not free the client. */
typedef void kube_done_fn(const kube_result_t *result, void *userdata);

/* An operation under way. Reference-counted: the library holds one reference until it has ended. */
typedef struct kube_op kube_op_t;

/*
 * Begins an operation. spec: not NULL; everything in it is copied or encoded before this returns, but for the callbacks. done, userdata: NULL allowed.
 * out: NULL allowed; else set to the operation, whose reference is the caller's to free with kube_op_free, or to NULL on failure.
 * Errors: as the blocking call's when it is wrongly called (KUBE_E_USAGE, KUBE_E_INVALID, KUBE_E_NO_MEMORY), KUBE_E_CANCELED (the client is being freed);
 * done is not called then. Thread-safe.
 */
KUBE_API int kube_start(kube_client_t *client, const kube_spec_t *spec, kube_done_fn *done, void *userdata, kube_op_t **out,
                        kube_error_t *err);
/* Has the operation end with KUBE_E_CANCELED, if it has not ended yet. NULL is allowed. Thread-safe. */
KUBE_API void kube_op_cancel(kube_op_t *op);
/* Whether done has been called. NULL: true. Thread-safe. */
KUBE_API bool kube_op_ended(kube_op_t *op);
/* Waits until an operation has ended and done was called, in this thread unless another one is at it. wait_ms: most to wait; negative: for ever.
 * Errors: KUBE_E_TIMEOUT (it goes on), KUBE_E_USAGE (op is NULL; the client is the host's to drive; from inside one of its own callbacks). */
KUBE_API int kube_op_wait(kube_op_t *op, int64_t wait_ms, kube_error_t *err);
/* Gives the caller's reference back; the operation goes on. NULL is allowed. Thread-safe. */
KUBE_API void kube_op_free(kube_op_t *op);

/* ---- driving ---- */

/*
 * A descriptor that is readable when kube_loop_dispatch has something to do, timers included; to be polled for input, level-triggered, and never read or
 * closed. It stays the same until the client is freed. -1: client is NULL, or not made with KUBE_MODE_HOST.
 */
KUBE_API int kube_loop_fd(const kube_client_t *client);
/*
 * Moves bytes and calls the callbacks of operations that have something to say. wait_ms: how long to wait for that; 0: not at all (what a host's
 * loop wants); negative: for ever. Returns how many operations it moved on, or KUBE_E_USAGE (client is NULL; after fork). One thread at a time for KUBE_MODE_HOST.
 */
KUBE_API int kube_loop_dispatch(kube_client_t *client, int64_t wait_ms, kube_error_t *err);

#ifdef __cplusplus
}
#endif
#endif
