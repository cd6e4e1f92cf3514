#include <string.h>

#include <kube/yaml.h>

#include "base/fail.h"
#include "base/memory.h"
#include "object/json_scan.h"
#include "object/yaml_compose.h"
#include "object/yaml_position.h"

#define DEFAULT_DEPTH 200
#define DEFAULT_JSON_BYTES ((size_t)64 << 20)

/*
 * Documents that are JSON are read as JSON: their numbers keep their text, and what YAML cannot read (surrogate pairs) is read.
 * From the first document on that is not, the rest of the input is YAML.
 */
struct kube_yaml_reader {
    const char *text;
    size_t len;
    kube_yaml_options_t options;
    size_t at, line; /* where the next document begins, while all so far were JSON */
    bool failed;
    kube_yaml_composer_t *composer; /* reads the rest, from the first document that is not JSON */
    kube_yaml_lines_t lines;        /* of the last document */
    kube_error_t json_error;        /* why the text that composer reads is not JSON, though it looked like it */
};

static size_t default_json_bytes(size_t len)
{
    return len > (SIZE_MAX - DEFAULT_JSON_BYTES) / 10 ? SIZE_MAX : DEFAULT_JSON_BYTES + 10 * len;
}

kube_yaml_reader_t *kube_yaml_reader_new(const char *text, size_t len, const kube_yaml_options_t *options)
{
    kube_yaml_reader_t *reader = kube_mem_zero(sizeof *reader);
    if (!reader)
        return NULL;
    reader->text = text ? text : "";
    reader->len = text ? len : 0;
    reader->line = 1;
    if (options)
        reader->options = *options;
    if (reader->options.max_depth == 0)
        reader->options.max_depth = DEFAULT_DEPTH;
    if (reader->options.max_json_bytes == 0)
        reader->options.max_json_bytes = default_json_bytes(reader->len);
    return reader;
}

void kube_yaml_reader_free(kube_yaml_reader_t *reader)
{
    if (!reader)
        return;
    kube_yaml_composer_free(reader->composer);
    kube_yaml_lines_dispose(&reader->lines);
    kube_mem_free(reader);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && is_space(*at))
        at++;
    return at;
}

/* Where the brace stands that the next document begins with, behind at most one `---`; NULL when it begins with something else. */
static const char *find_brace(const kube_yaml_reader_t *reader)
{
    const char *end = reader->text + reader->len;
    const char *at = reader->text + reader->at;
    if (reader->at == 0 && reader->len >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
        at += 3;
    at = skip_space(at, end);
    bool line_start = at == reader->text || at[-1] == '\n' || reader->at == 0;
    if (line_start && end - at > 3 && memcmp(at, "---", 3) == 0 && is_space(at[3]))
        at = skip_space(at + 3, end);
    return at < end && *at == '{' ? at : NULL;
}

/* Appends checked JSON without white space and notes its lines. */
static bool compact(kube_yaml_reader_t *reader, const char *at, const char *end, size_t line, kube_buffer_t *json)
{
    size_t base = json->len;
    while (at < end && !json->failed) {
        if (is_space(*at)) {
            line += *at++ == '\n';
            continue;
        }
        const char *start = at;
        at = *at == '"' ? kube_json_string_end(at, end) : at + 1;
        while (at < end && *at != '"' && !is_space(*at))
            at++;
        if (!kube_yaml_lines_add(&reader->lines, json->len - base, line))
            return false;
        kube_buffer_append(json, start, (size_t)(at - start));
    }
    return !json->failed;
}

/* Reads one document as JSON. KUBE_E_PARSE: it is none, which reader->json_error tells about. */
static int read_json(kube_yaml_reader_t *reader, const char *start, kube_buffer_t *json, kube_error_t *err)
{
    const char *end = reader->text + reader->len, *behind = kube_json_value_end(start, end);
    size_t offset = (size_t)(start - reader->text), len = (size_t)((behind ? behind : end) - start);
    size_t line = reader->line + kube_yaml_count_lines(reader->text + reader->at, reader->len - reader->at, offset - reader->at);
    int result = kube_json_check(start, len, reader->options.max_depth, NULL, &reader->json_error);
    if (result < 0) {
        reader->json_error.line = line + kube_yaml_count_lines(start, len, reader->json_error.offset);
        reader->json_error.offset += offset;
        if (err && result != KUBE_E_PARSE)
            *err = reader->json_error;
        return result;
    }
    size_t base = json->len;
    reader->lines.len = 0;
    if (!compact(reader, start, start + len, line, json))
        return kube_fail_memory(err);
    if (json->len - base > reader->options.max_json_bytes) {
        if (err) {
            err->line = line;
            err->offset = offset;
        }
        return kube_fail(err, KUBE_E_LIMIT, "the document is larger than the limit");
    }
    reader->at = offset + len;
    reader->line = line + kube_yaml_count_lines(start, len, len);
    return 0;
}

static int start_composer(kube_yaml_reader_t *reader, kube_error_t *err)
{
    reader->composer = kube_yaml_composer_new(reader->text + reader->at, reader->len - reader->at, reader->line, reader->at,
                                              &reader->options);
    return reader->composer ? 0 : kube_fail_memory(err);
}

static int read_document(kube_yaml_reader_t *reader, kube_buffer_t *json, bool *found, kube_error_t *err)
{
    int result;
    const char *brace = reader->composer ? NULL : find_brace(reader);
    if (brace) {
        result = read_json(reader, brace, json, err);
        *found = result == 0;
        if (result != KUBE_E_PARSE)
            return result;
    }
    if (!reader->composer) {
        result = start_composer(reader, err);
        if (result < 0)
            return result;
    }
    result = kube_yaml_compose(reader->composer, json, &reader->lines, found, err);
    /* Of the two opinions on text that is neither, the one of the reader that got further. */
    if (result == KUBE_E_PARSE && err && reader->json_error.code && reader->json_error.offset >= err->offset)
        *err = reader->json_error;
    return result;
}

int kube_yaml_reader_next(kube_yaml_reader_t *reader, kube_buffer_t *json, bool *found, kube_error_t *err)
{
    kube_error_reset(err);
    if (found)
        *found = false;
    if (!reader || !json || !found)
        return kube_fail(err, KUBE_E_USAGE, "reader, json and found must not be NULL");
    if (reader->failed)
        return kube_fail(err, KUBE_E_USAGE, "the reader has failed before");
    if (json->failed)
        return kube_fail_memory(err);
    size_t base = json->len;
    reader->lines.len = 0;
    int result = read_document(reader, json, found, err);
    if (result == 0)
        return 0;
    reader->failed = true;
    *found = false;
    json->len = base;
    json->failed = false;
    if (json->data)
        json->data[base] = '\0';
    return result;
}

size_t kube_yaml_reader_line(const kube_yaml_reader_t *reader, size_t json_offset)
{
    return reader ? kube_yaml_lines_find(&reader->lines, json_offset) : 0;
}
