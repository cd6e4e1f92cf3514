/* Which proxy, if any, leads to a server. */
#ifndef KUBE_CONFIG_PROXY_H
#define KUBE_CONFIG_PROXY_H

#include <kube/config.h>

/* Whether a proxy-url is one that can be used: http, https or socks5, with a host. */
bool kube_proxy_is_valid(const char *url);

/*
 * The proxy for requests to a URL ("https://host:port/...", of which scheme, host and port count): config's proxy_url; without
 * one, what HTTPS_PROXY (of https servers) or HTTP_PROXY (of others) names, unless the server is this machine or NO_PROXY lists
 * it: "*", host names (with what is below them), ".names" (only what is below), addresses and networks (10.0.0.0/8), each with a
 * port or without. The variables may be in lower case. *out: NULL for none; else a URL that libcurl takes, freed with
 * kube_secret_free (it may hold a password). Names are resolved by SOCKS proxies, not here. Errors: KUBE_E_CONFIG (a variable
 * that holds no proxy), KUBE_E_NO_MEMORY.
 */
int kube_proxy_for(const kube_config_t *config, const char *server, char **out, kube_error_t *err);

#endif
