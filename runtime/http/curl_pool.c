#include "http/curl_pool.h"

#include "base/clock.h"
#include "base/memory.h"

/* A connection that exchanges share, as long as one of them is under way. libcurl does not tell which one that is, but its local port. */
struct kube_curl_shared {
    kube_curl_shared_t *next;
    int local_port;
    size_t exchanges;
    int64_t heard_ms;
};

/* ---- the pool ---- */

/* Never refuses: libcurl would let every transfer of the multi handle fail, from then on for ever. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *userdata, void *known)
{
    (void)known;
    kube_curl_pool_t *pool = userdata;
    unsigned wanted = (what == CURL_POLL_IN || what == CURL_POLL_INOUT ? (unsigned)KUBE_SOCKET_IN : 0) |
                      (what == CURL_POLL_OUT || what == CURL_POLL_INOUT ? (unsigned)KUBE_SOCKET_OUT : 0);
    if (!kube_sockets_set(pool->sockets, fd, pool->number, wanted))
        kube_curl_give_up_on(kube_curl_exchange_of(easy));
    return 0;
}

static int on_timer(CURLM *multi, long ms, void *userdata)
{
    (void)multi;
    kube_curl_pool_t *pool = userdata;
    pool->due_ms = ms < 0 ? -1 : kube_now_ms() + ms;
    return 0;
}

kube_curl_pool_t *kube_curl_pool_new(kube_curl_lane_t *lane, kube_sockets_t *sockets, unsigned number, long kept_connections)
{
    kube_curl_pool_t *pool = kube_mem_alloc(sizeof *pool);
    if (!pool)
        return NULL;
    *pool = (kube_curl_pool_t){ .multi = curl_multi_init(), .lane = lane, .sockets = sockets, .number = number, .due_ms = -1 };
    if (!pool->multi) {
        kube_mem_free(pool);
        return NULL;
    }
    curl_multi_setopt(pool->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(pool->multi, CURLMOPT_SOCKETDATA, pool);
    curl_multi_setopt(pool->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(pool->multi, CURLMOPT_TIMERDATA, pool);
    curl_multi_setopt(pool->multi, CURLMOPT_MAXCONNECTS, kept_connections);
    return pool;
}

void kube_curl_pool_free(kube_curl_pool_t *pool)
{
    if (!pool)
        return;
    curl_multi_cleanup(pool->multi);
    kube_mem_free(pool);
}

void kube_curl_pool_run_timer(kube_curl_pool_t *pool)
{
    int running = 0;
    if (pool->due_ms < 0 || pool->due_ms > kube_now_ms())
        return;
    pool->due_ms = -1;
    curl_multi_socket_action(pool->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    pool->ended = (size_t)running < pool->active;
}

/* ---- shared connections ---- */

static kube_curl_shared_t *find_shared(kube_curl_pool_t *pool, int local_port)
{
    for (kube_curl_shared_t *shared = pool->shared; shared; shared = shared->next) {
        if (shared->local_port == local_port)
            return shared;
    }
    kube_curl_shared_t *shared = kube_mem_zero(sizeof *shared);
    if (!shared)
        return NULL;
    shared->local_port = local_port;
    shared->next = pool->shared;
    pool->shared = shared;
    return shared;
}

void kube_curl_pool_share(kube_transport_exchange_t *exchange, int local_port)
{
    kube_curl_pool_unshare(exchange);
    exchange->shared = find_shared(exchange->pool, local_port);
    exchange->heard_ms = kube_now_ms();
    if (!exchange->shared)
        return;
    if (exchange->shared->exchanges++ == 0)
        exchange->shared->heard_ms = exchange->heard_ms;
}

void kube_curl_pool_unshare(kube_transport_exchange_t *exchange)
{
    kube_curl_shared_t *shared = exchange->shared, **link = exchange->pool ? &exchange->pool->shared : NULL;
    exchange->shared = NULL;
    if (!shared || --shared->exchanges)
        return;
    while (*link != shared)
        link = &(*link)->next;
    *link = shared->next;
    kube_mem_free(shared);
}

void kube_curl_heard(kube_transport_exchange_t *exchange)
{
    if (!exchange->shared)
        return;
    exchange->heard_ms = kube_now_ms();
    exchange->shared->heard_ms = exchange->heard_ms;
}

bool kube_curl_pool_is_silent(const kube_transport_exchange_t *exchange)
{
    const kube_curl_shared_t *shared = exchange->shared;
    int64_t now = kube_now_ms();
    return !shared || (now - shared->heard_ms) * 2 >= now - exchange->heard_ms;
}
