#include "http/curl_lane.h"

#include "http/curl_pool.h"

/* ---- handles ---- */

int kube_curl_lane_take_handle(kube_curl_lane_t *lane, const kube_curl_setup_t *setup, const kube_tls_material_t *tls, CURL **out, kube_error_t *err)
{
    if (lane->idle_count == 0)
        return kube_curl_handle_new(setup, tls, lane->shares_connections, out, err);
    *out = lane->idle[--lane->idle_count];
    return KUBE_OK;
}

void kube_curl_lane_keep_handle(kube_curl_lane_t *lane, CURL *easy)
{
    if (lane->idle_count < KUBE_CURL_IDLE_MAX)
        lane->idle[lane->idle_count++] = easy;
    else
        curl_easy_cleanup(easy);
}

void kube_curl_lane_drop_handles(kube_curl_lane_t *lane)
{
    while (lane->idle_count)
        curl_easy_cleanup(lane->idle[--lane->idle_count]);
}

/* ---- connecting ---- */

bool kube_curl_lane_begin(kube_transport_exchange_t *exchange)
{
    kube_curl_lane_t *lane = exchange->lane;
    if (curl_multi_add_handle(lane->pool->multi, exchange->easy) != CURLM_OK)
        return false;
    exchange->pool = lane->pool;
    exchange->pool->active++;
    lane->connecting = lane->shares_connections ? exchange : NULL;
    return true;
}

static void let_others_connect(kube_transport_exchange_t *exchange)
{
    if (exchange->lane->connecting == exchange)
        exchange->lane->connecting = NULL;
}

void kube_curl_connected(kube_transport_exchange_t *exchange, int local_port)
{
    let_others_connect(exchange);
    if (exchange->lane->shares_connections)
        kube_curl_pool_share(exchange, local_port);
}

void kube_curl_lane_queue(kube_transport_exchange_t *exchange)
{
    kube_curl_lane_t *lane = exchange->lane;
    exchange->queued = true;
    if (lane->last)
        lane->last->next = exchange;
    else
        lane->first = exchange;
    lane->last = exchange;
}

void kube_curl_lane_unqueue(kube_transport_exchange_t *exchange)
{
    kube_curl_lane_t *lane = exchange->lane;
    kube_transport_exchange_t **link = &lane->first, *before = NULL;
    while (*link != exchange) {
        before = *link;
        link = &before->next;
    }
    *link = exchange->next;
    if (lane->last == exchange)
        lane->last = before;
    exchange->next = NULL;
    exchange->queued = false;
}

/* ---- ending ---- */

void kube_curl_give_up_on(kube_transport_exchange_t *exchange)
{
    if (!exchange || exchange->unwatched)
        return;
    exchange->unwatched = true;
    exchange->next = exchange->lane->unwatched;
    exchange->lane->unwatched = exchange;
}

static void forget_unwatched(kube_curl_lane_t *lane, kube_transport_exchange_t *exchange)
{
    kube_transport_exchange_t **link = &lane->unwatched;
    while (*link != exchange)
        link = &(*link)->next;
    *link = exchange->next;
}

void kube_curl_lane_leave(kube_transport_exchange_t *exchange)
{
    kube_curl_lane_t *lane = exchange->lane;
    let_others_connect(exchange);
    if (exchange->queued)
        kube_curl_lane_unqueue(exchange);
    if (exchange->pool) {
        curl_multi_remove_handle(exchange->pool->multi, exchange->easy);
        exchange->pool->active--;
    }
    kube_curl_pool_unshare(exchange);
    if (exchange->unwatched)
        forget_unwatched(lane, exchange);
}
