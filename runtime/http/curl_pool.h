/*
 * The open connections of a lane: a multi handle of libcurl. One whose connections are not to be trusted any more is replaced, and lasts until the
 * requests that are under way in it have ended.
 */
#ifndef KUBE_HTTP_CURL_POOL_H
#define KUBE_HTTP_CURL_POOL_H

#include "http/curl.h"
#include "http/sockets.h"

struct kube_curl_pool {
    CURLM *multi;
    kube_curl_lane_t *lane;
    kube_sockets_t *sockets; /* the transport's */
    unsigned number; /* among the transport's pools */
    int64_t due_ms;  /* kube_now_ms: when libcurl wants to be called; -1: never */
    size_t active;   /* exchanges under way */
    bool ended;      /* some of them have ended, and nobody was told yet */
    kube_curl_shared_t *shared;
};

/* NULL when memory is exhausted. */
kube_curl_pool_t *kube_curl_pool_new(kube_curl_lane_t *lane, kube_sockets_t *sockets, unsigned number, long kept_connections);
/* Closes its connections. No exchange is under way. NULL is allowed. */
void kube_curl_pool_free(kube_curl_pool_t *pool);
/* Has libcurl do what it wanted to do by now. */
void kube_curl_pool_run_timer(kube_curl_pool_t *pool);

/* An exchange begins to share the connection of this local port with others, until kube_curl_pool_unshare. */
void kube_curl_pool_share(kube_transport_exchange_t *exchange, int local_port);
void kube_curl_pool_unshare(kube_transport_exchange_t *exchange);
/* Whether nothing has come to anyone on the exchange's connection for most of the time for which nothing has come to the exchange. */
bool kube_curl_pool_is_silent(const kube_transport_exchange_t *exchange);

#endif
