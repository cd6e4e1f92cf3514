/* A table from offsets in a document's JSON to lines of its YAML. */
#ifndef KUBE_OBJECT_YAML_LINES_H
#define KUBE_OBJECT_YAML_LINES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct kube_yaml_line {
    size_t offset; /* where JSON begins that comes from ... */
    size_t line;   /* ... this line, until the next entry */
} kube_yaml_line_t;

/* Entries in the order of their offsets. All-zero is an empty table. */
typedef struct kube_yaml_lines {
    kube_yaml_line_t *items;
    size_t len, capacity;
} kube_yaml_lines_t;

/* What stands at `offset` (not before the last entry's) comes from `line`. False when memory is exhausted. */
bool kube_yaml_lines_add(kube_yaml_lines_t *lines, size_t offset, size_t line);
/* The first entry behind `offset`. */
size_t kube_yaml_lines_after(const kube_yaml_lines_t *lines, size_t offset);
/* The line of `offset`; 0 when nothing is known. */
size_t kube_yaml_lines_find(const kube_yaml_lines_t *lines, size_t offset);
void kube_yaml_lines_dispose(kube_yaml_lines_t *lines);

#endif
