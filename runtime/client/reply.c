/* What a reply's body says: the object asked for, or a Status. */
#include <kube/json.h>
#include <kube/meta/v1.h>
#include <kube/object.h>
#include <string.h>

#include "base/fail.h"
#include "client/code.h"
#include "client/request.h"

/* Most bytes of a reply that is no Status which a message quotes. */
#define QUOTED_MAX 256

static kube_decode_options_t decode_options(const kube_request_t *request)
{
    return (kube_decode_options_t){ .pool = request->client->pool, .flags = KUBE_DECODE_PADDED };
}

/* NULL when the body is no Status, or memory is exhausted. */
static kube_meta_v1_status_t *decode_status(const kube_request_t *request, const kube_reply_t *reply)
{
    kube_type_meta_t meta;
    kube_decode_options_t options = decode_options(request);
    kube_meta_v1_status_t *status = NULL;
    if (kube_json_type_meta(reply->body.data, reply->body.len, &meta, NULL) == KUBE_OK && strcmp(meta.kind, "Status") == 0)
        kube_json_decode(&kube_meta_v1_status_type, reply->body.data, reply->body.len, &options, &status, NULL);
    return status;
}

/* Messages are one line. */
static void flatten(char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            *text = ' ';
    }
}

static int fail_without_status(const kube_reply_t *reply, int code, kube_error_t *err)
{
    int quoted = (int)(reply->body.len < QUOTED_MAX ? reply->body.len : QUOTED_MAX);
    return kube_fail(err, code, "the server answered %d%s%.*s", reply->status, quoted ? ": " : "", quoted, reply->body.data);
}

static int fail_with_status(const kube_meta_v1_status_t *status, int code, kube_error_t *err)
{
    if (!err)
        return code;
    const kube_meta_v1_status_details_t *details = status->details;
    if (status->reason)
        kube_copy_cut(err->reason, sizeof err->reason, status->reason, strlen(status->reason));
    if (details && details->causes.len && details->causes.items[0].field)
        kube_copy_cut(err->path, sizeof err->path, details->causes.items[0].field, strlen(details->causes.items[0].field));
    if (details && details->retry_after_seconds.has && err->retry_after_ms == 0)
        err->retry_after_ms = (int64_t)details->retry_after_seconds.value * 1000;
    return kube_fail(err, code, "%s", status->message && *status->message ? status->message : "the server gave no message");
}

int kube_reply_fail(const kube_request_t *request, const kube_reply_t *reply, kube_error_t *err)
{
    kube_meta_v1_status_t *status = decode_status(request, reply);
    int http_status = reply->status >= 300 || !status || !status->code.has ? reply->status : status->code.value;
    int code = kube_code_of_reply(status ? status->reason : NULL, http_status);
    /* A kept connection's last failure may have left its own words. */
    kube_error_reset(err);
    if (err) {
        err->http_status = http_status;
        err->retry_after_ms = reply->retry_after_ms;
    }
    code = status ? fail_with_status(status, code, err) : fail_without_status(reply, code, err);
    if (err)
        flatten(err->message);
    if (request->call->status)
        *request->call->status = status;
    else
        kube_free(status);
    return code;
}

static bool reports_failure(const kube_request_t *request, const kube_reply_t *reply)
{
    kube_meta_v1_status_t *status = decode_status(request, reply);
    bool failure = status && status->status && strcmp(status->status, "Failure") == 0;
    kube_free(status);
    return failure;
}

/* A proxy, or a server of another kind, may answer with something else altogether. */
static int check_kind(const kube_request_t *request, const kube_reply_t *reply, const kube_type_t *type, kube_error_t *err)
{
    kube_type_meta_t meta;
    int code = kube_json_type_meta(reply->body.data, reply->body.len, &meta, err);
    if (code < 0)
        return code;
    if (strcmp(meta.kind, "Status") == 0 && reports_failure(request, reply))
        return kube_reply_fail(request, reply, err);
    if (type->kind && *meta.kind && strcmp(meta.kind, type->kind) != 0)
        return kube_fail(err, KUBE_E_PARSE, "the reply is a %s %s, not a %s %s", meta.api_version, meta.kind, type->api_version,
                         type->kind);
    return KUBE_OK;
}

int kube_reply_decode(const kube_request_t *request, const kube_reply_t *reply, const kube_type_t *type, void *out, kube_error_t *err)
{
    int code = check_kind(request, reply, type, err);
    if (code == KUBE_OK && out) {
        kube_decode_options_t options = decode_options(request);
        code = kube_json_decode(type, reply->body.data, reply->body.len, &options, out, err);
    }
    if (code < 0 && err && err->http_status == 0)
        err->http_status = reply->status;
    return code;
}
