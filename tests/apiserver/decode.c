#include "decode.h"

#include <stdio.h>

#include <kube/json.h>
#include <kube/object.h>
#include <kube/yaml.h>

#include "gotype.h"
#include "status.h"

/* ---- the body ---- */

static bool is_media(const char *type, const char *media)
{
    size_t len = strlen(media);
    return type && strncmp(type, media, len) == 0 && (type[len] == 0 || type[len] == ';' || type[len] == ' ');
}

static bool yaml_text(const ts_request_t *request, kube_buffer_t *out, ts_reply_t *reply)
{
    kube_error_t err;
    bool found = false;
    kube_yaml_reader_t *reader = kube_yaml_reader_new(request->body.data, request->body.len, NULL);
    int code = reader ? kube_yaml_reader_next(reader, out, &found, &err) : KUBE_E_NO_MEMORY;
    kube_yaml_reader_free(reader);
    if (code == KUBE_OK && !found)
        kube_buffer_puts(out, "null");
    if (code == KUBE_OK)
        return true;
    ts_status_bad_request(reply, "error decoding YAML: error converting YAML to JSON: yaml: line %zu: %s", err.line, err.message);
    return false;
}

bool ts_body_text(const ts_request_t *request, kube_buffer_t *out, ts_reply_t *reply)
{
    const char *type = ts_header(request, "Content-Type");
    if (is_media(type, "application/yaml") || is_media(type, "application/apply-patch+yaml"))
        return yaml_text(request, out, reply);
    if (type && *type && !is_media(type, "application/json") && !is_media(type, "*/*")) {
        ts_status(reply, 415, "UnsupportedMediaType", NULL, "the body of the request was in an unknown format - accepted media types "
                  "include: application/json, application/yaml (kubectl: `create -f` and `apply` send JSON)");
        return false;
    }
    kube_buffer_append(out, request->body.data ? request->body.data : "", request->body.len);
    return true;
}

static void not_json(const char *kind, const kube_buffer_t *text, const json_error_t *error, const json_t *document, ts_reply_t *reply)
{
    bool cut = error->position >= (int)text->len || text->len == 0;
    if (document && !json_is_object(document))
        ts_status_bad_request(reply, "the object provided is unrecognized (must be of type %s): couldn't get version/kind; json parse "
                              "error: json: cannot unmarshal %s into Go value of type struct { APIVersion string "
                              "\"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" } (%s)", kind,
                              ts_go_json_kind(document), text->data);
    else
        ts_status_bad_request(reply, "the object provided is unrecognized (must be of type %s): couldn't get version/kind; json parse "
                              "error: %s (%s)", kind, cut ? "unexpected end of JSON input" : error->text,
                              text->len ? text->data : "<empty>");
}

/* apiVersion and kind must be those of the resource; a built-in one takes them from the path when they are absent. */
static bool check_type(const ts_request_t *request, const char *api_version, const char *kind, const json_t *object, ts_reply_t *reply)
{
    const char *version = ts_text_at(object, "apiVersion"), *own_kind = ts_text_at(object, "kind");
    const char *short_version = strchr(api_version, '/') ? strchr(api_version, '/') + 1 : api_version;
    version = version ? version : "";
    own_kind = own_kind ? own_kind : "";
    if (request->resource->crd && !*own_kind) {
        char *text = json_dumps(object, JSON_COMPACT);
        ts_status_bad_request(reply, "the object provided is unrecognized (must be of type %s): Object 'Kind' is missing in '%s'", kind, text);
        free(text);
        return false;
    }
    if ((!*version || ts_is(version, api_version)) && (!*own_kind || ts_is(own_kind, kind)))
        return true;
    const char *given = *version ? version : api_version, *given_kind = *own_kind ? own_kind : kind;
    const char *given_short = strchr(given, '/') ? strchr(given, '/') + 1 : given;
    if (request->resource->crd)
        ts_status_bad_request(reply, "%s in version \"%s\" cannot be handled as a %s: the API version in the data (%s) does not match "
                              "the expected API version (%s)", given_kind, given_short, kind, given, api_version);
    else if (ts_resource_of_kind(request->server, given, given_kind))
        ts_status_bad_request(reply, "%s in version \"%s\" cannot be handled as a %s: converting (%s.%s) to (core.%s): unknown conversion",
                              given_kind, given_short, kind, short_version, given_kind, kind);
    else
        ts_status_bad_request(reply, "%s in version \"%s\" cannot be handled as a %s: no kind \"%s\" is registered for version \"%s\" in "
                              "scheme \"pkg/runtime/scheme.go:111\"", given_kind, given_short, kind, given_kind, given);
    return false;
}

bool ts_body_object(const ts_request_t *request, const char *api_version, const char *kind, json_t **out, json_t *duplicates, ts_reply_t *reply)
{
    kube_buffer_t text = { 0 };
    json_error_t error;
    *out = NULL;
    if (!ts_body_text(request, &text, reply)) {
        kube_buffer_dispose(&text);
        return false;
    }
    json_t *object = text.len ? json_loadb(text.data, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error) : NULL;
    bool ok = json_is_object(object);
    if (!ok)
        not_json(kind, &text, &error, object, reply);
    else if (duplicates)
        ts_find_duplicates(text.data, text.len, duplicates);
    kube_buffer_dispose(&text);
    ok = ok && check_type(request, api_version, kind, object, reply);
    if (!ok) {
        json_decref(object);
        return false;
    }
    json_object_set_new(object, "apiVersion", ts_string(api_version));
    json_object_set_new(object, "kind", ts_string(kind));
    *out = object;
    return true;
}

/* ---- form ---- */

/* 400 for a body; 422 with the whole object quoted for a patch, as the real server has it. */
static bool refuse(const ts_request_t *request, const char *patched, const char *why, ts_reply_t *reply)
{
    const ts_api_t *api = &request->resource->api;
    if (!patched) {
        ts_status_bad_request(reply, "%s in version \"%s\" cannot be handled as a %s: %s", api->kind, api->version, api->kind, why);
        return false;
    }
    json_t *quoted = ts_string(patched);
    char *text = json_dumps(quoted, JSON_ENCODE_ANY);
    json_t *details = ts_need(json_object());
    json_t *causes = ts_causes(ts_cause("FieldValueInvalid", "patch", "Invalid value: %s: %s", text, why));
    json_object_set_new(details, "causes", causes);
    ts_status(reply, 422, "Invalid", details, " \"\" is invalid: patch: Invalid value: %s: %s", text, why);
    free(text);
    json_decref(quoted);
    return false;
}

static bool report(const ts_request_t *request, const json_t *found, const ts_write_options_t *options, const char *patched, ts_reply_t *reply)
{
    size_t i;
    json_t *text;
    kube_buffer_t all = { 0 };
    if (json_array_size(found) == 0)
        return true;
    json_array_foreach (found, i, text) {
        kube_buffer_printf(&all, "%s%s", i ? ", " : "strict decoding error: ", json_string_value(text));
        if (options->warn)
            ts_reply_warning(reply, json_string_value(text));
    }
    bool ok = !options->strict || refuse(request, patched, all.data, reply);
    kube_buffer_dispose(&all);
    return ok;
}

static void drop_empty(json_t *value, uint8_t kind, const void *type);

static void drop_empty_members(json_t *object, const kube_type_t *type)
{
    for (size_t i = 0; i < type->field_count; i++) {
        const kube_field_t *field = &type->fields[i];
        char text[TS_FIELD_NAME_SIZE];
        const char *name = ts_field_name(field, text);
        json_t *value = json_object_get(object, name);
        bool empty = field->kind == KUBE_KIND_LIST ? json_array_size(value) == 0 : field->kind == KUBE_KIND_MAP && json_object_size(value) == 0;
        if (!value)
            continue;
        if (empty && !(field->flags & KUBE_FIELD_REQUIRED))
            json_object_del(object, name);
        else
            drop_empty(value, field->kind, field->type);
    }
}

/* Optional lists and maps without content do not survive a real server's encoding. */
static void drop_empty(json_t *value, uint8_t kind, const void *type)
{
    const kube_element_t *element = type;
    const char *key;
    json_t *item;
    size_t i;
    if (kind == KUBE_KIND_OBJECT || kind == KUBE_KIND_STRUCT) {
        drop_empty_members(value, type);
    } else if (kind == KUBE_KIND_LIST) {
        json_array_foreach (value, i, item)
            drop_empty(item, element->kind, element->type);
    } else if (kind == KUBE_KIND_MAP) {
        json_object_foreach (value, key, item)
            drop_empty(item, element->kind, element->type);
    }
}

/* Through the typed struct and back: values get the form in which a server keeps them (times, nulls gone), and are of the right type. */
static bool typed_form(const ts_request_t *request, json_t **object, const char *patched, ts_reply_t *reply)
{
    const kube_type_t *type = request->resource->type;
    kube_buffer_t text = { 0 };
    kube_error_t err;
    void *typed = NULL;
    ts_append_json(&text, *object);
    bool ok = kube_json_decode(type, text.data, text.len, NULL, &typed, &err) == KUBE_OK;
    kube_buffer_clear(&text);
    if (!ok) {
        char *why = ts_go_decode_error(type, *object, &err);
        refuse(request, patched, why, reply);
        free(why);
    } else if (kube_json_encode(type, typed, 0, &text, &err) == KUBE_OK) {
        json_decref(*object);
        *object = ts_need(json_loadb(text.data, text.len, JSON_ALLOW_NUL, NULL));
        drop_empty_members(*object, type);
    }
    kube_free(typed);
    kube_buffer_dispose(&text);
    return ok;
}

bool ts_normalise(const ts_request_t *request, json_t **object, json_t *duplicates, const ts_write_options_t *options, const char *patched,
                  ts_reply_t *reply)
{
    const ts_resource_t *resource = request->resource;
    json_t *unknown = ts_need(json_array()), *found = ts_need(json_array()), *path;
    size_t i;
    bool ok = true;
    if (resource->schema) {
        ts_schema_prune(resource->schema, *object, unknown);
        json_array_foreach (unknown, i, path) {
            char *text = ts_printf("unknown field \"%s\"", json_string_value(path));
            json_array_append_new(found, ts_string(text));
            free(text);
        }
    }
    json_array_extend(found, duplicates);
    ok = report(request, found, options, patched, reply);
    if (ok && resource->type)
        ok = typed_form(request, object, patched, reply);
    if (ok && resource->schema)
        ts_schema_default(resource->schema, *object);
    json_decref(unknown);
    json_decref(found);
    return ok;
}
