#include "config/config_check.h"

#include <string.h>

#include "base/fail.h"
#include "config/proxy.h"
#include "config/url.h"

typedef struct check {
    const kube_config_t *config;
    kube_report_t *report;
} check_t;

/* Whether something is known to be wrong there, or with the same as data: a value that could not be read is not missing as well. */
static bool is_known(const check_t *check, const char *path)
{
    size_t len = strlen(path);
    for (size_t i = 0; i < kube_problems_count(check->report->problems); i++) {
        const char *known = kube_problems_at(check->report->problems, i)->path;
        if (strncmp(known, path, len) == 0 && (!known[len] || strcmp(known + len, "-data") == 0))
            return true;
    }
    return false;
}

/* Adds a problem at a key of the cluster or of the user. */
static void add(const check_t *check, bool of_cluster, kube_problem_kind_t kind, const char *key, const char *problem)
{
    const char *name = of_cluster ? check->config->cluster : check->config->user;
    const char *source = of_cluster ? check->config->source : check->config->user_source;
    char path[KUBE_REPORT_PATH_SIZE];
    if (name)
        kube_report_path(path, of_cluster ? "clusters" : "users", name, of_cluster ? "cluster" : "user", key);
    if (!is_known(check, name ? path : key))
        kube_report_add(check->report, kind, source, 0, name ? path : key, "%s", problem);
}

static void add_cluster(const check_t *check, kube_problem_kind_t kind, const char *key, const char *problem)
{
    add(check, true, kind, key, problem);
}

static void add_user(const check_t *check, kube_problem_kind_t kind, const char *key, const char *problem)
{
    add(check, false, kind, key, problem);
}

static bool is_set(const char *text)
{
    return text && *text;
}

static void check_server(const check_t *check)
{
    const kube_config_t *config = check->config;
    kube_url_t url;
    if (!is_set(config->server))
        add_cluster(check, KUBE_PROBLEM_REQUIRED, "server", "missing");
    else if (!kube_url_split(config->server, &url))
        add_cluster(check, KUBE_PROBLEM_BAD_VALUE, "server", "not an http or https URL of host, port and path");
    const char *name = config->tls_server_name;
    if (name && (!*name || strpbrk(name, "/@[]?#\\ \t\r\n")))
        add_cluster(check, KUBE_PROBLEM_BAD_VALUE, "tls-server-name", "not a host name");
    if (config->proxy_url && !kube_proxy_is_valid(config->proxy_url))
        add_cluster(check, KUBE_PROBLEM_BAD_VALUE, "proxy-url", "not an http, https or socks5 URL");
    if (config->ca_file && config->ca_pem)
        add_cluster(check, KUBE_PROBLEM_NOT_ALLOWED, "certificate-authority", "given both as a file and as data");
    if (config->insecure_skip_tls_verify && (config->ca_file || config->ca_pem))
        add_cluster(check, KUBE_PROBLEM_NOT_ALLOWED, "insecure-skip-tls-verify", "contradicts certificate-authority");
}

static void check_forms(const check_t *check, const char *key, const char *file, const char *text, const char *uri)
{
    if ((file != NULL) + (text != NULL) + (uri != NULL) > 1)
        add_user(check, KUBE_PROBLEM_NOT_ALLOWED, key,
                 uri ? "given both as a URI and otherwise" : "given both as a file and as data");
}

static void check_pair(const check_t *check)
{
    const kube_config_t *config = check->config;
    check_forms(check, "client-certificate", config->client_certificate_file, config->client_certificate_pem,
                config->client_certificate_uri);
    check_forms(check, "client-key", config->client_key_file, config->client_key_pem, config->client_key_uri);
    check_forms(check, "client-key-passphrase", config->client_key_passphrase_file, config->client_key_passphrase, NULL);
    bool has_certificate = config->client_certificate_file || config->client_certificate_pem || config->client_certificate_uri;
    bool has_key = config->client_key_file || config->client_key_pem || config->client_key_uri;
    if (has_certificate != has_key)
        add_user(check, KUBE_PROBLEM_REQUIRED, has_key ? "client-certificate" : "client-key", "missing beside its counterpart");
}

static bool strings_are_complete(const kube_string_list_t *list)
{
    for (size_t i = 0; i < list->len; i++) {
        if (!list->items[i])
            return false;
    }
    return true;
}

static void check_impersonation(const check_t *check)
{
    const kube_config_t *config = check->config;
    if (!is_set(config->as) && (is_set(config->as_uid) || config->as_groups.len || config->as_user_extra.len))
        add_user(check, KUBE_PROBLEM_REQUIRED, "as", "missing beside as-uid, as-groups or as-user-extra");
    if (!strings_are_complete(&config->as_groups))
        add_user(check, KUBE_PROBLEM_REQUIRED, "as-groups", "an item is missing");
    for (size_t i = 0; i < config->as_user_extra.len; i++) {
        const kube_string_list_entry_t *extra = &config->as_user_extra.items[i];
        if (!is_set(extra->key) || !strings_are_complete(&extra->value))
            add_user(check, KUBE_PROBLEM_REQUIRED, "as-user-extra", "a name or a value is missing");
    }
}

static void check_exec(const check_t *check, const kube_exec_config_t *exec)
{
    static const char versions[] = "must be client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1";
    if (!is_set(exec->command))
        add_user(check, KUBE_PROBLEM_REQUIRED, "exec.command", "missing");
    if (!is_set(exec->api_version))
        add_user(check, KUBE_PROBLEM_REQUIRED, "exec.apiVersion", "missing");
    else if (strcmp(exec->api_version, "client.authentication.k8s.io/v1") != 0 &&
             strcmp(exec->api_version, "client.authentication.k8s.io/v1beta1") != 0)
        add_user(check, KUBE_PROBLEM_NOT_ALLOWED, "exec.apiVersion", versions);
    if (exec->interactive_mode < KUBE_INTERACTIVE_IF_AVAILABLE || exec->interactive_mode > KUBE_INTERACTIVE_ALWAYS)
        add_user(check, KUBE_PROBLEM_NOT_ALLOWED, "exec.interactiveMode", "none of KUBE_INTERACTIVE_*");
    if (!strings_are_complete(&exec->args))
        add_user(check, KUBE_PROBLEM_REQUIRED, "exec.args", "an item is missing");
    for (size_t i = 0; i < exec->env.len; i++) {
        const char *name = exec->env.items[i].key;
        if (!is_set(name) || strchr(name, '=') || !exec->env.items[i].value)
            add_user(check, KUBE_PROBLEM_BAD_VALUE, "exec.env", "a name or a value is missing, or there is \"=\" in a name");
    }
    if (check->config->auth_provider)
        add_user(check, KUBE_PROBLEM_NOT_ALLOWED, "exec", "contradicts auth-provider");
}

static void check_provider(const check_t *check, const kube_auth_provider_t *provider)
{
    if (!is_set(provider->name))
        add_user(check, KUBE_PROBLEM_REQUIRED, "auth-provider.name", "missing");
    for (size_t i = 0; i < provider->config.len; i++) {
        if (!is_set(provider->config.items[i].key) || !provider->config.items[i].value)
            add_user(check, KUBE_PROBLEM_REQUIRED, "auth-provider.config", "a name or a value is missing");
    }
}

void kube_config_examine_cluster(const kube_config_t *config, kube_report_t *report)
{
    check_server(&(check_t){ config, report });
}

void kube_config_examine_user(const kube_config_t *config, kube_report_t *report)
{
    const check_t check = { config, report };
    check_pair(&check);
    if ((config->username || config->password) && (config->token || config->token_file))
        add_user(&check, KUBE_PROBLEM_NOT_ALLOWED, "username", "contradicts token");
    check_impersonation(&check);
    if (config->exec)
        check_exec(&check, config->exec);
    if (config->auth_provider)
        check_provider(&check, config->auth_provider);
}

void kube_config_examine(const kube_config_t *config, kube_report_t *report)
{
    kube_config_examine_cluster(config, report);
    kube_config_examine_user(config, report);
}

int kube_config_check_all(const kube_config_t *config, kube_problems_t **problems, kube_error_t *err)
{
    kube_error_reset(err);
    if (problems)
        *problems = NULL;
    if (!config)
        return kube_fail(err, KUBE_E_USAGE, "config is NULL");
    kube_report_t report;
    if (kube_report_begin(&report, problems, err))
        kube_config_examine(config, &report);
    return kube_report_end(&report, problems);
}

int kube_config_check(const kube_config_t *config, kube_error_t *err)
{
    return kube_config_check_all(config, NULL, err);
}
