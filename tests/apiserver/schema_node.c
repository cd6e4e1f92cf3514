#include "schema_node.h"

#include <string.h>

#include <kube/meta/v1.h>

/* Types whose definition says x-kubernetes-map-type: atomic; the tables keep that only where a field says it. Sorted. */
static const char *const atomic_types[] = {
    "io.k8s.api.admissionregistration.v1.MatchResources",
    "io.k8s.api.admissionregistration.v1.NamedRuleWithOperations",
    "io.k8s.api.admissionregistration.v1.ParamKind",
    "io.k8s.api.admissionregistration.v1.ParamRef",
    "io.k8s.api.admissionregistration.v1.Variable",
    "io.k8s.api.admissionregistration.v1alpha1.MatchResources",
    "io.k8s.api.admissionregistration.v1alpha1.NamedRuleWithOperations",
    "io.k8s.api.admissionregistration.v1alpha1.ParamKind",
    "io.k8s.api.admissionregistration.v1alpha1.ParamRef",
    "io.k8s.api.admissionregistration.v1beta1.MatchResources",
    "io.k8s.api.admissionregistration.v1beta1.NamedRuleWithOperations",
    "io.k8s.api.admissionregistration.v1beta1.ParamKind",
    "io.k8s.api.admissionregistration.v1beta1.ParamRef",
    "io.k8s.api.admissionregistration.v1beta1.Variable",
    "io.k8s.api.autoscaling.v1.CrossVersionObjectReference",
    "io.k8s.api.core.v1.ConfigMapKeySelector",
    "io.k8s.api.core.v1.EndpointAddress",
    "io.k8s.api.core.v1.EndpointPort",
    "io.k8s.api.core.v1.FileKeySelector",
    "io.k8s.api.core.v1.LocalObjectReference",
    "io.k8s.api.core.v1.NodeSelector",
    "io.k8s.api.core.v1.NodeSelectorTerm",
    "io.k8s.api.core.v1.ObjectFieldSelector",
    "io.k8s.api.core.v1.ObjectReference",
    "io.k8s.api.core.v1.ResourceFieldSelector",
    "io.k8s.api.core.v1.ScopeSelector",
    "io.k8s.api.core.v1.SecretKeySelector",
    "io.k8s.api.core.v1.SecretReference",
    "io.k8s.api.core.v1.TopologySelectorTerm",
    "io.k8s.api.core.v1.TypedLocalObjectReference",
    "io.k8s.api.discovery.v1.EndpointPort",
    "io.k8s.api.networking.v1.ServiceBackendPort",
    "io.k8s.api.rbac.v1.RoleRef",
    "io.k8s.api.rbac.v1.Subject",
    "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector",
    "io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference",
};

bool ts_type_is_atomic(const kube_type_t *type)
{
    size_t low = 0, high = sizeof atomic_types / sizeof *atomic_types;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(type->name, atomic_types[middle]);

        if (order == 0) {
            return true;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return false;
}

ts_node_t ts_node_of_type(const kube_type_t *type)
{
    return (ts_node_t){ .source = TS_SOURCE_TYPE, .table = type };
}

/* The JSON fields of CRDs themselves are schemas without a type; all others are RawExtensions. */
static ts_node_t node_of_json(const kube_type_t *owner)
{
    bool is_crd = owner && strncmp(owner->name, "io.k8s.apiextensions-apiserver.", 31) == 0;

    return (ts_node_t){ .source = is_crd ? TS_SOURCE_ANY : TS_SOURCE_ATOMIC };
}

static ts_node_t node_of_kind(uint8_t kind, const void *table, const kube_field_info_t *info, const kube_type_t *owner)
{
    switch (kind) {
    case KUBE_KIND_OBJECT:
    case KUBE_KIND_STRUCT: return (ts_node_t){ .source = TS_SOURCE_TYPE, .table = table, .info = info };
    case KUBE_KIND_LIST: return (ts_node_t){ .source = TS_SOURCE_LIST, .table = table, .info = info };
    case KUBE_KIND_MAP: return (ts_node_t){ .source = TS_SOURCE_MAP, .table = table, .info = info };
    case KUBE_KIND_INT_OR_STRING: return (ts_node_t){ .source = TS_SOURCE_ANY };
    case KUBE_KIND_JSON: return node_of_json(owner);
    default: return (ts_node_t){ .source = TS_SOURCE_KIND, .kind = kind };
    }
}

static ts_node_t node_of_element(const kube_element_t *element)
{
    return node_of_kind(element->kind, element->type, NULL, NULL);
}

static ts_node_t node_of_crd(const json_t *schema, bool preserve)
{
    const json_t *any = json_object_get(schema, "x-kubernetes-preserve-unknown-fields");
    const json_t *embedded = json_object_get(schema, "x-kubernetes-embedded-resource");

    return (ts_node_t){ .source = TS_SOURCE_CRD, .table = schema, .preserve = preserve || json_is_true(any),
                        .is_object = json_is_true(embedded) };
}

/* ---- shapes ---- */

static ts_scalar_t scalar_of_kind(uint8_t kind)
{
    switch (kind) {
    case KUBE_KIND_BOOL:
    case KUBE_KIND_PLAIN_BOOL: return TS_SCALAR_BOOLEAN;
    case KUBE_KIND_INT32:
    case KUBE_KIND_INT64:
    case KUBE_KIND_DOUBLE:
    case KUBE_KIND_NUMBER:
    case KUBE_KIND_PLAIN_INT32:
    case KUBE_KIND_PLAIN_INT64:
    case KUBE_KIND_PLAIN_DOUBLE: return TS_SCALAR_NUMERIC;
    case KUBE_KIND_STRING:
    case KUBE_KIND_BYTES: return TS_SCALAR_STRING;
    default: return TS_SCALAR_UNTYPED;
    }
}

static ts_shape_t shape_of_list(const kube_field_info_t *info)
{
    bool merges = info && info->list_type == KUBE_LIST_TYPE_NONE && (info->patch_strategy & KUBE_PATCH_MERGE);

    return (ts_shape_t){
        .list = true,
        .associative = merges || (info && (info->list_type == KUBE_LIST_TYPE_SET || info->list_type == KUBE_LIST_TYPE_MAP)),
        .keys = info && info->list_type == KUBE_LIST_TYPE_MAP ? info->list_map_keys : NULL,
    };
}

static bool says(const json_t *schema, const char *extension, const char *value)
{
    const char *text = json_string_value(json_object_get(schema, extension));

    return text && strcmp(text, value) == 0;
}

static ts_shape_t shape_of_crd(const json_t *schema)
{
    const char *type = json_string_value(json_object_get(schema, "type"));
    const char *format = json_string_value(json_object_get(schema, "format"));
    bool any = !type, list_map = says(schema, "x-kubernetes-list-type", "map");
    ts_shape_t shape = {
        .list = any || strcmp(type, "array") == 0,
        .map = any || strcmp(type, "object") == 0,
        .atomic_map = says(schema, "x-kubernetes-map-type", "atomic"),
        .associative = list_map || says(schema, "x-kubernetes-list-type", "set"),
        .crd_keys = list_map ? json_object_get(schema, "x-kubernetes-list-map-keys") : NULL,
    };

    if (any) {
        shape.scalar = TS_SCALAR_UNTYPED;
    } else if (strcmp(type, "string") == 0) {
        shape.scalar = format && strcmp(format, "byte") != 0 ? TS_SCALAR_UNTYPED : TS_SCALAR_STRING;
    } else if (strcmp(type, "boolean") == 0) {
        shape.scalar = TS_SCALAR_BOOLEAN;
    } else if (!shape.list && !shape.map) {
        shape.scalar = TS_SCALAR_NUMERIC;
    }
    return shape;
}

ts_shape_t ts_node_shape(const ts_node_t *node)
{
    uint8_t map_type = node->info ? node->info->map_type : KUBE_MAP_TYPE_NONE;

    switch (node->source) {
    case TS_SOURCE_KIND: return (ts_shape_t){ .scalar = scalar_of_kind(node->kind) };
    case TS_SOURCE_TYPE:
        return (ts_shape_t){ .map = true, .atomic_map = map_type ? map_type == KUBE_MAP_TYPE_ATOMIC : ts_type_is_atomic(node->table) };
    case TS_SOURCE_LIST: return shape_of_list(node->info);
    case TS_SOURCE_MAP: return (ts_shape_t){ .map = true, .atomic_map = map_type == KUBE_MAP_TYPE_ATOMIC };
    case TS_SOURCE_CRD: return shape_of_crd(node->table);
    case TS_SOURCE_ATOMIC: return (ts_shape_t){ .scalar = TS_SCALAR_UNTYPED, .list = true, .map = true, .atomic_map = true };
    case TS_SOURCE_DEDUCED:
    case TS_SOURCE_ANY: return (ts_shape_t){ .scalar = TS_SCALAR_UNTYPED, .list = true, .map = true };
    default: return (ts_shape_t){ .scalar = TS_SCALAR_NONE };
    }
}

ts_form_t ts_shape_form(const ts_shape_t *shape, const json_t *value)
{
    if (json_is_object(value) && shape->map) {
        return TS_FORM_MAP;
    }
    if (json_is_array(value) && shape->list) {
        return TS_FORM_LIST;
    }
    if (value && !json_is_object(value) && !json_is_array(value) && !json_is_null(value) && shape->scalar) {
        return TS_FORM_SCALAR;
    }
    return shape->map ? TS_FORM_MAP : shape->scalar ? TS_FORM_SCALAR : shape->list ? TS_FORM_LIST : TS_FORM_NONE;
}

/* ---- members and items ---- */

static ts_known_t member_of_object(const char *name, ts_node_t *member)
{
    if (strcmp(name, "metadata") == 0) {
        *member = ts_node_of_type(&kube_meta_v1_object_meta_type);
        return TS_DECLARED;
    }
    if (strcmp(name, "apiVersion") == 0 || strcmp(name, "kind") == 0) {
        *member = (ts_node_t){ .source = TS_SOURCE_KIND, .kind = KUBE_KIND_STRING };
        return TS_DECLARED;
    }
    return TS_UNKNOWN;
}

static ts_known_t member_of_crd(const ts_node_t *node, const char *name, ts_node_t *member)
{
    const json_t *properties = json_object_get(node->table, "properties");
    const json_t *additional = json_object_get(node->table, "additionalProperties");
    const json_t *declared = json_object_get(properties, name);

    if (node->is_object && member_of_object(name, member)) {
        return TS_DECLARED;
    }
    if (declared) {
        *member = node_of_crd(declared, node->preserve);
        return TS_DECLARED;
    }
    if (json_is_object(additional)) {
        *member = node_of_crd(additional, node->preserve);
        return TS_ELEMENT;
    }
    *member = (ts_node_t){ .source = TS_SOURCE_DEDUCED };
    if (json_is_true(additional) || json_is_true(json_object_get(node->table, "x-kubernetes-preserve-unknown-fields"))) {
        return TS_ELEMENT;
    }
    if (node->preserve || (json_object_size(properties) == 0 && !node->is_object && !additional)) {
        return TS_IMPLIED;
    }
    *member = (ts_node_t){ .source = TS_SOURCE_NONE };
    return TS_UNKNOWN;
}

ts_known_t ts_node_member(const ts_node_t *node, const char *name, ts_node_t *member)
{
    const kube_field_t *field;

    switch (node->source) {
    case TS_SOURCE_TYPE:
        field = kube_type_field(node->table, name, strlen(name));
        *member = field ? node_of_kind(field->kind, field->type, field->info, node->table) : (ts_node_t){ .source = TS_SOURCE_NONE };
        return field ? TS_DECLARED : TS_UNKNOWN;
    case TS_SOURCE_MAP: *member = node_of_element(node->table); return TS_ELEMENT;
    case TS_SOURCE_CRD: return member_of_crd(node, name, member);
    case TS_SOURCE_ATOMIC: *member = *node; return TS_ELEMENT;
    case TS_SOURCE_DEDUCED:
    case TS_SOURCE_ANY: *member = (ts_node_t){ .source = TS_SOURCE_DEDUCED }; return TS_ELEMENT;
    default: *member = (ts_node_t){ .source = TS_SOURCE_NONE }; return TS_UNKNOWN;
    }
}

ts_node_t ts_node_item(const ts_node_t *node)
{
    const json_t *items;

    if (node->source == TS_SOURCE_LIST) {
        return node_of_element(node->table);
    }
    if (node->source == TS_SOURCE_CRD) {
        items = json_object_get(node->table, "items");
        return items ? node_of_crd(items, node->preserve) : (ts_node_t){ .source = TS_SOURCE_ATOMIC };
    }
    return (ts_node_t){ .source = TS_SOURCE_ATOMIC };
}

json_t *ts_node_default(const ts_node_t *node, const char *name)
{
    const kube_field_t *field;

    if (node->source == TS_SOURCE_CRD) {
        return json_incref(json_object_get(json_object_get(json_object_get(node->table, "properties"), name), "default"));
    }
    field = node->source == TS_SOURCE_TYPE ? kube_type_field(node->table, name, strlen(name)) : NULL;
    if (field && field->info && field->info->default_json) {
        return json_loads(field->info->default_json, JSON_DECODE_ANY, NULL);
    }
    return field ? ts_zero_scalar(node->table, field) : NULL;
}
