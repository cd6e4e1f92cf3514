/* Clients of a case, and what can stand between them and the server. */
#include "conformance.h"

int patience_ms(void)
{
    const char *told = getenv("KUBE_TEST_CALL_MS");
    return told ? atoi(told) : 30000;
}

static void free_client(void *client)
{
    kube_client_free(client);
}

kube_client_t *new_client_of(test_t *t, const kube_config_t *config, const kube_client_options_t *options)
{
    kube_client_t *client = NULL;
    kube_client_options_t used = options ? *options : (kube_client_options_t){ 0 };
    if (!used.timeout_ms)
        used.timeout_ms = CALL_MS;
    if (!CHECK_OK(t, kube_client_new(config, &used, &client, &t->err)))
        return NULL;
    defer(t, free_client, client);
    return client;
}

kube_client_t *new_client(test_t *t, const kube_client_options_t *options)
{
    kube_config_t config = *t->server->config;
    config.ns = t->ns;
    return new_client_of(t, &config, options);
}

/* ---- through a proxy ---- */

int server_port(const server_t *server)
{
    return atoi(strrchr(server->config->server, ':') + 1);
}

static const char *server_host(test_t *t)
{
    const char *host = strstr(t->server->config->server, "://") + 3;
    return text(t, "%.*s", (int)strcspn(host, ":/"), host);
}

kube_config_t *config_for_port(test_t *t, int port)
{
    kube_config_t *config = malloc(sizeof *config);
    if (!config)
        abort();
    defer(t, free, config);
    *config = *t->server->config;
    config->server = text(t, "%s://127.0.0.1:%d", t->server->tls ? "https" : "http", port);
    if (t->server->tls && !config->tls_server_name)
        config->tls_server_name = server_host(t);
    config->ns = t->ns;
    return config;
}

static void stop_proxy(void *proxy)
{
    faultproxy_stop(proxy);
}

faultproxy_t *new_proxy(test_t *t)
{
    faultproxy_t *proxy = faultproxy_start(server_host(t), server_port(t->server), NULL);
    if (CHECK(t, proxy != NULL))
        defer(t, stop_proxy, proxy);
    return proxy;
}

kube_client_t *new_client_through(test_t *t, faultproxy_t *proxy, const kube_client_options_t *options)
{
    return proxy ? new_client_of(t, config_for_port(t, faultproxy_port(proxy)), options) : NULL;
}

/* ---- kube-testserver ---- */

static void stop_server(void *server)
{
    kube_test_server_stop(server);
}

kube_test_server_t *new_server(test_t *t, const kube_test_server_options_t *options, kube_client_t **client)
{
    kube_test_server_t *server = NULL;
    kube_test_server_options_t used = options ? *options : (kube_test_server_options_t){ 0 };
    *client = NULL;
    used.packages = kube_k8s_packages;
    used.tls = t->server->tls;
    if (!CHECK_OK(t, kube_test_server_start(&used, &server, &t->err)))
        return NULL;
    defer(t, stop_server, server);
    *client = new_client_of(t, kube_test_server_config(server), NULL);
    return *client ? server : NULL;
}

static void clear_faults(void *server)
{
    kube_test_server_clear_faults(server);
}

bool set_fault(test_t *t, const kube_test_fault_t *fault)
{
    defer(t, clear_faults, t->server->double_);
    return CHECK_OK(t, kube_test_server_fault(t->server->double_, fault, &t->err));
}

/* ---- what is in no namespace ---- */

typedef struct left_over {
    kube_client_t *client;
    const kube_resource_t *resource;
    const char *ns, *name;
} left_over_t;

static void delete_left_over(void *what)
{
    left_over_t *left = what;
    kube_delete_options_t at_once = { .propagation_policy = "Background" };
    kube_delete(left->client, left->resource, left->ns, left->name, &at_once, NULL, NULL);
    free(left);
}

void delete_later(test_t *t, const kube_resource_t *resource, const char *ns, const char *name)
{
    left_over_t *left = malloc(sizeof *left);
    if (!left)
        abort();
    *left = (left_over_t){ .client = t->client, .resource = resource, .ns = ns, .name = name };
    defer(t, delete_left_over, left);
}
