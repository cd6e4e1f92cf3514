#include "client/unary.h"

#include <string.h>

#include "base/fail.h"
#include "client/log_request.h"
#include "client/reply.h"
#include "http/headers.h"

/* ---- what all share ---- */

int kube_unary_check(kube_unary_t *unary, const kube_spec_t *spec)
{
    kube_operation_t *operation = &unary->operation;
    operation->request.resource = spec->resource;
    int code = kube_check_resource(spec->resource, &operation->err);
    if (code < 0)
        return code;
    unary->reply_type = spec->reply_type;
    if (!spec->subresource && !spec->reply_type)
        unary->reply_type = spec->resource->type;
    if (!unary->reply_type)
        return kube_fail(&operation->err, KUBE_E_USAGE, "reply_type is NULL, but what a subresource replies with is of a type of its own");
    return kube_check_type(unary->reply_type, &operation->err);
}

int kube_unary_begin(kube_unary_t *unary, const kube_spec_t *spec, kube_unary_make_fn *make)
{
    kube_operation_t *operation = &unary->operation;
    const kube_request_t *request = &operation->request;
    unary->want_object = true;
    int code = make(unary, spec);
    if (code == KUBE_OK && (request->target.failed || request->body.failed))
        code = kube_fail_memory(&operation->err);
    if (code == KUBE_OK)
        kube_fetch_begin(&unary->fetch, operation->client, &operation->waiter, request, operation->deadline, 0, &unary->fetch_err);
    return code;
}

static int decode(kube_unary_t *unary, const kube_type_t *type)
{
    kube_operation_t *operation = &unary->operation;
    kube_fetch_t *fetch = &unary->fetch;
    int code = KUBE_OK;
    if (unary->want_object)
        code = kube_reply_decode(&operation->request, &fetch->head, &fetch->bytes, type, &operation->object, &operation->status, &operation->err);
    else
        code = kube_reply_check(&operation->request, &fetch->head, fetch->bytes.data, fetch->bytes.len, type, &operation->status, &operation->err);
    operation->type = operation->object ? type : NULL;
    if (code < 0)
        operation->err.attempts = fetch->attempt;
    return code;
}

void kube_unary_take_reply(kube_unary_t *unary, const kube_type_t *type)
{
    kube_operation_t *operation = &unary->operation;
    operation->http_status = unary->fetch.head.status;
    if (type) {
        operation->code = decode(unary, type);
        return;
    }
    operation->bytes = unary->fetch.bytes;
    unary->fetch.bytes = (kube_buffer_t){ 0 };
    operation->code = KUBE_OK;
}

void kube_unary_take_failure(kube_unary_t *unary)
{
    unary->operation.code = unary->fetch.code;
    kube_operation_take_failure(&unary->operation, &unary->fetch);
}

void kube_unary_dispose(kube_operation_t *operation)
{
    kube_fetch_dispose(&((kube_unary_t *)operation)->fetch);
}

/* ---- get, log, raw: whatever comes is the result ---- */

static int request_get(kube_unary_t *unary, const kube_spec_t *spec)
{
    kube_operation_t *operation = &unary->operation;
    int code = kube_unary_check(unary, spec);
    if (code == KUBE_OK)
        code = kube_request_object(&operation->request, spec->resource, spec->ns, spec->name, spec->subresource, &operation->err);
    kube_query_text(&operation->request, "resourceVersion", KUBE_SPEC_OPTIONS(kube_get_options_t, spec)->resource_version);
    return code;
}

/* What is put into the first line of the request must not end that line. */
static int check_raw(const kube_raw_request_t *raw, kube_error_t *err)
{
    if (!raw)
        return kube_fail(err, KUBE_E_USAGE, "options is NULL: there is no request");
    if (!raw->path || *raw->path != '/')
        return kube_fail(err, KUBE_E_USAGE, "path must begin with a slash");
    for (const char *c = raw->path; *c; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7F)
            return kube_fail(err, KUBE_E_USAGE, "path has a space or a control character, which must be percent-encoded");
    }
    if (raw->method && !kube_is_token(raw->method))
        return kube_fail(err, KUBE_E_USAGE, "method is not a token of HTTP");
    return KUBE_OK;
}

static bool is_eviction(const kube_raw_request_t *raw)
{
    static const char end[] = "/eviction";
    size_t path = strcspn(raw->path, "?"), len = sizeof end - 1;
    return raw->method && strcmp(raw->method, "POST") == 0 && path >= len && memcmp(raw->path + path - len, end, len) == 0;
}

static int request_raw(kube_unary_t *unary, const kube_spec_t *spec)
{
    kube_operation_t *operation = &unary->operation;
    kube_request_t *request = &operation->request;
    const kube_raw_request_t *raw = spec->options;
    int code = check_raw(raw, &operation->err);
    if (code < 0)
        return code;
    request->method = raw->method ? raw->method : "GET";
    request->accept = raw->accept ? raw->accept : "application/json, */*";
    request->content_type = raw->content_type ? raw->content_type : request->content_type;
    request->text = raw->body;
    request->text_len = raw->body ? raw->body_len : 0;
    /* An empty body is said to be of that type. */
    if (!raw->body && raw->content_type && !kube_method_has_no_body(request->method))
        request->text = "";
    request->any_status = raw->any_status;
    request->refusal_is_answer = is_eviction(raw);
    kube_buffer_puts(&request->target, raw->path);
    return KUBE_OK;
}

static int make(kube_unary_t *unary, const kube_spec_t *spec)
{
    kube_operation_t *operation = &unary->operation;
    switch (spec->action) {
    case KUBE_ACTION_GET:
        return request_get(unary, spec);
    case KUBE_ACTION_LOG:
        return kube_log_request(&operation->request, spec->resource, spec->ns, spec->name, KUBE_SPEC_OPTIONS(kube_log_options_t, spec), false,
                                &operation->err);
    case KUBE_ACTION_RAW:
        return request_raw(unary, spec);
    default:
        return kube_fail(&operation->err, KUBE_E_USAGE, "action %d is none of KUBE_ACTION_*", (int)spec->action);
    }
}

static int begin(kube_operation_t *operation, const kube_spec_t *spec)
{
    return kube_unary_begin((kube_unary_t *)operation, spec, make);
}

static kube_step_t step(kube_operation_t *operation)
{
    kube_unary_t *unary = (kube_unary_t *)operation;
    if (kube_fetch_step(&unary->fetch) == KUBE_STEP_WAIT) {
        operation->due = unary->fetch.due;
        return KUBE_STEP_WAIT;
    }
    if (unary->fetch.code == KUBE_OK)
        kube_unary_take_reply(unary, unary->reply_type);
    else
        kube_unary_take_failure(unary);
    return KUBE_STEP_END;
}

const kube_operation_kind_t kube_unary_kind = { sizeof(kube_unary_t), begin, step, kube_unary_dispose };
