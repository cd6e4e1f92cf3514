/*
 * What becomes of replies: errors with their Status, replies that are cut, too large or not what was asked for, and failing
 * allocations.
 */
#include <kube/core/v1.h>
#include <kube/object.h>
#include <stdatomic.h>
#include <unistd.h>

#include "auth/token.h"
#include "scripted.h"
#include "test.h"
#include "faults.h"

static scripted_t script;
static kube_client_t *client;
static kube_error_t err;

#define POD "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"p\",\"namespace\":\"n\"}}"

static kube_client_t *make_client(size_t max_reply_bytes)
{
    kube_client_t *made = NULL;
    kube_config_t config = { .server = "https://api.test", .token = "canary" };
    kube_client_options_t options = { .transport = &script.base, .max_retries = { true, 0 }, .max_reply_bytes = max_reply_bytes };
    kube_client_new(&config, &options, &made, &err);
    return made;
}

static int get(void)
{
    kube_core_v1_pod_t *out = NULL;
    int code = kube_core_v1_pod_get(client, "n", "p", NULL, &out, &err);
    CHECK((code == KUBE_OK) == (out != NULL));
    CHECK_INT(err.code, code);
    kube_free(out);
    return code;
}

static int create(void)
{
    kube_core_v1_pod_t pod = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "p" } };
    return kube_core_v1_pod_create(client, "n", &pod, NULL, NULL, &err);
}

static void test_reasons(void)
{
    static const struct { int http_status; const char *reason; int code; } cases[] = {
        { 400, "BadRequest", KUBE_E_BAD_REQUEST },     { 401, "Unauthorized", KUBE_E_UNAUTHORIZED },
        { 403, "Forbidden", KUBE_E_FORBIDDEN },        { 404, "NotFound", KUBE_E_NOT_FOUND },
        { 405, "MethodNotAllowed", KUBE_E_METHOD_NOT_ALLOWED }, { 406, "NotAcceptable", KUBE_E_UNSUPPORTED_MEDIA },
        { 409, "AlreadyExists", KUBE_E_ALREADY_EXISTS }, { 409, "Conflict", KUBE_E_CONFLICT },
        { 410, "Expired", KUBE_E_EXPIRED },            { 410, "Gone", KUBE_E_EXPIRED },
        { 413, "RequestEntityTooLarge", KUBE_E_LIMIT }, { 415, "UnsupportedMediaType", KUBE_E_UNSUPPORTED_MEDIA },
        { 422, "Invalid", KUBE_E_INVALID },            { 429, "TooManyRequests", KUBE_E_TOO_MANY_REQUESTS },
        { 500, "InternalError", KUBE_E_SERVER },       { 500, "ServerTimeout", KUBE_E_TIMEOUT },
        { 503, "ServiceUnavailable", KUBE_E_SERVER },  { 504, "Timeout", KUBE_E_TIMEOUT },
        { 418, "NobodyKnows", KUBE_E_SERVER },         { 404, "", KUBE_E_NOT_FOUND },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        snprintf(text, sizeof text, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"%s\",\"message\":\"it is\\nso\",\"code\":%d}",
                 cases[i].reason, cases[i].http_status);
        script_answer(&script, cases[i].http_status, text);
        CHECK_INT(get(), cases[i].code);
        CHECK_INT(err.http_status, cases[i].http_status);
        CHECK_STR(err.reason, cases[i].reason);
        CHECK_STR(err.message, "it is so");
    }
}

static void test_whole_status(void)
{
    kube_meta_v1_status_t *status = (kube_meta_v1_status_t *)1;
    kube_get_options_t options = { .call.status = &status };
    script_answer(&script, 422,
                  "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"no\",\"reason\":\"Invalid\",\"details\":{"
                  "\"name\":\"p\",\"retryAfterSeconds\":3,\"causes\":[{\"reason\":\"FieldValueRequired\",\"field\":\"spec.containers\"},{}]},\"code\":422}");
    CHECK_INT(kube_core_v1_pod_get(client, "n", "p", &options, NULL, &err), KUBE_E_INVALID);
    CHECK(status && status->details->causes.len == 2);
    CHECK_STR(err.path, "spec.containers");
    CHECK_INT(err.retry_after_ms, 3000);
    kube_free(status);
    script_answer(&script, 200, POD);
    CHECK_INT(kube_core_v1_pod_get(client, "n", "p", &options, NULL, &err), KUBE_OK);
    CHECK(!status && err.code == 0 && err.http_status == 0);
    script_answer(&script, 429, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"reason\":\"TooManyRequests\"}");
    script.headers[0] = (kube_header_t){ "retry-after", "7" };
    script.header_count = 1;
    CHECK_INT(get(), KUBE_E_TOO_MANY_REQUESTS);
    CHECK_INT(err.retry_after_ms, 7000);
}

/* Errors of something in between that knows no Status. */
static void test_other_errors(void)
{
    script_answer(&script, 502, "<html>\n<h1>Bad Gateway</h1>\x01 and a long tail");
    CHECK_INT(get(), KUBE_E_SERVER);
    CHECK_STR(err.message, "the server answered 502: <html> <h1>Bad Gateway</h1> and a long tail");
    script_answer(&script, 403, NULL);
    CHECK_INT(get(), KUBE_E_FORBIDDEN);
    CHECK_STR(err.message, "the server answered 403");
    script_answer(&script, 302, NULL);
    CHECK_INT(get(), KUBE_E_SERVER);
    script_answer(&script, 204, NULL);
    CHECK_INT(get(), KUBE_E_PARSE);
    script_answer(&script, 200, "not JSON");
    CHECK_INT(get(), KUBE_E_PARSE);
    CHECK_INT(err.http_status, 200);
    script_answer(&script, 200, "{\"kind\":\"Secret\",\"apiVersion\":\"v1\"}");
    CHECK_INT(get(), KUBE_E_PARSE);
    CHECK(strstr(err.message, "Secret"));
    script_answer(&script, 200, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"NotFound\",\"code\":404}");
    CHECK_INT(get(), KUBE_E_NOT_FOUND);
    CHECK_INT(err.http_status, 404);
    script_answer(&script, 200, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Success\"}");
    CHECK_INT(get(), KUBE_E_PARSE);
}

/* Pages of proxies and portals: in one line what they are and how they begin, and no more. */
static void test_pages(void)
{
    static const struct { int status; const char *type, *body; int code; const char *message; } cases[] = {
        { 200, "text/html; charset=utf-8", "<!doctype html>\r\n\t<title>Sign in</title>", KUBE_E_PARSE,
          "the server answered 200 (text/html), which is not JSON: <!doctype html> <title>Sign in</title>" },
        { 200, "text/plain", "ok", KUBE_E_PARSE, "the server answered 200 (text/plain), which is not JSON: ok" },
        { 200, "application/json", "", KUBE_E_PARSE, "the server answered 200 (application/json) without a body" },
        { 200, NULL, " \n", KUBE_E_PARSE, "the server answered 200 without a body" },
        { 502, "text/plain", "upstream connect error\n", KUBE_E_SERVER, "the server answered 502 (text/plain): upstream connect error" },
        { 504, "text/html", "<h1>Gateway Time-out</h1>", KUBE_E_TIMEOUT, "the server answered 504 (text/html): <h1>Gateway Time-out</h1>" },
        { 407, "text/html", "", KUBE_E_SERVER, "the server answered 407 (text/html)" },
        { 200, "application/octet-stream", "k8s\x01\xff\xfe\xc3\xa9", KUBE_E_PARSE,
          "the server answered 200 (application/octet-stream), which is not JSON: k8s ..\xc3\xa9" },
        { 403, "text/html", "no: Authorization: bearer abc.def<br>", KUBE_E_FORBIDDEN,
          "the server answered 403 (text/html): no: Authorization: bearer *******<br>" },
        { 200, "a/type-that-is-much-longer-than-any-of-them", "x", KUBE_E_PARSE,
          "the server answered 200 (a/type-that-is-much-longer-than), which is not JSON: x" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        script_answer(&script, cases[i].status, cases[i].body);
        script.headers[0] = (kube_header_t){ "Content-Type", cases[i].type };
        script.header_count = cases[i].type ? 1 : 0;
        CHECK_INT(get(), cases[i].code);
        CHECK_INT(err.http_status, cases[i].status);
        CHECK_STR(err.message, cases[i].message);
        CHECK_INT(kube_core_v1_pod_delete(client, "n", "p", NULL, NULL, &err), cases[i].code);
        CHECK_STR(err.message, cases[i].message);
        CHECK_INT(kube_core_v1_pod_list(client, "n", NULL, NULL, &err), cases[i].code);
        CHECK_STR(err.message, cases[i].message);
    }
    char page[1000];
    memset(page, 'p', sizeof page);
    page[sizeof page - 1] = '\0';
    script_answer(&script, 500, page);
    CHECK_INT(get(), KUBE_E_SERVER);
    CHECK_INT(strlen(err.message), strlen("the server answered 500: ") + 160);
}

/* Whatever is missing of a reply, there is an error; and in whatever pieces it comes, there is none. */
static void test_pieces_and_cuts(void)
{
    for (size_t i = 0; i < strlen(POD); i++) {
        char text[sizeof POD];
        snprintf(text, sizeof text, "%.*s", (int)i, POD);
        script_answer(&script, 200, text);
        CHECK_INT(get(), KUBE_E_PARSE);
        script_answer(&script, 200, POD);
        script.piece = i + 1;
        CHECK_INT(get(), KUBE_OK);
        script.fails = KUBE_E_CONNECT;
        script.cut_after = i;
        CHECK_INT(get(), KUBE_E_CONNECT);
        CHECK_INT(err.http_status, 200);
    }
}

static void test_lost_replies(void)
{
    static const int lost[] = { KUBE_E_CONNECT, KUBE_E_TIMEOUT, KUBE_E_PARSE };
    for (size_t i = 0; i < 3; i++) {
        script_answer(&script, 0, NULL);
        script.fails = lost[i];
        CHECK_INT(get(), lost[i]);
        CHECK_INT(create(), KUBE_E_AMBIGUOUS);
        CHECK_STR(err.message, "the POST may have happened: scripted failure");
        script.sent = false;
        CHECK_INT(create(), lost[i]);
    }
    script_answer(&script, 201, POD);
    script.fails = KUBE_E_CONNECT;
    CHECK_INT(create(), KUBE_E_AMBIGUOUS);
    CHECK_INT(err.http_status, 201);
    script_answer(&script, 409, "{\"kind\":\"Status\"");
    script.fails = KUBE_E_CONNECT;
    CHECK_INT(create(), KUBE_E_CONFLICT);
    script_answer(&script, 0, NULL);
    script.fails = KUBE_E_TLS;
    CHECK_INT(create(), KUBE_E_TLS);
}

static void test_limit(void)
{
    kube_client_t *usual = client;
    client = make_client(strlen(POD));
    script_answer(&script, 200, POD);
    CHECK_INT(get(), KUBE_OK);
    kube_client_free(client);
    client = make_client(strlen(POD) - 1);
    CHECK_INT(get(), KUBE_E_LIMIT);
    CHECK(strstr(err.message, "larger"));
    script.piece = 1;
    CHECK_INT(get(), KUBE_E_LIMIT);
    script_answer(&script, 200, NULL);
    script.headers[0] = (kube_header_t){ "Content-Length", "99999999999999999999999" };
    script.header_count = 1;
    CHECK_INT(get(), KUBE_E_LIMIT);
    kube_client_free(client);
    client = usual;
}

static void test_content_length_lies(void)
{
    static const char *const values[] = { "0", "1", "-5", "abc", "100000" };
    for (size_t i = 0; i < 5; i++) {
        script_answer(&script, 200, POD);
        script.headers[0] = (kube_header_t){ "Content-Length", values[i] };
        script.header_count = strcmp(values[i], "-5") == 0 ? 0 : 1;
        CHECK_INT(get(), KUBE_OK);
    }
}

static void write_token(const char *path, const char *text)
{
    char aside[300];
    snprintf(aside, sizeof aside, "%s.new", path);
    FILE *file = fopen(aside, "w");
    fputs(text, file);
    fclose(file);
    rename(aside, path);
}

static void test_token_file(void)
{
    char path[] = "/tmp/libkube-token-XXXXXX";
    close(mkstemp(path));
    kube_client_t *usual = client;
    kube_config_t config = { .server = "https://api.test", .token_file = path };
    kube_client_options_t options = { .transport = &script.base, .max_retries = { true, 0 } };
    script_answer(&script, 200, POD);
    CHECK_INT(kube_client_new(&config, &options, &client, &err), KUBE_E_CONFIG);
    CHECK(strstr(err.message, path));
    config.token = "start";
    CHECK_INT(kube_client_new(&config, &options, &client, &err), KUBE_OK);
    static const struct { const char *file, *sent; } steps[] = {
        { "", "Bearer start\n" }, { " \n first\r\n", "Bearer first\n" }, { "second", "Bearer second\n" },
        { "  \n", "Bearer second\n" }, { "two words", "Bearer second\n" }, { "third\n", "Bearer third\n" },
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        write_token(path, steps[i].file);
        CHECK_INT(get(), KUBE_OK);
        CHECK(strstr(script.head, steps[i].sent));
    }
    unlink(path);
    CHECK_INT(get(), KUBE_OK);
    CHECK(strstr(script.head, "Bearer third\n"));
    kube_client_free(client);
    config.token = NULL;
    CHECK_INT(kube_client_new(&config, &options, &client, &err), KUBE_E_CONFIG);
    config = (kube_config_t){ .server = "https://api.test", .token = "with space" };
    CHECK_INT(kube_client_new(&config, &options, &client, &err), KUBE_E_CONFIG);
    CHECK(!strstr(err.message, "with space"));
    client = usual;
}

static void test_misuse(void)
{
    kube_client_t *made = (kube_client_t *)1;
    CHECK_INT(kube_client_new(NULL, NULL, &made, &err), KUBE_E_USAGE);
    CHECK(!made);
    CHECK_INT(kube_client_new(&(kube_config_t){ .server = "https://h" }, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_client_new(&(kube_config_t){ .server = "h" }, NULL, &made, &err), KUBE_E_CONFIG);
    CHECK(!kube_client_namespace(NULL));
    kube_client_free(NULL);
}

static bool calls_with_faults(void)
{
    kube_meta_v1_status_t *status = NULL;
    kube_core_v1_pod_t *out = NULL;
    kube_get_options_t options = { .call.status = &status };
    kube_core_v1_pod_t pod = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "p" } };
    script_answer(&script, 200, POD);
    script.piece = 10;
    kube_client_t *mine = make_client(0);
    int code = mine ? KUBE_OK : KUBE_E_NO_MEMORY;
    if (code == KUBE_OK)
        code = kube_core_v1_pod_create(mine, "n", &pod, NULL, &out, &err);
    kube_free(out);
    kube_any_t any = { 0 };
    if (code == KUBE_OK)
        code = kube_core_v1_pod_delete(mine, "n", "p", NULL, &any, &err);
    kube_free(any.object);
    kube_buffer_t raw = { 0 };
    if (code == KUBE_OK)
        code = kube_raw(mine, &(kube_raw_request_t){ .path = "/x" }, &raw, &err);
    kube_buffer_dispose(&raw);
    if (code == KUBE_OK) {
        script.reply = "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"reason\":\"NotFound\",\"message\":\"not found, and this is why\"}";
        script.status = 404;
        code = kube_core_v1_pod_get(mine, "n", "p", &options, NULL, &err);
        /* What cannot be decoded for lack of memory is still what the HTTP status says. */
        code = code == KUBE_E_NOT_FOUND ? KUBE_OK : code;
    }
    kube_free(status);
    kube_client_free(mine);
    return code == KUBE_OK || (code == KUBE_E_NO_MEMORY && faults.hit);
}

static void test_every_allocation_fails(void)
{
    CHECK(fault_loop(calls_with_faults) > 30);
}

int main(void)
{
    script_answer(&script, 200, POD);
    client = make_client(0);
    if (!client)
        return 1;
    RUN(test_reasons);
    RUN(test_whole_status);
    RUN(test_other_errors);
    RUN(test_pages);
    RUN(test_pieces_and_cuts);
    RUN(test_lost_replies);
    RUN(test_limit);
    RUN(test_content_length_lies);
    RUN(test_token_file);
    RUN(test_misuse);
    kube_client_free(client);
    RUN(test_every_allocation_fails);
    return test_end();
}
