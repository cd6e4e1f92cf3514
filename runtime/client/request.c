#include "client/request.h"

#include <kube/json.h>
#include <kube/object.h>
#include <string.h>

#include "base/fail.h"

int kube_request_begin(kube_request_t *request, kube_client_t *client, const char *method, const kube_call_t *call, void *out,
                       kube_error_t *err)
{
    kube_error_reset(err);
    *request = (kube_request_t){ .client = client, .method = method, .call = call,
                                 .content_type = "application/json", .accept = "application/json" };
    if (out)
        *(void **)out = NULL;
    if (call->status)
        *call->status = NULL;
    return client ? KUBE_OK : kube_fail(err, KUBE_E_USAGE, "client is NULL");
}

void kube_request_dispose(kube_request_t *request)
{
    kube_buffer_dispose(&request->target);
    kube_buffer_dispose(&request->body);
}

static int fail_abi(kube_error_t *err, const char *what, const char *name, uint32_t abi)
{
    return kube_fail(err, KUBE_E_USAGE, "%s %s was generated for table form %u, this library reads %d: generate it again", what, name,
                     (unsigned)abi, KUBE_TABLE_ABI);
}

int kube_check_resource(const kube_resource_t *resource, kube_error_t *err)
{
    if (!resource)
        return kube_fail(err, KUBE_E_USAGE, "resource is NULL");
    if (resource->abi != KUBE_TABLE_ABI)
        return fail_abi(err, "the table of a", "resource", resource->abi);
    return kube_check_type(resource->type, err);
}

int kube_check_type(const kube_type_t *type, kube_error_t *err)
{
    if (!type)
        return kube_fail(err, KUBE_E_USAGE, "type is NULL");
    return type->abi == KUBE_TABLE_ABI ? KUBE_OK : fail_abi(err, "the table of a", "type", type->abi);
}

int kube_request_encode(kube_request_t *request, const kube_type_t *type, const void *object, kube_error_t *err)
{
    return kube_json_encode(type, object, 0, &request->body, err);
}

int kube_request_run(kube_request_t *request, int code, const kube_type_t *type, void *out, kube_error_t *err)
{
    kube_reply_t reply = { 0 };
    if (code == KUBE_OK)
        code = kube_request_send(request, &reply, err);
    if (code == KUBE_OK)
        code = kube_reply_decode(request, &reply, type, out, err);
    kube_reply_dispose(&reply);
    kube_request_dispose(request);
    return code;
}

/* Gives an empty buffer the reply's own memory. */
static int hand_over(kube_reply_t *reply, kube_buffer_t *buffer, kube_error_t *err)
{
    if (buffer->len == 0 && !buffer->failed) {
        kube_buffer_dispose(buffer);
        *buffer = reply->body;
        reply->body = (kube_buffer_t){ 0 };
        return KUBE_OK;
    }
    kube_buffer_append(buffer, reply->body.data, reply->body.len);
    return buffer->failed ? kube_fail_memory(err) : KUBE_OK;
}

int kube_request_run_raw(kube_request_t *request, int code, kube_buffer_t *buffer, kube_error_t *err)
{
    kube_reply_t reply = { 0 };
    if (code == KUBE_OK)
        code = kube_request_send(request, &reply, err);
    if (code == KUBE_OK && buffer)
        code = hand_over(&reply, buffer, err);
    kube_reply_dispose(&reply);
    kube_request_dispose(request);
    return code;
}
