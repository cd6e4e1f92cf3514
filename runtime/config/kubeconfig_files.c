#include "config/kubeconfig_files.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kube/memory.h>

#include "base/memory.h"

char *kube_directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return kube_mem_strdup(".");
    return kube_mem_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static bool is_listed(const kube_string_list_t *files, const char *path)
{
    for (size_t i = 0; i < files->len; i++) {
        if (strcmp(files->items[i], path) == 0)
            return true;
    }
    return false;
}

/* Absolute: the program may have another working directory when it reads the file again. Without a working directory, as it is. */
static char *complete(const char *path, size_t len)
{
    char directory[PATH_MAX];
    if (len == 0 || *path == '/' || !getcwd(directory, sizeof directory) || *directory != '/')
        return kube_mem_strndup(path, len);
    kube_buffer_t whole = { 0 };
    kube_buffer_puts(&whole, directory);
    kube_buffer_puts(&whole, directory[1] ? "/" : "");
    kube_buffer_append(&whole, path, len);
    if (whole.failed)
        kube_buffer_dispose(&whole);
    return whole.data;
}

/* Once only. */
static bool add(kube_string_list_t *files, const char *path, size_t len)
{
    const char **items = kube_mem_realloc(files->items, (files->len + 1) * sizeof *items);
    if (!items)
        return false;
    files->items = items;
    char *whole = complete(path, len);
    if (!whole)
        return false;
    if (is_listed(files, whole))
        kube_mem_free(whole);
    else
        items[files->len++] = whole;
    return true;
}

static bool add_list(kube_string_list_t *files, const char *list)
{
    while (*list) {
        size_t len = strcspn(list, ":");
        if (len && !add(files, list, len))
            return false;
        list += len + (list[len] == ':');
    }
    return true;
}

static bool add_home(kube_string_list_t *files)
{
    const char *home = getenv("HOME");
    if (!home || !*home)
        return true;
    kube_buffer_t path = { 0 };
    kube_buffer_printf(&path, "%s/.kube/config", home);
    bool ok = !path.failed && add(files, path.data, path.len);
    kube_buffer_dispose(&path);
    return ok;
}

bool kube_kubeconfig_files_find(kube_string_list_t *files)
{
    const char *list = getenv("KUBECONFIG");
    *files = (kube_string_list_t){ 0 };
    bool ok = list && *list ? add_list(files, list) : add_home(files);
    if (!ok)
        kube_kubeconfig_files_free(files);
    return ok;
}

bool kube_kubeconfig_files_of(const char *path, kube_string_list_t *files)
{
    *files = (kube_string_list_t){ 0 };
    bool ok = add(files, path, strlen(path));
    if (!ok)
        kube_kubeconfig_files_free(files);
    return ok;
}

void kube_kubeconfig_files_free(kube_string_list_t *files)
{
    for (size_t i = 0; i < files->len; i++)
        kube_mem_free((char *)files->items[i]);
    kube_mem_free(files->items);
    *files = (kube_string_list_t){ 0 };
}
