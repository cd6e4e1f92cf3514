/* What goes out as proof of who the client is: basic authentication, impersonation, and what becomes of a 401. */
#include <kube/core/v1.h>
#include <kube/object.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "answers.h"
#include "faults.h"
#include "patience.h"

#define POD "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"p\",\"namespace\":\"n\"}}"
#define STATUS_401 "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"Unauthorized\",\"code\":401}"

static answers_t answers;
static kube_error_t err;

static const answer_t found[] = { { .status = 200, .body = POD } };
static const answer_t unknown_then_found[] = { { .status = 401, .body = STATUS_401 }, { .status = 200, .body = POD } };
static const answer_t unknown[] = { { .status = 401, .body = STATUS_401 } };

static int make(const kube_config_t *config, kube_client_t **client)
{
    kube_client_options_t options = { .transport = &answers.base, .max_retries = { true, 0 } };
    return kube_client_new(config, &options, client, &err);
}

static int get(kube_client_t *client)
{
    kube_core_v1_pod_t *pod = NULL;
    int code = kube_core_v1_pod_get(client, "n", "p", NULL, &pod, &err);
    kube_free(pod);
    return code;
}

static int create(kube_client_t *client)
{
    kube_core_v1_pod_t pod = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "p" } };
    return kube_core_v1_pod_create(client, "n", &pod, NULL, NULL, &err);
}

/* One request of a client of that configuration; what it sent is in answers.asked[0]. */
static int ask(const kube_config_t *config)
{
    kube_client_t *client = NULL;
    answers_set(&answers, found, 1);
    int code = make(config, &client);
    if (code == KUBE_OK)
        code = get(client);
    kube_client_free(client);
    return code;
}

static bool sent(const char *line)
{
    return strstr(answers.asked[0].head, line) != NULL;
}

static void test_basic(void)
{
    kube_config_t config = { .server = "https://api.test", .username = "Aladdin", .password = "open sesame" };
    CHECK_INT(ask(&config), KUBE_OK);
    CHECK(sent("Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\n"));
    config.password = NULL;
    CHECK_INT(ask(&config), KUBE_OK);
    CHECK(sent("Authorization: Basic QWxhZGRpbjo=\n"));
    config.server = "http://api.test";
    CHECK_INT(ask(&config), KUBE_OK);
    CHECK(!sent("Authorization"));
    config = (kube_config_t){ .server = "https://api.test", .username = "a:b", .password = "canary" };
    CHECK_INT(ask(&config), KUBE_E_CONFIG);
    config.username = "a";
    config.password = "canary\n";
    CHECK_INT(ask(&config), KUBE_E_CONFIG);
    CHECK(!strstr(err.message, "canary"));
}

static const char *groups[] = { "system:masters", "dev ops" };
static const char *scopes[] = { "view", "edit" };
static kube_string_list_entry_t extra[] = {
    { "scopes", { scopes, 2 } }, { "example.com/a b%", { scopes, 1 } },
};
static const kube_config_t someone = {
    .server = "https://api.test", .token = "mine", .as = "jane", .as_uid = "u-1", .as_groups = { groups, 2 }, .as_user_extra = { extra, 2 },
};

static void test_impersonation(void)
{
    CHECK_INT(ask(&someone), KUBE_OK);
    CHECK(sent("Authorization: Bearer mine\n"));
    CHECK(sent("Impersonate-User: jane\nImpersonate-Uid: u-1\nImpersonate-Group: system:masters\nImpersonate-Group: dev ops\n"
               "Impersonate-Extra-scopes: view\nImpersonate-Extra-scopes: edit\nImpersonate-Extra-example.com%2Fa%20b%25: view\n"));
    kube_config_t config = { .server = "https://api.test", .as = "jane" };
    CHECK_INT(ask(&config), KUBE_OK);
    CHECK(sent("Impersonate-User: jane\n") && !sent("Authorization"));
    config = someone;
    config.server = "http://api.test";
    CHECK_INT(ask(&config), KUBE_OK);
    CHECK(sent("Impersonate-User: jane\n") && !sent("Authorization"));
    config = someone;
    config.as = NULL;
    CHECK_INT(ask(&config), KUBE_E_CONFIG);
    config.as = "jane\r\nX-Evil: 1";
    CHECK_INT(ask(&config), KUBE_E_CONFIG);
}

static void write_token(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
}

/* Whether a token is replaced between two requests, or while one is under way, the request itself succeeds: reads and writes. */
static char token_path[] = "/tmp/libkube-auth-XXXXXX";

static int start_and_replace(kube_transport_t *transport, const kube_transport_request_t *request, const kube_transport_sink_t *sink,
                             kube_transport_exchange_t **exchange, kube_error_t *error)
{
    if (answers.requests == 0)
        write_token(token_path, "second");
    return answers_start(transport, request, sink, exchange, error);
}

static void test_401(void)
{
    close(mkstemp(token_path));
    for (int writes = 0; writes < 2; writes++) {
        kube_client_t *client = NULL;
        kube_config_t config = { .server = "https://api.test", .token_file = token_path, .as = "jane" };
        write_token(token_path, "first");
        answers_set(&answers, unknown_then_found, 2);
        answers.base.start = start_and_replace;
        CHECK_INT(make(&config, &client), KUBE_OK);
        CHECK_INT(writes ? create(client) : get(client), KUBE_OK);
        CHECK_INT(answers.requests, 2);
        CHECK(strstr(answers.asked[0].head, "Bearer first\n") && strstr(answers.asked[1].head, "Bearer second\n"));
        CHECK(strcmp(answers.asked[0].body, answers.asked[1].body) == 0);
        /* Nothing else to be had: the answer stands. */
        answers_set(&answers, unknown_then_found, 2);
        CHECK_INT(writes ? create(client) : get(client), KUBE_E_UNAUTHORIZED);
        CHECK_INT(answers.requests, 1);
        kube_client_free(client);
        /* Once is enough. */
        write_token(token_path, "first");
        answers_set(&answers, unknown, 1);
        answers.base.start = start_and_replace;
        CHECK_INT(make(&config, &client), KUBE_OK);
        CHECK_INT(get(client), KUBE_E_UNAUTHORIZED);
        CHECK_INT(answers.requests, 2);
        kube_client_free(client);
    }
    unlink(token_path);
}

static void *write_once(void *path)
{
    write_token(path, "piped");
    return NULL;
}

/* A token that came through a pipe is not waited for again. */
static void test_token_in_a_pipe(void)
{
    pthread_t writer;
    kube_client_t *client = NULL;
    kube_config_t config = { .server = "https://api.test", .token_file = token_path };
    CHECK_INT(mkfifo(token_path, 0600), 0);
    pthread_create(&writer, NULL, write_once, token_path);
    CHECK_INT(make(&config, &client), KUBE_OK);
    pthread_join(writer, NULL);
    alarm(PATIENCE_SECONDS);
    answers_set(&answers, found, 1);
    CHECK_INT(get(client), KUBE_OK);
    CHECK(sent("Bearer piped\n"));
    answers_set(&answers, unknown, 1);
    CHECK_INT(get(client), KUBE_E_UNAUTHORIZED);
    alarm(0);
    kube_client_free(client);
    unlink(token_path);
}

/* The file is there later than the client. */
static void test_token_before_its_file(void)
{
    kube_client_t *client = NULL;
    kube_config_t config = { .server = "https://api.test", .token = "start", .token_file = token_path };
    CHECK_INT(make(&config, &client), KUBE_OK);
    answers_set(&answers, found, 1);
    CHECK_INT(get(client), KUBE_OK);
    CHECK(sent("Bearer start\n"));
    write_token(token_path, "late");
    answers_set(&answers, found, 1);
    CHECK_INT(get(client), KUBE_OK);
    CHECK(sent("Bearer late\n"));
    kube_client_free(client);
    unlink(token_path);
    config.token = NULL;
    CHECK_INT(make(&config, &client), KUBE_E_CONFIG);
}

/* ---- the program's own ---- */

static struct { int calls, later, refusals, code; } own;

static int authorize(void *userdata, kube_buffer_t *value, kube_error_t *error)
{
    CHECK(userdata == &own);
    own.calls++;
    if (own.code < 0) {
        snprintf(error->message, sizeof error->message, "the vault is closed");
        return own.code;
    }
    if (own.later-- > 0)
        return KUBE_AUTHORIZE_LATER;
    kube_buffer_printf(value, "Vault number-%d", own.refusals);
    return KUBE_OK;
}

static bool hear_refusal(void *userdata)
{
    CHECK(userdata == &own);
    return ++own.refusals < 3;
}

static void test_own(void)
{
    static const kube_credentials_hooks_t hooks = { .userdata = &own, .authorize = authorize, .refused = hear_refusal };
    kube_client_options_t options = { .transport = &answers.base, .max_retries = { true, 0 }, .credentials = &hooks };
    kube_config_t config = { .server = "https://api.test", .token = "not this one", .as = "jane" };
    kube_client_t *client = NULL;
    answers_set(&answers, unknown_then_found, 2);
    CHECK_INT(kube_client_new(&config, &options, &client, &err), KUBE_OK);
    own.later = 3;
    CHECK_INT(get(client), KUBE_OK);
    CHECK_INT(own.calls, 5);
    CHECK(strstr(answers.asked[0].head, "Authorization: Vault number-0\nImpersonate-User: jane\n"));
    CHECK(strstr(answers.asked[1].head, "Authorization: Vault number-1\n"));
    own.code = KUBE_E_CONFIG;
    CHECK_INT(get(client), KUBE_E_CONFIG);
    CHECK_STR(err.message, "the vault is closed");
    own.code = KUBE_OK;
    answers_set(&answers, unknown, 1);
    CHECK_INT(get(client), KUBE_E_UNAUTHORIZED);
    CHECK_INT(answers.requests, 2);
    CHECK_INT(get(client), KUBE_E_UNAUTHORIZED);
    CHECK_INT(answers.requests, 3);
    /* One that is never ready ends with the call. */
    own.later = 1000000;
    kube_core_v1_pod_t *pod = NULL;
    CHECK_INT(kube_core_v1_pod_get(client, "n", "p", &(kube_get_options_t){ .call = { .timeout_ms = 50 } }, &pod, &err), KUBE_E_TIMEOUT);
    CHECK_STR(err.message, "the call's time is over: it waited for credentials of the program itself");
    kube_client_free(client);
    static const kube_credentials_hooks_t none;
    options.credentials = &none;
    CHECK_INT(kube_client_new(&config, &options, &client, &err), KUBE_E_USAGE);
}

static bool impersonate(void)
{
    int code = ask(&someone);
    return code == KUBE_OK || code == KUBE_E_NO_MEMORY;
}

static bool use_password(void)
{
    int code = ask(&(kube_config_t){ .server = "https://api.test", .username = "u", .password = "p", .as = "jane" });
    return code == KUBE_OK || code == KUBE_E_NO_MEMORY;
}

static void test_failing_allocations(void)
{
    CHECK(fault_loop(impersonate) > 20);
    CHECK(fault_loop(use_password) > 20);
}

int main(void)
{
    RUN(test_basic);
    RUN(test_impersonation);
    RUN(test_401);
    RUN(test_token_in_a_pipe);
    RUN(test_token_before_its_file);
    RUN(test_own);
    RUN(test_failing_allocations);
    return test_end();
}
