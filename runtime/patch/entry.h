/* What the public functions of this folder share: objects and texts to trees. */
#ifndef KUBE_PATCH_ENTRY_H
#define KUBE_PATCH_ENTRY_H

#include <kube/patch.h>

#include "object/tree.h"

/* Encodes an object; object NULL: leaves *out all zero. *buffer holds the text. */
int kube_patch_encode(const kube_type_t *type, const void *object, kube_buffer_t *buffer, kube_text_t *out, kube_error_t *err);
/* Reads a text that must be a JSON object; text NULL: an empty object. NULL on failure. */
kube_value_t *kube_patch_read_object(kube_tree_t *tree, kube_text_t text, const char *what);
/* Ends an entry point: appends value if there is one, frees the tree, returns its code. */
int kube_patch_finish(kube_tree_t *tree, const kube_value_t *value, kube_buffer_t *out);

#endif
