/* The verbs with one reply, blocking: each is a spec that is run in the caller's thread. */
#include <kube/object.h>

#include "base/fail.h"
#include "client/write.h"

/* out: the address of an object pointer; NULL: only whether it worked is wanted. */
static int finish(kube_operation_t *operation, int code, void *out)
{
    if (code == KUBE_OK && out) {
        *(void **)out = operation->object;
        operation->object = NULL;
    }
    kube_operation_dispose(operation);
    return code;
}

static int read_one(kube_client_t *client, const kube_spec_t *spec, void *out, kube_error_t *err)
{
    kube_unary_t unary;
    if (out)
        *(void **)out = NULL;
    int code = kube_operation_run(&unary.operation, &kube_unary_kind, client, spec, NULL, err);
    return finish(&unary.operation, code, out);
}

static int write_one(kube_client_t *client, const kube_spec_t *spec, void *out, kube_error_t *err)
{
    kube_write_t write;
    if (out)
        *(void **)out = NULL;
    int code = kube_operation_run(&write.unary.operation, &kube_write_kind, client, spec, NULL, err);
    return finish(&write.unary.operation, code, out);
}

int kube_get(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
             const kube_get_options_t *options, void *out, kube_error_t *err)
{
    kube_spec_t spec = { .action = KUBE_ACTION_GET, .resource = resource, .ns = ns, .name = name, .options = options };
    return read_one(client, &spec, out, err);
}

int kube_create(kube_client_t *client, const kube_resource_t *resource, const char *ns, const void *object,
                const kube_create_options_t *options, void *out, kube_error_t *err)
{
    kube_spec_t spec = { .action = KUBE_ACTION_CREATE, .resource = resource, .ns = ns, .body = object, .options = options };
    return write_one(client, &spec, out, err);
}

int kube_update(kube_client_t *client, const kube_resource_t *resource, const char *ns, const void *object,
                const kube_update_options_t *options, void *out, kube_error_t *err)
{
    kube_spec_t spec = { .action = KUBE_ACTION_UPDATE, .resource = resource, .ns = ns, .body = object, .options = options };
    return write_one(client, &spec, out, err);
}

int kube_patch(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name, const kube_patch_t *patch,
               const kube_patch_options_t *options, void *out, kube_error_t *err)
{
    kube_spec_t spec = { .action = KUBE_ACTION_PATCH, .resource = resource, .ns = ns, .name = name, .patch = patch,
                         .options = options };
    return write_one(client, &spec, out, err);
}

int kube_apply(kube_client_t *client, const kube_resource_t *resource, const char *ns, const void *object,
               const kube_apply_options_t *options, void *out, kube_error_t *err)
{
    kube_spec_t spec = { .action = KUBE_ACTION_APPLY, .resource = resource, .ns = ns, .body = object, .options = options };
    return write_one(client, &spec, out, err);
}

/* ---- subresources: the same on a part of an object, which must be named ---- */

static int check_part(const kube_spec_t *spec, void *out, kube_error_t *err)
{
    if (spec->subresource)
        return KUBE_OK;
    if (out)
        *(void **)out = NULL;
    kube_error_reset(err);
    return kube_fail(err, KUBE_E_USAGE, "subresource is NULL");
}

static int write_part(kube_client_t *client, const kube_spec_t *spec, void *out, kube_error_t *err)
{
    int code = check_part(spec, out, err);
    return code == KUBE_OK ? write_one(client, spec, out, err) : code;
}

int kube_get_subresource(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                         const char *subresource, const kube_type_t *reply, const kube_get_options_t *options, void *out,
                         kube_error_t *err)
{
    kube_spec_t spec = { .action = KUBE_ACTION_GET, .resource = resource, .ns = ns, .name = name, .subresource = subresource,
                         .reply_type = reply, .options = options };
    int code = check_part(&spec, out, err);
    return code == KUBE_OK ? read_one(client, &spec, out, err) : code;
}

int kube_create_subresource(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                            const char *subresource, const kube_type_t *body_type, const void *body, const kube_type_t *reply,
                            const kube_create_options_t *options, void *out, kube_error_t *err)
{
    kube_spec_t spec = { .action = KUBE_ACTION_CREATE, .resource = resource, .ns = ns, .name = name, .subresource = subresource,
                         .body_type = body_type, .body = body, .reply_type = reply, .options = options };
    return write_part(client, &spec, out, err);
}

int kube_update_subresource(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                            const char *subresource, const kube_type_t *body_type, const void *body, const kube_type_t *reply,
                            const kube_update_options_t *options, void *out, kube_error_t *err)
{
    kube_spec_t spec = { .action = KUBE_ACTION_UPDATE, .resource = resource, .ns = ns, .name = name, .subresource = subresource,
                         .body_type = body_type, .body = body, .reply_type = reply, .options = options };
    return write_part(client, &spec, out, err);
}

int kube_patch_subresource(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                           const char *subresource, const kube_patch_t *patch, const kube_type_t *reply,
                           const kube_patch_options_t *options, void *out, kube_error_t *err)
{
    kube_spec_t spec = { .action = KUBE_ACTION_PATCH, .resource = resource, .ns = ns, .name = name, .subresource = subresource,
                         .patch = patch, .reply_type = reply, .options = options };
    return write_part(client, &spec, out, err);
}

int kube_apply_subresource(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                           const char *subresource, const kube_type_t *body_type, const void *body, const kube_type_t *reply,
                           const kube_apply_options_t *options, void *out, kube_error_t *err)
{
    kube_spec_t spec = { .action = KUBE_ACTION_APPLY, .resource = resource, .ns = ns, .name = name, .subresource = subresource,
                         .body_type = body_type, .body = body, .reply_type = reply, .options = options };
    return write_part(client, &spec, out, err);
}

/* ---- deletes ---- */

static int delete_some(kube_client_t *client, const kube_spec_t *spec, kube_any_t *out, kube_error_t *err)
{
    kube_write_t write;
    kube_operation_t *operation = &write.unary.operation;
    int code = kube_operation_run(operation, &kube_write_kind, client, spec, NULL, err);
    if (out)
        *out = (kube_any_t){ .type = code == KUBE_OK ? operation->type : NULL };
    return finish(operation, code, out ? &out->object : NULL);
}

int kube_delete(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                const kube_delete_options_t *options, kube_any_t *out, kube_error_t *err)
{
    kube_spec_t spec = { .action = KUBE_ACTION_DELETE, .resource = resource, .ns = ns, .name = name, .options = options };
    return delete_some(client, &spec, out, err);
}

int kube_delete_collection(kube_client_t *client, const kube_resource_t *resource, const char *ns,
                           const kube_delete_options_t *options, const kube_list_options_t *list, kube_any_t *out, kube_error_t *err)
{
    kube_spec_t spec = { .action = KUBE_ACTION_DELETE_COLLECTION, .resource = resource, .ns = ns, .select = list,
                         .options = options };
    return delete_some(client, &spec, out, err);
}
