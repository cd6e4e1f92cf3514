#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
#include "config/file.h"
#include "config/in_cluster.h"
#include "config/kubeconfig.h"

/* The directory of a file, to be freed: NULL when memory is exhausted. */
static char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return kube_mem_strdup(".");
    return kube_mem_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* *absent: the file is not there, or says nothing. */
static int load_file(const char *path, const kube_config_options_t *options, kube_config_t **out, bool *absent, kube_error_t *err)
{
    kube_buffer_t text = { 0 };
    int code = kube_file_read_for("kubeconfig", path, &text, err);
    if (code < 0) {
        *absent = code == KUBE_E_CONFIG && access(path, F_OK) != 0 && errno == ENOENT;
        return code;
    }
    char *directory = directory_of(path);
    code = directory ? kube_kubeconfig_read(text.data, text.len, path, directory, options, out, absent, err) : kube_fail_memory(err);
    kube_mem_free(directory);
    kube_buffer_wipe(&text);
    return code;
}

/* The one file that KUBECONFIG names; *path stays empty when it names none. */
static int path_from_variable(kube_buffer_t *path, kube_error_t *err)
{
    const char *list = getenv("KUBECONFIG");
    while (list && *list) {
        size_t len = strcspn(list, ":");
        bool same = path->len == len && path->len && memcmp(path->data, list, len) == 0;
        if (len && path->len && !same)
            return kube_fail(err, KUBE_E_UNSUPPORTED, "KUBECONFIG: a list of several files is not supported by this version");
        if (len && !same)
            kube_buffer_append(path, list, len);
        list += len + (list[len] == ':');
    }
    return path->failed ? kube_fail_memory(err) : KUBE_OK;
}

static int find_path(kube_buffer_t *path, kube_error_t *err)
{
    int code = path_from_variable(path, err);
    if (code < 0 || path->len)
        return code;
    const char *home = getenv("HOME");
    if (!home || !*home)
        return KUBE_OK;
    kube_buffer_printf(path, "%s/.kube/config", home);
    return path->failed ? kube_fail_memory(err) : KUBE_OK;
}

/* The kubeconfig that the environment leads to. */
static int load_found(const kube_config_options_t *options, kube_config_t **out, bool *absent, kube_error_t *err)
{
    kube_buffer_t path = { 0 };
    int code = find_path(&path, err);
    if (code == KUBE_OK && path.len == 0) {
        *absent = true;
        code = kube_fail(err, KUBE_E_CONFIG, "no kubeconfig: neither KUBECONFIG nor HOME is set");
    } else if (code == KUBE_OK) {
        code = load_file(path.data, options, out, absent, err);
    }
    kube_buffer_dispose(&path);
    return code;
}

int kube_config_load(const char *path, const kube_config_options_t *options, kube_config_t **out, kube_error_t *err)
{
    kube_error_reset(err);
    if (!out)
        return kube_fail(err, KUBE_E_USAGE, "out is NULL");
    *out = NULL;
    bool absent = false;
    return path ? load_file(path, options, out, &absent, err) : load_found(options, out, &absent, err);
}

int kube_config_parse(const char *text, size_t len, const char *directory, const kube_config_options_t *options, kube_config_t **out,
                      kube_error_t *err)
{
    kube_error_reset(err);
    if (!out || !text)
        return kube_fail(err, KUBE_E_USAGE, "%s is NULL", out ? "text" : "out");
    bool empty = false;
    return kube_kubeconfig_read(text, len, NULL, directory, options, out, &empty, err);
}

int kube_config_default(const char *path, const kube_config_options_t *options, kube_config_t **out, kube_error_t *err)
{
    if (path)
        return kube_config_load(path, options, out, err);
    kube_error_reset(err);
    if (!out)
        return kube_fail(err, KUBE_E_USAGE, "out is NULL");
    *out = NULL;
    bool absent = false;
    int code = load_found(options, out, &absent, err);
    if (code == KUBE_OK || !absent || !kube_in_cluster_possible(KUBE_SERVICE_ACCOUNT_DIRECTORY))
        return code;
    kube_error_reset(err);
    return kube_in_cluster_read(KUBE_SERVICE_ACCOUNT_DIRECTORY, options ? options->ns : NULL, out, err);
}
