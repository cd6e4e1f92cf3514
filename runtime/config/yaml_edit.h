/* Changing one place of a YAML text. */
#ifndef KUBE_CONFIG_YAML_EDIT_H
#define KUBE_CONFIG_YAML_EDIT_H

#include "object/tree.h"

/* One step into a document: to the value of a mapping's key, or to the item of a sequence that has that `name`. */
typedef struct kube_step {
    bool is_item;
    const char *text;
} kube_step_t;

/* No path is longer. */
#define KUBE_STEPS_MAX 6

/* A place, and what is to stand there. */
typedef struct kube_edit {
    const kube_step_t *steps;
    size_t step_count; /* at least one; the first is to a key */
    const char *json;  /* the value; NULL: remove what is there */
    size_t json_len;
} kube_edit_t;

/*
 * Makes an edit in document number `document` (of those that are not empty; when there is none, one is added at the end).
 * Mappings, and items with their names, that are missing on the way are made; to remove what is not there is no error.
 * Everything else stays as it is, comments included; where the place is part of something that cannot be changed piecemeal
 * (an alias), the whole of that is written anew. The result has been read again and says what it should. text: UTF-8,
 * replaced; old memory is overwritten. Errors: KUBE_E_UNSUPPORTED (the text cannot be changed that way), KUBE_E_NO_MEMORY;
 * the text is then as before.
 */
int kube_yaml_edit(kube_buffer_t *text, size_t document, const kube_edit_t *edit, kube_error_t *err);

#endif
