/* Full lists of problems: what strict decoding, checks and validation found wrong. */
#ifndef KUBE_PROBLEMS_H
#define KUBE_PROBLEMS_H

#include <kube/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum kube_problem_kind {
    KUBE_PROBLEM_SYNTAX = 1,      /* not well-formed */
    KUBE_PROBLEM_UNKNOWN_FIELD,
    KUBE_PROBLEM_DUPLICATE_FIELD,
    KUBE_PROBLEM_WRONG_TYPE,
    KUBE_PROBLEM_REQUIRED,        /* a required field is absent */
    KUBE_PROBLEM_NOT_ALLOWED,     /* a value outside the allowed ones */
    KUBE_PROBLEM_BAD_VALUE        /* a value that does not read as its format: quantity, time */
} kube_problem_kind_t;

/* One problem; its strings are owned by the list. */
typedef struct kube_problem {
    kube_problem_kind_t kind;
    size_t offset;       /* byte offset into the JSON input; 0 for checks of objects in memory */
    size_t line;         /* 1-based line of the input; 0 when not known */
    const char *path;    /* "spec.template.spec.containers[0].imagee"; "" for the whole input */
    const char *message; /* one line, "unknown field" */
    const char *source;  /* the file, for problems of configurations; NULL: not from a file */
} kube_problem_t;

/* A list of problems, at most 10,000; further ones are only counted. Freed with kube_problems_free. Reading it is thread-safe. */
typedef struct kube_problems kube_problems_t;

/* How many are in the list. NULL: 0. */
KUBE_API size_t kube_problems_count(const kube_problems_t *problems);
/* How many were found in all, also beyond those kept. NULL: 0. */
KUBE_API size_t kube_problems_total(const kube_problems_t *problems);
/* The i-th one, or NULL when i is out of range. Borrowed until the list is freed. */
KUBE_API const kube_problem_t *kube_problems_at(const kube_problems_t *problems, size_t i);
/* Frees the list. NULL is allowed. */
KUBE_API void kube_problems_free(kube_problems_t *problems);

#ifdef __cplusplus
}
#endif
#endif
