/* Comparing single values. */
#ifndef KUBE_OBJECT_EQUAL_H
#define KUBE_OBJECT_EQUAL_H

#include <stdbool.h>

#include <kube/value.h>

/* As kube_equal, for two values of a kind (kube_kind_t) and the type that a field or an element names. */
bool kube_equal_value(unsigned kind, const void *type, const void *a, const void *b);

/*
 * Whether `fields` has one of that name with a value that `same` takes. The search begins at *start, which moves behind what is found: the
 * order is the same as a rule.
 */
bool kube_unknown_has(const kube_unknown_t *fields, const kube_unknown_t **start, const kube_unknown_t *field,
                      bool (*same)(const kube_json_t *of_fields, const kube_json_t *of_field));

#endif
