/* A request's way through the transport, and what becomes of one that failed on the way. */
#include <inttypes.h>
#include <kube/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "client/request.h"

/* The most memory that is taken on the word of a Content-Length header. */
#define TRUSTED_CONTENT_LENGTH ((size_t)256 << 20)

static int64_t parse_retry_after(const char *text)
{
    if (!text || *text < '0' || *text > '9')
        return 0;
    char *end;
    long long seconds = strtoll(text, &end, 10);
    return *end || seconds > INT64_MAX / 1000 ? 0 : (int64_t)seconds * 1000;
}

static int take_head(void *userdata, int status, const kube_header_t *headers, size_t header_count)
{
    kube_reply_t *reply = userdata;
    reply->status = status;
    reply->retry_after_ms = parse_retry_after(kube_header_find(headers, header_count, "Retry-After"));
    const char *length = kube_header_find(headers, header_count, "Content-Length");
    unsigned long long expected = length ? strtoull(length, NULL, 10) : 0;
    if (expected > reply->max_bytes)
        return KUBE_E_LIMIT;
    if (expected > TRUSTED_CONTENT_LENGTH)
        expected = TRUSTED_CONTENT_LENGTH;
    return expected == 0 || kube_buffer_reserve(&reply->body, (size_t)expected + KUBE_JSON_PADDING) ? KUBE_OK : KUBE_E_NO_MEMORY;
}

static int take_body(void *userdata, const char *bytes, size_t len)
{
    kube_reply_t *reply = userdata;
    if (len > reply->max_bytes - reply->body.len)
        return KUBE_E_LIMIT;
    kube_buffer_append(&reply->body, bytes, len);
    return reply->body.failed ? KUBE_E_NO_MEMORY : KUBE_OK;
}

/* Makes the bytes behind the content readable and zero. */
static int pad(kube_reply_t *reply, kube_error_t *err)
{
    if (!kube_buffer_reserve(&reply->body, KUBE_JSON_PADDING))
        return kube_fail_memory(err);
    memset(reply->body.data + reply->body.len, 0, KUBE_JSON_PADDING);
    return KUBE_OK;
}

static bool is_write(const kube_request_t *request)
{
    return strcmp(request->method, "GET") != 0 && strcmp(request->method, "HEAD") != 0;
}

/* Gives the failure of an exchange the code and message that the caller needs. */
static int fail_exchange(const kube_request_t *request, const kube_reply_t *reply, bool sent, int code, kube_error_t *err)
{
    if (err)
        err->http_status = reply->status;
    if (code == KUBE_E_NO_MEMORY)
        return kube_fail_memory(err);
    if (code == KUBE_E_LIMIT && reply->status)
        return kube_fail(err, code, "the reply is larger than %zu bytes", reply->max_bytes);
    bool lost = code == KUBE_E_CONNECT || code == KUBE_E_TIMEOUT || code == KUBE_E_PARSE;
    if (!lost || !sent || !is_write(request))
        return code;
    kube_error_t cause = { 0 };
    if (err)
        cause = *err;
    return kube_fail(err, KUBE_E_AMBIGUOUS, "the %s may have happened: %s", request->method, cause.message);
}

static int make_headers(const kube_request_t *request, bool has_body, kube_headers_t *headers, kube_error_t *err)
{
    kube_headers_add(headers, "Accept", request->accept);
    if (has_body)
        kube_headers_add(headers, "Content-Type", request->content_type);
    kube_headers_add(headers, "User-Agent", request->client->user_agent);
    if (headers->failed)
        return kube_fail_memory(err);
    kube_credentials_t *credentials = request->client->credentials;
    return credentials ? credentials->add_headers(credentials, headers, err) : KUBE_OK;
}

static int64_t timeout_of(const kube_request_t *request)
{
    int64_t own = request->call->timeout_ms, chosen = own ? own : request->client->timeout_ms;
    return chosen < 0 ? 0 : chosen;
}

/* One exchange. KUBE_OK: there is a reply, whatever its status. */
static int exchange(kube_request_t *request, const kube_headers_t *headers, kube_reply_t *reply, kube_error_t *err)
{
    kube_transport_t *transport = request->client->transport;
    kube_transport_request_t wire = {
        .method = request->method, .server = request->client->config->server, .target = request->target.data,
        .headers = headers->items, .header_count = headers->len, .timeout_ms = timeout_of(request),
        .body = request->text ? request->text : request->body.data,
        .body_len = request->text ? request->text_len : request->body.len,
    };
    kube_transport_sink_t sink = { .head = take_head, .body = take_body, .userdata = reply };
    kube_transport_result_t result = { 0 };
    int code = transport->perform(transport, &wire, &sink, &result, err);
    /* A refusal whose text was lost is still a refusal. */
    bool refused = reply->status >= 300 && code != KUBE_E_NO_MEMORY;
    return code == KUBE_OK || refused ? KUBE_OK : fail_exchange(request, reply, result.sent, code, err);
}

int kube_request_send(kube_request_t *request, kube_reply_t *reply, kube_error_t *err)
{
    if (request->target.failed || request->body.failed)
        return kube_fail_memory(err);
    kube_headers_t headers = { 0 };
    reply->max_bytes = request->client->max_reply_bytes;
    int code = make_headers(request, request->text || request->body.len, &headers, err);
    if (code == KUBE_OK)
        code = exchange(request, &headers, reply, err);
    kube_headers_wipe(&headers);
    if (code == KUBE_OK)
        code = pad(reply, err);
    if (code == KUBE_OK && (reply->status < 200 || reply->status > 206))
        code = kube_reply_fail(request, reply, err);
    return code;
}

void kube_reply_dispose(kube_reply_t *reply)
{
    kube_buffer_dispose(&reply->body);
}
