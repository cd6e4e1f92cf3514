/* Read, change, write, and from the start again after a conflict. */
#include <kube/conflict.h>
#include <kube/meta/v1.h>
#include <kube/object.h>
#include <string.h>

#include "base/fail.h"
#include "client/pause.h"
#include "client/request.h"

typedef struct modification {
    kube_client_t *client;
    const kube_resource_t *resource;
    const char *ns;
    const char *name;
    kube_change_fn *change;
    void *userdata;
    const kube_modify_options_t *options;
    const kube_type_t *type; /* of what is changed */
    int64_t deadline_ms;
    bool missing; /* the server has no such object */
    kube_modified_t modified;
    void *result;
} modification_t;

static void drop_status(const modification_t *work)
{
    kube_meta_v1_status_t **status = work->options->call.status;
    if (!status)
        return;
    kube_free(*status);
    *status = NULL;
}

/* The call options of the next request: the same with the time that is left. A Status of the request before is given up. */
static int next_call(const modification_t *work, kube_call_t *call, kube_error_t *err)
{
    *call = work->options->call;
    drop_status(work);
    if (work->deadline_ms == INT64_MAX)
        return KUBE_OK;
    call->timeout_ms = work->deadline_ms - kube_monotonic_ms();
    return call->timeout_ms > 0 ? KUBE_OK : kube_fail(err, KUBE_E_TIMEOUT, "no time is left");
}

/* An object with nothing but its names. */
static int make_empty(const modification_t *work, void **object, kube_error_t *err)
{
    const kube_type_t *type = work->type;
    const char *ns = work->ns ? work->ns : kube_client_namespace(work->client);
    *object = kube_new(type);
    kube_meta_v1_object_meta_t *metadata = *object ? kube_ensure(*object, *object, type, "metadata") : NULL;
    if (!metadata)
        return kube_fail_memory(err);
    metadata->name = kube_strdup(*object, work->name);
    if (work->resource->namespaced)
        metadata->namespace_ = kube_strdup(*object, ns);
    return metadata->name && (metadata->namespace_ || !work->resource->namespaced) ? KUBE_OK : kube_fail_memory(err);
}

/* What is changed. A status is read with its object, which needs no permission of its own. */
static int read_present(modification_t *work, void **object, kube_error_t *err)
{
    const kube_modify_options_t *options = work->options;
    kube_get_options_t get = { 0 };
    int code = next_call(work, &get.call, err);
    work->missing = false;
    if (code < 0)
        return code;
    if (options->subresource_type)
        return kube_get_subresource(work->client, work->resource, work->ns, work->name, options->subresource, work->type, &get,
                                    object, err);
    code = kube_get(work->client, work->resource, work->ns, work->name, &get, object, err);
    if (code != KUBE_E_NOT_FOUND || !options->create_if_missing)
        return code;
    kube_error_reset(err);
    drop_status(work);
    work->missing = true;
    return make_empty(work, object, err);
}

static int write_update(const modification_t *work, const void *object, void *out, kube_error_t *err)
{
    const kube_modify_options_t *options = work->options;
    kube_update_options_t update = { .dry_run = options->dry_run, .field_manager = options->field_manager,
                                     .field_validation = options->field_validation };
    int code = next_call(work, &update.call, err);
    if (code < 0)
        return code;
    if (options->subresource)
        return kube_update_subresource(work->client, work->resource, work->ns, work->name, options->subresource, work->type,
                                       object, work->type, &update, out, err);
    return kube_update(work->client, work->resource, work->ns, object, &update, out, err);
}

static int write_new(const modification_t *work, const void *object, void *out, kube_error_t *err)
{
    const kube_modify_options_t *options = work->options;
    kube_create_options_t create = { .dry_run = options->dry_run, .field_manager = options->field_manager,
                                     .field_validation = options->field_validation };
    int code = next_call(work, &create.call, err);
    return code < 0 ? code : kube_create(work->client, work->resource, work->ns, object, &create, out, err);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* What names the object, and the version that guards against losing somebody's write. */
static int check_names(const kube_type_t *type, const void *before, const void *after, kube_error_t *err)
{
    if (same_text(kube_meta_name(type, before), kube_meta_name(type, after)) &&
        same_text(kube_meta_namespace(type, before), kube_meta_namespace(type, after)) &&
        same_text(kube_meta_resource_version(type, before), kube_meta_resource_version(type, after)))
        return KUBE_OK;
    return kube_fail(err, KUBE_E_USAGE, "the change is of metadata.name, namespace or resourceVersion");
}

static int change_object(const modification_t *work, const void *before, void *object, kube_error_t *err)
{
    int code = work->change(object, work->userdata);
    if (code != 0)
        return code < 0 ? kube_fail(err, code, "the change was given up") : code;
    return check_names(work->type, before, object, err);
}

/* Somebody was faster at creating or deleting: that is a conflict like any other. */
static int as_conflict(const modification_t *work, int code, kube_error_t *err)
{
    int conflict = work->missing ? KUBE_E_ALREADY_EXISTS : KUBE_E_NOT_FOUND;
    if (code == conflict && work->options->create_if_missing)
        return err->code = KUBE_E_CONFLICT;
    return code;
}

static int write_changed(modification_t *work, const void *object, kube_error_t *err)
{
    int code = work->missing ? write_new(work, object, &work->result, err)
                                     : write_update(work, object, &work->result, err);
    if (code == KUBE_OK)
        work->modified = work->missing ? KUBE_MODIFIED_CREATED : KUBE_MODIFIED_UPDATED;
    return as_conflict(work, code, err);
}

static int attempt(kube_error_t *err, void *userdata)
{
    modification_t *work = userdata;
    void *object = NULL, *before = NULL;
    int code = read_present(work, &object, err);
    if (code == KUBE_OK) {
        before = kube_dup(work->type, object);
        code = before ? change_object(work, before, object, err) : kube_fail_memory(err);
    }
    if (code == KUBE_OK) {
        if (work->missing || !kube_equal(work->type, before, object)) {
            code = write_changed(work, object, err);
        } else {
            work->result = before;
            before = NULL;
        }
    }
    kube_free(before);
    kube_free(object);
    return code;
}

static int check_arguments(const modification_t *work, kube_error_t *err)
{
    const kube_modify_options_t *options = work->options;
    if (!work->client || !work->resource || !work->resource->type || !work->name || !work->change)
        return kube_fail(err, KUBE_E_USAGE, "client, resource, name and change must not be NULL");
    if (options->create_if_missing && options->subresource)
        return kube_fail(err, KUBE_E_USAGE, "a subresource cannot be created");
    if (options->subresource_type && !options->subresource)
        return kube_fail(err, KUBE_E_USAGE, "subresource is NULL, but subresource_type is not");
    int code = kube_check_segment("name", work->name, err);
    return code == KUBE_OK && options->subresource ? kube_check_segment("subresource", options->subresource, err) : code;
}

static int run(modification_t *work, void *out, kube_error_t *err)
{
    const kube_modify_options_t *options = work->options;
    kube_retry_t retry = options->retry;
    if (!retry.cancel)
        retry.cancel = options->call.cancel;
    work->type = options->subresource_type ? options->subresource_type : work->resource->type;
    work->deadline_ms = kube_deadline_ms(options->call.timeout_ms);
    int code = kube_retry_until(&retry, work->deadline_ms, attempt, work, err);
    if (err->http_status == 0)
        drop_status(work);
    if (options->modified)
        *options->modified = work->modified;
    if (out)
        *(void **)out = work->result;
    else
        kube_free(work->result);
    return code;
}

int kube_modify(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name, kube_change_fn *change,
                void *userdata, const kube_modify_options_t *options, void *out, kube_error_t *err)
{
    static const kube_modify_options_t defaults;
    kube_error_t own;
    err = err ? err : &own;
    options = options ? options : &defaults;
    kube_error_reset(err);
    if (out)
        *(void **)out = NULL;
    if (options->call.status)
        *options->call.status = NULL;
    if (options->modified)
        *options->modified = KUBE_MODIFIED_NOTHING;
    modification_t work = { .client = client, .resource = resource, .ns = ns, .name = name, .change = change,
                                    .userdata = userdata, .options = options };
    int code = check_arguments(&work, err);
    return code == KUBE_OK ? run(&work, out, err) : code;
}

int kube_create_or_modify(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                          kube_change_fn *change, void *userdata, const kube_modify_options_t *options, void *out,
                          kube_error_t *err)
{
    kube_modify_options_t own = { 0 };
    if (options)
        own = *options;
    own.create_if_missing = true;
    return kube_modify(client, resource, ns, name, change, userdata, &own, out, err);
}
