#include "apply_walk.h"

#include <stdlib.h>
#include <string.h>

static json_t *merge(const ts_node_t *node, const json_t *lhs, const json_t *rhs, bool *failed);

static json_t *copy(const json_t *value, bool *failed)
{
    json_t *out = json_deep_copy(value);

    *failed |= !out;
    return out;
}

static json_t *merge_leaf(const json_t *lhs, const json_t *rhs, bool *failed)
{
    return copy(rhs ? rhs : lhs, failed);
}

/* Nothing rather than an empty value. */
static json_t *unless_empty(json_t *value, bool *failed)
{
    *failed |= !value;
    if (json_is_array(value) ? json_array_size(value) : json_object_size(value)) {
        return value;
    }
    json_decref(value);
    return NULL;
}

/* ---- lists ---- */

typedef struct {
    const json_t *list;
    char **elements; /* of each item */
    size_t count;
    json_t *values;  /* by element; null where several items share it */
} indexed_t;

static bool index_items(const ts_node_t *node, const ts_shape_t *shape, const json_t *list, indexed_t *out)
{
    *out = (indexed_t){ .list = list, .values = json_object() };
    out->elements = calloc(json_array_size(list) + 1, sizeof *out->elements);
    while (out->values && out->elements && out->count < json_array_size(list)) {
        json_t *item = json_array_get(list, out->count);
        char *element = ts_item_element(node, shape, item, NULL);

        if (!element) {
            return false;
        }
        out->elements[out->count++] = element;
        if (json_object_set_new(out->values, element, json_object_get(out->values, element) ? json_null() : json_incref(item))) {
            return false;
        }
    }
    return out->values && out->elements;
}

static void dispose_index(indexed_t *indexed)
{
    size_t i;

    for (i = 0; i < indexed->count; i++) {
        free(indexed->elements[i]);
    }
    free(indexed->elements);
    json_decref(indexed->values);
}

typedef struct {
    const ts_node_t *item_node;
    const indexed_t *left, *right;
    json_t *out;
    json_t *merged;     /* elements of the right that are in the output */
    size_t next_shared; /* of the right: the next that is on the left too */
    bool *failed;
} merge_list_t;

static void put(merge_list_t *list, const json_t *lhs, const json_t *rhs)
{
    json_t *value = merge(list->item_node, lhs, rhs, list->failed);

    *list->failed |= value && json_array_append_new(list->out, value) != 0;
}

static void advance_shared(merge_list_t *list)
{
    while (list->next_shared < list->right->count && !json_object_get(list->left->values, list->right->elements[list->next_shared])) {
        list->next_shared++;
    }
}

static bool is_next_shared(const merge_list_t *list, const char *element)
{
    return list->next_shared < list->right->count && strcmp(list->right->elements[list->next_shared], element) == 0;
}

static void put_right(merge_list_t *list, const char *element)
{
    *list->failed |= json_object_set_new(list->merged, element, json_true()) != 0;
    put(list, json_object_get(list->left->values, element), json_object_get(list->right->values, element));
    if (is_next_shared(list, element)) {
        list->next_shared++;
        advance_shared(list);
    }
}

/* The order of the right is kept; what is only on the left stays where it is among what both share. */
static void merge_items(merge_list_t *list)
{
    const indexed_t *left = list->left, *right = list->right;
    size_t l = 0, r = 0;

    advance_shared(list);
    while ((l < left->count || r < right->count) && !*list->failed) {
        const char *element = l < left->count ? left->elements[l] : NULL;

        if (element && r < right->count) {
            if (strcmp(element, right->elements[r]) == 0) {
                put_right(list, element);
                l++;
                r++;
                continue;
            }
            if (json_object_get(right->values, element) && list->next_shared < right->count && !is_next_shared(list, element)) {
                l++;
                continue;
            }
        }
        if (element && !json_object_get(right->values, element)) {
            put(list, json_array_get(left->list, l), NULL);
            l++;
            continue;
        }
        if (element && json_object_get(list->merged, element)) {
            l++;
        }
        if (r < right->count) {
            put_right(list, right->elements[r]);
            r++;
        }
    }
}

static json_t *merge_list(const ts_node_t *node, const ts_shape_t *shape, const json_t *lhs, const json_t *rhs, bool *failed)
{
    ts_node_t item_node = ts_node_item(node);
    indexed_t left, right;
    merge_list_t list = { .item_node = &item_node, .left = &left, .right = &right, .out = json_array(), .merged = json_object(),
                          .failed = failed };

    *failed |= !index_items(node, shape, json_is_array(lhs) ? lhs : NULL, &left);
    *failed |= !index_items(node, shape, json_is_array(rhs) ? rhs : NULL, &right);
    if (!*failed && list.out && list.merged) {
        merge_items(&list);
    }
    dispose_index(&left);
    dispose_index(&right);
    json_decref(list.merged);
    return unless_empty(list.out, failed);
}

/* ---- maps ---- */

static void merge_member(const ts_node_t *node, json_t *out, const char *key, const json_t *lhs, const json_t *rhs, bool *failed)
{
    ts_node_t member;
    json_t *value;

    ts_node_member(node, key, &member);
    value = merge(&member, lhs, rhs, failed);
    *failed |= value && json_object_set_new(out, key, value) != 0;
}

static json_t *merge_map(const ts_node_t *node, const json_t *lhs, const json_t *rhs, bool *failed)
{
    json_t *out = json_object(), *value;
    const char *key;

    json_object_foreach((json_t *)lhs, key, value) {
        merge_member(node, out, key, value, json_object_get(rhs, key), failed);
    }
    json_object_foreach((json_t *)rhs, key, value) {
        if (!json_object_get(lhs, key)) {
            merge_member(node, out, key, NULL, value, failed);
        }
    }
    return unless_empty(out, failed);
}

static json_t *merge(const ts_node_t *node, const json_t *lhs, const json_t *rhs, bool *failed)
{
    ts_shape_t shape = ts_node_shape(node);
    ts_form_t form = ts_shape_form(&shape, rhs ? rhs : lhs);

    if (form == TS_FORM_LIST && shape.associative && json_array_size(lhs) + json_array_size(rhs) > 0) {
        return merge_list(node, &shape, lhs, rhs, failed);
    }
    if (form == TS_FORM_MAP && !shape.atomic_map && json_object_size(lhs) + json_object_size(rhs) > 0) {
        return merge_map(node, lhs, rhs, failed);
    }
    return merge_leaf(lhs, rhs, failed);
}

json_t *ts_walk_merge(const ts_node_t *node, const json_t *lhs, const json_t *rhs, bool *failed)
{
    return merge(node, lhs, rhs, failed);
}
