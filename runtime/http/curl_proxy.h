/* The proxies that lead a transport to its servers. */
#ifndef KUBE_HTTP_CURL_PROXY_H
#define KUBE_HTTP_CURL_PROXY_H

#include <curl/curl.h>
#include <kube/config.h>

/* So many servers' proxies are remembered. */
#define KUBE_CURL_PROXIES 8

/* How a server is reached. Its texts are empty without a proxy. */
typedef struct kube_curl_proxy {
    char *server;
    char *url; /* without user and password: may be shown */
    char *user, *password;
} kube_curl_proxy_t;

/* All zero to begin with. */
typedef struct kube_curl_proxies {
    char *configured; /* proxy-url; NULL: the environment decides */
    kube_curl_proxy_t known[KUBE_CURL_PROXIES];
    unsigned next; /* which one is forgotten for another server */
} kube_curl_proxies_t;

/* What a configuration says; the environment is read when a server is first asked for. Errors: KUBE_E_CONFIG, KUBE_E_NO_MEMORY. */
int kube_curl_proxies_init(kube_curl_proxies_t *proxies, const kube_config_t *config, kube_error_t *err);
/* All zero is allowed. */
void kube_curl_proxies_dispose(kube_curl_proxies_t *proxies);
/*
 * How a server is reached, *out borrowed until the next call, or NULL: without a proxy. Errors: KUBE_E_CONFIG (a variable or proxy-url that
 * holds no proxy), KUBE_E_NO_MEMORY.
 */
int kube_curl_proxies_find(kube_curl_proxies_t *proxies, const char *server, const kube_curl_proxy_t **out, kube_error_t *err);
/* Has a handle's requests go through a proxy, or none (NULL). */
CURLcode kube_curl_use_proxy(CURL *easy, const kube_curl_proxy_t *proxy);

#endif
