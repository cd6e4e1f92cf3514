/* Merge keys (`<<`): a mapping's JSON, written with its merge keys, becomes the JSON they mean. */
#ifndef KUBE_OBJECT_YAML_MERGE_H
#define KUBE_OBJECT_YAML_MERGE_H

#include "object/yaml_lines.h"

#include <kube/memory.h>

/*
 * Rewrites the members of one object: the text of json from offset start to its end, no braces. marks: the offsets of the
 * members that are merge keys, in order; their values are objects, or arrays of objects of which the first counts most. As the
 * Kubernetes tools have it, the later one of a merged and another member of the same name stands. Members that were written
 * twice stay twice. lines: the document's table, of which offset 0 is at json's offset base. False when memory is exhausted.
 */
bool kube_yaml_merge(kube_buffer_t *json, size_t start, const size_t *marks, size_t mark_count, kube_yaml_lines_t *lines, size_t base);

#endif
