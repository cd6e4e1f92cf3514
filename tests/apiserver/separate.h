/* What each way of writing an object may change: the object, its status, another part of it. */
#ifndef TS_SEPARATE_H
#define TS_SEPARATE_H

#include "request.h"

/* Sets everything in `object` that the request cannot change to what it was. */
void ts_separate(const ts_request_t *request, json_t *object, const json_t *old);

#endif
