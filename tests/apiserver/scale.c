#include "scale.h"

#include <kube/patch.h>
#include <kube/yaml.h>

#include "decode.h"
#include "state.h"
#include "status.h"
#include "write.h"

/* Paths in the object, without the leading dot. */
typedef struct paths {
    const char *replicas, *status_replicas, *selector;
} paths_t;

static const char *path_at(const ts_resource_t *resource, const char *name, const char *otherwise)
{
    json_t *scale = ts_at(resource->version, "subresources.scale");
    const char *path = scale ? ts_text_at(scale, name) : otherwise;
    return path && *path == '.' ? path + 1 : path;
}

static paths_t paths_of(const ts_resource_t *resource)
{
    return (paths_t){ path_at(resource, "specReplicasPath", "spec.replicas"), path_at(resource, "statusReplicasPath", "status.replicas"),
                      path_at(resource, "labelSelectorPath", NULL) };
}

static void append_requirement(kube_buffer_t *out, const json_t *requirement)
{
    const char *op = ts_text_at(requirement, "operator"), *key = ts_text_at(requirement, "key");
    json_t *values = ts_at(requirement, "values"), *value;
    size_t i;
    kube_buffer_puts(out, out->len ? "," : "");
    if (ts_is(op, "Exists") || ts_is(op, "DoesNotExist")) {
        kube_buffer_printf(out, "%s%s", ts_is(op, "Exists") ? "" : "!", key);
        return;
    }
    kube_buffer_printf(out, "%s %s (", key, ts_is(op, "NotIn") ? "notin" : "in");
    json_array_foreach (values, i, value)
        kube_buffer_printf(out, "%s%s", i ? "," : "", json_string_value(value));
    kube_buffer_puts(out, ")");
}

/* A selector of matchLabels and matchExpressions, or a plain map, as text. */
static char *selector_text(const json_t *selector)
{
    kube_buffer_t text = { 0 };
    const char *key;
    json_t *value, *labels = ts_at(selector, "matchLabels"), *sorted;
    size_t i;
    kube_buffer_puts(&text, "");
    if (!labels && !ts_at(selector, "matchExpressions"))
        labels = (json_t *)selector;
    char *ordered = labels ? json_dumps(labels, JSON_SORT_KEYS) : NULL;
    sorted = ordered ? json_loads(ordered, 0, NULL) : NULL;
    free(ordered);
    json_object_foreach (sorted, key, value)
        kube_buffer_printf(&text, "%s%s=%s", text.len ? "," : "", key, json_string_value(value));
    json_array_foreach (ts_at(selector, "matchExpressions"), i, value)
        append_requirement(&text, value);
    json_decref(sorted);
    char *out = ts_strdup(text.data);
    kube_buffer_dispose(&text);
    return out;
}

static json_t *scale_of(const ts_resource_t *resource, const json_t *object)
{
    static const char *const kept[] = { "name", "namespace", "uid", "resourceVersion", "creationTimestamp" };
    paths_t paths = paths_of(resource);
    json_t *scale = ts_need(json_pack("{ss ss s{} s{} s{sI}}", "kind", "Scale", "apiVersion", "autoscaling/v1", "metadata", "spec", "status",
                                      "replicas", (json_int_t)ts_int_at(object, paths.status_replicas, 0)));
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        json_t *value = json_object_get(json_object_get(object, "metadata"), kept[i]);
        if (value)
            json_object_set(json_object_get(scale, "metadata"), kept[i], value);
    }
    if (ts_int_at(object, paths.replicas, 0) != 0)
        ts_put(scale, "spec.replicas", json_integer(ts_int_at(object, paths.replicas, 0)));
    json_t *selector = resource->crd ? paths.selector ? ts_at(object, paths.selector) : NULL : ts_at(object, "spec.selector");
    if (json_is_string(selector)) {
        ts_put(scale, "status.selector", json_incref(selector));
    } else if (selector) {
        char *text = selector_text(selector);
        ts_put(scale, "status.selector", ts_string(text));
        free(text);
    }
    return scale;
}

/* The Scale that the request asks for, from a whole body or a patch; NULL: the reply says why not. */
static json_t *wanted(ts_request_t *request, const json_t *current, ts_reply_t *reply)
{
    json_t *scale = NULL;
    kube_error_t err;
    if (ts_is(request->method, "PUT"))
        return ts_body_object(request, "autoscaling/v1", "Scale", &scale, NULL, reply) ? scale : NULL;
    const char *type = ts_header(request, "Content-Type");
    kube_patch_type_t kind = ts_starts_with(type, "application/json-patch") ? KUBE_PATCH_TYPE_JSON : KUBE_PATCH_TYPE_MERGE;
    kube_buffer_t before = { 0 }, after = { 0 }, body = { 0 };
    ts_append_json(&before, current);
    if (ts_starts_with(type, "application/apply-patch")) {
        if (!ts_body_text(request, &body, reply))
            return NULL;
    } else {
        kube_buffer_append(&body, request->body.data ? request->body.data : "", request->body.len);
    }
    kube_patch_t patch = { kind, body.data ? body.data : "", body.len };
    if (kube_patch_apply_json(NULL, before.data, before.len, &patch, &after, &err) == KUBE_OK)
        scale = json_loadb(after.data, after.len, 0, NULL);
    else
        ts_status_bad_request(reply, "error decoding patch: %s", err.message);
    kube_buffer_dispose(&before);
    kube_buffer_dispose(&after);
    kube_buffer_dispose(&body);
    return scale;
}

static bool set_replicas(ts_request_t *request, json_t *object, const json_t *scale, ts_reply_t *reply)
{
    const char *version = ts_text_at(scale, "metadata.resourceVersion"), *name = ts_text_at(scale, "metadata.name");
    int64_t replicas = ts_int_at(scale, "spec.replicas", 0);
    if (name && *name && !ts_is(name, request->name)) {
        ts_status_bad_request(reply, "the name of the object (%s) does not match the name on the URL (%s)", name, request->name);
        return false;
    }
    if (replicas < 0) {
        json_t *details = ts_details(request->name, "autoscaling", "Scale");
        char *text = ts_printf("Invalid value: %lld: must be greater than or equal to 0", (long long)replicas);
        json_object_set_new(details, "causes", ts_causes(ts_cause("FieldValueInvalid", "spec.replicas", "%s", text)));
        ts_status(reply, 422, "Invalid", details, "Scale.autoscaling \"%s\" is invalid: spec.replicas: %s", request->name, text);
        free(text);
        return false;
    }
    ts_put(object, paths_of(request->resource).replicas, json_integer(replicas));
    json_t *metadata = json_object_get(object, "metadata");
    if (version && *version)
        json_object_set_new(metadata, "resourceVersion", ts_string(version));
    return true;
}

void ts_scale_serve(ts_request_t *request, ts_reply_t *reply)
{
    const ts_resource_t *resource = request->resource;
    ts_object_t *old = ts_find(resource->collection, request->ns, request->name);
    if (!old) {
        ts_status_not_found(reply, resource, request->name);
        return;
    }
    json_t *object = ts_object_document(old), *scale = scale_of(resource, object), *asked;
    ts_write_options_t options = { 0 };
    bool apply = ts_starts_with(ts_header(request, "Content-Type"), "application/apply-patch");
    if (ts_is(request->method, "GET")) {
        ts_reply_json(reply, 200, json_incref(scale));
    } else if (ts_write_options_read(request, apply ? "PatchOptions" : "UpdateOptions", apply, &options, reply) &&
               (asked = wanted(request, scale, reply))) {
        request->verb = "patch"; /* what has no resourceVersion is written without */
        if (set_replicas(request, object, asked, reply) && ts_write_change(request, object, old, &options, false, reply)) {
            json_t *stored = json_loadb(reply->body.data, reply->body.len, 0, NULL);
            ts_reply_json(reply, 200, scale_of(resource, stored));
            json_decref(stored);
        }
        json_decref(asked);
    }
    ts_write_options_dispose(&options);
    json_decref(object);
    json_decref(scale);
}
