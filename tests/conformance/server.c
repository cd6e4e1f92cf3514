#include "server.h"

#include <time.h>
#include <unistd.h>

static bool tell(const kube_error_t *err, const char *what)
{
    fprintf(stderr, "conformance: %s: %s\n", what, err->message);
    return false;
}

static bool open_real(server_t *server)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    kube_version_info_t version = { 0 };
    if (kube_config_load(server->kubeconfig, NULL, &config, &err) < 0)
        return tell(&err, server->kubeconfig);
    server->config = config;
    server->tls = strncmp(config->server, "https:", 6) == 0;
    int code = kube_client_new(config, NULL, &client, &err);
    if (code == KUBE_OK)
        code = kube_server_version(client, &(kube_call_t){ .timeout_ms = CALL_MS }, &version, &err);
    kube_client_free(client);
    if (code < 0)
        return tell(&err, config->server);
    snprintf(server->name, sizeof server->name, "kube-apiserver-%d.%d", version.major, version.minor);
    return true;
}

static bool open_double(server_t *server)
{
    kube_error_t err;
    kube_test_server_options_t options = {
        .packages = kube_k8s_packages, .tls = server->tls, .authenticate = server->tls, .controllers = true, .controller_delay_ms = 20,
    };
    snprintf(server->name, sizeof server->name, "testserver%s", server->tls ? "-tls" : "");
    if (kube_test_server_start(&options, &server->double_, &err) < 0)
        return tell(&err, "kube-testserver");
    server->config = kube_test_server_config(server->double_);
    return true;
}

bool server_open(server_t *server, const char *kubeconfig, bool tls)
{
    *server = (server_t){ .kubeconfig = kubeconfig, .tls = tls };
    return kubeconfig ? open_real(server) : open_double(server);
}

/* ---- namespaces of cases ---- */

/*
 * They go when all cases have run: for minutes, hundreds of them that are being deleted would keep a server's controllers from
 * what cases wait for.
 */
typedef struct used_namespace {
    struct used_namespace *next;
    char *name;
} used_namespace_t;

static used_namespace_t *used_namespaces;

static void delete_at_the_end(const char *name)
{
    used_namespace_t *used = malloc(sizeof *used);
    if (!used)
        abort();
    *used = (used_namespace_t){ .next = used_namespaces, .name = strdup(name) };
    used_namespaces = used;
}

static void delete_namespaces(const server_t *server)
{
    kube_client_t *client = NULL;
    kube_client_options_t options = { .timeout_ms = CALL_MS };
    kube_client_new(server->config, &options, &client, NULL);
    while (used_namespaces) {
        used_namespace_t *used = used_namespaces;
        used_namespaces = used->next;
        kube_core_v1_namespace_delete(client, used->name, NULL, NULL, NULL);
        free(used->name);
        free(used);
    }
    kube_client_free(client);
}

void server_close(server_t *server)
{
    delete_namespaces(server);
    if (server->kubeconfig)
        kube_config_free((kube_config_t *)(uintptr_t)server->config);
    kube_test_server_stop(server->double_);
}

/* ---- a case ---- */

const char *unique_name(test_t *t, const char *prefix)
{
    static unsigned count;
    return text(t, "%s-%x-%u", prefix, (unsigned)getpid() ^ (unsigned)time(NULL) << 8, ++count);
}

bool test_begin(test_t *t)
{
    t->ns = unique_name(t, "conformance");
    t->client = new_client(t, NULL);
    if (!t->client)
        return false;
    kube_core_v1_namespace_t ns = { .metadata = &(kube_meta_v1_object_meta_t){ .name = t->ns } };
    if (!CHECK_OK(t, kube_core_v1_namespace_create(t->client, &ns, NULL, NULL, &t->err)))
        return false;
    delete_at_the_end(t->ns);
    return true;
}
