#include "log.h"

#include <stdio.h>

#include <kube/time.h>

#include "state.h"
#include "status.h"

#define LOG_ANNOTATION "kube-testserver/log"

static ts_log_t *find(kube_test_server_t *server, const char *ns, const char *pod, const char *container, bool make)
{
    char *key = ts_printf("%s/%s/%s", ns, pod, container);
    ts_log_t *log = server->logs;
    while (log && !ts_is(log->key, key))
        log = log->next;
    if (!log && make) {
        log = ts_alloc(sizeof *log);
        log->key = ts_strdup(key);
        log->next = server->logs;
        server->logs = log;
    }
    free(key);
    return log;
}

void ts_log_free(ts_log_t *log)
{
    free(log->key);
    free(log->parts);
    kube_buffer_dispose(&log->text);
    free(log);
}

/* The first container of a pod, "" when there is no pod. */
static char *only_container(kube_test_server_t *server, const char *ns, const char *pod)
{
    ts_collection_t *pods = ts_collection(server, "", "pods");
    ts_object_t *object = pods ? ts_find(pods, ns, pod) : NULL;
    json_t *document = object ? ts_object_document(object) : NULL;
    const char *name = ts_text_at(json_array_get(ts_at(document, "spec.containers"), 0), "name");
    char *copy = ts_strdup(name ? name : "");
    json_decref(document);
    return copy;
}

static int change(kube_test_server_t *server, const char *ns, const char *pod, const char *container, const char *text, size_t len,
                  bool end, kube_error_t *err)
{
    ts_fail(err, KUBE_OK, "%s", "");
    if (!server || !ns || !pod || (!text && !end))
        return ts_fail(err, KUBE_E_USAGE, "a log needs a server, a namespace, a pod and a text");
    pthread_mutex_lock(&server->lock);
    char *name = container ? ts_strdup(container) : only_container(server, ns, pod);
    ts_log_t *log = find(server, ns, pod, name, true);
    free(name);
    if (!end) {
        kube_buffer_append(&log->text, text, len);
        log->parts = ts_realloc(log->parts, (log->part_count + 1) * sizeof *log->parts);
        log->parts[log->part_count++] = (ts_log_part_t){ log->text.len, server->clock(server->clock_userdata) };
    }
    log->ended = end;
    ts_wake_all(&log->followers);
    pthread_mutex_unlock(&server->lock);
    return KUBE_OK;
}

int kube_test_server_log_append(kube_test_server_t *server, const char *ns, const char *pod, const char *container, const char *text,
                                size_t len, kube_error_t *err)
{
    return change(server, ns, pod, container, text, len, false, err);
}

int kube_test_server_log_end(kube_test_server_t *server, const char *ns, const char *pod, const char *container, kube_error_t *err)
{
    return change(server, ns, pod, container, NULL, 0, true, err);
}

/* ---- reading ---- */

typedef struct follow {
    ts_log_t *log;
    size_t at; /* bytes of the text that are sent */
    bool timestamps;
    int64_t left; /* bytes that may still be sent; negative: all */
} follow_t;

static size_t line_end(const ts_log_t *log, size_t at)
{
    const char *newline = memchr(log->text.data + at, '\n', log->text.len - at);
    return newline ? (size_t)(newline - log->text.data) + 1 : log->text.len;
}

static kube_time_t line_time(const ts_log_t *log, size_t at)
{
    size_t i = 0;
    while (i + 1 < log->part_count && log->parts[i].end <= at)
        i++;
    return log->parts[i].time;
}

/* RFC 3339 with nanoseconds, as kubelets write it. */
static void stamp(kube_time_t time, kube_buffer_t *out)
{
    char text[KUBE_TIME_TEXT_SIZE];
    int len = kube_time_to_text(&time, text, sizeof text);
    kube_buffer_printf(out, "%.*s.%09dZ ", len - 1, text, (int)time.nanoseconds);
}

static void take_lines(follow_t *follow, kube_buffer_t *out)
{
    const ts_log_t *log = follow->log;
    while (follow->at < log->text.len && follow->left != 0 && out->len < 65536) {
        size_t end = line_end(log, follow->at), before = out->len;
        if (follow->timestamps && (follow->at == 0 || log->text.data[follow->at - 1] == '\n'))
            stamp(line_time(log, follow->at), out);
        kube_buffer_append(out, log->text.data + follow->at, end - follow->at);
        if (follow->left > 0 && (int64_t)(out->len - before) > follow->left)
            out->len = before + (size_t)follow->left;
        if (follow->left > 0)
            follow->left -= (int64_t)(out->len - before);
        follow->at = end;
    }
}

static ts_fill_t fill(ts_exchange_t *exchange, void *stream, kube_buffer_t *out)
{
    follow_t *follow = stream;
    ts_fill_t result = TS_FILL_MORE;
    pthread_mutex_lock(&exchange->server->lock);
    take_lines(follow, out);
    if (exchange->gone || exchange->server->stopping) {
        result = TS_FILL_BREAK;
    } else if (out->len == 0 && (follow->log->ended || follow->left == 0)) {
        result = TS_FILL_END;
    } else if (out->len == 0) {
        ts_exchange_sleep(exchange, 0, &follow->log->followers);
        result = TS_FILL_WAIT;
    }
    pthread_mutex_unlock(&exchange->server->lock);
    return result;
}

/* Where the last n lines begin. */
static size_t tail(const ts_log_t *log, int64_t lines)
{
    size_t at = log->text.len;
    if (at > 0 && log->text.data[at - 1] == '\n')
        at--;
    if (lines == 0)
        return log->text.len;
    while (at > 0 && (log->text.data[at - 1] != '\n' || --lines > 0))
        at--;
    return at;
}

static size_t since(const ts_log_t *log, int64_t seconds, kube_time_t now)
{
    size_t at = 0;
    for (size_t i = 0; i < log->part_count && log->parts[i].time.seconds < now.seconds - seconds; i++)
        at = log->parts[i].end;
    return at;
}

/* Which container; NULL: the reply says why none. To be freed. */
static char *choose_container(const ts_request_t *request, const json_t *pod, ts_reply_t *reply)
{
    const char *asked = ts_query(request, "container");
    json_t *containers = ts_at(pod, "spec.containers"), *container;
    size_t i;
    kube_buffer_t names = { 0 };
    if ((!asked || !*asked) && json_array_size(containers) == 1)
        return ts_strdup(ts_text_at(json_array_get(containers, 0), "name"));
    json_array_foreach (containers, i, container) {
        kube_buffer_printf(&names, "%s%s", i ? " " : "", ts_text_at(container, "name"));
        if (ts_is(ts_text_at(container, "name"), asked)) {
            kube_buffer_dispose(&names);
            return ts_strdup(asked);
        }
    }
    if (asked && *asked)
        ts_status_bad_request(reply, "container %s is not valid for pod %s", asked, request->name);
    else
        ts_status_bad_request(reply, "a container name must be specified for pod %s, choose one of: [%s]", request->name,
                              names.data ? names.data : "");
    kube_buffer_dispose(&names);
    return NULL;
}

/* A pod that has no log yet may bring one in an annotation. */
static ts_log_t *log_of(ts_request_t *request, const json_t *pod, const char *container)
{
    ts_log_t *log = find(request->server, request->ns, request->name, container, false);
    const char *text = json_string_value(json_object_get(ts_at(pod, "metadata.annotations"), LOG_ANNOTATION));
    if (log)
        return log;
    log = find(request->server, request->ns, request->name, container, true);
    if (text) {
        kube_buffer_puts(&log->text, text);
        log->parts = ts_alloc(sizeof *log->parts);
        log->parts[log->part_count++] = (ts_log_part_t){ log->text.len, request->server->clock(request->server->clock_userdata) };
    }
    return log;
}

static int64_t number(const ts_request_t *request, const char *name, int64_t otherwise)
{
    const char *text = ts_query(request, name);
    return text && *text ? strtoll(text, NULL, 10) : otherwise;
}

void ts_log_serve(ts_request_t *request, ts_reply_t *reply)
{
    kube_test_server_t *server = request->server;
    ts_object_t *object = ts_find(request->resource->collection, request->ns, request->name);
    if (!object) {
        ts_status_not_found(reply, request->resource, request->name);
        return;
    }
    json_t *pod = ts_object_document(object);
    char *container = choose_container(request, pod, reply);
    if (container && ts_query_true(request, "previous")) {
        ts_status_bad_request(reply, "previous terminated container \"%s\" in pod \"%s\" not found", container, request->name);
    } else if (container) {
        ts_log_t *log = log_of(request, pod, container);
        int64_t lines = number(request, "tailLines", -1), seconds = number(request, "sinceSeconds", -1);
        follow_t follow = { .log = log, .timestamps = ts_query_true(request, "timestamps"), .left = number(request, "limitBytes", -1) };
        if (lines >= 0)
            follow.at = tail(log, lines);
        if (seconds >= 0 && since(log, seconds, server->clock(server->clock_userdata)) > follow.at)
            follow.at = since(log, seconds, server->clock(server->clock_userdata));
        ts_reply_text(reply, 200, "");
        reply->content_type = "text/plain";
        if (ts_query_true(request, "follow")) {
            reply->stream = memcpy(ts_alloc(sizeof follow), &follow, sizeof follow);
            reply->fill = fill;
            reply->dispose = free;
            reply->watch = true;
        } else {
            kube_buffer_t part = { 0 };
            do {
                kube_buffer_clear(&part);
                take_lines(&follow, &part);
                kube_buffer_append(&reply->body, part.data, part.len);
            } while (part.len > 0);
            kube_buffer_dispose(&part);
        }
    }
    free(container);
    json_decref(pod);
}
