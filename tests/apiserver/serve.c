/* From a request's path, method and headers to what it does. */
#include <kube/yaml.h>

#include "fault.h"
#include "render.h"
#include "state.h"
#include "status.h"
#include "verbs.h"

/* ---- paths ---- */

static bool group_served(kube_test_server_t *server, const char *group)
{
    for (const ts_resource_t *r = server->resources; r; r = r->next) {
        if (!r->removed && ts_is(r->api.group, group))
            return true;
    }
    return false;
}

/* Everything from the subresource on: "proxy/a/b" is one. */
static void take_names(ts_request_t *request, size_t at)
{
    if (request->part_count > at)
        request->name = request->parts[at];
    if (request->part_count > at + 1)
        request->subresource = request->parts[at + 1];
}

/* Finds the resource; false: the reply says 404. */
static bool route(ts_request_t *request, ts_reply_t *reply)
{
    char **parts = request->parts;
    size_t count = request->part_count;
    bool core = ts_is(parts[0], "api");
    size_t at = core ? 2 : 3;
    const char *group = core ? "" : parts[1], *version = core ? parts[1] : parts[2], *plural = parts[at];
    bool in_namespace = ts_is(plural, "namespaces") && count > at + 2 &&
                        !(count == at + 3 && core && (ts_is(parts[at + 2], "status") || ts_is(parts[at + 2], "finalize")));
    if (in_namespace) {
        request->ns = parts[at + 1];
        plural = parts[at + 2];
        at += 2;
    }
    request->resource = ts_resource_find(request->server, group, version, plural);
    take_names(request, at + 1);
    if (!request->resource && !group_served(request->server, group)) {
        ts_reply_text(reply, 404, "404 page not found\n");
        return false;
    }
    bool fits = request->resource && (request->resource->api.namespaced ? request->ns || !request->name : !request->ns);
    if (!fits || (request->subresource && !ts_subresource(request->resource, request->subresource))) {
        ts_status_unknown_resource(reply);
        return false;
    }
    return true;
}

static const struct operation {
    const char *method;
    bool named;
    const char *verb;
    uint32_t flag;
    void (*run)(ts_request_t *request, ts_reply_t *reply);
} operations[] = {
    { "GET", false, "list", KUBE_VERB_LIST, ts_list },
    { "GET", true, "get", KUBE_VERB_GET, ts_get },
    { "POST", false, "create", KUBE_VERB_CREATE, ts_create },
    { "PUT", true, "update", KUBE_VERB_UPDATE, ts_update },
    { "PATCH", true, "patch", KUBE_VERB_PATCH, ts_patch },
    { "DELETE", true, "delete", KUBE_VERB_DELETE, ts_delete },
    { "DELETE", false, "deletecollection", KUBE_VERB_DELETE_COLLECTION, ts_delete_collection },
};

static const struct operation *find_operation(const ts_request_t *request)
{
    const char *method = ts_is(request->method, "HEAD") ? "GET" : request->method;
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        if (ts_is(operations[i].method, method) && operations[i].named == (request->name != NULL))
            return &operations[i];
    }
    return NULL;
}

/* ---- media types ---- */

static const char *parameter(const char *entry, size_t len, const char *name, size_t *value_len)
{
    size_t name_len = strlen(name);
    for (const char *at = memchr(entry, ';', len); at; at = memchr(at, ';', (size_t)(entry + len - at))) {
        at++;
        while (*at == ' ')
            at++;
        if (strncmp(at, name, name_len) == 0 && at[name_len] == '=') {
            *value_len = strcspn(at + name_len + 1, ";, ");
            return at + name_len + 1;
        }
    }
    *value_len = 0;
    return NULL;
}

static bool media_is(const char *entry, size_t len, const char *media)
{
    return len == strlen(media) && strncmp(entry, media, len) == 0;
}

/* One entry of the Accept header: whether it can be served, and how. */
static bool take_entry(ts_request_t *request, const char *entry, size_t len, bool *known)
{
    size_t type_len = strcspn(entry, ";, "), as_len;
    bool yaml = media_is(entry, type_len, "application/yaml");
    if (!yaml && !media_is(entry, type_len, "application/json") && !media_is(entry, type_len, "*/*") && !media_is(entry, type_len, "application/*"))
        return false;
    *known = true;
    const char *as = parameter(entry, len, "as", &as_len);
    ts_form_t form = TS_FORM_OBJECT;
    if (as && media_is(as, as_len, "Table"))
        form = TS_FORM_TABLE;
    else if (as && (media_is(as, as_len, "PartialObjectMetadata") || media_is(as, as_len, "PartialObjectMetadataList")))
        form = TS_FORM_METADATA;
    else if (as)
        return false;
    request->form = form;
    request->yaml = yaml;
    return true;
}

static bool negotiate(ts_request_t *request, ts_reply_t *reply)
{
    const char *accept = ts_header(request, "Accept");
    bool known = false;
    if (!accept || !*accept)
        return true;
    for (const char *at = accept; *at;) {
        at += strspn(at, ", ");
        size_t len = strcspn(at, ",");
        if (take_entry(request, at, len, &known))
            return true;
        at += len;
    }
    if (known)
        ts_status(reply, 406, "NotAcceptable", NULL, "only the following media types are accepted: application/json, application/yaml, "
                  "application/vnd.kubernetes.protobuf");
    else
        ts_status(reply, 406, "NotAcceptable", ts_need(json_object()), "406: Not Acceptable\n\nAvailable representations: application/json, "
                  "application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, "
                  "application/vnd.kubernetes.protobuf;stream=watch");
    return false;
}

/* ---- execution ---- */

static void serve_resource(ts_request_t *request, ts_reply_t *reply)
{
    if (!route(request, reply) || !negotiate(request, reply))
        return;
    const struct operation *operation = find_operation(request);
    const ts_resource_t *resource = request->resource;
    if (request->subresource && !ts_is(request->subresource, "status")) {
        request->verb = operation ? operation->verb : "create";
        ts_subresource_serve(request, reply);
        return;
    }
    uint32_t verbs = request->subresource ? ts_subresource(resource, "status")->verbs : resource->api.verbs;
    bool all_namespaces = resource->api.namespaced && !request->ns;
    if (!operation || !(verbs & operation->flag) || (all_namespaces && operation->flag != KUBE_VERB_LIST &&
                                                     !(operation->flag == KUBE_VERB_CREATE && !resource->collection))) {
        ts_status_method_not_allowed(reply);
        return;
    }
    request->verb = operation->verb;
    if (!resource->collection || (operation->flag == KUBE_VERB_CREATE && !(verbs & KUBE_VERB_GET)))
        ts_review(request, reply);
    else if (operation->flag == KUBE_VERB_LIST && ts_query_true(request, "watch"))
        ts_watch(request, reply);
    else
        operation->run(request, reply);
}

/* Whole lists only: a watch cannot be held back. */
static void whole_body(ts_reply_t *reply)
{
    kube_buffer_t more = { 0 };
    ts_fill_t filled = TS_FILL_MORE;
    while (filled == TS_FILL_MORE) {
        kube_buffer_clear(&more);
        filled = reply->fill(NULL, reply->stream, &more);
        kube_buffer_append(&reply->body, more.data, more.len);
    }
    reply->fill = NULL;
    kube_buffer_dispose(&more);
}

static bool wants_indent(const ts_request_t *request)
{
    const char *agent = ts_header(request, "User-Agent"), *pretty = ts_query(request, "pretty");
    if (pretty)
        return ts_query_true(request, "pretty");
    return ts_starts_with(agent, "curl") || ts_starts_with(agent, "Wget") || ts_starts_with(agent, "Mozilla/5.0");
}

static void finish(const ts_request_t *request, ts_reply_t *reply)
{
    bool json = reply->content_type && ts_is(reply->content_type, "application/json");
    bool indent = wants_indent(request);
    if (!json || reply->watch || (!request->yaml && !indent)) {
        if (reply->fill && !reply->watch && reply->body.len == 0 && reply->fill(NULL, reply->stream, &reply->body) == TS_FILL_END)
            reply->fill = NULL;
        return;
    }
    if (reply->fill)
        whole_body(reply);
    kube_buffer_t text = { 0 };
    json_t *document = json_loadb(reply->body.data, reply->body.len, JSON_ALLOW_NUL, NULL);
    char *formed = document ? json_dumps(document, request->yaml ? JSON_SORT_KEYS : JSON_INDENT(2)) : ts_strdup("");
    if (request->yaml && kube_yaml_from_json(formed, strlen(formed), &text, NULL) == KUBE_OK)
        reply->content_type = "application/yaml";
    else
        kube_buffer_puts(&text, formed);
    free(formed);
    json_decref(document);
    kube_buffer_dispose(&reply->body);
    reply->body = text;
}

void ts_serve(ts_request_t *request, ts_reply_t *reply)
{
    kube_test_server_t *server = request->server;
    size_t needed = request->part_count > 0 && ts_is(request->parts[0], "api") ? 3 : 4;
    bool resource = request->part_count >= needed && (ts_is(request->parts[0], "api") || ts_is(request->parts[0], "apis"));
    pthread_mutex_lock(&server->lock);
    if (resource)
        serve_resource(request, reply);
    else
        ts_discovery_serve(request, reply);
    pthread_mutex_unlock(&server->lock);
    finish(request, reply);
}
