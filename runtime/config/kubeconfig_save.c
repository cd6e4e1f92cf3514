#include <errno.h>
#include <string.h>

#include "base/fail.h"
#include "config/file.h"
#include "config/kubeconfig_handle.h"
#include "config/replace_file.h"

#define LOCK_TIMEOUT_MS 10000

static bool same_text(const kube_buffer_t *a, const kube_buffer_t *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static int apply(const kube_kubeconfig_file_t *file, kube_buffer_t *text, const kube_pending_edit_t *edit, kube_error_t *err)
{
    kube_kubeconfig_set_t set = { 0 };
    kube_report_t report = { .err = err };
    kube_kubeconfig_add_to(file, text, &set, &report);
    int code = report.code < 0 ? report.code : kube_kubeconfig_apply(file, &set, text, edit, err);
    kube_kubeconfig_set_dispose(&set);
    return code;
}

/* Makes the edits again, in what others have written in the meantime. */
static int edit_anew(kube_kubeconfig_file_t *file, const kube_buffer_t *now, kube_buffer_t *text, kube_error_t *err)
{
    if (!kube_buffer_reserve(text, now->len))
        return kube_fail_memory(err);
    kube_buffer_append(text, now->data, now->len);
    int code = KUBE_OK;
    for (size_t i = 0; i < file->edit_count && code == KUBE_OK; i++)
        code = apply(file, text, &file->edits[i], err);
    return code;
}

/* With the lock held. now: what is in the file. */
static int write_edits(kube_kubeconfig_file_t *file, const kube_buffer_t *now, kube_error_t *err)
{
    kube_buffer_t text = { 0 };
    int code = KUBE_OK;
    if (!same_text(now, &file->base)) {
        code = edit_anew(file, now, &text, err);
        if (code == KUBE_OK) {
            kube_buffer_wipe(&file->text);
            file->text = text;
            text = (kube_buffer_t){ 0 };
        }
    }
    if (code == KUBE_OK)
        code = kube_file_replace(file->path, file->text.data ? file->text.data : "", file->text.len, err);
    kube_buffer_wipe(&text);
    return code;
}

/* The text becomes what was read; when there is no memory for that, the next save reads the file again. */
static void settle(kube_kubeconfig_file_t *file)
{
    kube_buffer_wipe(&file->base);
    if (kube_buffer_reserve(&file->base, file->text.len))
        kube_buffer_append(&file->base, file->text.data, file->text.len);
    file->exists = true;
    while (file->edit_count > 0)
        kube_pending_edit_dispose(&file->edits[--file->edit_count]);
}

static int save_file(kube_kubeconfig_file_t *file, kube_error_t *err)
{
    char *lock;
    kube_buffer_t now = { 0 };
    int code = kube_file_lock(file->path, LOCK_TIMEOUT_MS, &lock, err);
    if (code < 0)
        return code;
    code = kube_file_read(file->path, &now);
    if (code == KUBE_E_IO && errno == ENOENT)
        code = KUBE_OK;
    else if (code < 0)
        kube_fail(err, code, "%s: %s", file->path, code == KUBE_E_IO ? strerror(errno) : "cannot be read");
    if (code == KUBE_OK)
        code = write_edits(file, &now, err);
    kube_file_unlock(lock);
    kube_buffer_wipe(&now);
    if (code == KUBE_OK)
        settle(file);
    return code;
}

int kube_kubeconfig_save(kube_kubeconfig_t *files, kube_error_t *err)
{
    kube_error_reset(err);
    if (!files)
        return kube_fail(err, KUBE_E_USAGE, "files is NULL");
    for (size_t i = 0; i < files->file_count; i++) {
        int code = files->files[i].edit_count ? save_file(&files->files[i], err) : KUBE_OK;
        if (code < 0)
            return code;
    }
    kube_report_t report = { .err = err };
    kube_kubeconfig_refresh(files, &report);
    return report.code;
}
