/*
 * What the request engine asks for proof of who the client is. The floor auth/ implements it; the engine knows no kind of
 * credential.
 */
#ifndef KUBE_HTTP_CREDENTIALS_H
#define KUBE_HTTP_CREDENTIALS_H

#include "http/headers.h"

typedef struct kube_credentials kube_credentials_t;

/* Implementations put this struct first in their own. */
struct kube_credentials {
    /*
     * Adds the headers that a request needs now; called before each request, from any thread. Errors: KUBE_E_CONFIG,
     * KUBE_E_NO_MEMORY.
     */
    int (*add_headers)(kube_credentials_t *credentials, kube_headers_t *headers, kube_error_t *err);
    void (*free)(kube_credentials_t *credentials);
};

/* NULL is allowed. */
void kube_credentials_free(kube_credentials_t *credentials);

#endif
