/* A pod's log, line by line as it comes. */
#include <kube/op.h>
#include <string.h>

#include "base/fail.h"
#include "client/log_request.h"
#include "client/operation.h"

#define LINE_BYTES_DEFAULT ((size_t)64 << 10)

typedef struct log_lines {
    kube_operation_t operation;
    kube_fetch_t fetch;
    kube_error_t fetch_err;
    kube_buffer_t line; /* the beginning of one whose end has not come yet */
    size_t max_line_bytes;
    kube_line_fn *fn;
} log_lines_t;

static int begin(kube_operation_t *operation, const kube_spec_t *spec)
{
    static const kube_log_options_t defaults;
    log_lines_t *lines = (log_lines_t *)operation;
    const kube_log_options_t *options = spec->options ? spec->options : &defaults;
    if (!spec->line)
        return kube_fail(&operation->err, KUBE_E_USAGE, "line is NULL: there is no function to call");
    int code = kube_log_request(&operation->request, spec->resource, spec->ns, spec->name, options, options->follow,
                                &operation->err);
    if (code < 0)
        return code;
    lines->fn = spec->line;
    lines->max_line_bytes = options->max_line_bytes ? options->max_line_bytes : LINE_BYTES_DEFAULT;
    operation->request.bulk = true;
    kube_fetch_begin(&lines->fetch, operation->client, &operation->waiter, &operation->request, operation->deadline,
                     KUBE_FETCH_STREAM, &lines->fetch_err);
    return KUBE_OK;
}

static int hand_over(log_lines_t *lines, const char *line, size_t len)
{
    int code = lines->fn(line, len, lines->operation.userdata);
    if (code < 0)
        kube_fail(&lines->operation.err, code, "the function that is called for each line ended the call");
    return code != 0 ? code : kube_operation_check(&lines->operation);
}

/* Keeps what is not a whole line yet; what is longer than a line may be is handed over in parts. */
static int keep(log_lines_t *lines, const char *bytes, size_t len)
{
    int code = KUBE_OK;
    while (code == KUBE_OK && lines->line.len + len > lines->max_line_bytes) {
        size_t part = lines->max_line_bytes - lines->line.len;
        kube_buffer_append(&lines->line, bytes, part);
        if (lines->line.failed)
            break;
        code = hand_over(lines, lines->line.data, lines->line.len);
        lines->line.len = 0;
        bytes += part;
        len -= part;
    }
    kube_buffer_append(&lines->line, bytes, len);
    return lines->line.failed ? kube_fail_memory(&lines->operation.err) : code;
}

/* A newline was found behind these bytes. */
static int complete(log_lines_t *lines, const char *bytes, size_t len)
{
    if (lines->line.len == 0 && len <= lines->max_line_bytes)
        return hand_over(lines, bytes, len);
    int code = keep(lines, bytes, len);
    if (code == KUBE_OK) {
        code = hand_over(lines, lines->line.data, lines->line.len);
        lines->line.len = 0;
    }
    return code;
}

/* Returns 0, or what ends the call. */
static int split(log_lines_t *lines, const char *bytes, size_t len)
{
    int code = 0;
    for (const char *newline; code == 0 && len && (newline = memchr(bytes, '\n', len));) {
        size_t line = (size_t)(newline - bytes);
        code = complete(lines, bytes, line);
        bytes += line + 1;
        len -= line + 1;
    }
    return code == 0 && len ? keep(lines, bytes, len) : code;
}

static kube_step_t end(log_lines_t *lines, int code)
{
    lines->operation.code = code;
    return KUBE_STEP_END;
}

/* The last line may have no newline. What a connection that broke left of a line is lost with it. */
static kube_step_t end_of_reply(log_lines_t *lines)
{
    if (lines->fetch.code < 0) {
        kube_operation_take_failure(&lines->operation, &lines->fetch);
        return end(lines, lines->fetch.code);
    }
    return end(lines, lines->line.len ? hand_over(lines, lines->line.data, lines->line.len) : KUBE_OK);
}

/* What has come at once, then other operations of a thread that dispatches get their turn. */
static kube_step_t step(kube_operation_t *operation)
{
    log_lines_t *lines = (log_lines_t *)operation;
    kube_step_t step = kube_fetch_step(&lines->fetch);
    operation->due = lines->fetch.due;
    if (step == KUBE_STEP_WAIT)
        return step;
    if (step == KUBE_STEP_END)
        return end_of_reply(lines);
    int code = split(lines, lines->fetch.bytes.data, lines->fetch.bytes.len);
    if (code != 0)
        return end(lines, code);
    kube_waiter_signal(&operation->waiter);
    operation->due = KUBE_NEVER;
    return KUBE_STEP_WAIT;
}

static void dispose(kube_operation_t *operation)
{
    log_lines_t *lines = (log_lines_t *)operation;
    kube_fetch_dispose(&lines->fetch);
    kube_buffer_dispose(&lines->line);
}

const kube_operation_kind_t kube_log_lines_kind = { sizeof(log_lines_t), begin, step, dispose };

int kube_log_lines(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                   const kube_log_options_t *options, kube_line_fn *fn, void *userdata, kube_error_t *err)
{
    kube_spec_t spec = { .action = KUBE_ACTION_LOG_LINES, .resource = resource, .ns = ns, .name = name, .options = options,
                         .line = fn };
    log_lines_t lines;
    int code = kube_operation_run(&lines.operation, &kube_log_lines_kind, client, &spec, userdata, err);
    kube_operation_dispose(&lines.operation);
    return code;
}
