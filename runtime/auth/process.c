#include "auth/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "auth/text.h"
#include "base/fail.h"
#include "base/memory.h"

/* Of output that are moved at one look. */
#define SHARE_BYTES ((size_t)1 << 20)

/* ---- finding ---- */

static bool is_program(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

static int check_program(const char *path, kube_error_t *err)
{
    if (is_program(path))
        return KUBE_OK;
    return kube_fail(err, KUBE_E_CONFIG, "cannot be started: %s", access(path, F_OK) != 0 ? strerror(errno) : "not an executable file");
}

int kube_program_find(const char *command, kube_buffer_t *path, kube_error_t *err)
{
    if (strchr(command, '/')) {
        kube_buffer_puts(path, command);
        return path->failed ? kube_fail_memory(err) : check_program(path->data, err);
    }
    size_t len;
    for (const char *at = getenv("PATH"); at; at = at[len] ? at + len + 1 : NULL) {
        len = strcspn(at, ":");
        /* What is found depends on no working directory. */
        if (*at != '/')
            continue;
        kube_buffer_clear(path);
        kube_buffer_append(path, at, len);
        kube_buffer_puts(path, "/");
        kube_buffer_puts(path, command);
        if (path->failed)
            return kube_fail_memory(err);
        if (is_program(path->data))
            return KUBE_OK;
    }
    return kube_fail(err, KUBE_E_CONFIG, "there is no such program in PATH");
}

/* ---- starting ---- */

static bool open_pipe(int ends[2])
{
#ifdef __APPLE__
    if (pipe(ends) != 0)
        return false;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#else
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
#endif
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
#ifdef F_SETPIPE_SZ
    /* Who prints much need not wait for each look; without it, only slower. */
    (void)fcntl(ends[0], F_SETPIPE_SZ, (int)SHARE_BYTES);
#endif
    return true;
}

/* A host that ignores or blocks signals does not want that of its plugins. */
static int set_signals(posix_spawnattr_t *attributes)
{
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGCHLD);
    sigaddset(&usual, SIGINT);
    sigaddset(&usual, SIGTERM);
    int error = posix_spawnattr_setsigmask(attributes, &none);
    if (!error)
        error = posix_spawnattr_setsigdefault(attributes, &usual);
    return error ? error : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

/* Of the host program's descriptors, a plugin gets its error output, and its input when it may read: not what others left to be inherited. */
static int keep_descriptors(posix_spawn_file_actions_t *actions)
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    return posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
#else
    (void)actions;
    return 0;
#endif
}

static int spawn(kube_process_t *process, const kube_program_t *program, int output)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (!error) {
        error = set_signals(&attributes);
        if (!error)
            error = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
        if (!error && !program->reads)
            error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        if (!error)
            error = keep_descriptors(&actions);
        if (!error)
            error = posix_spawn(&process->pid, program->path, &actions, &attributes, program->arguments, program->environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int kube_process_start(kube_process_t *process, const kube_program_t *program, kube_error_t *err)
{
    int ends[2];
    *process = (kube_process_t){ .parent = getpid(), .max_output = program->max_output };
    if (!open_pipe(ends))
        return kube_fail(err, KUBE_E_IO, "no pipe to read from: %s", strerror(errno));
    int error = spawn(process, program, ends[1]);
    close(ends[1]);
    if (error) {
        close(ends[0]);
        *process = (kube_process_t){ 0 };
        return kube_fail(err, KUBE_E_CONFIG, "cannot be started: %s", strerror(error));
    }
    process->pipe = ends[0];
    return KUBE_OK;
}

/* ---- running ---- */

/* Whether there is no more for now. A program that never stops printing does not keep an event loop from going round. */
static bool read_output(kube_process_t *process)
{
    char piece[4096];
    ssize_t got = 1;
    for (size_t moved = 0; process->code == KUBE_OK && moved < SHARE_BYTES; moved += got > 0 ? (size_t)got : 0) {
        got = read(process->pipe, piece, sizeof piece);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        if ((size_t)got > process->max_output - process->output.len)
            process->code = KUBE_E_LIMIT;
        else if (!kube_append_secret(&process->output, piece, (size_t)got))
            process->code = KUBE_E_NO_MEMORY;
    }
    kube_mem_wipe(piece, sizeof piece);
    return got <= 0;
}

/* Waits for its end. Where the host program ignores SIGCHLD, or waits for every child, nobody knows how. */
static bool reap(kube_process_t *process)
{
    pid_t ended;
    do
        ended = waitpid(process->pid, &process->status, 0);
    while (ended < 0 && errno == EINTR);
    if (ended < 0)
        process->status = 0;
    process->pid = 0;
    close(process->pipe);
    return true;
}

static bool has_ended(const kube_process_t *process)
{
    siginfo_t info = { 0 };
    /* It stays to be reaped: what it wrote at last is read first. */
    return waitid(P_PID, (id_t)process->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ? errno != EINTR : info.si_pid != 0;
}

bool kube_process_look(kube_process_t *process)
{
    bool ended = has_ended(process);
    bool dry = read_output(process);
    /* One that the host program has reaped already may have left its number to another. */
    if (process->code < 0 && !ended)
        kill(process->pid, SIGKILL);
    return ((ended && dry) || process->code < 0) && reap(process);
}

void kube_process_dispose(kube_process_t *process)
{
    if (process->pid && process->parent == getpid()) {
        if (!has_ended(process))
            kill(process->pid, SIGKILL);
        reap(process);
    } else if (process->pid) {
        close(process->pipe);
    }
    kube_buffer_wipe(&process->output);
    *process = (kube_process_t){ 0 };
}
