#include "findings.h"

#include <stdio.h>
#include <stdlib.h>

struct finding {
    size_t line;
    size_t order; /* of being found */
    char *text;   /* "PATH: MESSAGE" */
};

static char *join(const char *prefix, const char *path, const char *message)
{
    kube_buffer_t text = { 0 };
    kube_buffer_puts(&text, prefix);
    if (*prefix && *path && *path != '[')
        kube_buffer_puts(&text, ".");
    kube_buffer_puts(&text, path);
    if (text.len)
        kube_buffer_puts(&text, ": ");
    kube_buffer_puts(&text, message);
    if (!text.failed)
        return text.data;
    kube_buffer_dispose(&text);
    return NULL;
}

void findings_add(findings_t *findings, size_t line, const char *prefix, const char *path, const char *message)
{
    if (findings->count == findings->capacity) {
        size_t capacity = findings->capacity ? findings->capacity * 2 : 16;
        struct finding *items = realloc(findings->items, capacity * sizeof(*items));
        if (!items) {
            findings->failed = true;
            return;
        }
        findings->items = items;
        findings->capacity = capacity;
    }
    char *text = join(prefix, path, message);
    if (text)
        findings->items[findings->count] = (struct finding){ .line = line, .order = findings->count, .text = text };
    findings->count += text != NULL;
    findings->failed |= text == NULL;
}

static int by_line(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

static void clear(findings_t *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        free(findings->items[i].text);
    findings->count = findings->more = 0;
}

bool findings_print(findings_t *findings, const char *file)
{
    bool any = findings->count > 0;
    if (any)
        qsort(findings->items, findings->count, sizeof(*findings->items), by_line);
    for (size_t i = 0; i < findings->count; i++)
        fprintf(stderr, "%s:%zu: %s\n", file, findings->items[i].line, findings->items[i].text);
    if (findings->more)
        fprintf(stderr, "%s:%zu: : and %zu more problems\n", file, any ? findings->items[findings->count - 1].line : 0, findings->more);
    clear(findings);
    return any;
}

void findings_dispose(findings_t *findings)
{
    clear(findings);
    free(findings->items);
}
