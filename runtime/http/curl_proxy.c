#include "http/curl_proxy.h"

#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "config/config_setting.h"
#include "config/proxy.h"

static void forget(kube_curl_proxy_t *proxy)
{
    kube_mem_free(proxy->server);
    kube_mem_free(proxy->url);
    kube_secret_free(proxy->user);
    kube_secret_free(proxy->password);
    *proxy = (kube_curl_proxy_t){ 0 };
}

void kube_curl_proxies_dispose(kube_curl_proxies_t *proxies)
{
    kube_secret_free(proxies->configured);
    for (size_t i = 0; i < KUBE_CURL_PROXIES; i++)
        forget(&proxies->known[i]);
}

/* ---- reading a proxy's URL ---- */

static const char *default_port(const char *url)
{
    if (strncmp(url, "http://", 7) == 0)
        return "80";
    return strncmp(url, "https://", 8) == 0 ? "443" : "1080";
}

/* Copies a part, so that it is in memory that is overwritten; a part that is not there stays NULL. */
static CURLUcode take_part(CURLU *parts, CURLUPart part, unsigned flags, char **out)
{
    char *text = NULL;
    CURLUcode result = curl_url_get(parts, part, &text, flags);
    if (result == CURLUE_NO_USER || result == CURLUE_NO_PASSWORD)
        return CURLUE_OK;
    if (result != CURLUE_OK)
        return result;
    *out = kube_mem_strdup(text);
    kube_mem_wipe(text, strlen(text));
    curl_free(text);
    return *out ? CURLUE_OK : CURLUE_OUT_OF_MEMORY;
}

/* libcurl has messages that hold the whole URL: it gets one without secrets. */
static CURLUcode split(CURLU *parts, const char *url, kube_curl_proxy_t *proxy)
{
    char *port = NULL;
    CURLUcode result = curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME);
    if (result == CURLUE_OK && curl_url_get(parts, CURLUPART_PORT, &port, 0) == CURLUE_NO_PORT)
        result = curl_url_set(parts, CURLUPART_PORT, default_port(url), 0);
    curl_free(port);
    if (result == CURLUE_OK)
        result = take_part(parts, CURLUPART_USER, CURLU_URLDECODE, &proxy->user);
    if (result == CURLUE_OK)
        result = take_part(parts, CURLUPART_PASSWORD, CURLU_URLDECODE, &proxy->password);
    static const CURLUPart needless[] = { CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_PATH, CURLUPART_QUERY, CURLUPART_FRAGMENT };
    for (size_t i = 0; i < sizeof needless / sizeof *needless && result == CURLUE_OK; i++)
        result = curl_url_set(parts, needless[i], NULL, 0);
    if (result == CURLUE_OK)
        result = take_part(parts, CURLUPART_URL, 0, &proxy->url);
    size_t len = proxy->url ? strlen(proxy->url) : 0;
    if (len && proxy->url[len - 1] == '/')
        proxy->url[len - 1] = '\0';
    return result;
}

static int read_proxy(const char *url, kube_curl_proxy_t *proxy, kube_error_t *err)
{
    CURLU *parts = curl_url();
    CURLUcode result = parts ? split(parts, url, proxy) : CURLUE_OUT_OF_MEMORY;
    curl_url_cleanup(parts);
    if (result == CURLUE_OUT_OF_MEMORY)
        return kube_fail_memory(err);
    /* The reason has nothing of the URL's in it. */
    return result == CURLUE_OK ? KUBE_OK : kube_fail(err, KUBE_E_CONFIG, "the proxy's URL is not one: %s", curl_url_strerror(result));
}

/* ---- the functions ---- */

int kube_curl_proxies_init(kube_curl_proxies_t *proxies, const kube_config_t *config, kube_error_t *err)
{
    if (config->proxy_url && !(proxies->configured = kube_mem_strdup(config->proxy_url)))
        return kube_fail_memory(err);
    const kube_curl_proxy_t *found;
    return kube_curl_proxies_find(proxies, config->server, &found, err);
}

int kube_curl_proxies_find(kube_curl_proxies_t *proxies, const char *server, const kube_curl_proxy_t **out, kube_error_t *err)
{
    *out = NULL;
    for (size_t i = 0; i < KUBE_CURL_PROXIES; i++) {
        kube_curl_proxy_t *known = &proxies->known[i];
        if (!known->server || strcmp(known->server, server) != 0)
            continue;
        *out = known->url ? known : NULL;
        return KUBE_OK;
    }
    kube_curl_proxy_t proxy = { .server = kube_mem_strdup(server) };
    char *url = NULL;
    int code = proxy.server ? kube_proxy_for(&(kube_config_t){ .proxy_url = proxies->configured }, server, &url, err) : kube_fail_memory(err);
    if (code == KUBE_OK && url)
        code = read_proxy(url, &proxy, err);
    kube_secret_free(url);
    if (code < 0) {
        forget(&proxy);
        return code;
    }
    kube_curl_proxy_t *place = &proxies->known[proxies->next++ % KUBE_CURL_PROXIES];
    forget(place);
    *place = proxy;
    *out = place->url ? place : NULL;
    return KUBE_OK;
}

CURLcode kube_curl_use_proxy(CURL *easy, const kube_curl_proxy_t *proxy)
{
    /* An empty text, and not NULL: libcurl's own look at the environment stays off. */
    CURLcode result = curl_easy_setopt(easy, CURLOPT_PROXY, proxy ? proxy->url : "");
    if (result == CURLE_OK)
        result = curl_easy_setopt(easy, CURLOPT_PROXYUSERNAME, proxy ? proxy->user : NULL);
    if (result == CURLE_OK)
        result = curl_easy_setopt(easy, CURLOPT_PROXYPASSWORD, proxy ? proxy->password : NULL);
    return result;
}
