#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "discovery_json.h"
#include "discovery_names.h"
#include "openapi_parts.h"

#define STATUS "io.k8s.apimachinery.pkg.apis.meta.v1.Status"
#define PATCH "io.k8s.apimachinery.pkg.apis.meta.v1.Patch"
#define DELETE_OPTIONS "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions"

/* One operation: what the real server says about it that clients look at. */
typedef struct {
    uint32_t verb;
    const char *method, *action;
    const char *const *query; /* names of parameters, "!" before booleans, "#" before integers */
} operation_t;

#define QUERY(...) (const char *const[]){ __VA_ARGS__, NULL }
#define LIST_QUERY QUERY("!allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "#limit", "resourceVersion", "resourceVersionMatch", \
                         "!sendInitialEvents", "#timeoutSeconds", "!watch")
#define WRITE_QUERY QUERY("dryRun", "fieldManager", "fieldValidation")

static const operation_t on_collections[] = {
    { KUBE_VERB_LIST, "get", "list", LIST_QUERY },
    { KUBE_VERB_CREATE, "post", "post", WRITE_QUERY },
    { KUBE_VERB_DELETE_COLLECTION, "delete", "deletecollection",
      QUERY("continue", "dryRun", "fieldSelector", "#gracePeriodSeconds", "labelSelector", "#limit", "propagationPolicy",
            "resourceVersion") },
};
static const operation_t on_objects[] = {
    { KUBE_VERB_GET, "get", "get", NULL },
    { KUBE_VERB_UPDATE, "put", "put", WRITE_QUERY },
    { KUBE_VERB_PATCH, "patch", "patch", QUERY("dryRun", "fieldManager", "fieldValidation", "!force") },
    { KUBE_VERB_DELETE, "delete", "delete", QUERY("dryRun", "#gracePeriodSeconds", "!orphanDependents", "propagationPolicy") },
};
static const operation_t on_subresources[] = {
    { KUBE_VERB_GET, "get", "get", NULL },
    { KUBE_VERB_CREATE, "post", "post", WRITE_QUERY },
    { KUBE_VERB_UPDATE, "put", "put", WRITE_QUERY },
    { KUBE_VERB_PATCH, "patch", "patch", QUERY("dryRun", "fieldManager", "fieldValidation", "!force") },
};

/* What one path is for. */
typedef struct {
    const ts_api_t *api;
    const char *group, *version, *kind; /* of the body */
    const char *definition;             /* of the body; "" when it has none here */
} target_t;

/* ---- parameters ---- */

static json_t *typed_parameter(const ts_document_t *document, const char *name, const char *in, const char *type)
{
    json_t *parameter = ts_with_text(ts_with_text(json_object(), "name", name), "in", in);

    if (strcmp(in, "path") == 0) {
        parameter = ts_with(parameter, "required", json_true());
    }
    if (document->v2) {
        return ts_with_text(parameter, "type", type);
    }
    return ts_with(parameter, "schema", ts_with_text(json_object(), "type", type));
}

static json_t *query_parameter(const ts_document_t *document, const char *name)
{
    const char *type = *name == '!' ? "boolean" : *name == '#' ? "integer" : "string";

    return typed_parameter(document, name + (*name == '!' || *name == '#'), "query", type);
}

static json_t *body_parameter(const ts_document_t *document, const char *definition)
{
    json_t *parameter = ts_with_text(ts_with_text(json_object(), "name", "body"), "in", "body");

    return ts_with(ts_with(parameter, "required", json_true()), "schema", ts_reference(document, definition));
}

static json_t *query_parameters(const ts_document_t *document, const char *const *names)
{
    json_t *out = json_array();

    for (; names && *names; names++) {
        if (json_array_append_new(out, query_parameter(document, *names))) {
            json_decref(out);
            return NULL;
        }
    }
    return out;
}

static json_t *path_parameters(const ts_document_t *document, bool namespaced, bool named)
{
    json_t *out = json_array();

    if ((named && json_array_append_new(out, typed_parameter(document, "name", "path", "string"))) ||
        (namespaced && json_array_append_new(out, typed_parameter(document, "namespace", "path", "string")))) {
        json_decref(out);
        return NULL;
    }
    return out;
}

/* ---- bodies ---- */

/* Custom resources have no strategic merge patch. */
static const char *const *patch_types(const ts_api_t *api)
{
    static const char *const built_in[] = { "application/json-patch+json", "application/merge-patch+json",
                                            "application/strategic-merge-patch+json",
                                            "application/apply-patch+yaml", NULL };
    static const char *const custom[] = { "application/json-patch+json", "application/merge-patch+json",
                                          "application/apply-patch+yaml", NULL };

    return api->type ? built_in : custom;
}

static const char *const *body_types(const operation_t *operation, const target_t *target)
{
    static const char *const json[] = { "application/json", NULL };

    return operation->verb == KUBE_VERB_PATCH ? patch_types(target->api) : json;
}

static const char *body_definition(const operation_t *operation, const target_t *target)
{
    switch (operation->verb) {
    case KUBE_VERB_PATCH: return PATCH;
    case KUBE_VERB_DELETE:
    case KUBE_VERB_DELETE_COLLECTION: return DELETE_OPTIONS;
    case KUBE_VERB_CREATE:
    case KUBE_VERB_UPDATE: return target->definition;
    default: return "";
    }
}

static json_t *content(const ts_document_t *document, const char *const *types, const char *definition)
{
    json_t *out = json_object();

    for (; *types; types++) {
        out = ts_with(out, *types, ts_with(json_object(), "schema", ts_reference(document, definition)));
    }
    return out;
}

static json_t *with_body(const ts_document_t *document, json_t *value, const operation_t *operation, const target_t *target)
{
    const char *definition = body_definition(operation, target);
    const char *const *types = body_types(operation, target);
    json_t *parameters;

    if (!*definition) {
        return value;
    }
    if (!document->v2) {
        return ts_with(value, "requestBody", ts_with(json_object(), "content", content(document, types, definition)));
    }
    parameters = json_object_get(value, "parameters");
    if (json_array_insert_new(parameters, 0, body_parameter(document, definition))) {
        json_decref(value);
        return NULL;
    }
    return ts_with_strings(value, "consumes", types);
}

static json_t *responses(const ts_document_t *document, const operation_t *operation, const target_t *target)
{
    static const char *const json[] = { "application/json", NULL };
    bool deletes = operation->verb & (KUBE_VERB_DELETE | KUBE_VERB_DELETE_COLLECTION);
    json_t *good = ts_with_text(json_object(), "description", "OK");
    char list[256];
    const char *definition = deletes ? STATUS : target->definition;

    if (operation->verb == KUBE_VERB_LIST) {
        ts_definition_name(target->api, true, list);
        definition = list;
    }
    if (*definition) {
        good = document->v2 ? ts_with(good, "schema", ts_reference(document, definition))
            : ts_with(good, "content", content(document, json, definition));
    }
    return ts_with(json_object(), "200", good);
}

/* ---- operations ---- */

/* rbac.authorization.k8s.io becomes RbacAuthorization, "" becomes Core. */
static void camel_case(const char *text, char *out, size_t size)
{
    bool upper = true;
    size_t len = 0;

    text = *text ? text : "core";
    for (; *text && strcmp(text, ".k8s.io") != 0 && len + 1 < size; text++) {
        if (isalnum((unsigned char)*text)) {
            out[len++] = (char)(upper ? toupper((unsigned char)*text) : *text);
        }
        upper = !isalnum((unsigned char)*text);
    }
    out[len] = '\0';
}

static json_t *with_id(json_t *value, const operation_t *operation, const target_t *target, const char *suffix)
{
    static const struct {
        const char *action, *word;
    } words[] = { { "list", "list" }, { "post", "create" }, { "deletecollection", "deleteCollection" }, { "get", "read" },
                  { "put", "replace" }, { "patch", "patch" }, { "delete", "delete" } };
    char group[128], version[32], tail[64] = "", id[512];
    const char *word = "";
    size_t i;

    for (i = 0; i < sizeof words / sizeof *words; i++) {
        word = strcmp(words[i].action, operation->action) == 0 ? words[i].word : word;
    }
    camel_case(target->api->group, group, sizeof group);
    camel_case(target->api->version, version, sizeof version);
    if (*suffix) {
        camel_case(suffix, tail, sizeof tail);
    }
    snprintf(id, sizeof id, "%s%s%s%s%s%s", word, group, version, target->api->namespaced ? "Namespaced" : "", target->api->kind, tail);
    return ts_with_text(value, "operationId", id);
}

static json_t *operation_value(const ts_document_t *document, const operation_t *operation, const target_t *target, const char *suffix)
{
    json_t *value = ts_with(json_object(), "parameters", query_parameters(document, operation->query)), *kind;

    value = with_id(with_body(document, value, operation, target), operation, target, suffix);
    value = ts_with_text(ts_with(value, "responses", responses(document, operation, target)), "x-kubernetes-action", operation->action);
    kind = ts_with_text(ts_with_text(ts_with_text(json_object(), "group", target->group), "kind", target->kind), "version",
                        target->version);
    return ts_with(value, "x-kubernetes-group-version-kind", kind);
}

static void add_path(ts_document_t *document, const char *path, const operation_t *operations, size_t count, uint32_t verbs,
                     const target_t *target,
                     const char *suffix)
{
    json_t *item = json_object();
    bool namespaced = strstr(path, "{namespace}") != NULL, named = strstr(path, "{name}") != NULL;
    size_t i;

    for (i = 0; i < count; i++) {
        if (operations[i].verb & verbs) {
            item = ts_with(item, operations[i].method, operation_value(document, &operations[i], target, suffix));
        }
    }
    if (namespaced || named) {
        item = ts_with(item, "parameters", path_parameters(document, namespaced, named));
    }
    document->failed |= json_object_set_new(document->paths, path, item) != 0;
}

static void add_subresource(ts_document_t *document, const ts_api_t *api, const char *base, const kube_subresource_t *subresource)
{
    const char *slash = subresource->api_version ? strchr(subresource->api_version, '/') : NULL;
    const char *connected = ts_connect_kind(api->plural, subresource->name);
    char path[512], group[128] = "", definition[256] = "";
    bool is_own = subresource->kind && strcmp(subresource->kind, api->kind) == 0;
    target_t target = { .api = api, .group = group, .version = slash ? slash + 1 : subresource->api_version,
                        .kind = connected ? connected : subresource->kind, .definition = definition };

    if (slash) {
        snprintf(group, sizeof group, "%.*s", (int)(slash - subresource->api_version), subresource->api_version);
    }
    if (!target.kind || !target.version || is_own) {
        target.group = api->group;
        target.version = api->version;
        target.kind = target.kind ? target.kind : api->kind;
    }
    if (is_own) {
        ts_definition_name(api, false, definition);
    }
    snprintf(path, sizeof path, "%s/%s/{name}/%s", base, api->plural, subresource->name);
    add_path(document, path, on_subresources, sizeof on_subresources / sizeof *on_subresources, subresource->verbs, &target,
             subresource->name);
}

void ts_add_paths(ts_document_t *document, const ts_api_t *api)
{
    uint32_t listing = api->verbs & KUBE_VERB_LIST;
    char root[300], base[340], path[512], definition[256];
    target_t target = { .api = api, .group = api->group, .version = api->version, .kind = api->kind, .definition = definition };
    size_t i;

    ts_definition_name(api, false, definition);
    snprintf(root, sizeof root, "%s%s/%s", *api->group ? "/apis/" : "/api", api->group, api->version);
    snprintf(base, sizeof base, "%s%s", root, api->namespaced ? "/namespaces/{namespace}" : "");
    if (api->namespaced && listing) {
        snprintf(path, sizeof path, "%s/%s", root, api->plural);
        add_path(document, path, on_collections, 1, listing, &target, "ForAllNamespaces");
    }
    snprintf(path, sizeof path, "%s/%s", base, api->plural);
    add_path(document, path, on_collections, sizeof on_collections / sizeof *on_collections, api->verbs, &target, "");
    snprintf(path, sizeof path, "%s/%s/{name}", base, api->plural);
    add_path(document, path, on_objects, sizeof on_objects / sizeof *on_objects, api->verbs, &target, "");
    for (i = 0; i < api->subresource_count; i++) {
        add_subresource(document, api, base, &api->subresources[i]);
    }
}
