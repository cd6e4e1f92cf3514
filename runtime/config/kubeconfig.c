#include "config/kubeconfig.h"

#include <string.h>

#include "base/memory.h"
#include "config/config_check.h"
#include "config/config_overrides.h"
#include "config/kubeconfig_entry.h"

/* What is being made. */
typedef struct choosing {
    const kube_kubeconfig_set_t *set;
    kube_tree_t *tree;
    const kube_config_options_t *options;
    kube_report_t *report;
    kube_config_t *config;
} choosing_t;

static bool copy(const choosing_t *choosing, const char *text, const char **to)
{
    kube_mem_free((char *)*to);
    *to = kube_mem_strdup(text);
    return *to || !text || kube_report_memory(choosing->report);
}

/* Where to put the blame for what is nowhere. */
static const char *any_source(const choosing_t *choosing)
{
    return choosing->set->source_count == 1 && choosing->set->source ? choosing->set->source : "kubeconfig";
}

static const char *first_of(const char *a, const char *b)
{
    return a && *a ? a : b && *b ? b : NULL;
}

/* The file that speaks of the list's entry that is read: the context's, or the one with the current context. */
static const char *naming_source(const choosing_t *choosing, kube_kubeconfig_part_t list)
{
    const kube_config_options_t *options = choosing->options;
    const char *const chosen[] = { options->cluster, options->user, options->context };
    const kube_kubeconfig_document_t *document = NULL;
    kube_kubeconfig_set_current(choosing->set, &document);
    const char *source = list != KUBE_KUBECONFIG_CONTEXT ? choosing->config->context_source : document ? document->source : NULL;
    return source && !first_of(chosen[list], NULL) ? source : any_source(choosing);
}

/* Reads the entry of that name; *source gets the file that it is in. */
static bool read_entry(const choosing_t *choosing, kube_kubeconfig_part_t list, kube_setting_part_t part, const char *name,
                       const char **source)
{
    kube_kubeconfig_entry_at_t entry;
    const char *key = kube_kubeconfig_list_key(list);
    if (!kube_kubeconfig_set_find(choosing->set, list, name, &entry)) {
        kube_report_add(choosing->report, KUBE_PROBLEM_REQUIRED, naming_source(choosing, list), 0, key, "none is named \"%s\"", name);
        return !kube_report_out_of_memory(choosing->report);
    }
    if (!copy(choosing, entry.document->source, source))
        return false;
    if (entry.object)
        return kube_kubeconfig_entry_read(&entry, part, true, choosing->config, choosing->tree, choosing->report);
    kube_kubeconfig_entry_add(&entry, choosing->report, KUBE_PROBLEM_WRONG_TYPE, "", "must be a mapping");
    return !kube_report_out_of_memory(choosing->report);
}

/* The context, whose cluster, user and namespace the options may replace. */
static bool read_context(const choosing_t *choosing)
{
    const kube_config_options_t *options = choosing->options;
    kube_config_t *config = choosing->config;
    const char *context = first_of(options->context, kube_kubeconfig_set_current(choosing->set, NULL));
    bool knows_server = first_of(options->cluster, options->overrides ? options->overrides->server : NULL);
    if (!context) {
        if (!knows_server && choosing->report->code == KUBE_OK)
            kube_report_add(choosing->report, KUBE_PROBLEM_REQUIRED, any_source(choosing), 0, "current-context", "missing");
    } else if (!copy(choosing, context, &config->context) ||
               !read_entry(choosing, KUBE_KUBECONFIG_CONTEXT, KUBE_PART_CONTEXT, context, &config->context_source)) {
        return false;
    }
    if (first_of(options->cluster, NULL) && !copy(choosing, options->cluster, &config->cluster))
        return false;
    if (first_of(options->user, NULL) && !copy(choosing, options->user, &config->user))
        return false;
    kube_kubeconfig_entry_at_t entry;
    bool found = context && kube_kubeconfig_set_find(choosing->set, KUBE_KUBECONFIG_CONTEXT, context, &entry) && entry.object;
    if (found && !config->cluster && !knows_server &&
        !kube_value_says_something(kube_object_gets(entry.object, "cluster")))
        kube_kubeconfig_entry_add(&entry, choosing->report, KUBE_PROBLEM_REQUIRED, "cluster", "missing");
    return !kube_report_out_of_memory(choosing->report);
}

/* Hands the cluster's configuration for the user's program to it. */
static bool copy_cluster_config(const choosing_t *choosing)
{
    kube_config_t *config = choosing->config;
    for (size_t i = 0; config->exec && i < config->cluster_extensions.len; i++) {
        const kube_json_entry_t *extension = &config->cluster_extensions.items[i];
        if (strcmp(extension->key, "client.authentication.k8s.io/exec") != 0 || !extension->value.text)
            continue;
        kube_json_t *to = &((kube_exec_config_t *)config->exec)->cluster_config;
        to->text = kube_mem_strndup(extension->value.text, extension->value.len);
        to->len = to->text ? extension->value.len : 0;
        return to->text || kube_report_memory(choosing->report);
    }
    return true;
}

bool kube_kubeconfig_complete_server(kube_config_t *config)
{
    if (!config->server || !*config->server)
        return true;
    bool has_scheme = strstr(config->server, "://") != NULL;
    bool secure = config->ca_file || config->ca_pem || config->client_certificate_file || config->client_certificate_pem ||
                  config->client_certificate_uri || config->client_key_file || config->client_key_pem || config->client_key_uri ||
                  config->insecure_skip_tls_verify;
    kube_buffer_t text = { 0 };
    kube_buffer_puts(&text, has_scheme ? "" : secure ? "https://" : "http://");
    kube_buffer_puts(&text, config->server);
    if (text.failed) {
        kube_buffer_dispose(&text);
        return false;
    }
    while (text.len && text.data[text.len - 1] == '/')
        text.data[--text.len] = '\0';
    kube_mem_free((char *)config->server);
    config->server = text.data;
    return true;
}

static bool fill(const choosing_t *choosing)
{
    kube_config_t *config = choosing->config;
    if (!read_context(choosing))
        return false;
    if (config->cluster && !read_entry(choosing, KUBE_KUBECONFIG_CLUSTER, KUBE_PART_CLUSTER, config->cluster, &config->source))
        return false;
    if (config->user && !read_entry(choosing, KUBE_KUBECONFIG_USER, KUBE_PART_USER, config->user, &config->user_source))
        return false;
    kube_kubeconfig_move_uris(config);
    if (!kube_config_override(config, choosing->options))
        return kube_report_memory(choosing->report);
    return copy_cluster_config(choosing) && (kube_kubeconfig_complete_server(config) || kube_report_memory(choosing->report));
}

kube_config_t *kube_kubeconfig_choose(const kube_kubeconfig_set_t *set, const kube_config_options_t *options,
                                      kube_report_t *report, bool *empty)
{
    static const kube_config_options_t defaults;
    kube_tree_t tree = { .secret = true };
    choosing_t choosing = { set, &tree, options ? options : &defaults, report, kube_mem_zero(sizeof(kube_config_t)) };
    *empty = report->code == KUBE_OK && kube_kubeconfig_set_is_empty(set);
    if (!choosing.config) {
        kube_report_memory(report);
        return NULL;
    }
    kube_kubeconfig_entry_at_t cluster;
    if (fill(&choosing)) {
        /* A cluster that is not there at all need not be told what it lacks. */
        const char *name = choosing.config->cluster;
        if (choosing.config->server || (name && kube_kubeconfig_set_find(set, KUBE_KUBECONFIG_CLUSTER, name, &cluster)))
            kube_config_examine(choosing.config, report);
    }
    kube_tree_dispose(&tree);
    if (report->code == KUBE_OK)
        return choosing.config;
    kube_config_free(choosing.config);
    return NULL;
}
