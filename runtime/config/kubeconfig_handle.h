/* What a handle on kubeconfig files holds. */
#ifndef KUBE_CONFIG_KUBECONFIG_HANDLE_H
#define KUBE_CONFIG_KUBECONFIG_HANDLE_H

#include <kube/kubeconfig.h>

#include "config/kubeconfig_set.h"
#include "config/yaml_edit.h"

/* A change that is not saved yet. Owns its texts. */
typedef struct kube_pending_edit {
    kube_step_t steps[KUBE_STEPS_MAX];
    size_t step_count;
    char *json; /* NULL: remove */
    size_t json_len;
} kube_pending_edit_t;

typedef struct kube_kubeconfig_file {
    char *path, *directory;
    bool exists;
    kube_buffer_t base; /* as it was read */
    kube_buffer_t text; /* with the edits */
    kube_pending_edit_t *edits;
    size_t edit_count, edit_capacity;
} kube_kubeconfig_file_t;

struct kube_kubeconfig {
    kube_kubeconfig_file_t *files;
    size_t file_count;
    bool must_exist; /* the file was named by the caller */
    kube_kubeconfig_set_t set; /* what the texts say */
};

/* Reads the documents of all files anew. Problems are reported; the old ones stay then. */
bool kube_kubeconfig_refresh(kube_kubeconfig_t *handle, kube_report_t *report);
/* Adds a file's texts to a set, or those of another text in its place. */
bool kube_kubeconfig_add_to(const kube_kubeconfig_file_t *file, const kube_buffer_t *text, kube_kubeconfig_set_t *set,
                            kube_report_t *report);
/*
 * Makes an edit in a file's text: in the document that has its place, else in the first. set: what the text says, or said before edits of
 * the same entry; those of other files do not count. err names the file.
 */
int kube_kubeconfig_apply(const kube_kubeconfig_file_t *file, const kube_kubeconfig_set_t *set, kube_buffer_t *text,
                          const kube_pending_edit_t *edit, kube_error_t *err);
void kube_pending_edit_dispose(kube_pending_edit_t *edit);
/* Whether files and part can be worked with; else reports KUBE_E_USAGE. */
int kube_kubeconfig_check_usage(const kube_kubeconfig_t *files, int part, const char *name, kube_error_t *err);

#endif
