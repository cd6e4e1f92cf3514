/* What the OpenAPI documents of version 2 and 3 are made of. Functions that return json_t return a new value, NULL when memory is
 * exhausted. */
#ifndef TS_OPENAPI_PARTS_H
#define TS_OPENAPI_PARTS_H

#include "openapi.h"

/* One document in the making. */
typedef struct ts_document {
    bool v2;
    json_t *definitions; /* by name */
    json_t *paths;
    bool failed;         /* an allocation did */
} ts_document_t;

/* { "$ref": ... } */
json_t *ts_reference(const ts_document_t *document, const char *name);

/* Puts the types of a resource, and all they refer to, among the definitions. */
void ts_define_api(ts_document_t *document, const ts_api_t *api);
/* The types that requests of every resource refer to. */
void ts_define_common(ts_document_t *document);
/* The definition's name of a resource's objects, or of its lists, in a buffer of 256 bytes. */
void ts_definition_name(const ts_api_t *api, bool of_list, char *name);

/* Puts the paths of a resource and its subresources among the paths. */
void ts_add_paths(ts_document_t *document, const ts_api_t *api);

#endif
