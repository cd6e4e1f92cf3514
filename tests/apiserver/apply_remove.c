#include "apply_walk.h"

#include <stdlib.h>

static json_t *copy(const json_t *value, bool *failed)
{
    json_t *out = json_deep_copy(value);

    *failed |= !out;
    return out;
}

/* Where something is removed from what stays, nothing left is null. */
static json_t *remove_below(const ts_node_t *node, const json_t *value, const json_t *set, bool *failed)
{
    json_t *out = set ? ts_walk_remove(node, value, set, failed) : copy(value, failed);

    return out ? out : json_null();
}

static json_t *remove_items(const ts_node_t *node, const ts_shape_t *shape, const json_t *list, const json_t *set, bool *failed)
{
    ts_node_t item_node = ts_node_item(node);
    json_t *out = json_array();
    size_t i;

    for (i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        char *element = ts_item_element(node, shape, item, NULL);

        if (!element) {
            *failed = true;
        } else if (!ts_set_has(set, element)) {
            *failed |= json_array_append_new(out, remove_below(&item_node, item, ts_set_below(set, element), failed)) != 0;
        }
        free(element);
    }
    if (json_array_size(out) == 0) {
        json_decref(out);
        return NULL;
    }
    return out;
}

static json_t *remove_members(const ts_node_t *node, const json_t *map, const json_t *set, bool *failed)
{
    kube_buffer_t element = { 0 };
    json_t *out = json_object(), *value;
    const char *key;

    json_object_foreach((json_t *)map, key, value) {
        const char *name = ts_field_element(&element, key);
        ts_node_t member;

        if (!name) {
            *failed = true;
        } else if (!ts_set_has(set, name)) {
            ts_node_member(node, key, &member);
            *failed |= json_object_set_new(out, key, remove_below(&member, value, ts_set_below(set, name), failed)) != 0;
        }
    }
    kube_buffer_dispose(&element);
    if (json_object_size(out) == 0) {
        json_decref(out);
        return NULL;
    }
    return out;
}

json_t *ts_walk_remove(const ts_node_t *node, const json_t *value, const json_t *set, bool *failed)
{
    ts_shape_t shape = ts_node_shape(node);

    switch (ts_shape_form(&shape, value)) {
    case TS_FORM_SCALAR: return copy(value, failed);
    case TS_FORM_LIST: return shape.associative ? remove_items(node, &shape, value, set, failed) : NULL;
    case TS_FORM_MAP: return shape.atomic_map ? NULL : remove_members(node, value, set, failed);
    default: return NULL;
    }
}
