/* What a server says of itself: its version, and whether it is well. */
#ifndef KUBE_SERVER_H
#define KUBE_SERVER_H

#include <kube/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A server's version (GET /version). New fields are only appended. Texts are cut when they are too long, "" when the server
 * does not say. */
typedef struct kube_version_info {
    int major; /* 1; in this and the other numbers 0 when the server does not say */
    int minor; /* 36, also where the server says "36+" */
    int emulation_major, emulation_minor;                 /* the version that it behaves like */
    int min_compatibility_major, min_compatibility_minor; /* the oldest that it works together with */
    char git_version[64]; /* "v1.36.3", "v1.33.4-eks-99643b8" */
    char git_commit[64];
    char git_tree_state[16];
    char build_date[32];
    char go_version[32];
    char compiler[16];
    char platform[32]; /* "linux/amd64" */
} kube_version_info_t;

/* Reads the server's version. client, out: not NULL; call: NULL means the defaults. *out is all zero on failure. Errors: those
 * of kube_raw. Thread-safe. */
KUBE_API int kube_server_version(kube_client_t *client, const kube_call_t *call, kube_version_info_t *out, kube_error_t *err);

/*
 * Asks whether the server is well: KUBE_OK, or KUBE_E_SERVER with the names of the checks that failed in the message. check:
 * "livez" (it need not be restarted), "readyz" (it can take requests), or one check of them, "readyz/etcd"; NULL: "readyz".
 * call: NULL means the defaults. report: NULL allowed, else the server's words on every check are appended, in both cases; ""
 * when no reply came. Errors: also those of kube_raw. Thread-safe.
 */
KUBE_API int kube_server_health(kube_client_t *client, const char *check, const kube_call_t *call, kube_buffer_t *report,
                                kube_error_t *err);

#ifdef __cplusplus
}
#endif
#endif
