#include "config/yaml_edit.h"

#include <kube/yaml.h>
#include <string.h>

#include "config/yaml_spans.h"
#include "object/yaml_secret.h"

/* What is being done, to one text. */
typedef struct job {
    kube_tree_t *tree;
    const char *text;
    size_t len;
    const char *newline;
    /* The change: these bytes of the text give way to others. */
    size_t begin, end;
    kube_buffer_t put;
} job_t;

/* A child of a sequence or mapping, counted in items or pairs. parent NULL: a document's root. */
typedef struct place {
    kube_span_t *parent;
    size_t index;
} place_t;

/* ---- values ---- */

static kube_value_t *step_name(kube_tree_t *tree, const kube_step_t *step)
{
    return kube_value_string(tree, step->text, strlen(step->text));
}

static size_t find_item(const kube_value_t *list, const char *name)
{
    for (size_t i = 0; i < list->len; i++) {
        const kube_value_t *item = list->items[i];
        const kube_value_t *value = item->kind == KUBE_VALUE_OBJECT ? kube_object_gets(item, "name") : NULL;
        if (value && value->kind == KUBE_VALUE_STRING && strcmp(value->text, name) == 0)
            return i;
    }
    return SIZE_MAX;
}

static kube_value_t *changed(kube_tree_t *tree, kube_value_t *current, const kube_step_t *steps, size_t count,
                             kube_value_t *value);

static kube_value_t *changed_object(kube_tree_t *tree, kube_value_t *current, const kube_step_t *steps, size_t count,
                                    kube_value_t *value)
{
    kube_value_t *object = current && current->kind == KUBE_VALUE_OBJECT ? current : NULL;
    if (!object && !value)
        return current;
    if (!object)
        object = kube_value_new(tree, KUBE_VALUE_OBJECT);
    kube_value_t *child = object ? kube_object_gets(object, steps->text) : NULL;
    kube_value_t *with = object ? changed(tree, child, steps + 1, count - 1, value) : NULL;
    if (with)
        kube_object_set(tree, object, steps->text, strlen(steps->text), with);
    else if (child)
        kube_object_remove(object, steps->text, strlen(steps->text));
    return object;
}

static kube_value_t *changed_list(kube_tree_t *tree, kube_value_t *current, const kube_step_t *steps, size_t count,
                                  kube_value_t *value)
{
    kube_value_t *list = current && current->kind == KUBE_VALUE_LIST ? current : NULL;
    if (!list && !value)
        return current;
    if (!list)
        list = kube_value_new(tree, KUBE_VALUE_LIST);
    if (!list)
        return NULL;
    size_t i = find_item(list, steps->text);
    if (i != SIZE_MAX && count == 1 && !value) {
        kube_list_drop(list, i);
    } else if (i != SIZE_MAX) {
        list->items[i] = changed(tree, list->items[i], steps + 1, count - 1, value);
    } else if (value) {
        kube_value_t *item = kube_value_new(tree, KUBE_VALUE_OBJECT);
        if (!item || !kube_object_set(tree, item, "name", 4, step_name(tree, steps)))
            return NULL;
        kube_list_add(tree, list, changed(tree, item, steps + 1, count - 1, value));
    }
    return list;
}

/* A value (NULL: absent) with something in it set, or removed when value is NULL. What is there is changed in place. */
static kube_value_t *changed(kube_tree_t *tree, kube_value_t *current, const kube_step_t *steps, size_t count,
                             kube_value_t *value)
{
    if (count == 0)
        return value;
    return steps->is_item ? changed_list(tree, current, steps, count, value) : changed_object(tree, current, steps, count, value);
}

/* What stands at a place, or NULL. */
static kube_value_t *value_at(kube_value_t *value, const kube_step_t *steps, size_t count)
{
    for (size_t i = 0; i < count && value; i++) {
        if (value->kind != (steps[i].is_item ? KUBE_VALUE_LIST : KUBE_VALUE_OBJECT))
            return NULL;
        size_t item = steps[i].is_item ? find_item(value, steps[i].text) : 0;
        if (steps[i].is_item)
            value = item == SIZE_MAX ? NULL : value->items[item];
        else
            value = kube_object_gets(value, steps[i].text);
    }
    return value;
}

/* All documents of a text as one list; NULL when it cannot be read. */
static kube_value_t *read_documents(kube_tree_t *tree, const char *text, size_t len)
{
    static const kube_yaml_options_t options = { .max_depth = 100 };
    kube_value_t *list = kube_value_new(tree, KUBE_VALUE_LIST);
    kube_buffer_t json = { 0 };
    kube_yaml_reader_t *reader = kube_yaml_secret_reader_new(text, len, &options, &json);
    bool found = true, ok = list && reader;
    if (!ok)
        kube_tree_fail(tree, KUBE_E_NO_MEMORY, "out of memory");
    while (ok && found) {
        json.len = 0;
        int code = kube_yaml_reader_next(reader, &json, &found, NULL);
        ok = code == KUBE_OK;
        if (code == KUBE_E_NO_MEMORY)
            kube_tree_fail(tree, KUBE_E_NO_MEMORY, "out of memory");
        if (ok && found)
            ok = kube_list_add(tree, list, kube_value_parse(tree, json.data, json.len, "document"));
    }
    kube_yaml_reader_free(reader);
    kube_buffer_wipe(&json);
    return ok ? list : NULL;
}

/* ---- text of values ---- */

static bool put_failed(job_t *job)
{
    kube_tree_fail(job->tree, KUBE_E_NO_MEMORY, "out of memory");
    return false;
}

static bool put_json(job_t *job, const kube_value_t *value)
{
    return value && kube_value_write(job->tree, value, &job->put);
}

/* Appends the YAML of a value with each line but the first indented. */
static bool put_block(job_t *job, const kube_value_t *value, size_t column)
{
    kube_buffer_t json = { 0 }, yaml = { 0 };
    bool ok = value && kube_value_write(job->tree, value, &json) &&
              kube_yaml_from_json(json.data, json.len, &yaml, NULL) == KUBE_OK;
    const char *line = yaml.data, *end = ok ? yaml.data + yaml.len : line;
    while (ok && end > line && end[-1] == '\n')
        end--;
    while (ok && line < end) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t len = stop ? (size_t)(stop - line) : (size_t)(end - line);
        if (line != yaml.data) {
            kube_buffer_puts(&job->put, job->newline);
            kube_buffer_printf(&job->put, "%*s", len ? (int)column : 0, "");
        }
        kube_buffer_append(&job->put, line, len);
        line += len + 1;
    }
    kube_buffer_wipe(&json);
    kube_buffer_wipe(&yaml);
    return ok && !job->put.failed ? true : put_failed(job);
}

static kube_value_t *pair_of(job_t *job, const char *key, size_t key_len, kube_value_t *value)
{
    kube_value_t *object = kube_value_new(job->tree, KUBE_VALUE_OBJECT);
    return object && kube_object_set(job->tree, object, key, key_len, value) ? object : NULL;
}

/* Appends a mapping's entry. One that fits on a line stays on one, so that a comment behind it goes on being one. */
static bool put_pair(job_t *job, const char *key, size_t key_len, kube_value_t *value, size_t column)
{
    size_t before = job->put.len;
    kube_value_t *pair = pair_of(job, key, key_len, value);
    if (!pair || !put_block(job, pair, column))
        return false;
    bool is_text = value->kind == KUBE_VALUE_STRING && memchr(job->put.data + before, '\n', job->put.len - before);
    if (!is_text)
        return true;
    job->put.len = before;
    pair = pair_of(job, key, key_len, kube_value_new(job->tree, KUBE_VALUE_NULL));
    if (!pair || !put_block(job, pair, column))
        return false;
    job->put.len -= strlen("null");
    return put_json(job, value);
}

static bool put_item(job_t *job, kube_value_t *value, size_t column)
{
    kube_value_t *list = kube_value_new(job->tree, KUBE_VALUE_LIST);
    return list && kube_list_add(job->tree, list, value) && put_block(job, list, column);
}

/* ---- places in the text ---- */

static size_t line_begin(const job_t *job, size_t at)
{
    while (at > 0 && job->text[at - 1] != '\n')
        at--;
    return at;
}

/* Where the line break, or the text, ends a line. */
static size_t line_end(const job_t *job, size_t at)
{
    const char *newline = memchr(job->text + at, '\n', job->len - at);
    size_t end = newline ? (size_t)(newline - job->text) : job->len;
    return end > at && job->text[end - 1] == '\r' ? end - 1 : end;
}

static size_t next_line(const job_t *job, size_t at)
{
    const char *newline = memchr(job->text + at, '\n', job->len - at);
    return newline ? (size_t)(newline - job->text) + 1 : job->len;
}

static bool only_spaces_before(const job_t *job, size_t at)
{
    for (size_t i = line_begin(job, at); i < at; i++) {
        if (job->text[i] != ' ')
            return false;
    }
    return true;
}

static kube_span_t *key_at(const kube_span_t *mapping, size_t i)
{
    return mapping->children[2 * i];
}

static kube_span_t *value_span(const kube_span_t *mapping, size_t i)
{
    return mapping->children[2 * i + 1];
}

/* Where the dash of a sequence's item is; false when it is not right before it. */
static bool find_dash(const job_t *job, const kube_span_t *item, size_t *at, size_t *column)
{
    size_t i = item->begin;
    while (i > 0 && strchr(" \r\n", job->text[i - 1]))
        i--;
    if (i == 0 || job->text[i - 1] != '-')
        return false;
    *at = i - 1;
    *column = *at - line_begin(job, *at);
    return true;
}

static bool replace(job_t *job, size_t begin, size_t end)
{
    job->begin = begin;
    job->end = end;
    return true;
}

/* ---- adding ---- */

static bool starts_with(const job_t *job, const kube_span_t *node, char bracket)
{
    return job->text[node->begin] == bracket;
}

static bool insert_into_flow(job_t *job, const kube_span_t *node, const char *key, kube_value_t *value)
{
    if (!starts_with(job, node, key ? '{' : '['))
        return false;
    size_t at = node->len ? node->children[node->len - 1]->end : node->begin + 1;
    kube_buffer_puts(&job->put, node->len ? ", " : "");
    if (key && !put_json(job, kube_value_string(job->tree, key, strlen(key))))
        return false;
    kube_buffer_puts(&job->put, key ? ": " : "");
    return put_json(job, value) && replace(job, at, at);
}

static bool insert_line(job_t *job, const kube_span_t *last, size_t column)
{
    size_t at = line_end(job, last->end);
    kube_buffer_puts(&job->put, job->newline);
    kube_buffer_printf(&job->put, "%*s", (int)column, "");
    return replace(job, at, at);
}

static bool insert_key(job_t *job, const kube_span_t *mapping, const char *key, kube_value_t *value)
{
    if (mapping->flow)
        return insert_into_flow(job, mapping, key, value);
    size_t column = key_at(mapping, 0)->column;
    return insert_line(job, mapping->children[mapping->len - 1], column) && put_pair(job, key, strlen(key), value, column);
}

static bool append_item(job_t *job, const kube_span_t *sequence, kube_value_t *value)
{
    if (sequence->flow)
        return insert_into_flow(job, sequence, NULL, value);
    size_t at, column;
    return find_dash(job, sequence->children[0], &at, &column) &&
           insert_line(job, sequence->children[sequence->len - 1], column) && put_item(job, value, column);
}

/* Where there is no document yet. */
static bool append_document(job_t *job, kube_value_t *root)
{
    bool is_mark = job->len == 3 && memcmp(job->text, "\xEF\xBB\xBF", 3) == 0;
    bool at_line_start = job->len == 0 || is_mark || job->text[job->len - 1] == '\n';
    kube_buffer_puts(&job->put, at_line_start ? "" : job->newline);
    return put_block(job, root, 0) && (kube_buffer_puts(&job->put, job->newline), true) && replace(job, job->len, job->len);
}

/* ---- replacing ---- */

static bool replace_child(job_t *job, const place_t *place, const kube_span_t *root, kube_value_t *value)
{
    const kube_span_t *parent = place->parent;
    if (!parent)
        return put_block(job, value, 0) && replace(job, root->begin, root->end);
    const kube_span_t *child = parent->kind == KUBE_SPAN_MAPPING ? value_span(parent, place->index)
                                                                    : parent->children[place->index];
    if (parent->flow)
        return put_json(job, value) && replace(job, child->begin, child->end);
    if (parent->kind == KUBE_SPAN_MAPPING) {
        const kube_span_t *key = key_at(parent, place->index);
        return put_pair(job, key->text, key->len, value, key->column) && replace(job, key->begin, child->end);
    }
    size_t at, column;
    return find_dash(job, child, &at, &column) && put_item(job, value, column) && replace(job, at, child->end);
}

/* ---- removing ---- */

/* Takes a child (a pair, or an item) out of what has others. */
static bool remove_from_flow(job_t *job, const kube_span_t *first, const kube_span_t *last, const kube_span_t *before,
                             const kube_span_t *behind)
{
    if (behind)
        return replace(job, first->begin, behind->begin);
    return replace(job, before->end, last->end);
}

static bool remove_lines(job_t *job, size_t begin, const kube_span_t *last, const kube_span_t *behind)
{
    if (only_spaces_before(job, begin))
        return replace(job, line_begin(job, begin), next_line(job, last->end));
    /* The first entry of an item stands behind the dash: the next one moves there. */
    return behind && replace(job, begin, behind->begin);
}

static bool remove_child(job_t *job, const place_t *place)
{
    const kube_span_t *parent = place->parent;
    size_t width = parent->kind == KUBE_SPAN_MAPPING ? 2 : 1, at = place->index * width;
    const kube_span_t *first = parent->children[at], *last = parent->children[at + width - 1];
    const kube_span_t *before = at > 0 ? parent->children[at - 1] : NULL;
    const kube_span_t *behind = at + width < parent->len ? parent->children[at + width] : NULL;
    if (parent->flow)
        return remove_from_flow(job, first, last, before, behind);
    size_t begin = first->begin, column;
    if (parent->kind == KUBE_SPAN_SEQUENCE) {
        behind = NULL;
        if (!find_dash(job, first, &begin, &column))
            return false;
    }
    return remove_lines(job, begin, last, behind);
}

/* ---- finding the place ---- */

static bool is_text(const kube_span_t *node, const char *text)
{
    return node->kind == KUBE_SPAN_SCALAR && node->len == strlen(text) && memcmp(node->text, text, node->len) == 0;
}

static size_t find_child(const kube_span_t *node, const kube_step_t *step)
{
    if (!step->is_item) {
        /* Of keys that are written twice, the last one counts. */
        for (size_t i = node->len / 2; i > 0; i--) {
            if (is_text(key_at(node, i - 1), step->text))
                return i - 1;
        }
        return SIZE_MAX;
    }
    static const kube_step_t name_step = { false, "name" };
    for (size_t i = 0; i < node->len; i++) {
        const kube_span_t *item = node->children[i];
        size_t name = item->kind == KUBE_SPAN_MAPPING ? find_child(item, &name_step) : SIZE_MAX;
        if (name != SIZE_MAX && is_text(value_span(item, name), step->text))
            return i;
    }
    return SIZE_MAX;
}

static bool fits(const kube_span_t *node, const kube_step_t *step)
{
    return node->kind == (step->is_item ? KUBE_SPAN_SEQUENCE : KUBE_SPAN_MAPPING) && (node->flow || node->len);
}

/* Removes a child; what would be left without any becomes an empty pair of brackets. */
static bool remove_at(job_t *job, const place_t *place, const place_t *outer, const kube_span_t *root)
{
    bool is_mapping = place->parent->kind == KUBE_SPAN_MAPPING;
    if (place->parent->len > (is_mapping ? 2 : 1))
        return remove_child(job, place);
    return replace_child(job, outer, root, kube_value_new(job->tree, is_mapping ? KUBE_VALUE_OBJECT : KUBE_VALUE_LIST));
}

/* Finds out which bytes of a document have to give way to which others. False when it cannot be done this way. */
static bool change_text(job_t *job, kube_span_t *root, const kube_step_t *steps, size_t count, kube_value_t *value)
{
    place_t place = { 0 }, outer = { 0 };
    kube_span_t *node = root;
    for (size_t i = 0; i < count; i++) {
        if (node->kind == KUBE_SPAN_ALIAS)
            return false;
        if (!fits(node, &steps[i]))
            return value ? replace_child(job, &place, root, changed(job->tree, NULL, steps + i, count - i, value))
                         : replace(job, 0, 0);
        size_t child = find_child(node, &steps[i]);
        if (child == SIZE_MAX && !value)
            return replace(job, 0, 0);
        /* Empty brackets give way to lines of their own. */
        if (node->len == 0 && place.parent && !place.parent->flow)
            return replace_child(job, &place, root, changed(job->tree, NULL, steps + i, count - i, value));
        if (child == SIZE_MAX && steps[i].is_item) {
            kube_value_t *list = changed(job->tree, NULL, steps + i, count - i, value);
            return list && list->len && append_item(job, node, list->items[0]);
        }
        if (child == SIZE_MAX)
            return insert_key(job, node, steps[i].text, changed(job->tree, NULL, steps + i + 1, count - i - 1, value));
        outer = place;
        place = (place_t){ node, child };
        node = steps[i].is_item ? node->children[child] : value_span(node, child);
    }
    return value ? replace_child(job, &place, root, value) : remove_at(job, &place, &outer, root);
}

/* ---- all together ---- */

/* The text with the change made, in one block: no copy of it is left behind. */
static bool build(const job_t *job, kube_buffer_t *out)
{
    if (job->put.failed || !kube_buffer_reserve(out, job->len - (job->end - job->begin) + job->put.len))
        return false;
    kube_buffer_append(out, job->text, job->begin);
    kube_buffer_append(out, job->put.data, job->put.len);
    kube_buffer_append(out, job->text + job->end, job->len - job->end);
    return true;
}

/* Tries to change what is at the end of the steps, and looks whether the new text says what it should. */
static bool try_change(const job_t *shape, const kube_spans_t *spans, size_t document, const kube_step_t *steps, size_t count,
                       kube_value_t *value, const kube_value_t *wanted, kube_buffer_t *out)
{
    job_t job = *shape;
    bool ok = spans->len ? change_text(&job, spans->documents[document], steps, count, value)
                         : append_document(&job, changed(job.tree, NULL, steps, count, value));
    if (ok && !build(&job, out))
        ok = put_failed(&job);
    kube_value_t *is = ok ? read_documents(job.tree, out->data ? out->data : "", out->len) : NULL;
    kube_buffer_wipe(&job.put);
    if (is && kube_value_equal(is, wanted, 0))
        return true;
    kube_buffer_wipe(out);
    return false;
}

static bool change(kube_tree_t *tree, kube_buffer_t *text, size_t document, const kube_edit_t *edit, kube_buffer_t *out)
{
    const char *data = text->data ? text->data : "";
    const char *first_line = memchr(data, '\n', text->len);
    bool has_cr = first_line && first_line > data && first_line[-1] == '\r';
    job_t job = { .tree = tree, .text = data, .len = text->len, .newline = has_cr ? "\r\n" : "\n" };
    kube_spans_t spans;
    kube_value_t *value = edit->json ? kube_value_parse(tree, edit->json, edit->json_len, "value") : NULL;
    kube_value_t *wanted = value || !edit->json ? read_documents(tree, data, text->len) : NULL;
    bool utf16 = text->len >= 2 && (memcmp(data, "\xFF\xFE", 2) == 0 || memcmp(data, "\xFE\xFF", 2) == 0);
    if (!wanted || utf16 || !kube_spans_read(tree, data, text->len, &spans) || spans.len != wanted->len ||
        (spans.len && document >= spans.len))
        return false;
    if (spans.len == 0 && !value)
        return kube_buffer_reserve(out, text->len) ? (kube_buffer_append(out, data, text->len), true) : put_failed(&job);
    kube_value_t *root = changed(tree, spans.len ? wanted->items[document] : NULL, edit->steps, edit->step_count, value);
    if (!root || (spans.len == 0 && !kube_list_add(tree, wanted, root)))
        return false;
    /* Where a small change does not do, a larger one may. */
    for (size_t count = edit->step_count; count > 0 && tree->code == KUBE_OK; count--) {
        kube_value_t *part = value_at(root, edit->steps, count);
        if (try_change(&job, &spans, document, edit->steps, count, part, wanted, out))
            return true;
    }
    return false;
}

int kube_yaml_edit(kube_buffer_t *text, size_t document, const kube_edit_t *edit, kube_error_t *err)
{
    kube_tree_t tree = { .secret = true };
    kube_buffer_t out = { 0 };
    bool ok = change(&tree, text, document, edit, &out);
    int code = tree.code;
    kube_tree_dispose(&tree);
    if (ok) {
        kube_buffer_wipe(text);
        *text = out;
        return KUBE_OK;
    }
    kube_buffer_wipe(&out);
    if (code == KUBE_E_NO_MEMORY)
        return kube_fail_memory(err);
    return kube_fail(err, KUBE_E_UNSUPPORTED, "written in a way that cannot be changed");
}
