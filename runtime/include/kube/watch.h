/*
 * Going over lists, watching changes, and following logs: whatever comes in a stream. Generated code has these functions with the types filled in
 * (kube_core_v1_pod_each, kube_core_v1_pod_watch, kube_core_v1_pod_watch_next, ...).
 */
#ifndef KUBE_WATCH_H
#define KUBE_WATCH_H

#include <kube/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- lists, one item at a time ---- */

/* Called for each item. object: borrowed until the function returns; kube_ref keeps it. Returns 0 to go on; anything else ends the call, which
 * returns that number. It may use the client. */
typedef int kube_item_fn(const void *object, void *userdata);

/*
 * Calls fn for each object of a list, as bytes arrive, page after page, in memory that does not grow with the list. ns: KUBE_ALL_NAMESPACES for
 * all of them. fn: not NULL. Errors: also KUBE_E_EXPIRED (the server gave up the state the list began with; see options->inconsistent), and
 * what fn returned. Items are never handed over twice: after the first of a page no page is asked for again.
 */
KUBE_API int kube_each(kube_client_t *client, const kube_resource_t *resource, const char *ns, const kube_list_options_t *options,
                       kube_item_fn *fn, void *userdata, kube_error_t *err);

/* ---- watches ---- */

typedef enum kube_event_type {
    KUBE_EVENT_ADDED = 1, /* an object is there: of the initial state, or new */
    KUBE_EVENT_MODIFIED,
    KUBE_EVENT_DELETED,   /* object: its last state */
    KUBE_EVENT_SYNCED,    /* the initial state is complete; no object */
    KUBE_EVENT_RESTARTED, /* the initial state begins (again): what it does not bring until SYNCED is gone; no object */
    KUBE_EVENT_BOOKMARK   /* only the resource version has advanced; object: with little but that */
} kube_event_type_t;

/* The name of a type of event, "MODIFIED"; "UNKNOWN" for others. Never NULL; the string is static. Thread-safe. */
KUBE_API const char *kube_event_type_name(kube_event_type_t type);

/* One event. object: borrowed until the next event is asked for or the watch freed; kube_ref keeps it. */
typedef struct kube_event {
    kube_event_type_t type;
    const void *object;
} kube_event_t;

/*
 * A watch: first the state as it is (ADDED for each object, in any order, then SYNCED), then each change, in order. It survives what
 * connections do not: it is resumed at the last resource version, and no event is lost or comes twice. If the connection breaks before the initial state is
 * complete, that begins again, after a RESTARTED event. If the server no longer knows the version to resume at, the watch ends with
 * KUBE_E_EXPIRED, or begins again when options->restart_when_expired says so. Servers that do not know sendInitialEvents (or ignore it, as
 * aggregated ones may) are asked for a list first.
 * One thread at a time may use a watch; different watches of one client are independent.
 */
typedef struct kube_watch_t kube_watch_t;

/* Begins a watch, freed with kube_watch_free. It only checks its arguments: nothing is sent before the first event is asked for.
 * ns: KUBE_ALL_NAMESPACES for all of them. out: not NULL. Errors: KUBE_E_USAGE (also: the client is the host's to drive), KUBE_E_NO_MEMORY. */
KUBE_API int kube_watch(kube_client_t *client, const kube_resource_t *resource, const char *ns, const kube_watch_options_t *options,
                        kube_watch_t **out, kube_error_t *err);
/*
 * Waits for the next event. event: not NULL. Lost connections, a busy server (429, 5xx) and a server that is away are waited out (0.8 s doubling to 30 s,
 * at random up to twice that); options->call.timeout_ms bounds it.
 * Errors end the watch: every further call returns the same. KUBE_E_EXPIRED, KUBE_E_CANCELED, KUBE_E_TIMEOUT, KUBE_E_UNAUTHORIZED, KUBE_E_FORBIDDEN,
 * KUBE_E_NOT_FOUND, KUBE_E_BAD_REQUEST, KUBE_E_PARSE, KUBE_E_LIMIT, KUBE_E_NO_MEMORY, KUBE_E_TLS, KUBE_E_CONFIG, KUBE_E_SERVER (an internal error again and
 * again, or a reply that is none of these), KUBE_E_USAGE. docs/watches.md has what is waited out and what is not.
 */
KUBE_API int kube_watch_next(kube_watch_t *watch, kube_event_t *event, kube_error_t *err);
/*
 * The same, but returns KUBE_E_TIMEOUT when there is no event within wait_ms (0: only what is there already), after which the watch goes on. Of any
 * KUBE_E_TIMEOUT, attempts and earlier in err tell how many requests in a row came to nothing, and why the last of them did: 0 and "" when there are just
 * no events.
 */
KUBE_API int kube_watch_next_within(kube_watch_t *watch, int64_t wait_ms, kube_event_t *event, kube_error_t *err);
/* The version the watch has come to, for options->resource_version of a later watch; NULL before the initial state is complete. Borrowed until the
 * next event. NULL: NULL. */
KUBE_API const char *kube_watch_resource_version(const kube_watch_t *watch);
/* Ends a watch and frees it, also after its client was freed. Not while another thread is in kube_watch_next: trip a cancel token for that. NULL is allowed. */
KUBE_API void kube_watch_free(kube_watch_t *watch);

/* ---- logs ---- */

/* Called for each line of a log: without its newline, not NUL-terminated, borrowed until the function returns. Returns 0 to go on; anything else
 * ends the call, which returns that number. */
typedef int kube_line_fn(const char *line, size_t len, void *userdata);

/* Calls fn for each line of a pod's log as it arrives; with options->follow until the container ends or the call is canceled. fn: not NULL.
 * A connection lost on the way is KUBE_E_CONNECT: options->since_time, the time of the last line (options->timestamps), tells the server where to go on;
 * lines of that second come again. */
KUBE_API int kube_log_lines(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                            const kube_log_options_t *options, kube_line_fn *fn, void *userdata, kube_error_t *err);

#ifdef __cplusplus
}
#endif
#endif
