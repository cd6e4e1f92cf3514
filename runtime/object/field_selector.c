#include <kube/selector.h>

#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/span.h"

struct term {
    const char *path;
    const char *value;
    bool negated;
};

struct kube_field_selector {
    struct term *terms;
    size_t count;
    char *storage; /* a copy of the text parsed, cut into the strings that terms point to */
    kube_buffer_t text;
};

void kube_field_selector_free(kube_field_selector_t *selector)
{
    if (!selector)
        return;
    kube_mem_free(selector->terms);
    kube_mem_free(selector->storage);
    kube_buffer_dispose(&selector->text);
    kube_mem_free(selector);
}

/* The next term, up to a comma without a backslash before it. Moves *at behind that comma, or to NULL at the end. */
static kube_span_t next_term(const char **at)
{
    const char *start = *at, *end = start;
    while (*end && *end != ',')
        end += *end == '\\' && end[1] ? 2 : 1;
    *at = *end ? end + 1 : NULL;
    kube_span_t term = { start, (size_t)(end - start) };
    return term;
}

static int compare_spans(const void *a, const void *b)
{
    const kube_span_t *x = a, *y = b;
    size_t shorter = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->text, y->text, shorter);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* The terms of text in bytewise order, to be freed with kube_mem_free. NULL: no memory. */
static kube_span_t *split(const char *text, size_t *count)
{
    size_t most = 1;
    for (const char *comma = text; (comma = strchr(comma, ',')); comma++)
        most++;
    kube_span_t *spans = kube_mem_alloc(most * sizeof *spans);
    *count = 0;
    for (const char *at = text; spans && at;) {
        kube_span_t term = next_term(&at);
        if (term.len > 0)
            spans[(*count)++] = term;
    }
    if (spans)
        qsort(spans, *count, sizeof *spans, compare_spans);
    return spans;
}

static int fail(const kube_field_selector_t *selector, const char *at, const char *message, kube_error_t *err)
{
    kube_fail(err, KUBE_E_PARSE, "%s", message);
    if (err)
        err->offset = (size_t)(at - selector->storage);
    return KUBE_E_PARSE;
}

/* Takes the backslashes out of a value, in place, and ends it with a NUL. */
static int unescape(const kube_field_selector_t *selector, char *value, char *end, kube_error_t *err)
{
    char *to = value;
    for (const char *from = value; from < end; from++) {
        if (*from == '=')
            return fail(selector, from, "an equals sign in a value takes a backslash before it", err);
        if (*from == '\\' && (++from == end || !strchr("\\,=", *from)))
            return fail(selector, from - 1, "a backslash stands only before a comma, an equals sign or a backslash", err);
        *to++ = *from;
    }
    *to = '\0';
    return KUBE_OK;
}

/* One term, a part of selector->storage; a term of an empty path and an empty value says nothing and is left out. */
static int add_term(kube_field_selector_t *selector, kube_span_t span, kube_error_t *err)
{
    char *path = selector->storage + (span.text - selector->storage), *end = path + span.len, *at = path;
    while (at < end && *at != '=' && !(at[0] == '!' && at + 1 < end && at[1] == '='))
        at++;
    if (at == end)
        return fail(selector, path, "expected =, == or != in a term", err);
    struct term term = { .path = path, .negated = *at == '!' };
    char *value = at + 1 + (at + 1 < end && at[1] == '=');
    *at = '\0';
    int code = unescape(selector, value, end, err);
    if (code)
        return code;
    term.value = value;
    if (*term.path || *term.value)
        selector->terms[selector->count++] = term;
    return KUBE_OK;
}

void kube_field_selector_escape(kube_buffer_t *buffer, const char *value)
{
    for (; value && *value; value++) {
        if (strchr("\\,=", *value))
            kube_buffer_append(buffer, "\\", 1);
        kube_buffer_append(buffer, value, 1);
    }
}

static int print(kube_field_selector_t *selector, kube_error_t *err)
{
    for (size_t i = 0; i < selector->count; i++) {
        const struct term *term = &selector->terms[i];
        kube_buffer_puts(&selector->text, i ? "," : "");
        kube_buffer_puts(&selector->text, term->path);
        kube_buffer_puts(&selector->text, term->negated ? "!=" : "=");
        kube_field_selector_escape(&selector->text, term->value);
    }
    return selector->text.failed ? kube_fail_memory(err) : KUBE_OK;
}

static int parse(kube_field_selector_t *selector, const char *text, kube_error_t *err)
{
    size_t count;
    selector->storage = kube_mem_strdup(text);
    if (!selector->storage)
        return kube_fail_memory(err);
    kube_span_t *spans = split(selector->storage, &count);
    if (!spans)
        return kube_fail_memory(err);
    selector->terms = kube_mem_alloc(count * sizeof *selector->terms);
    int code = selector->terms ? KUBE_OK : kube_fail_memory(err);
    for (size_t i = 0; !code && i < count; i++)
        code = add_term(selector, spans[i], err);
    kube_mem_free(spans);
    return code ? code : print(selector, err);
}

int kube_field_selector_parse(const char *text, kube_field_selector_t **out, kube_error_t *err)
{
    kube_error_reset(err);
    if (!out)
        return kube_fail(err, KUBE_E_USAGE, "out is required");
    *out = NULL;
    if (!text)
        return kube_fail(err, KUBE_E_USAGE, "text is required");
    kube_field_selector_t *selector = kube_mem_zero(sizeof *selector);
    int code = selector ? parse(selector, text, err) : kube_fail_memory(err);
    if (code)
        kube_field_selector_free(selector);
    else
        *out = selector;
    return code;
}

bool kube_field_selector_matches(const kube_field_selector_t *selector, kube_field_get_fn *get, void *userdata)
{
    for (size_t i = 0; selector && i < selector->count; i++) {
        const struct term *term = &selector->terms[i];
        const char *value = get(term->path, userdata);
        if ((strcmp(value ? value : "", term->value) == 0) == term->negated)
            return false;
    }
    return true;
}

const char *kube_field_selector_text(const kube_field_selector_t *selector)
{
    return selector && selector->text.data ? selector->text.data : "";
}
