/* Stored versions as text, in the form a request asks for. All of it without the lock. */
#ifndef TS_RENDER_H
#define TS_RENDER_H

#include "request.h"

/* Appends the whole object: for get, for watch events (in a table of its own), and for writes. columns: of tables, whether to name them. */
void ts_render_object(const ts_request_t *request, const ts_object_t *object, bool columns, kube_buffer_t *out);
/* Appends the object as an item of a list, or as a row of a table. */
void ts_render_item(const ts_request_t *request, const ts_object_t *object, kube_buffer_t *out);
/* Appends what stands before and behind the items. metadata: the list's, as JSON text. */
void ts_render_list_begin(const ts_request_t *request, const char *metadata, kube_buffer_t *out);
void ts_render_list_end(const ts_request_t *request, const char *metadata, kube_buffer_t *out);
/* Appends a bookmark's object. end: of the initial events. */
void ts_render_bookmark(const ts_request_t *request, int64_t revision, bool end, kube_buffer_t *out);

/* The reply of a write or get. */
void ts_reply_object(const ts_request_t *request, ts_reply_t *reply, int status, const ts_object_t *object);

#endif
