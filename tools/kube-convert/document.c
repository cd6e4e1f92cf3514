#include "document.h"

#include <stdio.h>
#include <string.h>

/* A part of the document that has a kind of its own: the document itself, or an item of a List. */
typedef struct part {
    json_span_t text;
    size_t offset;    /* in the document, bytes */
    const char *path; /* of the part; "" for the document */
} part_t;

static bool convert_part(converter_t *converter, const part_t *part, kube_buffer_t *out);

static void report(converter_t *converter, const part_t *part, size_t offset, const char *path, const char *message)
{
    size_t line = kube_yaml_reader_line(converter->reader, part->offset + offset);
    findings_add(&converter->findings, line, part->path, path, message);
}

/* Problems of decoding know their offset. */
static void report_decoding(converter_t *converter, const part_t *part, const kube_problems_t *problems)
{
    for (size_t i = 0; i < kube_problems_count(problems); i++) {
        const kube_problem_t *problem = kube_problems_at(problems, i);
        report(converter, part, problem->offset, problem->path, problem->message);
    }
    converter->findings.more += kube_problems_total(problems) - kube_problems_count(problems);
}

/* Whether nothing is at a path: neither a value nor, on the way there, one of the wrong type, which was left out and told about. */
static bool absent(json_finder_t *finder, const char *path)
{
    json_span_t value;
    bool there = json_finder_value(finder, path, &value);
    return *value.at == 'n' || (!there && *value.at == '{');
}

/* Problems of objects in memory know their path only. */
static void report_checking(converter_t *converter, const part_t *part, const kube_problems_t *problems)
{
    json_finder_t finder = { .document = part->text };
    for (size_t i = 0; i < kube_problems_count(problems); i++) {
        const kube_problem_t *problem = kube_problems_at(problems, i);
        if (problem->kind != KUBE_PROBLEM_REQUIRED || absent(&finder, problem->path))
            report(converter, part, json_finder_locate(&finder, problem->path), problem->path, problem->message);
    }
    converter->findings.more += kube_problems_total(problems) - kube_problems_count(problems);
}

static bool encode(converter_t *converter, const part_t *part, const kube_type_t *type, const void *object, kube_buffer_t *out)
{
    kube_error_t err;
    int result = kube_json_encode(type, object, 0, out, &err);
    json_finder_t finder = { .document = part->text };
    if (result != KUBE_OK && result != KUBE_E_NO_MEMORY)
        report(converter, part, json_finder_locate(&finder, err.path), err.path, err.message);
    return result != KUBE_E_NO_MEMORY;
}

static bool decode_lenient(converter_t *converter, const part_t *part, const kube_type_t *type, void **object)
{
    kube_decode_options_t options = { .pool = converter->pool };
    kube_error_t err;
    int result = kube_json_decode(type, part->text.at, part->text.len, &options, object, &err);
    if (result != KUBE_OK && result != KUBE_E_NO_MEMORY)
        report(converter, part, err.offset, err.path, err.message);
    return result != KUBE_E_NO_MEMORY;
}

/* The text with null in the place of values that have the wrong type. */
static void leave_out_wrong_types(json_span_t text, const kube_problems_t *problems, kube_buffer_t *out)
{
    const char *copied = text.at;
    json_finder_t finder = { .document = text };
    for (size_t i = 0; i < kube_problems_count(problems); i++) {
        const kube_problem_t *problem = kube_problems_at(problems, i);
        json_span_t value;
        if (problem->kind == KUBE_PROBLEM_WRONG_TYPE && json_finder_value(&finder, problem->path, &value) && value.at >= copied) {
            kube_buffer_append(out, copied, (size_t)(value.at - copied));
            kube_buffer_puts(out, "null");
            copied = value.at + value.len;
        }
    }
    kube_buffer_append(out, copied, (size_t)(text.at + text.len - copied));
}

/* What can be read of a document that has problems: the rest of it is checked all the same. */
static int decode_rest(converter_t *converter, const part_t *part, const kube_type_t *type, const kube_problems_t *problems, void **object)
{
    kube_buffer_t rest = { 0 };
    kube_decode_options_t options = { .pool = converter->pool };
    leave_out_wrong_types(part->text, problems, &rest);
    int result = rest.failed ? KUBE_E_NO_MEMORY : kube_json_decode(type, rest.data, rest.len, &options, object, NULL);
    kube_buffer_dispose(&rest);
    return result;
}

static bool check(converter_t *converter, const part_t *part, const kube_type_t *type, const void *object)
{
    kube_problems_t *problems;
    int result = kube_check(type, object, &problems, NULL);
    report_checking(converter, part, problems);
    kube_problems_free(problems);
    return result != KUBE_E_NO_MEMORY;
}

static bool decode_strict(converter_t *converter, const part_t *part, const kube_type_t *type, void **object)
{
    kube_problems_t *problems = NULL;
    kube_decode_options_t options = { .pool = converter->pool, .flags = KUBE_DECODE_STRICT, .problems = &problems };
    kube_error_t err;
    int result = kube_json_decode(type, part->text.at, part->text.len, &options, object, &err);
    if (problems) {
        report_decoding(converter, part, problems);
        result = decode_rest(converter, part, type, problems, object);
        kube_problems_free(problems);
    } else if (result != KUBE_OK && result != KUBE_E_NO_MEMORY) {
        report(converter, part, err.offset, err.path, err.message);
    }
    return result != KUBE_E_NO_MEMORY && (!*object || check(converter, part, type, *object));
}

/* Sets *object to what the part holds, or NULL when it cannot be read; problems are reported. False when memory is exhausted. */
static bool decode(converter_t *converter, const part_t *part, const kube_type_t *type, void **object)
{
    *object = NULL;
    return converter->strict ? decode_strict(converter, part, type, object) : decode_lenient(converter, part, type, object);
}

static bool convert_typed(converter_t *converter, const part_t *part, const kube_type_t *type, kube_buffer_t *out)
{
    void *object;
    bool done = decode(converter, part, type, &object) && (!object || encode(converter, part, type, object, out));
    kube_free(object);
    return done;
}

static bool convert_items(converter_t *converter, const part_t *list, json_span_t items, kube_buffer_t *out)
{
    const char *copied = list->text.at;
    json_span_t item;
    size_t index = 0;
    for (bool more = json_span_first(items, &item); more; more = json_span_next(items, &item), index++) {
        kube_buffer_t path = { 0 };
        kube_buffer_printf(&path, "%s%sitems[%zu]", list->path, *list->path ? "." : "", index);
        part_t part = { .text = item, .offset = list->offset + (size_t)(item.at - list->text.at), .path = path.data };
        kube_buffer_append(out, copied, (size_t)(item.at - copied));
        bool done = !path.failed && convert_part(converter, &part, out);
        kube_buffer_dispose(&path);
        if (!done)
            return false;
        copied = item.at + item.len;
    }
    kube_buffer_append(out, copied, (size_t)(list->text.at + list->text.len - copied));
    return !out->failed;
}

/* A List holds objects of any kind: each item is converted by its own, and the rest is checked, but stays as it is. */
static bool convert_list(converter_t *converter, const part_t *list, const kube_type_t *type, kube_buffer_t *out)
{
    void *object;
    json_span_t items = { .at = "", .len = 0 };
    bool done = decode(converter, list, type, &object);
    kube_free(object);
    json_span_member(list->text, "items", &items);
    return done && convert_items(converter, list, items, out);
}

static bool pass_through(converter_t *converter, const part_t *part, const kube_type_meta_t *meta, kube_buffer_t *out)
{
    char message[512];
    if (*meta->api_version && *meta->kind)
        snprintf(message, sizeof(message), "unknown kind %s of %s", meta->kind, meta->api_version);
    else
        snprintf(message, sizeof(message), "no %s", *meta->api_version ? "kind" : *meta->kind ? "apiVersion" : "apiVersion and kind");
    if (converter->strict)
        report(converter, part, 0, "", message);
    kube_buffer_append(out, part->text.at, part->text.len);
    return !out->failed;
}

static bool convert_part(converter_t *converter, const part_t *part, kube_buffer_t *out)
{
    kube_type_meta_t meta;
    kube_error_t err;
    int result = kube_json_type_meta(part->text.at, part->text.len, &meta, &err);
    if (result != KUBE_OK) {
        if (result != KUBE_E_NO_MEMORY)
            report(converter, part, err.offset, err.path, *part->text.at == '{' ? err.message : "not an object");
        return result != KUBE_E_NO_MEMORY;
    }
    const kube_type_t *type = kube_scheme_type(converter->scheme, meta.api_version, meta.kind);
    if (!type)
        return pass_through(converter, part, &meta, out);
    bool any_kinds = strcmp(meta.api_version, "v1") == 0 && strcmp(meta.kind, "List") == 0;
    return any_kinds ? convert_list(converter, part, type, out) : convert_typed(converter, part, type, out);
}

bool document_convert(converter_t *converter, json_span_t document, kube_buffer_t *out)
{
    part_t whole = { .text = document, .path = "" };
    return convert_part(converter, &whole, out) && !converter->findings.failed;
}
