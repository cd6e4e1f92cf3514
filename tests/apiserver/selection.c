#include "selection.h"

#include "status.h"

static bool field_known(const ts_resource_t *resource, const char *path, size_t len)
{
    const ts_collection_t *collection = resource->collection;
    if (strncmp(path, "metadata.name", len) == 0 && len == strlen("metadata.name"))
        return true;
    /* Where the real server has no code of its own for a kind, it does not ask whether there are namespaces. */
    bool usual = collection->namespaced || (collection->field_count == 0 && !resource->crd);
    if (usual && strncmp(path, "metadata.namespace", len) == 0 && len == strlen("metadata.namespace"))
        return true;
    for (size_t i = 0; i < collection->field_count; i++) {
        if (strlen(collection->fields[i]) == len && strncmp(collection->fields[i], path, len) == 0)
            return true;
    }
    return false;
}

static void field_unknown(const ts_request_t *request, const char *path, size_t len, ts_reply_t *reply)
{
    const ts_resource_t *resource = request->resource;
    bool plain = resource->collection->field_count == 0 && !resource->crd;
    if (plain)
        ts_status_bad_request(reply, "\"%.*s\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"", (int)len, path);
    else if (ts_is_kind(resource, "batch", "jobs"))
        ts_status_bad_request(reply, "field label \"%.*s\" not supported for Job", (int)len, path);
    else if (ts_is_kind(resource, "resource.k8s.io", "resourceslices"))
        ts_status_bad_request(reply, "field label not supported for %s, Kind=ResourceSlice: %.*s", resource->api_version, (int)len, path);
    else
        ts_status_bad_request(reply, "field label not supported: %.*s", (int)len, path);
}

/* The terms' paths, which kube_field_selector_t does not tell. */
static bool fields_known(const ts_request_t *request, const char *text, ts_reply_t *reply)
{
    while (*text) {
        size_t len = strcspn(text, "=!");
        if (!field_known(request->resource, text, len)) {
            field_unknown(request, text, len, reply);
            return false;
        }
        for (text += len; *text && *text != ','; text++)
            text += *text == '\\' && text[1];
        text += *text == ',';
    }
    return true;
}

bool ts_selection_read(const ts_request_t *request, ts_selection_t *out, ts_reply_t *reply)
{
    kube_error_t err;
    const char *labels = ts_query(request, "labelSelector"), *fields = ts_query(request, "fieldSelector");
    *out = (ts_selection_t){ .collection = request->resource->collection, .ns = ts_strdup(request->ns), .name = ts_strdup(request->name) };
    if (labels && *labels && kube_label_selector_parse(labels, &out->labels, &err) != KUBE_OK) {
        ts_status_bad_request(reply, "unable to parse requirement: %s", err.message);
        ts_selection_dispose(out);
        return false;
    }
    if (fields && *fields) {
        if (kube_field_selector_parse(fields, &out->fields, &err) != KUBE_OK) {
            ts_status_bad_request(reply, "invalid selector: '%s'; can't understand '%s'", fields, fields);
            ts_selection_dispose(out);
            return false;
        }
        if (!fields_known(request, kube_field_selector_text(out->fields), reply)) {
            ts_selection_dispose(out);
            return false;
        }
    }
    return true;
}

void ts_selection_dispose(ts_selection_t *selection)
{
    free(selection->ns);
    free(selection->name);
    kube_label_selector_free(selection->labels);
    kube_field_selector_free(selection->fields);
    *selection = (ts_selection_t){ 0 };
}

typedef struct lookup {
    const ts_collection_t *collection;
    const ts_object_t *object;
} lookup_t;

static const char *get_field(const char *path, void *userdata)
{
    const lookup_t *lookup = userdata;
    return ts_object_field(lookup->collection, lookup->object, path);
}

bool ts_selection_matches(const ts_selection_t *selection, const ts_object_t *object)
{
    lookup_t lookup = { selection->collection, object };
    if (selection->ns && !ts_is(selection->ns, object->identity->ns))
        return false;
    if (selection->name && !ts_is(selection->name, object->identity->name))
        return false;
    if (selection->labels && !kube_label_selector_matches(selection->labels, &object->labels))
        return false;
    return !selection->fields || kube_field_selector_matches(selection->fields, get_field, &lookup);
}

bool ts_selection_is_narrow(const ts_selection_t *selection)
{
    return selection->labels || selection->fields || selection->name;
}
