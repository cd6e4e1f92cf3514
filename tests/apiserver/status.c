#include "status.h"

#include <stdarg.h>
#include <stdio.h>

json_t *ts_details(const char *name, const char *group, const char *kind)
{
    json_t *details = ts_need(json_object());
    if (name && *name)
        json_object_set_new(details, "name", ts_string(name));
    if (group && *group)
        json_object_set_new(details, "group", ts_string(group));
    if (kind && *kind)
        json_object_set_new(details, "kind", ts_string(kind));
    return details;
}

json_t *ts_status_document(int code, const char *reason, json_t *details, const char *message)
{
    json_t *status = ts_need(json_pack("{ss ss s{} ss ss}", "kind", "Status", "apiVersion", "v1", "metadata", "status", "Failure",
                                       "message", message));
    if (reason)
        json_object_set_new(status, "reason", ts_string(reason));
    if (details)
        json_object_set_new(status, "details", details);
    json_object_set_new(status, "code", json_integer(code));
    return status;
}

static void reply_status(ts_reply_t *reply, int code, const char *reason, json_t *details, const char *format, va_list arguments)
{
    char *message = NULL;
    if (vasprintf(&message, format, arguments) < 0)
        abort();
    ts_reply_json(reply, code, ts_status_document(code, reason, details, message));
    free(message);
}

void ts_status(ts_reply_t *reply, int code, const char *reason, json_t *details, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    reply_status(reply, code, reason, details, format, arguments);
    va_end(arguments);
}

void ts_status_bad_request(ts_reply_t *reply, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    reply_status(reply, 400, "BadRequest", NULL, format, arguments);
    va_end(arguments);
}

void ts_status_not_found(ts_reply_t *reply, const ts_resource_t *resource, const char *name)
{
    ts_status(reply, 404, "NotFound", ts_details(name, resource->api.group, resource->api.plural), "%s \"%s\" not found",
              resource->qualified, name);
}

void ts_status_unknown_resource(ts_reply_t *reply)
{
    ts_status(reply, 404, "NotFound", ts_need(json_object()), "the server could not find the requested resource");
}

void ts_status_method_not_allowed(ts_reply_t *reply)
{
    ts_status(reply, 405, "MethodNotAllowed", ts_need(json_object()), "the server does not allow this method on the requested resource");
}

void ts_status_conflict(ts_reply_t *reply, const ts_resource_t *resource, const char *name, const char *why)
{
    ts_status(reply, 409, "Conflict", ts_details(name, resource->api.group, resource->api.plural),
              "Operation cannot be fulfilled on %s \"%s\": %s", resource->qualified, name, why);
}

static void invalid(ts_reply_t *reply, const char *qualified_kind, const char *group, const char *kind, const char *name, json_t *causes)
{
    char *text = ts_causes_text(causes);
    json_t *details = ts_details(name, group, kind);
    json_object_set_new(details, "causes", causes);
    ts_status(reply, 422, "Invalid", details, "%s \"%s\" is invalid: %s", qualified_kind, name, text ? text : "");
    free(text);
}

void ts_status_invalid(ts_reply_t *reply, const ts_resource_t *resource, const char *name, json_t *causes)
{
    invalid(reply, resource->qualified_kind, resource->api.group, resource->api.kind, name ? name : "", causes);
}

void ts_status_invalid_options(ts_reply_t *reply, const char *kind, json_t *causes)
{
    char *qualified = ts_printf("%s.meta.k8s.io", kind);
    invalid(reply, qualified, "meta.k8s.io", kind, "", causes);
    free(qualified);
}

void ts_status_forbidden(ts_reply_t *reply, const ts_resource_t *resource, const char *name, json_t *causes, const char *format, ...)
{
    char *why = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&why, format, arguments) < 0)
        abort();
    va_end(arguments);
    json_t *details = ts_details(name, resource->api.group, resource->api.plural);
    if (causes)
        json_object_set_new(details, "causes", causes);
    ts_status(reply, 403, "Forbidden", details, "%s \"%s\" is forbidden: %s", resource->qualified, name, why);
    free(why);
}

void ts_status_too_large(ts_reply_t *reply)
{
    ts_status(reply, 413, "RequestEntityTooLarge", NULL, "Request entity too large: limit is 3145728");
}

static json_t *request_details(const ts_request_t *request, const char *retry_after)
{
    json_t *details = ts_details(request->name, request->resource ? request->resource->api.group : NULL,
                                 request->resource ? request->resource->api.plural : NULL);
    int seconds = retry_after ? atoi(retry_after) : 0;
    if (seconds > 0)
        json_object_set_new(details, "retryAfterSeconds", json_integer(seconds));
    return details;
}

void ts_status_fault(ts_request_t *request, ts_reply_t *reply, const kube_test_fault_t *fault)
{
    static const struct {
        int code;
        const char *reason, *message;
    } usual[] = {
        { 400, "BadRequest", "the server rejected our request for an unknown reason" },
        { 401, "Unauthorized", "Unauthorized" },
        { 403, "Forbidden", "forbidden" },
        { 404, "NotFound", "the server could not find the requested resource" },
        { 409, "Conflict", "the server reported a conflict" },
        { 410, "Expired", "The resourceVersion for the provided list is too old." },
        { 429, "TooManyRequests", "Too many requests, please try again later." },
        { 500, "InternalError", "Internal error occurred: asked for" },
        { 503, "ServiceUnavailable", "the server is currently unable to handle the request" },
        { 504, "Timeout", "Timeout: request did not complete within the allotted timeout" },
    };
    const char *reason = fault->status >= 500 ? "InternalError" : "Unknown", *message = "an error that was asked for";
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        if (usual[i].code == fault->status) {
            reason = usual[i].reason;
            message = usual[i].message;
        }
    }
    ts_status(reply, fault->status, reason, request_details(request, fault->retry_after), "%s", fault->message ? fault->message : message);
    reply->retry_after = ts_strdup(fault->retry_after);
}

void ts_status_expired_fault(ts_request_t *request, ts_reply_t *reply)
{
    if (!ts_query_true(request, "watch")) {
        ts_status(reply, 410, "Expired", NULL, "The resourceVersion for the provided list is too old.");
        return;
    }
    const char *version = ts_query(request, "resourceVersion");
    char *message = ts_printf("too old resource version: %s (%lld)", version ? version : "0", (long long)kube_test_server_revision(request->server));
    json_t *event = ts_need(json_object());
    json_object_set_new(event, "type", ts_string("ERROR"));
    json_object_set_new(event, "object", ts_status_document(410, "Expired", NULL, message));
    free(message);
    ts_reply_json(reply, 200, event);
}

json_t *ts_cause(const char *reason, const char *field, const char *format, ...)
{
    char *message = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&message, format, arguments) < 0)
        abort();
    va_end(arguments);
    json_t *cause = ts_need(json_pack("{ss ss ss}", "reason", reason, "message", message, "field", field));
    free(message);
    return cause;
}

json_t *ts_causes(json_t *cause)
{
    json_t *causes = ts_need(json_array());
    json_array_append_new(causes, cause);
    return causes;
}
