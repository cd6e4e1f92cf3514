/* Free-form values and patches as jansson's json_t, for programs that use jansson. Needs <jansson.h>; kube/kube.h does not include it. */
#ifndef KUBE_JANSSON_H
#define KUBE_JANSSON_H

#include <jansson.h>

#include <kube/memory.h>
#include <kube/value.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Reads a free-form value. *out (not NULL) is a new reference that the caller gives back with json_decref, or NULL when the value is absent (text
 * NULL) or on failure. Members keep their order; of duplicate ones the last wins.
 * Errors: KUBE_E_PARSE (not JSON), KUBE_E_LIMIT (nested deeper than 200), KUBE_E_UNSUPPORTED (a number that jansson cannot hold exactly: an integer
 * beyond 64 bits, a fraction that no double is), KUBE_E_NO_MEMORY, KUBE_E_USAGE. err: NULL allowed. Thread-safe.
 */
KUBE_API int kube_json_to_jansson(const kube_json_t *value, json_t **out, kube_error_t *err);

/*
 * Appends a json_t as compact JSON, members in their order: the text of a kube_json_t (see kube_set_json) or of a kube_patch_t. value, buffer: not
 * NULL; value is borrowed. On failure the buffer is as before.
 * Errors: KUBE_E_USAGE, KUBE_E_NO_MEMORY. err: NULL allowed. Thread-safe while nobody edits the value.
 */
KUBE_API int kube_json_from_jansson(const json_t *value, kube_buffer_t *buffer, kube_error_t *err);

#ifdef __cplusplus
}
#endif
#endif
