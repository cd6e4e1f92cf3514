/* One place in a schema, whatever the schema was made from: what may stand there and how it is merged. Nodes are values; what they
 * refer to belongs to the schema. */
#ifndef TS_SCHEMA_NODE_H
#define TS_SCHEMA_NODE_H

#include <kube/memory.h>

#include "schema.h"

typedef enum ts_source {
    TS_SOURCE_NONE,    /* nothing may stand here */
    TS_SOURCE_KIND,    /* a scalar of a type table: kube_kind_t in kind */
    TS_SOURCE_TYPE,    /* kube_type_t */
    TS_SOURCE_LIST,    /* kube_element_t of the items, with the field's info */
    TS_SOURCE_MAP,     /* kube_element_t of the values, likewise */
    TS_SOURCE_CRD,     /* json_t: a schema of a CRD */
    TS_SOURCE_ATOMIC,  /* anything, replaced as a whole */
    TS_SOURCE_DEDUCED, /* anything: maps are merged, lists replaced */
    TS_SOURCE_ANY      /* a schema without a type, which comes to the same */
} ts_source_t;

typedef struct ts_node {
    ts_source_t source;
    uint8_t kind;
    bool is_object;    /* TS_SOURCE_CRD: a whole object, with apiVersion, kind and metadata */
    bool preserve;     /* TS_SOURCE_CRD: below x-kubernetes-preserve-unknown-fields */
    const void *table;
    const kube_field_info_t *info; /* what the field says beyond the type; may be NULL */
} ts_node_t;

typedef enum ts_scalar { TS_SCALAR_NONE, TS_SCALAR_UNTYPED, TS_SCALAR_STRING, TS_SCALAR_NUMERIC, TS_SCALAR_BOOLEAN } ts_scalar_t;

/* What may stand at a node. */
typedef struct ts_shape {
    ts_scalar_t scalar;
    bool list, map;
    bool atomic_map;
    bool associative;              /* the list is a set, or a map when it has keys */
    const char *const *keys;       /* of a type table, ends with NULL */
    const json_t *crd_keys;        /* of a CRD */
} ts_shape_t;

/* How a node knows a member of a map. */
typedef enum ts_known {
    TS_UNKNOWN,  /* it does not */
    TS_IMPLIED,  /* merging takes it, pruning drops it */
    TS_ELEMENT,  /* as one of many with the same schema */
    TS_DECLARED  /* by its name */
} ts_known_t;

struct ts_schema {
    ts_node_t root;
    json_t *crd_version;   /* NULL for built-in kinds */
    char *group, *kind;    /* of a CRD */
    bool prunes;
    bool has_status;
};

/* Whether objects of the type are replaced as a whole. */
bool ts_type_is_atomic(const kube_type_t *type);
ts_node_t ts_node_of_type(const kube_type_t *type);
ts_shape_t ts_node_shape(const ts_node_t *node);
ts_known_t ts_node_member(const ts_node_t *node, const char *name, ts_node_t *member);
ts_node_t ts_node_item(const ts_node_t *node);
/* The default of a member, a new reference; NULL when there is none. */
json_t *ts_node_default(const ts_node_t *node, const char *name);

/* What a value is taken for where several forms may stand. value may be NULL. */
typedef enum ts_form { TS_FORM_NONE, TS_FORM_SCALAR, TS_FORM_LIST, TS_FORM_MAP } ts_form_t;
ts_form_t ts_shape_form(const ts_shape_t *shape, const json_t *value);

/* The fields that a write to the subresource cannot change and therefore not own, as a set of fields; a new reference. NULL: memory. */
json_t *ts_schema_reset_fields(const ts_schema_t *schema, const char *subresource);

/* The scalar that a Go server writes for a field of a built-in kind that nobody set, a new reference; NULL when it leaves the
 * field out, or memory. */
json_t *ts_zero_scalar(const kube_type_t *type, const kube_field_t *field);
/* Puts in what a Go server writes of a built-in kind although nobody set it: structs held by value, required scalars. Returns
 * false: memory. */
bool ts_schema_fill(const ts_schema_t *schema, json_t *object);

#endif
