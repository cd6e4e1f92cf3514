/* The transport on libcurl, shared by its files. */
#ifndef KUBE_HTTP_CURL_H
#define KUBE_HTTP_CURL_H

#include <curl/curl.h>
#include <kube/transport.h>

#include "http/curl_proxy.h"
#include "http/headers.h"
#include "http/tls_source.h"

typedef struct kube_curl_lane kube_curl_lane_t;
typedef struct kube_curl_pool kube_curl_pool_t;
typedef struct kube_curl_shared kube_curl_shared_t;

/* One request on its way through one easy handle. */
struct kube_transport_exchange {
    CURL *easy;
    kube_curl_lane_t *lane;
    kube_curl_pool_t *pool;     /* NULL: it waits in the lane's queue */
    kube_curl_shared_t *shared; /* the connection it shares with others; NULL: none, or none yet */
    int64_t heard_ms;           /* monotonic: when it was sent, or something of the reply came last; of a shared connection only */
    kube_tls_version_t *tls; /* what the handle was given, and borrows */
    struct kube_transport_exchange *next; /* in the lane's queue */
    bool queued;
    kube_transport_sink_t sink;
    struct curl_slist *headers;
    struct curl_slist *connect_to;
    const char *server; /* for messages */
    char *proxy;        /* likewise; NULL: none */
    kube_headers_t reply_headers;
    size_t max_header_bytes;
    size_t header_bytes; /* of all heads and trailers */
    int status;      /* of the reply's head that is being read */
    int sends;       /* how often libcurl began to send the request */
    int sink_code;   /* what ended the exchange from our side; 0: nothing did */
    bool is_read;
    bool head_done;
    bool unwatched;  /* its socket cannot be waited for */
    char message[CURL_ERROR_SIZE];
};

/*
 * Tells a handle whose lasting options are set what to ask. tls_server_name: NULL when it is the URL's host. proxy: NULL for none. Errors:
 * KUBE_E_USAGE, KUBE_E_NO_MEMORY.
 */
int kube_curl_prepare(kube_transport_exchange_t *exchange, const kube_transport_request_t *request, const char *tls_server_name,
                      const kube_curl_proxy_t *proxy, kube_error_t *err);
/* Whose handle it is. */
kube_transport_exchange_t *kube_curl_exchange_of(CURL *easy);
/* Takes everything of the exchange out of its handle, and frees it. The handle stays. */
void kube_curl_forget(kube_transport_exchange_t *exchange);
/* What the end of a transfer means: a KUBE_E_*, and a message in text. */
int kube_curl_outcome(kube_transport_exchange_t *exchange, CURLcode result, char *text, size_t size);
/* Points a handle's callbacks, set once, at the exchange functions. */
CURLcode kube_curl_set_callbacks(CURL *easy);
/* Called when an exchange has its connection, whose end is this port. */
void kube_curl_connected(kube_transport_exchange_t *exchange, int local_port);
/* Called when something of the reply has come. */
void kube_curl_heard(kube_transport_exchange_t *exchange);
/* Called when a socket of the exchange cannot be waited for. NULL is allowed. */
void kube_curl_give_up_on(kube_transport_exchange_t *exchange);
/* Whether the server refused the client's certificate after the handshake, and did not look at the request. */
bool kube_curl_is_certificate_refused(CURLcode result, const char *message);
/* The KUBE_E_* that a libcurl result stands for. */
int kube_curl_code(CURLcode result, const char *message);

#endif
