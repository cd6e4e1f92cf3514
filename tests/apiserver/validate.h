/* What an object must be to be stored. Causes are appended to an array of { reason, message, field }. */
#ifndef TS_VALIDATE_H
#define TS_VALIDATE_H

#include "request.h"

/* Metadata, and what the schema or the table says. old: NULL for a create. */
void ts_validate(const ts_request_t *request, const json_t *object, const json_t *old, json_t *causes);

#endif
