/* Replies that are passed on as they are: logs, and paths that no table describes. */
#include "base/fail.h"
#include "client/request.h"

#define ACCEPT_ANYTHING "application/json, */*"

int kube_get_log(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                 const kube_log_options_t *options, kube_buffer_t *buffer, kube_error_t *err)
{
    static const kube_log_options_t defaults;
    options = options ? options : &defaults;
    kube_request_t request;
    int code = kube_request_begin(&request, client, "GET", &options->call, NULL, err);
    request.accept = ACCEPT_ANYTHING;
    if (code == KUBE_OK)
        code = kube_check_resource(resource, err);
    if (code == KUBE_OK && !buffer)
        code = kube_fail(err, KUBE_E_USAGE, "buffer is NULL");
    if (code == KUBE_OK)
        code = kube_request_object(&request, resource, ns, name, "log", err);
    kube_query_text(&request, "container", options->container);
    kube_query_optional(&request, "limitBytes", &options->limit_bytes);
    kube_query_flag(&request, "previous", options->previous);
    kube_query_optional(&request, "sinceSeconds", &options->since_seconds);
    kube_query_optional(&request, "tailLines", &options->tail_lines);
    kube_query_flag(&request, "timestamps", options->timestamps);
    return kube_request_run_raw(&request, code, buffer, err);
}

int kube_raw(kube_client_t *client, const kube_raw_request_t *raw, kube_buffer_t *reply, kube_error_t *err)
{
    static const kube_call_t no_call;
    kube_request_t request;
    int code = kube_request_begin(&request, client, raw && raw->method ? raw->method : "GET", raw ? &raw->call : &no_call, NULL, err);
    if (code == KUBE_OK && (!raw || !raw->path || *raw->path != '/'))
        code = kube_fail(err, KUBE_E_USAGE, raw ? "path must begin with a slash" : "request is NULL");
    if (code == KUBE_OK) {
        request.accept = raw->accept ? raw->accept : ACCEPT_ANYTHING;
        request.content_type = raw->content_type ? raw->content_type : request.content_type;
        request.text = raw->body;
        request.text_len = raw->body_len;
        kube_buffer_puts(&request.target, raw->path);
    }
    return kube_request_run_raw(&request, code, reply, err);
}
