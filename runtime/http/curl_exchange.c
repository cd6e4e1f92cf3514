#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "config/url.h"
#include "http/curl.h"
#include "http/sigpipe.h"

/* Most bytes of all headers of one reply. */
#define REPLY_HEADERS_MAX ((size_t)256 << 10)

/* ---- what libcurl calls ---- */

static void begin_head(kube_curl_exchange_t *exchange, const char *line, size_t len)
{
    const char *space = memchr(line, ' ', len);
    size_t rest = space ? len - (size_t)(space - line) - 1 : 0;
    exchange->status = 0;
    for (size_t i = 0; i < 3 && i < rest && space[1 + i] >= '0' && space[1 + i] <= '9'; i++)
        exchange->status = 10 * exchange->status + (space[1 + i] - '0');
    kube_headers_clear(&exchange->reply_headers);
}

static void add_header_line(kube_curl_exchange_t *exchange, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);
    if (!colon)
        return;
    const char *value = colon + 1, *end = line + len;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    kube_headers_add_n(&exchange->reply_headers, line, (size_t)(colon - line), value, (size_t)(end - value));
}

static int finish_head(kube_curl_exchange_t *exchange)
{
    if (exchange->status / 100 == 1)
        return KUBE_OK;
    exchange->head_done = true;
    const kube_transport_sink_t *sink = exchange->sink;
    return sink->head(sink->userdata, exchange->status, exchange->reply_headers.items, exchange->reply_headers.len);
}

/* One line of the reply's head. Lines after the body (trailers) are of no interest. */
static size_t on_header(char *line, size_t size, size_t count, void *userdata)
{
    kube_curl_exchange_t *exchange = userdata;
    size_t len = size * count, trimmed = len;
    while (trimmed && (line[trimmed - 1] == '\r' || line[trimmed - 1] == '\n'))
        trimmed--;
    if (exchange->head_done)
        return len;
    if (trimmed == 0)
        exchange->sink_code = finish_head(exchange);
    else if (trimmed > 5 && memcmp(line, "HTTP/", 5) == 0)
        begin_head(exchange, line, trimmed);
    else
        add_header_line(exchange, line, trimmed);
    if (exchange->reply_headers.failed)
        exchange->sink_code = KUBE_E_NO_MEMORY;
    else if (exchange->reply_headers.bytes > REPLY_HEADERS_MAX)
        exchange->sink_code = KUBE_E_LIMIT;
    return exchange->sink_code < 0 ? 0 : len;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *userdata)
{
    kube_curl_exchange_t *exchange = userdata;
    size_t len = size * count;
    if (len)
        exchange->sink_code = exchange->sink->body(exchange->sink->userdata, bytes, len);
    return exchange->sink_code < 0 ? 0 : len;
}

static bool is_read(const kube_transport_request_t *request)
{
    return strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
}

/*
 * Called when a connection is ready and the request is about to be sent. libcurl sends a request again when a kept connection
 * was closed before the first byte of the reply: right for reads, wrong for writes, which may have happened.
 */
static int on_send(void *userdata, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
    (void)remote_ip, (void)local_ip, (void)remote_port, (void)local_port;
    kube_curl_exchange_t *exchange = userdata;
    exchange->sends++;
    return exchange->sends > 1 && !is_read(exchange->request) ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

CURLcode kube_curl_set_callbacks(CURL *easy)
{
    CURLcode result = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    if (result == CURLE_OK)
        result = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    if (result == CURLE_OK)
        result = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_send);
    return result;
}

/* ---- what libcurl is told ---- */

/* Appends "name: value"; the line may hold a token, so our copy is wiped. */
static int append_header(struct curl_slist **list, const kube_header_t *header, kube_error_t *err)
{
    for (const char *c = header->value; *c; c++) {
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7F)
            return kube_fail(err, KUBE_E_USAGE, "header %s has a control character in its value", header->name);
    }
    kube_buffer_t line = { 0 };
    /* "name;" is libcurl's way to say a header without a value. */
    kube_buffer_reserve(&line, strlen(header->name) + strlen(header->value) + 2);
    kube_buffer_puts(&line, header->name);
    kube_buffer_puts(&line, *header->value ? ": " : ";");
    kube_buffer_puts(&line, header->value);
    struct curl_slist *longer = line.failed ? NULL : curl_slist_append(*list, line.data);
    kube_buffer_wipe(&line);
    if (!longer)
        return kube_fail_memory(err);
    *list = longer;
    return KUBE_OK;
}

static void free_headers(struct curl_slist *list)
{
    for (struct curl_slist *node = list; node; node = node->next)
        kube_mem_wipe(node->data, strlen(node->data));
    curl_slist_free_all(list);
}

static int make_headers(kube_curl_exchange_t *exchange, kube_error_t *err)
{
    /* Without this libcurl waits for "100 Continue" before it sends a long body. */
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    if (!list)
        return kube_fail_memory(err);
    int code = KUBE_OK;
    for (size_t i = 0; i < exchange->request->header_count && code == KUBE_OK; i++)
        code = append_header(&list, &exchange->request->headers[i], err);
    exchange->headers = list;
    return code;
}

/*
 * SNI and the name that the certificate must have come from the URL's host. To have another one, the URL names it, the
 * connection is led to the real host, and the Host header says what it would have said.
 */
static int rename_host(kube_curl_exchange_t *exchange, const kube_url_t *url, const char *name, kube_buffer_t *text,
                       kube_error_t *err)
{
    const char *open = strchr(name, ':') ? "[" : "", *close = *open ? "]" : "";
    kube_buffer_printf(text, "https://%s%s%s:%.*s%.*s%s", open, name, close, url->port_len ? (int)url->port_len : 3,
                       url->port_len ? url->port : "443", (int)url->path_len, url->path, exchange->request->target);

    kube_buffer_t scratch = { 0 };
    bool is_ipv6 = memchr(url->host, ':', url->host_len) != NULL;
    kube_buffer_printf(&scratch, "::%s%.*s%s:%.*s", is_ipv6 ? "[" : "", (int)url->host_len, url->host, is_ipv6 ? "]" : "",
                       (int)url->port_len, url->port);
    exchange->connect_to = scratch.failed ? NULL : curl_slist_append(NULL, scratch.data);
    kube_buffer_clear(&scratch);
    kube_buffer_append(&scratch, url->authority, url->authority_len);
    int code = KUBE_OK;
    if (scratch.failed || !exchange->connect_to)
        code = kube_fail_memory(err);
    else
        code = append_header(&exchange->headers, &(kube_header_t){ "Host", scratch.data }, err);
    kube_buffer_dispose(&scratch);
    return code;
}

static int make_url(kube_curl_exchange_t *exchange, const char *tls_server_name, kube_error_t *err)
{
    const kube_transport_request_t *request = exchange->request;
    kube_url_t url;
    if (!kube_url_split(request->server, &url))
        return kube_fail(err, KUBE_E_USAGE, "the server is not an http or https URL");
    kube_buffer_t text = { 0 };
    int code = KUBE_OK;
    if (tls_server_name && url.https)
        code = rename_host(exchange, &url, tls_server_name, &text, err);
    else
        kube_buffer_printf(&text, "%s%s", request->server, request->target);
    if (code == KUBE_OK && text.failed)
        code = kube_fail_memory(err);
    exchange->url = text.data;
    return code;
}

static CURLcode set_method(CURL *easy, const kube_transport_request_t *request)
{
    static const char *const bodiless[] = { "GET", "HEAD", "DELETE" };
    bool send_body = true;
    for (size_t i = 0; i < sizeof bodiless / sizeof *bodiless && !request->body; i++)
        send_body = send_body && strcmp(request->method, bodiless[i]) != 0;
    CURLcode result = curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    if (result == CURLE_OK && strcmp(request->method, "HEAD") == 0)
        result = curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    if (result == CURLE_OK && send_body)
        result = curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body ? request->body : "");
    if (result == CURLE_OK && send_body)
        result = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(request->body ? request->body_len : 0));
    if (result == CURLE_OK)
        result = curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    return result;
}

static CURLcode set_options(CURL *easy, kube_curl_exchange_t *exchange)
{
    const kube_transport_request_t *request = exchange->request;
    CURLcode result = set_method(easy, request);
    if (result == CURLE_OK)
        result = curl_easy_setopt(easy, CURLOPT_URL, exchange->url);
    if (result != CURLE_OK)
        return result;
    long timeout = request->timeout_ms > (int64_t)(LONG_MAX / 2) ? LONG_MAX / 2 : (long)request->timeout_ms;
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->headers);
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, exchange->connect_to);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->message);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, exchange);
    return CURLE_OK;
}

/* Leaves nothing in the handle that points into this exchange. */
static void clear_options(CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, NULL);
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, NULL);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, NULL);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, NULL);
}

/* ---- outcome ---- */

static int explain(CURLcode result, kube_curl_exchange_t *exchange, kube_error_t *err)
{
    if (exchange->sink_code < 0 && exchange->head_done)
        return kube_fail(err, exchange->sink_code, "the reply was not taken");
    if (exchange->sink_code < 0)
        return kube_fail(err, exchange->sink_code, "the headers of the reply are longer than %zu bytes", REPLY_HEADERS_MAX);
    if (result == CURLE_OK && !exchange->head_done)
        return kube_fail(err, KUBE_E_CONNECT, "the connection was closed before the reply");
    if (result == CURLE_OK)
        return KUBE_OK;
    if (result == CURLE_ABORTED_BY_CALLBACK)
        return kube_fail(err, KUBE_E_CONNECT, "the connection was closed before the reply to %s", exchange->request->method);
    int code = kube_curl_code(result, exchange->message);
    const char *message = *exchange->message ? exchange->message : curl_easy_strerror(result);
    return kube_fail(err, code, "%s: %s", exchange->request->server, message);
}

int kube_curl_exchange(CURL *easy, const char *tls_server_name, const kube_transport_request_t *request,
                       const kube_transport_sink_t *sink, kube_transport_result_t *result, kube_error_t *err)
{
    kube_curl_exchange_t exchange = { .request = request, .sink = sink };
    int code = make_headers(&exchange, err);
    if (code == KUBE_OK)
        code = make_url(&exchange, tls_server_name, err);
    if (code == KUBE_OK) {
        CURLcode outcome = set_options(easy, &exchange);
        if (outcome == CURLE_OK) {
            kube_sigpipe_t sigpipe;
            kube_sigpipe_block(&sigpipe);
            outcome = curl_easy_perform(easy);
            kube_sigpipe_restore(&sigpipe);
        }
        code = explain(outcome, &exchange, err);
        result->sent = exchange.sends > 0 && code != KUBE_E_TLS;
    }
    clear_options(easy);
    free_headers(exchange.headers);
    curl_slist_free_all(exchange.connect_to);
    kube_headers_wipe(&exchange.reply_headers);
    kube_mem_free(exchange.url);
    return code;
}
