/*
 * What the request engine asks for proof of who the client is. The floor auth/ implements it; the engine knows no kind of
 * credential.
 */
#ifndef KUBE_HTTP_CREDENTIALS_H
#define KUBE_HTTP_CREDENTIALS_H

#include "http/headers.h"

/* What add_headers returns to say: they are being made, ask again in a while. */
#define KUBE_CREDENTIALS_WAIT 1

/* What credentials know of one request, from its first add_headers on. All zero to begin with. */
typedef struct kube_credentials_use {
    bool waits;       /* add_headers returned KUBE_CREDENTIALS_WAIT last */
    uint64_t run;     /* what it waits for; the credentials' own */
    uint64_t version; /* which credentials the headers are of */
} kube_credentials_use_t;

typedef struct kube_credentials kube_credentials_t;

/* Implementations put this struct first in their own. The functions are called from any thread, and never block. */
struct kube_credentials {
    /*
     * Adds the headers that a request needs now; called before each request. KUBE_OK, KUBE_CREDENTIALS_WAIT (nothing was
     * added), or an error: KUBE_E_CONFIG, KUBE_E_NO_MEMORY, or what the making of credentials failed with.
     */
    int (*add_headers)(kube_credentials_t *credentials, kube_credentials_use_t *use, kube_headers_t *headers, kube_error_t *err);
    /* The server does not know those that `use` tells of (401): whether add_headers may add others now. NULL: never. */
    bool (*refused)(kube_credentials_t *credentials, const kube_credentials_use_t *use);
    /* Who waited does not ask again. NULL when nobody is ever made to wait. */
    void (*leave)(kube_credentials_t *credentials, kube_credentials_use_t *use);
    void (*free)(kube_credentials_t *credentials);
    /* Who makes them, for messages: "exec plugin" and its name, which lives as long as they do. NULL: nobody is made to wait; no name is told. */
    const char *maker, *maker_name;
};

/* As the functions of the struct. In all of these, credentials NULL means none: nothing is added. */
int kube_credentials_add_headers(kube_credentials_t *credentials, kube_credentials_use_t *use, kube_headers_t *headers, kube_error_t *err);
bool kube_credentials_refused(kube_credentials_t *credentials, const kube_credentials_use_t *use);
/* Does nothing unless use waits. */
void kube_credentials_leave(kube_credentials_t *credentials, kube_credentials_use_t *use);
void kube_credentials_free(kube_credentials_t *credentials);

#endif
