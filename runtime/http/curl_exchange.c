#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "config/url.h"
#include "http/curl.h"

#define DEFAULT_MAX_HEADER_BYTES ((size_t)256 << 10)

/* ---- what libcurl calls ---- */

static void begin_head(kube_transport_exchange_t *exchange, const char *line, size_t len)
{
    const char *space = memchr(line, ' ', len);
    size_t rest = space ? len - (size_t)(space - line) - 1 : 0;
    exchange->status = 0;
    for (size_t i = 0; i < 3 && i < rest && space[1 + i] >= '0' && space[1 + i] <= '9'; i++)
        exchange->status = 10 * exchange->status + (space[1 + i] - '0');
    kube_headers_clear(&exchange->reply_headers);
}

static void add_header_line(kube_transport_exchange_t *exchange, const char *line, size_t len)
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

/* There may be a token among them. */
static void free_request_headers(kube_transport_exchange_t *exchange)
{
    curl_easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, NULL);
    for (struct curl_slist *node = exchange->headers; node; node = node->next)
        kube_mem_wipe(node->data, strlen(node->data));
    curl_slist_free_all(exchange->headers);
    exchange->headers = NULL;
}

static int finish_head(kube_transport_exchange_t *exchange)
{
    if (exchange->status / 100 == 1)
        return KUBE_OK;
    exchange->head_done = true;
    const kube_transport_sink_t *sink = &exchange->sink;
    int code = sink->head(sink->userdata, exchange->status, exchange->reply_headers.items, exchange->reply_headers.len);
    kube_headers_wipe(&exchange->reply_headers);
    free_request_headers(exchange);
    return code;
}

/* One line of the reply's head. Lines after the body (trailers) are of no interest. */
static size_t on_header(char *line, size_t size, size_t count, void *userdata)
{
    kube_transport_exchange_t *exchange = userdata;
    size_t len = size * count, trimmed = len;
    kube_curl_heard(exchange);
    exchange->header_bytes += len;
    while (trimmed && (line[trimmed - 1] == '\r' || line[trimmed - 1] == '\n'))
        trimmed--;
    if (exchange->header_bytes > exchange->max_header_bytes)
        exchange->sink_code = KUBE_E_LIMIT;
    else if (exchange->head_done)
        return len;
    else if (trimmed == 0)
        exchange->sink_code = finish_head(exchange);
    else if (trimmed > 5 && memcmp(line, "HTTP/", 5) == 0)
        begin_head(exchange, line, trimmed);
    else
        add_header_line(exchange, line, trimmed);
    if (exchange->reply_headers.failed)
        exchange->sink_code = KUBE_E_NO_MEMORY;
    return exchange->sink_code < 0 ? 0 : len;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *userdata)
{
    kube_transport_exchange_t *exchange = userdata;
    size_t len = size * count;
    kube_curl_heard(exchange);
    int code = len ? exchange->sink.body(exchange->sink.userdata, bytes, len) : KUBE_OK;
    if (code == KUBE_TRANSPORT_PAUSE)
        return CURL_WRITEFUNC_PAUSE;
    exchange->sink_code = code;
    return code < 0 ? 0 : len;
}

/*
 * Called when a connection is ready and the request is about to be sent. libcurl sends a request again when a kept connection
 * was closed before the first byte of the reply: right for reads, wrong for writes, which may have happened.
 */
static int on_send(void *userdata, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
    (void)remote_ip, (void)local_ip, (void)remote_port;
    kube_transport_exchange_t *exchange = userdata;
    exchange->sends++;
    kube_curl_connected(exchange, local_port);
    return exchange->sends > 1 && !exchange->is_read ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
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
    if (!kube_is_token(header->name))
        return kube_fail(err, KUBE_E_USAGE, "the name of a header is not a token of HTTP");
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

static bool sends_body(const kube_transport_request_t *request)
{
    return request->body || !kube_method_has_no_body(request->method);
}

/* A header without a value takes back what libcurl would send of itself. */
static int append_removal(struct curl_slist **list, const char *line, kube_error_t *err)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (!longer)
        return kube_fail_memory(err);
    *list = longer;
    return KUBE_OK;
}

static int make_headers(kube_transport_exchange_t *exchange, const kube_transport_request_t *request, kube_error_t *err)
{
    /* Without this libcurl waits for "100 Continue" before it sends a long body. */
    int code = append_removal(&exchange->headers, "Expect:", err);
    if (code == KUBE_OK && sends_body(request) && !kube_header_find(request->headers, request->header_count, "Content-Type"))
        code = append_removal(&exchange->headers, "Content-Type:", err);
    for (size_t i = 0; i < request->header_count && code == KUBE_OK; i++)
        code = append_header(&exchange->headers, &request->headers[i], err);
    return code;
}

/*
 * SNI and the name that the certificate must have come from the URL's host. To have another one, the URL names it, the
 * connection is led to the real host, and the Host header says what it would have said.
 */
static int rename_host(kube_transport_exchange_t *exchange, const kube_url_t *url, const char *name, const char *target,
                       kube_buffer_t *text, kube_error_t *err)
{
    const char *open = strchr(name, ':') ? "[" : "", *close = *open ? "]" : "";
    kube_buffer_printf(text, "https://%s%s%s:%.*s%.*s%s", open, name, close, url->port_len ? (int)url->port_len : 3,
                       url->port_len ? url->port : "443", (int)url->path_len, url->path, target);

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

static int make_url(kube_transport_exchange_t *exchange, const kube_transport_request_t *request, const char *tls_server_name,
                    kube_buffer_t *text, kube_error_t *err)
{
    kube_url_t url;
    if (!kube_url_split(request->server, &url))
        return kube_fail(err, KUBE_E_USAGE, "the server is not an http or https URL");
    int code = KUBE_OK;
    if (tls_server_name && url.https) {
        code = rename_host(exchange, &url, tls_server_name, request->target, text, err);
    } else {
        kube_buffer_puts(text, request->server);
        kube_buffer_puts(text, request->target);
    }
    return code == KUBE_OK && text->failed ? kube_fail_memory(err) : code;
}

static CURLcode set_method(CURL *easy, const kube_transport_request_t *request)
{
    bool send_body = sends_body(request);
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

static CURLcode set_options(kube_transport_exchange_t *exchange, const kube_transport_request_t *request, const char *url)
{
    CURL *easy = exchange->easy;
    CURLcode result = set_method(easy, request);
    if (result == CURLE_OK)
        result = curl_easy_setopt(easy, CURLOPT_URL, url);
    if (result == CURLE_OK)
        result = curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, request->gzip ? "gzip" : NULL);
    if (result != CURLE_OK)
        return result;
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->headers);
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, exchange->connect_to);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->message);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange);
    return CURLE_OK;
}

/* Handles are without a proxy, until this and from kube_curl_forget on. */
static CURLcode set_proxy(kube_transport_exchange_t *exchange, const kube_curl_proxy_t *proxy)
{
    if (!proxy)
        return CURLE_OK;
    exchange->proxy = kube_mem_strdup(proxy->url);
    return exchange->proxy ? kube_curl_use_proxy(exchange->easy, proxy) : CURLE_OUT_OF_MEMORY;
}

int kube_curl_prepare(kube_transport_exchange_t *exchange, const kube_transport_request_t *request, const char *tls_server_name,
                      const kube_curl_proxy_t *proxy, kube_error_t *err)
{
    exchange->server = request->server;
    exchange->is_read = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
    exchange->max_header_bytes = request->max_header_bytes ? request->max_header_bytes : DEFAULT_MAX_HEADER_BYTES;
    kube_buffer_t url = { 0 };
    int code = kube_is_token(request->method) ? KUBE_OK : kube_fail(err, KUBE_E_USAGE, "the method is not a token of HTTP");
    if (code == KUBE_OK)
        code = make_headers(exchange, request, err);
    if (code == KUBE_OK)
        code = make_url(exchange, request, tls_server_name, &url, err);
    if (code == KUBE_OK) {
        CURLcode result = set_options(exchange, request, url.data);
        if (result == CURLE_OK)
            result = set_proxy(exchange, proxy);
        if (result == CURLE_OUT_OF_MEMORY)
            code = kube_fail_memory(err);
        else if (result != CURLE_OK)
            code = kube_fail(err, KUBE_E_USAGE, "libcurl does not take the request: %s", curl_easy_strerror(result));
    }
    kube_buffer_dispose(&url);
    return code;
}

kube_transport_exchange_t *kube_curl_exchange_of(CURL *easy)
{
    char *exchange = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &exchange);
    return (kube_transport_exchange_t *)exchange;
}

void kube_curl_forget(kube_transport_exchange_t *exchange)
{
    CURL *easy = exchange->easy;
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, NULL);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, NULL);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, NULL);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, NULL);
    if (exchange->proxy)
        kube_curl_use_proxy(easy, NULL);
    kube_mem_free(exchange->proxy);
    free_request_headers(exchange);
    curl_slist_free_all(exchange->connect_to);
    kube_headers_wipe(&exchange->reply_headers);
    kube_mem_free(exchange);
}

/* ---- outcome ---- */

int kube_curl_outcome(kube_transport_exchange_t *exchange, CURLcode result, char *text, size_t size)
{
    if (exchange->sink_code < 0 && exchange->head_done)
        snprintf(text, size, "the reply was not taken");
    else if (exchange->sink_code < 0)
        snprintf(text, size, "the headers of the reply are longer than %zu bytes", exchange->max_header_bytes);
    else if (result == CURLE_ABORTED_BY_CALLBACK || (result == CURLE_OK && !exchange->head_done))
        snprintf(text, size, "%s: the connection was closed before the reply", exchange->server);
    else if (result == CURLE_OK)
        *text = '\0';
    else
        snprintf(text, size, "%s%s%s: %s", exchange->server, exchange->proxy ? " through the proxy " : "", exchange->proxy ? exchange->proxy : "",
                 *exchange->message ? exchange->message : curl_easy_strerror(result));
    if (exchange->sink_code < 0)
        return exchange->sink_code;
    if (result == CURLE_ABORTED_BY_CALLBACK || (result == CURLE_OK && !exchange->head_done))
        return KUBE_E_CONNECT;
    return kube_curl_code(result, exchange->message);
}
