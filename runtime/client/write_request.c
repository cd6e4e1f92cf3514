/* From a spec to a request, for each action that writes. */
#include <kube/json.h>
#include <kube/meta/v1.h>
#include <kube/object.h>
#include <string.h>

#include "base/fail.h"
#include "client/list_request.h"
#include "client/write.h"

/* ---- what the actions share ---- */

/* The body is of the spec's type, else of the resource's. */
static int check_body(kube_write_t *write, const kube_spec_t *spec)
{
    kube_error_t *err = &write->unary.operation.err;
    if (!spec->body)
        return kube_fail(err, KUBE_E_USAGE, "body is NULL: there is no object");
    write->body_type = spec->body_type ? spec->body_type : spec->resource->type;
    return kube_check_type(write->body_type, err);
}

/* A path with a name: the spec's, else the body's own. */
static int put_named_path(kube_write_t *write, const kube_spec_t *spec)
{
    kube_operation_t *operation = &write->unary.operation;
    const char *name = spec->name ? spec->name : kube_meta_name(write->body_type, spec->body), *ns = spec->ns;
    int code = kube_request_namespace(spec->resource, ns, write->body_type, spec->body, &ns, &operation->err);
    if (code == KUBE_OK)
        code = kube_request_object(&operation->request, spec->resource, ns, name, spec->subresource, &operation->err);
    return code;
}

static bool has_resource_version(const kube_write_t *write, const kube_spec_t *spec)
{
    const char *version = kube_meta_resource_version(write->body_type, spec->body);
    return version && *version;
}

/* ---- one function an action ---- */

/* What is created without being kept (reviews) may be asked twice; what has a name can be found again. */
static kube_lost_policy_t policy_of_create(const kube_write_t *write, const kube_spec_t *spec, bool dry_run)
{
    const kube_resource_t *resource = spec->resource;
    if (dry_run || (!spec->subresource && !(resource->verbs & KUBE_VERB_GET) && !resource->create_reply))
        return KUBE_LOST_SAFE;
    const char *name = spec->subresource ? NULL : kube_meta_name(write->body_type, spec->body);
    return name && *name && !resource->create_reply ? KUBE_LOST_COMPARE : KUBE_LOST_TELL;
}

static int request_create(kube_write_t *write, const kube_spec_t *spec)
{
    kube_operation_t *operation = &write->unary.operation;
    kube_request_t *request = &operation->request;
    const kube_create_options_t *options = KUBE_SPEC_OPTIONS(kube_create_options_t, spec);
    request->method = "POST";
    int code = kube_unary_check(&write->unary, spec);
    if (code == KUBE_OK)
        code = check_body(write, spec);
    if (code < 0)
        return code;
    if (!spec->subresource && !spec->reply_type && spec->resource->create_reply)
        write->unary.reply_type = spec->resource->create_reply;
    const char *ns = spec->ns;
    if (spec->subresource)
        code = put_named_path(write, spec);
    else
        code = kube_request_namespace(spec->resource, ns, write->body_type, spec->body, &ns, &operation->err);
    if (code == KUBE_OK && !spec->subresource)
        code = kube_request_collection(request, spec->resource, ns, false, &operation->err);
    kube_query_write(request, options->dry_run, options->field_manager, options->field_validation, false);
    write->policy = policy_of_create(write, spec, options->dry_run);
    request->refusal_is_answer = spec->subresource && strcmp(spec->subresource, "eviction") == 0;
    return code == KUBE_OK ? kube_request_encode(request, write->body_type, spec->body, &operation->err) : code;
}

static int request_update(kube_write_t *write, const kube_spec_t *spec)
{
    kube_operation_t *operation = &write->unary.operation;
    const kube_create_options_t *options = KUBE_SPEC_OPTIONS(kube_create_options_t, spec);
    operation->request.method = "PUT";
    int code = kube_unary_check(&write->unary, spec);
    if (code == KUBE_OK)
        code = check_body(write, spec);
    if (code == KUBE_OK)
        code = put_named_path(write, spec);
    if (code < 0)
        return code;
    kube_query_write(&operation->request, options->dry_run, options->field_manager, options->field_validation, false);
    write->writes_status = spec->subresource && strcmp(spec->subresource, "status") == 0;
    write->policy = options->dry_run ? KUBE_LOST_SAFE : has_resource_version(write, spec) ? KUBE_LOST_COMPARE : KUBE_LOST_TELL;
    return kube_request_encode(&operation->request, write->body_type, spec->body, &operation->err);
}

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

static int request_patch(kube_write_t *write, const kube_spec_t *spec)
{
    kube_operation_t *operation = &write->unary.operation;
    kube_request_t *request = &operation->request;
    const kube_patch_options_t *options = KUBE_SPEC_OPTIONS(kube_patch_options_t, spec);
    const kube_patch_t *patch = spec->patch;
    request->method = "PATCH";
    int code = kube_unary_check(&write->unary, spec);
    if (code == KUBE_OK)
        code = kube_request_object(request, spec->resource, spec->ns, spec->name, spec->subresource, &operation->err);
    if (code < 0)
        return code;
    if (!patch || !patch->text)
        return kube_fail(&operation->err, KUBE_E_USAGE, "patch is NULL");
    request->content_type = media_type(patch->type);
    if (!request->content_type)
        return kube_fail(&operation->err, KUBE_E_USAGE, "patch type %d is none of KUBE_PATCH_TYPE_*", (int)patch->type);
    request->text = patch->text;
    request->text_len = patch->len;
    write->policy = options->dry_run ? KUBE_LOST_SAFE : KUBE_LOST_TELL;
    kube_query_write(request, options->dry_run, options->field_manager, options->field_validation, false);
    return KUBE_OK;
}

/* The body says which fields the manager owns; what the server keeps about owners does not belong into it. */
static int check_applied(kube_write_t *write, const kube_spec_t *spec, const kube_apply_options_t *options)
{
    kube_error_t *err = &write->unary.operation.err;
    if (!options->field_manager || !*options->field_manager)
        return kube_fail(err, KUBE_E_USAGE, "field_manager is missing");
    const kube_type_t *metadata_type = NULL;
    const void *metadata = kube_at(spec->body, write->body_type, "metadata", &metadata_type);
    if (metadata && kube_has(metadata, metadata_type, "managedFields"))
        return kube_fail(err, KUBE_E_USAGE, "metadata.managedFields must be absent from what is applied");
    return KUBE_OK;
}

static int request_apply(kube_write_t *write, const kube_spec_t *spec)
{
    kube_operation_t *operation = &write->unary.operation;
    kube_request_t *request = &operation->request;
    const kube_apply_options_t *options = KUBE_SPEC_OPTIONS(kube_apply_options_t, spec);
    request->method = "PATCH";
    request->content_type = "application/apply-patch+yaml";
    int code = kube_unary_check(&write->unary, spec);
    if (code == KUBE_OK)
        code = check_body(write, spec);
    if (code == KUBE_OK)
        code = put_named_path(write, spec);
    if (code == KUBE_OK)
        code = check_applied(write, spec, options);
    if (code < 0)
        return code;
    write->policy = options->dry_run ? KUBE_LOST_SAFE : has_resource_version(write, spec) ? KUBE_LOST_COMPARE : KUBE_LOST_REPEAT;
    kube_query_write(request, options->dry_run, options->field_manager, options->field_validation, options->force);
    return kube_request_encode(request, write->body_type, spec->body, &operation->err);
}

/* The options go into the body, because the server does not look at the query when there is one. */
static int put_delete_options(kube_request_t *request, const kube_delete_options_t *options, kube_error_t *err)
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

static int request_delete(kube_write_t *write, const kube_spec_t *spec)
{
    kube_operation_t *operation = &write->unary.operation;
    kube_request_t *request = &operation->request;
    const kube_delete_options_t *options = KUBE_SPEC_OPTIONS(kube_delete_options_t, spec);
    bool one = spec->action == KUBE_ACTION_DELETE;
    request->method = "DELETE";
    int code = kube_unary_check(&write->unary, spec);
    if (code < 0)
        return code;
    write->list_type = spec->resource->list_type;
    write->repeatable = options->precondition_uid || options->precondition_resource_version;
    write->policy = options->dry_run ? KUBE_LOST_SAFE : one ? KUBE_LOST_LOOK : KUBE_LOST_TELL;
    if (one)
        code = kube_request_object(request, spec->resource, spec->ns, spec->name, NULL, &operation->err);
    else
        code = kube_request_collection(request, spec->resource, spec->ns, false, &operation->err);
    if (code == KUBE_OK && !one && spec->select)
        code = kube_check_list_options(spec->select, false, &operation->err);
    if (!one && spec->select)
        kube_query_list(request, spec->select);
    return code == KUBE_OK ? put_delete_options(request, options, &operation->err) : code;
}

static int make(kube_write_t *write, const kube_spec_t *spec)
{
    switch (spec->action) {
    case KUBE_ACTION_CREATE:
        return request_create(write, spec);
    case KUBE_ACTION_UPDATE:
        return request_update(write, spec);
    case KUBE_ACTION_PATCH:
        return request_patch(write, spec);
    case KUBE_ACTION_APPLY:
        return request_apply(write, spec);
    default:
        return request_delete(write, spec);
    }
}

int kube_write_request(kube_unary_t *unary, const kube_spec_t *spec)
{
    kube_write_t *write = (kube_write_t *)unary;
    int code = make(write, spec);
    unary->operation.request.safe = write->policy == KUBE_LOST_SAFE;
    unary->operation.request.repeatable = write->policy == KUBE_LOST_REPEAT || write->policy == KUBE_LOST_COMPARE;
    return code;
}
