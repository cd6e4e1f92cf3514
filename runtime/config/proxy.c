#include "config/proxy.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/memory.h"
#include "config/url.h"

/* ---- the proxy itself ---- */

typedef struct proxy_scheme {
    const char *text;
    const char *for_curl;
    bool in_variables_only;
} proxy_scheme_t;

static const proxy_scheme_t schemes[] = {
    { "http://", "http://", false },
    { "https://", "https://", false },
    { "socks5://", "socks5h://", false },
    { "socks5h://", "socks5h://", true },
};

static const proxy_scheme_t *scheme_of(const char *url)
{
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (strncasecmp(url, schemes[i].text, strlen(schemes[i].text)) == 0)
            return &schemes[i];
    }
    return NULL;
}

static const char *last_of(const char *text, const char *end, char c)
{
    const char *found = NULL;
    for (; text < end; text++)
        found = *text == c ? text : found;
    return found;
}

static bool is_host_and_port(const char *host, const char *end)
{
    if (host == end)
        return false;
    const char *rest = memchr(host, *host == '[' ? ']' : ':', (size_t)(end - host));
    if (*host == '[' ? !rest : rest == host)
        return false;
    if (*host == '[')
        rest++;
    return !rest || rest == end || (*rest == ':' && kube_url_is_port(rest + 1, (size_t)(end - rest) - 1));
}

/* Whether [user[:password]@]host[:port][/...] names a host, and holds nothing that would end a line or a word. */
static bool names_host(const char *authority)
{
    for (const char *c = authority; *c; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7F)
            return false;
    }
    size_t len = strcspn(authority, "/?#");
    const char *at = last_of(authority, authority + len, '@');
    const char *host = at ? at + 1 : authority, *end = authority + len;
    return is_host_and_port(host, end);
}

bool kube_proxy_is_valid(const char *url)
{
    const proxy_scheme_t *scheme = scheme_of(url);
    return scheme && !scheme->in_variables_only && names_host(url + strlen(scheme->text));
}

static int make_url(const char *scheme, const char *rest, char **out, kube_error_t *err)
{
    kube_buffer_t text = { 0 };
    if (kube_buffer_reserve(&text, strlen(scheme) + strlen(rest))) {
        kube_buffer_puts(&text, scheme);
        kube_buffer_puts(&text, rest);
    }
    *out = text.data;
    return text.failed ? kube_fail_memory(err) : KUBE_OK;
}

/* ---- who needs none ---- */

typedef struct target {
    const char *host, *port;
    size_t host_len, port_len;
    int family; /* AF_INET, AF_INET6, or 0 for a name */
    unsigned char address[16];
} target_t;

/* Reads an address; an IPv4 address in IPv6 form counts as IPv4. Returns the family, or 0. */
static int read_address(const char *text, size_t len, unsigned char address[16])
{
    char copy[64];
    if (len >= sizeof copy)
        return 0;
    memcpy(copy, text, len);
    copy[len] = '\0';
    if (inet_pton(AF_INET, copy, address) == 1)
        return AF_INET;
    if (inet_pton(AF_INET6, copy, address) != 1)
        return 0;
    static const unsigned char mapped[12] = { [10] = 0xFF, [11] = 0xFF };
    if (memcmp(address, mapped, sizeof mapped) != 0)
        return AF_INET6;
    memmove(address, address + 12, 4);
    return AF_INET;
}

static bool is_this_machine(const target_t *target)
{
    static const unsigned char loopback[16] = { [15] = 1 };
    if (target->family == AF_INET)
        return target->address[0] == 127;
    if (target->family == AF_INET6)
        return memcmp(target->address, loopback, sizeof loopback) == 0;
    return target->host_len == 9 && strncasecmp(target->host, "localhost", 9) == 0;
}

static bool is_in_network(const target_t *target, const char *entry, size_t len)
{
    unsigned char network[16] = { 0 };
    const char *slash = memchr(entry, '/', len);
    int family = read_address(entry, (size_t)(slash - entry), network);
    const char *digits = slash + 1;
    size_t digit_count = (size_t)(entry + len - digits);
    unsigned bits = 0;
    if (family == 0 || family != target->family || digit_count == 0 || digit_count > 3)
        return false;
    for (size_t i = 0; i < digit_count; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return false;
        bits = bits * 10 + (unsigned)(digits[i] - '0');
    }
    if (bits > (family == AF_INET ? 32 : 128))
        return false;
    if (memcmp(network, target->address, bits / 8) != 0)
        return false;
    unsigned mask = bits % 8 ? 0xFFu << (8 - bits % 8) & 0xFF : 0;
    return ((network[bits / 8 % 16] ^ target->address[bits / 8 % 16]) & mask) == 0;
}

/* Takes ":port" off the end of an entry; port_len is 0 when there is none. */
static void split_port(const char **entry, size_t *len, const char **port, size_t *port_len)
{
    const char *end = *entry + *len;
    const char *colon = last_of(*entry, end, ':'), *bracket = memchr(*entry, ']', *len);
    bool bare_ipv6 = !bracket && colon && memchr(*entry, ':', *len) != colon;
    *port_len = 0;
    if (colon && !bare_ipv6 && (!bracket || colon > bracket)) {
        *port = colon + 1;
        *port_len = (size_t)(end - *port);
        *len = (size_t)(colon - *entry);
    }
    if (*len >= 2 && **entry == '[' && (*entry)[*len - 1] == ']') {
        *entry += 1;
        *len -= 2;
    }
}

/* "example.com" means itself and what is below, ".example.com" and "*.example.com" only what is below. */
static bool is_in_domain(const target_t *target, const char *domain, size_t len)
{
    if (len >= 2 && *domain == '*' && domain[1] == '.') {
        domain++;
        len--;
    }
    bool below_only = *domain == '.';
    size_t dot = below_only ? 0 : 1;
    if (!below_only && target->host_len == len && strncasecmp(target->host, domain, len) == 0)
        return true;
    return target->host_len > len + dot && strncasecmp(target->host + target->host_len - len, domain, len) == 0 &&
           (below_only || target->host[target->host_len - len - 1] == '.');
}

static bool matches(const target_t *target, const char *entry, size_t len)
{
    if (len == 1 && *entry == '*')
        return true;
    if (memchr(entry, '/', len))
        return is_in_network(target, entry, len);
    const char *port = NULL;
    size_t port_len = 0;
    split_port(&entry, &len, &port, &port_len);
    if (len == 0 || (port_len && (port_len != target->port_len || memcmp(port, target->port, port_len) != 0)))
        return false;
    unsigned char address[16];
    int family = read_address(entry, len, address);
    if (family)
        return family == target->family && memcmp(address, target->address, family == AF_INET ? 4 : 16) == 0;
    return !target->family && is_in_domain(target, entry, len);
}

static bool is_listed(const target_t *target, const char *list)
{
    while (list && *list) {
        list += strspn(list, ", \t");
        size_t len = strcspn(list, ",");
        size_t trimmed = len;
        while (trimmed && strchr(" \t\r\n", list[trimmed - 1]))
            trimmed--;
        if (trimmed && matches(target, list, trimmed))
            return true;
        list += len;
    }
    return false;
}

/* ---- the choice ---- */

static const char *variable(const char *upper, const char *lower)
{
    const char *value = getenv(upper);
    if (!value || !*value)
        value = getenv(lower);
    return value && *value ? value : NULL;
}

static bool needs_none(const kube_url_t *url)
{
    target_t target = { .host = url->host, .host_len = url->host_len, .port = url->port, .port_len = url->port_len };
    if (target.port_len == 0) {
        target.port = url->https ? "443" : "80";
        target.port_len = strlen(target.port);
    }
    if (target.host_len > 1 && target.host[target.host_len - 1] == '.')
        target.host_len--;
    target.family = read_address(target.host, target.host_len, target.address);
    return is_this_machine(&target) || is_listed(&target, variable("NO_PROXY", "no_proxy"));
}

static int from_variable(const kube_url_t *url, char **out, kube_error_t *err)
{
    /* In a CGI program HTTP_PROXY is whatever the request's header "Proxy" says. */
    bool is_cgi = getenv("REQUEST_METHOD") != NULL;
    const char *name = url->https ? "HTTPS_PROXY" : "HTTP_PROXY";
    const char *value = url->https ? variable(name, "https_proxy") : is_cgi ? NULL : variable(name, "http_proxy");
    if (!value || needs_none(url))
        return KUBE_OK;
    const proxy_scheme_t *scheme = scheme_of(value);
    const char *rest = scheme ? value + strlen(scheme->text) : value;
    if ((!scheme && strstr(value, "://")) || !names_host(rest))
        return kube_fail(err, KUBE_E_CONFIG, "%s: not an http, https or socks5 URL", name);
    return make_url(scheme ? scheme->for_curl : "http://", rest, out, err);
}

int kube_proxy_for(const kube_config_t *config, const char *server, char **out, kube_error_t *err)
{
    *out = NULL;
    kube_url_t url;
    if (config->proxy_url && *config->proxy_url) {
        const proxy_scheme_t *scheme = scheme_of(config->proxy_url);
        if (!kube_proxy_is_valid(config->proxy_url))
            return kube_fail(err, KUBE_E_CONFIG, "proxy-url: not an http, https or socks5 URL");
        return make_url(scheme->for_curl, config->proxy_url + strlen(scheme->text), out, err);
    }
    /* Only the server counts, and not what is asked of it. */
    const char *authority = strstr(server, "://");
    size_t len = authority ? (size_t)(authority - server) + 3 : 0;
    char *base = kube_mem_strndup(server, len + strcspn(server + len, "/?#"));
    if (!base)
        return kube_fail_memory(err);
    int code = kube_url_split(base, &url) ? from_variable(&url, out, err) : KUBE_OK;
    kube_mem_free(base);
    return code;
}
