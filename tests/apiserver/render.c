#include "render.h"

#include <stdio.h>

#include "table.h"

#define METADATA_TYPE "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\","

/* The real server writes built-in kinds in Go's order, custom ones sorted by key. */
static void type_meta(const ts_resource_t *resource, kube_buffer_t *out)
{
    if (resource->crd)
        kube_buffer_printf(out, "{\"apiVersion\":\"%s\",\"kind\":\"%s\",", resource->api_version, resource->api.kind);
    else
        kube_buffer_printf(out, "{\"kind\":\"%s\",\"apiVersion\":\"%s\",", resource->api.kind, resource->api_version);
}

static void metadata_only(const ts_object_t *object, kube_buffer_t *out)
{
    kube_buffer_puts(out, METADATA_TYPE);
    kube_buffer_append(out, object->text, object->metadata_len);
    kube_buffer_puts(out, "}");
}

static void whole(const ts_resource_t *resource, const ts_object_t *object, kube_buffer_t *out)
{
    type_meta(resource, out);
    kube_buffer_append(out, object->text, object->len);
}

static void row(const ts_request_t *request, const ts_object_t *object, kube_buffer_t *out)
{
    const char *include = ts_query(request, "includeObject");
    kube_buffer_puts(out, "{\"cells\":");
    ts_table_cells(request->resource, object, out);
    kube_buffer_puts(out, ",\"object\":");
    if (ts_is(include, "None"))
        kube_buffer_puts(out, "null");
    else if (ts_is(include, "Object"))
        whole(request->resource, object, out);
    else
        metadata_only(object, out);
    kube_buffer_puts(out, "}");
}

static void table_begin(const ts_request_t *request, const char *metadata, bool columns, kube_buffer_t *out)
{
    kube_buffer_printf(out, "{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":%s,\"columnDefinitions\":", metadata);
    if (columns)
        ts_table_columns(request->resource, out);
    else
        kube_buffer_puts(out, "null");
    kube_buffer_puts(out, ",\"rows\":[");
}

void ts_render_object(const ts_request_t *request, const ts_object_t *object, bool columns, kube_buffer_t *out)
{
    switch (request->form) {
    case TS_FORM_OBJECT:
        whole(request->resource, object, out);
        break;
    case TS_FORM_METADATA:
        metadata_only(object, out);
        break;
    case TS_FORM_TABLE: {
        char metadata[64];
        snprintf(metadata, sizeof metadata, "{\"resourceVersion\":\"%lld\"}", (long long)object->revision);
        table_begin(request, metadata, columns, out);
        row(request, object, out);
        kube_buffer_puts(out, "]}");
        break;
    }
    }
}

void ts_render_item(const ts_request_t *request, const ts_object_t *object, kube_buffer_t *out)
{
    if (request->form == TS_FORM_TABLE) {
        row(request, object, out);
    } else if (request->form == TS_FORM_METADATA) {
        metadata_only(object, out);
    } else if (request->resource->crd) {
        whole(request->resource, object, out);
    } else {
        kube_buffer_puts(out, "{");
        kube_buffer_append(out, object->text, object->len);
    }
}

void ts_render_list_begin(const ts_request_t *request, const char *metadata, kube_buffer_t *out)
{
    const ts_resource_t *resource = request->resource;
    if (request->form == TS_FORM_TABLE)
        table_begin(request, metadata, true, out);
    else if (request->form == TS_FORM_METADATA)
        kube_buffer_printf(out, "{\"kind\":\"PartialObjectMetadataList\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":%s,\"items\":[", metadata);
    else if (resource->crd)
        kube_buffer_printf(out, "{\"apiVersion\":\"%s\",\"items\":[", resource->api_version);
    else
        kube_buffer_printf(out, "{\"kind\":\"%s\",\"apiVersion\":\"%s\",\"metadata\":%s,\"items\":[", resource->api.list_kind,
                           resource->api_version, metadata);
}

void ts_render_list_end(const ts_request_t *request, const char *metadata, kube_buffer_t *out)
{
    kube_buffer_puts(out, "]");
    if (request->form == TS_FORM_OBJECT && request->resource->crd)
        kube_buffer_printf(out, ",\"kind\":\"%s\",\"metadata\":%s", request->resource->api.list_kind, metadata);
    kube_buffer_puts(out, "}\n");
}

void ts_render_bookmark(const ts_request_t *request, int64_t revision, bool end, kube_buffer_t *out)
{
    char metadata[160];
    snprintf(metadata, sizeof metadata, "\"metadata\":{\"resourceVersion\":\"%lld\"%s}", (long long)revision,
             end ? ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}" : "");
    if (request->form == TS_FORM_TABLE) {
        char own[64];
        snprintf(own, sizeof own, "{\"resourceVersion\":\"%lld\"}", (long long)revision);
        table_begin(request, own, false, out);
        kube_buffer_puts(out, "{\"cells\":");
        ts_table_cells(request->resource, NULL, out);
        kube_buffer_printf(out, ",\"object\":" METADATA_TYPE "%s}}]}", metadata);
    } else if (request->form == TS_FORM_METADATA) {
        kube_buffer_printf(out, METADATA_TYPE "%s}", metadata);
    } else {
        type_meta(request->resource, out);
        kube_buffer_printf(out, "%s}", metadata);
    }
}

void ts_reply_object(const ts_request_t *request, ts_reply_t *reply, int status, const ts_object_t *object)
{
    reply->status = status;
    reply->content_type = "application/json";
    kube_buffer_clear(&reply->body);
    ts_render_object(request, object, true, &reply->body);
    kube_buffer_puts(&reply->body, "\n");
}
