/* Typed objects from and to YAML, by way of JSON. */
#include <string.h>

#include <kube/object.h>
#include <kube/yaml.h>

#include "base/fail.h"
#include "object/problems.h"

static size_t line_of(const void *context, size_t offset)
{
    return kube_yaml_reader_line(context, offset);
}

/*
 * An error at an offset of the JSON becomes one at the line of the YAML that it came from, and at the offset where that line
 * begins.
 */
static void locate(kube_error_t *err, const kube_yaml_reader_t *reader, const char *text, size_t len)
{
    err->line = kube_yaml_reader_line(reader, err->offset);
    const char *at = text, *end = text + len;
    for (size_t line = 1; line < err->line && (at = memchr(at, '\n', (size_t)(end - at))); line++)
        at++;
    err->offset = at ? (size_t)(at - text) : 0;
}

static int decode_document(const kube_type_t *type, const char *text, size_t len, const kube_decode_options_t *options,
                           kube_yaml_reader_t *reader, kube_buffer_t *json, void **out, kube_error_t *err)
{
    bool found;
    int result = kube_yaml_reader_next(reader, json, &found, err);
    if (result < 0)
        return result;
    if (!found)
        return kube_fail(err, KUBE_E_PARSE, "there is no document");
    if (!kube_buffer_reserve(json, KUBE_JSON_PADDING))
        return kube_fail_memory(err);
    memset(json->data + json->len, 0, KUBE_JSON_PADDING);
    kube_decode_options_t padded = options ? *options : (kube_decode_options_t){ 0 };
    padded.flags |= KUBE_DECODE_PADDED;
    result = kube_json_decode(type, json->data, json->len, &padded, out, err);
    if (padded.problems && *padded.problems)
        kube_problems_set_lines(*padded.problems, line_of, reader);
    if (result < 0 && err)
        locate(err, reader, text, len);
    return result;
}

static int refuse_more(kube_yaml_reader_t *reader, kube_buffer_t *json, kube_error_t *err)
{
    bool found;
    kube_buffer_clear(json);
    int result = kube_yaml_reader_next(reader, json, &found, err);
    if (result == 0 && found) {
        if (err)
            err->line = kube_yaml_reader_line(reader, 0);
        return kube_fail(err, KUBE_E_PARSE, "there is more than one document");
    }
    return result;
}

int kube_yaml_decode(const kube_type_t *type, const char *text, size_t len, const kube_decode_options_t *options, void *out,
                     kube_error_t *err)
{
    kube_error_reset(err);
    if (options && options->problems)
        *options->problems = NULL;
    if (!type || !text || !out)
        return kube_fail(err, KUBE_E_USAGE, "type, text and out must not be NULL");
    void *object = NULL;
    memcpy(out, &object, sizeof object);
    kube_yaml_options_t limits = { .max_depth = options ? options->max_depth : 0 };
    kube_yaml_reader_t *reader = kube_yaml_reader_new(text, len, &limits);
    if (!reader)
        return kube_fail_memory(err);
    kube_buffer_t json = { 0 };
    int result = decode_document(type, text, len, options, reader, &json, &object, err);
    if (result == 0)
        result = refuse_more(reader, &json, err);
    if (result < 0) {
        kube_free(object);
        object = NULL;
    }
    memcpy(out, &object, sizeof object);
    kube_buffer_dispose(&json);
    kube_yaml_reader_free(reader);
    return result;
}

int kube_yaml_encode(const kube_type_t *type, const void *object, unsigned flags, kube_buffer_t *buffer, kube_error_t *err)
{
    kube_error_reset(err);
    if (!buffer)
        return kube_fail(err, KUBE_E_USAGE, "buffer must not be NULL");
    kube_buffer_t json = { 0 };
    int result = kube_json_encode(type, object, flags & ~(unsigned)KUBE_ENCODE_INDENT, &json, err);
    if (result == 0)
        result = kube_yaml_from_json(json.data, json.len, buffer, err);
    kube_buffer_dispose(&json);
    return result;
}
