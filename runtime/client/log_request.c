#include "client/log_request.h"

#include <kube/time.h>

#include "base/fail.h"

static bool is_negative(const kube_int64_t *number)
{
    return number->has && number->value < 0;
}

static int check_options(const kube_log_options_t *options, kube_error_t *err)
{
    if (options->since_seconds.has && options->since_time.has)
        return kube_fail(err, KUBE_E_USAGE, "since_seconds and since_time are both set");
    if (is_negative(&options->since_seconds) || is_negative(&options->tail_lines) || is_negative(&options->limit_bytes))
        return kube_fail(err, KUBE_E_USAGE, "since_seconds, tail_lines or limit_bytes is negative");
    return KUBE_OK;
}

static void query_time(kube_request_t *request, const char *key, const kube_time_t *time)
{
    char text[KUBE_TIME_TEXT_SIZE];
    if (kube_time_to_text(time, text, sizeof text) > 0)
        kube_query_text(request, key, text);
}

int kube_log_request(kube_request_t *request, const kube_resource_t *resource, const char *ns, const char *name,
                     const kube_log_options_t *options, bool follow, kube_error_t *err)
{
    int code = kube_check_resource(resource, err);
    if (code == KUBE_OK)
        code = check_options(options, err);
    if (code == KUBE_OK)
        code = kube_request_object(request, resource, ns, name, "log", err);
    if (code < 0)
        return code;
    /* Plain text; a Status when the server refuses. */
    request->accept = "application/json, */*";
    kube_query_text(request, "container", options->container);
    kube_query_flag(request, "follow", follow);
    kube_query_flag(request, "insecureSkipTLSVerifyBackend", options->insecure_skip_tls_verify_backend);
    kube_query_optional(request, "limitBytes", &options->limit_bytes);
    kube_query_flag(request, "previous", options->previous);
    kube_query_optional(request, "sinceSeconds", &options->since_seconds);
    query_time(request, "sinceTime", &options->since_time);
    kube_query_text(request, "stream", options->stream);
    kube_query_optional(request, "tailLines", &options->tail_lines);
    kube_query_flag(request, "timestamps", options->timestamps);
    return request->target.failed ? kube_fail_memory(err) : KUBE_OK;
}
