#include "client/request.h"

#include <kube/json.h>
#include <kube/object.h>
#include <string.h>

#include "base/fail.h"

static void init(kube_request_t *request, kube_client_t *client, kube_access_t *access)
{
    *request = (kube_request_t){ .client = client, .access = access, .method = "GET", .content_type = "application/json",
                                 .accept = "application/json" };
}

void kube_request_init(kube_request_t *request, kube_client_t *client)
{
    init(request, client, client ? kube_live_access(client) : NULL);
}

void kube_request_init_beside(kube_request_t *request, const kube_request_t *other)
{
    init(request, other->client, kube_access_ref(other->access));
}

bool kube_request_move(kube_request_t *request)
{
    kube_access_t *before = request->access;
    request->access = kube_live_access(request->client);
    bool same = kube_access_is_same_cluster(before, request->access);
    kube_access_free(before);
    return same;
}

int kube_request_set_traceparent(kube_request_t *request, const char *traceparent, kube_error_t *err)
{
    if (!traceparent)
        return KUBE_OK;
    size_t len = strlen(traceparent);
    if (len >= sizeof request->traceparent || strcspn(traceparent, "\r\n") != len)
        return kube_fail(err, KUBE_E_USAGE, "traceparent is longer than %zu bytes, or more than one line", sizeof request->traceparent - 1);
    memcpy(request->traceparent, traceparent, len + 1);
    return KUBE_OK;
}

void kube_request_dispose(kube_request_t *request)
{
    kube_buffer_dispose(&request->target);
    kube_buffer_dispose(&request->body);
    kube_buffer_dispose(&request->texts);
    kube_access_free(request->access);
    request->access = NULL;
}

const char *kube_request_body(const kube_request_t *request, size_t *len)
{
    *len = request->text ? request->text_len : request->body.len;
    return *len || request->text ? (request->text ? request->text : request->body.data) : NULL;
}

/* The method and the media types, which a raw request has from its caller. */
static bool own_texts(kube_request_t *request)
{
    const char **texts[] = { &request->method, &request->content_type, &request->accept };
    size_t at[3];
    for (size_t i = 0; i < 3; i++) {
        at[i] = request->texts.len;
        kube_buffer_append(&request->texts, *texts[i], strlen(*texts[i]) + 1);
    }
    for (size_t i = 0; i < 3 && !request->texts.failed; i++)
        *texts[i] = request->texts.data + at[i];
    return !request->texts.failed;
}

int kube_request_own(kube_request_t *request, kube_error_t *err)
{
    if (request->text)
        kube_buffer_append(&request->body, request->text, request->text_len);
    request->text = request->text && !request->text_len ? "" : NULL;
    return own_texts(request) && !request->body.failed ? KUBE_OK : kube_fail_memory(err);
}

bool kube_request_is_safe(const kube_request_t *request)
{
    return request->safe || strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
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

int kube_check_call(const kube_call_t *call, kube_error_t *err)
{
    return call->max_retries.has && call->max_retries.value < 0 ? kube_fail(err, KUBE_E_USAGE, "max_retries is negative") : KUBE_OK;
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
