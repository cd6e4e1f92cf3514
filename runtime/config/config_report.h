/* What is wrong with a configuration: the first problem, and if wanted all of them. */
#ifndef KUBE_CONFIG_CONFIG_REPORT_H
#define KUBE_CONFIG_CONFIG_REPORT_H

#include <kube/problems.h>

typedef struct kube_report {
    kube_error_t *err;         /* gets the first problem */
    kube_problems_t *problems; /* gets all; NULL: they are not wanted */
    int code;                  /* KUBE_OK until something is wrong */
} kube_report_t;

/* Begins a report. wanted: where the caller wants the list of problems; NULL: not at all. False when memory is exhausted. */
bool kube_report_begin(kube_report_t *report, kube_problems_t **wanted, kube_error_t *err);
/* Hands the list over when there is something in it. Returns the report's code. */
int kube_report_end(kube_report_t *report, kube_problems_t **wanted);

enum { KUBE_REPORT_PATH_SIZE = 256 };

/* Where a key of an entry is, "users[ci].user.exec.command"; of a long name less, so that the key always stands there. key: may be "". */
void kube_report_path(char path[KUBE_REPORT_PATH_SIZE], const char *list, const char *name, const char *member, const char *key);
/*
 * Adds a problem at a key of a file (source; NULL: not from a file; line: 0 when not known). path may be "". The text must
 * tell no secret; what is not printable in it is replaced.
 */
void kube_report_add(kube_report_t *report, kube_problem_kind_t kind, const char *source, size_t line, const char *path,
                     const char *format, ...)
    KUBE_FORMAT(6, 7);
/* Out of memory: nothing else matters any more. Returns false. */
bool kube_report_memory(kube_report_t *report);

static inline bool kube_report_out_of_memory(const kube_report_t *report)
{
    return report->code == KUBE_E_NO_MEMORY;
}

#endif
