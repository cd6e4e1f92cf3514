/*
 * What the test server knows of a kind's structure, from a type table or from a CRD's openAPIV3Schema, and what follows from it
 * for one object: pruning, defaults, validation. A schema does not change once it is made and may be read by any number of
 * threads. Objects are jansson documents in the API version of the schema; "memory" below means that an allocation failed.
 */
#ifndef TS_SCHEMA_H
#define TS_SCHEMA_H

#include <jansson.h>

#include <kube/type.h>

typedef struct ts_schema ts_schema_t;

/*
 * The schema of a built-in kind. The table (not NULL) is referred to and must outlive the schema. Freed with ts_schema_free. NULL:
 * memory.
 */
ts_schema_t *ts_schema_of_type(const kube_type_t *type);

/*
 * The schema of one version of a CRD, from its `versions[i]` (not NULL; it holds schema.openAPIV3Schema and subresources;
 * borrowed, a copy is kept). group and kind (not NULL) are copied. preserve_unknown: the CRD's spec.preserveUnknownFields. *out
 * (not NULL) is freed with ts_schema_free. Errors: KUBE_E_NO_MEMORY.
 */
int ts_schema_of_crd(const json_t *version, const char *group, const char *kind, bool preserve_unknown, ts_schema_t **out,
                     kube_error_t *err);

/* NULL is allowed. */
void ts_schema_free(ts_schema_t *schema);

/* Whether writes without a subresource leave `status` alone: a CRD with the status subresource, a built-in kind with a status. */
bool ts_schema_has_status(const ts_schema_t *schema);

/*
 * Drops the fields that the schema does not know. unknown (an array, NULL allowed) gets their paths as strings,
 * `spec.template.spec.nodeNme`, `spec.containers[0].imag`, as the real server names them in `unknown field "..."`. Returns 0 or
 * KUBE_E_NO_MEMORY.
 */
int ts_schema_prune(const ts_schema_t *schema, json_t *object, json_t *unknown);

/*
 * Puts in the defaults of the schema where a field is absent (or null, when the schema does not allow null). For built-in kinds:
 * those of the OpenAPI documents that say something (a protocol is TCP), and what Go writes of structs and required scalars that
 * nobody set (`status: {}`); not what the real server's code does beyond them. Nulls and empty optional lists and maps go. Returns
 * 0 or KUBE_E_NO_MEMORY.
 */
int ts_schema_default(const ts_schema_t *schema, json_t *object);

/*
 * Checks a CRD's object by its schema, after defaulting. *causes (not NULL) is NULL when it is valid, else a new array of {
 * "reason": "FieldValueInvalid", "message": "Invalid value: ...", "field": "spec.replicas" } in the real server's words and order.
 * Returns 0, KUBE_E_INVALID, or KUBE_E_NO_MEMORY. Built-in kinds: nothing is checked. Rules in CEL (x-kubernetes-validations) are
 * not.
 */
int ts_schema_validate(const ts_schema_t *schema, const json_t *object, json_t **causes);

/*
 * The end of a Status message made of causes: `spec.replicas: Invalid value: ...`, or `[..., ...]` when there are several; the
 * real server writes `CronTab.example.com "name" is invalid: ` before it. A string to be freed with free(). NULL: memory.
 */
char *ts_causes_text(const json_t *causes);

#endif
