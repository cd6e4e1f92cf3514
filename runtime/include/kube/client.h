/*
 * Verbs on resources of a Kubernetes API server, through a resource's table. The generated functions (kube_core_v1_pod_get,
 * ...) are these with the table filled in and the types checked by the compiler.
 *
 * For every verb: client and resource must not be NULL. ns: NULL means the client's default namespace; ignored for
 * cluster-scoped resources. options: NULL means all defaults. out: the address of a pointer to the reply's struct, or NULL when
 * the reply is not wanted; set to an object that the caller frees with kube_free, or to NULL on failure. err: NULL allowed.
 * Names that are empty, "." or "..", or contain "/" or "%", are KUBE_E_USAGE, and so is KUBE_ALL_NAMESPACES for all but list.
 *
 * Errors of every verb: KUBE_E_USAGE, KUBE_E_NO_MEMORY, KUBE_E_CONNECT, KUBE_E_TLS, KUBE_E_TIMEOUT, KUBE_E_CONFIG
 * (credentials), KUBE_E_PARSE (the reply is not what was asked for), KUBE_E_LIMIT (a reply over the client's limit),
 * KUBE_E_AMBIGUOUS (a write was sent, and its reply lost or late: it may have happened; err->http_status is not 0 when the
 * reply had begun), and the codes of the server's Status. Nothing is retried, except that a read on a kept connection that the
 * server had closed is sent again on a new one.
 *
 * Thread-safe: any number of threads may use one client. A client must not be used by a forked child: KUBE_E_USAGE.
 */
#ifndef KUBE_CLIENT_H
#define KUBE_CLIENT_H

#include <kube/config.h>
#include <kube/memory.h>
#include <kube/patch.h>
#include <kube/transport.h>
#include <kube/type.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kube_client kube_client_t;
struct kube_meta_v1_status_t; /* kube_meta_v1_status_t of kube/meta/v1.h */

/* How a client is made. All zero means the defaults. New fields are only appended. Strings are
 * copied; a pool gets a reference of the client's own; a transport must stay valid until kube_client_free has returned. */
typedef struct kube_client_options {
    const char *user_agent;      /* NULL: "libkube/<version>"; to one that begins with "curl" servers send indented, longer JSON */
    kube_pool_t *pool;           /* chunks for decoded replies; NULL: a pool of the client's own */
    kube_transport_t *transport; /* a transport of the caller's own, who keeps owning it; NULL: libcurl */
    int64_t timeout_ms;          /* of every call that sets none; 0: none */
    size_t max_reply_bytes;      /* 0: 1 GiB */
} kube_client_options_t;

/* A client for the server that config names; freed with kube_client_free. config is copied. out: not NULL. options: NULL allowed.
 * Errors: KUBE_E_USAGE, KUBE_E_CONFIG, KUBE_E_TLS (a key or certificate that does not load), KUBE_E_NO_MEMORY. */
KUBE_API int kube_client_new(const kube_config_t *config, const kube_client_options_t *options, kube_client_t **out, kube_error_t *err);
/* Frees a client and its connections; no call may be running on it. NULL is allowed. Objects it returned stay valid. */
KUBE_API void kube_client_free(kube_client_t *client);
/* The namespace that a NULL ns means. Borrowed until the client is freed; NULL for NULL. Thread-safe. */
KUBE_API const char *kube_client_namespace(const kube_client_t *client);

/* ns of a list over all namespaces. */
#define KUBE_ALL_NAMESPACES ""

/* What every call can be told; part of every options struct. */
typedef struct kube_call {
    int64_t timeout_ms; /* of the whole call; 0: the client's; negative: none */
    /* Set to the server's whole Status (freed with kube_free) when the call fails with one, else to NULL. */
    struct kube_meta_v1_status_t **status;
} kube_call_t;

typedef struct kube_get_options {
    kube_call_t call;
    const char *resource_version;
} kube_get_options_t;

typedef struct kube_list_options {
    kube_call_t call;
    const char *label_selector;
    const char *field_selector;
    int64_t limit;          /* 0: no limit */
    const char *continue_;  /* token of the page before */
    const char *resource_version;
    const char *resource_version_match; /* "Exact", "NotOlderThan" */
    int64_t timeout_seconds; /* of the server; 0: its own */
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

typedef struct kube_delete_options {
    kube_call_t call;
    bool dry_run;
    kube_int64_t grace_period_seconds;
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
} kube_log_options_t;

/* An object with its type: what a delete returns, a Status or the object. object: freed with kube_free; both NULL on failure. */
typedef struct kube_any {
    const kube_type_t *type;
    void *object;
} kube_any_t;

/* Reads one object. */
KUBE_API int kube_get(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                      const kube_get_options_t *options, void *out, kube_error_t *err);
/* Reads a list: one page when options->limit is set, its metadata.continue leading to the next. ns: KUBE_ALL_NAMESPACES for all of them. */
KUBE_API int kube_list(kube_client_t *client, const kube_resource_t *resource, const char *ns, const kube_list_options_t *options,
                       void *out, kube_error_t *err);
/*
 * Creates an object, or with kube_update replaces the one of its name (KUBE_E_CONFLICT when the object's resourceVersion is not the
 * latest). In these two and kube_apply, ns NULL means the object's metadata.namespace, else the client's; KUBE_E_USAGE when ns and
 * the object's namespace differ. *out is the object as the server holds it, or for a few resources what their create_reply says.
 */
KUBE_API int kube_create(kube_client_t *client, const kube_resource_t *resource, const char *ns, const void *object,
                         const kube_create_options_t *options, void *out, kube_error_t *err);
KUBE_API int kube_update(kube_client_t *client, const kube_resource_t *resource, const char *ns, const void *object,
                         const kube_update_options_t *options, void *out, kube_error_t *err);
/* Changes an object by a patch. */
KUBE_API int kube_patch(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                        const kube_patch_t *patch, const kube_patch_options_t *options, void *out, kube_error_t *err);
/* Server-side apply: creates the object, or makes the fields it has the manager's own. metadata.managedFields must be absent. */
KUBE_API int kube_apply(kube_client_t *client, const kube_resource_t *resource, const char *ns, const void *object,
                        const kube_apply_options_t *options, void *out, kube_error_t *err);
/* Deletes an object. out: NULL allowed; else set to the Status or, when the deletion is only begun, the object that comes back. */
KUBE_API int kube_delete(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                         const kube_delete_options_t *options, kube_any_t *out, kube_error_t *err);
/* Deletes what `list` selects (its limit and continue included; NULL: everything in ns). out: as for kube_delete, or the list. */
KUBE_API int kube_delete_collection(kube_client_t *client, const kube_resource_t *resource, const char *ns,
                                    const kube_delete_options_t *options, const kube_list_options_t *list, kube_any_t *out,
                                    kube_error_t *err);

/*
 * The same on a subresource ("status", "scale", "eviction", ...; not NULL) of the object `name`. body is of body_type; reply:
 * the type of what comes back, not NULL. For create, update and apply, name NULL means the body's own metadata.name.
 */
KUBE_API int kube_get_subresource(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                                  const char *subresource, const kube_type_t *reply, const kube_get_options_t *options, void *out,
                                  kube_error_t *err);
KUBE_API int kube_create_subresource(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                                     const char *subresource, const kube_type_t *body_type, const void *body, const kube_type_t *reply,
                                     const kube_create_options_t *options, void *out, kube_error_t *err);
KUBE_API int kube_update_subresource(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                                     const char *subresource, const kube_type_t *body_type, const void *body, const kube_type_t *reply,
                                     const kube_update_options_t *options, void *out, kube_error_t *err);
KUBE_API int kube_patch_subresource(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                                    const char *subresource, const kube_patch_t *patch, const kube_type_t *reply,
                                    const kube_patch_options_t *options, void *out, kube_error_t *err);
KUBE_API int kube_apply_subresource(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                                    const char *subresource, const kube_type_t *body_type, const void *body, const kube_type_t *reply,
                                    const kube_apply_options_t *options, void *out, kube_error_t *err);
/* Appends a pod's log to buffer (not NULL), whose content is as before on failure. */
KUBE_API int kube_get_log(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                          const kube_log_options_t *options, kube_buffer_t *buffer, kube_error_t *err);

/* A request that no table describes ("/version", "/metrics", another path of an aggregated API). New fields are only appended. */
typedef struct kube_raw_request {
    kube_call_t call;
    const char *method;       /* NULL: "GET" */
    const char *path;         /* required: path and query, percent-encoded where needed, begins with a slash */
    const char *content_type; /* of the body; NULL: "application/json" */
    const char *accept;       /* NULL: "application/json" first, then anything */
    const char *body;         /* NULL: none */
    size_t body_len;          /* bytes */
} kube_raw_request_t;

/*
 * Sends it with the client's credentials. reply: NULL allowed; the reply's body is appended to it; its content is as before on
 * failure.
 */
KUBE_API int kube_raw(kube_client_t *client, const kube_raw_request_t *request, kube_buffer_t *reply, kube_error_t *err);

#ifdef __cplusplus
}
#endif
#endif
