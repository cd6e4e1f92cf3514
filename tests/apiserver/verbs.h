/* What requests do; with the lock. Each makes the reply. */
#ifndef TS_VERBS_H
#define TS_VERBS_H

#include "options.h"

void ts_get(ts_request_t *request, ts_reply_t *reply);
void ts_list(ts_request_t *request, ts_reply_t *reply);
/* The items of a list, and its metadata as text (to be freed). *ok false: the reply says why not. */
ts_snapshot_t ts_list_items(ts_request_t *request, const ts_list_options_t *options, char **metadata, bool *ok, ts_reply_t *reply);
void ts_watch(ts_request_t *request, ts_reply_t *reply);
void ts_create(ts_request_t *request, ts_reply_t *reply);
void ts_update(ts_request_t *request, ts_reply_t *reply);
void ts_patch(ts_request_t *request, ts_reply_t *reply);
void ts_delete(ts_request_t *request, ts_reply_t *reply);
void ts_delete_collection(ts_request_t *request, ts_reply_t *reply);
/* Subresources other than status, whose reads and writes are get, update and patch. */
void ts_subresource_serve(ts_request_t *request, ts_reply_t *reply);
/* Resources that are only asked (reviews): nothing is stored. */
void ts_review(ts_request_t *request, ts_reply_t *reply);
void ts_discovery_serve(ts_request_t *request, ts_reply_t *reply);

#endif
