/* Replies that are passed on as they are: logs, and paths that no table describes. */
#include "base/fail.h"
#include "client/unary.h"

/* Gives an empty buffer the reply's own memory. */
static int hand_over(kube_buffer_t *bytes, kube_buffer_t *buffer, kube_error_t *err)
{
    if (buffer->len == 0 && !buffer->failed) {
        kube_buffer_dispose(buffer);
        *buffer = *bytes;
        *bytes = (kube_buffer_t){ 0 };
        return KUBE_OK;
    }
    kube_buffer_append(buffer, bytes->data, bytes->len);
    return buffer->failed ? kube_fail_memory(err) : KUBE_OK;
}

static int run(kube_client_t *client, const kube_spec_t *spec, kube_buffer_t *buffer, int *http_status, kube_error_t *err)
{
    kube_unary_t unary;
    int code = kube_operation_run(&unary.operation, &kube_unary_kind, client, spec, NULL, err);
    if (http_status)
        *http_status = unary.operation.kind ? unary.operation.http_status : 0;
    if (code == KUBE_OK && buffer)
        code = hand_over(&unary.operation.bytes, buffer, err);
    kube_operation_dispose(&unary.operation);
    return code;
}

int kube_get_log(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                 const kube_log_options_t *options, kube_buffer_t *buffer, kube_error_t *err)
{
    kube_spec_t spec = { .action = KUBE_ACTION_LOG, .resource = resource, .ns = ns, .name = name, .options = options };
    kube_error_reset(err);
    return buffer ? run(client, &spec, buffer, NULL, err) : kube_fail(err, KUBE_E_USAGE, "buffer is NULL");
}

int kube_raw(kube_client_t *client, const kube_raw_request_t *request, kube_buffer_t *reply, kube_error_t *err)
{
    kube_spec_t spec = { .action = KUBE_ACTION_RAW, .options = request };
    return run(client, &spec, reply, request ? request->http_status : NULL, err);
}
