/* Where a walk over an object is: a path that grows and shrinks, "spec.containers[0].image". */
#ifndef KUBE_OBJECT_WALK_PATH_H
#define KUBE_OBJECT_WALK_PATH_H

#include <kube/memory.h>
#include <kube/type.h>

/* Each returns the length to cut back to with kube_path_cut. */
size_t kube_path_field(kube_buffer_t *path, const kube_field_t *field);
size_t kube_path_item(kube_buffer_t *path, size_t index);
size_t kube_path_key(kube_buffer_t *path, const char *key);
void kube_path_cut(kube_buffer_t *path, size_t len);

#endif
