/* create, update and patch. */
#include "write.h"

#include <stdio.h>

#include <kube/patch.h>

#include "admission.h"
#include "decode.h"
#include "render.h"
#include "separate.h"
#include "state.h"
#include "status.h"
#include "validate.h"
#include "verbs.h"

/* ---- metadata ---- */

/* The alphabet of the real server: no vowels, nothing that looks like another. */
static void generated_name(json_t *metadata)
{
    static const char letters[] = "bcdfghjklmnpqrstvwxz2456789";
    unsigned char random[5];
    char suffix[6] = "";
    ts_random(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++)
        suffix[i] = letters[random[i] % (sizeof letters - 1)];
    const char *base = json_string_value(json_object_get(metadata, "generateName"));
    char *name = ts_printf("%.58s%s", base, suffix);
    json_object_set_new(metadata, "name", ts_string(name));
    free(name);
}

static void system_metadata(const ts_request_t *request, json_t *metadata)
{
    static const char *const dropped[] = { "resourceVersion", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
                                           "selfLink", "generation" };
    char uid[TS_UID_SIZE], now[TS_TIME_SIZE];
    for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++)
        json_object_del(metadata, dropped[i]);
    ts_uid(uid);
    ts_now(request->server, now);
    json_object_set_new(metadata, "uid", ts_string(uid));
    json_object_set_new(metadata, "creationTimestamp", ts_string(now));
    if (request->resource->api.namespaced)
        json_object_set_new(metadata, "namespace", ts_string(request->ns));
    else
        json_object_del(metadata, "namespace");
    if (request->resource->has_generation)
        json_object_set_new(metadata, "generation", json_integer(1));
}

/* What stays as it was through every change. */
static void keep_metadata(json_t *metadata, const json_t *old)
{
    static const char *const kept[] = { "name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
                                        "selfLink", "generation" };
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        json_t *value = json_object_get(old, kept[i]);
        if (value)
            json_object_set(metadata, kept[i], value);
        else
            json_object_del(metadata, kept[i]);
    }
}

static json_t *ensure_metadata(json_t *object)
{
    json_t *metadata = json_object_get(object, "metadata");
    if (!json_is_object(metadata)) {
        metadata = ts_need(json_object());
        json_object_set_new(object, "metadata", metadata);
    }
    return metadata;
}

/* ---- the steps that all share ---- */

static bool valid(const ts_request_t *request, const json_t *object, const json_t *old, ts_reply_t *reply)
{
    json_t *causes = ts_need(json_array());
    ts_validate(request, object, old, causes);
    if (json_array_size(causes) == 0) {
        json_decref(causes);
        return true;
    }
    ts_status_invalid(reply, request->resource, ts_text_at(object, "metadata.name"), causes);
    return false;
}

/* The entry of who scales has no time in a real server, and so stands first of the updates. */
static void untimed_scale(json_t *entries, const char *manager)
{
    size_t first = 0;
    while (first < json_array_size(entries) && ts_is(ts_text_at(json_array_get(entries, first), "operation"), "Apply"))
        first++;
    for (size_t i = first; i < json_array_size(entries); i++) {
        json_t *entry = json_array_get(entries, i);
        if (!ts_is(ts_text_at(entry, "subresource"), "scale") || !ts_is(ts_text_at(entry, "manager"), manager))
            continue;
        json_incref(entry);
        json_array_remove(entries, i);
        json_object_del(entry, "time");
        json_array_insert_new(entries, first, entry);
        return;
    }
}

static void own_fields(const ts_request_t *request, const json_t *old, json_t *object, const ts_write_options_t *options)
{
    char now[TS_TIME_SIZE];
    if (!request->resource->schema)
        return;
    ts_now(request->server, now);
    ts_writer_t writer = { options->manager, request->resource->api_version, request->subresource, now };
    ts_own(request->resource->schema, old, object, &writer);
    if (ts_is(request->subresource, "scale"))
        untimed_scale(ts_at(object, "metadata.managedFields"), options->manager);
}

static void add_type(const ts_resource_t *resource, json_t *object)
{
    json_object_set_new(object, "apiVersion", ts_string(resource->api_version));
    json_object_set_new(object, "kind", ts_string(resource->api.kind));
}

/* A version that is only shown: what a dry run would have stored. */
static void reply_unstored(const ts_request_t *request, int status, json_t *object, const ts_object_t *old, ts_reply_t *reply)
{
    static const ts_identity_t nobody = { .ns = "", .name = "", .uid = "" };
    ts_object_t *shown = ts_object_new(request->resource->collection, object, old ? old->identity : &nobody,
                                       old ? old->revision : 0);
    ts_reply_object(request, reply, status, shown);
    ts_object_unref(shown);
}

/* The last finalizer is gone from an object that was to be deleted. */
static bool released(const json_t *object)
{
    return ts_text_at(object, "metadata.deletionTimestamp") && json_array_size(ts_at(object, "metadata.finalizers")) == 0 &&
           json_array_size(ts_at(object, "spec.finalizers")) == 0 && ts_int_at(object, "metadata.deletionGracePeriodSeconds", 0) == 0;
}

static bool check_identity(const ts_request_t *request, const json_t *object, ts_reply_t *reply)
{
    const char *ns = ts_text_at(object, "metadata.namespace"), *name = ts_text_at(object, "metadata.name");
    if (request->resource->api.namespaced && ns && *ns && !ts_is(ns, request->ns)) {
        ts_status_bad_request(reply, "the namespace of the provided object does not match the namespace sent on the request");
        return false;
    }
    if (!request->name)
        return true;
    if (!name || !*name) {
        ts_status_bad_request(reply, "the name of the object (%s based on URL) was undeterminable: name must be provided", request->name);
        return false;
    }
    if (!ts_is(name, request->name))
        ts_status_bad_request(reply, "the name of the object (%s) does not match the name on the URL (%s)", name, request->name);
    return ts_is(name, request->name);
}

/* ---- create ---- */

bool ts_write_new(ts_request_t *request, json_t *object, const ts_write_options_t *options, bool applied, ts_reply_t *reply)
{
    const ts_resource_t *resource = request->resource;
    json_t *metadata = ensure_metadata(object);
    const char *base = ts_text_at(metadata, "generateName"), *name = ts_text_at(metadata, "name");
    if (ts_text_at(metadata, "resourceVersion") && *ts_text_at(metadata, "resourceVersion")) {
        ts_status(reply, 500, NULL, NULL, "resourceVersion should not be set on objects to be created");
        return false;
    }
    bool generate = base && *base && (!name || !*name);
    if (generate)
        generated_name(metadata);
    system_metadata(request, metadata);
    if (resource->has_status && !request->loading)
        json_object_del(object, "status");
    ts_complete(request, object);
    if (!applied)
        own_fields(request, NULL, object, options);
    ts_complete_new(request, object);
    ts_complete_unowned(request, object);
    if (!valid(request, object, NULL, reply))
        return false;
    name = ts_text_at(metadata, "name");
    if (request->ns && !ts_admit_namespace(request, name, reply))
        return false;
    if (ts_find(resource->collection, request->ns, name)) {
        ts_status(reply, 409, "AlreadyExists", ts_details(name, resource->api.group, resource->api.plural), "%s \"%s\" already exists",
                  resource->qualified, name);
        return false;
    }
    if (request->dry_run)
        reply_unstored(request, 201, object, NULL, reply);
    else
        ts_reply_object(request, reply, 201, ts_store(request->server, resource->collection, object, NULL));
    return true;
}

void ts_create(ts_request_t *request, ts_reply_t *reply)
{
    ts_write_options_t options;
    json_t *object = NULL, *duplicates = ts_need(json_array());
    const ts_resource_t *resource = request->resource;
    if (ts_write_options_read(request, "CreateOptions", false, &options, reply) &&
        ts_body_object(request, resource->api_version, resource->api.kind, &object, duplicates, reply) &&
        ts_normalise(request, &object, duplicates, &options, NULL, reply) && check_identity(request, object, reply))
        ts_write_new(request, object, &options, false, reply);
    json_decref(object);
    json_decref(duplicates);
    ts_write_options_dispose(&options);
}

/* ---- change ---- */

/* Whether anything but metadata and status differs. */
static bool spec_changed(const json_t *object, const json_t *old)
{
    json_t *a = ts_need(json_copy((json_t *)object)), *b = ts_need(json_copy((json_t *)old));
    static const char *const aside[] = { "metadata", "status", "apiVersion", "kind" };
    for (size_t i = 0; i < sizeof aside / sizeof *aside; i++) {
        json_object_del(a, aside[i]);
        json_object_del(b, aside[i]);
    }
    bool changed = !json_equal(a, b);
    json_decref(a);
    json_decref(b);
    return changed;
}

/* The server's code counts changes of a Deployment's annotations too: they are copied into its ReplicaSets. */
static bool annotations_count(const ts_request_t *request, const json_t *object, const json_t *before)
{
    const json_t *now = ts_at(object, "metadata.annotations"), *then = ts_at(before, "metadata.annotations");
    return ts_is(request->resource->api.plural, "deployments") && !request->subresource && now != then && !json_equal(now, then);
}

static bool check_version(const ts_request_t *request, const json_t *metadata, const ts_object_t *old, ts_reply_t *reply)
{
    const char *version = ts_text_at(metadata, "resourceVersion"), *uid = ts_text_at(metadata, "uid");
    const ts_resource_t *resource = request->resource;
    char *end;
    if (version && *version) {
        long long number = strtoll(version, &end, 10);
        if (*end) {
            ts_status(reply, 500, NULL, NULL, "strconv.ParseUint: parsing \"%s\": invalid syntax", version);
            return false;
        }
        if (number != 0 && number != old->revision) {
            ts_status_conflict(reply, resource, request->name, "the object has been modified; please apply your changes to the latest "
                               "version and try again");
            return false;
        }
    }
    bool unversioned = !version || !*version || ts_is(version, "0");
    if (unversioned && ts_is(request->verb, "update") && resource->conditional_update) {
        json_t *details = ts_details(request->name, resource->api.group, resource->api.plural);
        json_object_set_new(details, "causes", ts_causes(ts_cause("FieldValueInvalid", "metadata.resourceVersion",
                                                                  "Invalid value: 0: must be specified for an update")));
        ts_status(reply, 422, "Invalid", details, "%s \"%s\" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an "
                  "update", resource->qualified, request->name);
        return false;
    }
    if (!uid || !*uid || ts_is(uid, old->identity->uid))
        return true;
    if (ts_is(request->verb, "patch")) {
        ts_status_invalid(reply, resource, request->name,
                          ts_causes(ts_cause("FieldValueInvalid", "metadata.uid", "Invalid value: \"%s\": field is immutable", uid)));
        return false;
    }
    char *why = ts_printf("StorageError: invalid object, Code: 4, Key: /registry/%s%s%s/%s, ResourceVersion: 0, AdditionalErrorMsg: "
                          "Precondition failed: UID in precondition: %s, UID in object meta: %s", resource->api.plural, request->ns ? "/" : "",
                          request->ns ? request->ns : "", request->name, uid, old->identity->uid);
    ts_status_conflict(reply, resource, request->name, why);
    free(why);
    return false;
}

static void store_change(ts_request_t *request, json_t *object, const json_t *before, ts_object_t *old, ts_reply_t *reply)
{
    ts_collection_t *collection = request->resource->collection;
    if (request->dry_run) {
        reply_unstored(request, 200, object, old, reply);
    } else if (released(object)) {
        reply_unstored(request, 200, object, old, reply);
        ts_store_delete(request->server, collection, old, object);
    } else if (json_equal(object, before)) {
        ts_reply_object(request, reply, 200, old);
    } else {
        ts_reply_object(request, reply, 200, ts_store(request->server, collection, object, old));
    }
}

bool ts_write_change(ts_request_t *request, json_t *object, ts_object_t *old, const ts_write_options_t *options, bool applied, ts_reply_t *reply)
{
    const ts_resource_t *resource = request->resource;
    json_t *before = ts_object_document(old), *metadata = ensure_metadata(object);
    add_type(resource, before);
    bool ok = check_version(request, metadata, old, reply);
    if (ok) {
        keep_metadata(metadata, json_object_get(before, "metadata"));
        ts_separate(request, object, before);
        metadata = ensure_metadata(object);
        json_object_set_new(metadata, "resourceVersion", json_incref(ts_at(before, "metadata.resourceVersion")));
        ts_complete(request, object);
        if (resource->has_generation && (spec_changed(object, before) || annotations_count(request, object, before)))
            json_object_set_new(metadata, "generation", json_integer(ts_int_at(before, "metadata.generation", 0) + 1));
        ok = valid(request, object, before, reply);
    }
    if (ok) {
        if (!applied)
            own_fields(request, before, object, options);
        ts_complete_unowned(request, object);
        store_change(request, object, before, old, reply);
    }
    json_decref(before);
    return ok;
}

void ts_update(ts_request_t *request, ts_reply_t *reply)
{
    ts_write_options_t options;
    json_t *object = NULL, *duplicates = ts_need(json_array());
    const ts_resource_t *resource = request->resource;
    if (ts_write_options_read(request, "UpdateOptions", false, &options, reply) &&
        ts_body_object(request, resource->api_version, resource->api.kind, &object, duplicates, reply) &&
        ts_normalise(request, &object, duplicates, &options, NULL, reply) && check_identity(request, object, reply)) {
        ts_object_t *old = ts_find(resource->collection, request->ns, request->name);
        if (old)
            ts_write_change(request, object, old, &options, false, reply);
        else if (resource->creates_on_update && !request->subresource)
            ts_write_new(request, object, &options, false, reply);
        else
            ts_status_not_found(reply, resource, request->name);
    }
    json_decref(object);
    json_decref(duplicates);
    ts_write_options_dispose(&options);
}

/* ---- patch ---- */

static void patch_refused(int code, const kube_patch_t *patch, const kube_error_t *err, ts_reply_t *reply)
{
    json_error_t error;
    json_t *text = json_loadb(patch->text, patch->len, JSON_DECODE_ANY, &error);
    bool json_patch = patch->type == KUBE_PATCH_TYPE_JSON;
    if (!text || (json_patch ? !json_is_array(text) : !json_is_object(text))) {
        const char *decoding = patch->type == KUBE_PATCH_TYPE_STRATEGIC ? "" : "error decoding patch: ";
        if (!text)
            ts_status_bad_request(reply, "%s%s", decoding, error.position >= (int)patch->len ? "unexpected end of JSON input" : error.text);
        else
            ts_status_bad_request(reply, "%sjson: cannot unmarshal %s into Go value of type %s", decoding,
                                  json_is_array(text) ? "array" : json_is_object(text) ? "object" : "string",
                                  json_patch ? "[]handlers.jsonPatchOp" : "map[string]interface {}");
    } else if (json_patch && (code == KUBE_E_TEST_FAILED || code == KUBE_E_INVALID)) {
        ts_status(reply, 422, "Invalid", ts_need(json_object()), "the server rejected our request due to an error in our request");
    } else if (code == KUBE_E_LIMIT) {
        ts_status(reply, 413, "RequestEntityTooLarge", NULL, "%s", err->message);
    } else {
        ts_status_bad_request(reply, "%s", err->message);
    }
    json_decref(text);
}

static char first_byte(const kube_patch_t *patch)
{
    size_t skip = 0;
    while (skip < patch->len && strchr(" \t\r\n", patch->text[skip]))
        skip++;
    return skip < patch->len ? patch->text[skip] : 0;
}

static void patch_object(ts_request_t *request, kube_patch_type_t kind, const ts_write_options_t *options, ts_reply_t *reply)
{
    const ts_resource_t *resource = request->resource;
    ts_object_t *old = ts_find(resource->collection, request->ns, request->name);
    if (!old) {
        ts_status_not_found(reply, resource, request->name);
        return;
    }
    json_t *object = ts_object_document(old), *duplicates = ts_need(json_array());
    kube_buffer_t before = { 0 }, after = { 0 };
    kube_error_t err;
    add_type(resource, object);
    ts_append_json(&before, object);
    json_decref(object);
    object = NULL;
    kube_patch_t patch = { kind, request->body.data ? request->body.data : "", request->body.len };
    bool merge_of_object = kind == KUBE_PATCH_TYPE_JSON || first_byte(&patch) == '{';
    int code = merge_of_object ? kube_patch_apply_json(resource->type, before.data, before.len, &patch, &after, &err) : KUBE_E_PARSE;
    if (code != KUBE_OK) {
        patch_refused(code, &patch, &err, reply);
    } else {
        object = ts_need(json_loadb(after.data, after.len, JSON_ALLOW_NUL, NULL));
        if (kind != KUBE_PATCH_TYPE_JSON)
            ts_find_duplicates(patch.text, patch.len, duplicates);
        if (ts_normalise(request, &object, duplicates, options, after.data, reply) && check_identity(request, object, reply))
            ts_write_change(request, object, old, options, false, reply);
    }
    json_decref(object);
    json_decref(duplicates);
    kube_buffer_dispose(&before);
    kube_buffer_dispose(&after);
}

static void apply_refused(int code, json_t *causes, const kube_error_t *err, ts_reply_t *reply)
{
    if (code == KUBE_E_CONFLICT) {
        char *text = ts_conflict_text(causes);
        json_t *details = ts_need(json_object());
        json_object_set(details, "causes", causes);
        ts_status(reply, 409, "Conflict", details, "%s", text);
        free(text);
    } else if (code == KUBE_E_BAD_REQUEST) {
        ts_status_bad_request(reply, "%s", err->message);
    } else {
        ts_status(reply, 500, NULL, NULL, "%s", err->message);
    }
}

/* The name may be left out when the object exists. */
static bool apply_body(const ts_request_t *request, bool exists, json_t **out, ts_reply_t *reply)
{
    const ts_resource_t *resource = request->resource;
    kube_buffer_t text = { 0 };
    bool ok = ts_body_text(request, &text, reply);
    *out = ok ? json_loadb(text.data, text.len, JSON_ALLOW_NUL, NULL) : NULL;
    kube_buffer_dispose(&text);
    if (!ok)
        return false;
    const char *version = ts_text_at(*out, "apiVersion"), *kind = ts_text_at(*out, "kind");
    if (!version || !kind || !ts_is(version, resource->api_version) || !ts_is(kind, resource->api.kind)) {
        const char *slash = version ? strchr(version, '/') : NULL;
        ts_status_bad_request(reply, "invalid object type: %.*s/%s, Kind=%s", slash ? (int)(slash - version) : 0, slash ? version : "",
                              slash ? slash + 1 : version ? version : "", kind ? kind : "");
        return false;
    }
    return (exists && !ts_text_at(*out, "metadata.name")) || check_identity(request, *out, reply);
}

static void apply_object(ts_request_t *request, const ts_write_options_t *options, ts_reply_t *reply)
{
    const ts_resource_t *resource = request->resource;
    json_t *applied = NULL, *live = NULL, *merged = NULL, *causes = NULL, *none = ts_need(json_array());
    kube_error_t err;
    char now[TS_TIME_SIZE];
    ts_object_t *old = ts_find(resource->collection, request->ns, request->name);
    ts_now(request->server, now);
    ts_writer_t writer = { options->manager, resource->api_version, request->subresource, now };
    if (!resource->schema) {
        ts_status(reply, 415, "UnsupportedMediaType", NULL, "nothing is known of the structure of %s", resource->qualified);
    } else if (!old && request->subresource) {
        ts_status_not_found(reply, resource, request->name);
    } else if (apply_body(request, old != NULL, &applied, reply)) {
        live = old ? ts_object_document(old) : NULL;
        if (live)
            add_type(resource, live);
        int code = ts_apply(resource->schema, live, applied, &writer, options->force, &merged, &causes, &err);
        if (code != KUBE_OK)
            apply_refused(code, causes, &err, reply);
        else if (ts_normalise(request, &merged, none, options, "", reply) && old)
            ts_write_change(request, merged, old, options, true, reply);
        else if (!old && reply->status == 0)
            ts_write_new(request, merged, options, true, reply);
    }
    json_decref(applied);
    json_decref(live);
    json_decref(merged);
    json_decref(causes);
    json_decref(none);
}

void ts_patch(ts_request_t *request, ts_reply_t *reply)
{
    static const struct {
        const char *media;
        kube_patch_type_t kind;
    } kinds[] = { { "application/json-patch+json", KUBE_PATCH_TYPE_JSON }, { "application/merge-patch+json", KUBE_PATCH_TYPE_MERGE },
                  { "application/strategic-merge-patch+json", KUBE_PATCH_TYPE_STRATEGIC } };
    const char *type = ts_header(request, "Content-Type");
    size_t len = type ? strcspn(type, "; ") : 0;
    bool apply = len == strlen("application/apply-patch+yaml") && ts_starts_with(type, "application/apply-patch+yaml");
    kube_patch_type_t kind = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (len == strlen(kinds[i].media) && ts_starts_with(type, kinds[i].media))
            kind = kinds[i].kind;
    }
    if (kind == KUBE_PATCH_TYPE_STRATEGIC && !request->resource->type) {
        ts_status(reply, 415, "UnsupportedMediaType", NULL, "the body of the request was in an unknown format - accepted media types include: "
                  "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml");
        return;
    }
    if (!kind && !apply) {
        ts_status(reply, 415, "UnsupportedMediaType", ts_need(json_object()), "415: Unsupported Media Type");
        return;
    }
    ts_write_options_t options;
    if (ts_write_options_read(request, "PatchOptions", apply, &options, reply)) {
        if (apply)
            apply_object(request, &options, reply);
        else
            patch_object(request, kind, &options, reply);
    }
    ts_write_options_dispose(&options);
}
