#include "config/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"

/* realloc would leave the old bytes behind, so a full buffer is moved and wiped by hand. */
static bool grow(kube_buffer_t *buffer)
{
    kube_buffer_t larger = { 0 };
    if (!kube_buffer_reserve(&larger, 2 * buffer->capacity + 4096))
        return false;
    kube_buffer_append(&larger, buffer->data, buffer->len);
    kube_buffer_wipe(buffer);
    *buffer = larger;
    return true;
}

static int read_all(int fd, kube_buffer_t *buffer)
{
    struct stat status;
    size_t expected = fstat(fd, &status) == 0 && status.st_size > 0 ? (size_t)status.st_size : 0;
    if (expected > KUBE_FILE_MAX)
        return KUBE_E_LIMIT;
    if (!kube_buffer_reserve(buffer, expected + 1))
        return KUBE_E_NO_MEMORY;
    for (;;) {
        if (buffer->len + 1 >= buffer->capacity && !grow(buffer))
            return KUBE_E_NO_MEMORY;
        ssize_t got = read(fd, buffer->data + buffer->len, buffer->capacity - buffer->len - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return KUBE_E_IO;
        buffer->len += (size_t)got;
        buffer->data[buffer->len] = '\0';
        if (got == 0)
            return KUBE_OK;
        if (buffer->len > KUBE_FILE_MAX)
            return KUBE_E_LIMIT;
    }
}

int kube_file_read(const char *path, kube_buffer_t *buffer)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return KUBE_E_IO;
    int code = read_all(fd, buffer);
    int saved = errno;
    close(fd);
    if (code < 0)
        kube_buffer_wipe(buffer);
    errno = saved;
    return code;
}

int kube_file_read_for(const char *key, const char *path, kube_buffer_t *buffer, kube_error_t *err)
{
    int code = kube_file_read(path, buffer);
    if (code == KUBE_E_NO_MEMORY)
        return kube_fail_memory(err);
    if (code == KUBE_E_LIMIT)
        return kube_fail(err, KUBE_E_CONFIG, "%s: %s is larger than %zu bytes", key, path, KUBE_FILE_MAX);
    if (code < 0)
        return kube_fail(err, KUBE_E_CONFIG, "%s: cannot read %s: %s", key, path, strerror(errno));
    return KUBE_OK;
}
