#include "discovery.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "discovery_json.h"
#include "discovery_names.h"

ts_api_t ts_api_of_resource(const kube_resource_t *resource)
{
    ts_names_t names = ts_names_of(resource->group, resource->plural);
    /* The one resource that can be listed and not watched, which its OpenAPI document does not say. */
    uint32_t missing = strcmp(resource->plural, "componentstatuses") == 0 ? KUBE_VERB_WATCH : 0;

    return (ts_api_t){
        .group = resource->group,
        .version = resource->version,
        .plural = resource->plural,
        .kind = resource->kind,
        .list_kind = resource->list_type ? resource->list_type->kind : NULL,
        .short_names = names.short_names,
        .categories = names.categories,
        .namespaced = resource->namespaced,
        .verbs = resource->verbs & ~missing,
        .subresources = resource->subresources,
        .subresource_count = resource->subresource_count,
        .type = resource->type,
    };
}

/* ---- order ---- */

/* "v2beta1": a stable version before beta before alpha, the greater number first; what is no such version last, by name. */
typedef struct {
    int stage, major, minor;
} version_t;

static bool parse_version(const char *text, version_t *out)
{
    char stage[6] = "";
    int len = 0;

    *out = (version_t){ .stage = 3 };
    if (sscanf(text, "v%d%n", &out->major, &len) == 1 && text[len] == '\0') {
        return true;
    }
    len = 0;
    if (sscanf(text, "v%d%5[a-z]%d%n", &out->major, stage, &out->minor, &len) != 3 || text[len] != '\0') {
        return false;
    }
    out->stage = strcmp(stage, "beta") == 0 ? 2 : strcmp(stage, "alpha") == 0 ? 1 : 0;
    return out->stage > 0;
}

static int compare_versions(const char *a, const char *b)
{
    version_t left, right;
    bool a_good = parse_version(a, &left), b_good = parse_version(b, &right);

    if (!a_good || !b_good) {
        return a_good || b_good ? b_good - a_good : strcmp(a, b);
    }
    if (left.stage != right.stage) {
        return right.stage - left.stage;
    }
    return left.major != right.major ? right.major - left.major : right.minor - left.minor;
}

static int compare_apis(const void *left, const void *right)
{
    const ts_api_t *a = *(const ts_api_t *const *)left, *b = *(const ts_api_t *const *)right;
    size_t a_rank = ts_group_rank(a->group), b_rank = ts_group_rank(b->group);
    int order = (a_rank > b_rank) - (a_rank < b_rank);

    order = order ? order : strcmp(a->group, b->group);
    order = order ? order : compare_versions(a->version, b->version);
    return order ? order : strcmp(a->plural, b->plural);
}

/* In the order of the documents; to be freed. NULL: memory. */
static const ts_api_t **sorted_apis(const ts_api_t *apis, size_t count)
{
    const ts_api_t **sorted = malloc((count + 1) * sizeof *sorted);
    size_t i;

    if (sorted) {
        for (i = 0; i < count; i++) {
            sorted[i] = &apis[i];
        }
        qsort(sorted, count, sizeof *sorted, compare_apis);
    }
    return sorted;
}

static bool same_group(const ts_api_t *a, const ts_api_t *b)
{
    return strcmp(a->group, b->group) == 0;
}

static bool same_version(const ts_api_t *a, const ts_api_t *b)
{
    return same_group(a, b) && strcmp(a->version, b->version) == 0;
}

/* ---- parts of documents ---- */

static json_t *verbs_of(uint32_t verbs, const char *subresource)
{
    bool connects = verbs & KUBE_VERB_CONNECT, proxies = connects && strcmp(subresource, "proxy") == 0;
    const struct {
        bool served;
        const char *name;
    } all[] = {
        { (verbs & KUBE_VERB_CREATE) || connects, "create" },
        { (verbs & KUBE_VERB_DELETE) || proxies, "delete" },
        { verbs & KUBE_VERB_DELETE_COLLECTION, "deletecollection" },
        { (verbs & KUBE_VERB_GET) || connects, "get" },
        { verbs & KUBE_VERB_LIST, "list" },
        { (verbs & KUBE_VERB_PATCH) || proxies, "patch" },
        { (verbs & KUBE_VERB_UPDATE) || proxies, "update" },
        { verbs & KUBE_VERB_WATCH, "watch" },
    };
    const char *names[9] = { NULL };
    size_t i, count = 0;

    for (i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i].served) {
            names[count++] = all[i].name;
        }
    }
    return ts_strings(names);
}

static json_t *with_singular(json_t *object, const char *name, const ts_api_t *api)
{
    char lower[128];
    size_t i;

    snprintf(lower, sizeof lower, "%s", api->singular ? api->singular : api->kind);
    for (i = 0; !api->singular && lower[i]; i++) {
        lower[i] = (char)tolower((unsigned char)lower[i]);
    }
    return ts_with_text(object, name, lower);
}

/* What a subresource's body is. Group and version are "" when they are those of the resource. */
typedef struct {
    char group[128];
    const char *version, *kind;
} body_t;

static body_t body_of(const ts_api_t *api, const kube_subresource_t *subresource)
{
    const char *connected = ts_connect_kind(api->plural, subresource->name);
    body_t body = { .group = "", .version = "", .kind = connected ? connected : subresource->kind ? subresource->kind : api->kind };
    const char *version = subresource->kind && !connected ? subresource->api_version : NULL;
    const char *slash = version ? strchr(version, '/') : NULL;

    if (slash) {
        snprintf(body.group, sizeof body.group, "%.*s", (int)(slash - version), version);
    }
    if (version && (strcmp(body.group, api->group) != 0 || strcmp(slash ? slash + 1 : version, api->version) != 0)) {
        body.version = slash ? slash + 1 : version;
    } else {
        body.group[0] = '\0';
    }
    return body;
}

/* ---- the documents of before ---- */

json_t *ts_discovery_core(const char *server)
{
    return json_pack("{s:s, s:[s], s:[{s:s, s:s}]}", "kind", "APIVersions", "versions", "v1", "serverAddressByClientCIDRs",
                     "clientCIDR", "0.0.0.0/0",
                     "serverAddress", server);
}

static json_t *version_entry(const ts_api_t *api)
{
    char text[256];

    snprintf(text, sizeof text, "%s/%s", api->group, api->version);
    return ts_with_text(ts_with_text(json_object(), "groupVersion", text), "version", api->version);
}

/* The group whose apis begin at `first`. */
static json_t *group_entry(const ts_api_t *const *sorted, size_t count, size_t first)
{
    json_t *versions = json_array(), *group;
    size_t i;

    for (i = first; i < count && same_group(sorted[i], sorted[first]); i++) {
        if ((i == first || !same_version(sorted[i], sorted[i - 1])) && json_array_append_new(versions, version_entry(sorted[i]))) {
            json_decref(versions);
            return NULL;
        }
    }
    group = ts_with_text(json_object(), "name", sorted[first]->group);
    return ts_with(ts_with(group, "versions", versions), "preferredVersion", version_entry(sorted[first]));
}

static bool begins_group(const ts_api_t *const *sorted, size_t i)
{
    return i == 0 || !same_group(sorted[i], sorted[i - 1]);
}

json_t *ts_discovery_groups(const ts_api_t *apis, size_t count)
{
    const ts_api_t **sorted = sorted_apis(apis, count);
    json_t *groups = sorted ? json_array() : NULL;
    size_t i;

    for (i = 0; groups && i < count; i++) {
        if (*sorted[i]->group && begins_group(sorted, i) && json_array_append_new(groups, group_entry(sorted, count, i))) {
            json_decref(groups);
            groups = NULL;
        }
    }
    free(sorted);
    return ts_with(ts_with_text(ts_with_text(json_object(), "kind", "APIGroupList"), "apiVersion", "v1"), "groups", groups);
}

json_t *ts_discovery_group(const ts_api_t *apis, size_t count, const char *group)
{
    const ts_api_t **sorted = sorted_apis(apis, count);
    json_t *entry = NULL;
    size_t i;

    for (i = 0; sorted && i < count && !entry; i++) {
        if (*group && strcmp(sorted[i]->group, group) == 0) {
            entry = group_entry(sorted, count, i);
        }
    }
    free(sorted);
    return entry ? ts_with_text(ts_with_text(entry, "kind", "APIGroup"), "apiVersion", "v1") : NULL;
}

static json_t *resource_entry(const ts_api_t *api)
{
    json_t *entry = with_singular(ts_with_text(json_object(), "name", api->plural), "singularName", api);

    entry = ts_with(ts_with_text(ts_with(entry, "namespaced", json_boolean(api->namespaced)), "kind", api->kind), "verbs",
                    verbs_of(api->verbs, ""));
    return ts_with_strings(ts_with_strings(entry, "shortNames", api->short_names), "categories", api->categories);
}

static json_t *subresource_entry(const ts_api_t *api, const kube_subresource_t *subresource)
{
    body_t body = body_of(api, subresource);
    char name[256];
    json_t *entry;

    snprintf(name, sizeof name, "%s/%s", api->plural, subresource->name);
    entry = ts_with(ts_with_text(ts_with_text(json_object(), "name", name), "singularName", ""), "namespaced",
                    json_boolean(api->namespaced));
    if (*body.version) {
        entry = ts_with_text(*body.group ? ts_with_text(entry, "group", body.group) : entry, "version", body.version);
    }
    return ts_with(ts_with_text(entry, "kind", body.kind), "verbs", verbs_of(subresource->verbs, subresource->name));
}

static bool add_resource(json_t *resources, const ts_api_t *api)
{
    size_t i;

    if (json_array_append_new(resources, resource_entry(api))) {
        return false;
    }
    for (i = 0; i < api->subresource_count; i++) {
        if (json_array_append_new(resources, subresource_entry(api, &api->subresources[i]))) {
            return false;
        }
    }
    return true;
}

json_t *ts_discovery_resources(const ts_api_t *apis, size_t count, const char *group, const char *version)
{
    const ts_api_t **sorted = sorted_apis(apis, count);
    json_t *resources = json_array(), *list;
    bool good = sorted && resources;
    char text[256];
    size_t i;

    for (i = 0; good && i < count; i++) {
        if (strcmp(sorted[i]->group, group) == 0 && strcmp(sorted[i]->version, version) == 0) {
            good = add_resource(resources, sorted[i]);
        }
    }
    free(sorted);
    if (!good || json_array_size(resources) == 0) {
        json_decref(resources);
        return NULL;
    }
    snprintf(text, sizeof text, "%s%s%s", group, *group ? "/" : "", version);
    list = ts_with_text(json_object(), "kind", "APIResourceList");
    list = *group ? ts_with_text(list, "apiVersion", "v1") : list;
    return ts_with(ts_with_text(list, "groupVersion", text), "resources", resources);
}

/* ---- the aggregated documents ---- */

/* Of custom resources group and version are written out, of others only when they are not those of the document. */
static json_t *response_kind(const ts_api_t *api, const char *group, const char *version, const char *kind)
{
    if (!api->type && !*version) {
        group = api->group;
        version = api->version;
    }
    return ts_with_text(ts_with_text(ts_with_text(json_object(), "group", group), "version", version), "kind", kind);
}

static json_t *aggregated_subresources(const ts_api_t *api)
{
    json_t *out = json_array();
    size_t i;

    for (i = 0; i < api->subresource_count; i++) {
        const kube_subresource_t *subresource = &api->subresources[i];
        body_t body = body_of(api, subresource);
        json_t *entry = ts_with_text(json_object(), "subresource", subresource->name);

        entry = ts_with(entry, "responseKind", response_kind(api, body.group, body.version, body.kind));
        if (json_array_append_new(out, ts_with(entry, "verbs", verbs_of(subresource->verbs, subresource->name)))) {
            json_decref(out);
            return NULL;
        }
    }
    return out;
}

static json_t *aggregated_resource(const ts_api_t *api)
{
    json_t *entry = ts_with_text(json_object(), "resource", api->plural);

    entry = ts_with(entry, "responseKind", response_kind(api, "", "", api->kind));
    entry = ts_with_text(entry, "scope", api->namespaced ? "Namespaced" : "Cluster");
    entry = ts_with(with_singular(entry, "singularResource", api), "verbs", verbs_of(api->verbs, ""));
    entry = ts_with_strings(ts_with_strings(entry, "shortNames", api->short_names), "categories", api->categories);
    return api->subresource_count ? ts_with(entry, "subresources", aggregated_subresources(api)) : entry;
}

/* The version whose apis begin at `first`. */
static json_t *aggregated_version(const ts_api_t *const *sorted, size_t count, size_t first)
{
    json_t *resources = json_array();
    size_t i;

    for (i = first; i < count && same_version(sorted[i], sorted[first]); i++) {
        if (json_array_append_new(resources, aggregated_resource(sorted[i]))) {
            json_decref(resources);
            return NULL;
        }
    }
    return ts_with_text(ts_with(ts_with_text(json_object(), "version", sorted[first]->version), "resources", resources),
                        "freshness", "Current");
}

static json_t *aggregated_group(const ts_api_t *const *sorted, size_t count, size_t first)
{
    json_t *versions = json_array(), *metadata = json_object();
    size_t i;

    for (i = first; i < count && same_group(sorted[i], sorted[first]); i++) {
        if ((i == first || !same_version(sorted[i], sorted[i - 1])) &&
            json_array_append_new(versions, aggregated_version(sorted, count, i))) {
            json_decref(versions);
            versions = NULL;
            break;
        }
    }
    if (*sorted[first]->group) {
        metadata = ts_with_text(metadata, "name", sorted[first]->group);
    }
    return ts_with(ts_with(json_object(), "metadata", metadata), "versions", versions);
}

json_t *ts_discovery_aggregated(const ts_api_t *apis, size_t count, bool core)
{
    const ts_api_t **sorted = sorted_apis(apis, count);
    json_t *items = sorted ? json_array() : NULL, *list;
    size_t i;

    for (i = 0; items && i < count; i++) {
        if (core == !*sorted[i]->group && begins_group(sorted, i) && json_array_append_new(items, aggregated_group(sorted, count, i))) {
            json_decref(items);
            items = NULL;
        }
    }
    free(sorted);
    list = ts_with_text(ts_with_text(json_object(), "kind", "APIGroupDiscoveryList"), "apiVersion", "apidiscovery.k8s.io/v2");
    return ts_with(ts_with(list, "metadata", json_object()), "items", items);
}

/* ---- which of them ---- */

/* Whether one media range of an Accept header has a parameter; range ends at a comma. */
static bool has_parameter(const char *range, size_t len, const char *parameter)
{
    size_t size = strlen(parameter), i;

    for (i = 0; i + size <= len; i++) {
        if (strncmp(range + i, parameter, size) == 0 && i > 0 && (range[i - 1] == ';' || range[i - 1] == ' ') &&
            (i + size == len || range[i + size] == ';' || range[i + size] == ' ')) {
            return true;
        }
    }
    return false;
}

bool ts_discovery_wants_aggregated(const char *accept)
{
    while (accept && *accept) {
        size_t len;

        accept += strspn(accept, " ,");
        len = strcspn(accept, ",");
        if (strncmp(accept, "*/*", 3) == 0 || strncmp(accept, "application/*", 13) == 0) {
            return false;
        }
        if (len >= 16 && strncmp(accept, "application/json", 16) == 0) {
            bool is_plain = memchr(accept, ';', len) == NULL || !has_parameter(accept, len, "as=APIGroupDiscoveryList");

            if (is_plain || (has_parameter(accept, len, "g=apidiscovery.k8s.io") && has_parameter(accept, len, "v=v2"))) {
                return !is_plain;
            }
        }
        accept += len;
    }
    return false;
}
