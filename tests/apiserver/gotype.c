#include "gotype.h"

#include "util.h"

const char *ts_go_json_kind(const json_t *value)
{
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_OBJECT: return "object";
    case JSON_ARRAY: return "array";
    case JSON_STRING: return "string";
    case JSON_TRUE: case JSON_FALSE: return "bool";
    case JSON_NULL: return "null";
    default: return "number";
    }
}

/* "io.k8s.api.core.v1.PodSpec": "v1.PodSpec", or "PodSpec". */
static const char *short_name(const kube_type_t *type, unsigned dots)
{
    const char *at = type->name + strlen(type->name);
    while (at > type->name) {
        if (at[-1] == '.' && dots-- == 0)
            break;
        at--;
    }
    return at;
}

static char *go_type(uint8_t kind, const void *type);

static char *go_element(const char *prefix, const kube_element_t *element)
{
    char *inner = go_type(element->kind, element->type), *text = ts_printf("%s%s", prefix, inner);
    free(inner);
    return text;
}

static char *go_type(uint8_t kind, const void *type)
{
    switch ((kube_kind_t)kind) {
    case KUBE_KIND_BOOL: case KUBE_KIND_PLAIN_BOOL: return ts_strdup("bool");
    case KUBE_KIND_INT32: case KUBE_KIND_PLAIN_INT32: return ts_strdup("int32");
    case KUBE_KIND_INT64: case KUBE_KIND_PLAIN_INT64: return ts_strdup("int64");
    case KUBE_KIND_DOUBLE: case KUBE_KIND_PLAIN_DOUBLE: return ts_strdup("float64");
    case KUBE_KIND_BYTES: return ts_strdup("[]uint8");
    case KUBE_KIND_OBJECT: case KUBE_KIND_STRUCT: return ts_strdup(short_name(type, 1));
    case KUBE_KIND_LIST: return go_element("[]", type);
    case KUBE_KIND_MAP: return go_element("map[string]", type);
    default: return ts_strdup("string");
    }
}

/* The struct, the field and the value that a path leads to. */
typedef struct target {
    const kube_type_t *owner;
    uint8_t kind;
    const void *type;
    const json_t *value;
    kube_buffer_t path; /* as Go writes it: without indices and map keys */
} target_t;

/* One step into a list item or map entry. */
static void into_element(target_t *target, const kube_element_t *element, const json_t *value)
{
    target->kind = element->kind;
    target->type = element->type;
    target->value = value;
}

/* A map's key as paths have it, in quotes or not. */
static void into_key(target_t *target, const char *key, size_t len)
{
    bool quoted = len >= 2 && *key == '"';
    char *text = ts_strndup(key + quoted, len - 2 * quoted);
    into_element(target, target->type, json_object_get(target->value, text));
    free(text);
}

static bool step(target_t *target, const char *name, size_t len)
{
    char *text = ts_strndup(name, len);
    const json_t *value = json_object_get(target->value, text);
    free(text);
    if (target->kind == KUBE_KIND_MAP) {
        into_element(target, target->type, value);
        return true;
    }
    if (target->kind != KUBE_KIND_OBJECT && target->kind != KUBE_KIND_STRUCT)
        return false;
    const kube_field_t *field = kube_type_field(target->type, name, len);
    if (!field)
        return false;
    target->owner = target->type;
    kube_buffer_printf(&target->path, ".%.*s", (int)len, name);
    target->kind = field->kind;
    target->type = field->type;
    target->value = value;
    return true;
}

/* Map keys may hold dots, in brackets or not: what cannot be followed ends the walk. */
static void walk(target_t *target, const char *path)
{
    while (*path) {
        if (*path == '[') {
            size_t len = strcspn(path, "]");
            if (target->kind == KUBE_KIND_LIST)
                into_element(target, target->type, json_array_get(target->value, strtoul(path + 1, NULL, 10)));
            else if (target->kind == KUBE_KIND_MAP)
                into_key(target, path + 1, len - 1);
            path += len + (path[len] != 0);
        } else {
            size_t len = target->kind == KUBE_KIND_MAP ? strlen(path) : strcspn(path, ".[");
            if (len > 0 && !step(target, path, len))
                return;
            path += len;
        }
        path += *path == '.';
    }
}

char *ts_go_decode_error(const kube_type_t *type, const json_t *object, const kube_error_t *err)
{
    target_t target = { .owner = type, .kind = KUBE_KIND_OBJECT, .type = type, .value = object };
    kube_buffer_puts(&target.path, "");
    walk(&target, err->path);
    char *text;
    if (target.kind == KUBE_KIND_QUANTITY && json_is_string(target.value)) {
        text = ts_strdup("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    } else if ((target.kind == KUBE_KIND_TIME || target.kind == KUBE_KIND_MICRO_TIME) && json_is_string(target.value)) {
        const char *value = json_string_value(target.value);
        text = ts_printf("parsing time \"%s\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"%s\" as \"2006\"", value, value);
    } else if (target.kind == KUBE_KIND_BYTES && json_is_string(target.value)) {
        text = ts_strdup("illegal base64 data at input byte 0");
    } else {
        char *wanted = go_type(target.kind, target.type);
        text = ts_printf("json: cannot unmarshal %s into Go struct field %s%s of type %s", ts_go_json_kind(target.value),
                         short_name(target.owner, 0), target.path.data, wanted);
        free(wanted);
    }
    kube_buffer_dispose(&target.path);
    return text;
}
