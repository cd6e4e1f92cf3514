#include "apply_walk.h"

#include <stdlib.h>
#include <string.h>

const char *ts_field_element(kube_buffer_t *buffer, const char *name)
{
    kube_buffer_clear(buffer);
    kube_buffer_puts(buffer, "f:");
    kube_buffer_puts(buffer, name);
    return buffer->failed ? NULL : buffer->data;
}

/* ---- elements of list items ---- */

static char *element_of(char prefix, const json_t *value)
{
    char *text = ts_value_text(value), *out;
    size_t len = text ? strlen(text) : 0;

    out = text ? malloc(len + 3) : NULL;
    if (out) {
        out[0] = prefix;
        out[1] = ':';
        memcpy(out + 2, text, len + 1);
    }
    free(text);
    return out;
}

static const char *key_at(const ts_shape_t *shape, size_t i)
{
    return shape->keys ? shape->keys[i] : json_string_value(json_array_get(shape->crd_keys, i));
}

static bool has_keys(const ts_shape_t *shape)
{
    return key_at(shape, 0) != NULL;
}

static void omits_all_keys(const ts_shape_t *shape, kube_buffer_t *problem)
{
    const char *key;
    size_t i;

    kube_buffer_puts(problem, "associative list with keys has an element that omits all key fields [");
    for (i = 0; (key = key_at(shape, i)) != NULL; i++) {
        kube_buffer_printf(problem, "%s\"%s\"", i ? " " : "", key);
    }
    kube_buffer_puts(problem, "] (and doesn't have default values for any key fields)");
}

/* Whole numbers are written as such, so that 80 and 80.0 are the same key. */
static json_t *key_value(json_t *value)
{
    char *text = ts_value_text(value);
    json_t *out = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;

    free(text);
    json_decref(value);
    return out;
}

static char *keyed_element(const ts_node_t *list, const ts_shape_t *shape, const json_t *item, kube_buffer_t *problem)
{
    ts_node_t item_node = ts_node_item(list);
    json_t *keys = json_object();
    char *element = NULL;
    const char *key;
    size_t i;

    for (i = 0; keys && (key = key_at(shape, i)) != NULL; i++) {
        json_t *value = json_incref(json_object_get(item, key));

        value = value ? value : ts_node_default(&item_node, key);
        if (value && json_object_set_new(keys, key, key_value(value))) {
            json_decref(keys);
            return NULL;
        }
    }
    if (keys && json_object_size(keys) == 0) {
        omits_all_keys(shape, problem);
    } else if (keys) {
        element = element_of('k', keys);
    }
    json_decref(keys);
    return element;
}

char *ts_item_element(const ts_node_t *list, const ts_shape_t *shape, const json_t *item, kube_buffer_t *problem)
{
    kube_buffer_t unused = { 0 };
    const char *why = NULL;
    char *element = NULL;

    if (has_keys(shape)) {
        why = json_is_null(item)      ? "associative list with keys may not have a null element"
              : !json_is_object(item) ? "associative list with keys may not have non-map elements"
                                      : NULL;
        element = why ? NULL : keyed_element(list, shape, item, problem ? problem : &unused);
    } else {
        why = json_is_object(item)  ? "associative list without keys has an element that's a map type"
              : json_is_array(item) ? "not supported: associative list with lists as elements"
              : json_is_null(item)  ? "associative list without keys has an element that's an explicit null"
                                    : NULL;
        element = why ? NULL : element_of('v', item);
    }
    if (why && problem) {
        kube_buffer_puts(problem, why);
    }
    kube_buffer_dispose(&unused);
    return element;
}

/* ---- does it fit ---- */

typedef struct {
    json_t *problems;
    bool allow_duplicates;
    bool failed;
} check_t;

static void check(check_t *walk, const ts_node_t *node, const json_t *value, const ts_path_t *path);

static void report(check_t *walk, const ts_path_t *path, const char *what)
{
    kube_buffer_t line = { 0 };

    ts_path_print(&line, path);
    kube_buffer_printf(&line, "%s%s", line.len ? ": " : "", what);
    walk->failed |= line.failed || json_array_append_new(walk->problems, json_string(line.data));
    kube_buffer_dispose(&line);
}

/* A value as Go's %v prints it. */
static void print_value(kube_buffer_t *out, const json_t *value)
{
    const char *key, *separator = "";
    json_t *member;
    char *text;
    size_t i;

    if (json_is_object(value)) {
        kube_buffer_puts(out, "map[");
        json_object_foreach((json_t *)value, key, member) {
            kube_buffer_printf(out, "%s%s:", separator, key);
            print_value(out, member);
            separator = " ";
        }
        kube_buffer_puts(out, "]");
    } else if (json_is_array(value)) {
        kube_buffer_puts(out, "[");
        json_array_foreach(value, i, member) {
            kube_buffer_puts(out, i ? " " : "");
            print_value(out, member);
        }
        kube_buffer_puts(out, "]");
    } else {
        text = json_is_string(value) ? strdup(json_string_value(value)) : ts_value_text(value);
        kube_buffer_puts(out, text);
        free(text);
    }
}

static void report_value(check_t *walk, const ts_path_t *path, const char *expected, const char *open, const json_t *value)
{
    kube_buffer_t line = { 0 };

    kube_buffer_printf(&line, "expected %s, got &%s", expected, open);
    print_value(&line, value);
    kube_buffer_puts(&line, "}");
    report(walk, path, line.failed ? "" : line.data);
    walk->failed |= line.failed;
    kube_buffer_dispose(&line);
}

static const char *go_type(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: return "map[string]interface {}";
    case JSON_ARRAY: return "[]interface {}";
    case JSON_STRING: return "string";
    case JSON_INTEGER: return "int64";
    case JSON_REAL: return "float64";
    case JSON_TRUE:
    case JSON_FALSE: return "bool";
    default: return "<nil>";
    }
}

static void check_scalar(check_t *walk, ts_scalar_t scalar, const json_t *value, const ts_path_t *path)
{
    char text[80];

    if (!value || json_is_null(value)) {
        return;
    }
    if (scalar == TS_SCALAR_NUMERIC && !json_is_number(value)) {
        snprintf(text, sizeof text, "expected numeric (int or float), got %s", go_type(value));
        report(walk, path, text);
    } else if (scalar == TS_SCALAR_STRING && !json_is_string(value)) {
        report_value(walk, path, "string", "value.valueUnstructured{Value:", value);
    } else if (scalar == TS_SCALAR_BOOLEAN && !json_is_boolean(value)) {
        report_value(walk, path, "boolean", "{", value);
    } else if (scalar == TS_SCALAR_UNTYPED && (json_is_object(value) || json_is_array(value))) {
        report_value(walk, path, "any scalar", "{", value);
    }
}

static void check_list(check_t *walk, const ts_node_t *node, const ts_shape_t *shape, const json_t *list, const ts_path_t *path)
{
    ts_node_t item_node = ts_node_item(node);
    json_t *seen = json_object();
    size_t i;

    walk->failed |= !seen;
    for (i = 0; i < json_array_size(list) && !walk->failed; i++) {
        const json_t *item = json_array_get(list, i);
        kube_buffer_t problem = { 0 };
        char index[24], *element = NULL;

        snprintf(index, sizeof index, "i:%zu", i);
        if (shape->associative) {
            size_t before;

            kube_buffer_printf(&problem, "element %zu: ", i);
            before = problem.len;
            element = ts_item_element(node, shape, item, &problem);
            if (!element) {
                walk->failed |= problem.failed || problem.len == before;
                report(walk, path, problem.failed ? "" : problem.data);
                kube_buffer_dispose(&problem);
                break;
            }
            if (json_object_get(seen, element) && !walk->allow_duplicates) {
                kube_buffer_clear(&problem);
                kube_buffer_puts(&problem, "duplicate entries for key ");
                ts_element_print(&problem, element);
                report(walk, path, problem.failed ? "" : problem.data);
            }
            walk->failed |= json_object_set_new(seen, element, json_true()) != 0;
        }
        check(walk, &item_node, item, &(ts_path_t){ path, element ? element : index });
        kube_buffer_dispose(&problem);
        free(element);
    }
    json_decref(seen);
}

static void check_map(check_t *walk, const ts_node_t *node, const json_t *map, const ts_path_t *path)
{
    kube_buffer_t element = { 0 };
    const char *key;
    json_t *value;
    ts_node_t member;

    json_object_foreach((json_t *)map, key, value) {
        ts_path_t below = { path, ts_field_element(&element, key) };

        if (!below.element) {
            walk->failed = true;
            break;
        }
        if (!ts_node_member(node, key, &member)) {
            report(walk, &below, "field not declared in schema");
            break;
        }
        check(walk, &member, value, &below);
    }
    kube_buffer_dispose(&element);
}

static void check(check_t *walk, const ts_node_t *node, const json_t *value, const ts_path_t *path)
{
    ts_shape_t shape = ts_node_shape(node);

    switch (ts_shape_form(&shape, value)) {
    case TS_FORM_SCALAR: check_scalar(walk, shape.scalar, value, path); break;
    case TS_FORM_LIST:
        if (json_is_array(value)) {
            check_list(walk, node, &shape, value, path);
        } else if (!json_is_null(value)) {
            report_value(walk, path, "list", "{", value);
        }
        break;
    case TS_FORM_MAP:
        if (json_is_object(value)) {
            check_map(walk, node, value, path);
        } else if (!json_is_null(value)) {
            report_value(walk, path, "map", "{", value);
        }
        break;
    default: report(walk, path, "schema error: invalid atom: inlined"); break;
    }
}

bool ts_walk_check(const ts_node_t *node, const json_t *value, bool allow_duplicates, json_t *problems)
{
    check_t walk = { .problems = problems, .allow_duplicates = allow_duplicates };

    check(&walk, node, value, NULL);
    return !walk.failed;
}

/* ---- the fields of an object ---- */

static bool collect(json_t *set, const ts_node_t *node, const json_t *value, const ts_path_t *path);

/* Items that share a key are owned as one. */
static bool is_duplicate(const ts_node_t *node, const ts_shape_t *shape, const json_t *list, size_t at, const char *element)
{
    bool found = false;
    size_t i;

    for (i = 0; i < json_array_size(list) && !found; i++) {
        char *other = i == at ? NULL : ts_item_element(node, shape, json_array_get(list, i), NULL);

        found = other && strcmp(other, element) == 0;
        free(other);
    }
    return found;
}

static bool collect_items(json_t *set, const ts_node_t *node, const ts_shape_t *shape, const json_t *list, const ts_path_t *path)
{
    ts_node_t item_node = ts_node_item(node);
    bool good = true;
    size_t i;

    for (i = 0; i < json_array_size(list) && good; i++) {
        const json_t *item = json_array_get(list, i);
        char *element = ts_item_element(node, shape, item, NULL);
        ts_path_t below = { path, element };

        good = element != NULL;
        if (good && !is_duplicate(node, shape, list, i, element)) {
            good = collect(set, &item_node, item, &below);
        }
        good = good && ts_set_insert(set, &below);
        free(element);
    }
    return good;
}

static bool collect_members(json_t *set, const ts_node_t *node, const json_t *map, const ts_path_t *path)
{
    kube_buffer_t element = { 0 };
    bool good = true;
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)map, key, value) {
        ts_node_t member;
        ts_path_t below = { path, ts_field_element(&element, key) };
        ts_known_t known = ts_node_member(node, key, &member);
        bool is_leaf = json_is_null(value) || (json_is_object(value) && json_object_size(value) == 0);

        good = good && below.element && collect(set, &member, value, &below);
        if (good && (is_leaf || known != TS_DECLARED)) {
            good = ts_set_insert(set, &below);
        }
    }
    kube_buffer_dispose(&element);
    return good;
}

static bool collect(json_t *set, const ts_node_t *node, const json_t *value, const ts_path_t *path)
{
    ts_shape_t shape = ts_node_shape(node);

    switch (ts_shape_form(&shape, value)) {
    case TS_FORM_SCALAR: return ts_set_insert(set, path);
    case TS_FORM_LIST:
        return shape.associative ? collect_items(set, node, &shape, value, path) : ts_set_insert(set, path);
    case TS_FORM_MAP: return shape.atomic_map ? ts_set_insert(set, path) : collect_members(set, node, value, path);
    default: return true;
    }
}

json_t *ts_walk_fields(const ts_node_t *node, const json_t *value)
{
    json_t *set = json_object();

    if (set && value && !collect(set, node, value, NULL)) {
        json_decref(set);
        return NULL;
    }
    return set;
}

/* ---- named members ---- */

static ts_node_t node_below(const ts_node_t *node, const char *element, bool *named)
{
    ts_shape_t shape = ts_node_shape(node);
    ts_node_t below = { .source = TS_SOURCE_NONE };

    *named = false;
    if (element[0] == 'f' && shape.map) {
        *named = ts_node_member(node, element + 2, &below) == TS_DECLARED;
    } else if (element[0] == 'k' && shape.list) {
        below = ts_node_item(node);
    }
    return below;
}

static json_t *name_members(const ts_node_t *node, const json_t *set)
{
    json_t *out = json_object(), *value;
    const char *key;
    bool named;

    json_object_foreach((json_t *)set, key, value) {
        ts_node_t below = node_below(node, key, &named);
        json_t *child = name_members(&below, value);

        if (named && json_object_size(child) > 0 && json_object_set_new(child, ".", json_object())) {
            json_decref(child);
            child = NULL;
        }
        if (json_object_set_new(out, key, child)) {
            json_decref(out);
            return NULL;
        }
    }
    return out;
}

json_t *ts_walk_name_members(const ts_node_t *node, const json_t *set)
{
    return name_members(node, set);
}
