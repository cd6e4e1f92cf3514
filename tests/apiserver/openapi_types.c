#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <kube/meta/v1.h>

#include "discovery_json.h"
#include "openapi_parts.h"
#include "schema_node.h"
#include "util.h"

#define META "io.k8s.apimachinery.pkg.apis.meta.v1."
#define QUANTITY "io.k8s.apimachinery.pkg.api.resource.Quantity"
#define INT_OR_STRING "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
#define RAW "io.k8s.apimachinery.pkg.runtime.RawExtension"
#define CRD_JSON "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON"

/* ---- types that have no table ---- */

static const struct {
    const char *name, *v2, *v3;
} simple_types[] = {
    { QUANTITY, "{\"type\":\"string\"}", "{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"number\"}]}" },
    { INT_OR_STRING, "{\"type\":\"string\",\"format\":\"int-or-string\"}",
      "{\"oneOf\":[{\"type\":\"integer\"},{\"type\":\"string\"}],\"format\":\"int-or-string\"}" },
    { RAW, "{\"type\":\"object\"}", "{\"type\":\"object\"}" },
    { CRD_JSON, "{}", "{}" },
    { META "Time", "{\"type\":\"string\",\"format\":\"date-time\"}", "{\"type\":\"string\",\"format\":\"date-time\"}" },
    { META "MicroTime", "{\"type\":\"string\",\"format\":\"date-time\"}", "{\"type\":\"string\",\"format\":\"date-time\"}" },
    { META "FieldsV1", "{\"type\":\"object\"}", "{\"type\":\"object\"}" },
    { META "Patch", "{\"type\":\"object\"}", "{\"type\":\"object\"}" },
};

static void define_simple(ts_document_t *document, const char *name)
{
    size_t i;

    for (i = 0; !json_object_get(document->definitions, name) && i < sizeof simple_types / sizeof *simple_types; i++) {
        if (strcmp(simple_types[i].name, name) == 0) {
            const char *text = document->v2 ? simple_types[i].v2 : simple_types[i].v3;

            document->failed |= json_object_set_new(document->definitions, name, json_loads(text, 0, NULL)) != 0;
        }
    }
}

json_t *ts_reference(const ts_document_t *document, const char *name)
{
    char text[300];

    snprintf(text, sizeof text, "%s%s", document->v2 ? "#/definitions/" : "#/components/schemas/", name);
    return ts_with_text(json_object(), "$ref", text);
}

static json_t *simple_reference(ts_document_t *document, const char *name)
{
    define_simple(document, name);
    return ts_reference(document, name);
}

/* ---- types with tables ---- */

static void define_type(ts_document_t *document, const kube_type_t *type);
static json_t *schema_of_kind(ts_document_t *document, uint8_t kind, const void *table, const char *raw_name);

static json_t *scalar(const char *type, const char *format)
{
    json_t *schema = ts_with_text(json_object(), "type", type);

    return format ? ts_with_text(schema, "format", format) : schema;
}

static json_t *schema_of_element(ts_document_t *document, const kube_element_t *element, const char *raw_name)
{
    return schema_of_kind(document, element->kind, element->type, raw_name);
}

/* raw_name: the type of free-form JSON at this place. */
static json_t *schema_of_kind(ts_document_t *document, uint8_t kind, const void *table, const char *raw_name)
{
    switch (kind) {
    case KUBE_KIND_BOOL:
    case KUBE_KIND_PLAIN_BOOL: return scalar("boolean", NULL);
    case KUBE_KIND_INT32:
    case KUBE_KIND_PLAIN_INT32: return scalar("integer", "int32");
    case KUBE_KIND_INT64:
    case KUBE_KIND_PLAIN_INT64: return scalar("integer", "int64");
    case KUBE_KIND_DOUBLE:
    case KUBE_KIND_PLAIN_DOUBLE: return scalar("number", "double");
    case KUBE_KIND_NUMBER: return scalar("number", NULL);
    case KUBE_KIND_BYTES: return scalar("string", "byte");
    case KUBE_KIND_QUANTITY: return simple_reference(document, QUANTITY);
    case KUBE_KIND_TIME: return simple_reference(document, META "Time");
    case KUBE_KIND_MICRO_TIME: return simple_reference(document, META "MicroTime");
    case KUBE_KIND_INT_OR_STRING: return simple_reference(document, INT_OR_STRING);
    case KUBE_KIND_JSON: return simple_reference(document, raw_name);
    case KUBE_KIND_OBJECT:
    case KUBE_KIND_STRUCT:
        define_type(document, table);
        return ts_reference(document, ((const kube_type_t *)table)->name);
    case KUBE_KIND_LIST: return ts_with(scalar("array", NULL), "items", schema_of_element(document, table, raw_name));
    case KUBE_KIND_MAP: return ts_with(scalar("object", NULL), "additionalProperties", schema_of_element(document, table, raw_name));
    default: return scalar("string", NULL);
    }
}

static const char *patch_strategy_text(uint8_t strategy)
{
    if (strategy & KUBE_PATCH_RETAIN_KEYS) {
        return strategy & KUBE_PATCH_MERGE ? "merge,retainKeys" : "retainKeys";
    }
    return strategy & KUBE_PATCH_REPLACE ? "replace" : "merge";
}

static json_t *with_info(const ts_document_t *document, json_t *schema, const kube_field_info_t *info)
{
    static const char *const list_types[] = { NULL, "atomic", "set", "map" }, *const map_types[] = { NULL, "atomic", "granular" };

    if (info->default_json && !document->v2) {
        schema = ts_with(schema, "default", json_loads(info->default_json, JSON_DECODE_ANY, NULL));
    }
    if (info->format && !json_object_get(schema, "$ref")) {
        schema = ts_with_text(schema, "format", info->format);
    }
    schema = ts_with_strings(schema, "enum", info->allowed);
    if (info->list_type) {
        schema = ts_with_text(schema, "x-kubernetes-list-type", list_types[info->list_type]);
    }
    schema = ts_with_strings(schema, "x-kubernetes-list-map-keys", info->list_map_keys);
    if (info->map_type) {
        schema = ts_with_text(schema, "x-kubernetes-map-type", map_types[info->map_type]);
    }
    if (info->merge_key) {
        schema = ts_with_text(schema, "x-kubernetes-patch-merge-key", info->merge_key);
    }
    return info->patch_strategy ? ts_with_text(schema, "x-kubernetes-patch-strategy", patch_strategy_text(info->patch_strategy))
        : schema;
}

/* In version 3 nothing stands beside a $ref. */
static json_t *apart_from_reference(const ts_document_t *document, json_t *schema)
{
    json_t *reference = json_object_get(schema, "$ref"), *all;

    if (document->v2 || !reference || json_object_size(schema) == 1) {
        return schema;
    }
    all = json_array();
    if (json_array_append_new(all, ts_with(json_object(), "$ref", json_incref(reference)))) {
        json_decref(all);
        all = NULL;
    }
    json_object_del(schema, "$ref");
    return ts_with(schema, "allOf", all);
}

static json_t *schema_of_field(ts_document_t *document, const kube_type_t *owner, const kube_field_t *field)
{
    bool is_crd = strncmp(owner->name, "io.k8s.apiextensions-apiserver.", 31) == 0;
    const char *raw_name = is_crd ? CRD_JSON : kube_field_is(field, "fieldsV1") ? META "FieldsV1" : RAW;
    json_t *schema = schema_of_kind(document, field->kind, field->type, raw_name);

    return field->info ? apart_from_reference(document, with_info(document, schema, field->info)) : schema;
}

static json_t *group_version_kind(const char *group, const char *version, const char *kind)
{
    return ts_with_text(ts_with_text(ts_with_text(json_object(), "group", group), "kind", kind), "version", version);
}

static json_t *with_root(json_t *schema, const char *group, const char *version, const char *kind)
{
    json_t *list = json_array();

    if (json_array_append_new(list, group_version_kind(group, version, kind))) {
        json_decref(list);
        list = NULL;
    }
    return ts_with(schema, "x-kubernetes-group-version-kind", list);
}

static json_t *with_root_type(json_t *schema, const kube_type_t *type)
{
    const char *slash = type->api_version ? strchr(type->api_version, '/') : NULL;
    char group[256] = "";

    if (!type->api_version || !type->kind) {
        return schema;
    }
    if (slash) {
        snprintf(group, sizeof group, "%.*s", (int)(slash - type->api_version), type->api_version);
    }
    return with_root(schema, group, slash ? slash + 1 : type->api_version, type->kind);
}

static json_t *required_of(const kube_type_t *type)
{
    json_t *out = json_array();
    size_t i;

    for (i = 0; i < type->field_count; i++) {
        if ((type->fields[i].flags & KUBE_FIELD_REQUIRED) && json_array_append_new(out, json_stringn(kube_field_name(&type->fields[i]), type->fields[i].name_len))) {
            json_decref(out);
            return NULL;
        }
    }
    return out;
}

/* The definition is there, empty, while its fields are walked, so that types may refer to themselves. */
static void define_type(ts_document_t *document, const kube_type_t *type)
{
    json_t *definition, *properties, *required;
    size_t i;

    if (document->failed || json_object_get(document->definitions, type->name)) {
        return;
    }
    definition = json_object();
    if (json_object_set(document->definitions, type->name, definition)) {
        document->failed = true;
        json_decref(definition);
        return;
    }
    properties = json_object();
    for (i = 0; i < type->field_count && !document->failed; i++) {
        char text[TS_FIELD_NAME_SIZE];

        document->failed |= json_object_set_new(properties, ts_field_name(&type->fields[i], text),
                                                schema_of_field(document, type, &type->fields[i])) != 0;
    }
    required = required_of(type);
    definition = ts_with_text(definition, "type", "object");
    if (json_array_size(required)) {
        definition = ts_with(definition, "required", json_incref(required));
    }
    json_decref(required);
    definition = json_object_size(properties) ? ts_with(definition, "properties", properties) : (json_decref(properties), definition);
    if (ts_type_is_atomic(type)) {
        definition = ts_with_text(definition, "x-kubernetes-map-type", "atomic");
    }
    definition = with_root_type(definition, type);
    document->failed |= !definition;
    json_decref(definition);
}

/* ---- custom resources ---- */

/* The labels of the group in reverse, as the real server names them: com.example.stable.v1.CronTab. */
void ts_definition_name(const ts_api_t *api, bool of_list, char *name)
{
    const char *end = api->group + strlen(api->group), *at = end;
    size_t len = 0;

    if (api->type && !of_list) {
        snprintf(name, 256, "%s", api->type->name);
        return;
    }
    if (api->type) {
        const char *dot = strrchr(api->type->name, '.');

        snprintf(name, 256, "%.*s.%s", (int)(dot - api->type->name), api->type->name, api->list_kind ? api->list_kind : "");
        return;
    }
    name[0] = '\0';
    for (; at >= api->group && len < 200; at--) {
        if (at == api->group || at[-1] == '.') {
            len += (size_t)snprintf(name + len, 256 - len, "%.*s.", (int)(end - at), at);
            end = at > api->group ? at - 1 : at;
        }
    }
    snprintf(name + len, 256 - len, "%s.%s", api->version, of_list && api->list_kind ? api->list_kind : api->kind);
}

static bool add_object_fields(ts_document_t *document, json_t *schema)
{
    json_t *properties = json_object_get(schema, "properties");

    define_type(document, &kube_meta_v1_object_meta_type);
    if (!properties) {
        properties = json_object();
        if (json_object_set_new(schema, "properties", properties)) {
            return false;
        }
    }
    return json_object_set_new(properties, "apiVersion", scalar("string", NULL)) == 0 &&
        json_object_set_new(properties, "kind", scalar("string", NULL)) == 0 &&
           json_object_set_new(properties, "metadata", ts_reference(document, kube_meta_v1_object_meta_type.name)) == 0;
}

/* Version 2 knows no alternatives, and nothing of what is under a schema that keeps unknown fields. */
static void reduce_to_v2(json_t *schema)
{
    static const char *const unknown[] = { "anyOf", "oneOf", "allOf", "not", "nullable", "default", NULL };
    size_t i;

    for (i = 0; unknown[i]; i++) {
        json_object_del(schema, unknown[i]);
    }
    if (json_is_true(json_object_get(schema, "x-kubernetes-preserve-unknown-fields"))) {
        json_object_del(schema, "type");
        json_object_del(schema, "properties");
        json_object_del(schema, "items");
    }
}

static bool publish(ts_document_t *document, json_t *schema)
{
    json_t *below;
    const char *name;

    if (document->v2) {
        reduce_to_v2(schema);
    } else if (json_is_true(json_object_get(schema, "x-kubernetes-int-or-string")) && !json_object_get(schema, "anyOf") &&
               !json_object_get(schema, "allOf")) {
        json_object_set_new(schema, "anyOf", json_pack("[{s:s}, {s:s}]", "type", "integer", "type", "string"));
    }
    json_object_foreach(json_object_get(schema, "properties"), name, below) {
        if (!publish(document, below)) {
            return false;
        }
    }
    below = json_object_get(schema, "additionalProperties");
    if ((json_is_object(below) && !publish(document, below)) || (json_object_get(schema, "items") &&
                                                                 !publish(document, json_object_get(schema, "items")))) {
        return false;
    }
    return !json_is_true(json_object_get(schema, "x-kubernetes-embedded-resource")) || add_object_fields(document, schema);
}

static json_t *custom_list(ts_document_t *document, const ts_api_t *api)
{
    json_t *properties = json_object(), *items, *schema;
    char name[256];

    ts_definition_name(api, false, name);
    items = ts_with(scalar("array", NULL), "items", ts_reference(document, name));
    define_type(document, &kube_meta_v1_list_meta_type);
    properties = ts_with(ts_with(properties, "apiVersion", scalar("string", NULL)), "items", items);
    properties = ts_with(properties, "kind", scalar("string", NULL));
    properties = ts_with(properties, "metadata", ts_reference(document, kube_meta_v1_list_meta_type.name));
    schema = ts_with(ts_with_strings(scalar("object", NULL), "required", (const char *const[]){ "items", NULL }), "properties",
                     properties);
    return with_root(schema, api->group, api->version, api->list_kind);
}

static void define_custom(ts_document_t *document, const ts_api_t *api)
{
    json_t *schema = api->crd_schema ? json_deep_copy(api->crd_schema) : scalar("object", NULL);
    char name[256];

    document->failed |= !schema || !publish(document, schema) || !add_object_fields(document, schema);
    ts_definition_name(api, false, name);
    schema = with_root(schema, api->group, api->version, api->kind);
    document->failed |= json_object_set_new(document->definitions, name, schema) != 0;
    if (api->list_kind) {
        ts_definition_name(api, true, name);
        document->failed |= json_object_set_new(document->definitions, name, custom_list(document, api)) != 0;
    }
}

/* ---- whole resources ---- */

/* A list of a built-in kind has a table of its own, which the view of the resource does not carry. */
static void define_list(ts_document_t *document, const ts_api_t *api)
{
    json_t *schema;
    char name[256];

    ts_definition_name(api, true, name);
    if (!json_object_get(document->definitions, name)) {
        schema = custom_list(document, api);
        document->failed |= json_object_set_new(document->definitions, name, schema) != 0;
    }
}

void ts_define_api(ts_document_t *document, const ts_api_t *api)
{
    if (!api->type) {
        define_custom(document, api);
        return;
    }
    define_type(document, api->type);
    if (api->list_kind) {
        define_list(document, api);
    }
}

void ts_define_common(ts_document_t *document)
{
    define_type(document, &kube_meta_v1_delete_options_type);
    define_type(document, &kube_meta_v1_status_type);
    define_simple(document, META "Patch");
}
