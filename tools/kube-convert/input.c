#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define CHUNK ((size_t)1 << 16)

static bool read_all(int descriptor, kube_buffer_t *text)
{
    for (;;) {
        if (!kube_buffer_reserve(text, CHUNK)) {
            errno = ENOMEM;
            return false;
        }
        ssize_t got = read(descriptor, text->data + text->len, text->capacity - text->len - 1);
        if (got == 0)
            return true;
        if (got > 0)
            text->len += (size_t)got;
        else if (errno != EINTR)
            return false;
    }
}

bool input_read(const char *path, kube_buffer_t *text)
{
    if (strcmp(path, "-") == 0)
        return read_all(STDIN_FILENO, text);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    bool done = read_all(descriptor, text);
    int why = errno;
    close(descriptor);
    errno = why;
    return done;
}
