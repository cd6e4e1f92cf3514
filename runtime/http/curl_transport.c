#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/memory.h"
#include "http/curl_lane.h"
#include "http/curl_pool.h"
#include "http/sigpipe.h"
#include "http/sockets.h"
#include "http/tls_source.h"

/* Open connections kept for later requests, of each lane. */
#define KEPT_CONNECTIONS 64L

/* libcurl reuses an idle HTTP/2 connection for a request that wanted HTTP/1.1, so each version has a multi handle of its own. */
enum {
    LANE_OWN,     /* HTTP/1.1: each request has its connection to itself. Large replies arrive faster without HTTP/2's framing, and a slow reader holds up nobody */
    LANE_CALLS,   /* HTTP/2: requests beyond the first few that are under way together */
    LANE_STREAMS, /* HTTP/2: silent streams, of which there may be thousands. Not with the calls: libcurl runs all streams of a connection whenever one has
                     something to read */
    LANES
};

/* Connections that are not to be trusted any more, whose requests have not ended: so many pools of them at most. */
#define OLD_POOLS_MAX 8

/* So many calls at once have connections of their own, which costs less time; from then on servers do better with shared ones. */
#define OWN_CONNECTIONS_MAX 4

typedef struct curl_transport {
    kube_transport_t base;
    pid_t pid; /* of the process that made it: connections must not be used by a forked child too */
    kube_tls_source_t *tls_source;
    kube_tls_version_t *tls; /* of the idle handles, and those to come; others have the one before */
    char *tls_server_name;
    kube_curl_proxies_t proxies;
    bool raises_sigpipe; /* this libcurl writes to sockets in ways that can */
    kube_sockets_t sockets;
    kube_curl_setup_t setup;
    kube_curl_lane_t lanes[LANES];
    kube_curl_pool_t *pools[LANES + OLD_POOLS_MAX]; /* those of the lanes, and old ones; NULL: a free place */
} curl_transport_t;

#define POOLS (LANES + OLD_POOLS_MAX)

static pthread_once_t global_once = PTHREAD_ONCE_INIT;
static CURLcode global_result;

static void global_init(void)
{
    global_result = curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* From 7.88 on TLS goes through libcurl's own writes, which ask for no signal where the system lets them. */
static bool raises_sigpipe(void)
{
#ifdef MSG_NOSIGNAL
    return curl_version_info(CURLVERSION_NOW)->version_num < 0x075800;
#else
    return true;
#endif
}

/* ---- handles ---- */

static int take_handle(curl_transport_t *transport, kube_curl_lane_t *lane, CURL **out, kube_error_t *err)
{
    return kube_curl_lane_take_handle(lane, &transport->setup, &transport->tls->material, out, err);
}

static void give_handle_back(curl_transport_t *transport, kube_curl_lane_t *lane, CURL *easy, kube_tls_version_t *tls)
{
    if (tls == transport->tls)
        kube_curl_lane_keep_handle(lane, easy);
    else
        curl_easy_cleanup(easy);
    kube_tls_version_free(tls);
}

static void drop_idle_handles(curl_transport_t *transport)
{
    for (size_t i = 0; i < LANES; i++)
        kube_curl_lane_drop_handles(&transport->lanes[i]);
}

/*
 * Keys and certificates may have changed. Requests under way go on with the old ones; libcurl lets later ones use no connection that was made with others,
 * and closes those when they have been idle for a minute.
 */
static void renew_tls(curl_transport_t *transport)
{
    kube_tls_version_t *tls = kube_tls_source_take(transport->tls_source);
    if (tls != transport->tls)
        drop_idle_handles(transport);
    kube_tls_version_free(transport->tls);
    transport->tls = tls;
}

/* ---- pools ---- */

/* NULL: no memory, or too many are there. */
static kube_curl_pool_t *new_pool(kube_curl_lane_t *lane)
{
    curl_transport_t *transport = lane->transport;
    for (unsigned i = 0; i < POOLS; i++) {
        if (transport->pools[i])
            continue;
        transport->pools[i] = kube_curl_pool_new(lane, &transport->sockets, i, KEPT_CONNECTIONS);
        return transport->pools[i];
    }
    return NULL;
}

/* Old pools in which nothing is under way any more. */
static void free_old_pools(curl_transport_t *transport)
{
    for (unsigned i = 0; i < POOLS; i++) {
        kube_curl_pool_t *pool = transport->pools[i];
        if (!pool || pool->active || pool == pool->lane->pool)
            continue;
        transport->pools[i] = NULL;
        kube_curl_pool_free(pool);
    }
}

static int make_lane(curl_transport_t *transport, unsigned number, kube_error_t *err)
{
    kube_curl_lane_t *lane = &transport->lanes[number];
    *lane = (kube_curl_lane_t){ .transport = transport, .shares_connections = number != LANE_OWN };
    lane->pool = new_pool(lane);
    return lane->pool ? KUBE_OK : kube_fail_memory(err);
}

/* ---- the functions of the transport ---- */

static void guard(kube_transport_t *base, kube_sigpipe_t *sigpipe)
{
    if (((curl_transport_t *)base)->raises_sigpipe)
        kube_sigpipe_block(sigpipe);
}

static void unguard(kube_transport_t *base, const kube_sigpipe_t *sigpipe)
{
    if (((curl_transport_t *)base)->raises_sigpipe)
        kube_sigpipe_restore(sigpipe);
}

static kube_curl_lane_t *choose_lane(curl_transport_t *transport, const kube_transport_request_t *request)
{
    unsigned lane = LANE_OWN;
    if (request->multiplex)
        lane = LANE_STREAMS;
    else if (!request->bulk && transport->lanes[LANE_OWN].active >= OWN_CONNECTIONS_MAX)
        lane = LANE_CALLS;
    return &transport->lanes[lane];
}

/* Sends at once what can be sent, without a round of waiting. */
static void run(curl_transport_t *transport, kube_curl_pool_t *pool)
{
    kube_sigpipe_t sigpipe;
    guard(&transport->base, &sigpipe);
    kube_curl_pool_run_timer(pool);
    unguard(&transport->base, &sigpipe);
}

static int start(kube_transport_t *base, const kube_transport_request_t *request, const kube_transport_sink_t *sink,
                 kube_transport_exchange_t **out, kube_error_t *err)
{
    curl_transport_t *transport = (curl_transport_t *)base;
    *out = NULL;
    if (transport->pid != getpid())
        return kube_fail(err, KUBE_E_USAGE, "a client must not be used after fork: make a new one in the child");
    const kube_curl_proxy_t *proxy;
    int code = kube_curl_proxies_find(&transport->proxies, request->server, &proxy, err);
    if (code < 0)
        return code;
    kube_transport_exchange_t *exchange = kube_mem_zero(sizeof *exchange);
    if (!exchange)
        return kube_fail_memory(err);
    exchange->sink = *sink;
    exchange->lane = choose_lane(transport, request);
    renew_tls(transport);
    code = take_handle(transport, exchange->lane, &exchange->easy, err);
    if (code < 0) {
        kube_mem_free(exchange);
        return code;
    }
    exchange->tls = kube_tls_version_ref(transport->tls);
    code = kube_curl_prepare(exchange, request, transport->tls_server_name, proxy, err);
    if (code == KUBE_OK && exchange->lane->connecting)
        kube_curl_lane_queue(exchange);
    else if (code == KUBE_OK && !kube_curl_lane_begin(exchange))
        code = kube_fail_memory(err);
    if (code < 0) {
        CURL *easy = exchange->easy;
        kube_curl_lane_t *lane = exchange->lane;
        kube_tls_version_t *tls = exchange->tls;
        kube_curl_forget(exchange);
        give_handle_back(lane->transport, lane, easy, tls);
        return code;
    }
    exchange->lane->active++;
    *out = exchange;
    if (exchange->pool)
        run(transport, exchange->pool);
    return KUBE_OK;
}

/* Takes the handle from libcurl; an exchange that had not ended loses its connection, or its stream. */
static void detach(kube_transport_exchange_t *exchange)
{
    kube_curl_lane_t *lane = exchange->lane;
    CURL *easy = exchange->easy;
    kube_tls_version_t *tls = exchange->tls;
    lane->active--;
    kube_curl_lane_leave(exchange);
    kube_curl_forget(exchange);
    give_handle_back(lane->transport, lane, easy, tls);
}

static bool stop(kube_transport_t *base, kube_transport_exchange_t *exchange)
{
    kube_sigpipe_t sigpipe;
    bool sent = exchange->sends > 0;
    guard(base, &sigpipe);
    detach(exchange);
    free_old_pools((curl_transport_t *)base);
    unguard(base, &sigpipe);
    return sent;
}

/* libcurl would give the connection to the next request, and has no way to give up only that one. */
static void suspect(kube_transport_t *base, kube_transport_exchange_t *exchange)
{
    (void)base;
    kube_curl_lane_t *lane = exchange->lane;
    bool is_current = exchange->pool == lane->pool && exchange->sends > 0;
    if (!lane->shares_connections || !is_current || !kube_curl_pool_is_silent(exchange))
        return;
    kube_curl_pool_t *other = new_pool(lane);
    if (other)
        lane->pool = other;
}

static int fd(kube_transport_t *base)
{
    return ((curl_transport_t *)base)->sockets.fd;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

static int64_t timeout_ms(kube_transport_t *base)
{
    curl_transport_t *transport = (curl_transport_t *)base;
    int64_t due = -1;
    for (size_t i = 0; i < POOLS; i++) {
        const kube_curl_pool_t *pool = transport->pools[i];
        due = pool ? earlier(due, pool->ended ? 0 : pool->due_ms) : due;
    }
    /* One that was stopped may have left the queue to the others. */
    for (size_t i = 0; i < LANES; i++) {
        const kube_curl_lane_t *lane = &transport->lanes[i];
        due = lane->unwatched || (lane->first && !lane->connecting) ? 0 : due;
    }
    int64_t left = due <= 0 ? due : due - kube_now_ms();
    return due >= 0 && left < 0 ? 0 : left;
}

static void end(kube_transport_exchange_t *exchange, CURLcode result)
{
    kube_transport_sink_t sink = exchange->sink;
    char message[256 + CURL_ERROR_SIZE];
    int code = kube_curl_outcome(exchange, result, message, sizeof message);
    bool sent = exchange->sends > 0 && !kube_curl_is_certificate_refused(result, exchange->message);
    if (code == KUBE_E_TLS)
        kube_tls_source_doubt(exchange->lane->transport->tls_source);
    detach(exchange);
    sink.end(sink.userdata, code, sent, message);
}

/* Those that waited for a connection that was not to be had would fare no better, each after as long a while. */
static void end_followers(const kube_transport_exchange_t *leader, CURLcode result)
{
    int code = kube_curl_code(result, leader->message);
    if (code != KUBE_E_CONNECT && code != KUBE_E_TLS)
        return;
    for (kube_transport_exchange_t *exchange = leader->lane->first, *next; exchange; exchange = next) {
        next = exchange->next;
        if (strcmp(exchange->server, leader->server) != 0)
            continue;
        memcpy(exchange->message, leader->message, sizeof exchange->message);
        end(exchange, result);
    }
}

static void resume(kube_transport_t *base, kube_transport_exchange_t *exchange)
{
    (void)base;
    CURLcode result = curl_easy_pause(exchange->easy, CURLPAUSE_CONT);
    if (result != CURLE_OK)
        end(exchange, result);
}

static void end_finished(kube_curl_pool_t *pool)
{
    kube_curl_lane_t *lane = pool->lane;
    int left;
    pool->ended = false;
    for (CURLMsg *message; (message = curl_multi_info_read(pool->multi, &left));) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode result = message->data.result;
        kube_transport_exchange_t *exchange = kube_curl_exchange_of(message->easy_handle);
        if (lane->connecting == exchange)
            end_followers(exchange, result);
        end(exchange, result);
    }
    while (lane->unwatched)
        end(lane->unwatched, CURLE_OUT_OF_MEMORY);
}

/* Lets those in the queue go, as long as they find connections without waiting. */
static void run_queue(kube_curl_lane_t *lane)
{
    while (lane->first && !lane->connecting) {
        kube_transport_exchange_t *exchange = lane->first;
        kube_curl_lane_unqueue(exchange);
        if (kube_curl_lane_begin(exchange)) {
            kube_curl_pool_run_timer(lane->pool);
            end_finished(lane->pool);
        } else {
            end(exchange, CURLE_OUT_OF_MEMORY);
        }
    }
}

static void run_sockets(curl_transport_t *transport)
{
    kube_socket_event_t events[64];
    int count = kube_sockets_ready(&transport->sockets, events, 64), running;
    for (int i = 0; i < count; i++) {
        int what = (events[i].what & KUBE_SOCKET_IN ? CURL_CSELECT_IN : 0) | (events[i].what & KUBE_SOCKET_OUT ? CURL_CSELECT_OUT : 0) |
                   (events[i].what & KUBE_SOCKET_ERROR ? CURL_CSELECT_ERR : 0);
        curl_multi_socket_action(transport->pools[events[i].tag]->multi, events[i].fd, what, &running);
    }
}

static void dispatch(kube_transport_t *base)
{
    curl_transport_t *transport = (curl_transport_t *)base;
    kube_sigpipe_t sigpipe;
    guard(base, &sigpipe);
    run_sockets(transport);
    for (size_t i = 0; i < POOLS; i++) {
        if (!transport->pools[i])
            continue;
        kube_curl_pool_run_timer(transport->pools[i]);
        end_finished(transport->pools[i]);
    }
    for (size_t i = 0; i < LANES; i++)
        run_queue(&transport->lanes[i]);
    free_old_pools(transport);
    unguard(base, &sigpipe);
}

static void clean_up(curl_transport_t *transport)
{
    drop_idle_handles(transport);
    for (size_t i = 0; i < POOLS; i++)
        kube_curl_pool_free(transport->pools[i]);
    curl_share_cleanup(transport->setup.share);
}

static void free_transport(kube_transport_t *base)
{
    curl_transport_t *transport = (curl_transport_t *)base;
    /* A forked child that cleaned up would say goodbye on connections that its parent goes on using. */
    if (transport->pid == getpid()) {
        kube_sigpipe_t sigpipe;
        guard(base, &sigpipe);
        clean_up(transport);
        unguard(base, &sigpipe);
    }
    kube_sockets_close(&transport->sockets);
    kube_tls_version_free(transport->tls);
    kube_tls_source_free(transport->tls_source);
    kube_curl_proxies_dispose(&transport->proxies);
    kube_mem_free(transport->tls_server_name);
    kube_mem_free(transport);
}

static int set_certificate(kube_transport_t *base, const char *certificate, size_t certificate_len, const char *key, size_t key_len,
                           kube_error_t *err)
{
    return kube_tls_source_set(((curl_transport_t *)base)->tls_source, certificate, certificate_len, key, key_len, err);
}

static int fill_transport(curl_transport_t *transport, const kube_config_t *config, kube_error_t *err)
{
    transport->setup.insecure = config->insecure_skip_tls_verify;
    if (config->tls_server_name && !(transport->tls_server_name = kube_mem_strdup(config->tls_server_name)))
        return kube_fail_memory(err);
    int code = kube_curl_proxies_init(&transport->proxies, config, err);
    if (code == KUBE_OK)
        code = kube_tls_source_new(config, &transport->tls_source, err);
    if (code < 0)
        return code;
    transport->tls = kube_tls_source_take(transport->tls_source);
    if (!kube_sockets_open(&transport->sockets))
        return kube_fail(err, KUBE_E_IO, "no descriptor to wait for connections with: %s", strerror(errno));
    transport->setup.share = curl_share_init();
    if (!transport->setup.share || curl_share_setopt(transport->setup.share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) != CURLSHE_OK)
        return kube_fail_memory(err);
    for (unsigned i = 0; i < LANES && code == KUBE_OK; i++)
        code = make_lane(transport, i, err);
    if (code < 0)
        return code;
    /* The first handle shows what this libcurl can do, and is the first call's. */
    CURL *easy;
    code = take_handle(transport, &transport->lanes[LANE_OWN], &easy, err);
    if (code == KUBE_OK)
        kube_curl_lane_keep_handle(&transport->lanes[LANE_OWN], easy);
    return code;
}

int kube_transport_new(const kube_config_t *config, kube_transport_t **out, kube_error_t *err)
{
    kube_error_reset(err);
    if (!out)
        return kube_fail(err, KUBE_E_USAGE, "out is NULL");
    *out = NULL;
    int code = kube_config_check(config, err);
    if (code < 0)
        return code;
    pthread_once(&global_once, global_init);
    if (global_result != CURLE_OK)
        return kube_fail(err, KUBE_E_TLS, "libcurl does not start: %s", curl_easy_strerror(global_result));
    curl_transport_t *transport = kube_mem_zero(sizeof *transport);
    if (!transport)
        return kube_fail_memory(err);
    transport->base = (kube_transport_t){ .start = start, .resume = resume, .stop = stop, .fd = fd, .timeout_ms = timeout_ms,
                                          .dispatch = dispatch, .free = free_transport,
                                          .set_certificate = set_certificate, .suspect = suspect };
    transport->pid = getpid();
    transport->raises_sigpipe = raises_sigpipe();
    transport->sockets.fd = -1;
    transport->setup.sockets = &transport->sockets;
    code = fill_transport(transport, config, err);
    if (code < 0) {
        free_transport(&transport->base);
        return code;
    }
    *out = &transport->base;
    return KUBE_OK;
}
