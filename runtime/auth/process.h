/* A program that runs beside this one and prints something. */
#ifndef KUBE_AUTH_PROCESS_H
#define KUBE_AUTH_PROCESS_H

#include <kube/memory.h>
#include <sys/types.h>

/* What is started, and how. */
typedef struct kube_program {
    const char *path;
    char *const *arguments, *const *environment; /* end with NULL */
    bool reads;        /* its input is this program's, else empty */
    size_t max_output; /* bytes; it is killed when it prints more */
} kube_program_t;

/* All zero: none runs. */
typedef struct kube_process {
    pid_t pid;    /* 0: none */
    pid_t parent; /* who may kill it: a forked child has its parent's processes in memory too */
    int pipe;
    size_t max_output;
    kube_buffer_t output;
    int code;     /* KUBE_OK, or KUBE_E_LIMIT, KUBE_E_NO_MEMORY: it was killed for that */
    int status;   /* once it has ended: of waitpid; 0 also when the host program asked for it first */
} kube_process_t;

/*
 * The path of a program: command itself if it has a slash, else the first executable file of that name in the absolute
 * directories of PATH. Put into path. Errors: KUBE_E_CONFIG (there is no such file, or it cannot be executed), KUBE_E_NO_MEMORY.
 */
int kube_program_find(const char *command, kube_buffer_t *path, kube_error_t *err);
/*
 * Starts a program, without a shell, with the usual signals. Its output is gathered, its errors go where this program's go. program:
 * borrowed meanwhile. Errors: KUBE_E_CONFIG (it cannot be started), KUBE_E_IO.
 */
int kube_process_start(kube_process_t *process, const kube_program_t *program, kube_error_t *err);
/* Moves some of the output there is, without waiting. True when it has ended and everything was read. */
bool kube_process_look(kube_process_t *process);
/* Kills it if it runs, waits for that, and frees everything, overwriting the output. */
void kube_process_dispose(kube_process_t *process);

#endif
