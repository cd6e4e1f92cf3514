/*
 * A Kubernetes API server to test with: in memory, inside the program that tests, over plain HTTP or TLS on 127.0.0.1. It is generic over
 * the resource tables it is given and over the CustomResourceDefinitions posted to it, answers as kube-apiserver does, and produces on
 * demand the faults that a real server will not.
 *
 *     kube_test_server_t *server;
 *     kube_test_server_start(&(kube_test_server_options_t){ .packages = kube_k8s_packages }, &server, &err);
 *     kube_client_new(kube_test_server_config(server), NULL, &client, &err);
 *
 * The server has threads of its own and no state outside its handle; any number may run in one process. Every function but
 * kube_test_server_stop is thread-safe. server: not NULL, unless said otherwise. err: NULL allowed. There is no scheduler and no
 * kubelet: objects are stored, and what a real cluster's controllers do is left out, except for what `controllers` says.
 */
#ifndef KUBE_TEST_SERVER_H
#define KUBE_TEST_SERVER_H

#include <kube/config.h>
#include <kube/error.h>
#include <kube/type.h>
#include <kube/value.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kube_test_server kube_test_server_t;

/* A bearer token that the server knows, and whom it stands for. */
typedef struct kube_test_token {
    const char *token;
    const char *user;
    const char *const *groups; /* ends with NULL; NULL: none ("system:authenticated" is added) */
} kube_test_token_t;

/*
 * How a server is made. All zero means the defaults: plain HTTP on a free port, nobody has to log in. NULL stands for all-zero, too.
 * Strings and tokens are copied; tables are referred to, and must outlive the server. New fields are only appended.
 */
typedef struct kube_test_server_options {
    const kube_package_t *const *packages; /* what it serves, ends with NULL (kube_k8s_packages); NULL: namespaces and CRDs only */
    uint16_t port;                         /* 0: a free one */
    bool tls;                              /* HTTPS, with certificates made at start and kept in memory */
    bool authenticate;                     /* requests without a known token or client certificate are 401; else they are system:anonymous */
    const kube_test_token_t *tokens;
    size_t token_count;
    size_t event_window;          /* changes of each resource kept for watches and old lists; what is older is 410; 0: 10,000 */
    size_t change_log;            /* changes kept for kube_test_server_changes; 0: 1,000,000 */
    int64_t bookmark_interval_ms; /* of watches that allow bookmarks; 0: 60,000 */
    bool no_watch_list;           /* sendInitialEvents is refused with 422, as by a server without WatchList */
    kube_time_t (*clock)(void *userdata); /* what objects' timestamps are taken from; NULL: kube_time_now */
    void *clock_userdata;
    bool controllers; /* Deployments, ReplicaSets, StatefulSets, DaemonSets roll out, Jobs complete, Pods become ready, and go when deleted:
                         status only, no pods are made; what is suspended or paused is left alone */
    int64_t controller_delay_ms; /* how long after each change that happens; 0: 100 */
    unsigned threads;            /* that serve requests; 0: 2 */
} kube_test_server_options_t;

/*
 * Starts a server; it listens when this returns. Namespaces default, kube-system, kube-public and kube-node-lease exist.
 * options: NULL means the defaults. out: not NULL; set to the server, ended with kube_test_server_stop, or to NULL on failure.
 * Errors: KUBE_E_USAGE, KUBE_E_CONNECT (the port is taken), KUBE_E_TLS, KUBE_E_NO_MEMORY.
 */
KUBE_API int kube_test_server_start(const kube_test_server_options_t *options, kube_test_server_t **out, kube_error_t *err);
/* Cuts all connections and frees the server. NULL is allowed. No other thread may be using it. */
KUBE_API void kube_test_server_stop(kube_test_server_t *server);

/* "http://127.0.0.1:34567". Borrowed until the server is stopped. */
KUBE_API const char *kube_test_server_url(const kube_test_server_t *server);
/*
 * What a client needs: address and, with TLS, the CA, and a client certificate of a user "kubernetes-admin" of group system:masters.
 * Borrowed until the server is stopped.
 */
KUBE_API const kube_config_t *kube_test_server_config(const kube_test_server_t *server);
/* Writes the same as a kubeconfig, mode 0600. path: not NULL. Errors: KUBE_E_IO, KUBE_E_USAGE, KUBE_E_NO_MEMORY. */
KUBE_API int kube_test_server_write_kubeconfig(const kube_test_server_t *server, const char *path, kube_error_t *err);

/*
 * Creates every object of a YAML stream, JSON text, or List in it, as `kubectl create` would, status included; the namespaces they name are
 * made as needed, and a namespace left out means "default". text: not NULL; len: bytes. Stops at the first object that is refused: those
 * before it are there. Errors: KUBE_E_PARSE, KUBE_E_UNKNOWN_TYPE (not served here), and those of the server's Status (KUBE_E_INVALID, ...).
 */
KUBE_API int kube_test_server_load(kube_test_server_t *server, const char *text, size_t len, kube_error_t *err);
/*
 * Makes `count` pods with the names prefix-0 .. in a namespace, which is made as needed, each about 10 KB of JSON as a busy
 * cluster's pods are. ns, prefix: not NULL. Errors: KUBE_E_UNKNOWN_TYPE (no pods in the packages), KUBE_E_ALREADY_EXISTS.
 */
KUBE_API int kube_test_server_fill_pods(kube_test_server_t *server, const char *ns, const char *prefix, size_t count, kube_error_t *err);
/*
 * Appends text to the log of a pod's container, made as needed; who follows the log gets it at once. ns, pod, text: not NULL. container: NULL
 * means the pod's only one. len: bytes. Errors: KUBE_E_USAGE, KUBE_E_NO_MEMORY.
 */
KUBE_API int kube_test_server_log_append(kube_test_server_t *server, const char *ns, const char *pod, const char *container,
                                         const char *text, size_t len, kube_error_t *err);
/* Ends the log: who follows it gets the end of the stream. Arguments and errors as kube_test_server_log_append. */
KUBE_API int kube_test_server_log_end(kube_test_server_t *server, const char *ns, const char *pod, const char *container,
                                      kube_error_t *err);

/* ---- faults ---- */

/* When a connection is closed without, or before, the reply. */
typedef enum kube_test_close {
    KUBE_TEST_CLOSE_NONE = 0,
    KUBE_TEST_CLOSE_BEFORE, /* the request is not executed */
    KUBE_TEST_CLOSE_AFTER   /* it is executed, its reply is lost */
} kube_test_close_t;

/*
 * A fault: which requests it meets, how often, and what it does to them. What is 0 or NULL matches everything, or does nothing. Several
 * effects may be combined. Strings and bytes are copied. New fields are only appended.
 */
typedef struct kube_test_fault {
    const char *verb;      /* "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", or a method ("POST") */
    const char *path;      /* prefix of the path, "/api/v1/namespaces/default/" */
    const char *resource;  /* plural name, "pods" */
    unsigned skip;         /* so many matching requests pass first */
    unsigned count;        /* so many are met, then the fault is over; 0: until cleared */
    unsigned percent;      /* meets so many of a hundred, at random; 0: all */

    int64_t delay_ms;        /* before the request is executed */
    int64_t reply_delay_ms;  /* between its execution and the reply */
    int status;              /* this instead of the request's execution: an HTTP status with a Status object as the server writes it */
    const char *retry_after; /* header of that reply: "1", or an HTTP date */
    const char *message;     /* of that Status; NULL: the server's usual one */
    bool expired;            /* watches get an ERROR event 410, lists and continues a Status 410 Expired without a continue token:
                                the inconsistent rest of a list needs kube_test_server_compact */
    kube_test_close_t close;
    kube_int64_t cut_after;   /* bytes of the body after which the connection is closed */
    kube_int64_t stall_after; /* bytes of the body after which nothing more comes */
    int64_t stall_ms;         /* for how long; 0: until the client goes away */
    kube_int64_t half_close_after; /* bytes of the body after which the server sends FIN, and reads on (TLS: no close_notify) */
    const char *bytes;        /* these instead of the whole reply, status line and headers included; then the connection is closed */
    size_t bytes_len;
} kube_test_fault_t;

/* Adds a fault; of several that match a request the first added meets it. fault: not NULL. Errors: KUBE_E_USAGE, KUBE_E_NO_MEMORY. */
KUBE_API int kube_test_server_fault(kube_test_server_t *server, const kube_test_fault_t *fault, kube_error_t *err);
/* Takes all faults away; requests that one has met already go on as it says. */
KUBE_API void kube_test_server_clear_faults(kube_test_server_t *server);
/* Forgets all history: older resourceVersions and continue tokens are 410 from now on. Watches that are open go on. */
KUBE_API void kube_test_server_compact(kube_test_server_t *server);
/* Closes every connection, watches included, as a server that goes away. New ones are accepted at once. */
KUBE_API void kube_test_server_drop_connections(kube_test_server_t *server);

/* ---- what happened ---- */

typedef enum kube_test_change_type { KUBE_TEST_ADDED = 1, KUBE_TEST_MODIFIED, KUBE_TEST_DELETED } kube_test_change_type_t;

/* One change of one object. The strings are valid until the server is stopped. */
typedef struct kube_test_change {
    int64_t revision; /* the object's resourceVersion */
    kube_test_change_type_t type;
    const char *group;    /* "" for the core group */
    const char *resource; /* "pods" */
    const char *ns;       /* "" for cluster-scoped ones */
    const char *name;
    const char *uid;
} kube_test_change_t;

/* The latest revision: the resourceVersion of the last change. */
KUBE_API int64_t kube_test_server_revision(const kube_test_server_t *server);
/*
 * Copies the changes after a revision, oldest first, at most `max`, into out (not NULL); returns how many. Call it again with the last one's
 * revision until it returns 0. Changes beyond the option change_log are forgotten, oldest first.
 */
KUBE_API size_t kube_test_server_changes(const kube_test_server_t *server, int64_t after, kube_test_change_t *out, size_t max);

/* Counters since the start. */
typedef struct kube_test_counters {
    uint64_t requests;         /* begun */
    uint64_t watches;          /* begun */
    uint64_t open_watches;     /* now */
    uint64_t open_connections; /* now */
    uint64_t connections;      /* accepted */
    uint64_t faults;           /* requests met by one */
    uint64_t objects;          /* in the store now */
} kube_test_counters_t;

/* out: not NULL. */
KUBE_API void kube_test_server_counters(const kube_test_server_t *server, kube_test_counters_t *out);

#ifdef __cplusplus
}
#endif
#endif
