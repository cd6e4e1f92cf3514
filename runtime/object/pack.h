/* Packing: an object that was just decoded, moved into one block that fits. */
#ifndef KUBE_OBJECT_PACK_H
#define KUBE_OBJECT_PACK_H

#include <kube/type.h>

/*
 * The object in an arena of one chunk, as kube_dup makes it; the other is freed. Where the arena of the object is two chunks,
 * structs and text, as that of a small object is, they are copied as they are and pointers are set right; else it is kube_dup.
 * The object must not be shared, and none of its structs may be referred to twice. NULL: no memory; the object is freed all the
 * same.
 */
void *kube_pack(const kube_type_t *type, void *object);

#endif
