/* Members written twice, which jansson does not tell in full. The text is valid JSON: it has been parsed before. */
#include "decode.h"

typedef struct scan {
    const char *at, *end;
    kube_buffer_t path;
    json_t *out;
} scan_t;

static void value(scan_t *scan);

static void space(scan_t *scan)
{
    while (scan->at < scan->end && strchr(" \t\r\n", *scan->at))
        scan->at++;
}

static const char *string_end(const scan_t *scan)
{
    const char *at = scan->at + 1;
    while (at < scan->end && *at != '"')
        at += *at == '\\' ? 2 : 1;
    return at;
}

static void members(scan_t *scan)
{
    json_t *seen = ts_need(json_object());
    size_t outer = scan->path.len;
    scan->at++;
    for (space(scan); scan->at < scan->end && *scan->at == '"'; space(scan)) {
        const char *end = string_end(scan);
        char *name = ts_strndup(scan->at + 1, (size_t)(end - scan->at) - 1);
        kube_buffer_printf(&scan->path, "%s%s", outer ? "." : "", name);
        if (json_object_get(seen, name)) {
            char *text = ts_printf("duplicate field \"%s\"", scan->path.data);
            json_array_append_new(scan->out, ts_string(text));
            free(text);
        }
        json_object_set_new(seen, name, json_true());
        free(name);
        scan->at = end + 1;
        space(scan);
        scan->at++; /* the colon */
        value(scan);
        scan->path.len = outer;
        space(scan);
        scan->at += scan->at < scan->end && *scan->at == ',';
    }
    scan->at++;
    json_decref(seen);
}

static void items(scan_t *scan)
{
    size_t outer = scan->path.len;
    scan->at++;
    space(scan);
    for (size_t i = 0; scan->at < scan->end && *scan->at != ']'; i++) {
        kube_buffer_printf(&scan->path, "[%zu]", i);
        value(scan);
        scan->path.len = outer;
        space(scan);
        scan->at += scan->at < scan->end && *scan->at == ',';
        space(scan);
    }
    scan->at++;
}

static void value(scan_t *scan)
{
    space(scan);
    if (scan->at >= scan->end)
        return;
    if (*scan->at == '{')
        members(scan);
    else if (*scan->at == '[')
        items(scan);
    else if (*scan->at == '"')
        scan->at = string_end(scan) + 1;
    else
        while (scan->at < scan->end && !strchr(",]} \t\r\n", *scan->at))
            scan->at++;
}

void ts_find_duplicates(const char *text, size_t len, json_t *out)
{
    scan_t scan = { .at = text, .end = text + len, .out = out };
    kube_buffer_puts(&scan.path, "");
    value(&scan);
    kube_buffer_dispose(&scan.path);
}
