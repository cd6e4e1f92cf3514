/* patch and apply, of objects and of their subresources. */
#include <kube/object.h>

#include "base/fail.h"
#include "client/request.h"

/* NULL: no such type of patch. */
static const char *media_type(kube_patch_type_t type)
{
    switch (type) {
    case KUBE_PATCH_TYPE_JSON:
        return "application/json-patch+json";
    case KUBE_PATCH_TYPE_MERGE:
        return "application/merge-patch+json";
    case KUBE_PATCH_TYPE_STRATEGIC:
        return "application/strategic-merge-patch+json";
    }
    return NULL;
}

static int put_patch(kube_request_t *request, const kube_patch_t *patch, const kube_patch_options_t *options, kube_error_t *err)
{
    if (!patch || !patch->text)
        return kube_fail(err, KUBE_E_USAGE, "patch is NULL");
    request->content_type = media_type(patch->type);
    if (!request->content_type)
        return kube_fail(err, KUBE_E_USAGE, "patch type %d is none of KUBE_PATCH_TYPE_*", (int)patch->type);
    request->text = patch->text;
    request->text_len = patch->len;
    kube_query_write(request, options->dry_run, options->field_manager, options->field_validation, false);
    return KUBE_OK;
}

int kube_patch(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name, const kube_patch_t *patch,
               const kube_patch_options_t *options, void *out, kube_error_t *err)
{
    static const kube_patch_options_t defaults;
    options = options ? options : &defaults;
    kube_request_t request;
    int code = kube_request_begin(&request, client, "PATCH", &options->call, out, err);
    if (code == KUBE_OK)
        code = kube_check_resource(resource, err);
    if (code == KUBE_OK)
        code = kube_request_object(&request, resource, ns, name, NULL, err);
    if (code == KUBE_OK)
        code = put_patch(&request, patch, options, err);
    return kube_request_run(&request, code, code == KUBE_OK ? resource->type : NULL, out, err);
}

int kube_patch_subresource(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                           const char *subresource, const kube_patch_t *patch, const kube_type_t *reply,
                           const kube_patch_options_t *options, void *out, kube_error_t *err)
{
    static const kube_patch_options_t defaults;
    options = options ? options : &defaults;
    kube_request_t request;
    int code = kube_request_begin(&request, client, "PATCH", &options->call, out, err);
    if (code == KUBE_OK)
        code = kube_check_resource(resource, err);
    if (code == KUBE_OK && !subresource)
        code = kube_fail(err, KUBE_E_USAGE, "subresource is NULL");
    if (code == KUBE_OK)
        code = kube_check_type(reply, err);
    if (code == KUBE_OK)
        code = kube_request_object(&request, resource, ns, name, subresource, err);
    if (code == KUBE_OK)
        code = put_patch(&request, patch, options, err);
    return kube_request_run(&request, code, reply, out, err);
}

/* The body says which fields the manager owns; what the server keeps about owners does not belong into it. */
static int put_applied(kube_request_t *request, const kube_type_t *type, const void *object, const kube_apply_options_t *options,
                       kube_error_t *err)
{
    if (!options->field_manager || !*options->field_manager)
        return kube_fail(err, KUBE_E_USAGE, "field_manager is missing");
    const kube_type_t *metadata_type = NULL;
    const void *metadata = kube_at(object, type, "metadata", &metadata_type);
    if (metadata && kube_has(metadata, metadata_type, "managedFields"))
        return kube_fail(err, KUBE_E_USAGE, "metadata.managedFields must be absent from what is applied");
    request->content_type = "application/apply-patch+yaml";
    kube_query_write(request, options->dry_run, options->field_manager, options->field_validation, options->force);
    return kube_request_encode(request, type, object, err);
}

static int apply(kube_request_t *request, const kube_resource_t *resource, const char *ns, const char *name, const char *subresource,
                 const kube_type_t *type, const void *object, const kube_apply_options_t *options, kube_error_t *err)
{
    int code = kube_check_type(type, err);
    if (code == KUBE_OK && !name)
        name = kube_meta_name(type, object);
    if (code == KUBE_OK)
        code = kube_request_namespace(resource, ns, type, object, &ns, err);
    if (code == KUBE_OK)
        code = kube_request_object(request, resource, ns, name, subresource, err);
    return code == KUBE_OK ? put_applied(request, type, object, options, err) : code;
}

int kube_apply(kube_client_t *client, const kube_resource_t *resource, const char *ns, const void *object,
               const kube_apply_options_t *options, void *out, kube_error_t *err)
{
    static const kube_apply_options_t defaults;
    options = options ? options : &defaults;
    kube_request_t request;
    int code = kube_request_begin(&request, client, "PATCH", &options->call, out, err);
    if (code == KUBE_OK)
        code = kube_check_resource(resource, err);
    if (code == KUBE_OK && !object)
        code = kube_fail(err, KUBE_E_USAGE, "object is NULL");
    if (code == KUBE_OK)
        code = apply(&request, resource, ns, NULL, NULL, resource->type, object, options, err);
    return kube_request_run(&request, code, code == KUBE_OK ? resource->type : NULL, out, err);
}

int kube_apply_subresource(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                           const char *subresource, const kube_type_t *body_type, const void *body, const kube_type_t *reply,
                           const kube_apply_options_t *options, void *out, kube_error_t *err)
{
    static const kube_apply_options_t defaults;
    options = options ? options : &defaults;
    kube_request_t request;
    int code = kube_request_begin(&request, client, "PATCH", &options->call, out, err);
    if (code == KUBE_OK)
        code = kube_check_resource(resource, err);
    if (code == KUBE_OK && (!subresource || !body))
        code = kube_fail(err, KUBE_E_USAGE, "%s is NULL", body ? "subresource" : "body");
    if (code == KUBE_OK)
        code = kube_check_type(reply, err);
    if (code == KUBE_OK)
        code = apply(&request, resource, ns, name, subresource, body_type, body, options, err);
    return kube_request_run(&request, code, reply, out, err);
}
