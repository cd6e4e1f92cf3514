#include "apply_walk.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    ts_comparison_t *out;
    bool failed;
    bool in_leaf; /* inside something that is replaced as a whole */
} compare_t;

static void compare(compare_t *walk, const ts_node_t *node, const json_t *lhs, const json_t *rhs, const ts_path_t *path);

static void insert(compare_t *walk, json_t *set, const ts_path_t *path)
{
    walk->failed |= !ts_set_insert(set, path);
}

static void compare_leaf(compare_t *walk, const json_t *lhs, const json_t *rhs, const ts_path_t *path)
{
    if (walk->in_leaf) {
        return;
    }
    walk->in_leaf = true;
    if (!lhs) {
        insert(walk, walk->out->added, path);
    } else if (!rhs) {
        insert(walk, walk->out->removed, path);
    } else if (!ts_value_equal(lhs, rhs)) {
        insert(walk, walk->out->modified, path);
    }
}

/* ---- lists ---- */

/* The items of a list by element: an object of arrays. */
static json_t *items_by_element(compare_t *walk, const ts_node_t *node, const ts_shape_t *shape, const json_t *list)
{
    json_t *out = json_object();
    size_t i;

    for (i = 0; out && i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i), *same;
        char *element = ts_item_element(node, shape, item, NULL);

        if (!element) {
            continue;
        }
        same = json_object_get(out, element);
        if (!same && json_object_set_new(out, element, json_array()) == 0) {
            same = json_object_get(out, element);
        }
        walk->failed |= json_array_append(same, item) != 0;
        free(element);
    }
    walk->failed |= !out;
    return out;
}

static void compare_items(compare_t *walk, const ts_node_t *node, const json_t *lhs, const json_t *rhs, const ts_path_t *path)
{
    size_t left = json_array_size(lhs), right = json_array_size(rhs);

    if (left <= 1 && right <= 1) {
        compare(walk, node, json_array_get(lhs, 0), json_array_get(rhs, 0), path);
    } else if (left >= 2 && right >= 2) {
        if (!ts_value_equal(lhs, rhs)) {
            insert(walk, walk->out->modified, path);
        }
    } else if (left >= 2) {
        if (right) {
            compare(walk, node, NULL, json_array_get(rhs, 0), path);
        }
        insert(walk, walk->out->removed, path);
    } else {
        if (left) {
            compare(walk, node, json_array_get(lhs, 0), NULL, path);
        }
        insert(walk, walk->out->added, path);
    }
}

static void compare_list(compare_t *walk, const ts_node_t *node, const ts_shape_t *shape, const json_t *lhs, const json_t *rhs,
                         const ts_path_t *path)
{
    const json_t *left_list = json_is_array(lhs) ? lhs : NULL, *right_list = json_is_array(rhs) ? rhs : NULL;
    ts_node_t item_node = ts_node_item(node);
    json_t *left, *right, *items;
    const char *element;

    if (!shape->associative || (json_array_size(left_list) == 0 && json_array_size(right_list) == 0)) {
        compare_leaf(walk, lhs, rhs, path);
        return;
    }
    left = items_by_element(walk, node, shape, left_list);
    right = items_by_element(walk, node, shape, right_list);
    json_object_foreach(left, element, items) {
        compare_items(walk, &item_node, items, json_object_get(right, element), &(ts_path_t){ path, element });
    }
    json_object_foreach(right, element, items) {
        if (!json_object_get(left, element)) {
            compare_items(walk, &item_node, NULL, items, &(ts_path_t){ path, element });
        }
    }
    json_decref(left);
    json_decref(right);
}

/* ---- maps ---- */

static void compare_member(compare_t *walk, const ts_node_t *node, const char *key, const json_t *lhs, const json_t *rhs,
                           const ts_path_t *path)
{
    kube_buffer_t element = { 0 };
    ts_path_t below = { path, ts_field_element(&element, key) };
    ts_node_t member;

    ts_node_member(node, key, &member);
    if (below.element) {
        compare(walk, &member, lhs, rhs, &below);
    } else {
        walk->failed = true;
    }
    kube_buffer_dispose(&element);
}

static void compare_map(compare_t *walk, const ts_node_t *node, const ts_shape_t *shape, const json_t *lhs, const json_t *rhs,
                        const ts_path_t *path)
{
    const char *key;
    json_t *value;

    if (shape->atomic_map || (json_object_size(lhs) == 0 && json_object_size(rhs) == 0)) {
        compare_leaf(walk, lhs, rhs, path);
        return;
    }
    json_object_foreach((json_t *)lhs, key, value) {
        compare_member(walk, node, key, value, json_object_get(rhs, key), path);
    }
    json_object_foreach((json_t *)rhs, key, value) {
        if (!json_object_get(lhs, key)) {
            compare_member(walk, node, key, NULL, value, path);
        }
    }
}

static void compare_form(compare_t *walk, ts_form_t form, const ts_node_t *node, const ts_shape_t *shape, const json_t *lhs,
                         const json_t *rhs,
                         const ts_path_t *path)
{
    switch (form) {
    case TS_FORM_SCALAR: compare_leaf(walk, lhs, rhs, path); break;
    case TS_FORM_LIST: compare_list(walk, node, shape, lhs, rhs, path); break;
    case TS_FORM_MAP: compare_map(walk, node, shape, lhs, rhs, path); break;
    default: break;
    }
}

/* A value that changes its form (a scalar becomes a map) is compared once as each. */
static void compare(compare_t *walk, const ts_node_t *node, const json_t *lhs, const json_t *rhs, const ts_path_t *path)
{
    ts_shape_t shape = ts_node_shape(node);
    ts_form_t left = ts_shape_form(&shape, lhs), right = ts_shape_form(&shape, rhs);
    bool was_in_leaf = walk->in_leaf;

    if (lhs && rhs && left != right) {
        compare_form(walk, left, node, &shape, lhs, rhs, path);
        walk->in_leaf = was_in_leaf;
    }
    compare_form(walk, rhs ? right : left, node, &shape, lhs, rhs, path);
    if (!walk->in_leaf) {
        if (!lhs) {
            insert(walk, walk->out->added, path);
        } else if (!rhs) {
            insert(walk, walk->out->removed, path);
        }
    }
    walk->in_leaf = was_in_leaf;
}

bool ts_walk_compare(const ts_node_t *node, const json_t *lhs, const json_t *rhs, ts_comparison_t *out)
{
    compare_t walk = { .out = out };

    *out = (ts_comparison_t){ json_object(), json_object(), json_object() };
    if (!out->added || !out->removed || !out->modified) {
        return false;
    }
    compare(&walk, node, lhs, rhs, NULL);
    return !walk.failed;
}

void ts_comparison_dispose(ts_comparison_t *comparison)
{
    json_decref(comparison->added);
    json_decref(comparison->removed);
    json_decref(comparison->modified);
    *comparison = (ts_comparison_t){ 0 };
}
