/* Whether a file is still the one that was read. */
#ifndef KUBE_HTTP_FILE_VERSION_H
#define KUBE_HTTP_FILE_VERSION_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <time.h>

/* What tells one version of a file from another. */
typedef struct kube_file_version {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
} kube_file_version_t;

/* False, and *version untouched, when there is no such file, or it is none that can be read twice (a pipe, a terminal). */
bool kube_file_look(const char *path, kube_file_version_t *version);
bool kube_file_is_same(const kube_file_version_t *a, const kube_file_version_t *b);
/* Each of one row and its neighbour of the other. */
bool kube_files_are_same(const kube_file_version_t *a, const kube_file_version_t *b, size_t count);

#endif
