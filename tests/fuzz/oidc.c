/*
 * Replies of a hostile OpenID issuer: whatever comes, requests get one header that can be sent, or an error; and the refresh token goes to https
 * only. Input: bytes handed over at once, then the discovery's reply and the token endpoint's, each "S" and a body, S being '2' for status 200,
 * with a byte 1E between them.
 */
#include "auth/oidc.h"

#include <kube/transport.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct issuer {
    kube_transport_t base;
    const char *at, *end; /* the replies that are left */
    size_t piece;
    int requests;
} issuer_t;

static void check_text(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            abort();
    }
}

static void check_request(const issuer_t *issuer, const kube_transport_request_t *request)
{
    if (issuer->requests > 2 || strncmp(request->server, "https://", 8) != 0 || request->target[0] != '/')
        abort();
    check_text(request->server);
    check_text(request->target);
    for (size_t i = 0; i < request->header_count; i++)
        check_text(request->headers[i].value);
}

static int answer(kube_transport_t *base, const kube_transport_request_t *request, const kube_transport_sink_t *sink,
                  kube_transport_exchange_t **exchange, kube_error_t *err)
{
    issuer_t *issuer = (issuer_t *)base;
    (void)err;
    *exchange = NULL;
    issuer->requests++;
    check_request(issuer, request);
    const char *stop = issuer->at < issuer->end ? memchr(issuer->at, 0x1e, (size_t)(issuer->end - issuer->at)) : NULL;
    stop = stop ? stop : issuer->end;
    bool good = issuer->at < stop && *issuer->at == '2';
    const char *body = issuer->at < stop ? issuer->at + 1 : stop;
    int code = sink->head(sink->userdata, good ? 200 : 400, NULL, 0);
    for (size_t len; code == KUBE_OK && body < stop; body += len) {
        len = (size_t)(stop - body) < issuer->piece ? (size_t)(stop - body) : issuer->piece;
        code = sink->body(sink->userdata, body, len);
    }
    issuer->at = stop < issuer->end ? stop + 1 : stop;
    sink->end(sink->userdata, code, true, "");
    return KUBE_OK;
}

static void ask(kube_credentials_t *credentials)
{
    kube_headers_t headers = { 0 };
    kube_credentials_use_t use = { 0 };
    kube_error_t err = { 0 };
    int code;
    do
        code = kube_credentials_add_headers(credentials, &use, &headers, &err);
    while (code == KUBE_CREDENTIALS_WAIT);
    if (code == KUBE_OK && (headers.len != 1 || strncmp(headers.items[0].value, "Bearer ", 7) != 0))
        abort();
    if (code != KUBE_OK && (headers.len || err.code != code))
        abort();
    if (headers.len)
        check_text(headers.items[0].value);
    kube_headers_wipe(&headers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    kube_string_entry_t entries[] = { { "idp-issuer-url", "https://issuer.test" }, { "client-id", "me" }, { "refresh-token", "r" } };
    kube_auth_provider_t provider = { .name = "oidc", .config = { entries, 3 } };
    kube_config_t config = { .server = "https://api.test", .auth_provider = &provider };
    issuer_t issuer = { .base = { .start = answer }, .at = (const char *)data + 1, .end = (const char *)data + size, .piece = data[0] + 1 };
    kube_credentials_t *credentials = NULL;
    if (kube_oidc_credentials_new(&config, &issuer.base, &credentials, NULL) == KUBE_OK)
        ask(credentials);
    kube_credentials_free(credentials);
    return 0;
}
