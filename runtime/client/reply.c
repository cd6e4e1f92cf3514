#include "client/reply.h"

#include <kube/json.h>
#include <kube/object.h>
#include <string.h>
#include <time.h>

#include "base/fail.h"
#include "base/utf8.h"
#include "client/code.h"
#include "client/httpdate.h"

/* Most bytes of a reply that is no Status which a message quotes. */
#define QUOTED_MAX 160

static kube_decode_options_t decode_options(const kube_request_t *request)
{
    return (kube_decode_options_t){ .pool = request->client->pool, .flags = KUBE_DECODE_PADDED };
}

/* NULL when the body is no Status, or memory is exhausted. */
static kube_meta_v1_status_t *decode_status(const kube_request_t *request, const char *text, size_t len)
{
    kube_type_meta_t meta;
    kube_decode_options_t options = decode_options(request);
    kube_meta_v1_status_t *status = NULL;
    if (text && kube_json_type_meta(text, len, &meta, NULL) == KUBE_OK && strcmp(meta.kind, "Status") == 0)
        kube_json_decode(&kube_meta_v1_status_type, text, len, &options, &status, NULL);
    return status;
}

/* What a person can read of the beginning: in one line, blanks run together, other bytes as dots. */
static void quote(char *to, const char *text, size_t len)
{
    size_t used = 0;
    for (size_t i = 0; i < len && used < QUOTED_MAX;) {
        size_t n = kube_utf8_sequence(text + i, text + len);
        bool blank = (unsigned char)text[i] <= ' ' || text[i] == 0x7F;
        if (blank && used && to[used - 1] != ' ')
            to[used++] = ' ';
        else if (!blank && n == 0)
            to[used++] = '.';
        else if (!blank && n <= QUOTED_MAX - used)
            memcpy(to + used, text + i, n), used += n;
        else if (!blank)
            break;
        i += n ? n : 1;
    }
    to[used - (used && to[used - 1] == ' ')] = '\0';
}

/* A page that repeats the request's headers must not bring a token into a log. */
static void hide_tokens(char *text)
{
    for (char *word = text; (word = strcasestr(word, "bearer ")) != NULL;) {
        for (word += strlen("bearer "); *word && !strchr(" \"'<&,;", *word); word++)
            *word = '*';
    }
}

/* A proxy answered, or a server of another kind. */
static int fail_other(const kube_reply_head_t *head, const char *text, size_t len, int code, const char *complaint, kube_error_t *err)
{
    char quoted[QUOTED_MAX + 1];
    const char *type = head->content_type;
    quote(quoted, text ? text : "", text ? len : 0);
    hide_tokens(quoted);
    if (!*quoted)
        return kube_fail(err, code, "the server answered %d%s%s%s%s", head->status, *type ? " (" : "", type, *type ? ")" : "",
                         *complaint ? " without a body" : "");
    return kube_fail(err, code, "the server answered %d%s%s%s%s: %s", head->status, *type ? " (" : "", type, *type ? ")" : "", complaint, quoted);
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

int kube_status_fail(const kube_meta_v1_status_t *status, kube_error_t *err)
{
    int http_status = status->code.has ? status->code.value : 0;
    int code = fail_with_status(status, kube_code_of_reply(status->reason, http_status), err);
    if (err)
        err->http_status = http_status;
    return code;
}

static void copy_ids(kube_error_t *err, const kube_reply_head_t *head)
{
    memcpy(err->audit_id, head->audit_id, sizeof err->audit_id);
    memcpy(err->flow_schema, head->flow_schema, sizeof err->flow_schema);
    memcpy(err->priority_level, head->priority_level, sizeof err->priority_level);
}

/* Takes the Status over; NULL: text is none. http_status: what the Status or the head says. */
static int refuse(kube_meta_v1_status_t *decoded, const kube_reply_head_t *head, int http_status, const char *text, size_t len,
                  kube_meta_v1_status_t **status, kube_error_t *err)
{
    int code = kube_code_of_reply(decoded ? decoded->reason : NULL, http_status);
    if (err)
        err->http_status = http_status;
    code = decoded ? fail_with_status(decoded, code, err) : fail_other(head, text, len, code, "", err);
    kube_free(*status);
    *status = decoded;
    return code;
}

static int64_t unix_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int kube_reply_fail(const kube_request_t *request, const kube_reply_head_t *head, const char *text, size_t len,
                    kube_meta_v1_status_t **status, kube_error_t *err)
{
    if (err) {
        int64_t wait = *head->retry_after ? kube_retry_after_ms(head->retry_after, unix_ms()) : -1;
        err->retry_after_ms = wait > 0 ? wait : 0;
        copy_ids(err, head);
    }
    return refuse(decode_status(request, text, len), head, head->status, text, len, status, err);
}

static bool looks_like_json(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n'))
        i++;
    return i < len && text[i] == '{';
}

int kube_reply_meta(const kube_reply_head_t *head, const char *text, size_t len, kube_type_meta_t *meta, kube_error_t *err)
{
    if (!looks_like_json(text, text ? len : 0))
        return fail_other(head, text, len, KUBE_E_PARSE, ", which is not JSON", err);
    return kube_json_type_meta(text, len, meta, err);
}

int kube_reply_check(const kube_request_t *request, const kube_reply_head_t *head, const char *text, size_t len, const kube_type_t *type,
                     kube_meta_v1_status_t **status, kube_error_t *err)
{
    kube_type_meta_t meta;
    int code = kube_reply_meta(head, text, len, &meta, err);
    if (code < 0)
        return code;
    if (strcmp(meta.kind, "Status") == 0) {
        kube_meta_v1_status_t *decoded = decode_status(request, text, len);
        if (decoded && decoded->status && strcmp(decoded->status, "Failure") == 0)
            return refuse(decoded, head, decoded->code.has ? decoded->code.value : head->status, text, len, status, err);
        kube_free(decoded);
    }
    if (type->kind && *meta.kind && strcmp(meta.kind, type->kind) != 0)
        return kube_fail(err, KUBE_E_PARSE, "the reply is a %s %s, not a %s %s", meta.api_version, meta.kind, type->api_version,
                         type->kind);
    return KUBE_OK;
}

int kube_reply_decode(const kube_request_t *request, const kube_reply_head_t *head, const kube_buffer_t *body, const kube_type_t *type, void **out,
                      kube_meta_v1_status_t **status, kube_error_t *err)
{
    *out = NULL;
    int code = kube_reply_check(request, head, body->data, body->len, type, status, err);
    if (code == KUBE_OK) {
        kube_decode_options_t options = decode_options(request);
        code = kube_json_decode(type, body->data, body->len, &options, out, err);
    }
    if (code < 0 && err && err->http_status == 0)
        err->http_status = head->status;
    return code;
}
