/*
 * Where the API server is and how to prove who one is: data only, read from a kubeconfig, from the files of a pod, or written
 * down by a program that has neither:
 *
 *     kube_config_t config = { .server = "https://10.0.0.1:6443", .ca_file = "/etc/my/ca.crt", .token_file = "/etc/my/token" };
 *     kube_client_new(&config, NULL, &client, &err);
 *
 * Errors of every function that reads a configuration: KUBE_E_CONFIG (missing, malformed or contradictory; the message names
 * the file and the key, never a secret), KUBE_E_UNSUPPORTED (a key that this version cannot honour, named in the message: it is
 * never silently ignored), KUBE_E_NO_MEMORY, KUBE_E_USAGE. All of them are thread-safe as long as nobody changes the
 * environment.
 */
#ifndef KUBE_CONFIG_H
#define KUBE_CONFIG_H

#include <kube/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A configuration. All strings are NUL-terminated; NULL means absent. New fields are only appended, so initialise by name.
 * Those that the library returns own their strings and are freed with kube_config_free; a program's own are only read.
 * User's credentials are sent to https servers only.
 */
typedef struct kube_config {
    const char *server;          /* required: "https://host:port/prefix"; the prefix, if any, begins every request's path */
    const char *ns;              /* the namespace that a NULL ns means in calls; NULL: "default" */
    const char *tls_server_name; /* name in the server's certificate and in SNI; NULL: the host of server */
    const char *ca_file;         /* certificates (PEM) that may sign the server's; neither this nor ca_pem: the system's */
    const char *ca_pem;          /* the same as text, instead of a file */
    const char *client_certificate_file; /* certificate (PEM), with its chain, that proves who the client is */
    const char *client_certificate_pem;  /* the same as text, instead of a file */
    const char *client_key_file;         /* private key (PEM) of that certificate */
    const char *client_key_pem;          /* the same as text, instead of a file */
    const char *token;           /* bearer token */
    const char *token_file;      /* a file that holds the token and is read again when it changes; wins over token */
    bool insecure_skip_tls_verify; /* accept any certificate of the server: for experiments only */
    const char *source;          /* for messages: the file this was read from; NULL: not from a file */
    const char *context;         /* for messages: the kubeconfig context chosen; NULL: none */
} kube_config_t;

/* What to choose from a kubeconfig. All zero means its current-context. New fields are only appended. */
typedef struct kube_config_options {
    const char *context; /* instead of current-context */
    const char *cluster; /* instead of the context's cluster */
    const char *user;    /* instead of the context's user */
    const char *ns;      /* instead of the context's namespace */
} kube_config_options_t;

/*
 * Reads one kubeconfig file (YAML or JSON). Relative paths in it are resolved against its directory. Files that it names are
 * checked to be readable, and read when a client is made. path: NULL means the file that the environment variable KUBECONFIG
 * names, else ~/.kube/config. A KUBECONFIG list of several files is KUBE_E_UNSUPPORTED. options: NULL means all defaults. out:
 * not NULL; set to the configuration, freed with kube_config_free, or to NULL on failure.
 */
KUBE_API int kube_config_load(const char *path, const kube_config_options_t *options, kube_config_t **out, kube_error_t *err);

/*
 * As kube_config_load, from text in memory. text: not NULL; len: bytes; nothing is kept of it. directory: what relative paths
 * are resolved against; NULL means the working directory.
 */
KUBE_API int kube_config_parse(const char *text, size_t len, const char *directory, const kube_config_options_t *options,
                               kube_config_t **out, kube_error_t *err);

/*
 * The configuration of a program that runs in a pod: server from the environment (KUBERNETES_SERVICE_HOST and _PORT); token, CA
 * and namespace from /var/run/secrets/kubernetes.io/serviceaccount (POD_NAMESPACE wins over the namespace file). out: as for
 * kube_config_load.
 */
KUBE_API int kube_config_in_cluster(kube_config_t **out, kube_error_t *err);

/*
 * What most programs want: the file `path` if it is not NULL; else the kubeconfig that kube_config_load(NULL) finds; and if
 * there is none, or an empty one, the pod's own files. options: as for kube_config_load; of them only ns has a meaning in a
 * pod. out: as for kube_config_load.
 */
KUBE_API int kube_config_default(const char *path, const kube_config_options_t *options, kube_config_t **out, kube_error_t *err);

/*
 * A deep copy, freed with kube_config_free; NULL when config is NULL or memory is exhausted. Thread-safe while nobody edits
 * config.
 */
KUBE_API kube_config_t *kube_config_dup(const kube_config_t *config);

/*
 * Checks a configuration for what is missing or contradictory, without opening files. config: NULL is KUBE_E_USAGE.
 * Thread-safe.
 */
KUBE_API int kube_config_check(const kube_config_t *config, kube_error_t *err);

/* Frees a configuration that the library returned; secrets are overwritten first. NULL is allowed. */
KUBE_API void kube_config_free(kube_config_t *config);

#ifdef __cplusplus
}
#endif
#endif
