/* OpenID Connect: id-tokens until they expire, new ones by a refresh token, from an issuer that a list of answers plays. */
#include <kube/client.h>
#include <stdarg.h>
#include <time.h>

#include "answers.h"
#include "auth/oidc.h"
#include "base/base64.h"
#include "faults.h"
#include "test.h"

static answers_t issuer;
static kube_error_t err;

/* A JWT that expires at a time; `name` makes it another one. */
static const char *make_token_until(const char *expiry, const char *name)
{
    static char tokens[8][512];
    static int next;
    char claims[128], *token = tokens[next++ % 8];
    snprintf(claims, sizeof claims, "{\"iss\":\"https://issuer.test\",\"sub\":\"%s?>~\",\"exp\":%s}", name, expiry);
    strcpy(token, "canaryhead.");
    size_t len = kube_base64_encoded_len(strlen(claims));
    kube_base64_encode(token + 11, (const uint8_t *)claims, strlen(claims));
    for (char *c = token + 11; c < token + 11 + len; c++)
        *c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
    while (token[10 + len] == '=')
        len--;
    strcpy(token + 11 + len, ".canarysignature");
    return token;
}

static const char *make_token(int seconds, const char *name)
{
    char expiry[32];
    snprintf(expiry, sizeof expiry, "%lld", (long long)time(NULL) + seconds);
    return make_token_until(expiry, name);
}

static kube_string_entry_t entries[8];
static kube_auth_provider_t provider;
static kube_config_t config;

/* Pairs of keys and values beside those that are always there, NULL at the end. */
static void set_up(const char *first, ...)
{
    size_t len = 2;
    entries[0] = (kube_string_entry_t){ "idp-issuer-url", "https://issuer.test/realm/" };
    entries[1] = (kube_string_entry_t){ "client-id", "my app" };
    va_list list;
    va_start(list, first);
    for (const char *key = first; key; key = va_arg(list, const char *))
        entries[len++] = (kube_string_entry_t){ key, va_arg(list, const char *) };
    va_end(list);
    provider = (kube_auth_provider_t){ .name = "oidc", .config = { entries, len } };
    config = (kube_config_t){ .server = "https://api.test", .auth_provider = &provider };
}

#define DISCOVERY { .status = 200, .body = "{\"token_endpoint\":\"https://login.test:8443/token?x=1\"}" }

static char sent[1024];

/* The Authorization header of one request, in `sent`. */
static int ask(kube_credentials_t *credentials)
{
    kube_headers_t headers = { 0 };
    kube_credentials_use_t use = { 0 };
    int code;
    sent[0] = '\0';
    do
        code = kube_credentials_add_headers(credentials, &use, &headers, &err);
    while (code == KUBE_CREDENTIALS_WAIT);
    CHECK(!use.waits);
    if (code == KUBE_OK)
        snprintf(sent, sizeof sent, "%s", headers.items[0].value);
    kube_headers_wipe(&headers);
    return code;
}

static int make(kube_credentials_t **credentials)
{
    return kube_oidc_credentials_new(&config, &issuer.base, credentials, &err);
}

static bool is_sent(const char *token)
{
    return strncmp(sent, "Bearer ", 7) == 0 && strcmp(sent + 7, token) == 0;
}

static void test_refresh(void)
{
    char replies[2][1024];
    const char *old = make_token(3600, "old"), *stale = make_token(5, "stale"), *first = make_token(5, "first"),
               *second = make_token(3600, "second");
    snprintf(replies[0], sizeof replies[0], "{\"id_token\":\"%s\",\"refresh_token\":\"next&one\"}", first);
    snprintf(replies[1], sizeof replies[1], "{\"id_token\":\"%s\"}", second);
    const answer_t answers[] = { DISCOVERY, { .status = 200, .body = replies[0] }, DISCOVERY, { .status = 200, .body = replies[1] } };
    kube_credentials_t *credentials;
    answers_set(&issuer, answers, 4);
    set_up("id-token", old, "refresh-token", "r", NULL);
    CHECK_INT(make(&credentials), KUBE_OK);
    CHECK_INT(ask(credentials), KUBE_OK);
    CHECK(is_sent(old));
    CHECK_INT(issuer.requests, 0);
    kube_credentials_free(credentials);

    /* Times that no 64 bits hold are long after, or long before. */
    answers_set(&issuer, answers, 4);
    set_up("id-token", make_token_until("1e300", "never"), "refresh-token", "r", NULL);
    CHECK_INT(make(&credentials), KUBE_OK);
    CHECK_INT(ask(credentials), KUBE_OK);
    CHECK_INT(issuer.requests, 0);
    kube_credentials_free(credentials);
    set_up("id-token", make_token_until("-1.2e10", "ancient"), "refresh-token", "r", NULL);
    CHECK_INT(make(&credentials), KUBE_OK);
    CHECK_INT(ask(credentials), KUBE_OK);
    CHECK_INT(issuer.requests, 2);
    kube_credentials_free(credentials);
    answers_set(&issuer, answers, 4);

    (void)stale;
    set_up("refresh-token", "r=1", "client-secret", "s:3", NULL);
    CHECK_INT(make(&credentials), KUBE_OK);
    CHECK_INT(ask(credentials), KUBE_OK);
    CHECK(is_sent(first));
    CHECK_STR(issuer.asked[0].line, "GET https://issuer.test/realm/.well-known/openid-configuration");
    CHECK_STR(issuer.asked[1].line, "POST https://login.test:8443/token?x=1");
    CHECK_STR(issuer.asked[1].body, "grant_type=refresh_token&refresh_token=r%3D1");
    CHECK(strstr(issuer.asked[1].head, "Authorization: Basic bXklMjBhcHA6cyUzQTM=\n"));
    CHECK(strstr(issuer.asked[1].head, "Content-Type: application/x-www-form-urlencoded\n"));
    /* Refused by a server, it is made anew, with the refresh token that came with it. */
    kube_credentials_use_t use = { .version = 1 };
    CHECK(kube_credentials_refused(credentials, &use));
    CHECK_INT(ask(credentials), KUBE_OK);
    CHECK(is_sent(second));
    CHECK_STR(issuer.asked[3].body, "grant_type=refresh_token&refresh_token=next%26one");
    CHECK_INT(ask(credentials), KUBE_OK);
    CHECK_INT(issuer.requests, 4);
    kube_credentials_free(credentials);

    /* Without a secret the client only tells its name. */
    answers_set(&issuer, answers, 4);
    set_up("refresh-token", "r", NULL);
    CHECK_INT(make(&credentials), KUBE_OK);
    CHECK_INT(ask(credentials), KUBE_OK);
    CHECK_STR(issuer.asked[1].body, "grant_type=refresh_token&refresh_token=r&client_id=my%20app");
    CHECK(!strstr(issuer.asked[1].head, "Authorization"));
    kube_credentials_free(credentials);
}

static void test_bad_issuers(void)
{
    static const struct { answer_t answers[2]; int code; const char *message; } cases[] = {
        { { { .status = 0 } }, KUBE_E_CONNECT, "oidc: the answer failed" },
        { { { .status = 404, .body = "canary" } }, KUBE_E_UNAUTHORIZED, "discovery with status 404" },
        { { { .status = 200, .body = "canary" } }, KUBE_E_CONFIG, "no JSON object" },
        { { { .status = 200, .body = "{}" } }, KUBE_E_CONFIG, "no token_endpoint" },
        { { { .status = 200, .body = "{\"token_endpoint\":\"http://canary\"}" } }, KUBE_E_CONFIG, "no token_endpoint" },
        { { DISCOVERY, { .status = 400, .body = "{\"error\":\"canary\"}" } }, KUBE_E_UNAUTHORIZED, "refresh with status 400" },
        { { DISCOVERY, { .status = 200, .body = "{\"access_token\":\"canary\"}" } }, KUBE_E_CONFIG, "no id_token" },
        { { DISCOVERY, { .status = 200, .body = "{\"id_token\":\"canary\"}" } }, KUBE_E_CONFIG, "no JWT" },
        { { DISCOVERY, { .status = 200, .body = "{\"id_token\":\"a.e30.canary\"}" } }, KUBE_E_CONFIG, "no JWT" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kube_credentials_t *credentials;
        answers_set(&issuer, cases[i].answers, cases[i].answers[1].status ? 2 : 1);
        set_up("refresh-token", "canary", "client-secret", "canary", NULL);
        CHECK_INT(make(&credentials), KUBE_OK);
        CHECK_INT(ask(credentials), cases[i].code);
        if (!strstr(err.message, cases[i].message))
            printf("%zu: %s\n", i, err.message);
        CHECK(strstr(err.message, cases[i].message) && !strstr(err.message, "canary"));
        kube_credentials_free(credentials);
    }
}

static void test_configurations(void)
{
    kube_credentials_t *credentials;
    set_up(NULL, NULL);
    CHECK_INT(make(&credentials), KUBE_OK);
    CHECK_INT(ask(credentials), KUBE_E_CONFIG);
    CHECK(strstr(err.message, "there is no refresh-token"));
    kube_credentials_free(credentials);
    entries[0].value = "http://issuer.test";
    CHECK_INT(make(&credentials), KUBE_E_CONFIG);
    set_up(NULL, NULL);
    entries[1].value = "";
    CHECK_INT(make(&credentials), KUBE_E_CONFIG);
    provider.name = "gcp";
    CHECK_INT(make(&credentials), KUBE_E_UNSUPPORTED);
    /* Through libcurl: nobody listens there. */
    kube_client_t *client = NULL;
    answers_set(&issuer, &(answer_t){ .status = 200, .body = "{}" }, 1);
    set_up("refresh-token", "canary", NULL);
    entries[0].value = "https://127.0.0.1:1";
    CHECK_INT(kube_client_new(&config, &(kube_client_options_t){ .transport = &issuer.base }, &client, &err), KUBE_OK);
    CHECK_INT(kube_raw(client, &(kube_raw_request_t){ .path = "/x" }, NULL, &err), KUBE_E_CONNECT);
    CHECK(strstr(err.message, "oidc: https://127.0.0.1:1"));
    CHECK_INT(issuer.requests, 0);
    kube_client_free(client);
}

static bool refresh_with_faults(void)
{
    static char reply[1024];
    const answer_t answers[] = { DISCOVERY, { .status = 200, .body = reply } };
    kube_credentials_t *credentials;
    snprintf(reply, sizeof reply, "{\"id_token\":\"%s\",\"refresh_token\":\"r\"}", make_token(3600, "x"));
    answers_set(&issuer, answers, 2);
    set_up("refresh-token", "r", "client-secret", "s", NULL);
    int code = make(&credentials);
    if (code == KUBE_OK)
        code = ask(credentials);
    kube_credentials_free(credentials);
    return code == KUBE_OK || code == KUBE_E_NO_MEMORY;
}

static void test_failing_allocations(void)
{
    CHECK(fault_loop(refresh_with_faults) > 20);
}

int main(void)
{
    RUN(test_refresh);
    RUN(test_bad_issuers);
    RUN(test_configurations);
    RUN(test_failing_allocations);
    return test_end();
}
