/* Validation of custom objects, in the words and the order of the real server's validators. */
#include "schema_node.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "field_set.h"
#include "schema_format.h"

#define NO_FIELD "<nil>"

typedef struct {
    json_t *causes;
    bool failed;
} validation_t;

static void validate(validation_t *out, const json_t *schema, const json_t *value, const char *path);

static const char *field_of(const char *path)
{
    return *path ? path : NO_FIELD;
}

static void add(validation_t *out, const char *reason, const char *field, const char *format, ...) KUBE_FORMAT(4, 5);
static void add(validation_t *out, const char *reason, const char *field, const char *format, ...)
{
    char *message = NULL;
    va_list arguments;
    json_t *cause;

    va_start(arguments, format);
    if (vasprintf(&message, format, arguments) < 0) {
        message = NULL;
    }
    va_end(arguments);
    cause = message ? json_pack("{s:s, s:s, s:s}", "reason", reason, "message", message, "field", field) : NULL;
    out->failed |= !cause || json_array_append_new(out->causes, cause);
    free(message);
}

/* A value as it stands in messages; to be freed, may be NULL. */
static void add_invalid(validation_t *out, const char *path, const json_t *value, const char *format, ...) KUBE_FORMAT(4, 5);
static void add_invalid(validation_t *out, const char *path, const json_t *value, const char *format, ...)
{
    char *text = ts_value_text(value), *what = NULL;
    va_list arguments;

    va_start(arguments, format);
    if (vasprintf(&what, format, arguments) < 0) {
        what = NULL;
    }
    va_end(arguments);
    out->failed |= !text || !what;
    add(out, "FieldValueInvalid", field_of(path), "Invalid value: %s: %s in body %s", text ? text : "", path, what ? what : "");
    free(text);
    free(what);
}

/* ---- types ---- */

static bool is_whole(const json_t *value)
{
    return json_is_integer(value) || (json_is_real(value) && floor(json_real_value(value)) >= json_real_value(value));
}

static const char *type_of(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: return "object";
    case JSON_ARRAY: return "array";
    case JSON_STRING: return "string";
    case JSON_INTEGER: return "integer";
    case JSON_REAL: return "number";
    case JSON_NULL: return "null";
    default: return "boolean";
    }
}

static const char *text_at(const json_t *schema, const char *name)
{
    return json_string_value(json_object_get(schema, name));
}

static void add_type(validation_t *out, const char *path, const char *expected, const char *actual)
{
    add(out, "FieldValueTypeInvalid", field_of(path), "Invalid value: \"%s\": %s in body must be of type %s: \"%s\"", actual, path,
        expected, actual);
}

/* A number that is no string of some format is named by Go's type. */
static const char *go_format_of(const json_t *value)
{
    return json_is_integer(value) ? "int64" : json_is_real(value) ? "double" : "";
}

static bool type_fits(const char *type, const json_t *value)
{
    return strcmp(type, type_of(value)) == 0 || (strcmp(type, "number") == 0 && json_is_number(value)) ||
        (strcmp(type, "integer") == 0 && is_whole(value));
}

static void validate_type(validation_t *out, const json_t *schema, const json_t *value, const char *path)
{
    bool int_or_string = json_is_true(json_object_get(schema, "x-kubernetes-int-or-string"));
    const char *type = int_or_string ? "integer,string" : text_at(schema, "type"), *format = text_at(schema, "format");
    bool numeric = type && (int_or_string || strcmp(type, "number") == 0 || strcmp(type, "integer") == 0);

    if (!type || (json_is_null(value) && json_is_true(json_object_get(schema, "nullable")))) {
        return;
    }
    if (int_or_string ? json_is_string(value) || is_whole(value) : type_fits(type, value)) {
        return;
    }
    if (format && !json_is_null(value) && !numeric && (json_is_string(value) || json_is_array(value))) {
        return;
    }
    if (format && !json_is_null(value) && !json_is_string(value) && !json_is_array(value)) {
        add_type(out, path, format, go_format_of(value));
    } else {
        add_type(out, path, type, type_of(value));
    }
}

/* ---- strings and numbers ---- */

static size_t count_characters(const char *text)
{
    size_t count = 0;

    for (; *text; text++) {
        count += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return count;
}

static void validate_string(validation_t *out, const json_t *schema, const json_t *value, const char *path)
{
    const json_t *min = json_object_get(schema, "minLength"), *max = json_object_get(schema, "maxLength");
    const char *text = json_string_value(value), *pattern = text_at(schema, "pattern"), *format = text_at(schema, "format");
    json_int_t length = (json_int_t)count_characters(text);

    if (max && length > json_integer_value(max)) {
        add(out, "FieldValueTooLong", field_of(path), "Too long: may not be more than %lld bytes", (long long)json_integer_value(max));
    }
    if (min && length < json_integer_value(min)) {
        add_invalid(out, path, value, "should be at least %lld chars long", (long long)json_integer_value(min));
    }
    if (pattern && !ts_pattern_matches(pattern, text)) {
        add_invalid(out, path, value, "should match '%s'", pattern);
    }
    if (format && !ts_format_fits(format, text)) {
        add_type(out, path, format, text);
    }
}

static void validate_range(validation_t *out, const json_t *schema, const json_t *value, const char *path)
{
    const json_t *min = json_object_get(schema, "minimum"), *max = json_object_get(schema, "maximum");
    bool above = json_is_true(json_object_get(schema, "exclusiveMinimum")), below =
        json_is_true(json_object_get(schema, "exclusiveMaximum"));
    double number = json_number_value(value);
    char *min_text = min ? ts_value_text(min) : NULL, *max_text = max ? ts_value_text(max) : NULL;

    if (max && (below ? number >= json_number_value(max) : number > json_number_value(max))) {
        add_invalid(out, path, value, below ? "should be less than %s" : "should be less than or equal to %s", max_text);
    }
    if (min && (above ? number <= json_number_value(min) : number < json_number_value(min))) {
        add_invalid(out, path, value, above ? "should be greater than %s" : "should be greater than or equal to %s", min_text);
    }
    free(min_text);
    free(max_text);
}

static void validate_number(validation_t *out, const json_t *schema, const json_t *value, const char *path)
{
    const char *type = text_at(schema, "type"), *format = text_at(schema, "format");
    const json_t *multiple = json_object_get(schema, "multipleOf");
    bool integer = type && strcmp(type, "integer") == 0, int32 = integer && format && strcmp(format, "int32") == 0;
    double number = json_number_value(value);

    if (integer && !is_whole(value)) {
        add(out, "FieldValueInvalid", NO_FIELD,
            "Invalid value: \"\": Checked value must be of type integer (default format) in %s", path);
    } else if (int32 && (number > 2147483647.0 || number < -2147483648.0)) {
        add(out, "FieldValueInvalid", NO_FIELD,
            "Invalid value: \"\": Checked value must be of type integer with format int32 in %s", path);
    }
    if (multiple && fabs(remainder(number, json_number_value(multiple))) > 1e-9) {
        char *text = ts_value_text(multiple);

        add_invalid(out, path, value, "should be a multiple of %s", text ? text : "");
        free(text);
    }
    validate_range(out, schema, value, path);
}

static void validate_enum(validation_t *out, const json_t *schema, const json_t *value, const char *path)
{
    const json_t *allowed = json_object_get(schema, "enum"), *one;
    kube_buffer_t list = { 0 };
    char *text;
    size_t i;

    json_array_foreach((json_t *)allowed, i, one) {
        if (ts_value_equal(one, value)) {
            kube_buffer_dispose(&list);
            return;
        }
        text = ts_value_text(one);
        kube_buffer_printf(&list, json_is_string(one) ? "%s%s" : "%s\"%s\"", i ? ", " : "", text ? text : "");
        free(text);
    }
    if (allowed) {
        text = ts_value_text(value);
        add(out, "FieldValueNotSupported", field_of(path), "Unsupported value: %s: supported values: %s", text ? text : "",
            list.data ? list.data : "");
        free(text);
    }
    kube_buffer_dispose(&list);
}

/* ---- lists and objects ---- */

static void validate_below(validation_t *out, const json_t *schema, const json_t *value, const char *path, const char *name)
{
    kube_buffer_t below = { 0 };

    kube_buffer_printf(&below, "%s%s%s", path, *path ? "." : "", name);
    out->failed |= below.failed;
    validate(out, schema, value, below.failed ? "" : below.data);
    kube_buffer_dispose(&below);
}

static void validate_list(validation_t *out, const json_t *schema, const json_t *list, const char *path)
{
    const json_t *items = json_object_get(schema, "items"), *min = json_object_get(schema, "minItems"), *max =
        json_object_get(schema, "maxItems");
    json_int_t size = (json_int_t)json_array_size(list);
    size_t i;

    for (i = 0; items && i < json_array_size(list); i++) {
        kube_buffer_t below = { 0 };

        kube_buffer_printf(&below, "%s[%zu]", path, i);
        validate(out, items, json_array_get(list, i), below.failed ? "" : below.data);
        kube_buffer_dispose(&below);
    }
    if (min && size < json_integer_value(min)) {
        add(out, "FieldValueInvalid", field_of(path), "Invalid value: %lld: %s in body should have at least %lld items",
            (long long)size, path,
            (long long)json_integer_value(min));
    }
    if (max && size > json_integer_value(max)) {
        add(out, "FieldValueTooMany", field_of(path), "Too many: %lld: must have at most %lld items", (long long)size,
            (long long)json_integer_value(max));
    }
}

static void validate_required(validation_t *out, const json_t *required, const json_t *object, const char *path)
{
    const json_t *name;
    size_t i;

    json_array_foreach((json_t *)required, i, name) {
        kube_buffer_t field = { 0 };

        if (!json_object_get(object, json_string_value(name))) {
            kube_buffer_printf(&field, "%s%s%s", path, *path ? "." : "", json_string_value(name));
            add(out, "FieldValueRequired", field.failed ? "" : field.data, "Required value");
        }
        kube_buffer_dispose(&field);
    }
}

static void validate_size(validation_t *out, const json_t *schema, json_int_t size, const char *path)
{
    const json_t *min = json_object_get(schema, "minProperties"), *max = json_object_get(schema, "maxProperties");

    if (min && size < json_integer_value(min)) {
        add(out, "FieldValueInvalid", field_of(path), "Invalid value: %lld: %s in body should have at least %lld properties",
            (long long)size, path,
            (long long)json_integer_value(min));
    }
    if (max && size > json_integer_value(max)) {
        add(out, "FieldValueTooMany", field_of(path), "Too many: %lld: must have at most %lld items", (long long)size,
            (long long)json_integer_value(max));
    }
}

static void validate_object(validation_t *out, const json_t *schema, const json_t *object, const char *path)
{
    const json_t *properties = json_object_get(schema, "properties"), *others = json_object_get(schema, "additionalProperties");
    json_t *below, *value;
    const char *name;

    validate_size(out, schema, (json_int_t)json_object_size(object), path);
    json_object_foreach((json_t *)object, name, value) {
        if (json_is_object(others) && !json_object_get(properties, name)) {
            validate_below(out, others, value, path, name);
        }
    }
    json_object_foreach((json_t *)properties, name, below) {
        if (json_object_get(object, name)) {
            validate_below(out, below, json_object_get(object, name), path, name);
        }
    }
    validate_required(out, json_object_get(schema, "required"), object, path);
}

/* ---- combinations ---- */

/* How many alternatives hold; the causes of the first that does not in *first (a new array, NULL when there is none). */
static size_t count_valid(validation_t *out, const json_t *alternatives, const json_t *value, const char *path, json_t **first)
{
    const json_t *one;
    size_t valid = 0, i;

    *first = NULL;
    json_array_foreach((json_t *)alternatives, i, one) {
        validation_t trial = { .causes = json_array() };

        validate(&trial, one, value, path);
        out->failed |= trial.failed || !trial.causes;
        valid += json_array_size(trial.causes) == 0;
        if (json_array_size(trial.causes) && !*first) {
            *first = json_incref(trial.causes);
        }
        json_decref(trial.causes);
    }
    return valid;
}

static void validate_any(validation_t *out, const json_t *alternatives, const json_t *value, const char *path)
{
    json_t *first;

    if (alternatives && count_valid(out, alternatives, value, path, &first) == 0) {
        add(out, "FieldValueInvalid", NO_FIELD, "Invalid value: \"\": \"%s\" must validate at least one schema (anyOf)", path);
        json_array_extend(out->causes, first);
    }
    if (alternatives) {
        json_decref(first);
    }
}

static void validate_one(validation_t *out, const json_t *alternatives, const json_t *value, const char *path)
{
    json_t *first = NULL;
    size_t valid = alternatives ? count_valid(out, alternatives, value, path, &first) : 1;

    if (valid == 0) {
        add(out, "FieldValueInvalid", NO_FIELD,
            "Invalid value: \"\": \"%s\" must validate one and only one schema (oneOf). Found none valid", path);
        json_array_extend(out->causes, first);
    } else if (valid > 1) {
        add(out, "FieldValueInvalid", NO_FIELD,
            "Invalid value: \"\": \"%s\" must validate one and only one schema (oneOf). Found %zu valid alternatives", path,
            valid);
    }
    json_decref(first);
}

static void validate_all(validation_t *out, const json_t *alternatives, const json_t *value, const char *path)
{
    size_t before, valid = 0, i;
    const json_t *one;

    json_array_foreach((json_t *)alternatives, i, one) {
        before = json_array_size(out->causes);
        validate(out, one, value, path);
        valid += json_array_size(out->causes) == before;
    }
    if (valid < json_array_size(alternatives)) {
        add(out, "FieldValueInvalid", NO_FIELD, "Invalid value: \"\": \"%s\" must validate all the schemas (allOf)%s", path, valid
            ? "" : ". None validated");
    }
}

static void validate_not(validation_t *out, const json_t *schema, const json_t *value, const char *path)
{
    validation_t trial = { .causes = json_array() };

    if (schema) {
        validate(&trial, schema, value, path);
        if (json_array_size(trial.causes) == 0) {
            add(out, "FieldValueInvalid", NO_FIELD, "Invalid value: \"\": \"%s\" must not validate the schema (not)", path);
        }
    }
    json_decref(trial.causes);
}

static void validate(validation_t *out, const json_t *schema, const json_t *value, const char *path)
{
    validate_type(out, schema, value, path);
    if (!json_is_null(value)) {
        validate_any(out, json_object_get(schema, "anyOf"), value, path);
        validate_one(out, json_object_get(schema, "oneOf"), value, path);
        validate_all(out, json_object_get(schema, "allOf"), value, path);
        validate_not(out, json_object_get(schema, "not"), value, path);
    }
    if (json_is_string(value)) {
        validate_string(out, schema, value, path);
    } else if (json_is_number(value)) {
        validate_number(out, schema, value, path);
    } else if (json_is_array(value)) {
        validate_list(out, schema, value, path);
    }
    validate_enum(out, schema, value, path);
    if (json_is_object(value)) {
        validate_object(out, schema, value, path);
    }
}

/* ---- what comes after the schema itself: embedded objects, lists that are sets or maps ---- */

static void check_structure(validation_t *out, const json_t *schema, const json_t *value, const char *path, bool is_root);

static void check_embedded(validation_t *out, const json_t *object, const char *path)
{
    json_t *required = json_pack("[s, s]", "apiVersion", "kind");

    validate_required(out, required, object, path);
    json_decref(required);
}

/* What makes an item of a list unlike the others. A new value. */
static json_t *identity(const json_t *keys, json_t *item)
{
    json_t *out, *name;
    size_t i;

    if (!keys) {
        return json_incref(item);
    }
    out = json_object();
    json_array_foreach((json_t *)keys, i, name) {
        json_t *value = json_object_get(item, json_string_value(name));

        json_object_set(out, json_string_value(name), value);
    }
    return out;
}

static void check_duplicates(validation_t *out, const json_t *keys, const json_t *list, const char *path)
{
    json_t *seen = json_object(), *item;
    size_t i;

    json_array_foreach((json_t *)list, i, item) {
        json_t *what = identity(keys, item);
        char *text = ts_value_text(what);
        json_int_t times = json_integer_value(json_object_get(seen, text));
        kube_buffer_t field = { 0 };

        kube_buffer_printf(&field, "%s[%zu]", path, i);
        if (times == 1) {
            add(out, "FieldValueDuplicate", field.failed ? "" : field.data, "Duplicate value: %s", text ? text : "");
        }
        out->failed |= json_object_set_new(seen, text, json_integer(times + 1)) != 0;
        kube_buffer_dispose(&field);
        free(text);
        json_decref(what);
    }
    json_decref(seen);
}

/* Whether a list that is a map has only objects; the first other is reported. */
static bool has_only_objects(validation_t *out, const json_t *list, const char *path)
{
    const json_t *item;
    size_t i;

    json_array_foreach((json_t *)list, i, item) {
        if (!json_is_object(item) && !json_is_null(item)) {
            kube_buffer_t field = { 0 };
            char *text = ts_value_text(item);

            kube_buffer_printf(&field, "%s[%zu]", path, i);
            add(out, "FieldValueInvalid", field.failed ? "" : field.data,
                "Invalid value: %s: must be an object for an array of list-type map", text ? text : "");
            kube_buffer_dispose(&field);
            free(text);
            return false;
        }
    }
    return true;
}

static void check_list(validation_t *out, const json_t *schema, const json_t *list, const char *path)
{
    const char *type = text_at(schema, "x-kubernetes-list-type");
    const json_t *items = json_object_get(schema, "items");
    size_t i;

    if (type && strcmp(type, "set") == 0) {
        check_duplicates(out, NULL, list, path);
    } else if (type && strcmp(type, "map") == 0 && has_only_objects(out, list, path)) {
        check_duplicates(out, json_object_get(schema, "x-kubernetes-list-map-keys"), list, path);
    }
    for (i = 0; items && i < json_array_size(list); i++) {
        kube_buffer_t below = { 0 };

        kube_buffer_printf(&below, "%s[%zu]", path, i);
        check_structure(out, items, json_array_get(list, i), below.failed ? "" : below.data, false);
        kube_buffer_dispose(&below);
    }
}

static void check_structure(validation_t *out, const json_t *schema, const json_t *value, const char *path, bool is_root)
{
    const json_t *properties = json_object_get(schema, "properties"), *others = json_object_get(schema, "additionalProperties");
    const char *name;
    json_t *member;

    if (json_is_array(value)) {
        check_list(out, schema, value, path);
        return;
    }
    if (json_is_object(value) && !is_root && json_is_true(json_object_get(schema, "x-kubernetes-embedded-resource"))) {
        check_embedded(out, value, path);
    }
    json_object_foreach((json_t *)value, name, member) {
        const json_t *below = json_object_get(properties, name);
        kube_buffer_t field = { 0 };

        below = below ? below : others;
        if (json_is_object(below)) {
            kube_buffer_printf(&field, "%s%s%s", path, *path ? "." : "", name);
            check_structure(out, below, member, field.failed ? "" : field.data, false);
        }
        kube_buffer_dispose(&field);
    }
}

int ts_schema_validate(const ts_schema_t *schema, const json_t *object, json_t **causes)
{
    validation_t out = { .causes = json_array() };

    *causes = NULL;
    if (schema->root.source == TS_SOURCE_CRD) {
        validate(&out, schema->root.table, object, "");
        check_structure(&out, schema->root.table, object, "", true);
    }
    if (out.failed || !out.causes) {
        json_decref(out.causes);
        return KUBE_E_NO_MEMORY;
    }
    if (json_array_size(out.causes) == 0) {
        json_decref(out.causes);
        return 0;
    }
    *causes = out.causes;
    return KUBE_E_INVALID;
}

char *ts_causes_text(const json_t *causes)
{
    kube_buffer_t out = { 0 };
    bool several = json_array_size(causes) > 1;
    json_t *cause;
    char *text;
    size_t i;

    kube_buffer_puts(&out, several ? "[" : "");
    json_array_foreach((json_t *)causes, i, cause) {
        kube_buffer_printf(&out, "%s%s: %s", i ? ", " : "", text_at(cause, "field"), text_at(cause, "message"));
    }
    kube_buffer_puts(&out, several ? "]" : "");
    text = out.failed || !out.data ? NULL : strdup(out.data);
    kube_buffer_dispose(&out);
    return text;
}
