/* Collecting problems. */
#ifndef KUBE_OBJECT_PROBLEMS_H
#define KUBE_OBJECT_PROBLEMS_H

#include <kube/problems.h>

kube_problems_t *kube_problems_new(void);
/* Adds one; strings are copied. False when memory is exhausted. */
bool kube_problems_add(kube_problems_t *problems, const kube_problem_t *problem);
/* Sets the lines of all problems from their offsets. */
void kube_problems_set_lines(kube_problems_t *problems, size_t (*line_of)(const void *context, size_t offset), const void *context);

#endif
