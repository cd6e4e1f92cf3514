/*
 * Sets of fields, held as the JSON of FieldsV1: `{"f:spec":{"f:replicas":{}}}`. A member is a node that is empty or has a member
 * "."; the root is never a member. Functions that make a set return a new reference, NULL when an allocation failed.
 */
#ifndef TS_FIELD_SET_H
#define TS_FIELD_SET_H

#include <stdbool.h>

#include <jansson.h>

#include <kube/memory.h>

/* A place in an object: elements as in FieldsV1, innermost first. NULL is the root. */
typedef struct ts_path {
    const struct ts_path *parent;
    const char *element;
} ts_path_t;

json_t *ts_set_union(const json_t *a, const json_t *b);
json_t *ts_set_intersection(const json_t *a, const json_t *b);
/* Without the members of b. */
json_t *ts_set_difference(const json_t *a, const json_t *b);
/* Without the members of b and all that is below them. */
json_t *ts_set_recursive_difference(const json_t *a, const json_t *b);


bool ts_set_empty(const json_t *set);
/* Returns false when an allocation failed. */
bool ts_set_insert(json_t *set, const ts_path_t *path);
/* Whether the element directly below the root of the set is a member. set may be NULL. */
bool ts_set_has(const json_t *set, const char *element);
/* What is below an element, a set of its own; borrowed; NULL when nothing is. set may be NULL. */
const json_t *ts_set_below(const json_t *set, const char *element);

/* A copy in the order and form in which the real server writes it, read leniently: what is no element of a path is left out. */
json_t *ts_set_canonical(const json_t *set);

/* Calls fn for each member, the members of a node before those below it, in the real server's order. */
typedef void ts_set_fn(const ts_path_t *path, void *userdata);
void ts_set_each(const json_t *set, ts_set_fn *fn, void *userdata);

/* `.spec.containers[name="x"].image`, appended. */
void ts_path_print(kube_buffer_t *out, const ts_path_t *path);
/* One element of that. */
void ts_element_print(kube_buffer_t *out, const char *element);

/* Equal as values: 1 and 1.0 are. */
bool ts_value_equal(const json_t *a, const json_t *b);
/* A value of one line with its numbers in their shortest form, as in elements of paths; to be freed with free(). */
char *ts_value_text(const json_t *value);

#endif
