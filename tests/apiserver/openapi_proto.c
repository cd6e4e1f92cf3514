/* /openapi/v2 as protobuf: the message openapi.v2.Document, with the fields that these documents have. */
#include "openapi.h"

#include <stdlib.h>
#include <string.h>

/* Each writes one message's fields. */
typedef void message_fn(kube_buffer_t *out, const json_t *value);

/* ---- the wire ---- */

static void put_varint(kube_buffer_t *out, uint64_t value)
{
    unsigned char bytes[10];
    size_t len = 0;

    do {
        bytes[len] = (unsigned char)(value & 0x7f);
        value >>= 7;
        bytes[len++] |= value ? 0x80 : 0;
    } while (value);
    kube_buffer_append(out, bytes, len);
}

static void put_bytes(kube_buffer_t *out, unsigned field, const char *bytes, size_t len)
{
    put_varint(out, field << 3 | 2);
    put_varint(out, len);
    kube_buffer_append(out, bytes, len);
}

static void put_text(kube_buffer_t *out, unsigned field, const json_t *value)
{
    if (json_is_string(value)) {
        put_bytes(out, field, json_string_value(value), json_string_length(value));
    }
}

static void put_texts(kube_buffer_t *out, unsigned field, const json_t *list)
{
    size_t i;

    for (i = 0; i < json_array_size(list); i++) {
        put_text(out, field, json_array_get(list, i));
    }
}

static void put_true(kube_buffer_t *out, unsigned field, const json_t *value)
{
    if (json_is_true(value)) {
        put_varint(out, field << 3);
        put_varint(out, 1);
    }
}

static void put_integer(kube_buffer_t *out, unsigned field, const json_t *value)
{
    if (json_is_integer(value)) {
        put_varint(out, field << 3);
        put_varint(out, (uint64_t)json_integer_value(value));
    }
}

static void put_double(kube_buffer_t *out, unsigned field, const json_t *value)
{
    double number = json_number_value(value);
    unsigned char bytes[8];
    uint64_t bits;
    size_t i;

    if (!json_is_number(value)) {
        return;
    }
    memcpy(&bits, &number, sizeof bits);
    for (i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)(bits >> (8 * i));
    }
    put_varint(out, field << 3 | 1);
    kube_buffer_append(out, bytes, sizeof bytes);
}

static void put_message(kube_buffer_t *out, unsigned field, message_fn *fn, const json_t *value)
{
    kube_buffer_t inner = { 0 };

    if (value) {
        fn(&inner, value);
        put_bytes(out, field, inner.len ? inner.data : "", inner.len);
        out->failed |= inner.failed;
    }
    kube_buffer_dispose(&inner);
}

/* A message { name = 1, value = 2 } for each member. */
static void put_named(kube_buffer_t *out, unsigned field, message_fn *fn, const char *name, const json_t *value)
{
    kube_buffer_t inner = { 0 };

    put_bytes(&inner, 1, name, strlen(name));
    put_message(&inner, 2, fn, value);
    put_bytes(out, field, inner.len ? inner.data : "", inner.len);
    out->failed |= inner.failed;
    kube_buffer_dispose(&inner);
}

static void put_map(kube_buffer_t *out, unsigned field, message_fn *fn, const json_t *map)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)map, name, value) {
        put_named(out, field, fn, name, value);
    }
}

/* ---- messages ---- */

static void write_any(kube_buffer_t *out, const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

    out->failed |= !text;
    if (text) {
        put_bytes(out, 2, text, strlen(text));
    }
    free(text);
}

static void put_extensions(kube_buffer_t *out, unsigned field, const json_t *object)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)object, name, value) {
        if (strncmp(name, "x-", 2) == 0) {
            put_named(out, field, write_any, name, value);
        }
    }
}

static void write_schema(kube_buffer_t *out, const json_t *schema);

static void write_schemas(kube_buffer_t *out, const json_t *map)
{
    put_map(out, 1, write_schema, map);
}

static void write_items(kube_buffer_t *out, const json_t *items)
{
    put_message(out, 1, write_schema, items);
}

static void write_additional(kube_buffer_t *out, const json_t *value)
{
    if (json_is_object(value)) {
        put_message(out, 1, write_schema, value);
    } else {
        put_varint(out, 2 << 3);
        put_varint(out, json_is_true(value));
    }
}

static void write_type(kube_buffer_t *out, const json_t *type)
{
    put_text(out, 1, type);
}

static void write_limits(kube_buffer_t *out, const json_t *schema)
{
    put_double(out, 6, json_object_get(schema, "multipleOf"));
    put_double(out, 7, json_object_get(schema, "maximum"));
    put_true(out, 8, json_object_get(schema, "exclusiveMaximum"));
    put_double(out, 9, json_object_get(schema, "minimum"));
    put_true(out, 10, json_object_get(schema, "exclusiveMinimum"));
    put_integer(out, 11, json_object_get(schema, "maxLength"));
    put_integer(out, 12, json_object_get(schema, "minLength"));
    put_text(out, 13, json_object_get(schema, "pattern"));
    put_integer(out, 14, json_object_get(schema, "maxItems"));
    put_integer(out, 15, json_object_get(schema, "minItems"));
    put_true(out, 16, json_object_get(schema, "uniqueItems"));
    put_integer(out, 17, json_object_get(schema, "maxProperties"));
    put_integer(out, 18, json_object_get(schema, "minProperties"));
}

static void write_schema(kube_buffer_t *out, const json_t *schema)
{
    const json_t *allowed = json_object_get(schema, "enum");
    size_t i;

    put_text(out, 1, json_object_get(schema, "$ref"));
    put_text(out, 2, json_object_get(schema, "format"));
    put_text(out, 3, json_object_get(schema, "title"));
    put_text(out, 4, json_object_get(schema, "description"));
    put_message(out, 5, write_any, json_object_get(schema, "default"));
    write_limits(out, schema);
    put_texts(out, 19, json_object_get(schema, "required"));
    for (i = 0; i < json_array_size(allowed); i++) {
        put_message(out, 20, write_any, json_array_get(allowed, i));
    }
    put_message(out, 21, write_additional, json_object_get(schema, "additionalProperties"));
    put_message(out, 22, write_type, json_object_get(schema, "type"));
    put_message(out, 23, write_items, json_object_get(schema, "items"));
    put_message(out, 25, write_schemas, json_object_get(schema, "properties"));
    put_extensions(out, 31, schema);
}

static void write_body_parameter(kube_buffer_t *out, const json_t *parameter)
{
    put_text(out, 2, json_object_get(parameter, "name"));
    put_text(out, 3, json_object_get(parameter, "in"));
    put_true(out, 4, json_object_get(parameter, "required"));
    put_message(out, 5, write_schema, json_object_get(parameter, "schema"));
}

static void write_query_parameter(kube_buffer_t *out, const json_t *parameter)
{
    put_text(out, 2, json_object_get(parameter, "in"));
    put_text(out, 4, json_object_get(parameter, "name"));
    put_text(out, 6, json_object_get(parameter, "type"));
}

static void write_path_parameter(kube_buffer_t *out, const json_t *parameter)
{
    put_true(out, 1, json_object_get(parameter, "required"));
    put_text(out, 2, json_object_get(parameter, "in"));
    put_text(out, 4, json_object_get(parameter, "name"));
    put_text(out, 5, json_object_get(parameter, "type"));
}

static void write_non_body_parameter(kube_buffer_t *out, const json_t *parameter)
{
    bool in_path = strcmp(json_string_value(json_object_get(parameter, "in")), "path") == 0;

    put_message(out, in_path ? 4 : 3, in_path ? write_path_parameter : write_query_parameter, parameter);
}

static void write_parameter(kube_buffer_t *out, const json_t *parameter)
{
    bool is_body = strcmp(json_string_value(json_object_get(parameter, "in")), "body") == 0;

    put_message(out, is_body ? 1 : 2, is_body ? write_body_parameter : write_non_body_parameter, parameter);
}

static void write_parameters_item(kube_buffer_t *out, const json_t *parameter)
{
    put_message(out, 1, write_parameter, parameter);
}

static void put_parameters(kube_buffer_t *out, unsigned field, const json_t *list)
{
    size_t i;

    for (i = 0; i < json_array_size(list); i++) {
        put_message(out, field, write_parameters_item, json_array_get(list, i));
    }
}

static void write_schema_item(kube_buffer_t *out, const json_t *schema)
{
    put_message(out, 1, write_schema, schema);
}

static void write_response(kube_buffer_t *out, const json_t *response)
{
    put_text(out, 1, json_object_get(response, "description"));
    put_message(out, 2, write_schema_item, json_object_get(response, "schema"));
}

static void write_response_value(kube_buffer_t *out, const json_t *response)
{
    put_message(out, 1, write_response, response);
}

static void write_responses(kube_buffer_t *out, const json_t *responses)
{
    put_map(out, 1, write_response_value, responses);
}

static void write_operation(kube_buffer_t *out, const json_t *operation)
{
    put_text(out, 5, json_object_get(operation, "operationId"));
    put_texts(out, 7, json_object_get(operation, "consumes"));
    put_parameters(out, 8, json_object_get(operation, "parameters"));
    put_message(out, 9, write_responses, json_object_get(operation, "responses"));
    put_extensions(out, 13, operation);
}

static void write_path(kube_buffer_t *out, const json_t *path)
{
    put_message(out, 2, write_operation, json_object_get(path, "get"));
    put_message(out, 3, write_operation, json_object_get(path, "put"));
    put_message(out, 4, write_operation, json_object_get(path, "post"));
    put_message(out, 5, write_operation, json_object_get(path, "delete"));
    put_message(out, 8, write_operation, json_object_get(path, "patch"));
    put_parameters(out, 9, json_object_get(path, "parameters"));
}

static void write_paths(kube_buffer_t *out, const json_t *paths)
{
    put_map(out, 2, write_path, paths);
}

static void write_info(kube_buffer_t *out, const json_t *info)
{
    put_text(out, 1, json_object_get(info, "title"));
    put_text(out, 2, json_object_get(info, "version"));
}

int ts_openapi_v2_protobuf(const json_t *document, kube_buffer_t *out)
{
    put_text(out, 1, json_object_get(document, "swagger"));
    put_message(out, 2, write_info, json_object_get(document, "info"));
    put_message(out, 8, write_paths, json_object_get(document, "paths"));
    put_message(out, 9, write_schemas, json_object_get(document, "definitions"));
    return out->failed ? KUBE_E_NO_MEMORY : 0;
}
