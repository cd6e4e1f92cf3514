/*
 * Requests of a transport that are treated alike: the handles they go through, the pool where they begin, and the queue in which they wait for their
 * turn to connect.
 */
#ifndef KUBE_HTTP_CURL_LANE_H
#define KUBE_HTTP_CURL_LANE_H

#include "http/curl_handle.h"

/* Handles kept for later requests. */
#define KUBE_CURL_IDLE_MAX 32

struct kube_curl_lane {
    struct curl_transport *transport;
    kube_curl_pool_t *pool; /* where new exchanges begin */
    CURL *idle[KUBE_CURL_IDLE_MAX];
    size_t idle_count;
    size_t active; /* exchanges under way */
    /*
     * Connections of HTTP/2. One exchange at a time looks for one, and makes one if all are full; the others wait here until it has it. Left to
     * libcurl (CURLOPT_PIPEWAIT), a thousand streams begun together would fill one connection and open one each for all the rest.
     */
    bool shares_connections;
    kube_transport_exchange_t *connecting;
    kube_transport_exchange_t *first, *last;
    kube_transport_exchange_t *unwatched; /* whose sockets cannot be waited for: these are to be ended */
};

/* A handle that waits for its next request, or a new one. Errors: as of kube_curl_handle_new. */
int kube_curl_lane_take_handle(kube_curl_lane_t *lane, const kube_curl_setup_t *setup, const kube_tls_material_t *tls, CURL **out, kube_error_t *err);
/* Keeps a handle for the next request, if there is room. */
void kube_curl_lane_keep_handle(kube_curl_lane_t *lane, CURL *easy);
void kube_curl_lane_drop_handles(kube_curl_lane_t *lane);

/* Has libcurl begin with the exchange. False: no memory. */
bool kube_curl_lane_begin(kube_transport_exchange_t *exchange);
/* The exchange waits until nobody is connecting; and waits no more. */
void kube_curl_lane_queue(kube_transport_exchange_t *exchange);
void kube_curl_lane_unqueue(kube_transport_exchange_t *exchange);
/* The exchange is about to end: it holds nobody up, and waits for nothing. */
void kube_curl_lane_leave(kube_transport_exchange_t *exchange);

#endif
