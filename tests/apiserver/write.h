/* The last steps of every write. */
#ifndef TS_WRITE_H
#define TS_WRITE_H

#include "options.h"

/*
 * Stores `object` (owned by the caller, changed in place) as a new object, or as the next version of `old`; then replies with it. applied: its
 * managedFields are already what they are to be. False: the reply says why not. The last finalizer's going deletes the object.
 */
bool ts_write_new(ts_request_t *request, json_t *object, const ts_write_options_t *options, bool applied, ts_reply_t *reply);
bool ts_write_change(ts_request_t *request, json_t *object, ts_object_t *old, const ts_write_options_t *options, bool applied, ts_reply_t *reply);

/* Deletes as the options say: at once, or by setting deletionTimestamp. Sets *out to the object that stays, or NULL; borrowed. */
void ts_delete_object(kube_test_server_t *server, const ts_resource_t *resource, ts_object_t *object, const ts_delete_options_t *options,
                      ts_object_t **out);

#endif
