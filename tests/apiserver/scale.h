/* The scale subresource: autoscaling/v1 Scale in front of a replica count. */
#ifndef TS_SCALE_H
#define TS_SCALE_H

#include "request.h"

void ts_scale_serve(ts_request_t *request, ts_reply_t *reply);

#endif
