#include "field_set.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum { SET_UNION, SET_INTERSECTION, SET_DIFFERENCE, SET_RECURSIVE_DIFFERENCE } set_operation_t;

static bool is_member(const json_t *node)
{
    return node && (json_object_size(node) == 0 || json_object_get(node, "."));
}

static bool combine_members(set_operation_t operation, bool a, bool b)
{
    switch (operation) {
    case SET_UNION: return a || b;
    case SET_INTERSECTION: return a && b;
    default: return a && !b;
    }
}

static json_t *combine(set_operation_t operation, const json_t *a, const json_t *b, bool is_root, bool *failed);

static void combine_child(set_operation_t operation, json_t *out, const char *key, const json_t *a, const json_t *b, bool *failed)
{
    json_t *child = combine(operation, a, b, false, failed);

    if (child && json_object_set_new(out, key, child)) {
        *failed = true;
    }
}

/* NULL: nothing is left (or *failed). */
static json_t *combine(set_operation_t operation, const json_t *a, const json_t *b, bool is_root, bool *failed)
{
    json_t *out = json_object();
    const char *key;
    json_t *value;
    bool member = !is_root && combine_members(operation, is_member(a), is_member(b));

    if (!out) {
        *failed = true;
        return NULL;
    }
    if (operation == SET_RECURSIVE_DIFFERENCE && !is_root && is_member(b)) {
        json_decref(out);
        return NULL;
    }
    if (member && json_object_set_new(out, ".", json_object())) {
        *failed = true;
    }
    json_object_foreach((json_t *)a, key, value) {
        if (strcmp(key, ".") != 0) {
            combine_child(operation, out, key, value, json_object_get(b, key), failed);
        }
    }
    if (operation == SET_UNION) {
        json_object_foreach((json_t *)b, key, value) {
            if (strcmp(key, ".") != 0 && !json_object_get(a, key)) {
                combine_child(operation, out, key, NULL, value, failed);
            }
        }
    }
    if (is_root) {
        return out;
    }
    if (json_object_size(out) == 0 || *failed) {
        json_decref(out);
        return NULL;
    }
    if (member && json_object_size(out) == 1) {
        json_object_clear(out);
    }
    return out;
}

static json_t *combine_sets(set_operation_t operation, const json_t *a, const json_t *b)
{
    bool failed = false;
    json_t *out = combine(operation, a, b, true, &failed);

    if (failed) {
        json_decref(out);
        return NULL;
    }
    return out;
}

json_t *ts_set_union(const json_t *a, const json_t *b)
{
    return combine_sets(SET_UNION, a, b);
}

json_t *ts_set_intersection(const json_t *a, const json_t *b)
{
    return combine_sets(SET_INTERSECTION, a, b);
}

json_t *ts_set_difference(const json_t *a, const json_t *b)
{
    return combine_sets(SET_DIFFERENCE, a, b);
}

json_t *ts_set_recursive_difference(const json_t *a, const json_t *b)
{
    return combine_sets(SET_RECURSIVE_DIFFERENCE, a, b);
}

bool ts_set_empty(const json_t *set)
{
    return json_object_size(set) == 0;
}

/* The node of path's element below its parent's, made when it is not there. *made: it was, so that being empty does not yet mean
 * being a member. */
static json_t *descend(json_t *set, const ts_path_t *path, bool *made)
{
    json_t *parent, *node;
    bool parent_made = false;

    if (!path) {
        *made = true;
        return set;
    }
    parent = descend(set, path->parent, &parent_made);
    node = json_object_get(parent, path->element);
    *made = false;
    if (node || !parent) {
        return node;
    }
    if (!parent_made && json_object_size(parent) == 0 && json_object_set_new(parent, ".", json_object())) {
        return NULL;
    }
    node = json_object();
    *made = true;
    return json_object_set_new(parent, path->element, node) ? NULL : node;
}

bool ts_set_insert(json_t *set, const ts_path_t *path)
{
    bool made;
    json_t *node;

    if (!path) {
        return true;
    }
    node = descend(set, path, &made);
    if (!node) {
        return false;
    }
    return json_object_size(node) == 0 || json_object_set_new(node, ".", json_object()) == 0;
}

bool ts_set_has(const json_t *set, const char *element)
{
    return is_member(json_object_get(set, element));
}

const json_t *ts_set_below(const json_t *set, const char *element)
{
    const json_t *node = json_object_get(set, element);
    size_t size = json_object_size(node);

    return size > (json_object_get(node, ".") ? 1u : 0u) ? node : NULL;
}

/* ---- values ---- */

static bool numbers_equal(const json_t *a, const json_t *b)
{
    if (json_is_integer(a) && json_is_integer(b)) {
        return json_integer_value(a) == json_integer_value(b);
    }
    return json_number_value(a) >= json_number_value(b) && json_number_value(a) <= json_number_value(b);
}

static bool arrays_equal(const json_t *a, const json_t *b)
{
    size_t i;

    if (json_array_size(a) != json_array_size(b)) {
        return false;
    }
    for (i = 0; i < json_array_size(a); i++) {
        if (!ts_value_equal(json_array_get(a, i), json_array_get(b, i))) {
            return false;
        }
    }
    return true;
}

bool ts_value_equal(const json_t *a, const json_t *b)
{
    const char *key;
    json_t *value;

    if (!a || !b) {
        return a == b;
    }
    if (json_is_number(a) && json_is_number(b)) {
        return numbers_equal(a, b);
    }
    if (json_typeof(a) != json_typeof(b)) {
        return false;
    }
    if (json_is_array(a)) {
        return arrays_equal(a, b);
    }
    if (!json_is_object(a)) {
        return json_equal(a, b);
    }
    if (json_object_size(a) != json_object_size(b)) {
        return false;
    }
    json_object_foreach((json_t *)a, key, value) {
        if (!ts_value_equal(value, json_object_get(b, key))) {
            return false;
        }
    }
    return true;
}

char *ts_value_text(const json_t *value)
{
    double number = json_real_value(value);
    json_t *whole;
    char *text;

    if (!json_is_real(value) || fabs(number) >= 9007199254740992.0 || floor(number) < number) {
        return json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    }
    whole = json_integer((json_int_t)number);
    text = json_dumps(whole, JSON_ENCODE_ANY);
    json_decref(whole);
    return text;
}

/* Numbers, text, booleans, the rest. */
static int value_rank(const json_t *value)
{
    return json_is_number(value) ? 0 : json_is_string(value) ? 1 : json_is_boolean(value) ? 2 : 3;
}

static int compare_values(const json_t *a, const json_t *b)
{
    int rank = value_rank(a);

    if (rank != value_rank(b)) {
        return rank - value_rank(b);
    }
    switch (rank) {
    case 0: return (json_number_value(a) > json_number_value(b)) - (json_number_value(a) < json_number_value(b));
    case 1: return strcmp(json_string_value(a), json_string_value(b));
    case 2: return json_is_true(a) - json_is_true(b);
    default: return 0;
    }
}

/* Both have their keys sorted, as elements have. */
static int compare_keys(json_t *a, json_t *b)
{
    void *at = json_object_iter(a), *bt = json_object_iter(b);

    for (; at && bt; at = json_object_iter_next(a, at), bt = json_object_iter_next(b, bt)) {
        int order = strcmp(json_object_iter_key(at), json_object_iter_key(bt));

        order = order ? order : compare_values(json_object_iter_value(at), json_object_iter_value(bt));
        if (order) {
            return order;
        }
    }
    return (at != NULL) - (bt != NULL);
}

/* ---- elements ---- */

static int element_rank(const char *element)
{
    const char *ranks = ".fkvi", *found = strchr(ranks, element[0]);

    return found ? (int)(found - ranks) : 5;
}

static int compare_elements(const void *left, const void *right)
{
    const char *a = *(const char *const *)left, *b = *(const char *const *)right;
    json_t *a_value, *b_value;
    int order = element_rank(a) - element_rank(b);

    if (order || a[0] == '.' || a[0] == 'f') {
        return order ? order : strcmp(a, b);
    }
    a_value = json_loads(a + 2, JSON_DECODE_ANY, NULL);
    b_value = json_loads(b + 2, JSON_DECODE_ANY, NULL);
    order = a[0] == 'k' ? compare_keys(a_value, b_value) : compare_values(a_value, b_value);
    json_decref(a_value);
    json_decref(b_value);
    return order ? order : strcmp(a, b);
}

/* The keys of a node in order; *count of them; to be freed; NULL when there are none or an allocation failed. */
static const char **sorted_elements(const json_t *node, size_t *count)
{
    const char **keys = json_object_size(node) ? malloc(json_object_size(node) * sizeof *keys) : NULL;
    const char *key;
    json_t *value;

    *count = 0;
    if (!keys) {
        return NULL;
    }
    json_object_foreach((json_t *)node, key, value) {
        keys[(*count)++] = key;
    }
    qsort(keys, *count, sizeof *keys, compare_elements);
    return keys;
}

/* An element with its value written as ts_value_text does; to be freed; NULL: it is none, or memory. */
static char *canonical_element(const char *element)
{
    json_t *value;
    char *text, *out;
    size_t len;

    if (!element[0] || element[1] != ':' || !strchr("fkvi", element[0])) {
        return NULL;
    }
    if (element[0] == 'f' || element[0] == 'i') {
        return strdup(element);
    }
    value = json_loads(element + 2, JSON_DECODE_ANY, NULL);
    text = value && (element[0] == 'v' || json_is_object(value)) ? ts_value_text(value) : NULL;
    json_decref(value);
    if (!text) {
        return NULL;
    }
    len = strlen(text);
    out = malloc(len + 3);
    if (out) {
        out[0] = element[0];
        out[1] = ':';
        memcpy(out + 2, text, len + 1);
    }
    free(text);
    return out;
}

static json_t *canonical_node(const json_t *node, bool is_root)
{
    size_t count, i;
    const char **keys = sorted_elements(node, &count);
    json_t *out = json_object();
    bool failed = !out || (!keys && json_object_size(node) > 0);

    if (!is_root && keys && is_member(node)) {
        failed |= json_object_set_new(out, ".", json_object()) != 0;
    }
    for (i = 0; i < count && !failed; i++) {
        char *key = canonical_element(keys[i]);

        if (key) {
            failed = json_object_set_new(out, key, canonical_node(json_object_get(node, keys[i]), false)) != 0;
        }
        free(key);
    }
    free(keys);
    if (failed) {
        json_decref(out);
        return NULL;
    }
    if (json_object_size(out) == 1 && json_object_get(out, ".")) {
        json_object_clear(out);
    }
    return out;
}

json_t *ts_set_canonical(const json_t *set)
{
    return canonical_node(set, true);
}

static void each(const json_t *node, const ts_path_t *parent, ts_set_fn *fn, void *userdata)
{
    size_t count, i;
    const char **keys = sorted_elements(node, &count);

    for (i = 0; i < count; i++) {
        if (keys[i][0] != '.' && ts_set_has(node, keys[i])) {
            fn(&(ts_path_t){ parent, keys[i] }, userdata);
        }
    }
    for (i = 0; i < count; i++) {
        if (keys[i][0] != '.') {
            each(json_object_get(node, keys[i]), &(ts_path_t){ parent, keys[i] }, fn, userdata);
        }
    }
    free(keys);
}

void ts_set_each(const json_t *set, ts_set_fn *fn, void *userdata)
{
    each(set, NULL, fn, userdata);
}

static void print_key(kube_buffer_t *out, const char *text)
{
    json_t *keys = json_loads(text, 0, NULL), *value;
    const char *name, *separator = "";

    kube_buffer_puts(out, "[");
    json_object_foreach(keys, name, value) {
        char *value_text = ts_value_text(value);

        kube_buffer_printf(out, "%s%s=%s", separator, name, value_text ? value_text : "");
        free(value_text);
        separator = ",";
    }
    kube_buffer_puts(out, "]");
    json_decref(keys);
}

void ts_element_print(kube_buffer_t *out, const char *element)
{
    switch (element[0]) {
    case 'f': kube_buffer_printf(out, ".%s", element + 2); break;
    case 'k': print_key(out, element + 2); break;
    case 'v': kube_buffer_printf(out, "[=%s]", element + 2); break;
    default: kube_buffer_printf(out, "[%s]", element + 2); break;
    }
}

void ts_path_print(kube_buffer_t *out, const ts_path_t *path)
{
    if (path) {
        ts_path_print(out, path->parent);
        ts_element_print(out, path->element);
    }
}
