/* The owner of a root object. */
#ifndef KUBE_OBJECT_OWNER_H
#define KUBE_OBJECT_OWNER_H

#include <kube/object.h>

#include "base/arena.h"

/* The arena that holds a root, or NULL: a user's own, or object is NULL. */
kube_owner_t *kube_owner_of(const void *object);
/* Sets the owner of a struct that is a root; does nothing for other types. */
void kube_own(void *object, const kube_type_t *type, kube_owner_t *owner);

#endif
