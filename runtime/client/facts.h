/* Reading an object by the names of its fields, whatever its type holds as structs, free-form or unknown: through its JSON. */
#ifndef KUBE_CLIENT_FACTS_H
#define KUBE_CLIENT_FACTS_H

#include <kube/type.h>

#include "object/tree.h"

typedef struct kube_facts {
    kube_tree_t tree;
    kube_buffer_t text;
    const kube_value_t *root;
} kube_facts_t;

/* object: not NULL. Errors: KUBE_E_NO_MEMORY, KUBE_E_INVALID, KUBE_E_LIMIT; kube_facts_dispose is due in any case. */
int kube_facts_read(kube_facts_t *facts, const kube_type_t *type, const void *object);
void kube_facts_dispose(kube_facts_t *facts);

/* The value at a path as kube_wanted_value_t has it; *found: NULL when there is none. False: the path is malformed. */
bool kube_facts_find(const kube_value_t *from, const char *path, const kube_value_t **found);
/* The value at a well-formed path, or NULL. from: NULL allowed. */
const kube_value_t *kube_facts_at(const kube_value_t *from, const char *path);
/* The same as an integer; fallback when it is none. */
int64_t kube_facts_number(const kube_value_t *from, const char *path, int64_t fallback);
/* The same as a string; "" when it is none. */
const char *kube_facts_text(const kube_value_t *from, const char *path);
/* The item of status.conditions with that type, or NULL. */
const kube_value_t *kube_facts_condition(const kube_facts_t *facts, const char *type);

#endif
