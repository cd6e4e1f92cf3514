#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "config/config_check.h"
#include "config/kubeconfig.h"
#include "config/kubeconfig_entry.h"
#include "config/kubeconfig_handle.h"

/* Whether what a context names is there. */
static void check_reference(const kube_kubeconfig_t *files, const kube_kubeconfig_entry_at_t *context,
                            kube_kubeconfig_part_t part, const char *name, kube_report_t *report)
{
    kube_kubeconfig_entry_at_t entry;
    const char *key = kube_kubeconfig_member_key(part);
    if (!name)
        kube_kubeconfig_entry_add(context, report, KUBE_PROBLEM_REQUIRED, key, "missing");
    else if (!kube_kubeconfig_set_find(&files->set, part, name, &entry))
        kube_kubeconfig_entry_add(context, report, KUBE_PROBLEM_BAD_VALUE, key, "there is none of that name");
}

static void check_fields(const kube_kubeconfig_t *files, const kube_kubeconfig_entry_at_t *entry, kube_config_t *config,
                         kube_report_t *report)
{
    if (entry->list == KUBE_KUBECONFIG_CONTEXT) {
        check_reference(files, entry, KUBE_KUBECONFIG_CLUSTER, config->cluster, report);
        check_reference(files, entry, KUBE_KUBECONFIG_USER, config->user, report);
        return;
    }
    kube_config_t named = *config;
    bool is_cluster = entry->list == KUBE_KUBECONFIG_CLUSTER;
    named.cluster = is_cluster ? entry->name : NULL;
    named.user = is_cluster ? NULL : entry->name;
    named.source = named.user_source = entry->document->source;
    if (is_cluster)
        kube_config_examine_cluster(&named, report);
    else
        kube_config_examine_user(&named, report);
}

static bool check_entry(const kube_kubeconfig_t *files, kube_kubeconfig_part_t part, const char *name, kube_report_t *report)
{
    static const kube_setting_part_t parts[] = { KUBE_PART_CLUSTER, KUBE_PART_USER, KUBE_PART_CONTEXT };
    kube_kubeconfig_entry_at_t entry;
    if (!kube_kubeconfig_set_find(&files->set, part, name, &entry))
        return true;
    if (!entry.object) {
        kube_kubeconfig_entry_add(&entry, report, KUBE_PROBLEM_WRONG_TYPE, "", "must be a mapping");
        return !kube_report_out_of_memory(report);
    }
    kube_config_t *config = kube_mem_zero(sizeof *config);
    if (!config)
        return kube_report_memory(report);
    kube_tree_t tree = { .secret = true };
    bool ok = kube_kubeconfig_entry_read(&entry, parts[part], true, config, &tree, report);
    kube_tree_dispose(&tree);
    kube_kubeconfig_move_uris(config);
    if (ok && part == KUBE_KUBECONFIG_CLUSTER)
        ok = kube_kubeconfig_complete_server(config) || kube_report_memory(report);
    if (ok)
        check_fields(files, &entry, config, report);
    kube_config_free(config);
    return ok && !kube_report_out_of_memory(report);
}

static void check_all(const kube_kubeconfig_t *files, kube_report_t *report)
{
    for (int part = KUBE_KUBECONFIG_CLUSTER; part <= KUBE_KUBECONFIG_CONTEXT; part++) {
        size_t count = kube_kubeconfig_count(files, (kube_kubeconfig_part_t)part);
        for (size_t i = 0; i < count; i++) {
            if (!check_entry(files, (kube_kubeconfig_part_t)part, kube_kubeconfig_name(files, (kube_kubeconfig_part_t)part, i),
                             report))
                return;
        }
    }
    kube_kubeconfig_entry_at_t entry;
    const kube_kubeconfig_document_t *document = NULL;
    const char *current = kube_kubeconfig_set_current(&files->set, &document);
    if (current && !kube_kubeconfig_set_find(&files->set, KUBE_KUBECONFIG_CONTEXT, current, &entry))
        kube_report_add(report, KUBE_PROBLEM_BAD_VALUE, document->source, 0, "current-context",
                        "there is no context of that name");
}

int kube_kubeconfig_check(const kube_kubeconfig_t *files, kube_problems_t **problems, kube_error_t *err)
{
    kube_error_reset(err);
    if (problems)
        *problems = NULL;
    if (!files)
        return kube_fail(err, KUBE_E_USAGE, "files is NULL");
    kube_report_t report;
    if (kube_report_begin(&report, problems, err))
        check_all(files, &report);
    return kube_report_end(&report, problems);
}
