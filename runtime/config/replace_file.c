#include "config/replace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <kube/memory.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/memory.h"
#include "config/kubeconfig_files.h"

#define LOCK_PAUSE_MS 20

static int fail_io(kube_error_t *err, const char *what, const char *path)
{
    return kube_fail(err, KUBE_E_IO, "%s: %s: %s", path, what, strerror(errno));
}

static char *with_suffix(const char *path, const char *suffix)
{
    kube_buffer_t name = { 0 };
    kube_buffer_printf(&name, "%s%s", path, suffix);
    if (name.failed)
        kube_buffer_dispose(&name);
    return name.data;
}

/* ---- the lock ---- */

/* Makes the directories above a file. path is changed while this goes on. */
static bool make_directories(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool ok = mkdir(path, 0755) == 0 || errno == EEXIST || errno == EISDIR;
        *slash = '/';
        if (!ok)
            return false;
    }
    return true;
}

static int take_lock(char *lock, int64_t timeout_ms, kube_error_t *err)
{
    int64_t until = kube_now_ms() + timeout_ms;
    bool has_directories = false;
    for (;;) {
        int fd = open(lock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0) {
            close(fd);
            return KUBE_OK;
        }
        if (errno == ENOENT && !has_directories) {
            has_directories = true;
            if (make_directories(lock))
                continue;
        }
        if (errno != EEXIST)
            return fail_io(err, "cannot be made", lock);
        if (kube_now_ms() >= until)
            return kube_fail(err, KUBE_E_TIMEOUT, "%s: held by another program, or left behind by one that was killed", lock);
        nanosleep(&(struct timespec){ .tv_nsec = LOCK_PAUSE_MS * 1000000L }, NULL);
    }
}

int kube_file_lock(const char *path, int64_t timeout_ms, char **lock, kube_error_t *err)
{
    *lock = with_suffix(path, ".lock");
    if (!*lock)
        return kube_fail_memory(err);
    int code = take_lock(*lock, timeout_ms, err);
    if (code < 0) {
        kube_mem_free(*lock);
        *lock = NULL;
    }
    return code;
}

void kube_file_unlock(char *lock)
{
    if (lock)
        unlink(lock);
    kube_mem_free(lock);
}

/* ---- the file ---- */

static bool write_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t written = write(fd, text, len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        text += written;
        len -= (size_t)written;
    }
    return true;
}

/* As the file that was there was. Only its owner and root may give it away: if we are neither, it becomes ours. */
static bool set_mode(int fd, const char *target)
{
    struct stat status, own;
    if (stat(target, &status) != 0)
        return errno == ENOENT;
    if (fstat(fd, &own) != 0)
        return false;
    bool given = (own.st_uid == status.st_uid && own.st_gid == status.st_gid) || fchown(fd, status.st_uid, status.st_gid) == 0;
    mode_t mode = status.st_mode & 0777;
    return fchmod(fd, given ? mode : mode & 0700) == 0;
}

static void sync_directory(const char *target)
{
    char *directory = kube_directory_of(target);
    int fd = directory ? open(directory, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    kube_mem_free(directory);
}

static int write_and_rename(int fd, const char *temporary, const char *target, const char *text, size_t len, kube_error_t *err)
{
    bool ok = set_mode(fd, target) && write_all(fd, text, len) && fsync(fd) == 0;
    int code = ok ? KUBE_OK : fail_io(err, "cannot be written", target);
    close(fd);
    if (code == KUBE_OK && rename(temporary, target) != 0)
        code = fail_io(err, "cannot be replaced", target);
    if (code < 0)
        unlink(temporary);
    else
        sync_directory(target);
    return code;
}

/* What a symbolic link says, as seen from where it is. */
static bool read_link(const char *link, char target[PATH_MAX])
{
    const char *slash = strrchr(link, '/');
    size_t used = slash ? (size_t)(slash - link) + 1 : 0;
    char said[PATH_MAX];
    ssize_t len = readlink(link, said, sizeof said - 1);
    if (len < 0)
        return false;
    if (*said == '/')
        used = 0;
    if (used + (size_t)len >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(target, link, used);
    memcpy(target + used, said, (size_t)len);
    target[used + (size_t)len] = '\0';
    return true;
}

/* Where symbolic links lead, also when nothing is there yet. */
static bool follow(const char *path, char target[PATH_MAX])
{
    enum { MAX_LINKS = 40 };
    char at[PATH_MAX];
    if (strlen(path) >= sizeof at) {
        errno = ENAMETOOLONG;
        return false;
    }
    strcpy(target, path);
    for (int i = 0; i < MAX_LINKS; i++) {
        strcpy(at, target);
        if (realpath(at, target))
            return true;
        if (errno != ENOENT)
            return false;
        if (!read_link(at, target)) {
            strcpy(target, at);
            return errno == ENOENT || errno == EINVAL;
        }
    }
    errno = ELOOP;
    return false;
}

int kube_file_replace(const char *path, const char *text, size_t len, kube_error_t *err)
{
    char target[PATH_MAX];
    if (!follow(path, target))
        return fail_io(err, "cannot be found", path);
    /* Who may write into the directory could replace it all the same, but it is protected. */
    if (faccessat(AT_FDCWD, target, W_OK, AT_EACCESS) != 0 && errno != ENOENT)
        return fail_io(err, "cannot be written", target);
    char *temporary = with_suffix(target, ".XXXXXX");
    if (!temporary)
        return kube_fail_memory(err);
    int fd = mkostemp(temporary, O_CLOEXEC);
    int code = fd >= 0 ? write_and_rename(fd, temporary, target, text, len, err) : fail_io(err, "cannot be written", target);
    kube_mem_free(temporary);
    return code;
}
