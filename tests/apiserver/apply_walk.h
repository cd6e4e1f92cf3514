/* What server-side apply does with objects and sets of fields, each a walk along a schema. */
#ifndef TS_APPLY_WALK_H
#define TS_APPLY_WALK_H

#include "field_set.h"
#include "schema_node.h"

/* The element of a path for an item of an associative list: `k:{"name":"x"}`, `v:"x"`; to be freed. NULL: the item has none, and
 * problem (NULL allowed) says why; or memory, and problem stays as it was. */
char *ts_item_element(const ts_node_t *list, const ts_shape_t *shape, const json_t *item, kube_buffer_t *problem);

/*
 * Whether an object fits its schema. problems (an array) gets a line for each misfit, `.spec.replicas: expected numeric (int or
 * float), got string`. Returns false when an allocation failed.
 */
bool ts_walk_check(const ts_node_t *node, const json_t *value, bool allow_duplicates, json_t *problems);

/* The fields that an object sets: a new set. NULL: memory. */
json_t *ts_walk_fields(const ts_node_t *node, const json_t *value);

/* A copy of a set in which named fields with something below are members. NULL: memory. */
json_t *ts_walk_name_members(const ts_node_t *node, const json_t *set);

typedef struct ts_comparison {
    json_t *added, *removed, *modified;
} ts_comparison_t;

/* What is different in rhs. Both may be NULL, not at once. Returns false: memory. Dispose of it in any case. */
bool ts_walk_compare(const ts_node_t *node, const json_t *lhs, const json_t *rhs, ts_comparison_t *out);
void ts_comparison_dispose(ts_comparison_t *comparison);

/* rhs over lhs, either may be NULL; a new value, or NULL when nothing is left. *failed is set when an allocation failed. */
json_t *ts_walk_merge(const ts_node_t *node, const json_t *lhs, const json_t *rhs, bool *failed);

/* The value without the members of the set; a new value, NULL when nothing is left. *failed as above. */
json_t *ts_walk_remove(const ts_node_t *node, const json_t *value, const json_t *set, bool *failed);

/* "f:" and the name in a buffer that is used again for the next; NULL: memory. */
const char *ts_field_element(kube_buffer_t *buffer, const char *name);

#endif
