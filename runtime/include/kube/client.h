/*
 * Verbs on resources of a Kubernetes API server, through a resource's table. The generated functions (kube_core_v1_pod_get,
 * ...) are these with the table filled in and the types checked by the compiler.
 *
 * For every verb: client and resource must not be NULL. ns: NULL means the client's default namespace; ignored for
 * cluster-scoped resources. options: NULL means all defaults. out: the address of a pointer to the reply's struct, or NULL when
 * the reply is not wanted; set to an object that the caller frees with kube_free, or to NULL on failure. err: NULL allowed.
 * Names that are empty, "." or "..", or contain "/" or "%", are KUBE_E_USAGE, and so is KUBE_ALL_NAMESPACES for all but list.
 *
 * Errors of every verb: KUBE_E_USAGE, KUBE_E_NO_MEMORY, KUBE_E_CONNECT, KUBE_E_TLS, KUBE_E_TIMEOUT, KUBE_E_CANCELED, KUBE_E_CONFIG
 * (credentials), KUBE_E_PARSE (the reply is not what was asked for), KUBE_E_LIMIT (a reply over the client's limit),
 * KUBE_E_AMBIGUOUS (a write was sent, its reply lost or late, and it could not be found out what became of it), and the codes of the
 * server's Status.
 *
 * Retries, at most kube_client_options_t.max_retries of them: replies 429 and 5xx that say when (Retry-After); lost connections of reads;
 * connections that could not be made, at the next of several servers. A write whose reply was lost is sent again only where that is harmless
 * (apply; create and update of an object whose name the caller chose, update and delete with a resourceVersion or uid to go by), and what
 * the server then says is checked against the object that it holds: docs/requests.md has the table. err->earlier tells of the failure before the last.
 *
 * Thread-safe: any number of threads may use one client. A client must not be used by a forked child: KUBE_E_USAGE.
 */
#ifndef KUBE_CLIENT_H
#define KUBE_CLIENT_H

#include <kube/call.h>
#include <kube/config.h>
#include <kube/credentials.h>
#include <kube/hooks.h>
#include <kube/memory.h>
#include <kube/transport.h>
#include <kube/type.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kube_client kube_client_t;

/* Who moves the bytes. */
typedef enum kube_mode {
    KUBE_MODE_CALLER = 0, /* threads that wait in a call, in turn; the library has none of its own */
    KUBE_MODE_HOST        /* the host's event loop, through kube_loop_fd and kube_loop_dispatch; blocking calls are KUBE_E_USAGE */
} kube_mode_t;

/* Whether a client goes on being what the kubeconfig files of its configuration say, when these change. */
typedef enum kube_follow {
    KUBE_FOLLOW_FILES = 0, /* in all they say, also which context is the current one, if the program named none when it loaded them */
    KUBE_FOLLOW_CONTEXT,   /* in what they say of the context that the configuration had when the client was made */
    KUBE_FOLLOW_NOTHING    /* they were read once; files that they name (tokens, certificates) are looked at all the same */
} kube_follow_t;

/* How a client is made. All zero means the defaults. New fields are only appended. Strings and hooks are
 * copied; a pool gets a reference of the client's own; a transport must stay valid until kube_client_free has returned. Numbers that are negative, or no
 * number (NaN), are KUBE_E_USAGE. */
typedef struct kube_client_options {
    const char *user_agent;      /* NULL: "libkube/<version>"; to one that begins with "curl" servers send indented, longer JSON; with a control character:
                                    KUBE_E_USAGE */
    kube_pool_t *pool;           /* chunks for decoded replies; NULL: a pool of the client's own */
    kube_transport_t *transport; /* a transport of the caller's own, who keeps owning it; NULL: libcurl */
    int64_t timeout_ms;          /* of every call that sets none, but watches and followed logs; 0: none */
    size_t max_reply_bytes;      /* a reply that is held whole, and what a credential plugin prints; 0: 1 GiB */
    kube_mode_t mode;
    double qps;                  /* requests per second that all threads together may begin, watches not counted; 0: no limit (client-go: 5) */
    int burst;                   /* requests that may begin at once after a pause; 0: twice qps (client-go: 10) */
    kube_int32_t max_retries;    /* of one request; absent: 10 */
    bool gzip;                   /* let the server compress: for slow networks only, it costs the server more than a fast network does */
    size_t max_item_bytes;       /* one item of a stream: a list's object, a watch's event; 0: 64 MiB */
    size_t max_header_bytes;     /* all headers of a reply; 0: 256 KiB */
    size_t queue_bytes;          /* of a stream that wait for the thread that owns it, before the server is made to wait; 0: 256 KiB. A watch, which shares its
                                    connection, is broken off at 32 times as much, and resumed when its reader has caught up */
    const char *const *servers;  /* further addresses of the same cluster ("https://10.0.0.2:6443"), ends with NULL; used when one fails */
    const kube_hooks_t *hooks;   /* NULL: none */
    kube_exec_policy_t exec_policy; /* which credential plugins may run */
    const char *const *exec_allowed; /* for KUBE_EXEC_ALLOW_LISTED: absolute paths without "." and "..", or names that are looked up in PATH as the plugin's;
                                        ends with NULL; empty, or anything else, is KUBE_E_CONFIG */
    const kube_credentials_hooks_t *credentials; /* the program's own, instead of config's; NULL: none; copied */
    kube_follow_t follow;        /* docs/config.md, "While a program runs"; nothing is followed of configurations that were not loaded from kubeconfig files */
} kube_client_options_t;

/* A client for the server that config names; freed with kube_client_free. config is copied. out: not NULL. options: NULL allowed.
 * Errors: KUBE_E_USAGE, KUBE_E_CONFIG, KUBE_E_TLS (a key or certificate that does not load), KUBE_E_NO_MEMORY. */
KUBE_API int kube_client_new(const kube_config_t *config, const kube_client_options_t *options, kube_client_t **out, kube_error_t *err);
/* Frees a client and its connections. Operations that are under way end with KUBE_E_CANCELED, and so do calls and watches of other threads, for which this
 * waits; no call may begin any more. Not from a callback of the client. NULL is allowed. Objects it returned stay valid. */
KUBE_API void kube_client_free(kube_client_t *client);
/* The namespace that a NULL ns means now. Borrowed until the client is freed; NULL for NULL. Thread-safe. */
KUBE_API const char *kube_client_namespace(const kube_client_t *client);
/* The configuration that requests go by now, a copy, freed with kube_config_free; NULL when client is NULL or memory is exhausted. Thread-safe. */
KUBE_API kube_config_t *kube_client_config(const kube_client_t *client);

/* ns of a list over all namespaces. */
#define KUBE_ALL_NAMESPACES ""

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

/*
 * Sends a request with the client's credentials. request: not NULL. reply: NULL allowed; the reply's body is appended to it; its content is as before on
 * failure. As with kube_core_v1_pod_evict, 429 is the answer to a POST of a path that ends in "/eviction", and not sent again.
 */
KUBE_API int kube_raw(kube_client_t *client, const kube_raw_request_t *request, kube_buffer_t *reply, kube_error_t *err);

#ifdef __cplusplus
}
#endif
#endif
