/* Manifests loaded from inside: each object goes the way of a create request. */
#include <kube/yaml.h>

#include "state.h"
#include "verbs.h"

static int code_of(int status, const char *reason)
{
    if (status == 409)
        return ts_is(reason, "AlreadyExists") ? KUBE_E_ALREADY_EXISTS : KUBE_E_CONFLICT;
    return status == 400 ? KUBE_E_BAD_REQUEST : status == 403 ? KUBE_E_FORBIDDEN : status == 404 ? KUBE_E_NOT_FOUND
         : status == 422 ? KUBE_E_INVALID : KUBE_E_SERVER;
}

static int refused(const ts_reply_t *reply, kube_error_t *err)
{
    json_t *status = json_loadb(reply->body.data, reply->body.len, 0, NULL);
    const char *message = ts_text_at(status, "message"), *reason = ts_text_at(status, "reason");
    int code = ts_fail(err, code_of(reply->status, reason), "%s", message ? message : "refused");
    if (err) {
        err->http_status = reply->status;
        strncat(err->reason, reason ? reason : "", sizeof err->reason - 1);
    }
    json_decref(status);
    return code;
}

static int load_object(kube_test_server_t *server, const json_t *object, kube_error_t *err)
{
    const char *version = ts_text_at(object, "apiVersion"), *kind = ts_text_at(object, "kind"), *ns = ts_text_at(object, "metadata.namespace");
    ts_resource_t *resource = ts_resource_of_kind(server, version ? version : "", kind ? kind : "");
    if (!resource)
        return ts_fail(err, KUBE_E_UNKNOWN_TYPE, "%s %s is not served", version ? version : "(no apiVersion)", kind ? kind : "(no kind)");
    ts_request_t request = { .server = server, .method = ts_strdup("POST"), .verb = "create", .resource = resource, .loading = true };
    ts_reply_t reply = { 0 };
    char *target = ts_printf("/load/%s?fieldManager=kube-testserver", ns && *ns ? ns : "default");
    ts_request_target(&request, target);
    request.ns = resource->api.namespaced ? request.parts[1] : NULL;
    json_t *body = ts_need(json_deep_copy(object));
    ts_delete_at(body, "metadata.resourceVersion");
    ts_append_json(&request.body, body);
    ts_create(&request, &reply);
    int code = reply.status == 201 ? KUBE_OK : refused(&reply, err);
    json_decref(body);
    free(target);
    ts_request_dispose(&request);
    ts_reply_dispose(&reply);
    return code;
}

static int load_document(kube_test_server_t *server, const json_t *document, kube_error_t *err)
{
    size_t i;
    json_t *item, *items = json_object_get(document, "items");
    if (!json_is_array(items) || !ts_ends_with(ts_text_at(document, "kind"), "List"))
        return load_object(server, document, err);
    json_array_foreach (items, i, item) {
        int code = load_object(server, item, err);
        if (code != KUBE_OK)
            return code;
    }
    return KUBE_OK;
}

int kube_test_server_load(kube_test_server_t *server, const char *text, size_t len, kube_error_t *err)
{
    ts_fail(err, KUBE_OK, "%s", "");
    if (!server || !text)
        return ts_fail(err, KUBE_E_USAGE, "a server and a text are needed");
    kube_yaml_reader_t *reader = kube_yaml_reader_new(text, len, NULL);
    if (!reader)
        return ts_fail(err, KUBE_E_NO_MEMORY, "out of memory");
    kube_buffer_t json = { 0 };
    bool found = true;
    int code = KUBE_OK;
    while (code == KUBE_OK && found) {
        kube_buffer_clear(&json);
        code = kube_yaml_reader_next(reader, &json, &found, err);
        if (code != KUBE_OK || !found)
            break;
        json_t *document = json_loadb(json.data, json.len, JSON_ALLOW_NUL, NULL);
        pthread_mutex_lock(&server->lock);
        code = json_is_object(document) ? load_document(server, document, err) : ts_fail(err, KUBE_E_PARSE, "a document is no object");
        pthread_mutex_unlock(&server->lock);
        json_decref(document);
    }
    kube_yaml_reader_free(reader);
    kube_buffer_dispose(&json);
    return code;
}
