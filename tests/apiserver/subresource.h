/* What subresources and reviews share. */
#ifndef TS_SUBRESOURCE_H
#define TS_SUBRESOURCE_H

#include "request.h"

/* A Status of success, 201. */
void ts_reply_created(ts_reply_t *reply);
/* Assigns the pod `name` to the node that the Binding says. */
void ts_bind(ts_request_t *request, ts_resource_t *pods, const char *name, const json_t *binding, ts_reply_t *reply);

#endif
