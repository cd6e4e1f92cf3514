#include <limits.h>
#include <string.h>
#include <yaml.h>

#include <kube/yaml.h>

#include "base/fail.h"
#include "base/memory.h"
#include "object/json_decoder.h"
#include "object/json_scan.h"
#include "object/yaml_scalar.h"

typedef struct {
    yaml_emitter_t emitter;
    kube_buffer_t *out;
    kube_buffer_t string; /* the scalar under way, unescaped */
} writer_t;

static int append_output(void *context, unsigned char *bytes, size_t len)
{
    writer_t *writer = context;
    kube_buffer_append(writer->out, bytes, len);
    return !writer->out->failed;
}

/* Bytes that no other style than double quotes brings back: line breaks other than \n, byte order marks, controls. */
static bool needs_escapes(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i], next = i + 1 < len ? (unsigned char)text[i + 1] : 0;
        unsigned char third = i + 2 < len ? (unsigned char)text[i + 2] : 0;
        bool is_next_line = c == 0xC2 && next < 0xA0;
        bool is_separator = c == 0xE2 && next == 0x80 && (third == 0xA8 || third == 0xA9);
        bool is_mark = c == 0xEF && next == 0xBB && third == 0xBF;
        if ((c < 0x20 && c != '\n') || c == 0x7F || is_next_line || is_separator || is_mark)
            return true;
    }
    return false;
}

/*
 * As kubectl prints: literal blocks for several lines, quotes only where the text would read as something else. libyaml changes
 * a style that the text does not allow.
 */
static yaml_scalar_style_t string_style(const char *text, size_t len)
{
    if (needs_escapes(text, len))
        return YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    if (memchr(text, '\n', len))
        return YAML_LITERAL_SCALAR_STYLE;
    return kube_yaml_reads_as_string(text, len) ? YAML_PLAIN_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE;
}

static bool emit_scalar(writer_t *writer, const char *text, size_t len, yaml_scalar_style_t style)
{
    yaml_event_t event;
    return len <= INT_MAX && yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text, (int)len, 1, 1, style) &&
           yaml_emitter_emit(&writer->emitter, &event);
}

static bool emit_string(writer_t *writer, const kube_json_token_t *token)
{
    kube_buffer_clear(&writer->string);
    if (!kube_buffer_reserve(&writer->string, token->len))
        return false;
    kube_json_unescape(&writer->string, token->text, token->len);
    const char *text = writer->string.data;
    size_t len = writer->string.len;
    return !writer->string.failed && emit_scalar(writer, text, len, string_style(text, len));
}

static bool emit_token(writer_t *writer, const kube_json_token_t *token)
{
    yaml_event_t event;
    int made;
    switch (token->kind) {
    case KUBE_JSON_OBJECT:
        made = yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE);
        break;
    case KUBE_JSON_ARRAY:
        made = yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE);
        break;
    case KUBE_JSON_OBJECT_END:
        made = yaml_mapping_end_event_initialize(&event);
        break;
    case KUBE_JSON_ARRAY_END:
        made = yaml_sequence_end_event_initialize(&event);
        break;
    case KUBE_JSON_STRING:
        return emit_string(writer, token);
    default:
        return emit_scalar(writer, token->text, token->len, YAML_PLAIN_SCALAR_STYLE);
    }
    return made && yaml_emitter_emit(&writer->emitter, &event);
}

static bool emit_start(writer_t *writer)
{
    yaml_event_t event;
    yaml_emitter_set_output(&writer->emitter, append_output, writer);
    yaml_emitter_set_unicode(&writer->emitter, 1);
    yaml_emitter_set_width(&writer->emitter, -1);
    return yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING) && yaml_emitter_emit(&writer->emitter, &event) &&
           yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1) && yaml_emitter_emit(&writer->emitter, &event);
}

static bool emit_end(writer_t *writer)
{
    yaml_event_t event;
    if (!yaml_document_end_event_initialize(&event, 1) || !yaml_emitter_emit(&writer->emitter, &event))
        return false;
    /* No `...` behind a block that keeps its line feeds: the end of the text says the same. */
    writer->emitter.open_ended = 0;
    return yaml_stream_end_event_initialize(&event) && yaml_emitter_emit(&writer->emitter, &event);
}

static bool emit(writer_t *writer, const char *json, size_t len)
{
    const char *at = json, *end = json + len;
    if (!emit_start(writer))
        return false;
    for (kube_json_token_t token; (token = kube_json_scan(&at, end)).kind != KUBE_JSON_END;)
        if (!emit_token(writer, &token))
            return false;
    return emit_end(writer);
}

int kube_yaml_from_json(const char *json, size_t len, kube_buffer_t *buffer, kube_error_t *err)
{
    kube_error_reset(err);
    if (!json || !buffer)
        return kube_fail(err, KUBE_E_USAGE, "json and buffer must not be NULL");
    int result = kube_json_check(json, len, KUBE_DEPTH_MAX, NULL, err);
    if (result < 0)
        return result;
    if (len > INT_MAX)
        return kube_fail(err, KUBE_E_LIMIT, "more than 2 GiB of JSON");
    writer_t writer = { .out = buffer };
    if (buffer->failed || !yaml_emitter_initialize(&writer.emitter))
        return kube_fail_memory(err);
    size_t before = buffer->len;
    bool done = emit(&writer, json, len);
    yaml_emitter_delete(&writer.emitter);
    kube_buffer_dispose(&writer.string);
    if (done)
        return 0;
    buffer->len = before;
    buffer->failed = false;
    if (buffer->data)
        buffer->data[before] = '\0';
    return kube_fail_memory(err);
}
