#include "config/url.h"

#include <string.h>
#include <strings.h>

bool kube_url_is_port(const char *digits, size_t len)
{
    unsigned long port = 0;
    for (size_t i = 0; i < len && port <= 65535; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return false;
        port = 10 * port + (unsigned long)(digits[i] - '0');
    }
    return port <= 65535;
}

static bool split_host(kube_url_t *url)
{
    const char *end = url->authority + url->authority_len;
    const char *host_end;
    url->host = url->authority;
    if (url->authority_len && *url->authority == '[') {
        url->host++;
        host_end = memchr(url->host, ']', (size_t)(end - url->host));
        if (!host_end)
            return false;
        url->port = host_end + 1;
    } else {
        host_end = memchr(url->host, ':', url->authority_len);
        if (!host_end)
            host_end = end;
        url->port = host_end;
    }
    url->host_len = (size_t)(host_end - url->host);
    if (url->host_len == 0 || (url->port != end && *url->port != ':'))
        return false;
    if (url->port != end && ++url->port == end)
        return false;
    url->port_len = (size_t)(end - url->port);
    return kube_url_is_port(url->port, url->port_len);
}

bool kube_url_split(const char *text, kube_url_t *url)
{
    url->https = strncasecmp(text, "https://", 8) == 0;
    if (!url->https && strncasecmp(text, "http://", 7) != 0)
        return false;
    for (const char *c = text; *c; c++) {
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7F || strchr("@?#\\", *c))
            return false;
    }
    url->authority = text + (url->https ? 8 : 7);
    url->authority_len = strcspn(url->authority, "/");
    url->path = url->authority + url->authority_len;
    url->path_len = strlen(url->path);
    return split_host(url);
}
