/* The transport on libcurl, shared by its files. */
#ifndef KUBE_HTTP_CURL_H
#define KUBE_HTTP_CURL_H

#include <curl/curl.h>
#include <kube/transport.h>

#include "http/headers.h"

/* One request on its way through one easy handle. */
typedef struct kube_curl_exchange {
    const kube_transport_request_t *request;
    const kube_transport_sink_t *sink;
    struct curl_slist *headers;
    struct curl_slist *connect_to;
    char *url;
    kube_headers_t reply_headers;
    int status;      /* of the reply's head that is being read */
    int sends;       /* how often libcurl began to send the request */
    int sink_code;   /* what ended the exchange from our side; 0: nothing did */
    bool head_done;
    char message[CURL_ERROR_SIZE];
} kube_curl_exchange_t;

/*
 * Performs a request on a handle whose lasting options are set. tls_server_name: NULL when it is the URL's host. Contract as of
 * kube_transport_t.perform.
 */
int kube_curl_exchange(CURL *easy, const char *tls_server_name, const kube_transport_request_t *request,
                       const kube_transport_sink_t *sink, kube_transport_result_t *result, kube_error_t *err);
/* Points the handle's callbacks, set once, at the exchange functions. */
CURLcode kube_curl_set_callbacks(CURL *easy);
/* The KUBE_E_* that a libcurl result stands for. */
int kube_curl_code(CURLcode result, const char *message);

#endif
