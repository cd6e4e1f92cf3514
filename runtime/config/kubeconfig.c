#include "config/kubeconfig.h"

#include <kube/memory.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "config/kubeconfig_document.h"
#include "config/kubeconfig_value.h"

static int fail_file(const kube_kubeconfig_t *kubeconfig, int code, const char *key, const char *problem)
{
    return kube_fail(kubeconfig->err, code, "%s: %s%s%s", kubeconfig->source, key ? key : "", key ? ": " : "", problem);
}

/* Checks one of the three lists: entries with names that differ. */
static int check_list(const kube_kubeconfig_t *kubeconfig, const char *list)
{
    const json_t *entries = json_object_get(kubeconfig->root, list);
    if (!entries || json_is_null(entries))
        return KUBE_OK;
    if (!json_is_array(entries))
        return fail_file(kubeconfig, KUBE_E_CONFIG, list, "must be a list");
    json_t *seen = json_object();
    int code = seen ? KUBE_OK : kube_fail_memory(kubeconfig->err);
    for (size_t i = 0; i < json_array_size(entries) && code == KUBE_OK; i++) {
        const char *name = json_string_value(json_object_get(json_array_get(entries, i), "name"));
        if (!name)
            code = kube_fail(kubeconfig->err, KUBE_E_CONFIG, "%s: %s[%zu].name: must be a string", kubeconfig->source, list, i);
        else if (json_object_get(seen, name))
            code = kube_fail(kubeconfig->err, KUBE_E_CONFIG, "%s: %s[%s]: there are two of that name", kubeconfig->source, list, name);
        else if (json_object_set_new(seen, name, json_true()) != 0)
            code = kube_fail_memory(kubeconfig->err);
    }
    json_decref(seen);
    return code;
}

static int find_entry(const kube_kubeconfig_t *kubeconfig, const char *list, const char *member, const char *name, kube_entry_t *entry)
{
    const json_t *entries = json_object_get(kubeconfig->root, list);
    *entry = (kube_entry_t){ .kubeconfig = kubeconfig, .list = list, .member = member, .name = name };
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *item = json_array_get(entries, i);
        if (strcmp(json_string_value(json_object_get(item, "name")), name) != 0)
            continue;
        entry->object = json_object_get(item, member);
        if (json_is_object(entry->object))
            return KUBE_OK;
        return kube_fail(kubeconfig->err, KUBE_E_CONFIG, "%s: %s[%s].%s: must be a mapping", kubeconfig->source, list, name, member);
    }
    return kube_fail(kubeconfig->err, KUBE_E_CONFIG, "%s: %s: none is named \"%s\"", kubeconfig->source, list, name);
}

/* Keys that would change what a client does, and that this version cannot honour. */
static const char *const unsupported_of_cluster[] = { "proxy-url", NULL };
static const char *const unsupported_of_user[] = {
    "exec", "auth-provider", "username", "password", "as", "as-uid", "as-groups", "as-user-extra", NULL,
};

/* A bare host gets the scheme that kubectl would take; slashes at the end are dropped. */
static int complete_server(const kube_kubeconfig_t *kubeconfig, kube_config_t *config)
{
    if (!config->server)
        return KUBE_OK;
    bool has_scheme = strstr(config->server, "://") != NULL;
    bool secure = config->ca_file || config->ca_pem || config->client_certificate_file || config->client_certificate_pem ||
                  config->client_key_file || config->client_key_pem || config->insecure_skip_tls_verify;
    kube_buffer_t text = { 0 };
    kube_buffer_puts(&text, has_scheme ? "" : secure ? "https://" : "http://");
    kube_buffer_puts(&text, config->server);
    if (text.failed) {
        kube_buffer_dispose(&text);
        return kube_fail_memory(kubeconfig->err);
    }
    while (text.len && text.data[text.len - 1] == '/')
        text.data[--text.len] = '\0';
    kube_mem_free((char *)config->server);
    config->server = text.data;
    return KUBE_OK;
}

static int read_cluster(const kube_kubeconfig_t *kubeconfig, const char *name, kube_config_t *config)
{
    kube_entry_t cluster;
    int code = find_entry(kubeconfig, "clusters", "cluster", name, &cluster);
    if (code == KUBE_OK)
        code = kube_entry_refuse(&cluster, unsupported_of_cluster);
    if (code == KUBE_OK)
        code = kube_entry_copy(&cluster, "server", &config->server);
    if (code == KUBE_OK && !config->server)
        code = kube_entry_fail(&cluster, "server", KUBE_E_CONFIG, "missing");
    if (code == KUBE_OK)
        code = kube_entry_copy(&cluster, "tls-server-name", &config->tls_server_name);
    if (code == KUBE_OK)
        code = kube_entry_bool(&cluster, "insecure-skip-tls-verify", &config->insecure_skip_tls_verify);
    if (code == KUBE_OK)
        code = kube_entry_path(&cluster, "certificate-authority", &config->ca_file);
    if (code == KUBE_OK)
        code = kube_entry_data(&cluster, "certificate-authority-data", &config->ca_pem);
    return code;
}

static int read_user(const kube_kubeconfig_t *kubeconfig, const char *name, kube_config_t *config)
{
    kube_entry_t user;
    int code = find_entry(kubeconfig, "users", "user", name, &user);
    if (code == KUBE_OK)
        code = kube_entry_refuse(&user, unsupported_of_user);
    if (code == KUBE_OK)
        code = kube_entry_path(&user, "client-certificate", &config->client_certificate_file);
    if (code == KUBE_OK)
        code = kube_entry_data(&user, "client-certificate-data", &config->client_certificate_pem);
    if (code == KUBE_OK)
        code = kube_entry_path(&user, "client-key", &config->client_key_file);
    if (code == KUBE_OK)
        code = kube_entry_data(&user, "client-key-data", &config->client_key_pem);
    if (code == KUBE_OK)
        code = kube_entry_copy(&user, "token", &config->token);
    if (code == KUBE_OK)
        code = kube_entry_path(&user, "tokenFile", &config->token_file);
    return code;
}

/* What is chosen; strings borrowed from the options or the JSON. */
typedef struct choice {
    const char *context, *cluster, *user, *ns;
} choice_t;

static const char *first_of(const char *a, const char *b)
{
    return a && *a ? a : b && *b ? b : NULL;
}

static int choose(const kube_kubeconfig_t *kubeconfig, const kube_config_options_t *options, choice_t *choice)
{
    const json_t *current = json_object_get(kubeconfig->root, "current-context");
    if (current && !json_is_null(current) && !json_is_string(current))
        return fail_file(kubeconfig, KUBE_E_CONFIG, "current-context", "must be a string");
    *choice = (choice_t){ .context = first_of(options->context, json_string_value(current)),
                          .cluster = options->cluster, .user = options->user, .ns = options->ns };
    if (!choice->context)
        return choice->cluster ? KUBE_OK : fail_file(kubeconfig, KUBE_E_CONFIG, "current-context", "missing");
    kube_entry_t context;
    int code = find_entry(kubeconfig, "contexts", "context", choice->context, &context);
    const char *cluster = NULL, *user = NULL, *ns = NULL;
    if (code == KUBE_OK)
        code = kube_entry_text(&context, "cluster", &cluster);
    if (code == KUBE_OK)
        code = kube_entry_text(&context, "user", &user);
    if (code == KUBE_OK)
        code = kube_entry_text(&context, "namespace", &ns);
    choice->cluster = first_of(choice->cluster, cluster);
    choice->user = first_of(choice->user, user);
    choice->ns = first_of(choice->ns, ns);
    if (code == KUBE_OK && !choice->cluster)
        code = kube_entry_fail(&context, "cluster", KUBE_E_CONFIG, "missing");
    return code;
}

static int copy_choice(const kube_kubeconfig_t *kubeconfig, const choice_t *choice, kube_config_t *config)
{
    const struct { const char *from; const char **to; } strings[] = {
        { choice->ns, &config->ns }, { choice->context, &config->context }, { kubeconfig->source, &config->source },
    };
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        if (strings[i].from && !(*strings[i].to = kube_mem_strdup(strings[i].from)))
            return kube_fail_memory(kubeconfig->err);
    }
    return KUBE_OK;
}

static int check_header(const kube_kubeconfig_t *kubeconfig)
{
    const json_t *version = json_object_get(kubeconfig->root, "apiVersion"), *kind = json_object_get(kubeconfig->root, "kind");
    if (kube_json_is_set(version) && (!json_is_string(version) || strcmp(json_string_value(version), "v1") != 0))
        return fail_file(kubeconfig, KUBE_E_CONFIG, "apiVersion", "must be v1");
    if (kube_json_is_set(kind) && (!json_is_string(kind) || strcmp(json_string_value(kind), "Config") != 0))
        return fail_file(kubeconfig, KUBE_E_CONFIG, "kind", "must be Config");
    int code = check_list(kubeconfig, "clusters");
    if (code == KUBE_OK)
        code = check_list(kubeconfig, "users");
    if (code == KUBE_OK)
        code = check_list(kubeconfig, "contexts");
    return code;
}

static int fill(const kube_kubeconfig_t *kubeconfig, const kube_config_options_t *options, kube_config_t *config)
{
    choice_t choice = { 0 };
    int code = choose(kubeconfig, options, &choice);
    if (code == KUBE_OK)
        code = copy_choice(kubeconfig, &choice, config);
    if (code == KUBE_OK)
        code = read_cluster(kubeconfig, choice.cluster, config);
    if (code == KUBE_OK && choice.user)
        code = read_user(kubeconfig, choice.user, config);
    if (code == KUBE_OK)
        code = complete_server(kubeconfig, config);
    return code == KUBE_OK ? kube_config_check(config, kubeconfig->err) : code;
}

int kube_kubeconfig_read(const char *text, size_t len, const char *source, const char *directory, const kube_config_options_t *options,
                         kube_config_t **out, bool *empty, kube_error_t *err)
{
    static const kube_config_options_t defaults;
    kube_kubeconfig_t kubeconfig = { .source = source ? source : "kubeconfig", .directory = directory, .err = err };
    kube_config_t *config = kube_mem_zero(sizeof *config);
    *out = NULL;
    *empty = false;
    int code = config ? kube_kubeconfig_document(text, len, kubeconfig.source, &kubeconfig.root, err) : kube_fail_memory(err);
    if (code == KUBE_OK)
        code = check_header(&kubeconfig);
    if (code == KUBE_OK) {
        *empty = !kube_json_is_set(json_object_get(kubeconfig.root, "clusters")) &&
                 !kube_json_is_set(json_object_get(kubeconfig.root, "current-context"));
        code = fill(&kubeconfig, options ? options : &defaults, config);
    }
    kube_kubeconfig_document_free(kubeconfig.root);
    if (code < 0) {
        kube_config_free(config);
        return code;
    }
    *out = config;
    return KUBE_OK;
}
