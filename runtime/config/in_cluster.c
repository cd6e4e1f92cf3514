#include "config/in_cluster.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
#include "config/config_origin.h"
#include "config/config_overrides.h"
#include "config/file.h"

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static char *path_in(const char *directory, const char *file)
{
    kube_buffer_t path = { 0 };
    kube_buffer_printf(&path, "%s/%s", directory, file);
    if (path.failed)
        kube_buffer_dispose(&path);
    return path.data;
}

bool kube_in_cluster_possible(const char *directory)
{
    if (!variable("KUBERNETES_SERVICE_HOST") || !variable("KUBERNETES_SERVICE_PORT"))
        return false;
    struct stat status;
    char *path = path_in(directory, "token");
    bool found = path && stat(path, &status) == 0 && S_ISREG(status.st_mode);
    kube_mem_free(path);
    return found;
}

static int make_server(kube_config_t *config, kube_error_t *err)
{
    const char *host = variable("KUBERNETES_SERVICE_HOST"), *port = variable("KUBERNETES_SERVICE_PORT");
    if (!host || !port)
        return kube_fail(err, KUBE_E_CONFIG, "not in a pod: KUBERNETES_SERVICE_%s is not set", host ? "PORT" : "HOST");
    bool bare_ipv6 = strchr(host, ':') && *host != '[';
    kube_buffer_t text = { 0 };
    kube_buffer_printf(&text, "https://%s%s%s:%s", bare_ipv6 ? "[" : "", host, bare_ipv6 ? "]" : "", port);
    config->server = text.data;
    return text.failed ? kube_fail_memory(err) : KUBE_OK;
}

static int copy(const char *text, const char **out, kube_error_t *err)
{
    *out = kube_mem_strdup(text);
    return *out ? KUBE_OK : kube_fail_memory(err);
}

/* POD_NAMESPACE, else the file. */
int kube_in_cluster_namespace(const char *directory, const char **ns, kube_error_t *err)
{
    *ns = NULL;
    if (variable("POD_NAMESPACE"))
        return copy(variable("POD_NAMESPACE"), ns, err);
    kube_buffer_t text = { 0 };
    char *path = path_in(directory, "namespace");
    int code = path ? kube_file_read(path, &text) : KUBE_E_NO_MEMORY;
    kube_mem_free(path);
    if (code == KUBE_OK) {
        char *name = text.data + strspn(text.data, " \t\r\n");
        name[strcspn(name, " \t\r\n")] = '\0';
        code = *name ? copy(name, ns, err) : KUBE_OK;
    }
    kube_buffer_dispose(&text);
    return code == KUBE_E_NO_MEMORY ? kube_fail_memory(err) : KUBE_OK;
}

static bool set_origin(const char *directory, const kube_config_options_t *options, kube_config_t *config)
{
    const kube_config_origin_t origin = { .in_cluster = true, .directory = directory,
                                          .options = options ? *options : (kube_config_options_t){ 0 } };
    return kube_config_set_origin(config, &origin);
}

static int fill(const char *directory, const kube_config_options_t *options, kube_config_t *config, kube_error_t *err)
{
    int code = make_server(config, err);
    if (code == KUBE_OK)
        code = kube_in_cluster_namespace(directory, &config->ns, err);
    if (code < 0)
        return code;
    config->token_file = path_in(directory, "token");
    config->ca_file = path_in(directory, "ca.crt");
    if (!config->token_file || !config->ca_file || !set_origin(directory, options, config))
        return kube_fail_memory(err);
    if (access(config->token_file, R_OK) != 0)
        return kube_fail(err, KUBE_E_CONFIG, "not in a pod: %s cannot be read", config->token_file);
    if (access(config->ca_file, R_OK) != 0)
        return kube_fail(err, KUBE_E_CONFIG, "%s cannot be read", config->ca_file);
    return kube_config_override(config, options) ? kube_config_check(config, err) : kube_fail_memory(err);
}

/* Whoever names an entry of a kubeconfig does not mean the cluster that the pod happens to be in. */
static int check_choice(const kube_config_options_t *options, kube_error_t *err)
{
    const char *const names[] = { options->context, options->cluster, options->user };
    static const char *const lists[] = { "contexts", "clusters", "users" };
    for (size_t i = 0; i < 3; i++) {
        if (names[i] && *names[i])
            return kube_fail(err, KUBE_E_CONFIG, "%s: none is named \"%s\", there is no kubeconfig but only the pod's own files", lists[i], names[i]);
    }
    return KUBE_OK;
}

int kube_in_cluster_read(const char *directory, const kube_config_options_t *options, kube_config_t **out, kube_error_t *err)
{
    *out = NULL;
    int code = options ? check_choice(options, err) : KUBE_OK;
    if (code < 0)
        return code;
    kube_config_t *config = kube_mem_zero(sizeof *config);
    code = config ? fill(directory, options, config, err) : kube_fail_memory(err);
    if (code < 0) {
        kube_config_free(config);
        return code;
    }
    *out = config;
    return KUBE_OK;
}

int kube_config_in_cluster(kube_config_t **out, kube_error_t *err)
{
    kube_error_reset(err);
    if (!out)
        return kube_fail(err, KUBE_E_USAGE, "out is NULL");
    return kube_in_cluster_read(KUBE_SERVICE_ACCOUNT_DIRECTORY, NULL, out, err);
}
