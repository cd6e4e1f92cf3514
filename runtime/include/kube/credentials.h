/*
 * Credentials that do not come from a configuration, and which plugins may run. docs/credentials.md tells what credentials there
 * are.
 */
#ifndef KUBE_CREDENTIALS_H
#define KUBE_CREDENTIALS_H

#include <kube/memory.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Which programs a kubeconfig may name as its credential plugin (exec): they run with the rights of this process. */
typedef enum kube_exec_policy {
    KUBE_EXEC_ALLOW_ALL = 0,
    KUBE_EXEC_DENY_ALL,
    KUBE_EXEC_ALLOW_LISTED /* those of kube_client_options_t.exec_allowed */
} kube_exec_policy_t;

/* What kube_credentials_hooks_t.authorize returns to say: not yet, ask again in a few milliseconds. */
#define KUBE_AUTHORIZE_LATER 1

/*
 * Credentials of the host program's own, instead of the token, password, plugin or provider of a configuration, whose
 * impersonation and certificates stay. Called from any thread, several at once; they must neither block nor use the client. New
 * functions are only appended.
 */
typedef struct kube_credentials_hooks {
    void *userdata; /* handed to each function */
    /*
     * Required. Called before each request that goes to an https server: appends the value of its Authorization header ("Bearer
     * ...") to value, or nothing for a request without one. Returns KUBE_OK, KUBE_AUTHORIZE_LATER, or a negative KUBE_E_*, which
     * the call then fails with, its message in err (not NULL). What value holds is overwritten after use.
     */
    int (*authorize)(void *userdata, kube_buffer_t *value, kube_error_t *err);
    /*
     * NULL allowed. The server does not know the credentials of a request (401): whether authorize may give others now, and the
     * request is sent again once.
     */
    bool (*refused)(void *userdata);
} kube_credentials_hooks_t;

#ifdef __cplusplus
}
#endif
#endif
