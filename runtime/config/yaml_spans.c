#include "config/yaml_spans.h"

#include <string.h>

#include "object/yaml_wipe.h"

/* Every so many characters, where one begins is noted: libyaml counts characters, we want bytes. */
#define STRIDE 64
#define MAX_DEPTH 100

typedef struct builder {
    kube_tree_t *tree;
    const char *text;
    size_t len;
    size_t *notes; /* offsets of the characters 0, STRIDE, 2 * STRIDE, ... */
    size_t noted;
    kube_span_t *open[MAX_DEPTH];
    size_t depth;
    kube_spans_t *out;
} builder_t;

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

static size_t next_character(const builder_t *builder, size_t at)
{
    for (at++; at < builder->len && is_continuation(builder->text[at]);)
        at++;
    return at;
}

static bool note_offsets(builder_t *builder)
{
    builder->notes = kube_tree_alloc(builder->tree, (builder->len / STRIDE + 2) * sizeof *builder->notes);
    if (!builder->notes)
        return false;
    /* A byte order mark is no character to libyaml. */
    size_t at = builder->len >= 3 && memcmp(builder->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0, index = 0;
    for (; at < builder->len; index++) {
        if (index % STRIDE == 0)
            builder->notes[index / STRIDE] = at;
        at = next_character(builder, at);
    }
    builder->noted = index;
    return true;
}

static size_t offset_of(const builder_t *builder, const yaml_mark_t *mark)
{
    if (mark->index >= builder->noted)
        return builder->len;
    size_t at = builder->notes[mark->index / STRIDE];
    for (size_t i = mark->index % STRIDE; i > 0 && at < builder->len; i--)
        at = next_character(builder, at);
    return at;
}

static bool append(kube_tree_t *tree, kube_span_t ***items, size_t *len, size_t *capacity, kube_span_t *item)
{
    if (*len == *capacity) {
        size_t larger = *capacity ? 2 * *capacity : 4;
        kube_span_t **copy = kube_tree_alloc(tree, larger * sizeof *copy);
        if (!copy)
            return false;
        if (*len)
            memcpy(copy, *items, *len * sizeof *copy);
        *items = copy;
        *capacity = larger;
    }
    (*items)[(*len)++] = item;
    return true;
}

static bool add_node(builder_t *builder, kube_span_t *node)
{
    kube_span_t *parent = builder->depth ? builder->open[builder->depth - 1] : NULL;
    if (parent)
        return append(builder->tree, &parent->children, &parent->len, &parent->capacity, node);
    return append(builder->tree, &builder->out->documents, &builder->out->len, &builder->out->capacity, node);
}

static kube_span_t *new_node(builder_t *builder, const yaml_event_t *event, kube_span_kind_t kind, bool flow)
{
    kube_span_t *node = kube_tree_alloc(builder->tree, sizeof *node);
    if (!node)
        return NULL;
    *node = (kube_span_t){ .kind = kind, .flow = flow, .begin = offset_of(builder, &event->start_mark),
                           .end = offset_of(builder, &event->end_mark), .column = event->start_mark.column };
    return add_node(builder, node) ? node : NULL;
}

static bool on_scalar(builder_t *builder, const yaml_event_t *event)
{
    kube_span_t *node = new_node(builder, event, KUBE_SPAN_SCALAR, false);
    size_t len = event->data.scalar.length;
    char *text = node ? kube_tree_alloc(builder->tree, len + 1) : NULL;
    if (!text)
        return false;
    memcpy(text, event->data.scalar.value, len);
    text[len] = '\0';
    node->text = text;
    node->len = len;
    /* A block scalar ends behind the line breaks that follow it. */
    while (node->end > node->begin && strchr(" \t\r\n", builder->text[node->end - 1]))
        node->end--;
    return true;
}

static bool on_start(builder_t *builder, const yaml_event_t *event, kube_span_kind_t kind, bool flow)
{
    kube_span_t *node = builder->depth < MAX_DEPTH ? new_node(builder, event, kind, flow) : NULL;
    if (node)
        builder->open[builder->depth++] = node;
    return node;
}

static bool on_end(builder_t *builder, const yaml_event_t *event)
{
    kube_span_t *node = builder->open[--builder->depth];
    /* A collection without brackets ends, to libyaml, where the next token begins. */
    if (node->flow)
        node->end = offset_of(builder, &event->end_mark);
    else if (node->len)
        node->end = node->children[node->len - 1]->end;
    return true;
}

static bool is_nothing(const kube_span_t *node)
{
    return node->kind == KUBE_SPAN_SCALAR && (node->len == 0 || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0);
}

/* The reader of kubeconfigs passes over empty documents too. */
static bool on_document_end(builder_t *builder)
{
    kube_spans_t *out = builder->out;
    if (out->len && is_nothing(out->documents[out->len - 1]))
        out->len--;
    return true;
}

static bool on_event(builder_t *builder, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return on_scalar(builder, event);
    case YAML_ALIAS_EVENT:
        return new_node(builder, event, KUBE_SPAN_ALIAS, false);
    case YAML_SEQUENCE_START_EVENT:
        return on_start(builder, event, KUBE_SPAN_SEQUENCE, event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE);
    case YAML_MAPPING_START_EVENT:
        return on_start(builder, event, KUBE_SPAN_MAPPING, event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return on_end(builder, event);
    case YAML_DOCUMENT_END_EVENT:
        return on_document_end(builder);
    default:
        return true;
    }
}

bool kube_spans_read(kube_tree_t *tree, const char *text, size_t len, kube_spans_t *out)
{
    builder_t builder = { .tree = tree, .text = text, .len = len, .out = out };
    *out = (kube_spans_t){ 0 };
    yaml_parser_t parser;
    if (!note_offsets(&builder) || !yaml_parser_initialize(&parser))
        return false;
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
    bool ok = true, ended = false;
    while (ok && !ended) {
        yaml_event_t event;
        ok = yaml_parser_parse(&parser, &event);
        if (!ok)
            break;
        ended = event.type == YAML_STREAM_END_EVENT;
        ok = on_event(&builder, &event);
        kube_yaml_event_delete(&event);
    }
    kube_yaml_parser_delete(&parser);
    return ok;
}
