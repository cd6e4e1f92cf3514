/* Metadata and tables in place of objects: what is accepted asks for a form, the reply's kind tells which one came. */
#include <kube/forms.h>
#include <kube/json.h>
#include <kube/meta/v1.h>
#include <kube/object.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "client/list_request.h"

#define AS(form) "application/json;as=" form ";g=meta.k8s.io;v=v1"
#define OR_AS_IT_IS ",application/json"

void kube_metadata_resource(const kube_resource_t *resource, kube_resource_t *out)
{
    *out = *resource;
    out->type = &kube_meta_v1_partial_object_metadata_type;
    out->list_type = resource->list_type ? &kube_meta_v1_partial_object_metadata_list_type : NULL;
    out->kind = out->type->kind;
}

/* What is read, and as what. */
typedef struct form {
    const char *accept;
    const kube_type_t *type;  /* the form */
    const kube_type_t *whole; /* what a server sends that does not know it */
    unsigned decode_flags;
    kube_call_t call;
} form_t;

static int begin(kube_request_t *request, kube_client_t *client, const kube_call_t *call, void *out, kube_error_t *err)
{
    kube_error_reset(err);
    kube_request_init(request, client);
    if (out)
        *(void **)out = NULL;
    if (call->status)
        *call->status = NULL;
    return client ? KUBE_OK : kube_fail(err, KUBE_E_USAGE, "client is NULL");
}

static int fail_kind(const form_t *form, const kube_type_meta_t *meta, kube_error_t *err)
{
    int code = form->whole ? KUBE_E_PARSE : KUBE_E_UNSUPPORTED_MEDIA;
    return kube_fail(err, code, "the reply is a %s %s, not a %s", meta->api_version, meta->kind, form->type->kind);
}

/* Borrows an object's metadata. */
static kube_meta_v1_partial_object_metadata_t metadata_of(const kube_type_t *type, const void *object)
{
    const kube_type_t *partial = &kube_meta_v1_partial_object_metadata_type;
    return (kube_meta_v1_partial_object_metadata_t){ .api_version = partial->api_version, .kind = partial->kind,
                                                     .metadata = kube_at(object, type, "metadata", NULL) };
}

static int reduce_object(const form_t *form, const void *whole, void **out)
{
    kube_meta_v1_partial_object_metadata_t partial = metadata_of(form->whole, whole);
    *out = kube_dup(form->type, &partial);
    return *out ? KUBE_OK : KUBE_E_NO_MEMORY;
}

/* The type of a list's items. */
static const kube_type_t *item_type(const kube_type_t *list)
{
    const kube_field_t *items = kube_type_field(list, "items", sizeof "items" - 1);
    return items ? ((const kube_element_t *)items->type)->type : NULL;
}

static int reduce_list(const form_t *form, const void *whole, void **out)
{
    const struct { const char *items; size_t len; } *items = kube_field_of(whole, form->whole, "items");
    const kube_type_t *type = item_type(form->whole);
    kube_meta_v1_partial_object_metadata_list_t partial = { .api_version = form->type->api_version, .kind = form->type->kind,
                                                            .metadata = kube_at(whole, form->whole, "metadata", NULL) };
    if (!items || !type)
        return KUBE_E_USAGE;
    if (items->len > SIZE_MAX / 2 / sizeof *partial.items.items)
        return KUBE_E_NO_MEMORY;
    partial.items.items = kube_mem_zero((items->len + 1) * sizeof *partial.items.items);
    if (!partial.items.items)
        return KUBE_E_NO_MEMORY;
    for (; partial.items.len < items->len; partial.items.len++)
        partial.items.items[partial.items.len] = metadata_of(type, items->items + partial.items.len * type->size);
    *out = kube_dup(form->type, &partial);
    kube_mem_free(partial.items.items);
    return *out ? KUBE_OK : KUBE_E_NO_MEMORY;
}

static int decode_whole(const form_t *form, const kube_buffer_t *body, const kube_decode_options_t *options, void **out,
                        kube_error_t *err)
{
    void *whole = NULL;
    int code = kube_json_decode(form->whole, body->data, body->len, options, &whole, err);
    if (code < 0)
        return code;
    code = form->whole->flags & KUBE_TYPE_LIST ? reduce_list(form, whole, out) : reduce_object(form, whole, out);
    kube_free(whole);
    return code == KUBE_E_NO_MEMORY ? kube_fail_memory(err) : code;
}

static int decode(const form_t *form, kube_pool_t *pool, kube_buffer_t *body, void **out, kube_error_t *err)
{
    kube_type_meta_t meta;
    kube_decode_options_t options = { .pool = pool, .flags = form->decode_flags };
    int code = kube_json_type_meta(body->data, body->len, &meta, err);
    if (code < 0)
        return code;
    bool is_form = strcmp(meta.kind, form->type->kind) == 0 && strcmp(meta.api_version, form->type->api_version) == 0;
    if (!is_form && !(form->whole && strcmp(meta.kind, form->whole->kind) == 0))
        return fail_kind(form, &meta, err);
    return is_form ? kube_json_decode(form->type, body->data, body->len, &options, out, err)
                   : decode_whole(form, body, &options, out, err);
}

/* request: its target is complete. */
static int run(kube_request_t *request, const form_t *form, void *out, kube_error_t *err)
{
    void *object = NULL;
    kube_buffer_t body = { 0 };
    if (request->target.failed)
        return kube_fail_memory(err);
    kube_raw_request_t raw = { .call = form->call, .path = request->target.data, .accept = form->accept };
    int code = kube_raw(request->client, &raw, &body, err);
    if (code == KUBE_OK)
        code = decode(form, request->client->pool, &body, &object, err);
    kube_buffer_dispose(&body);
    if (out)
        *(void **)out = object;
    else
        kube_free(object);
    return code;
}

static const unsigned list_flags = KUBE_DECODE_PACKED | KUBE_DECODE_DROP_MANAGED_FIELDS | KUBE_DECODE_INTERN;

int kube_get_metadata(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                      const kube_get_options_t *options, kube_meta_v1_partial_object_metadata_t **out, kube_error_t *err)
{
    static const kube_get_options_t defaults;
    options = options ? options : &defaults;
    kube_request_t request;
    int code = begin(&request, client, &options->call, out, err);
    if (code == KUBE_OK)
        code = kube_check_resource(resource, err);
    if (code == KUBE_OK)
        code = kube_request_object(&request, resource, ns, name, NULL, err);
    if (code == KUBE_OK) {
        form_t form = { .accept = AS("PartialObjectMetadata") OR_AS_IT_IS, .type = &kube_meta_v1_partial_object_metadata_type,
                        .whole = resource->type, .call = options->call };
        kube_query_text(&request, "resourceVersion", options->resource_version);
        code = run(&request, &form, out, err);
    }
    kube_request_dispose(&request);
    return code;
}

int kube_list_metadata(kube_client_t *client, const kube_resource_t *resource, const char *ns, const kube_list_options_t *options,
                       kube_meta_v1_partial_object_metadata_list_t **out, kube_error_t *err)
{
    static const kube_list_options_t defaults;
    options = options ? options : &defaults;
    kube_request_t request;
    int code = begin(&request, client, &options->call, out, err);
    if (code == KUBE_OK)
        code = kube_list_request_path(&request, resource, ns, err);
    if (code == KUBE_OK) {
        form_t form = { .accept = AS("PartialObjectMetadataList") OR_AS_IT_IS,
                        .type = &kube_meta_v1_partial_object_metadata_list_type, .whole = resource->list_type,
                        .decode_flags = options->decode_flags & list_flags, .call = options->call };
        kube_query_list(&request, options);
        code = run(&request, &form, out, err);
    }
    kube_request_dispose(&request);
    return code;
}

static int run_table(kube_request_t *request, int code, const kube_table_options_t *options, kube_meta_v1_table_t **out,
                     kube_error_t *err)
{
    if (code == KUBE_OK) {
        form_t form = { .accept = AS("Table"), .type = &kube_meta_v1_table_type,
                        .decode_flags = options->list.decode_flags & list_flags, .call = options->list.call };
        code = run(request, &form, out, err);
    }
    kube_request_dispose(request);
    return code;
}

static const kube_table_options_t table_defaults;

int kube_get_table(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                   const kube_table_options_t *options, kube_meta_v1_table_t **out, kube_error_t *err)
{
    options = options ? options : &table_defaults;
    kube_request_t request;
    int code = begin(&request, client, &options->list.call, out, err);
    if (code == KUBE_OK)
        code = kube_check_resource(resource, err);
    if (code == KUBE_OK)
        code = kube_request_object(&request, resource, ns, name, NULL, err);
    if (code == KUBE_OK) {
        kube_query_text(&request, "includeObject", options->include_object);
        kube_query_text(&request, "resourceVersion", options->list.resource_version);
    }
    return run_table(&request, code, options, out, err);
}

int kube_list_table(kube_client_t *client, const kube_resource_t *resource, const char *ns, const kube_table_options_t *options,
                    kube_meta_v1_table_t **out, kube_error_t *err)
{
    options = options ? options : &table_defaults;
    kube_request_t request;
    int code = begin(&request, client, &options->list.call, out, err);
    if (code == KUBE_OK)
        code = kube_list_request_path(&request, resource, ns, err);
    if (code == KUBE_OK) {
        kube_query_list(&request, &options->list);
        kube_query_text(&request, "includeObject", options->include_object);
    }
    return run_table(&request, code, options, out, err);
}
