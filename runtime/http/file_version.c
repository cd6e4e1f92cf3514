#include "http/file_version.h"

bool kube_file_look(const char *path, kube_file_version_t *version)
{
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return false;
#ifdef __APPLE__
    struct timespec modified = status.st_mtimespec;
#else
    struct timespec modified = status.st_mtim;
#endif
    *version = (kube_file_version_t){ .device = status.st_dev, .inode = status.st_ino, .size = status.st_size, .modified = modified };
    return true;
}

bool kube_file_is_same(const kube_file_version_t *a, const kube_file_version_t *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size && a->modified.tv_sec == b->modified.tv_sec &&
           a->modified.tv_nsec == b->modified.tv_nsec;
}

bool kube_files_are_same(const kube_file_version_t *a, const kube_file_version_t *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!kube_file_is_same(&a[i], &b[i]))
            return false;
    }
    return true;
}
