/* Errors of Go's JSON decoder, as the real server words them. */
#ifndef TS_GOTYPE_H
#define TS_GOTYPE_H

#include <jansson.h>

#include <kube/error.h>
#include <kube/type.h>

/* "string", "number", "bool", "object", "array". */
const char *ts_go_json_kind(const json_t *value);

/* What Go says of the value at err->path of an object; to be freed. */
char *ts_go_decode_error(const kube_type_t *type, const json_t *object, const kube_error_t *err);

#endif
