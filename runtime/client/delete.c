/* delete and deletecollection. */
#include <kube/json.h>
#include <kube/meta/v1.h>
#include <kube/object.h>
#include <string.h>

#include "base/fail.h"
#include "client/request.h"

/* The options go into the body, because the server does not look at the query when there is one. */
static int put_options(kube_request_t *request, const kube_delete_options_t *options, kube_error_t *err)
{
    const char *all[] = { "All" };
    kube_meta_v1_preconditions_t preconditions = {
        .uid = options->precondition_uid,
        .resource_version = options->precondition_resource_version,
    };
    kube_meta_v1_delete_options_t body = {
        .api_version = "v1",
        .kind = "DeleteOptions",
        .grace_period_seconds = options->grace_period_seconds,
        .propagation_policy = options->propagation_policy,
    };
    if (preconditions.uid || preconditions.resource_version)
        body.preconditions = &preconditions;
    if (options->dry_run)
        body.dry_run = (kube_string_list_t){ .items = all, .len = 1 };
    return kube_request_encode(request, &kube_meta_v1_delete_options_type, &body, err);
}

/*
 * The server answers with a Status, with the object (when it lingers), or with the list of the deleted: the reply's own kind
 * tells.
 */
static const kube_type_t *type_of_reply(const kube_resource_t *resource, const char *kind)
{
    const kube_type_t *candidates[] = { &kube_meta_v1_status_type, resource->type, resource->list_type };
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        if (candidates[i] && candidates[i]->kind && strcmp(candidates[i]->kind, kind) == 0)
            return candidates[i];
    }
    return NULL;
}

static int decode_any(const kube_request_t *request, const kube_reply_t *reply, const kube_resource_t *resource, kube_any_t *out,
                      kube_error_t *err)
{
    kube_type_meta_t meta;
    int code = kube_json_type_meta(reply->body.data, reply->body.len, &meta, err);
    if (code < 0)
        return code;
    const kube_type_t *type = type_of_reply(resource, meta.kind);
    if (!type)
        return kube_fail(err, KUBE_E_PARSE, "the reply to a DELETE of %s is a %s %s", resource->plural, meta.api_version, meta.kind);
    code = kube_reply_decode(request, reply, type, out ? &out->object : NULL, err);
    if (code == KUBE_OK && out)
        out->type = type;
    return code;
}

static int run(kube_request_t *request, int code, const kube_resource_t *resource, const kube_delete_options_t *options, kube_any_t *out,
               kube_error_t *err)
{
    kube_reply_t reply = { 0 };
    if (code == KUBE_OK)
        code = put_options(request, options, err);
    if (code == KUBE_OK)
        code = kube_request_send(request, &reply, err);
    if (code == KUBE_OK)
        code = decode_any(request, &reply, resource, out, err);
    kube_reply_dispose(&reply);
    kube_request_dispose(request);
    return code;
}

int kube_delete(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                const kube_delete_options_t *options, kube_any_t *out, kube_error_t *err)
{
    static const kube_delete_options_t defaults;
    options = options ? options : &defaults;
    if (out)
        *out = (kube_any_t){ 0 };
    kube_request_t request;
    int code = kube_request_begin(&request, client, "DELETE", &options->call, NULL, err);
    if (code == KUBE_OK)
        code = kube_check_resource(resource, err);
    if (code == KUBE_OK)
        code = kube_request_object(&request, resource, ns, name, NULL, err);
    return run(&request, code, resource, options, out, err);
}

int kube_delete_collection(kube_client_t *client, const kube_resource_t *resource, const char *ns, const kube_delete_options_t *options,
                           const kube_list_options_t *list, kube_any_t *out, kube_error_t *err)
{
    static const kube_delete_options_t defaults;
    options = options ? options : &defaults;
    if (out)
        *out = (kube_any_t){ 0 };
    kube_request_t request;
    int code = kube_request_begin(&request, client, "DELETE", &options->call, NULL, err);
    if (code == KUBE_OK)
        code = kube_check_resource(resource, err);
    if (code == KUBE_OK)
        code = kube_request_collection(&request, resource, ns, false, err);
    if (code == KUBE_OK && list)
        kube_query_list(&request, list);
    return run(&request, code, resource, options, out, err);
}
