/* Where a JSON value ends, found without decoding it, in pieces as they come. */
#ifndef KUBE_OBJECT_JSON_FRAME_H
#define KUBE_OBJECT_JSON_FRAME_H

#include "object/frame.h"

/* What kube_json_measure returns for a control character outside strings; scan->fault is its place, the rest of scan as it
 * was. */
#define KUBE_MEASURE_BAD SIZE_MAX

/* Bytes of the value that begins at bytes[0] (no white space before it; len is not 0); 0: its end has not come yet. It is
 * whole, not well-formed: all that was looked at is strings and the number of brackets. scan: zero, but for `ended`, when the
 * value begins. */
size_t kube_json_measure(kube_frame_scan_t *scan, const char *bytes, size_t len);

#endif
