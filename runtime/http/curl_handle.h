/* The easy handles of libcurl: what they are told once, for their whole life. */
#ifndef KUBE_HTTP_CURL_HANDLE_H
#define KUBE_HTTP_CURL_HANDLE_H

#include "http/curl.h"
#include "http/sockets.h"

/* What all handles of a transport have in common. */
typedef struct kube_curl_setup {
    kube_sockets_t *sockets;
    CURLSH *share; /* TLS sessions */
    bool insecure;
} kube_curl_setup_t;

/*
 * A handle for requests that share connections of HTTP/2, or have connections of HTTP/1.1 to themselves. It borrows setup and tls. Errors:
 * KUBE_E_NO_MEMORY, KUBE_E_UNSUPPORTED when this libcurl cannot do what tls needs.
 */
int kube_curl_handle_new(const kube_curl_setup_t *setup, const kube_tls_material_t *tls, bool shares_connections, CURL **out, kube_error_t *err);

#endif
