#include "resource.h"

#include "state.h"

/* What the tables do not tell of built-in resources, as seen on kube-apiserver 1.36.3. */
enum {
    GENERATION = 1 << 0,  /* metadata.generation counts changes */
    CONDITIONAL = 1 << 1, /* an update needs a resourceVersion */
    CREATES = 1 << 2,     /* an update of what is not there creates it */
    RETURNS = 1 << 3,     /* a delete returns the object, not a Status */
    ORPHANS = 1 << 4      /* a delete that does not say what becomes of dependents leaves them */
};

static const struct fact {
    const char *group, *plural;
    unsigned flags;
    const char *fields[12]; /* for selectors, beside metadata.name and metadata.namespace */
} facts[] = {
    { "", "endpoints", CREATES, { NULL } },
    { "", "events", CREATES,
      { "involvedObject.apiVersion", "involvedObject.fieldPath", "involvedObject.kind", "involvedObject.name",
        "involvedObject.namespace", "involvedObject.resourceVersion", "involvedObject.uid", "reason", "reportingComponent", "source", "type" } },
    { "", "limitranges", CREATES, { NULL } },
    { "", "namespaces", 0, { "status.phase" } },
    { "", "nodes", 0, { "spec.unschedulable" } },
    { "", "persistentvolumeclaims", RETURNS, { NULL } },
    { "", "persistentvolumes", RETURNS, { NULL } },
    { "", "pods", GENERATION | RETURNS,
      { "spec.hostNetwork", "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
        "status.nominatedNodeName", "status.phase", "status.podIP", "status.podIPs" } },
    { "", "podtemplates", GENERATION | RETURNS, { NULL } },
    { "", "replicationcontrollers", GENERATION | ORPHANS, { "status.replicas" } },
    { "", "resourcequotas", RETURNS, { NULL } },
    { "", "secrets", 0, { "type" } },
    { "", "serviceaccounts", RETURNS, { NULL } },
    { "", "services", CREATES | RETURNS, { "spec.clusterIP", "spec.type" } },
    { "admissionregistration.k8s.io", "mutatingadmissionpolicies", GENERATION | CONDITIONAL, { NULL } },
    { "admissionregistration.k8s.io", "mutatingadmissionpolicybindings", GENERATION | CONDITIONAL, { NULL } },
    { "admissionregistration.k8s.io", "mutatingwebhookconfigurations", GENERATION | CONDITIONAL, { NULL } },
    { "admissionregistration.k8s.io", "validatingadmissionpolicies", GENERATION | CONDITIONAL, { NULL } },
    { "admissionregistration.k8s.io", "validatingadmissionpolicybindings", GENERATION | CONDITIONAL, { NULL } },
    { "admissionregistration.k8s.io", "validatingwebhookconfigurations", GENERATION | CONDITIONAL, { NULL } },
    { "apiextensions.k8s.io", "customresourcedefinitions", GENERATION | CONDITIONAL, { NULL } },
    { "apiregistration.k8s.io", "apiservices", CONDITIONAL, { NULL } },
    { "apps", "daemonsets", GENERATION, { NULL } },
    { "apps", "deployments", GENERATION, { NULL } },
    { "apps", "replicasets", GENERATION, { NULL } },
    { "apps", "statefulsets", GENERATION, { NULL } },
    { "batch", "cronjobs", GENERATION, { NULL } },
    { "batch", "jobs", GENERATION | ORPHANS, { "status.successful" } },
    { "certificates.k8s.io", "certificatesigningrequests", 0, { "spec.signerName" } },
    { "coordination.k8s.io", "leases", CONDITIONAL | CREATES, { NULL } },
    { "discovery.k8s.io", "endpointslices", GENERATION, { NULL } },
    { "events.k8s.io", "events", CREATES,
      { "reason", "regarding.apiVersion", "regarding.fieldPath", "regarding.kind", "regarding.name", "regarding.namespace",
        "regarding.resourceVersion", "regarding.uid", "reportingController", "type" } },
    { "flowcontrol.apiserver.k8s.io", "flowschemas", GENERATION, { NULL } },
    { "flowcontrol.apiserver.k8s.io", "prioritylevelconfigurations", GENERATION, { NULL } },
    { "networking.k8s.io", "ingressclasses", GENERATION, { NULL } },
    { "networking.k8s.io", "ingresses", GENERATION, { NULL } },
    { "networking.k8s.io", "networkpolicies", GENERATION, { NULL } },
    { "node.k8s.io", "runtimeclasses", CONDITIONAL | CREATES, { NULL } },
    { "policy", "poddisruptionbudgets", GENERATION | CONDITIONAL, { NULL } },
    { "rbac.authorization.k8s.io", "clusterrolebindings", CREATES, { NULL } },
    { "rbac.authorization.k8s.io", "clusterroles", CREATES, { NULL } },
    { "rbac.authorization.k8s.io", "rolebindings", CREATES, { NULL } },
    { "rbac.authorization.k8s.io", "roles", CREATES, { NULL } },
    { "resource.k8s.io", "deviceclasses", GENERATION | RETURNS, { NULL } },
    { "resource.k8s.io", "resourceclaims", RETURNS, { NULL } },
    { "resource.k8s.io", "resourceclaimtemplates", RETURNS, { NULL } },
    { "resource.k8s.io", "resourceslices", GENERATION | RETURNS, { "spec.driver", "spec.nodeName" } },
    { "scheduling.k8s.io", "priorityclasses", GENERATION, { NULL } },
    { "storage.k8s.io", "csidrivers", CONDITIONAL | RETURNS, { NULL } },
    { "storage.k8s.io", "csinodes", CONDITIONAL | RETURNS, { NULL } },
    { "storage.k8s.io", "csistoragecapacities", CONDITIONAL, { NULL } },
    { "storage.k8s.io", "storageclasses", RETURNS, { NULL } },
    { "storage.k8s.io", "volumeattachments", CONDITIONAL | RETURNS, { NULL } },
    { "storage.k8s.io", "volumeattributesclasses", RETURNS, { NULL } },
};

static const struct fact *fact_of(const char *group, const char *plural)
{
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        if (ts_is(facts[i].group, group) && ts_is(facts[i].plural, plural))
            return &facts[i];
    }
    return NULL;
}

static void name_resource(ts_resource_t *resource)
{
    const char *group = resource->api.group;
    resource->api_version = ts_printf("%s%s%s", group, *group ? "/" : "", resource->api.version);
    resource->qualified = ts_printf("%s%s%s", resource->api.plural, *group ? "." : "", group);
    resource->qualified_kind = ts_printf("%s%s%s", resource->api.kind, *group ? "." : "", group);
}

static void add_resource(kube_test_server_t *server, ts_resource_t *resource)
{
    ts_resource_t **at = &server->resources;
    while (*at)
        at = &(*at)->next;
    *at = resource;
}

static void add_built_in(kube_test_server_t *server, ts_api_t api, const kube_type_t *type)
{
    ts_resource_t *resource = ts_alloc(sizeof *resource);
    const struct fact *fact = fact_of(api.group, api.plural);
    resource->api = api;
    resource->type = type;
    resource->schema = type ? ts_schema_of_type(type) : NULL;
    unsigned flags = fact ? fact->flags : 0;
    resource->has_generation = flags & GENERATION;
    resource->conditional_update = flags & CONDITIONAL;
    resource->creates_on_update = flags & CREATES;
    resource->delete_returns = flags & RETURNS;
    resource->orphans = flags & ORPHANS;
    name_resource(resource);
    if (api.verbs & (KUBE_VERB_GET | KUBE_VERB_LIST)) {
        resource->collection = ts_collection(server, api.group, api.plural);
        if (!resource->collection)
            resource->collection = ts_collection_make(server, api.group, api.plural, api.namespaced, fact ? fact->fields : NULL);
    }
    resource->has_status = ts_subresource(resource, "status") != NULL;
    add_resource(server, resource);
}

void ts_resources_of_packages(kube_test_server_t *server, const kube_package_t *const *packages)
{
    for (; packages && *packages; packages++) {
        for (const kube_resource_t *const *table = (*packages)->resources; table && *table; table++) {
            if (!ts_resource_find(server, (*table)->group, (*table)->version, (*table)->plural))
                add_built_in(server, ts_api_of_resource(*table), (*table)->type);
        }
    }
}

void ts_resources_builtin(kube_test_server_t *server)
{
    static const kube_subresource_t namespace_parts[] = {
        { "finalize", "v1", "Namespace", KUBE_VERB_UPDATE },
        { "status", "v1", "Namespace", KUBE_VERB_GET | KUBE_VERB_UPDATE | KUBE_VERB_PATCH },
    };
    static const kube_subresource_t crd_parts[] = {
        { "status", "apiextensions.k8s.io/v1", "CustomResourceDefinition", KUBE_VERB_GET | KUBE_VERB_UPDATE | KUBE_VERB_PATCH },
    };
    static const char *const ns_short[] = { "ns", NULL }, *const crd_short[] = { "crd", "crds", NULL };
    const uint32_t verbs = KUBE_VERB_GET | KUBE_VERB_LIST | KUBE_VERB_WATCH | KUBE_VERB_CREATE | KUBE_VERB_UPDATE | KUBE_VERB_PATCH |
                           KUBE_VERB_DELETE;
    if (!ts_resource_find(server, "", "v1", "namespaces"))
        add_built_in(server, (ts_api_t){ "", "v1", "namespaces", "namespace", "Namespace", "NamespaceList", ns_short, NULL, false, verbs,
                                         namespace_parts, 2, NULL, NULL }, NULL);
    if (!ts_resource_find(server, "apiextensions.k8s.io", "v1", "customresourcedefinitions"))
        add_built_in(server, (ts_api_t){ "apiextensions.k8s.io", "v1", "customresourcedefinitions", "customresourcedefinition",
                                         "CustomResourceDefinition", "CustomResourceDefinitionList", crd_short, NULL, false,
                                         verbs | KUBE_VERB_DELETE_COLLECTION, crd_parts, 1, NULL, NULL }, NULL);
}

/* ---- custom resources ---- */

static const char **text_array(json_t *names)
{
    const char **out = ts_alloc((json_array_size(names) + 1) * sizeof *out);
    for (size_t i = 0; i < json_array_size(names); i++)
        out[i] = json_string_value(json_array_get(names, i));
    return out;
}

static const char *or_else(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

static void own(ts_resource_t *resource, void *pointer)
{
    size_t count = 0;
    while (resource->owned && resource->owned[count])
        count++;
    resource->owned = ts_realloc(resource->owned, (count + 2) * sizeof *resource->owned);
    resource->owned[count] = pointer;
    resource->owned[count + 1] = NULL;
}

static void custom_subresources(ts_resource_t *resource)
{
    const uint32_t verbs = KUBE_VERB_GET | KUBE_VERB_UPDATE | KUBE_VERB_PATCH;
    kube_subresource_t *parts = ts_alloc(2 * sizeof *parts);
    size_t count = 0;
    own(resource, parts);
    if (ts_at(resource->version, "subresources.scale"))
        parts[count++] = (kube_subresource_t){ "scale", "autoscaling/v1", "Scale", verbs };
    if (ts_at(resource->version, "subresources.status")) {
        parts[count++] = (kube_subresource_t){ "status", resource->api_version, resource->api.kind, verbs };
        resource->has_status = true;
    }
    resource->api.subresources = parts;
    resource->api.subresource_count = count;
}

/* JSON paths of the CRD's selectableFields, without the leading dot. */
static const char *const *custom_fields(ts_resource_t *resource)
{
    json_t *selectable = ts_at(resource->version, "selectableFields");
    const char **fields = ts_alloc((json_array_size(selectable) + 1) * sizeof *fields);
    for (size_t i = 0; i < json_array_size(selectable); i++) {
        const char *path = or_else(ts_text_at(json_array_get(selectable, i), "jsonPath"), "");
        fields[i] = path + (*path == '.');
    }
    own(resource, fields);
    return fields;
}

static int add_custom(kube_test_server_t *server, const json_t *crd, size_t i, kube_error_t *err)
{
    ts_resource_t *resource = ts_alloc(sizeof *resource);
    resource->crd = ts_need(json_deep_copy(crd));
    resource->version = json_array_get(ts_at(resource->crd, "spec.versions"), i);
    json_t *names = ts_at(resource->crd, "spec.names");
    ts_api_t *api = &resource->api;
    api->group = or_else(ts_text_at(resource->crd, "spec.group"), "");
    api->version = or_else(ts_text_at(resource->version, "name"), "");
    api->plural = or_else(ts_text_at(names, "plural"), "");
    api->kind = or_else(ts_text_at(names, "kind"), "");
    api->list_kind = or_else(ts_text_at(names, "listKind"), "");
    api->singular = or_else(ts_text_at(names, "singular"), "");
    api->short_names = text_array(ts_at(names, "shortNames"));
    api->categories = text_array(ts_at(names, "categories"));
    own(resource, (void *)api->short_names);
    own(resource, (void *)api->categories);
    api->namespaced = ts_is(ts_text_at(resource->crd, "spec.scope"), "Namespaced");
    api->verbs = KUBE_VERB_GET | KUBE_VERB_LIST | KUBE_VERB_WATCH | KUBE_VERB_CREATE | KUBE_VERB_UPDATE | KUBE_VERB_PATCH |
                 KUBE_VERB_DELETE | KUBE_VERB_DELETE_COLLECTION;
    api->crd_schema = ts_at(resource->version, "schema.openAPIV3Schema");
    resource->has_generation = resource->conditional_update = true;
    name_resource(resource);
    custom_subresources(resource);
    const char *const *fields = custom_fields(resource);
    resource->collection = ts_collection(server, api->group, api->plural);
    if (!resource->collection)
        resource->collection = ts_collection_make(server, api->group, api->plural, api->namespaced, fields);
    int code = ts_schema_of_crd(resource->version, api->group, api->kind, ts_bool_at(crd, "spec.preserveUnknownFields"), &resource->schema, err);
    if (code == KUBE_OK)
        add_resource(server, resource);
    else
        ts_resource_free(resource);
    return code;
}

void ts_resources_remove_crd(kube_test_server_t *server, const char *group, const char *plural)
{
    for (ts_resource_t *r = server->resources; r; r = r->next) {
        if (r->crd && ts_is(r->api.group, group) && ts_is(r->api.plural, plural))
            r->removed = true;
    }
}

int ts_resources_of_crd(kube_test_server_t *server, const json_t *crd, kube_error_t *err)
{
    ts_resources_remove_crd(server, ts_text_at(crd, "spec.group"), ts_text_at(crd, "spec.names.plural"));
    json_t *versions = ts_at(crd, "spec.versions");
    for (size_t i = 0; i < json_array_size(versions); i++) {
        if (!ts_bool_at(json_array_get(versions, i), "served"))
            continue;
        int code = add_custom(server, crd, i, err);
        if (code != KUBE_OK)
            return code;
    }
    return KUBE_OK;
}

void ts_resource_free(ts_resource_t *resource)
{
    ts_schema_free(resource->schema);
    free(resource->api_version);
    free(resource->qualified);
    free(resource->qualified_kind);
    for (char **at = resource->owned; at && *at; at++)
        free(*at);
    free(resource->owned);
    json_decref(resource->crd);
    free(resource);
}

/* ---- finding ---- */

bool ts_is_kind(const ts_resource_t *resource, const char *group, const char *plural)
{
    return !resource->crd && ts_is(resource->api.group, group) && ts_is(resource->api.plural, plural);
}

ts_resource_t *ts_resource_find(kube_test_server_t *server, const char *group, const char *version, const char *plural)
{
    for (ts_resource_t *r = server->resources; r; r = r->next) {
        if (!r->removed && ts_is(r->api.plural, plural) && ts_is(r->api.group, group) && ts_is(r->api.version, version))
            return r;
    }
    return NULL;
}

ts_resource_t *ts_resource_of_kind(kube_test_server_t *server, const char *api_version, const char *kind)
{
    for (ts_resource_t *r = server->resources; r; r = r->next) {
        if (!r->removed && r->collection && ts_is(r->api.kind, kind) && ts_is(r->api_version, api_version))
            return r;
    }
    return NULL;
}

const kube_subresource_t *ts_subresource(const ts_resource_t *resource, const char *name)
{
    for (size_t i = 0; i < resource->api.subresource_count; i++) {
        if (ts_is(resource->api.subresources[i].name, name))
            return &resource->api.subresources[i];
    }
    return NULL;
}

ts_api_t *ts_resource_apis(kube_test_server_t *server, size_t *count)
{
    size_t total = 0;
    for (ts_resource_t *r = server->resources; r; r = r->next)
        total++;
    ts_api_t *apis = ts_alloc(total * sizeof *apis);
    *count = 0;
    for (ts_resource_t *r = server->resources; r; r = r->next) {
        if (!r->removed)
            apis[(*count)++] = r->api;
    }
    return apis;
}
