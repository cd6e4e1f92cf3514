#include "config/kubeconfig_handle.h"

#include <errno.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "config/config_origin.h"
#include "config/file.h"
#include "config/kubeconfig.h"
#include "config/kubeconfig_entry.h"
#include "config/kubeconfig_files.h"

/* ---- opening ---- */

bool kube_kubeconfig_add_to(const kube_kubeconfig_file_t *file, const kube_buffer_t *text, kube_kubeconfig_set_t *set,
                            kube_report_t *report)
{
    return kube_kubeconfig_set_add(set, text->data ? text->data : "", text->len, file->path, file->directory, report);
}

bool kube_kubeconfig_refresh(kube_kubeconfig_t *handle, kube_report_t *report)
{
    kube_kubeconfig_set_t set = { 0 };
    bool ok = true;
    for (size_t i = 0; i < handle->file_count && ok; i++)
        ok = kube_kubeconfig_add_to(&handle->files[i], &handle->files[i].text, &set, report);
    ok = ok && report->code == KUBE_OK;
    kube_kubeconfig_set_t *unwanted = ok ? &handle->set : &set;
    kube_kubeconfig_set_dispose(unwanted);
    if (ok)
        handle->set = set;
    return ok;
}

static bool copy_text(kube_buffer_t *to, const kube_buffer_t *from)
{
    if (!kube_buffer_reserve(to, from->len))
        return false;
    kube_buffer_append(to, from->data, from->len);
    return true;
}

static int read_file(kube_kubeconfig_file_t *file, const char *path, kube_error_t *err)
{
    file->path = kube_mem_strdup(path);
    file->directory = kube_directory_of(path);
    if (!file->path || !file->directory)
        return kube_fail_memory(err);
    int code = kube_file_read(path, &file->base);
    if (code == KUBE_E_IO && errno == ENOENT)
        return KUBE_OK;
    file->exists = code == KUBE_OK;
    if (code == KUBE_OK)
        return copy_text(&file->text, &file->base) ? KUBE_OK : kube_fail_memory(err);
    if (code == KUBE_E_NO_MEMORY)
        return kube_fail_memory(err);
    return kube_fail(err, KUBE_E_CONFIG, "%s: %s", path, code == KUBE_E_LIMIT ? "the file is too large" : strerror(errno));
}

static int fill(kube_kubeconfig_t *handle, const kube_string_list_t *paths, kube_error_t *err)
{
    if (paths->len == 0)
        return kube_fail(err, KUBE_E_CONFIG, "no kubeconfig: neither KUBECONFIG nor HOME names a file");
    handle->files = kube_mem_zero(paths->len * sizeof *handle->files);
    if (!handle->files)
        return kube_fail_memory(err);
    for (size_t i = 0; i < paths->len; i++) {
        handle->file_count++;
        int code = read_file(&handle->files[i], paths->items[i], err);
        if (code < 0)
            return code;
    }
    kube_report_t report = { .err = err };
    kube_kubeconfig_refresh(handle, &report);
    return report.code;
}

int kube_kubeconfig_open(const char *path, kube_kubeconfig_t **out, kube_error_t *err)
{
    kube_error_reset(err);
    if (!out)
        return kube_fail(err, KUBE_E_USAGE, "out is NULL");
    *out = NULL;
    if (path && !*path)
        return kube_fail(err, KUBE_E_USAGE, "path is empty");
    kube_string_list_t paths;
    if (path ? !kube_kubeconfig_files_of(path, &paths) : !kube_kubeconfig_files_find(&paths))
        return kube_fail_memory(err);
    kube_kubeconfig_t *handle = kube_mem_zero(sizeof *handle);
    if (handle)
        handle->must_exist = path != NULL;
    int code = handle ? fill(handle, &paths, err) : kube_fail_memory(err);
    kube_kubeconfig_files_free(&paths);
    if (code < 0) {
        kube_kubeconfig_free(handle);
        return code;
    }
    *out = handle;
    return KUBE_OK;
}

void kube_pending_edit_dispose(kube_pending_edit_t *edit)
{
    for (size_t i = 0; i < edit->step_count; i++)
        kube_mem_free((char *)edit->steps[i].text);
    if (edit->json)
        kube_mem_wipe(edit->json, edit->json_len);
    kube_mem_free(edit->json);
    *edit = (kube_pending_edit_t){ 0 };
}

static void dispose_file(kube_kubeconfig_file_t *file)
{
    kube_mem_free(file->path);
    kube_mem_free(file->directory);
    kube_buffer_wipe(&file->base);
    kube_buffer_wipe(&file->text);
    for (size_t i = 0; i < file->edit_count; i++)
        kube_pending_edit_dispose(&file->edits[i]);
    kube_mem_free(file->edits);
}

void kube_kubeconfig_free(kube_kubeconfig_t *files)
{
    if (!files)
        return;
    for (size_t i = 0; i < files->file_count; i++)
        dispose_file(&files->files[i]);
    kube_mem_free(files->files);
    kube_kubeconfig_set_dispose(&files->set);
    kube_mem_free(files);
}

/* ---- looking ---- */

int kube_kubeconfig_check_usage(const kube_kubeconfig_t *files, int part, const char *name, kube_error_t *err)
{
    if (!files || !name)
        return kube_fail(err, KUBE_E_USAGE, "%s is NULL", files ? "name" : "files");
    if (!*name)
        return kube_fail(err, KUBE_E_USAGE, "name is empty");
    if (part < KUBE_KUBECONFIG_CLUSTER || part > KUBE_KUBECONFIG_CONTEXT)
        return kube_fail(err, KUBE_E_USAGE, "part %d is none of KUBE_KUBECONFIG_*", part);
    return KUBE_OK;
}

static bool is_part(int part)
{
    return part >= KUBE_KUBECONFIG_CLUSTER && part <= KUBE_KUBECONFIG_CONTEXT;
}

size_t kube_kubeconfig_count(const kube_kubeconfig_t *files, kube_kubeconfig_part_t part)
{
    return files && is_part((int)part) ? kube_kubeconfig_set_count(&files->set, part) : 0;
}

const char *kube_kubeconfig_name(const kube_kubeconfig_t *files, kube_kubeconfig_part_t part, size_t i)
{
    return files && is_part((int)part) ? kube_kubeconfig_set_name(&files->set, part, i) : NULL;
}

const char *kube_kubeconfig_file(const kube_kubeconfig_t *files, kube_kubeconfig_part_t part, const char *name)
{
    kube_kubeconfig_entry_at_t entry;
    bool found = files && name && is_part((int)part) && kube_kubeconfig_set_find(&files->set, part, name, &entry);
    return found ? entry.document->source : NULL;
}

const char *kube_kubeconfig_current(const kube_kubeconfig_t *files)
{
    return files ? kube_kubeconfig_set_current(&files->set, NULL) : NULL;
}

int kube_kubeconfig_get(const kube_kubeconfig_t *files, kube_kubeconfig_part_t part, const char *name, kube_config_t **out,
                        kube_error_t *err)
{
    static const kube_setting_part_t parts[] = { KUBE_PART_CLUSTER, KUBE_PART_USER, KUBE_PART_CONTEXT };
    kube_error_reset(err);
    if (!out)
        return kube_fail(err, KUBE_E_USAGE, "out is NULL");
    *out = NULL;
    int code = kube_kubeconfig_check_usage(files, (int)part, name, err);
    if (code < 0)
        return code;
    kube_kubeconfig_entry_at_t entry;
    if (!kube_kubeconfig_set_find(&files->set, part, name, &entry))
        return kube_fail(err, KUBE_E_NOT_FOUND, "%s: none is named \"%s\"", kube_kubeconfig_list_key(part), name);
    kube_config_t *config = kube_mem_zero(sizeof *config);
    if (!config)
        return kube_fail_memory(err);
    kube_report_t report = { .err = err };
    kube_tree_t tree = { .secret = true };
    if (entry.object)
        kube_kubeconfig_entry_read(&entry, parts[part], false, config, &tree, &report);
    else
        kube_kubeconfig_entry_add(&entry, &report, KUBE_PROBLEM_WRONG_TYPE, "", "must be a mapping");
    kube_tree_dispose(&tree);
    kube_kubeconfig_move_uris(config);
    if (report.code < 0) {
        kube_config_free(config);
        return report.code;
    }
    *out = config;
    return KUBE_OK;
}

/* ---- as a configuration ---- */

static bool set_origin(const kube_kubeconfig_t *files, const kube_config_options_t *options, kube_config_t *config)
{
    kube_string_list_t paths = { .items = kube_mem_zero(files->file_count * sizeof *paths.items), .len = files->file_count };
    if (!paths.items)
        return false;
    for (size_t i = 0; i < files->file_count; i++)
        paths.items[i] = files->files[i].path;
    const kube_config_origin_t origin = { .files = paths, .must_exist = files->must_exist,
                                          .options = options ? *options : (kube_config_options_t){ 0 } };
    bool ok = kube_config_set_origin(config, &origin);
    kube_mem_free(paths.items);
    return ok;
}

int kube_kubeconfig_config(const kube_kubeconfig_t *files, const kube_config_options_t *options, kube_config_t **out,
                           kube_error_t *err)
{
    kube_error_reset(err);
    if (!files || !out)
        return kube_fail(err, KUBE_E_USAGE, "%s is NULL", files ? "out" : "files");
    *out = NULL;
    bool empty = false;
    kube_report_t report;
    kube_problems_t **wanted = options ? options->problems : NULL;
    kube_config_t *config = NULL;
    if (kube_report_begin(&report, wanted, err))
        config = kube_kubeconfig_choose(&files->set, options, &report, &empty);
    if (config && !set_origin(files, options, config)) {
        kube_report_memory(&report);
        kube_config_free(config);
        config = NULL;
    }
    *out = config;
    return kube_report_end(&report, wanted);
}
