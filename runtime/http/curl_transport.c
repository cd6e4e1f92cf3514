#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
#include "http/curl.h"
#include "http/tls_material.h"

#if LIBCURL_VERSION_NUM < 0x075000
#error "libkube needs libcurl 7.80 or later: keys and certificates are given to it in memory, and it says when it sends a request"
#endif

/* Kept handles, each with at most one open connection. Further concurrent calls get handles of their own that are not kept. */
#define IDLE_MAX 32
#define CONNECT_TIMEOUT_MS 30000L
#define KEEPALIVE_SECONDS 30L

typedef struct curl_transport {
    kube_transport_t base;
    pid_t pid; /* of the process that made it: connections must not be used by a forked child too */
    kube_tls_material_t tls;
    char *tls_server_name;
    bool insecure;
    CURLSH *share; /* DNS answers and TLS sessions, for all handles */
    pthread_mutex_t share_locks[CURL_LOCK_DATA_LAST];
    pthread_mutex_t lock; /* guards idle */
    CURL *idle[IDLE_MAX];
    size_t idle_count;
} curl_transport_t;

static pthread_once_t global_once = PTHREAD_ONCE_INIT;
static CURLcode global_result;

static void global_init(void)
{
    global_result = curl_global_init(CURL_GLOBAL_DEFAULT);
}

static void lock_share(CURL *easy, curl_lock_data data, curl_lock_access access, void *userdata)
{
    (void)easy, (void)access;
    pthread_mutex_lock(&((curl_transport_t *)userdata)->share_locks[data]);
}

static void unlock_share(CURL *easy, curl_lock_data data, void *userdata)
{
    (void)easy;
    pthread_mutex_unlock(&((curl_transport_t *)userdata)->share_locks[data]);
}

static bool make_share(curl_transport_t *transport)
{
    transport->share = curl_share_init();
    return transport->share && curl_share_setopt(transport->share, CURLSHOPT_LOCKFUNC, lock_share) == CURLSHE_OK &&
           curl_share_setopt(transport->share, CURLSHOPT_UNLOCKFUNC, unlock_share) == CURLSHE_OK &&
           curl_share_setopt(transport->share, CURLSHOPT_USERDATA, transport) == CURLSHE_OK &&
           curl_share_setopt(transport->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS) == CURLSHE_OK &&
           curl_share_setopt(transport->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) == CURLSHE_OK;
}

static curl_socket_t open_socket(void *userdata, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)userdata, (void)purpose;
#ifdef SOCK_CLOEXEC
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
#else
    int fd = socket(address->family, address->socktype, address->protocol);
    if (fd >= 0)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
#endif
}

/* A text that the transport outlives the handle with, so that libcurl keeps no copy of a key. */
static CURLcode set_blob(CURL *easy, CURLoption option, const kube_buffer_t *text)
{
    struct curl_blob blob = { .data = text->data, .len = text->len, .flags = CURL_BLOB_NOCOPY };
    return text->len ? curl_easy_setopt(easy, option, &blob) : CURLE_OK;
}

static CURLcode set_tls(CURL *easy, const curl_transport_t *transport)
{
    const kube_tls_material_t *tls = &transport->tls;
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, transport->insecure ? 0L : 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, transport->insecure ? 0L : 2L);
    /* The system's certificates must not count beside the cluster's own. */
    if (tls->ca.len)
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    CURLcode result = set_blob(easy, CURLOPT_CAINFO_BLOB, &tls->ca);
    if (result == CURLE_OK)
        result = set_blob(easy, CURLOPT_SSLCERT_BLOB, &tls->certificate);
    if (result == CURLE_OK)
        result = set_blob(easy, CURLOPT_SSLKEY_BLOB, &tls->key);
    return result;
}

/* Options that last for the life of a handle. */
static CURLcode set_lasting_options(CURL *easy, curl_transport_t *transport)
{
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 1L);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXCONNECTS, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, KEEPALIVE_SECONDS);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, KEEPALIVE_SECONDS);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    /* One exchange a handle gains nothing from HTTP/2's streams, and large lists arrive faster without its framing. */
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_SHARE, transport->share);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    CURLcode result = set_tls(easy, transport);
    return result == CURLE_OK ? kube_curl_set_callbacks(easy) : result;
}

static int new_handle(curl_transport_t *transport, CURL **out, kube_error_t *err)
{
    CURL *easy = curl_easy_init();
    if (!easy)
        return kube_fail_memory(err);
    CURLcode result = set_lasting_options(easy, transport);
    if (result == CURLE_OK) {
        *out = easy;
        return KUBE_OK;
    }
    curl_easy_cleanup(easy);
    if (result == CURLE_OUT_OF_MEMORY)
        return kube_fail_memory(err);
    return kube_fail(err, KUBE_E_UNSUPPORTED, "this libcurl cannot take keys from memory: %s", curl_easy_strerror(result));
}

static int take_handle(curl_transport_t *transport, CURL **out, kube_error_t *err)
{
    *out = NULL;
    pthread_mutex_lock(&transport->lock);
    if (transport->idle_count)
        *out = transport->idle[--transport->idle_count];
    pthread_mutex_unlock(&transport->lock);
    return *out ? KUBE_OK : new_handle(transport, out, err);
}

static void give_handle_back(curl_transport_t *transport, CURL *easy)
{
    pthread_mutex_lock(&transport->lock);
    bool kept = transport->idle_count < IDLE_MAX;
    if (kept)
        transport->idle[transport->idle_count++] = easy;
    pthread_mutex_unlock(&transport->lock);
    if (!kept)
        curl_easy_cleanup(easy);
}

static int perform(kube_transport_t *base, const kube_transport_request_t *request, const kube_transport_sink_t *sink,
                        kube_transport_result_t *result, kube_error_t *err)
{
    curl_transport_t *transport = (curl_transport_t *)base;
    if (transport->pid != getpid())
        return kube_fail(err, KUBE_E_USAGE, "a client must not be used after fork: make a new one in the child");
    CURL *easy;
    int code = take_handle(transport, &easy, err);
    if (code < 0)
        return code;
    code = kube_curl_exchange(easy, transport->tls_server_name, request, sink, result, err);
    give_handle_back(transport, easy);
    return code;
}

static void free_transport(kube_transport_t *base)
{
    curl_transport_t *transport = (curl_transport_t *)base;
    /* A forked child that cleaned up would say goodbye on connections that its parent goes on using. */
    if (transport->pid == getpid()) {
        for (size_t i = 0; i < transport->idle_count; i++)
            curl_easy_cleanup(transport->idle[i]);
        curl_share_cleanup(transport->share);
        pthread_mutex_destroy(&transport->lock);
        for (size_t i = 0; i < CURL_LOCK_DATA_LAST; i++)
            pthread_mutex_destroy(&transport->share_locks[i]);
    }
    kube_tls_material_wipe(&transport->tls);
    kube_mem_free(transport->tls_server_name);
    kube_mem_free(transport);
}

static int fill_transport(curl_transport_t *transport, const kube_config_t *config, kube_error_t *err)
{
    transport->insecure = config->insecure_skip_tls_verify;
    if (config->tls_server_name && !(transport->tls_server_name = kube_mem_strdup(config->tls_server_name)))
        return kube_fail_memory(err);
    int code = kube_tls_material_read(config, &transport->tls, err);
    if (code < 0)
        return code;
    if (!make_share(transport))
        return kube_fail_memory(err);
    /* The first handle shows what this libcurl can do, and is the first call's. */
    CURL *easy;
    code = new_handle(transport, &easy, err);
    if (code == KUBE_OK)
        give_handle_back(transport, easy);
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
    transport->base = (kube_transport_t){ .perform = perform, .free = free_transport };
    transport->pid = getpid();
    pthread_mutex_init(&transport->lock, NULL);
    for (size_t i = 0; i < CURL_LOCK_DATA_LAST; i++)
        pthread_mutex_init(&transport->share_locks[i], NULL);
    code = fill_transport(transport, config, err);
    if (code < 0) {
        free_transport(&transport->base);
        return code;
    }
    *out = &transport->base;
    return KUBE_OK;
}
