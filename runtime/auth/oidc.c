#include "auth/oidc.h"

#include <jansson.h>
#include <string.h>

#include "auth/basic.h"
#include "auth/json.h"
#include "auth/made.h"
#include "auth/text.h"
#include "base/base64.h"
#include "base/escape.h"
#include "base/fail.h"
#include "base/memory.h"

#define MARGIN_SECONDS 10
#define REPLY_MAX ((size_t)1 << 20)

enum { DISCOVERY, TOKEN, ENDED };

typedef struct oidc_maker {
    kube_maker_t base;
    kube_config_t *config;
    kube_transport_t *issuer;
    bool owns_issuer;
    char *refresh_token; /* the latest */
    /* a run */
    int state;
    int code;            /* of the run, with err */
    kube_error_t err;
    kube_transport_exchange_t *exchange;
    bool exchange_ended;
    int status;
    kube_buffer_t reply, server, target, body;
    kube_headers_t headers;
    kube_made_t made;
} oidc_maker_t;

/* A value of the provider's configuration; "" when it is not there. */
static const char *setting(const kube_config_t *config, const char *key)
{
    const kube_string_map_t *map = &config->auth_provider->config;
    for (size_t i = 0; i < map->len; i++) {
        if (strcmp(map->items[i].key, key) == 0)
            return map->items[i].value ? map->items[i].value : "";
    }
    return "";
}

/* ---- id-tokens ---- */

/* The middle of a JWT, base64url without padding, as text; the caller wipes it. */
static bool read_claims(const char *token, kube_buffer_t *out)
{
    const char *begin = strchr(token, '.');
    const char *end = begin ? strchr(begin + 1, '.') : NULL;
    size_t len = end ? (size_t)(end - begin) - 1 : 0, decoded = 0;
    if (len == 0 || !kube_buffer_reserve(out, len + 4))
        return false;
    for (size_t i = 0; i < len; i++) {
        char c = begin[1 + i];
        out->data[i] = c;
        if (c == '-')
            out->data[i] = '+';
        else if (c == '_')
            out->data[i] = '/';
    }
    while (len % 4)
        out->data[len++] = '=';
    if (!kube_base64_decode((uint8_t *)out->data, out->data, len, &decoded))
        return false;
    out->len = decoded;
    return true;
}

/* Of a number that may be none of those that int64_t has. */
static int64_t whole_seconds(double seconds)
{
    return seconds >= 9e18 ? INT64_MAX : seconds > 0 ? (int64_t)seconds : 0;
}

static int read_expiry(const char *token, kube_time_t *expiry, kube_error_t *err)
{
    kube_buffer_t claims = { 0 };
    json_t *root = NULL;
    int code = read_claims(token, &claims) ? kube_secret_json_read(claims.data, claims.len, &root, err) : KUBE_E_PARSE;
    if (claims.failed)
        code = KUBE_E_NO_MEMORY;
    const json_t *exp = json_object_get(root, "exp");
    if (json_is_number(exp))
        *expiry = (kube_time_t){ .has = true, .seconds = whole_seconds(json_number_value(exp)) };
    kube_secret_json_free(root);
    kube_buffer_wipe(&claims);
    if (code == KUBE_E_NO_MEMORY)
        return kube_fail_memory(err);
    return expiry->has ? KUBE_OK : kube_fail(err, KUBE_E_CONFIG, "oidc: the id-token is no JWT with a time of expiry");
}

static int take_id_token(const char *token, kube_made_t *made, kube_error_t *err)
{
    int code = read_expiry(token, &made->expiry, err);
    return code == KUBE_OK ? kube_bearer_value(token, strlen(token), "oidc: id-token", &made->header, err) : code;
}

/* ---- exchanges with the issuer ---- */

static int take_head(void *userdata, int status, const kube_header_t *headers, size_t count)
{
    (void)headers, (void)count;
    ((oidc_maker_t *)userdata)->status = status;
    return KUBE_OK;
}

static int take_body(void *userdata, const char *bytes, size_t len)
{
    oidc_maker_t *maker = userdata;
    if (maker->reply.len + len > REPLY_MAX)
        return KUBE_E_LIMIT;
    return kube_append_secret(&maker->reply, bytes, len) ? KUBE_OK : KUBE_E_NO_MEMORY;
}

static void take_end(void *userdata, int code, bool sent, const char *message)
{
    (void)sent;
    oidc_maker_t *maker = userdata;
    maker->exchange = NULL;
    maker->exchange_ended = true;
    if (code == KUBE_E_NO_MEMORY)
        maker->code = kube_fail_memory(&maker->err);
    else if (code < 0)
        maker->code = kube_fail(&maker->err, code, "oidc: %s", message);
}

static int ask(oidc_maker_t *maker, const char *method, const char *content_type)
{
    kube_headers_add(&maker->headers, "Accept", "application/json");
    kube_headers_add(&maker->headers, "User-Agent", "libkube");
    if (content_type)
        kube_headers_add(&maker->headers, "Content-Type", content_type);
    if (maker->headers.failed || maker->server.failed || maker->target.failed || maker->body.failed)
        return kube_fail_memory(&maker->err);
    kube_transport_request_t request = { .method = method, .server = maker->server.data, .target = maker->target.data,
                                         .headers = maker->headers.items, .header_count = maker->headers.len,
                                         .body = maker->body.data, .body_len = maker->body.len };
    kube_transport_sink_t sink = { .head = take_head, .body = take_body, .end = take_end, .userdata = maker };
    kube_transport_exchange_t *exchange = NULL;
    maker->exchange_ended = false;
    maker->status = 0;
    int code = maker->issuer->start(maker->issuer, &request, &sink, &exchange, &maker->err);
    if (code == KUBE_OK && !maker->exchange_ended)
        maker->exchange = exchange;
    return code == KUBE_OK ? maker->code : code;
}

static void clear_exchange(oidc_maker_t *maker)
{
    if (maker->exchange)
        maker->issuer->stop(maker->issuer, maker->exchange);
    maker->exchange = NULL;
    kube_buffer_wipe(&maker->reply);
    kube_buffer_wipe(&maker->server);
    kube_buffer_wipe(&maker->target);
    kube_buffer_wipe(&maker->body);
    kube_headers_wipe(&maker->headers);
}

/* As forms and, within basic authentication, OAuth 2.0 want it. */
static void put_encoded(kube_buffer_t *buffer, const char *text)
{
    kube_buffer_t encoded = { 0 };
    if (kube_buffer_reserve(&encoded, 3 * strlen(text))) {
        kube_escape(&encoded, text, "");
        kube_append_secret(buffer, encoded.data ? encoded.data : "", encoded.len);
    }
    buffer->failed = buffer->failed || encoded.failed;
    kube_buffer_wipe(&encoded);
}

/* A client with a secret proves itself in a header, another one only tells its name. */
static void put_client(oidc_maker_t *maker)
{
    kube_buffer_t id = { 0 }, secret = { 0 }, header = { 0 };
    put_encoded(&id, setting(maker->config, "client-id"));
    put_encoded(&secret, setting(maker->config, "client-secret"));
    if (id.failed || secret.failed) {
        maker->headers.failed = true;
    } else if (secret.len) {
        kube_basic_value(id.data, secret.data, &header);
        if (header.failed)
            maker->headers.failed = true;
        else
            kube_headers_add(&maker->headers, "Authorization", header.data);
    } else {
        kube_buffer_puts(&maker->body, "&client_id=");
        kube_buffer_puts(&maker->body, id.data);
    }
    kube_buffer_wipe(&id);
    kube_buffer_wipe(&secret);
    kube_buffer_wipe(&header);
}

static int ask_discovery(oidc_maker_t *maker)
{
    const char *url = setting(maker->config, "idp-issuer-url");
    size_t len = strlen(url);
    while (len && url[len - 1] == '/')
        len--;
    kube_buffer_append(&maker->server, url, len);
    kube_buffer_puts(&maker->target, "/.well-known/openid-configuration");
    maker->state = DISCOVERY;
    return ask(maker, "GET", NULL);
}

static int ask_token(oidc_maker_t *maker, const char *endpoint)
{
    static const char scheme[] = "https://";
    size_t scheme_len = sizeof scheme - 1;
    if (!endpoint || strncmp(endpoint, scheme, scheme_len) != 0 || kube_has_control(endpoint))
        return kube_fail(&maker->err, KUBE_E_CONFIG, "oidc: the issuer names no token_endpoint with https");
    size_t host_len = strcspn(endpoint + scheme_len, "/?#");
    const char *path = endpoint + scheme_len + host_len;
    kube_buffer_append(&maker->server, endpoint, scheme_len + host_len);
    kube_buffer_puts(&maker->target, *path == '/' ? "" : "/");
    kube_buffer_append(&maker->target, path, strcspn(path, "#"));
    /* Room for all of it at once, so that no copies are left behind. */
    kube_buffer_reserve(&maker->body, 128 + 3 * (strlen(maker->refresh_token) + strlen(setting(maker->config, "client-id"))));
    kube_buffer_puts(&maker->body, "grant_type=refresh_token&refresh_token=");
    put_encoded(&maker->body, maker->refresh_token);
    put_client(maker);
    maker->state = TOKEN;
    return ask(maker, "POST", "application/x-www-form-urlencoded");
}

/* Issuers may hand out another refresh token, for once. */
static int take_tokens(oidc_maker_t *maker, const json_t *reply)
{
    const char *token = json_string_value(json_object_get(reply, "id_token"));
    const char *refresh = json_string_value(json_object_get(reply, "refresh_token"));
    if (refresh && *refresh) {
        char *copy = kube_mem_strdup(refresh);
        if (!copy)
            return kube_fail_memory(&maker->err);
        kube_mem_wipe(maker->refresh_token, strlen(maker->refresh_token));
        kube_mem_free(maker->refresh_token);
        maker->refresh_token = copy;
    }
    maker->state = ENDED;
    if (!token)
        return kube_fail(&maker->err, KUBE_E_CONFIG, "oidc: the issuer's reply has no id_token");
    return take_id_token(token, &maker->made, &maker->err);
}

/* A whole reply has come: what follows from it. */
static int go_on(oidc_maker_t *maker)
{
    json_t *root = NULL;
    int code;
    if (maker->status != 200)
        return kube_fail(&maker->err, KUBE_E_UNAUTHORIZED, "oidc: the issuer answers the %s with status %d",
                         maker->state == DISCOVERY ? "discovery" : "refresh", maker->status);
    code = kube_secret_json_read(maker->reply.data, maker->reply.len, &root, &maker->err);
    if (code == KUBE_E_PARSE)
        code = kube_fail(&maker->err, KUBE_E_CONFIG, "oidc: the issuer's reply is no JSON object");
    clear_exchange(maker);
    if (code == KUBE_OK && maker->state == DISCOVERY)
        code = ask_token(maker, json_string_value(json_object_get(root, "token_endpoint")));
    else if (code == KUBE_OK)
        code = take_tokens(maker, root);
    kube_secret_json_free(root);
    return code;
}

/* ---- the functions of a maker ---- */

static int start(kube_maker_t *base, kube_error_t *err)
{
    oidc_maker_t *maker = (oidc_maker_t *)base;
    if (!maker->refresh_token)
        return kube_fail(err, KUBE_E_CONFIG, "oidc: the id-token is not valid any more, and there is no refresh-token");
    if (!maker->issuer) {
        kube_config_t config = { .server = setting(maker->config, "idp-issuer-url"), .proxy_url = maker->config->proxy_url };
        const char *file = setting(maker->config, "idp-certificate-authority");
        const char *data = setting(maker->config, "idp-certificate-authority-data");
        kube_buffer_t pem = { 0 };
        size_t decoded = 0;
        if (*data && kube_buffer_reserve(&pem, strlen(data))) {
            if (!kube_base64_decode((uint8_t *)pem.data, data, strlen(data), &decoded))
                decoded = 0;
            pem.data[decoded] = '\0';
            config.ca_pem = pem.data;
        } else if (*file) {
            config.ca_file = file;
        }
        int code = pem.failed ? kube_fail_memory(err) : kube_transport_new(&config, &maker->issuer, err);
        kube_buffer_dispose(&pem);
        if (code < 0)
            return code;
        maker->owns_issuer = true;
    }
    maker->code = ask_discovery(maker);
    return KUBE_OK;
}

static bool look(kube_maker_t *base)
{
    oidc_maker_t *maker = (oidc_maker_t *)base;
    if (maker->exchange)
        maker->issuer->dispatch(maker->issuer);
    while (maker->code == KUBE_OK && maker->state != ENDED && maker->exchange_ended)
        maker->code = go_on(maker);
    return maker->code < 0 || maker->state == ENDED;
}

static void stop(kube_maker_t *base)
{
    oidc_maker_t *maker = (oidc_maker_t *)base;
    clear_exchange(maker);
    kube_made_wipe(&maker->made);
    maker->code = KUBE_OK;
    maker->exchange_ended = false;
}

static int end(kube_maker_t *base, kube_made_t *out, kube_error_t *err)
{
    oidc_maker_t *maker = (oidc_maker_t *)base;
    int code = maker->code;
    *out = maker->made;
    maker->made = (kube_made_t){ 0 };
    if (code < 0)
        kube_made_wipe(out);
    if (code < 0 && err)
        *err = maker->err;
    stop(base);
    return code;
}

static void free_maker(kube_maker_t *base)
{
    oidc_maker_t *maker = (oidc_maker_t *)base;
    if (maker->issuer)
        stop(base);
    if (maker->owns_issuer)
        kube_transport_free(maker->issuer);
    if (maker->refresh_token)
        kube_mem_wipe(maker->refresh_token, strlen(maker->refresh_token));
    kube_mem_free(maker->refresh_token);
    kube_config_free(maker->config);
    kube_mem_free(maker);
}

/* ---- making them ---- */

static int check(const kube_config_t *config, kube_error_t *err)
{
    const char *name = config->auth_provider->name;
    if (!name || strcmp(name, "oidc") != 0)
        return kube_fail(err, KUBE_E_UNSUPPORTED, "auth-provider: only oidc is supported by this version");
    if (strncmp(setting(config, "idp-issuer-url"), "https://", 8) != 0)
        return kube_fail(err, KUBE_E_CONFIG, "auth-provider.config.idp-issuer-url: missing, or not https");
    if (!*setting(config, "client-id"))
        return kube_fail(err, KUBE_E_CONFIG, "auth-provider.config.client-id: missing");
    return KUBE_OK;
}

static int fill(oidc_maker_t *maker, const kube_config_t *config, kube_made_t *initial, kube_error_t *err)
{
    maker->config = kube_config_dup(config);
    if (!maker->config)
        return kube_fail_memory(err);
    const char *refresh_token = setting(maker->config, "refresh-token"), *id_token = setting(maker->config, "id-token");
    if (*refresh_token && !(maker->refresh_token = kube_mem_strdup(refresh_token)))
        return kube_fail_memory(err);
    return *id_token ? take_id_token(id_token, initial, err) : KUBE_OK;
}

int kube_oidc_credentials_new(const kube_config_t *config, kube_transport_t *issuer, kube_credentials_t **out, kube_error_t *err)
{
    *out = NULL;
    int code = config->auth_provider ? check(config, err) : KUBE_OK;
    if (code < 0 || !config->auth_provider)
        return code;
    oidc_maker_t *maker = kube_mem_zero(sizeof *maker);
    kube_made_t initial = { 0 };
    if (!maker)
        return kube_fail_memory(err);
    maker->base = (kube_maker_t){ .kind = "OpenID provider", .start = start, .look = look, .end = end, .stop = stop, .free = free_maker };
    maker->issuer = issuer;
    code = fill(maker, config, &initial, err);
    if (code == KUBE_OK)
        code = kube_made_credentials_new(&maker->base, MARGIN_SECONDS, &initial, NULL, out, err);
    else
        free_maker(&maker->base);
    kube_made_wipe(&initial);
    return code;
}
