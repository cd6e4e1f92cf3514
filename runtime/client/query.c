#include <inttypes.h>
#include <stdio.h>

#include "base/escape.h"
#include "client/request.h"

void kube_query_text(kube_request_t *request, const char *key, const char *value)
{
    if (!value || !*value)
        return;
    kube_buffer_puts(&request->target, request->has_query ? "&" : "?");
    request->has_query = true;
    kube_buffer_puts(&request->target, key);
    kube_buffer_puts(&request->target, "=");
    kube_escape(&request->target, value, "");
}

void kube_query_number(kube_request_t *request, const char *key, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    kube_query_text(request, key, text);
}

void kube_query_optional(kube_request_t *request, const char *key, const kube_int64_t *value)
{
    if (value->has)
        kube_query_number(request, key, value->value);
}

void kube_query_flag(kube_request_t *request, const char *key, bool value)
{
    kube_query_text(request, key, value ? "true" : NULL);
}

void kube_query_write(kube_request_t *request, bool dry_run, const char *field_manager, const char *field_validation, bool force)
{
    kube_query_text(request, "dryRun", dry_run ? "All" : NULL);
    kube_query_text(request, "fieldManager", field_manager);
    kube_query_text(request, "fieldValidation", field_validation);
    kube_query_flag(request, "force", force);
}
