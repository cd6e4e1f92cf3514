/*
 * Where the API server is and how to prove who one is: data only, read from kubeconfig files, from the files of a pod, or written
 * down by a program that has neither:
 *
 *     kube_config_t config = { .server = "https://10.0.0.1:6443", .ca_file = "/etc/my/ca.crt", .token_file = "/etc/my/token" };
 *     kube_client_new(&config, NULL, &client, &err);
 *
 * To add something to a configuration that was read, put it into kube_config_options_t.overrides, or copy the struct and set
 * fields of the copy, which then borrows from the original:
 *
 *     kube_config_t mine = *loaded;
 *     mine.as = "system:serviceaccount:web:deployer";
 *
 * Errors of every function that reads a configuration: KUBE_E_CONFIG (missing, malformed or contradictory; the message names the
 * file and the key, never a secret), KUBE_E_NO_MEMORY, KUBE_E_USAGE. All of them are thread-safe as long as nobody changes the
 * environment. What a configuration says and this version cannot honour is refused when a client is made (KUBE_E_UNSUPPORTED, the
 * key in the message): it is never silently ignored. kube/kubeconfig.h changes kubeconfig files.
 */
#ifndef KUBE_CONFIG_H
#define KUBE_CONFIG_H

#include <kube/memory.h>
#include <kube/problems.h>
#include <kube/value.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whether a plugin may ask questions on the terminal. */
typedef enum kube_interactive_mode {
    KUBE_INTERACTIVE_IF_AVAILABLE = 0, /* when standard input is a terminal */
    KUBE_INTERACTIVE_NEVER,
    KUBE_INTERACTIVE_ALWAYS /* without a terminal it is an error */
} kube_interactive_mode_t;

/* A program that prints credentials: the kubeconfig's users[].user.exec. New fields are only appended. */
typedef struct kube_exec_config {
    const char *command;      /* required: a path, or a name without a slash that is looked up in PATH */
    kube_string_list_t args;  /* its arguments, without the program itself */
    kube_string_map_t env;    /* variables beside those of this process */
    const char *api_version;  /* required: "client.authentication.k8s.io/v1" or ".../v1beta1" */
    kube_interactive_mode_t interactive_mode;
    bool provide_cluster_info; /* tell the program about the cluster, in the variable KUBERNETES_EXEC_INFO */
    const char *install_hint; /* for people: how to get the program when it is missing; may hold control characters */
    kube_json_t cluster_config; /* for the program: the cluster's extension "client.authentication.k8s.io/exec" */
    kube_json_map_t unknown;  /* keys this version does not know */
} kube_exec_config_t;

/*
 * A credential mechanism that is known by name, "oidc": the kubeconfig's users[].user.auth-provider. New fields are only
 * appended.
 */
typedef struct kube_auth_provider {
    const char *name;         /* required */
    kube_string_map_t config; /* "idp-issuer-url", "client-id", "client-secret", "refresh-token", "id-token", ... */
    kube_json_map_t unknown;  /* keys this version does not know */
} kube_auth_provider_t;

/* How a configuration was read; opaque. */
typedef struct kube_config_origin kube_config_origin_t;

/*
 * A configuration. All strings are NUL-terminated; NULL means absent. New fields are only appended, so initialise by name.
 * Those that the library returns own what they point to and are freed with kube_config_free; a program's own are only read.
 * User's credentials are sent to https servers only; of a file and the same as text, only one may be given.
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
    const char *source;          /* the file that the cluster was read from; NULL: not from a file */
    const char *context;         /* the kubeconfig context chosen; NULL: none */

    /* More about the server. */
    const char *proxy_url;       /* "http://", "https://" or "socks5://"; NULL: as HTTPS_PROXY, HTTP_PROXY and NO_PROXY say */
    bool disable_compression;    /* never ask for compressed replies */
    const char *cluster;         /* the kubeconfig cluster chosen; NULL: none */
    kube_json_map_t cluster_extensions; /* by name */
    kube_json_map_t cluster_unknown;    /* keys this version does not know; here and below kept, and without effect */

    /* More about the user. */
    const char *username, *password; /* basic authentication */
    const char *client_key_passphrase;      /* of client_key_file or client_key_pem; the PIN of client_key_uri's token */
    const char *client_key_passphrase_file; /* a file whose first line is that passphrase, instead of the text */
    const char *client_certificate_uri; /* "pkcs11:...", or what another OpenSSL provider stores, instead of a file or text */
    const char *client_key_uri;         /* likewise; the key never leaves the provider */
    const char *as;              /* act as that user */
    const char *as_uid;          /* with that uid ... */
    kube_string_list_t as_groups; /* ... in these groups ... */
    kube_string_list_map_t as_user_extra; /* ... and with these further attributes; all three need `as` */
    const kube_exec_config_t *exec;
    const kube_auth_provider_t *auth_provider;
    const char *user;            /* the kubeconfig user chosen; NULL: none */
    const char *user_source;     /* the file that the user was read from; NULL: not from a file */
    kube_json_map_t user_extensions;
    kube_json_map_t user_unknown;

    /* More about where it was read. */
    const char *context_source;  /* the file that the context was read from; NULL: not from a file */
    kube_json_map_t context_extensions;
    kube_json_map_t context_unknown;
    kube_string_list_t files;    /* the kubeconfig files that were looked for, in order, also those that are not there; absolute paths */
    const kube_config_origin_t *origin; /* for kube_config_reload; NULL: not read from files */
} kube_config_t;

/* What to choose from a kubeconfig. All zero means its current-context. New fields are only appended. */
typedef struct kube_config_options {
    const char *context; /* instead of current-context */
    const char *cluster; /* instead of the context's cluster */
    const char *user;    /* instead of the context's user */
    const char *ns;      /* instead of the context's namespace */
    /*
     * Fields of it that are set (not NULL, not false, not empty) replace what was read. With a server the tls_server_name is
     * replaced too, also by none; so are as a group the CA and insecure_skip_tls_verify, each of certificate and key with their
     * other forms, and token with token_file. Its context, cluster, user, ... and what tells where it was read mean nothing.
     */
    const kube_config_t *overrides;
    kube_problems_t **problems; /* set to all that is wrong (freed with kube_problems_free) or to NULL; NULL: not wanted */
} kube_config_options_t;

/*
 * Reads kubeconfig files (YAML or JSON; what further documents of a file hold is added to the first). path: that file, which
 * must be there; NULL means the files that the environment variable KUBECONFIG lists, separated by colons, or, when it is not
 * set or empty, ~/.kube/config; of those, the ones that are not there are skipped, and of entries with the same name, and of
 * several current-contexts, the first counts. Relative paths in a file are resolved against its directory. Files that the
 * chosen entries name are checked to be readable, and read when a client is made. options: NULL means all defaults. out: not
 * NULL; set to the configuration, freed with kube_config_free, or to NULL on failure.
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
 * and namespace from /var/run/secrets/kubernetes.io/serviceaccount (POD_NAMESPACE wins over the namespace file). Without the
 * variables, the token or the CA it is KUBE_E_CONFIG: what the system trusts does not stand in for an absent CA. out: as for
 * kube_config_load.
 */
KUBE_API int kube_config_in_cluster(kube_config_t **out, kube_error_t *err);

/*
 * What most programs want: the file `path` if it is not NULL; else the kubeconfig that kube_config_load(NULL) finds; and if
 * there is none, or an empty one, the pod's own files. In a pod, its namespace also stands in for one that the kubeconfig
 * does not name. options: as for kube_config_load; a context, cluster or user that they name is never found in the pod's own
 * files. out: as for kube_config_load.
 */
KUBE_API int kube_config_default(const char *path, const kube_config_options_t *options, kube_config_t **out, kube_error_t *err);

/*
 * Reads again what config was read from, with the options of that time (problems excepted). config: not NULL; one from
 * kube_config_load, _default or _in_cluster, or a copy of it, else KUBE_E_USAGE; it is not changed. out: as for kube_config_load.
 */
KUBE_API int kube_config_reload(const kube_config_t *config, kube_config_t **out, kube_error_t *err);

/*
 * A deep copy, freed with kube_config_free; NULL when config is NULL or memory is exhausted. Thread-safe while nobody edits
 * config.
 */
KUBE_API kube_config_t *kube_config_dup(const kube_config_t *config);

/*
 * Whether two configurations say the same; where they were read does not count, and files that they name are not compared. NULL
 * equals NULL only. Thread-safe while nobody edits them.
 */
KUBE_API bool kube_config_equal(const kube_config_t *a, const kube_config_t *b);

/*
 * Checks a configuration for what is missing or contradictory, without opening files. config: NULL is KUBE_E_USAGE.
 * Errors: KUBE_E_CONFIG, the first problem in err. Thread-safe.
 */
KUBE_API int kube_config_check(const kube_config_t *config, kube_error_t *err);
/* As kube_config_check. *problems: set to all that is wrong (freed with kube_problems_free) or to NULL; NULL: not wanted. */
KUBE_API int kube_config_check_all(const kube_config_t *config, kube_problems_t **problems, kube_error_t *err);

/* For kube_config_print. */
enum {
    KUBE_CONFIG_SECRETS = 1 << 0 /* print secrets too: the result is a kubeconfig that can be used */
};

/*
 * Appends a configuration as a kubeconfig (YAML) of one context. Keys, tokens, passwords, certificates, arguments and
 * variables of programs, extensions and unknown keys stand there as REDACTED unless flags (0 or KUBE_CONFIG_SECRETS) says
 * otherwise; what a kubeconfig has no key for is left out. config and buffer: not NULL. Errors: KUBE_E_USAGE,
 * KUBE_E_NO_MEMORY; the buffer's content is then as before. Thread-safe while nobody edits config.
 */
KUBE_API int kube_config_print(const kube_config_t *config, unsigned flags, kube_buffer_t *buffer, kube_error_t *err);

/* Frees a configuration that the library returned; everything in it is overwritten first. NULL is allowed. */
KUBE_API void kube_config_free(kube_config_t *config);

#ifdef __cplusplus
}
#endif
#endif
