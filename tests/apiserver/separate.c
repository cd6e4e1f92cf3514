#include "separate.h"

#include "certificates.h"
#include "pod_resources.h"
#include "state.h"

/* Who writes the status leaves all else as it was; of some kinds labels and annotations go with it, or all metadata. */
static void keep_all_but_status(const ts_request_t *request, json_t *object, const json_t *old)
{
    const char *key;
    json_t *value;
    json_t *given = json_incref(json_object_get(object, "status")), *metadata = json_incref(json_object_get(object, "metadata"));
    const ts_api_t *api = &request->resource->api;
    bool keeps_metadata = !*api->group && (ts_is(api->plural, "pods") || ts_is(api->plural, "nodes") || ts_is(api->plural, "namespaces"));
    json_object_clear(object);
    json_object_foreach ((json_t *)old, key, value)
        json_object_set(object, key, value);
    json_object_del(object, "status");
    if (given)
        json_object_set_new(object, "status", given);
    bool all_metadata = ts_is_kind(request->resource, "certificates.k8s.io", "certificatesigningrequests");
    json_t *own = ts_need(json_deep_copy(all_metadata ? metadata : json_object_get(old, "metadata")));
    if (keeps_metadata) {
        json_object_del(own, "labels");
        json_object_del(own, "annotations");
        if (json_object_get(metadata, "labels"))
            json_object_set(own, "labels", json_object_get(metadata, "labels"));
        if (json_object_get(metadata, "annotations"))
            json_object_set(own, "annotations", json_object_get(metadata, "annotations"));
    }
    if (json_object_get(metadata, "managedFields"))
        json_object_set(own, "managedFields", json_object_get(metadata, "managedFields"));
    json_object_set_new(object, "metadata", own);
    json_decref(metadata);
}

static void keep_member(json_t *object, const json_t *old, const char *name)
{
    json_t *kept = json_object_get(old, name);
    if (kept)
        json_object_set_new(object, name, ts_need(json_deep_copy(kept)));
    else
        json_object_del(object, name);
}

/* The finalizers of a namespace's spec change through its subresource alone; that there are none is not written. */
static void separate_namespace(const ts_request_t *request, json_t *object, const json_t *old)
{
    json_t *kept = ts_at(old, "spec.finalizers");
    if (!ts_is(request->subresource, "finalize") && kept)
        ts_put(object, "spec.finalizers", ts_need(json_deep_copy(kept)));
    else if (!ts_is(request->subresource, "finalize") || json_array_size(ts_at(object, "spec.finalizers")) == 0)
        ts_delete_at(object, "spec.finalizers");
}

/* The pod as it was, but for one list of its spec. */
static void keep_all_but_list(json_t *object, const json_t *old, const char *path)
{
    json_t *given = json_incref(ts_at(object, path)), *managed = json_incref(ts_at(object, "metadata.managedFields"));
    keep_member(object, old, "spec");
    keep_member(object, old, "metadata");
    ts_delete_at(object, path);
    if (given)
        ts_put(object, path, given);
    if (managed)
        ts_put(object, "metadata.managedFields", managed);
}

void ts_separate(const ts_request_t *request, json_t *object, const json_t *old)
{
    const ts_resource_t *resource = request->resource;
    if (ts_is(request->subresource, "status"))
        keep_all_but_status(request, object, old);
    else if (ts_is(request->subresource, "approval"))
        ts_csr_keep_all_but_approval(object, old);
    else if (resource->has_status)
        keep_member(object, old, "status");
    if (ts_is(request->subresource, "resize"))
        ts_pod_keep_all_but_resources(object, old);
    else if (ts_is(request->subresource, "ephemeralcontainers"))
        keep_all_but_list(object, old, "spec.ephemeralContainers");
    if (ts_is_kind(resource, "", "namespaces"))
        separate_namespace(request, object, old);
    if (ts_is_kind(resource, "certificates.k8s.io", "certificatesigningrequests")) {
        keep_member(object, old, "spec");
        ts_csr_date_conditions(request, object, old);
    }
}
