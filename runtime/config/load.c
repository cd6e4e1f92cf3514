#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
#include "config/config_follow.h"
#include "config/config_origin.h"
#include "config/file.h"
#include "config/in_cluster.h"
#include "config/kubeconfig.h"
#include "config/kubeconfig_files.h"

/* What is being loaded. */
typedef struct loading {
    const kube_string_list_t *files;
    bool must_exist; /* the one file was asked for by name */
    const kube_config_options_t *options;
    kube_kubeconfig_set_t set;
    kube_report_t report;
    size_t found;    /* files that are there */
} loading_t;

/* Files that are not there are passed over, unless they must exist. False when memory is exhausted. */
static bool add_file(loading_t *loading, const char *path)
{
    kube_buffer_t text = { 0 };
    int code = kube_file_read(path, &text);
    bool absent = code == KUBE_E_IO && errno == ENOENT;
    if (code == KUBE_E_NO_MEMORY)
        return kube_report_memory(&loading->report);
    loading->found += !absent;
    if (absent && !loading->must_exist)
        return true;
    if (code < 0) {
        const char *problem = code == KUBE_E_LIMIT ? "the file is too large" : strerror(errno);
        kube_report_add(&loading->report, KUBE_PROBLEM_BAD_VALUE, path, 0, "", "%s", problem);
        return !kube_report_out_of_memory(&loading->report);
    }
    char *directory = kube_directory_of(path);
    bool ok = directory ? kube_kubeconfig_set_add(&loading->set, text.data, text.len, path, directory, &loading->report)
                        : kube_report_memory(&loading->report);
    kube_mem_free(directory);
    kube_buffer_wipe(&text);
    return ok;
}

static bool set_origin(const loading_t *loading, kube_config_t *config)
{
    const kube_config_origin_t origin = { .files = *loading->files, .must_exist = loading->must_exist,
                                          .options = loading->options ? *loading->options : (kube_config_options_t){ 0 } };
    return kube_config_set_origin(config, &origin);
}

/* Adds the files, and chooses. */
static kube_config_t *load(loading_t *loading, bool *absent)
{
    bool ok = true;
    for (size_t i = 0; i < loading->files->len && ok; i++)
        ok = add_file(loading, loading->files->items[i]);
    if (!ok)
        return NULL;
    bool none = loading->found == 0 && loading->report.code == KUBE_OK;
    const kube_config_options_t *options = loading->options;
    bool server_is_given = options && options->overrides && options->overrides->server;
    if (none && !server_is_given) {
        *absent = true;
        const char *problem = loading->files->len == 0   ? "neither KUBECONFIG nor HOME names a file"
                              : loading->files->len == 1 ? "the file does not exist"
                                                         : "none of the files exists";
        const char *first = loading->files->len ? loading->files->items[0] : "no kubeconfig";
        kube_report_add(&loading->report, KUBE_PROBLEM_REQUIRED, first, 0, "", "%s", problem);
        return NULL;
    }
    kube_config_t *config = kube_kubeconfig_choose(&loading->set, options, &loading->report, absent);
    if (config && !set_origin(loading, config)) {
        kube_report_memory(&loading->report);
        kube_config_free(config);
        return NULL;
    }
    return config;
}

/* *absent: there is no file, or none says anything. */
static int load_files(const kube_string_list_t *files, bool must_exist, const kube_config_options_t *options, kube_config_t **out,
                      bool *absent, kube_error_t *err)
{
    loading_t loading = { .files = files, .must_exist = must_exist, .options = options };
    kube_problems_t **wanted = options ? options->problems : NULL;
    if (kube_report_begin(&loading.report, wanted, err))
        *out = load(&loading, absent);
    kube_kubeconfig_set_dispose(&loading.set);
    return kube_report_end(&loading.report, wanted);
}

/* The file `path`, or those that the environment leads to. */
static int load_from(const char *path, const kube_config_options_t *options, kube_config_t **out, bool *absent, kube_error_t *err)
{
    kube_string_list_t files;
    if (options && options->problems)
        *options->problems = NULL;
    if (path ? !kube_kubeconfig_files_of(path, &files) : !kube_kubeconfig_files_find(&files))
        return kube_fail_memory(err);
    int code = load_files(&files, path != NULL, options, out, absent, err);
    kube_kubeconfig_files_free(&files);
    return code;
}

/* The last step of all functions that read kubeconfig files. */
static int keep_said(int code, kube_config_t **config, kube_error_t *err)
{
    if (code < 0 || kube_config_keep_said(*config))
        return code;
    kube_config_free(*config);
    *config = NULL;
    return kube_fail_memory(err);
}

int kube_config_load(const char *path, const kube_config_options_t *options, kube_config_t **out, kube_error_t *err)
{
    kube_error_reset(err);
    if (!out)
        return kube_fail(err, KUBE_E_USAGE, "out is NULL");
    *out = NULL;
    bool absent = false;
    return keep_said(load_from(path, options, out, &absent, err), out, err);
}

int kube_config_parse(const char *text, size_t len, const char *directory, const kube_config_options_t *options,
                      kube_config_t **out, kube_error_t *err)
{
    kube_error_reset(err);
    if (!out || !text)
        return kube_fail(err, KUBE_E_USAGE, "%s is NULL", out ? "text" : "out");
    *out = NULL;
    bool empty = false;
    kube_kubeconfig_set_t set = { 0 };
    kube_report_t report;
    kube_problems_t **wanted = options ? options->problems : NULL;
    if (kube_report_begin(&report, wanted, err) && kube_kubeconfig_set_add(&set, text, len, NULL, directory, &report))
        *out = kube_kubeconfig_choose(&set, options, &report, &empty);
    kube_kubeconfig_set_dispose(&set);
    return kube_report_end(&report, wanted);
}

/* A pod's namespace stands in for one that is not named. */
static int complete_namespace(kube_config_t **config, kube_error_t *err)
{
    if ((*config)->ns || !kube_in_cluster_possible(KUBE_SERVICE_ACCOUNT_DIRECTORY))
        return KUBE_OK;
    ((kube_config_origin_t *)(*config)->origin)->pods_namespace = true;
    int code = kube_in_cluster_namespace(KUBE_SERVICE_ACCOUNT_DIRECTORY, &(*config)->ns, err);
    if (code < 0) {
        kube_config_free(*config);
        *config = NULL;
    }
    return code;
}

int kube_config_default(const char *path, const kube_config_options_t *options, kube_config_t **out, kube_error_t *err)
{
    kube_error_reset(err);
    if (!out)
        return kube_fail(err, KUBE_E_USAGE, "out is NULL");
    *out = NULL;
    bool absent = false;
    int code = load_from(path, options, out, &absent, err);
    if (path)
        return keep_said(code, out, err);
    if (code == KUBE_OK)
        return keep_said(complete_namespace(out, err), out, err);
    if (!absent || !kube_in_cluster_possible(KUBE_SERVICE_ACCOUNT_DIRECTORY))
        return code;
    kube_error_reset(err);
    if (options && options->problems) {
        kube_problems_free(*options->problems);
        *options->problems = NULL;
    }
    return kube_in_cluster_read(KUBE_SERVICE_ACCOUNT_DIRECTORY, options, out, err);
}

int kube_config_read_again(const kube_config_origin_t *origin, const char *context, kube_config_t **out, kube_error_t *err)
{
    bool absent = false;
    *out = NULL;
    if (origin->in_cluster)
        return kube_in_cluster_read(origin->directory, &origin->options, out, err);
    kube_config_options_t options = origin->options;
    options.context = context;
    int code = load_files(&origin->files, origin->must_exist, &options, out, &absent, err);
    if (code == KUBE_OK && origin->pods_namespace)
        code = complete_namespace(out, err);
    return keep_said(code, out, err);
}

int kube_config_reload(const kube_config_t *config, kube_config_t **out, kube_error_t *err)
{
    kube_error_reset(err);
    if (!out || !config || !config->origin) {
        if (out)
            *out = NULL;
        return kube_fail(err, KUBE_E_USAGE, !out ? "out is NULL" : !config ? "config is NULL" : "config was not read from files");
    }
    *out = NULL;
    /* *out may be what config points to. */
    const kube_config_origin_t *origin = kube_config_origin_ref(config->origin);
    int code = kube_config_read_again(origin, origin->options.context, out, err);
    kube_config_origin_free(origin);
    return code;
}
