#include "http/curl_handle.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fail.h"

#if LIBCURL_VERSION_NUM < 0x075000
#error "libkube needs libcurl 7.80 or later: keys and certificates are given to it in memory, and it says when it sends a request"
#endif

/* Seconds after which an idle connection is not trusted any more: servers close theirs after 90. */
#define KEPT_SECONDS 60L
#define CONNECT_TIMEOUT_MS 30000L
#define KEEPALIVE_IDLE_SECONDS 30L
#define KEEPALIVE_INTERVAL_SECONDS 5L
/* A peer that answers nothing for so long is gone: as long as client-go waits for the answer to a PING. */
#define PEER_TIMEOUT_MS 45000
/* Of a frame's payload that servers may send (RFC 9113, section 4.2). */
#define FRAME_BYTES 16384L

static curl_socket_t open_socket(void *userdata, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
#ifdef SOCK_CLOEXEC
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
#else
    int fd = socket(address->family, address->socktype, address->protocol);
    if (fd >= 0)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
#endif
    kube_sockets_forget(userdata, fd);
    return fd;
}

static int close_socket(void *userdata, curl_socket_t fd)
{
    kube_sockets_forget(userdata, fd);
    return close(fd);
}

/* What libcurl has no option for: the kernel gives a peer up that has gone without a word, also while we have nothing to send. */
static int set_up_socket(void *userdata, curl_socket_t fd, curlsocktype purpose)
{
    (void)userdata, (void)purpose;
    int probes = 3;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
#ifdef TCP_USER_TIMEOUT
    unsigned timeout = PEER_TIMEOUT_MS;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
#endif
    return CURL_SOCKOPT_OK;
}

/* A text that outlives the handle's use of it, so that libcurl keeps no copy of a key. */
static CURLcode set_blob(CURL *easy, CURLoption option, const kube_buffer_t *text)
{
    struct curl_blob blob = { .data = text->data, .len = text->len, .flags = CURL_BLOB_NOCOPY };
    return text->len ? curl_easy_setopt(easy, option, &blob) : CURLE_OK;
}

/* Whether OpenSSL's own functions may be used on what this libcurl makes. */
static bool shares_openssl(void)
{
    const char *library = curl_version_info(CURLVERSION_NOW)->ssl_version;
    return library && strncmp(library, "OpenSSL/3.", 10) == 0;
}

static CURLcode use_chain(CURL *easy, void *context, void *material)
{
    (void)easy;
    return kube_tls_material_use_chain(material, context) ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
}

/*
 * libcurl has OpenSSL give back its buffers of 17 KB after each record. A heap that grows by a watch between two records would have them each time where
 * the next watch's memory will be, and touch pages there that the watch does without.
 */
static CURLcode keep_buffers(CURL *easy, void *context, void *material)
{
    const kube_tls_material_t *tls = material;
    SSL_CTX_clear_mode((SSL_CTX *)context, SSL_MODE_RELEASE_BUFFERS);
    return tls->chain ? use_chain(easy, context, material) : CURLE_OK;
}

/* What no option of libcurl's can say. */
static CURLcode set_context(CURL *easy, const kube_tls_material_t *tls, bool shares_connections)
{
    if (!tls->chain && (!shares_connections || !shares_openssl()))
        return CURLE_OK;
    if (!shares_openssl())
        return CURLE_NOT_BUILT_IN;
    CURLcode result = curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, (void *)tls);
    /* Without a CA's text to tell sessions apart, one that was begun with another certificate might be taken up. */
    if (result == CURLE_OK && tls->chain && !tls->ca.len)
        result = curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    return result == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, shares_connections ? keep_buffers : use_chain) : result;
}

static CURLcode set_tls(CURL *easy, const kube_tls_material_t *tls, bool insecure, bool shares_connections)
{
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, insecure ? 0L : 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, insecure ? 0L : 2L);
    /* The system's certificates must not count beside the cluster's own. */
    if (tls->ca.len)
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    CURLcode result = set_blob(easy, CURLOPT_CAINFO_BLOB, &tls->ca);
    if (result == CURLE_OK)
        result = set_blob(easy, CURLOPT_SSLCERT_BLOB, &tls->certificate);
    if (result == CURLE_OK)
        result = set_blob(easy, CURLOPT_SSLKEY_BLOB, &tls->key);
    return result == CURLE_OK ? set_context(easy, tls, shares_connections) : result;
}

/*
 * A proxy with a certificate is trusted by the system's authorities and by the cluster's, as one that stands before a cluster often has its certificate
 * from there. It sees no more than who is spoken to.
 */
static void set_proxy_tls(CURL *easy, const kube_tls_material_t *tls, bool insecure)
{
    curl_easy_setopt(easy, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYPEER, insecure ? 0L : 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYHOST, insecure ? 0L : 2L);
    set_blob(easy, CURLOPT_PROXY_CAINFO_BLOB, &tls->ca);
}

static CURLcode set_http(CURL *easy, bool shares_connections)
{
    CURLcode result = curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, shares_connections ? (long)CURL_HTTP_VERSION_2TLS : (long)CURL_HTTP_VERSION_1_1);
    /*
     * As large as a frame of HTTP/2: libcurl 7.88 leaves the rest of a longer frame lying until something else comes. Not to be set again later: a handle
     * that shared a connection keeps its buffer, and refuses another size.
     */
    return result == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, FRAME_BYTES) : result;
}

/* Options that last for the life of a handle. */
static CURLcode set_lasting_options(CURL *easy, const kube_curl_setup_t *setup, const kube_tls_material_t *tls, bool shares_connections)
{
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
    /* A call that is canceled does not wait for the answer of a name server. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, KEPT_SECONDS);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, KEEPALIVE_INTERVAL_SECONDS);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, setup->sockets);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, setup->sockets);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, set_up_socket);
    curl_easy_setopt(easy, CURLOPT_SHARE, setup->share);
    /* The environment's list of servers without a proxy has been looked at. */
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    curl_easy_setopt(easy, CURLOPT_SOCKS5_AUTH, (long)CURLAUTH_BASIC);
    curl_easy_setopt(easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
    set_proxy_tls(easy, tls, setup->insecure);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    CURLcode result = set_http(easy, shares_connections);
    if (result == CURLE_OK)
        result = kube_curl_use_proxy(easy, NULL);
    if (result == CURLE_OK)
        result = set_tls(easy, tls, setup->insecure, shares_connections);
    return result == CURLE_OK ? kube_curl_set_callbacks(easy) : result;
}

int kube_curl_handle_new(const kube_curl_setup_t *setup, const kube_tls_material_t *tls, bool shares_connections, CURL **out, kube_error_t *err)
{
    CURL *easy = curl_easy_init();
    if (!easy)
        return kube_fail_memory(err);
    CURLcode result = set_lasting_options(easy, setup, tls, shares_connections);
    if (result == CURLE_OK) {
        *out = easy;
        return KUBE_OK;
    }
    curl_easy_cleanup(easy);
    if (result == CURLE_OUT_OF_MEMORY)
        return kube_fail_memory(err);
    return kube_fail(err, KUBE_E_UNSUPPORTED, "this libcurl cannot take keys from memory, or from a provider of OpenSSL's: %s", curl_easy_strerror(result));
}
