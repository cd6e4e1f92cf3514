/* delete and deletecollection. */
#include <stdio.h>

#include "render.h"
#include "state.h"
#include "status.h"
#include "verbs.h"
#include "write.h"

static bool check_preconditions(const ts_request_t *request, const ts_object_t *object, const ts_delete_options_t *options, ts_reply_t *reply)
{
    const ts_api_t *api = &request->resource->api;
    char revision[24];
    snprintf(revision, sizeof revision, "%lld", (long long)object->revision);
    if (options->uid && !ts_is(options->uid, object->identity->uid)) {
        ts_status(reply, 409, "Conflict", ts_details(object->identity->name, api->group, api->kind),
                  "Operation cannot be fulfilled on %s \"%s\": the UID in the precondition (%s) does not match the UID in record (%s). The "
                  "object might have been deleted and then recreated", request->resource->qualified_kind, object->identity->name,
                  options->uid, object->identity->uid);
        return false;
    }
    if (options->revision && !ts_is(options->revision, revision)) {
        ts_status(reply, 409, "Conflict", ts_details(object->identity->name, api->group, api->kind),
                  "Operation cannot be fulfilled on %s \"%s\": the ResourceVersion in the precondition (%s) does not match the "
                  "ResourceVersion in record (%s). The object might have been modified", request->resource->qualified_kind,
                  object->identity->name, options->revision, revision);
        return false;
    }
    return true;
}

/* ---- what a deletion does to an object ---- */

static bool has_finalizer(const json_t *document, const char *name)
{
    size_t i;
    json_t *value;
    json_array_foreach (ts_at(document, "metadata.finalizers"), i, value) {
        if (ts_is(json_string_value(value), name))
            return true;
    }
    return false;
}

/* The same finalizers, without the garbage collector's but for one (NULL: none). */
static json_t *with_finalizer(const json_t *document, const char *name)
{
    json_t *out = ts_need(json_array()), *value;
    size_t i;
    json_array_foreach (ts_at(document, "metadata.finalizers"), i, value) {
        if (!ts_is(json_string_value(value), "orphan") && !ts_is(json_string_value(value), "foregroundDeletion"))
            json_array_append(out, value);
    }
    if (name)
        json_array_append_new(out, ts_string(name));
    return out;
}

/* What the garbage collector is to do: what the request says, else the object, else what is usual for its kind. */
static const char *collector_finalizer(const ts_resource_t *resource, const json_t *document, const ts_delete_options_t *options)
{
    if (options->orphan_given)
        return options->orphan ? "orphan" : NULL;
    if (options->propagation && *options->propagation)
        return ts_is(options->propagation, "Orphan") ? "orphan" : ts_is(options->propagation, "Foreground") ? "foregroundDeletion" : NULL;
    if (has_finalizer(document, "orphan"))
        return "orphan";
    return has_finalizer(document, "foregroundDeletion") ? "foregroundDeletion" : resource->orphans ? "orphan" : NULL;
}

/* Whether that changed the object's finalizers. */
static bool tell_collector(const ts_resource_t *resource, json_t *document, const ts_delete_options_t *options)
{
    const char *wanted = collector_finalizer(resource, document, options);
    if (has_finalizer(document, "orphan") == ts_is(wanted, "orphan") &&
        has_finalizer(document, "foregroundDeletion") == ts_is(wanted, "foregroundDeletion"))
        return false;
    json_t *finalizers = with_finalizer(document, wanted);
    ts_delete_at(document, "metadata.finalizers");
    if (json_array_size(finalizers) > 0)
        ts_put(document, "metadata.finalizers", json_incref(finalizers));
    json_decref(finalizers);
    return true;
}

/* Pods that run on a node get time to end; somebody has to delete them again with a grace period of 0. */
static int64_t grace_of(const ts_resource_t *resource, const json_t *document, const ts_delete_options_t *options)
{
    bool pod = ts_is(resource->api.plural, "pods") && !*resource->api.group;
    const char *node = ts_text_at(document, "spec.nodeName"), *phase = ts_text_at(document, "status.phase");
    if (!pod || !node || !*node || ts_is(phase, "Succeeded") || ts_is(phase, "Failed"))
        return 0;
    int64_t grace = options->grace_given ? options->grace : ts_int_at(document, "spec.terminationGracePeriodSeconds", 30);
    return grace < 0 ? 1 : grace;
}

static void mark_deleted(kube_test_server_t *server, const ts_resource_t *resource, json_t *document, int64_t grace)
{
    char text[TS_TIME_SIZE];
    kube_time_t time = server->clock(server->clock_userdata);
    time.seconds += grace;
    kube_time_to_text(&time, text, sizeof text);
    ts_put(document, "metadata.deletionTimestamp", ts_string(text));
    bool is_namespace = ts_is(resource->api.plural, "namespaces") && !*resource->api.group;
    if (is_namespace)
        ts_put(document, "status.phase", ts_string("Terminating"));
    else
        ts_put(document, "metadata.deletionGracePeriodSeconds", json_integer(grace));
    if (resource->has_generation)
        ts_put(document, "metadata.generation", json_integer(ts_int_at(document, "metadata.generation", 0) + 1));
}

/* What becomes of the document: it goes, it is changed and stays, or it stays as it is. */
typedef enum outcome { GOES, CHANGES, STAYS } outcome_t;

static outcome_t begin_deletion(kube_test_server_t *server, const ts_resource_t *resource, json_t *document, const ts_delete_options_t *options)
{
    bool marked = ts_text_at(document, "metadata.deletionTimestamp") != NULL;
    bool told = tell_collector(resource, document, options);
    int64_t grace = grace_of(resource, document, options);
    bool held = json_array_size(ts_at(document, "metadata.finalizers")) > 0 || json_array_size(ts_at(document, "spec.finalizers")) > 0;
    if (!held && grace == 0)
        return GOES;
    bool sooner = grace < ts_int_at(document, "metadata.deletionGracePeriodSeconds", 0);
    if (marked && !sooner)
        return told ? CHANGES : STAYS;
    if (marked)
        ts_put(document, "metadata.deletionGracePeriodSeconds", json_integer(grace));
    else
        mark_deleted(server, resource, document, grace);
    return CHANGES;
}

void ts_delete_object(kube_test_server_t *server, const ts_resource_t *resource, ts_object_t *object, const ts_delete_options_t *options,
                      ts_object_t **out)
{
    json_t *document = ts_object_document(object);
    outcome_t outcome = begin_deletion(server, resource, document, options);
    if (outcome == GOES)
        ts_store_delete(server, resource->collection, object, NULL);
    *out = outcome == GOES ? NULL : outcome == STAYS ? object : ts_store(server, resource->collection, document, object);
    json_decref(document);
}

/* ---- delete ---- */

static void reply_success(const ts_request_t *request, const ts_object_t *object, ts_reply_t *reply)
{
    const ts_api_t *api = &request->resource->api;
    json_t *details = ts_details(object->identity->name, api->group, api->plural);
    json_object_set_new(details, "uid", ts_string(object->identity->uid));
    ts_reply_json(reply, 200, json_pack("{ss ss s{} ss so}", "kind", "Status", "apiVersion", "v1", "metadata", "status", "Success", "details",
                                        details));
}

static bool may_delete(const ts_request_t *request, ts_reply_t *reply)
{
    static const char *const kept[] = { "default", "kube-system", "kube-public" };
    const ts_api_t *api = &request->resource->api;
    if (*api->group || !ts_is(api->plural, "namespaces"))
        return true;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        if (ts_is(kept[i], request->name)) {
            ts_status_forbidden(reply, request->resource, request->name, NULL, "this namespace may not be deleted");
            return false;
        }
    }
    return true;
}

/* What a dry run would have left: *left is a version of its own, or NULL. */
static void rehearse(ts_request_t *request, ts_object_t *object, const ts_delete_options_t *options, ts_object_t **left)
{
    json_t *document = ts_object_document(object);
    outcome_t outcome = begin_deletion(request->server, request->resource, document, options);
    *left = outcome == GOES ? NULL : ts_object_new(request->resource->collection, document, object->identity, object->revision);
    json_decref(document);
}

static void delete_and_reply(ts_request_t *request, ts_object_t *object, const ts_delete_options_t *options, ts_reply_t *reply)
{
    ts_object_t *left;
    ts_object_ref(object);
    if (request->dry_run) {
        rehearse(request, object, options, &left);
    } else {
        ts_delete_object(request->server, request->resource, object, options, &left);
        ts_object_ref(left);
    }
    if (left || (request->resource->delete_returns && !request->dry_run))
        ts_reply_object(request, reply, left && options->orphan_given && !options->orphan ? 202 : 200, left ? left : object);
    else
        reply_success(request, object, reply);
    ts_object_unref(left);
    ts_object_unref(object);
}

void ts_delete(ts_request_t *request, ts_reply_t *reply)
{
    ts_delete_options_t options;
    const ts_resource_t *resource = request->resource;
    bool ok = ts_delete_options_read(request, &options, reply) && may_delete(request, reply);
    ts_object_t *object = ok ? ts_find(resource->collection, request->ns, request->name) : NULL;
    if (ok && !object)
        ts_status_not_found(reply, resource, request->name);
    else if (ok && check_preconditions(request, object, &options, reply))
        delete_and_reply(request, object, &options, reply);
    ts_delete_options_dispose(&options);
}

void ts_delete_collection(ts_request_t *request, ts_reply_t *reply)
{
    ts_delete_options_t options;
    ts_list_options_t list_options;
    char *metadata = NULL;
    bool ok = ts_delete_options_read(request, &options, reply) && ts_list_options_read(request, &list_options, reply);
    ts_snapshot_t items = { 0 };
    if (ok)
        items = ts_list_items(request, &list_options, &metadata, &ok, reply);
    if (ok) {
        reply->status = 200;
        reply->content_type = "application/json";
        ts_render_list_begin(request, metadata, &reply->body);
        for (size_t i = 0; i < items.count; i++) {
            ts_object_t *object = ts_find(request->resource->collection, items.objects[i]->identity->ns, items.objects[i]->identity->name), *left;
            kube_buffer_puts(&reply->body, i ? "," : "");
            ts_render_item(request, items.objects[i], &reply->body);
            if (object && !request->dry_run)
                ts_delete_object(request->server, request->resource, object, &options, &left);
        }
        ts_render_list_end(request, metadata, &reply->body);
    }
    ts_snapshot_dispose(&items);
    free(metadata);
    ts_delete_options_dispose(&options);
}
