/* Status objects with the real server's code, reason, message and details. Each makes the reply complete. */
#ifndef TS_STATUS_H
#define TS_STATUS_H

#include "request.h"

/* details: taken over, NULL: none. reason: NULL: none. */
void ts_status(ts_reply_t *reply, int code, const char *reason, json_t *details, const char *format, ...) KUBE_FORMAT(5, 6);
/* { name, group, kind }, what is NULL or "" left out. */
json_t *ts_details(const char *name, const char *group, const char *kind);

void ts_status_bad_request(ts_reply_t *reply, const char *format, ...) KUBE_FORMAT(2, 3);
void ts_status_not_found(ts_reply_t *reply, const ts_resource_t *resource, const char *name);
void ts_status_unknown_resource(ts_reply_t *reply);
void ts_status_method_not_allowed(ts_reply_t *reply);
void ts_status_conflict(ts_reply_t *reply, const ts_resource_t *resource, const char *name, const char *why);
/* causes: taken over, an array of { reason, message, field }. */
void ts_status_invalid(ts_reply_t *reply, const ts_resource_t *resource, const char *name, json_t *causes);
void ts_status_invalid_options(ts_reply_t *reply, const char *kind, json_t *causes);
void ts_status_forbidden(ts_reply_t *reply, const ts_resource_t *resource, const char *name, json_t *causes, const char *format, ...)
    KUBE_FORMAT(5, 6);
void ts_status_too_large(ts_reply_t *reply);
void ts_status_fault(ts_request_t *request, ts_reply_t *reply, const kube_test_fault_t *fault);
void ts_status_expired_fault(ts_request_t *request, ts_reply_t *reply);

/* One cause: reason FieldValue<...>, message with its kind in front ("Required value: ..."). */
json_t *ts_cause(const char *reason, const char *field, const char *format, ...) KUBE_FORMAT(3, 4);
/* An array of one. */
json_t *ts_causes(json_t *cause);

/* A Status as a document: for ERROR events. */
json_t *ts_status_document(int code, const char *reason, json_t *details, const char *message);

#endif
