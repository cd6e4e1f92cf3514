#include "validate.h"

#include <ctype.h>
#include <stdio.h>

#include <kube/json.h>
#include <kube/names.h>
#include <kube/object.h>

#include "certificates.h"
#include "pod_resources.h"
#include "status.h"

#define SUBDOMAIN                                                                                                                      \
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "    \
    "alphanumeric character (e.g. 'example.com', regex used for validation is "                                                         \
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
#define LABEL                                                                                                                          \
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an "             \
    "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
#define QUALIFIED                                                                                                                      \
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. "  \
    "'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
#define LABEL_VALUE                                                                                                                    \
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "     \
    "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "                                \
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

static void invalid(json_t *causes, const char *field, const char *value, const char *why)
{
    json_t *quoted = ts_string(value);
    char *text = json_dumps(quoted, JSON_ENCODE_ANY);
    json_array_append_new(causes, ts_cause("FieldValueInvalid", field, "Invalid value: %s: %s", text, why));
    free(text);
    json_decref(quoted);
}

/* ---- metadata ---- */

static const char *name_problem(const ts_api_t *api, const char *name)
{
    bool rbac = ts_is(api->group, "rbac.authorization.k8s.io");
    if (!*api->group && (ts_is(api->plural, "namespaces") || ts_is(api->plural, "services")))
        return strchr(name, '.') ? "must not contain dots" : kube_is_dns1123_label(name) ? NULL : LABEL;
    if (rbac || ts_is(api->plural, "componentstatuses"))
        return kube_is_path_segment(name) ? NULL : "may not contain '/'";
    return kube_is_dns1123_subdomain(name) ? NULL : SUBDOMAIN;
}

static void validate_name(const ts_request_t *request, const json_t *object, json_t *causes)
{
    const char *name = ts_text_at(object, "metadata.name");
    if (!name || !*name) {
        json_array_append_new(causes, ts_cause("FieldValueRequired", "metadata.name", "Required value: name or generateName is required"));
        return;
    }
    const char *problem = name_problem(&request->resource->api, name);
    if (problem)
        invalid(causes, "metadata.name", name, problem);
}

static void validate_maps(const json_t *metadata, json_t *causes)
{
    const char *key;
    json_t *value;
    json_object_foreach (json_object_get(metadata, "labels"), key, value) {
        if (!kube_is_label_key(key))
            invalid(causes, "metadata.labels", key, QUALIFIED);
        if (json_is_string(value) && !kube_is_label_value(json_string_value(value)))
            invalid(causes, "metadata.labels", json_string_value(value), LABEL_VALUE);
    }
    json_object_foreach (json_object_get(metadata, "annotations"), key, value) {
        char *lower = ts_strdup(key);
        for (char *c = lower; *c; c++)
            *c = (char)tolower((unsigned char)*c);
        if (!kube_is_label_key(lower))
            invalid(causes, "metadata.annotations", key, QUALIFIED);
        free(lower);
    }
}

static void validate_owners(const json_t *metadata, json_t *causes)
{
    size_t i;
    json_t *owner;
    json_array_foreach (json_object_get(metadata, "ownerReferences"), i, owner) {
        static const char *const needed[] = { "apiVersion", "kind", "name", "uid" };
        for (size_t n = 0; n < 4; n++) {
            const char *text = ts_text_at(owner, needed[n]);
            char *field = ts_printf("metadata.ownerReferences.%s", needed[n]);
            if (!text || !*text)
                invalid(causes, field, "", n == 0 ? "version must not be empty" : "must not be empty");
            free(field);
        }
    }
}

static bool finalizer_known(const char *name)
{
    return strchr(name, '/') ? kube_is_label_key(name) : ts_is(name, "orphan") || ts_is(name, "foregroundDeletion") || ts_is(name, "kubernetes");
}

static bool contains(const json_t *array, const char *text)
{
    size_t i;
    json_t *value;
    json_array_foreach (array, i, value) {
        if (ts_is(json_string_value(value), text))
            return true;
    }
    return false;
}

static void validate_finalizers(const json_t *metadata, const json_t *old, json_t *causes)
{
    size_t i;
    json_t *value;
    kube_buffer_t added = { 0 };
    json_t *finalizers = json_object_get(metadata, "finalizers");
    json_array_foreach (finalizers, i, value) {
        char field[48];
        snprintf(field, sizeof field, "metadata.finalizers[%zu]", i);
        const char *name = json_string_value(value);
        if (!finalizer_known(name ? name : ""))
            invalid(causes, field, name ? name : "", "name is neither a standard finalizer name nor is it fully qualified");
        if (!contains(ts_at(old, "metadata.finalizers"), name))
            kube_buffer_printf(&added, "%s\"%s\"", added.len ? ", " : "", name);
    }
    if (ts_text_at(old, "metadata.deletionTimestamp") && added.len > 0)
        json_array_append_new(causes, ts_cause("FieldValueForbidden", "metadata.finalizers",
                                               "Forbidden: no new finalizers can be added if the object is being deleted, found new "
                                               "finalizers []string{%s}", added.data));
    kube_buffer_dispose(&added);
}

/* Those of a namespace's spec; the real server tells which one of those that are changed. */
static void validate_spec_finalizers(const json_t *object, const json_t *old, json_t *causes)
{
    size_t i;
    json_t *value;
    json_array_foreach (ts_at(object, "spec.finalizers"), i, value) {
        char field[48] = "spec.finalizers";
        const char *name = json_string_value(value);
        if (old)
            snprintf(field, sizeof field, "spec.finalizers[%zu]", i);
        if (!finalizer_known(name ? name : ""))
            invalid(causes, field, name ? name : "", "name is neither a standard finalizer name nor is it fully qualified");
    }
}

/* ---- the rest of built-in kinds ---- */

/* Facts that the OpenAPI documents call required although Go reads them as empty, or that the server fills in itself. */
static bool filled_in(const char *path)
{
    return ts_starts_with(path, "status") || ts_starts_with(path, "metadata") || strstr(path, ".metadata") || ts_ends_with(path, ".status") ||
           ts_ends_with(path, "lastTransitionTime") || ts_is(path, "spec.limits") || ts_is(path, "spec.drivers");
}

static void check_table(const ts_request_t *request, const json_t *object, json_t *causes)
{
    const kube_type_t *type = request->resource->type;
    kube_buffer_t text = { 0 };
    kube_problems_t *problems = NULL;
    void *typed = NULL;
    ts_append_json(&text, object);
    if (kube_json_decode(type, text.data, text.len, NULL, &typed, NULL) == KUBE_OK)
        kube_check(type, typed, &problems, NULL);
    for (size_t i = 0; i < kube_problems_count(problems); i++) {
        const kube_problem_t *problem = kube_problems_at(problems, i);
        if (filled_in(problem->path))
            continue;
        if (problem->kind == KUBE_PROBLEM_REQUIRED)
            json_array_append_new(causes, ts_cause("FieldValueRequired", problem->path, "Required value"));
        else if (problem->kind == KUBE_PROBLEM_NOT_ALLOWED)
            json_array_append_new(causes, ts_cause("FieldValueNotSupported", problem->path, "Unsupported value: %s", problem->message));
        else
            json_array_append_new(causes, ts_cause("FieldValueInvalid", problem->path, "Invalid value: %s", problem->message));
    }
    kube_problems_free(problems);
    kube_free(typed);
    kube_buffer_dispose(&text);
}

/* A pod, or a template of pods, has containers. */
static void check_containers(const json_t *object, json_t *causes)
{
    static const char *const specs[] = { "spec", "spec.template.spec", "spec.jobTemplate.spec.template.spec" };
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        json_t *containers = ts_at(ts_at(object, specs[i]), "containers");
        char *field = ts_printf("%s.containers", specs[i]);
        if (json_is_array(containers) && json_array_size(containers) == 0)
            json_array_append_new(causes, ts_cause("FieldValueRequired", field, "Required value"));
        free(field);
    }
}

/* ---- what may not change ---- */

static void immutable(const json_t *object, const json_t *old, const char *path, json_t *causes)
{
    json_t *now = ts_at(object, path), *before = ts_at(old, path);
    if (now == before || (now && before && json_equal(now, before)))
        return;
    char *text = now ? json_dumps(now, JSON_ENCODE_ANY | JSON_COMPACT) : ts_strdup("null");
    json_array_append_new(causes, ts_cause("FieldValueInvalid", path, "Invalid value: %s: field is immutable", text));
    free(text);
}

/* What may change in the spec of a pod that exists. */
static void drop_changeable(json_t *spec)
{
    static const char *const lists[] = { "containers", "initContainers" };
    static const char *const members[] = { "activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates",
                                           "nodeSelector", "affinity" };
    size_t n;
    json_t *container;
    for (size_t i = 0; i < 2; i++) {
        json_array_foreach (json_object_get(spec, lists[i]), n, container)
            json_object_del(container, "image");
    }
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        json_object_del(spec, members[i]);
}

static void validate_pod_change(const json_t *object, const json_t *old, json_t *causes)
{
    json_t *now = json_deep_copy(json_object_get(object, "spec")), *before = json_deep_copy(json_object_get(old, "spec"));
    drop_changeable(now);
    drop_changeable(before);
    if (now && before && !json_equal(now, before))
        json_array_append_new(causes, ts_cause("FieldValueForbidden", "spec",
                                               "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
                                               "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions "
                                               "to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it "
                                               "was previously negative)\n"));
    json_decref(now);
    json_decref(before);
}

static void validate_pod(const ts_request_t *request, const json_t *object, const json_t *old, json_t *causes)
{
    if (old && ts_is(request->subresource, "resize"))
        ts_pod_check_resize(object, old, causes);
    else if (old && !request->subresource)
        validate_pod_change(object, old, causes);
    ts_pod_check_requests(json_object_get(object, "spec"), causes);
}

/* Keys of ConfigMaps and Secrets are names of files. */
static void validate_keys(const json_t *object, const char *member, json_t *causes)
{
    const char *key;
    json_t *value;
    json_object_foreach (json_object_get(object, member), key, value) {
        char *field = ts_printf("%s[%s]", member, key);
        if (!*key || strlen(key) > 253 || strspn(key, "-._abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != strlen(key))
            invalid(causes, field, key, "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
                    "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')");
        free(field);
    }
}

static void validate_crd(const json_t *object, json_t *causes)
{
    const char *plural = ts_text_at(object, "spec.names.plural"), *kind = ts_text_at(object, "spec.names.kind");
    const char *group = ts_text_at(object, "spec.group"), *name = ts_text_at(object, "metadata.name");
    char *wanted = ts_printf("%s.%s", plural ? plural : "", group ? group : "");
    size_t i;
    json_t *version;
    kube_error_t err;
    if (!ts_is(name, wanted))
        invalid(causes, "metadata.name", name ? name : "", "must be spec.names.plural+\".\"+spec.group");
    free(wanted);
    json_array_foreach (ts_at(object, "spec.versions"), i, version) {
        ts_schema_t *schema = NULL;
        char *field = ts_printf("spec.versions[%zu].schema.openAPIV3Schema", i);
        if (!ts_at(version, "schema.openAPIV3Schema"))
            json_array_append_new(causes, ts_cause("FieldValueRequired", field, "Required value: schemas are required"));
        else if (ts_schema_of_crd(version, group ? group : "", kind ? kind : "", false, &schema, &err) != KUBE_OK)
            invalid(causes, field, "", err.message);
        ts_schema_free(schema);
        free(field);
    }
}

/* A workload selects the pods of its own template; expressions are not looked at. */
static void validate_selector(const ts_api_t *api, const json_t *object, json_t *causes)
{
    static const char *const plurals[] = { "deployments", "replicasets", "statefulsets", "daemonsets" };
    size_t i = 0;
    while (i < 4 && !(ts_is(api->group, "apps") && ts_is(api->plural, plurals[i])))
        i++;
    const json_t *selector = ts_at(object, "spec.selector"), *labels = ts_at(object, "spec.template.metadata.labels");
    if (i == 4 || !selector)
        return;
    const json_t *wanted = json_object_get(selector, "matchLabels");
    if (json_object_size(wanted) == 0 && json_array_size(json_object_get(selector, "matchExpressions")) == 0) {
        json_array_append_new(causes, ts_cause("FieldValueInvalid", "spec.selector", "Invalid value: {}: empty selector is invalid for %.*s",
                                               (int)strlen(plurals[i]) - 1, plurals[i]));
        return;
    }
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)wanted, key, value) {
        json_t *label = json_object_get(labels, key);
        if (label && json_equal(label, value))
            continue;
        char *text = labels ? json_dumps(labels, JSON_COMPACT) : ts_strdup("null");
        json_array_append_new(causes, ts_cause("FieldValueInvalid", "spec.template.metadata.labels",
                                               "Invalid value: %s: `selector` does not match template `labels`", text));
        free(text);
        return;
    }
}

static void validate_changes(const ts_request_t *request, const json_t *object, const json_t *old, json_t *causes)
{
    static const struct {
        const char *group, *plural, *path;
    } fixed[] = { { "apps", "deployments", "spec.selector" },  { "apps", "replicasets", "spec.selector" },
                  { "apps", "daemonsets", "spec.selector" },   { "batch", "jobs", "spec.selector" },
                  { "batch", "jobs", "spec.completionMode" },  { "", "secrets", "type" },
                  { "storage.k8s.io", "storageclasses", "provisioner" }, { "scheduling.k8s.io", "priorityclasses", "value" } };
    const ts_api_t *api = &request->resource->api;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        if (ts_is(api->group, fixed[i].group) && ts_is(api->plural, fixed[i].plural))
            immutable(object, old, fixed[i].path, causes);
    }
    if ((ts_is(api->plural, "configmaps") || ts_is(api->plural, "secrets")) && !*api->group && ts_bool_at(old, "immutable")) {
        if (!ts_bool_at(object, "immutable"))
            json_array_append_new(causes, ts_cause("FieldValueForbidden", "immutable", "Forbidden: field is immutable when `immutable` is set"));
        json_t *now = ts_at(object, "data"), *before = ts_at(old, "data");
        if (now != before && !(now && before && json_equal(now, before)))
            json_array_append_new(causes, ts_cause("FieldValueForbidden", "data", "Forbidden: field is immutable when `immutable` is set"));
    }
}

void ts_validate(const ts_request_t *request, const json_t *object, const json_t *old, json_t *causes)
{
    const json_t *metadata = json_object_get(object, "metadata");
    if (!old)
        validate_name(request, object, causes);
    validate_maps(metadata, causes);
    validate_owners(metadata, causes);
    validate_finalizers(metadata, old, causes);
    if (request->resource->crd) {
        json_t *found = NULL;
        if (ts_schema_validate(request->resource->schema, object, &found) != KUBE_OK && found)
            json_array_extend(causes, found);
        json_decref(found);
    } else if (request->resource->type) {
        check_table(request, object, causes);
        check_containers(object, causes);
        validate_selector(&request->resource->api, object, causes);
    }
    const ts_api_t *api = &request->resource->api;
    if (!*api->group && (ts_is(api->plural, "configmaps") || ts_is(api->plural, "secrets"))) {
        validate_keys(object, "data", causes);
        validate_keys(object, "binaryData", causes);
    }
    if (ts_is(api->plural, "customresourcedefinitions") && ts_is(api->group, "apiextensions.k8s.io"))
        validate_crd(object, causes);
    if (old)
        validate_changes(request, object, old, causes);
    if (ts_is_kind(request->resource, "", "pods"))
        validate_pod(request, object, old, causes);
    else if (ts_is_kind(request->resource, "", "namespaces"))
        validate_spec_finalizers(object, old, causes);
    else if (ts_is_kind(request->resource, "certificates.k8s.io", "certificatesigningrequests"))
        ts_csr_validate(request, object, old, causes);
}
