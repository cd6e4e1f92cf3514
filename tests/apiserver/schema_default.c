#include "schema_node.h"

#include <math.h>
#include <string.h>

#include "util.h"

/* ---- custom objects ---- */

static bool default_value(const json_t *schema, json_t *value);

/* A null that the schema does not allow counts as absent. */
static bool is_absent(const json_t *schema, const json_t *value)
{
    return !value || (json_is_null(value) && !json_is_true(json_object_get(schema, "nullable")));
}

static bool default_properties(const json_t *properties, json_t *object)
{
    const char *name;
    json_t *schema;

    json_object_foreach((json_t *)properties, name, schema) {
        const json_t *otherwise = json_object_get(schema, "default");

        if (is_absent(schema, json_object_get(object, name))) {
            json_object_del(object, name);
            if (otherwise && json_object_set_new(object, name, json_deep_copy(otherwise))) {
                return false;
            }
        }
        if (!default_value(schema, json_object_get(object, name))) {
            return false;
        }
    }
    return true;
}

static bool default_others(const json_t *schema, const json_t *properties, json_t *object)
{
    const char *name;
    json_t *value;
    void *next;

    json_object_foreach_safe(object, next, name, value) {
        if (json_object_get(properties, name)) {
            continue;
        }
        if (is_absent(schema, value)) {
            json_object_del(object, name);
        } else if (!default_value(schema, value)) {
            return false;
        }
    }
    return true;
}

static bool default_value(const json_t *schema, json_t *value)
{
    const json_t *properties = json_object_get(schema, "properties"), *others = json_object_get(schema, "additionalProperties");
    const json_t *items = json_object_get(schema, "items");
    size_t i;

    if (json_is_object(value)) {
        return default_properties(properties, value) && (!json_is_object(others) || default_others(others, properties, value));
    }
    for (i = 0; items && i < json_array_size(value); i++) {
        if (!default_value(items, json_array_get(value, i))) {
            return false;
        }
    }
    return true;
}

/* 2.0 is written as 2 by Go. */
static bool shorten_numbers(json_t *value)
{
    const char *key;
    json_t *member;
    size_t i;

    json_object_foreach(value, key, member) {
        double number = json_real_value(member);

        if (json_is_real(member) && floor(number) >= number && fabs(number) < 9007199254740992.0) {
            if (json_object_set_new(value, key, json_integer((json_int_t)number))) {
                return false;
            }
        } else if (!shorten_numbers(member)) {
            return false;
        }
    }
    for (i = 0; i < json_array_size(value); i++) {
        if (!shorten_numbers(json_array_get(value, i))) {
            return false;
        }
    }
    return true;
}

/* ---- built-in kinds ---- */

static bool default_node(const ts_node_t *node, json_t *value);

static bool default_field(const kube_field_t *field, json_t *object)
{
    const char *text = field->info ? field->info->default_json : NULL;
    char room[TS_FIELD_NAME_SIZE];
    const char *name = ts_field_name(field, room);

    return !text || json_object_get(object, name) || json_object_set_new(object, name, json_loads(text, JSON_DECODE_ANY, NULL)) == 0;
}

static bool default_members(const ts_node_t *node, json_t *object)
{
    const kube_type_t *type = node->source == TS_SOURCE_TYPE ? node->table : NULL;
    ts_node_t member;
    const char *name;
    json_t *value;
    void *next;
    size_t i;

    json_object_foreach_safe(object, next, name, value) {
        if (json_is_null(value)) {
            json_object_del(object, name);
        } else if (ts_node_member(node, name, &member) && !default_node(&member, value)) {
            return false;
        }
    }
    for (i = 0; type && i < type->field_count; i++) {
        if (!default_field(&type->fields[i], object)) {
            return false;
        }
    }
    return true;
}

static bool default_node(const ts_node_t *node, json_t *value)
{
    ts_node_t item;
    size_t i;

    if (json_is_object(value)) {
        return (node->source != TS_SOURCE_TYPE && node->source != TS_SOURCE_MAP) || default_members(node, value);
    }
    if (json_is_array(value) && node->source == TS_SOURCE_LIST) {
        item = ts_node_item(node);
        for (i = 0; i < json_array_size(value); i++) {
            if (!default_node(&item, json_array_get(value, i))) {
                return false;
            }
        }
    }
    return true;
}

/* Go leaves out empty lists and maps, unless they are required. Nulls of required ones say nothing to clients. */
static bool is_left_out(const ts_node_t *node, const char *name, const json_t *value)
{
    const kube_field_t *field = node->source == TS_SOURCE_TYPE ? kube_type_field(node->table, name, strlen(name)) : NULL;

    if (!field || json_is_null(value)) {
        return field != NULL;
    }
    return (field->kind == KUBE_KIND_LIST || field->kind == KUBE_KIND_MAP) && !(field->flags & KUBE_FIELD_REQUIRED) &&
           json_array_size(value) + json_object_size(value) == 0;
}

static void drop_empty(const ts_node_t *node, json_t *value)
{
    ts_node_t below;
    const char *name;
    json_t *member;
    void *next;
    size_t i;

    json_object_foreach_safe(value, next, name, member) {
        if (is_left_out(node, name, member)) {
            json_object_del(value, name);
        } else if (ts_node_member(node, name, &below)) {
            drop_empty(&below, member);
        }
    }
    for (i = 0; node->source == TS_SOURCE_LIST && i < json_array_size(value); i++) {
        below = ts_node_item(node);
        drop_empty(&below, json_array_get(value, i));
    }
}

int ts_schema_default(const ts_schema_t *schema, json_t *object)
{
    bool good;

    if (schema->crd_version) {
        good = (schema->root.source != TS_SOURCE_CRD || default_value(schema->root.table, object)) && shorten_numbers(object);
    } else {
        good = default_node(&schema->root, object) && ts_schema_fill(schema, object);
        drop_empty(&schema->root, object);
    }
    return good ? 0 : KUBE_E_NO_MEMORY;
}
