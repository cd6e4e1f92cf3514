/* get, list, create and update, of objects and of their subresources. */
#include <kube/object.h>

#include "base/fail.h"
#include "client/request.h"

/* What a verb is done to: the object itself, or, when subresource is not NULL, that part of it. */
typedef struct target {
    const kube_resource_t *resource;
    const char *ns;
    const char *name;
    const char *subresource;
} target_t;

static int check_subresource(const kube_resource_t *resource, const char *subresource, const kube_type_t *reply, kube_error_t *err)
{
    int code = kube_check_resource(resource, err);
    if (code == KUBE_OK && !subresource)
        code = kube_fail(err, KUBE_E_USAGE, "subresource is NULL");
    return code == KUBE_OK ? kube_check_type(reply, err) : code;
}

static int get(kube_request_t *request, const target_t *target, const kube_get_options_t *options, kube_error_t *err)
{
    int code = kube_request_object(request, target->resource, target->ns, target->name, target->subresource, err);
    kube_query_text(request, "resourceVersion", options->resource_version);
    return code;
}

int kube_get(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name, const kube_get_options_t *options,
             void *out, kube_error_t *err)
{
    static const kube_get_options_t defaults;
    options = options ? options : &defaults;
    kube_request_t request;
    int code = kube_request_begin(&request, client, "GET", &options->call, out, err);
    if (code == KUBE_OK)
        code = kube_check_resource(resource, err);
    if (code == KUBE_OK)
        code = get(&request, &(target_t){ resource, ns, name, NULL }, options, err);
    return kube_request_run(&request, code, resource ? resource->type : NULL, out, err);
}

int kube_get_subresource(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name, const char *subresource,
                         const kube_type_t *reply, const kube_get_options_t *options, void *out, kube_error_t *err)
{
    static const kube_get_options_t defaults;
    options = options ? options : &defaults;
    kube_request_t request;
    int code = kube_request_begin(&request, client, "GET", &options->call, out, err);
    if (code == KUBE_OK)
        code = check_subresource(resource, subresource, reply, err);
    if (code == KUBE_OK)
        code = get(&request, &(target_t){ resource, ns, name, subresource }, options, err);
    return kube_request_run(&request, code, reply, out, err);
}

void kube_query_list(kube_request_t *request, const kube_list_options_t *options)
{
    kube_query_text(request, "continue", options->continue_);
    kube_query_text(request, "fieldSelector", options->field_selector);
    kube_query_text(request, "labelSelector", options->label_selector);
    if (options->limit)
        kube_query_number(request, "limit", options->limit);
    kube_query_text(request, "resourceVersion", options->resource_version);
    kube_query_text(request, "resourceVersionMatch", options->resource_version_match);
    if (options->timeout_seconds)
        kube_query_number(request, "timeoutSeconds", options->timeout_seconds);
}

int kube_list(kube_client_t *client, const kube_resource_t *resource, const char *ns, const kube_list_options_t *options, void *out,
              kube_error_t *err)
{
    static const kube_list_options_t defaults;
    options = options ? options : &defaults;
    kube_request_t request;
    int code = kube_request_begin(&request, client, "GET", &options->call, out, err);
    if (code == KUBE_OK)
        code = kube_check_resource(resource, err);
    if (code == KUBE_OK && !resource->list_type)
        code = kube_fail(err, KUBE_E_USAGE, "%s cannot be listed", resource->plural);
    if (code == KUBE_OK)
        code = kube_check_type(resource->list_type, err);
    if (code == KUBE_OK)
        code = kube_request_collection(&request, resource, ns, true, err);
    if (code == KUBE_OK)
        kube_query_list(&request, options);
    return kube_request_run(&request, code, code == KUBE_OK ? resource->list_type : NULL, out, err);
}

static const kube_type_t *create_reply(const kube_resource_t *resource)
{
    return resource->create_reply ? resource->create_reply : resource->type;
}

/* The body and the query of create and update; the path is the caller's part. */
static int put_object(kube_request_t *request, const kube_type_t *type, const void *object, const kube_create_options_t *options,
                      kube_error_t *err)
{
    kube_query_write(request, options->dry_run, options->field_manager, options->field_validation, false);
    return kube_request_encode(request, type, object, err);
}

static int create(kube_request_t *request, const kube_resource_t *resource, const char *ns, const void *object,
                  const kube_create_options_t *options, kube_error_t *err)
{
    int code = kube_check_resource(resource, err);
    if (code == KUBE_OK && !object)
        code = kube_fail(err, KUBE_E_USAGE, "object is NULL");
    if (code == KUBE_OK)
        code = kube_request_namespace(resource, ns, resource->type, object, &ns, err);
    if (code == KUBE_OK)
        code = kube_request_collection(request, resource, ns, false, err);
    return code == KUBE_OK ? put_object(request, resource->type, object, options, err) : code;
}

int kube_create(kube_client_t *client, const kube_resource_t *resource, const char *ns, const void *object,
                const kube_create_options_t *options, void *out, kube_error_t *err)
{
    static const kube_create_options_t defaults;
    options = options ? options : &defaults;
    kube_request_t request;
    int code = kube_request_begin(&request, client, "POST", &options->call, out, err);
    if (code == KUBE_OK)
        code = create(&request, resource, ns, object, options, err);
    return kube_request_run(&request, code, code == KUBE_OK ? create_reply(resource) : NULL, out, err);
}

/* A write of an object, or of the body of a subresource, to a path with a name: the target's, else the object's own. */
static int write_named(kube_request_t *request, target_t target, const kube_type_t *type, const void *object,
                       const kube_create_options_t *options, kube_error_t *err)
{
    if (!object)
        return kube_fail(err, KUBE_E_USAGE, "object is NULL");
    int code = kube_check_type(type, err);
    if (code == KUBE_OK && !target.name)
        target.name = kube_meta_name(type, object);
    if (code == KUBE_OK)
        code = kube_request_namespace(target.resource, target.ns, type, object, &target.ns, err);
    if (code == KUBE_OK)
        code = kube_request_object(request, target.resource, target.ns, target.name, target.subresource, err);
    return code == KUBE_OK ? put_object(request, type, object, options, err) : code;
}

int kube_update(kube_client_t *client, const kube_resource_t *resource, const char *ns, const void *object,
                const kube_update_options_t *options, void *out, kube_error_t *err)
{
    static const kube_update_options_t defaults;
    options = options ? options : &defaults;
    kube_request_t request;
    int code = kube_request_begin(&request, client, "PUT", &options->call, out, err);
    if (code == KUBE_OK)
        code = kube_check_resource(resource, err);
    if (code == KUBE_OK)
        code = write_named(&request, (target_t){ resource, ns, NULL, NULL }, resource->type, object, options, err);
    return kube_request_run(&request, code, code == KUBE_OK ? resource->type : NULL, out, err);
}

int kube_create_subresource(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                            const char *subresource, const kube_type_t *body_type, const void *body, const kube_type_t *reply,
                            const kube_create_options_t *options, void *out, kube_error_t *err)
{
    static const kube_create_options_t defaults;
    options = options ? options : &defaults;
    kube_request_t request;
    int code = kube_request_begin(&request, client, "POST", &options->call, out, err);
    if (code == KUBE_OK)
        code = check_subresource(resource, subresource, reply, err);
    if (code == KUBE_OK)
        code = write_named(&request, (target_t){ resource, ns, name, subresource }, body_type, body, options, err);
    return kube_request_run(&request, code, reply, out, err);
}

int kube_update_subresource(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                            const char *subresource, const kube_type_t *body_type, const void *body, const kube_type_t *reply,
                            const kube_update_options_t *options, void *out, kube_error_t *err)
{
    static const kube_update_options_t defaults;
    options = options ? options : &defaults;
    kube_request_t request;
    int code = kube_request_begin(&request, client, "PUT", &options->call, out, err);
    if (code == KUBE_OK)
        code = check_subresource(resource, subresource, reply, err);
    if (code == KUBE_OK)
        code = write_named(&request, (target_t){ resource, ns, name, subresource }, body_type, body, options, err);
    return kube_request_run(&request, code, reply, out, err);
}
