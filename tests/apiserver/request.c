#include "request.h"

#include <ctype.h>
#include <strings.h>

const char *ts_query(const ts_request_t *request, const char *name)
{
    for (size_t i = 0; i < request->query_count; i++) {
        if (ts_is(request->query[i].name, name))
            return request->query[i].value;
    }
    return NULL;
}

bool ts_query_true(const ts_request_t *request, const char *name)
{
    const char *value = ts_query(request, name);
    return value && !ts_is(value, "false") && !ts_is(value, "0");
}

const char *ts_header(const ts_request_t *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (strcasecmp(request->headers[i].name, name) == 0)
            return request->headers[i].value;
    }
    return NULL;
}

static int hex_digit(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

/* Percent-decoding; plus stands for a space in queries. */
static char *decoded(const char *text, size_t len, bool query)
{
    char *out = ts_alloc(len + 1), *to = out;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '%' && i + 2 < len && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
            *to++ = (char)(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            *to++ = query && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

static void add_pair(ts_pair_t **pairs, size_t *count, char *name, char *value)
{
    *pairs = ts_realloc(*pairs, (*count + 1) * sizeof **pairs);
    (*pairs)[(*count)++] = (ts_pair_t){ name, value };
}

static void parse_query(ts_request_t *request, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "&"), name_len = strcspn(text, "=&");
        if (len > 0) {
            size_t value_at = name_len < len ? name_len + 1 : len;
            add_pair(&request->query, &request->query_count, decoded(text, name_len, true), decoded(text + value_at, len - value_at, true));
        }
        text += len + (text[len] == '&');
    }
}

void ts_request_target(ts_request_t *request, const char *target)
{
    size_t path_len = strcspn(target, "?");
    request->path = decoded(target, path_len, false);
    for (size_t at = 0; at < path_len;) {
        size_t len = strcspn(target + at, "/?");
        if (len > 0) {
            request->parts = ts_realloc(request->parts, (request->part_count + 1) * sizeof *request->parts);
            request->parts[request->part_count++] = decoded(target + at, len, false);
        }
        at += len + 1;
    }
    parse_query(request, target[path_len] ? target + path_len + 1 : "");
}

static void free_pairs(ts_pair_t *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(pairs[i].name);
        free(pairs[i].value);
    }
    free(pairs);
}

void ts_request_dispose(ts_request_t *request)
{
    free(request->method);
    free(request->path);
    for (size_t i = 0; i < request->part_count; i++)
        free(request->parts[i]);
    free(request->parts);
    free_pairs(request->query, request->query_count);
    free_pairs(request->headers, request->header_count);
    kube_buffer_dispose(&request->body);
    free(request->user.name);
    free(request->user.uid);
    json_decref(request->user.groups);
    *request = (ts_request_t){ 0 };
}

void ts_reply_dispose(ts_reply_t *reply)
{
    if (reply->dispose)
        reply->dispose(reply->stream);
    for (size_t i = 0; i < reply->warning_count; i++)
        free(reply->warnings[i]);
    free(reply->warnings);
    free(reply->retry_after);
    kube_buffer_dispose(&reply->body);
    *reply = (ts_reply_t){ 0 };
}

void ts_reply_warning(ts_reply_t *reply, const char *text)
{
    reply->warnings = ts_realloc(reply->warnings, (reply->warning_count + 1) * sizeof *reply->warnings);
    reply->warnings[reply->warning_count++] = ts_strdup(text);
}

void ts_reply_json(ts_reply_t *reply, int status, json_t *document)
{
    reply->status = status;
    reply->content_type = "application/json";
    kube_buffer_clear(&reply->body);
    ts_append_json(&reply->body, document);
    kube_buffer_puts(&reply->body, "\n");
    json_decref(document);
}

void ts_reply_text(ts_reply_t *reply, int status, const char *text)
{
    reply->status = status;
    reply->content_type = "text/plain; charset=utf-8";
    kube_buffer_clear(&reply->body);
    kube_buffer_puts(&reply->body, text);
}
