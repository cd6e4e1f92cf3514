/* The problems of one document, printed in the order of their lines as FILE:LINE: PATH: MESSAGE. */
#ifndef FINDINGS_H
#define FINDINGS_H

#include <kube/memory.h>

typedef struct findings {
    struct finding *items;
    size_t count, capacity;
    size_t more;   /* found beyond those that lists of problems keep */
    bool failed;   /* out of memory */
} findings_t;

/* Notes a problem. prefix and path together say where; all text is copied. */
void findings_add(findings_t *findings, size_t line, const char *prefix, const char *path, const char *message);
/* Prints all of them to standard error and empties the list; returns whether there were any. */
bool findings_print(findings_t *findings, const char *file);
void findings_dispose(findings_t *findings);

#endif
