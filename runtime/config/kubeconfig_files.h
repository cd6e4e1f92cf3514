/* Which kubeconfig files there are. */
#ifndef KUBE_CONFIG_KUBECONFIG_FILES_H
#define KUBE_CONFIG_KUBECONFIG_FILES_H

#include <kube/error.h>
#include <kube/value.h>

/*
 * The files that KUBECONFIG lists, each once, or ~/.kube/config, by their absolute paths; none when neither KUBECONFIG nor HOME is
 * set. False when memory is exhausted.
 */
bool kube_kubeconfig_files_find(kube_string_list_t *files);
/* The one file `path`. False when memory is exhausted. */
bool kube_kubeconfig_files_of(const char *path, kube_string_list_t *files);
void kube_kubeconfig_files_free(kube_string_list_t *files);

/* The directory of a file, to be freed: NULL when memory is exhausted. */
char *kube_directory_of(const char *path);

#endif
