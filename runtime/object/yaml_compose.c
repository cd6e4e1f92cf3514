#include "object/yaml_compose.h"

#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "object/yaml_anchors.h"
#include "object/yaml_merge.h"
#include "object/yaml_position.h"
#include "object/yaml_wipe.h"

#define NO_ANCHOR SIZE_MAX

/* A mapping or sequence that has not ended. */
typedef struct {
    bool is_mapping;
    bool at_value;     /* of a mapping: a key was read, its value comes next */
    bool merge_value;  /* of a mapping: that key is `<<` */
    bool merge_list;   /* a sequence that is the value of `<<` */
    bool has_children;
    unsigned height;   /* levels below this one */
    size_t start;      /* of its JSON, behind the bracket */
    size_t first_mark; /* its merge keys are the marks from this one on */
    size_t anchor;     /* its number, or NO_ANCHOR */
} frame_t;

struct kube_yaml_composer {
    yaml_parser_t parser;
    const char *text;
    size_t len;
    size_t read; /* bytes that libyaml has been given */
    bool ended;  /* and the line feed behind them */
    size_t first_line, first_offset;
    kube_yaml_options_t options;
    frame_t *frames;
    size_t depth, frame_capacity;
    size_t *marks; /* offsets of merge keys in json, of all open mappings */
    size_t mark_count, mark_capacity;
    kube_yaml_anchors_t anchors;
    bool root_is_null;
    /* The call under way: */
    kube_buffer_t *json;
    size_t base; /* where the document's JSON begins */
    kube_yaml_lines_t *lines;
    kube_error_t *err;
    yaml_mark_t mark; /* of the event being handled */
};

/*
 * Hands libyaml the text, and a line feed behind a last line that has none: the Kubernetes tools do so, and block scalars show
 * it.
 */
static int read_text(void *context, unsigned char *to, size_t size, size_t *size_read)
{
    static const char feeds[] = "\n\0\n";
    kube_yaml_composer_t *composer = context;
    size_t left = composer->len - composer->read;
    *size_read = left < size ? left : size;
    memcpy(to, composer->text + composer->read, *size_read);
    composer->read += *size_read;
    if (left > 0 || composer->ended)
        return 1;
    composer->ended = true;
    kube_yaml_encoding_t encoding = kube_yaml_encoding(composer->text, composer->len);
    const char *feed = encoding == KUBE_YAML_UTF16_BE ? feeds + 1 : feeds;
    size_t width = encoding == KUBE_YAML_UTF8 ? 1 : 2;
    if (composer->len < width || memcmp(composer->text + composer->len - width, feed, width) != 0)
        memcpy(to, feed, *size_read = width);
    return 1;
}

kube_yaml_composer_t *kube_yaml_composer_new(const char *text, size_t len, size_t first_line, size_t first_offset,
                                             const kube_yaml_options_t *options)
{
    kube_yaml_composer_t *composer = kube_mem_zero(sizeof *composer);
    if (!composer)
        return NULL;
    if (!yaml_parser_initialize(&composer->parser)) {
        kube_mem_free(composer);
        return NULL;
    }
    yaml_parser_set_input(&composer->parser, read_text, composer);
    composer->text = text;
    composer->len = len;
    composer->first_line = first_line;
    composer->first_offset = first_offset;
    composer->options = *options;
    return composer;
}

void kube_yaml_composer_free(kube_yaml_composer_t *composer)
{
    if (!composer)
        return;
    kube_yaml_parser_delete(&composer->parser);
    kube_yaml_anchors_dispose(&composer->anchors);
    kube_mem_free(composer->frames);
    kube_mem_free(composer->marks);
    kube_mem_free(composer);
}

static int fail_at(kube_yaml_composer_t *composer, yaml_mark_t mark, int code, const char *message)
{
    if (composer->err) {
        composer->err->line = composer->first_line + mark.line;
        composer->err->offset = composer->first_offset + kube_yaml_byte_offset(composer->text, composer->len, mark.index);
    }
    return kube_fail(composer->err, code, "%s", message);
}

static int fail_here(kube_yaml_composer_t *composer, int code, const char *message)
{
    return fail_at(composer, composer->mark, code, message);
}

static int fail_parser(kube_yaml_composer_t *composer)
{
    const yaml_parser_t *parser = &composer->parser;
    /* Where libyaml names no error, an allocation failed. */
    if (parser->error == YAML_MEMORY_ERROR || !parser->problem)
        return kube_fail_memory(composer->err);
    if (parser->error == YAML_READER_ERROR) {
        size_t offset = parser->problem_offset < composer->len ? parser->problem_offset : composer->len;
        if (composer->err) {
            composer->err->offset = composer->first_offset + offset;
            composer->err->line = composer->first_line + kube_yaml_count_lines(composer->text, composer->len, offset);
        }
        return kube_fail(composer->err, KUBE_E_PARSE, "%s", parser->problem);
    }
    fail_at(composer, parser->problem_mark, KUBE_E_PARSE, parser->problem);
    return parser->context ? kube_fail(composer->err, KUBE_E_PARSE, "%s %s", parser->problem, parser->context) : KUBE_E_PARSE;
}

static frame_t *top(kube_yaml_composer_t *composer)
{
    return composer->depth > 0 ? &composer->frames[composer->depth - 1] : NULL;
}

static int add_line(kube_yaml_composer_t *composer)
{
    size_t offset = composer->json->len - composer->base, line = composer->first_line + composer->mark.line;
    return kube_yaml_lines_add(composer->lines, offset, line) ? 0 : kube_fail_memory(composer->err);
}

/* What stands before a value or key in its parent. */
static int begin_node(kube_yaml_composer_t *composer)
{
    frame_t *parent = top(composer);
    if (parent && !parent->at_value) {
        if (parent->has_children)
            kube_buffer_append(composer->json, ",", 1);
        parent->has_children = true;
    }
    return add_line(composer);
}

static void end_value(kube_yaml_composer_t *composer, unsigned height)
{
    frame_t *parent = top(composer);
    if (!parent)
        return;
    parent->at_value = parent->merge_value = false;
    if (parent->height < height)
        parent->height = height;
}

static bool at_key(kube_yaml_composer_t *composer)
{
    const frame_t *parent = top(composer);
    return parent && parent->is_mapping && !parent->at_value;
}

static int add_mark(kube_yaml_composer_t *composer)
{
    if (composer->mark_count == composer->mark_capacity) {
        size_t capacity = composer->mark_capacity ? composer->mark_capacity * 2 : 16;
        size_t *marks = kube_mem_realloc(composer->marks, capacity * sizeof *marks);
        if (!marks)
            return kube_fail_memory(composer->err);
        composer->marks = marks;
        composer->mark_capacity = capacity;
    }
    composer->marks[composer->mark_count++] = composer->json->len;
    return 0;
}

static int write_key(kube_yaml_composer_t *composer, const kube_yaml_source_t *source)
{
    frame_t *parent = top(composer);
    kube_yaml_scalar_t scalar;
    const char *problem = NULL;
    int result = begin_node(composer);
    if (result == 0 && kube_yaml_is_merge(source)) {
        parent->merge_value = true;
        result = add_mark(composer);
    }
    if (result < 0)
        return result;
    result = kube_yaml_resolve(source, &scalar, &problem);
    if (result == 0)
        result = kube_yaml_put_key(composer->json, &scalar, &problem);
    kube_buffer_append(composer->json, ":", 1);
    parent->at_value = true;
    return result < 0 ? fail_here(composer, result, problem) : 0;
}

static int write_scalar(kube_yaml_composer_t *composer, const kube_yaml_source_t *source)
{
    const frame_t *parent = top(composer);
    if (at_key(composer))
        return write_key(composer, source);
    if (parent && (parent->merge_value || parent->merge_list))
        return fail_here(composer, KUBE_E_PARSE, "a merge key needs a mapping or a sequence of mappings");
    kube_yaml_scalar_t scalar;
    const char *problem = NULL;
    int result = begin_node(composer);
    if (result < 0)
        return result;
    result = kube_yaml_resolve(source, &scalar, &problem);
    if (result == 0)
        result = kube_yaml_put_value(composer->json, &scalar, &problem);
    if (result < 0)
        return fail_here(composer, result, problem);
    composer->root_is_null = !parent && scalar.kind == KUBE_YAML_NULL;
    end_value(composer, 0);
    return 0;
}

static int on_scalar(kube_yaml_composer_t *composer, const yaml_event_t *event)
{
    kube_yaml_source_t source = { .tag = (const char *)event->data.scalar.tag,
                                  .text = (const char *)event->data.scalar.value,
                                  .len = event->data.scalar.length,
                                  .plain = event->data.scalar.plain_implicit && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE };
    const char *anchor = (const char *)event->data.scalar.anchor;
    size_t index;
    if (anchor && (!kube_yaml_anchors_add(&composer->anchors, anchor, &index) ||
                   !kube_yaml_anchors_set_scalar(&composer->anchors, index, &source)))
        return kube_fail_memory(composer->err);
    return write_scalar(composer, &source);
}

static size_t room(const kube_yaml_composer_t *composer)
{
    size_t used = composer->json->len - composer->base + composer->anchors.text.len;
    return used < composer->options.max_json_bytes ? composer->options.max_json_bytes - used : 0;
}

static int fail_too_large(kube_yaml_composer_t *composer)
{
    return fail_here(composer, KUBE_E_LIMIT, "the document with its aliases expanded is larger than the limit");
}

static int fail_too_deep(kube_yaml_composer_t *composer)
{
    return fail_here(composer, KUBE_E_LIMIT, "the document is nested deeper than the limit");
}

static int write_anchored_json(kube_yaml_composer_t *composer, const kube_yaml_anchor_t *anchor)
{
    const frame_t *parent = top(composer);
    bool is_mapping = anchor->kind == KUBE_YAML_ANCHOR_MAPPING;
    if (at_key(composer))
        return fail_here(composer, KUBE_E_PARSE, "a key is a mapping or a sequence: JSON's are strings");
    if (parent && (parent->merge_value || parent->merge_list) && !is_mapping)
        return fail_here(composer, KUBE_E_PARSE, "a merge key needs a mapping or a sequence of mappings");
    if (composer->depth + anchor->height > composer->options.max_depth)
        return fail_too_deep(composer);
    if (anchor->len > room(composer))
        return fail_too_large(composer);
    int result = begin_node(composer);
    if (result < 0)
        return result;
    kube_buffer_append(composer->json, is_mapping ? "{" : "[", 1);
    kube_buffer_append(composer->json, composer->anchors.text.data + anchor->text, anchor->len);
    kube_buffer_append(composer->json, is_mapping ? "}" : "]", 1);
    end_value(composer, anchor->height);
    return 0;
}

static int on_alias(kube_yaml_composer_t *composer, const yaml_event_t *event)
{
    const kube_yaml_anchor_t *anchor = kube_yaml_anchors_find(&composer->anchors, (const char *)event->data.alias.anchor);
    if (!anchor)
        return fail_here(composer, KUBE_E_PARSE, "an alias of an anchor that is not there");
    if (anchor->kind == KUBE_YAML_ANCHOR_OPEN)
        return fail_here(composer, KUBE_E_PARSE, "an anchor's value contains itself");
    if (anchor->kind != KUBE_YAML_ANCHOR_SCALAR)
        return write_anchored_json(composer, anchor);
    if (anchor->len > room(composer))
        return fail_too_large(composer);
    kube_yaml_source_t source = kube_yaml_anchors_source(&composer->anchors, anchor);
    /* Only a `<<` that is written out is a merge key. */
    if (at_key(composer) && kube_yaml_is_merge(&source))
        source = (kube_yaml_source_t){ .text = source.text, .len = source.len };
    return write_scalar(composer, &source);
}

static frame_t *push_frame(kube_yaml_composer_t *composer)
{
    if (composer->depth == composer->frame_capacity) {
        size_t capacity = composer->frame_capacity ? composer->frame_capacity * 2 : 16;
        frame_t *frames = kube_mem_realloc(composer->frames, capacity * sizeof *frames);
        if (!frames)
            return NULL;
        composer->frames = frames;
        composer->frame_capacity = capacity;
    }
    frame_t *frame = &composer->frames[composer->depth++];
    *frame = (frame_t){ .anchor = NO_ANCHOR };
    return frame;
}

static int on_start(kube_yaml_composer_t *composer, bool is_mapping, const yaml_char_t *anchor)
{
    const frame_t *parent = top(composer);
    bool in_merge = parent && parent->merge_value;
    if (at_key(composer))
        return fail_here(composer, KUBE_E_PARSE, "a key is a mapping or a sequence: JSON's are strings");
    if (parent && parent->merge_list && !is_mapping)
        return fail_here(composer, KUBE_E_PARSE, "a merge key needs a mapping or a sequence of mappings");
    if (composer->depth >= composer->options.max_depth)
        return fail_too_deep(composer);
    int result = begin_node(composer);
    if (result < 0)
        return result;
    kube_buffer_append(composer->json, is_mapping ? "{" : "[", 1);
    frame_t *frame = push_frame(composer);
    if (!frame)
        return kube_fail_memory(composer->err);
    frame->is_mapping = is_mapping;
    frame->merge_list = in_merge && !is_mapping;
    frame->start = composer->json->len;
    frame->first_mark = composer->mark_count;
    if (anchor && !kube_yaml_anchors_add(&composer->anchors, (const char *)anchor, &frame->anchor))
        return kube_fail_memory(composer->err);
    composer->root_is_null = false;
    return 0;
}

static int on_end(kube_yaml_composer_t *composer)
{
    frame_t frame = *top(composer);
    kube_buffer_t *json = composer->json;
    if (json->failed)
        return kube_fail_memory(composer->err);
    if (composer->mark_count > frame.first_mark &&
        !kube_yaml_merge(json, frame.start, composer->marks + frame.first_mark, composer->mark_count - frame.first_mark,
                         composer->lines, composer->base))
        return kube_fail_memory(composer->err);
    composer->mark_count = frame.first_mark;
    kube_yaml_anchor_kind_t kind = frame.is_mapping ? KUBE_YAML_ANCHOR_MAPPING : KUBE_YAML_ANCHOR_SEQUENCE;
    if (frame.anchor != NO_ANCHOR && json->len - frame.start > room(composer))
        return fail_too_large(composer);
    if (frame.anchor != NO_ANCHOR && !kube_yaml_anchors_set_json(&composer->anchors, frame.anchor, kind, frame.height + 1,
                                                                 json->data + frame.start, json->len - frame.start))
        return kube_fail_memory(composer->err);
    kube_buffer_append(json, frame.is_mapping ? "}" : "]", 1);
    composer->depth--;
    end_value(composer, frame.height + 1);
    return 0;
}

static int on_event(kube_yaml_composer_t *composer, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return on_scalar(composer, event);
    case YAML_ALIAS_EVENT:
        return on_alias(composer, event);
    case YAML_MAPPING_START_EVENT:
        return on_start(composer, true, event->data.mapping_start.anchor);
    case YAML_SEQUENCE_START_EVENT:
        return on_start(composer, false, event->data.sequence_start.anchor);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        return on_end(composer);
    default:
        return 0;
    }
}

/* Takes back what was written of a document. */
static void forget_document(kube_yaml_composer_t *composer)
{
    composer->lines->len = 0;
    composer->json->len = composer->base;
    if (composer->json->data)
        composer->json->data[composer->base] = '\0';
}

static void start_document(kube_yaml_composer_t *composer)
{
    composer->depth = composer->mark_count = 0;
    forget_document(composer);
    composer->root_is_null = true;
    kube_yaml_anchors_clear(&composer->anchors);
}

/* Handles events up to the end of a document (*ended) or of the stream. */
static int compose_events(kube_yaml_composer_t *composer, bool *ended)
{
    yaml_event_type_t type;
    do {
        yaml_event_t event;
        if (!yaml_parser_parse(&composer->parser, &event))
            return fail_parser(composer);
        type = event.type;
        composer->mark = event.start_mark;
        int result = on_event(composer, &event);
        kube_yaml_event_delete(&event);
        if (result < 0)
            return result;
        if (composer->json->failed)
            return kube_fail_memory(composer->err);
        if (room(composer) == 0)
            return fail_too_large(composer);
    } while (type != YAML_DOCUMENT_END_EVENT && type != YAML_STREAM_END_EVENT && type != YAML_NO_EVENT);
    *ended = type == YAML_DOCUMENT_END_EVENT;
    return 0;
}

int kube_yaml_compose(kube_yaml_composer_t *composer, kube_buffer_t *json, kube_yaml_lines_t *lines, bool *found, kube_error_t *err)
{
    composer->json = json;
    composer->base = json->len;
    composer->lines = lines;
    composer->err = err;
    int result;
    do {
        start_document(composer);
        result = compose_events(composer, found);
    } while (result == 0 && *found && composer->root_is_null);
    if (result < 0 || !*found)
        forget_document(composer);
    return result;
}
