/* Requests that go through a proxy: of each kind, with passwords, refused, and not there. */
#include <kube/client.h>
#include <kube/object.h>
#include <stdlib.h>

#include "auth/oidc.h"
#include "loopback_proxy.h"
#include "test.h"

static pem_pair_t authority, stranger, server_pair, proxy_pair, strange_pair;
static kube_error_t err;

/* One request to a server that only a proxy finds; its reply in *reply. */
static int ask_at(const char *server, const char *proxy_url, kube_buffer_t *reply)
{
    kube_config_t config = { .server = server, .proxy_url = proxy_url, .ca_pem = authority.certificate, .token = "canary-token" };
    kube_client_options_t options = { .max_retries = { true, 0 }, .timeout_ms = 300000 };
    kube_client_t *client = NULL;
    kube_buffer_dispose(reply);
    int code = kube_client_new(&config, &options, &client, &err);
    if (code == KUBE_OK)
        code = kube_raw(client, &(kube_raw_request_t){ .path = "/echo" }, reply, &err);
    kube_client_free(client);
    CHECK(!strstr(err.message, "canary"));
    return code;
}

static const char *url_of(const char *scheme, const char *host, int port)
{
    static char texts[32][128];
    static int next;
    char *text = texts[next++ % 32];
    snprintf(text, sizeof texts[0], "%s://%s:%d", scheme, host, port);
    return text;
}

typedef struct proxied_case {
    proxy_kind_t kind;
    bool tls;
    const char *scheme;
} proxied_case_t;

static const proxied_case_t cases[] = { { PROXY_HTTP, false, "http" }, { PROXY_HTTP, true, "https" }, { PROXY_SOCKS5, false, "socks5" } };

static void test_kinds(void)
{
    loopback_t server;
    loopback_start(&server, &authority, &server_pair, 0);
    const char *url = url_of("https", "api.test", server.port);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loopback_proxy_t proxy;
        kube_buffer_t reply = { 0 };
        char target[64];
        loopback_proxy_start(&proxy, cases[i].kind, &authority, cases[i].tls ? &proxy_pair : NULL);
        const char *open = url_of(cases[i].scheme, "127.0.0.1", proxy.base.port), *shown = strchr(open, ':');
        const char *known = url_of(cases[i].scheme, "canary%40user:canary%3Apw@127.0.0.1", proxy.base.port);
        snprintf(target, sizeof target, "api.test:%d", server.port);

        CHECK_INT(ask_at(url, open, &reply), KUBE_OK);
        CHECK(strstr(reply.data, "\r\nAuthorization: Bearer canary-token\r\n") && strstr(reply.data, "sni: api.test\n"));
        CHECK(!strstr(reply.data, "Proxy-"));
        CHECK_STR(proxy.target, target);
        /* The proxy learns nothing but where to. */
        CHECK(!strstr(proxy.head, "canary") && !strstr(proxy.head, "libkube"));

        proxy.user = "canary@user";
        proxy.password = "canary:pw";
        CHECK_INT(ask_at(url, known, &reply), KUBE_OK);
        CHECK_INT(ask_at(url, open, &reply), KUBE_E_CONNECT);
        CHECK(strstr(err.message, url) && strstr(err.message, shown));
        proxy.password = "another";
        CHECK_INT(ask_at(url, known, &reply), KUBE_E_CONNECT);
        CHECK(strstr(err.message, shown));
        proxy.user = NULL;
        proxy.refusal = cases[i].kind == PROXY_HTTP ? 403 : 2;
        CHECK_INT(ask_at(url, known, &reply), KUBE_E_CONNECT);
        CHECK(strstr(err.message, "through the proxy") && strstr(err.message, shown));
        loopback_proxy_stop(&proxy);
        /* Where nobody is. */
        known = url_of(cases[i].scheme, "canary%40user:canary%3Apw@127.0.0.1", 1);
        shown = strchr(url_of(cases[i].scheme, "127.0.0.1", 1), ':');
        CHECK_INT(ask_at(url, known, &reply), KUBE_E_CONNECT);
        CHECK(strstr(err.message, "through the proxy") && strstr(err.message, shown));
        kube_buffer_dispose(&reply);
    }
    loopback_stop(&server);
}

static void test_kept_connection(void)
{
    loopback_t server;
    loopback_proxy_t proxy;
    loopback_start(&server, &authority, &server_pair, 0);
    loopback_proxy_start(&proxy, PROXY_HTTP, NULL, NULL);
    kube_config_t config = { .server = url_of("https", "api.test", server.port), .ca_pem = authority.certificate,
                             .proxy_url = url_of("http", "127.0.0.1", proxy.base.port) };
    kube_client_t *client = NULL;
    CHECK_INT(kube_client_new(&config, NULL, &client, &err), KUBE_OK);
    for (int i = 0; i < 5; i++) {
        kube_buffer_t reply = { 0 };
        CHECK_INT(kube_raw(client, &(kube_raw_request_t){ .path = "/echo" }, &reply, &err), KUBE_OK);
        kube_buffer_dispose(&reply);
    }
    CHECK_INT(proxy.tunnels, 1);
    kube_client_free(client);
    loopback_proxy_stop(&proxy);
    loopback_stop(&server);
}

static void test_tls(void)
{
    loopback_t server;
    loopback_proxy_t proxy;
    kube_buffer_t reply = { 0 };
    /* The name in the certificate is set, and the proxy still asked for the real one. */
    loopback_start(&server, &authority, &server_pair, 0);
    loopback_proxy_start(&proxy, PROXY_HTTP, NULL, NULL);
    kube_config_t config = { .server = url_of("https", "elsewhere.test", server.port), .tls_server_name = "api.test", .ca_pem = authority.certificate,
                             .proxy_url = url_of("http", "127.0.0.1", proxy.base.port) };
    kube_client_t *client = NULL;
    CHECK_INT(kube_client_new(&config, NULL, &client, &err), KUBE_OK);
    CHECK_INT(kube_raw(client, &(kube_raw_request_t){ .path = "/echo" }, &reply, &err), KUBE_OK);
    CHECK(strncmp(proxy.target, "elsewhere.test:", 15) == 0);
    kube_client_free(client);
    loopback_proxy_stop(&proxy);
    /* A proxy that nobody vouches for. */
    loopback_proxy_start(&proxy, PROXY_HTTP, &stranger, &strange_pair);
    CHECK_INT(ask_at(url_of("https", "api.test", server.port), url_of("https", "127.0.0.1", proxy.base.port), &reply), KUBE_E_TLS);
    CHECK(strstr(err.message, "through the proxy https://127.0.0.1:"));
    CHECK_INT(proxy.tunnels, 0);
    loopback_proxy_stop(&proxy);
    loopback_stop(&server);
    /* To an http server the proxy is handed the whole request, without credentials. */
    loopback_proxy_start(&proxy, PROXY_HTTP, NULL, NULL);
    CHECK_INT(ask_at("http://api.test:8080", url_of("http", "127.0.0.1", proxy.base.port), &reply), KUBE_OK);
    CHECK(strncmp(proxy.head, "GET http://api.test:8080/echo HTTP/1.1\r\n", 40) == 0 && !strstr(proxy.head, "canary"));
    loopback_proxy_stop(&proxy);
    kube_buffer_dispose(&reply);
}

static void test_environment(void)
{
    loopback_t server;
    loopback_proxy_t proxy;
    kube_buffer_t reply = { 0 };
    loopback_start(&server, &authority, &server_pair, 0);
    loopback_proxy_start(&proxy, PROXY_HTTP, NULL, NULL);
    const char *url = url_of("https", "api.test", server.port);
    setenv("HTTPS_PROXY", url_of("http", "canary:canary@127.0.0.1", proxy.base.port), 1);
    CHECK_INT(ask_at(url, NULL, &reply), KUBE_OK);
    CHECK_INT(proxy.tunnels, 1);
    /* This machine needs none. */
    CHECK_INT(ask_at(server.url, NULL, &reply), KUBE_OK);
    CHECK_INT(proxy.tunnels, 1);
    /* A network of those that need none; a proxy-url is used in any case. */
    setenv("NO_PROXY", "192.0.2.0/24,api.test", 1);
    setenv("HTTPS_PROXY", url_of("http", "127.0.0.1", 1), 1);
    CHECK_INT(ask_at(url, url_of("http", "127.0.0.1", proxy.base.port), &reply), KUBE_OK);
    CHECK_INT(proxy.tunnels, 2);
    CHECK_INT(ask_at("https://192.0.3.1:1", NULL, &reply), KUBE_E_CONNECT);
    CHECK(strstr(err.message, "through the proxy http://127.0.0.1:1"));
    unsetenv("HTTPS_PROXY");
    unsetenv("NO_PROXY");
    /* What libcurl alone would look at does not count. */
    setenv("ALL_PROXY", url_of("http", "127.0.0.1", 1), 1);
    setenv("all_proxy", url_of("http", "127.0.0.1", 1), 1);
    setenv("no_proxy", "*", 1);
    CHECK_INT(ask_at(server.url, NULL, &reply), KUBE_OK);
    CHECK_INT(ask_at(url, url_of("http", "127.0.0.1", proxy.base.port), &reply), KUBE_OK);
    unsetenv("ALL_PROXY");
    unsetenv("all_proxy");
    unsetenv("no_proxy");
    setenv("HTTPS_PROXY", "gopher://canary@x", 1);
    CHECK_INT(ask_at(url, NULL, &reply), KUBE_E_CONFIG);
    unsetenv("HTTPS_PROXY");
    CHECK_INT(ask_at(url, "http://canary:canary@127.0.0.1:notaport", &reply), KUBE_E_CONFIG);
    kube_buffer_dispose(&reply);
    loopback_proxy_stop(&proxy);
    loopback_stop(&server);
}

/* The issuer is asked through the same proxy. */
static void test_issuer(void)
{
    loopback_t server;
    loopback_proxy_t proxy;
    loopback_start(&server, &authority, &server_pair, 0);
    loopback_proxy_start(&proxy, PROXY_SOCKS5, NULL, NULL);
    char encoded[8192], target[64];
    EVP_EncodeBlock((unsigned char *)encoded, (const unsigned char *)authority.certificate, (int)strlen(authority.certificate));
    snprintf(target, sizeof target, "issuer.test:%d", server.port);
    kube_string_entry_t entries[] = { { "idp-issuer-url", url_of("https", "issuer.test", server.port) }, { "client-id", "me" },
                                      { "refresh-token", "canary" }, { "idp-certificate-authority-data", encoded } };
    kube_auth_provider_t provider = { .name = "oidc", .config = { entries, 4 } };
    kube_config_t config = { .server = url_of("https", "api.test", server.port), .ca_pem = authority.certificate, .auth_provider = &provider,
                             .proxy_url = url_of("socks5", "127.0.0.1", proxy.base.port) };
    kube_client_t *client = NULL;
    kube_buffer_t reply = { 0 };
    CHECK_INT(kube_client_new(&config, NULL, &client, &err), KUBE_OK);
    /* The server answers what is no discovery document. */
    CHECK_INT(kube_raw(client, &(kube_raw_request_t){ .path = "/echo" }, &reply, &err), KUBE_E_CONFIG);
    CHECK_STR(err.message, "oidc: the issuer's reply is no JSON object");
    CHECK_STR(proxy.target, target);
    kube_buffer_dispose(&reply);
    kube_client_free(client);
    loopback_proxy_stop(&proxy);
    loopback_stop(&server);
}

int main(void)
{
    make_pair(&authority, NULL, "authority", NULL, NULL);
    make_pair(&stranger, NULL, "stranger", NULL, NULL);
    make_pair(&server_pair, &authority, "server", "DNS:api.test,DNS:issuer.test,IP:127.0.0.1", NULL);
    make_pair(&proxy_pair, &authority, "proxy", "IP:127.0.0.1", NULL);
    make_pair(&strange_pair, &stranger, "proxy", "IP:127.0.0.1", NULL);
    RUN(test_kinds);
    RUN(test_kept_connection);
    RUN(test_tls);
    RUN(test_environment);
    RUN(test_issuer);
    return test_end();
}
