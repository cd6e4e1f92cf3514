/* What the containers of pods ask for: its limits, the class of service that follows, and how it changes later. */
#ifndef TS_POD_RESOURCES_H
#define TS_POD_RESOURCES_H

#include "request.h"

/* "Guaranteed", "Burstable" or "BestEffort". */
const char *ts_pod_class(const json_t *spec);
/* No container asks for more than its limit. */
void ts_pod_check_requests(const json_t *spec, json_t *causes);
/* Sets everything in a pod that resizing cannot change to what it was. */
void ts_pod_keep_all_but_resources(json_t *object, const json_t *old);
void ts_pod_check_resize(const json_t *object, const json_t *old, json_t *causes);

#endif
