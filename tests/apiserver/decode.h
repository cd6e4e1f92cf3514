/* Bodies of writes: read, checked against the resource, and brought into the form in which objects are stored. */
#ifndef TS_DECODE_H
#define TS_DECODE_H

#include "options.h"

/* The body as JSON text: JSON as it is, YAML converted. False: the reply says why not (400, 415). */
bool ts_body_text(const ts_request_t *request, kube_buffer_t *out, ts_reply_t *reply);

/* The body as an object of the request's resource (or of `kind` in api_version for subresources), with apiVersion and kind. */
bool ts_body_object(const ts_request_t *request, const char *api_version, const char *kind, json_t **out, json_t *duplicates, ts_reply_t *reply);

/*
 * Prunes what the schema does not know, brings values into their stored form, and fills in defaults. duplicates: what was found before (an
 * array of strings, not NULL). In strict mode findings are an error, else warnings when asked for. patched: the text of the patched object,
 * as messages quote it, or NULL: it was a body.
 */
bool ts_normalise(const ts_request_t *request, json_t **object, json_t *duplicates, const ts_write_options_t *options, const char *patched,
                  ts_reply_t *reply);

/* Paths of members that are written twice: `duplicate field "data.a"`, appended to out. */
void ts_find_duplicates(const char *text, size_t len, json_t *out);

#endif
