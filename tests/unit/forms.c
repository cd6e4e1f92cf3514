/* Metadata and tables, of a server that makes them and of one that does not; version and health. */
#include <kube/core/v1.h>
#include <kube/forms.h>
#include <kube/json.h>
#include <kube/object.h>
#include <kube/server.h>

#include "faults.h"
#include "played.h"
#include "test.h"

static played_t server;
static kube_client_t *client;
static kube_error_t err;
static int status;          /* of the next replies */
static const char *reply;   /* their body */
static char accept_seen[256];

static void answer(played_call_t *call)
{
    const char *at = strstr(call->head, "\r\nAccept: ");
    snprintf(accept_seen, sizeof accept_seen, "%.*s", at ? (int)strcspn(at + 10, "\r") : 0, at ? at + 10 : "");
    played_reply(call, status, reply);
}

static void begin(int with_status, const char *with_reply)
{
    status = with_status;
    reply = with_reply;
    played_forget(&server);
}

static void expect_request(const char *line, const char *accept)
{
    pthread_mutex_lock(&server.lock);
    CHECK_STR(server.log, line);
    CHECK_STR(accept_seen, accept);
    pthread_mutex_unlock(&server.lock);
}

#define PODS "/api/v1/namespaces/n/pods"
#define META \
    "{\"name\":\"p\",\"namespace\":\"n\",\"uid\":\"u\",\"labels\":{\"a\":\"b\"},\"managedFields\":[{\"manager\":\"m\"}],\"later\":1}"
#define ACCEPT_ONE "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
#define ACCEPT_LIST "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
#define ACCEPT_TABLE "application/json;as=Table;g=meta.k8s.io;v=v1"

static void metadata_of_one(void)
{
    static const char *const replies[] = {
        "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":" META "}",
        "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":" META ",\"spec\":{\"containers\":[{\"name\":\"c\"}]},"
                                                                     "\"status\":{\"phase\":\"Running\"}}",
    };
    for (int i = 0; i < 2; i++) {
        kube_meta_v1_partial_object_metadata_t *out;
        begin(200, replies[i]);
        CHECK_INT(kube_get_metadata(client, &kube_core_v1_pods, NULL, "p", NULL, &out, &err), KUBE_OK);
        expect_request("GET " PODS "/p\n", ACCEPT_ONE);
        CHECK(out && out->owner);
        CHECK_STR(out->kind, "PartialObjectMetadata");
        CHECK_STR(out->api_version, "meta.k8s.io/v1");
        CHECK_STR(out->metadata->uid, "u");
        CHECK_STR(out->metadata->labels.items[0].value, "b");
        CHECK(out->metadata->unknown && !out->unknown);
        kube_free(out);
        CHECK_INT(kube_get_metadata(client, &kube_core_v1_pods, NULL, "p", NULL, NULL, NULL), KUBE_OK);
    }
    CHECK_INT(kube_get_metadata(client, &kube_core_v1_pods, NULL, "p", &(kube_get_options_t){ .resource_version = "0" }, NULL,
                                &err), KUBE_OK);
    CHECK(strstr(server.log, "/p?resourceVersion=0\n"));
}

static void metadata_of_a_list(void)
{
    static const char *const replies[] = {
        "{\"kind\":\"PartialObjectMetadataList\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":{\"resourceVersion\":\"7\","
        "\"continue\":\"t\"},"
        "\"items\":[{\"metadata\":" META "},{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\","
                                         "\"metadata\":{\"name\":\"q\"}}]}",
        "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"7\",\"continue\":\"t\"},"
        "\"items\":[{\"metadata\":" META ",\"spec\":{}},{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"q\"}}]}",
    };
    for (int i = 0; i < 2; i++) {
        kube_meta_v1_partial_object_metadata_list_t *out;
        kube_list_options_t options = { .label_selector = "a=b", .limit = 2, .decode_flags = KUBE_DECODE_DROP_MANAGED_FIELDS };
        begin(200, replies[i]);
        CHECK_INT(kube_list_metadata(client, &kube_core_v1_pods, KUBE_ALL_NAMESPACES, &options, &out, &err), KUBE_OK);
        expect_request("GET /api/v1/pods?labelSelector=a%3Db&limit=2\n", ACCEPT_LIST);
        CHECK(out && out->items.len == 2);
        CHECK_STR(out->metadata->continue_, "t");
        CHECK_STR(out->kind, "PartialObjectMetadataList");
        CHECK_STR(out->items.items[0].metadata->name, "p");
        CHECK_STR(out->items.items[1].metadata->name, "q");
        CHECK_STR(out->items.items[1].kind, "PartialObjectMetadata");
        CHECK_INT(out->items.items[0].metadata->managed_fields.len, 0);
        CHECK_INT(kube_ref(&out->items.items[1]), KUBE_OK);
        kube_free(&out->items.items[1]);
        kube_free(out);
    }
    begin(200, "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[]}");
    CHECK_INT(kube_list_metadata(client, &kube_core_v1_pods, NULL, NULL, NULL, NULL), KUBE_OK);
}

static void other_replies(void)
{
    static const struct {
        int status;
        const char *reply;
        int code, table_code;
    } cases[] = {
        { 200, "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"metadata\":{}}", KUBE_E_PARSE, KUBE_E_UNSUPPORTED_MEDIA },
        { 200, "{\"metadata\":{}}", KUBE_E_PARSE, KUBE_E_UNSUPPORTED_MEDIA },
        { 200, "<html>", KUBE_E_PARSE, KUBE_E_PARSE },
        { 200, "", KUBE_E_PARSE, KUBE_E_PARSE },
        { 200, "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":{", KUBE_E_PARSE,
          KUBE_E_UNSUPPORTED_MEDIA },
        { 404, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"reason\":\"NotFound\"}", KUBE_E_NOT_FOUND, KUBE_E_NOT_FOUND },
        { 406, "", KUBE_E_UNSUPPORTED_MEDIA, KUBE_E_UNSUPPORTED_MEDIA },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kube_meta_v1_partial_object_metadata_t *out = (void *)&cases;
        kube_meta_v1_table_t *table = (void *)&cases;
        begin(cases[i].status, cases[i].reply);
        CHECK_INT(kube_get_metadata(client, &kube_core_v1_pods, NULL, "p", NULL, &out, &err), cases[i].code);
        CHECK_INT(err.code, cases[i].code);
        CHECK(!out);
        CHECK_INT(kube_get_table(client, &kube_core_v1_pods, NULL, "p", NULL, &table, &err), cases[i].table_code);
        CHECK(!table);
    }
    played_forget(&server);
    CHECK_INT(kube_get_metadata(client, &kube_core_v1_pods, NULL, "a/b", NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_get_metadata(client, NULL, NULL, "a", NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_get_metadata(NULL, &kube_core_v1_pods, NULL, "a", NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_list_metadata(client, &kube_core_v1_bindings, NULL, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_list_table(NULL, &kube_core_v1_pods, NULL, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(server.requests, 0);
}

#define TABLE \
    "{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":{\"resourceVersion\":\"7\"},\"columnDefinitions\":[" \
    "{\"name\":\"Name\",\"type\":\"string\",\"format\":\"name\",\"description\":\"\",\"priority\":0}," \
    "{\"name\":\"Restarts\",\"type\":\"integer\",\"format\":\"\",\"description\":\"\",\"priority\":0}," \
    "{\"name\":\"Node\",\"type\":\"string\",\"format\":\"\",\"description\":\"\",\"priority\":1}," \
    "{\"name\":\"Age\",\"type\":\"string\",\"format\":\"\",\"description\":\"\"}],\"rows\":[" \
    "{\"cells\":[\"web-\\u00e9\",12,\"\\u003cnone\\u003e\",\"3d\"],\"object\":{\"kind\":\"PartialObjectMetadata\"}}," \
    "{\"cells\":[\"a\\n\\\"b\\\"\",null,\"n1\",true]},{\"cells\":[\"short\"]}]}"

static void tables(void)
{
    kube_meta_v1_table_t *table;
    kube_buffer_t text = { 0 };
    begin(200, TABLE);
    kube_table_options_t options = { .list.limit = 3, .include_object = "None" };
    CHECK_INT(kube_list_table(client, &kube_core_v1_pods, NULL, &options, &table, &err), KUBE_OK);
    expect_request("GET " PODS "?limit=3&includeObject=None\n", ACCEPT_TABLE);
    CHECK_INT(table->rows.len, 3);
    CHECK_INT(kube_table_print(table, false, &text, &err), KUBE_OK);
    CHECK_STR(text.data, "NAME    RESTARTS   AGE\n"
                         "web-\xC3\xA9   12         3d\n"
                         "a \"b\"   <none>     true\n"
                         "short              \n");
    kube_buffer_clear(&text);
    CHECK_INT(kube_table_print(table, true, &text, &err), KUBE_OK);
    CHECK_STR(text.data, "NAME    RESTARTS   NODE     AGE\n"
                         "web-\xC3\xA9   12         <none>   3d\n"
                         "a \"b\"   <none>     n1       true\n"
                         "short                       \n");
    kube_free(table);
    played_forget(&server);
    CHECK_INT(kube_get_table(client, &kube_core_v1_pods, NULL, "p", &options, &table, &err), KUBE_OK);
    expect_request("GET " PODS "/p?includeObject=None\n", ACCEPT_TABLE);
    kube_free(table);
    kube_buffer_clear(&text);
    CHECK_INT(kube_table_print(&(kube_meta_v1_table_t){ .kind = "Table" }, false, &text, &err), KUBE_OK);
    CHECK_STR(text.data, "\n");
    CHECK_INT(kube_table_print(NULL, false, &text, &err), KUBE_E_USAGE);
    kube_buffer_dispose(&text);
}

static void version(void)
{
    kube_version_info_t info;
    begin(200, "{\"major\":\"1\",\"minor\":\"36+\",\"emulationMajor\":\"1\",\"emulationMinor\":\"36\","
               "\"minCompatibilityMajor\":\"1\",\"minCompatibilityMinor\":\"35\","
               "\"gitVersion\":\"v1.36.3-x\",\"gitCommit\":\"abc\",\"gitTreeState\":\"clean\","
               "\"buildDate\":\"2026-01-02T15:04:05Z\",\"goVersion\":\"go1.26\","
               "\"compiler\":\"gc\",\"platform\":\"linux/amd64\",\"later\":[1]}");
    CHECK_INT(kube_server_version(client, NULL, &info, &err), KUBE_OK);
    CHECK_STR(server.log, "GET /version\n");
    CHECK(info.major == 1 && info.minor == 36 && info.emulation_minor == 36 && info.min_compatibility_minor == 35);
    CHECK_STR(info.git_version, "v1.36.3-x");
    CHECK_STR(info.platform, "linux/amd64");
    CHECK_STR(info.build_date, "2026-01-02T15:04:05Z");
    begin(200, "{\"major\":1,\"gitVersion\":null}");
    CHECK_INT(kube_server_version(client, &(kube_call_t){ .timeout_ms = 300000 }, &info, &err), KUBE_OK);
    CHECK(info.major == 0 && info.minor == 0 && !*info.git_version);
    static const char *const bad[] = { "", "[]", "\"1\"", "<html>", "{\"major\":" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        begin(200, bad[i]);
        CHECK_INT(kube_server_version(client, NULL, &info, &err), KUBE_E_PARSE);
        CHECK_INT(err.code, KUBE_E_PARSE);
    }
    begin(403, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"reason\":\"Forbidden\",\"message\":\"no\"}");
    CHECK_INT(kube_server_version(client, NULL, &info, &err), KUBE_E_FORBIDDEN);
    CHECK_INT(kube_server_version(client, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_server_version(NULL, NULL, &info, &err), KUBE_E_USAGE);
}

static void health(void)
{
    kube_buffer_t report = { 0 };
    begin(200, "[+]ping ok\n[+]etcd ok\nreadyz check passed\n");
    CHECK_INT(kube_server_health(client, NULL, NULL, &report, &err), KUBE_OK);
    CHECK_STR(server.log, "GET /readyz?verbose\n");
    CHECK_STR(report.data, reply);
    kube_buffer_clear(&report);
    begin(500, "[+]ping ok\n[-]etcd failed: reason withheld\n[+]log ok\n[-]poststarthook/x failed: reason withheld\nlivez "
               "check failed\n");
    CHECK_INT(kube_server_health(client, "livez", NULL, &report, &err), KUBE_E_SERVER);
    CHECK_STR(server.log, "GET /livez?verbose\n");
    CHECK_STR(err.message, "livez: etcd, poststarthook/x failed");
    CHECK_INT(err.http_status, 500);
    CHECK_STR(report.data, reply);
    CHECK_INT(kube_server_health(client, "readyz/etcd", NULL, NULL, NULL), KUBE_E_SERVER);
    begin(403, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"reason\":\"Forbidden\",\"message\":\"not for you\"}");
    CHECK_INT(kube_server_health(client, "healthz", NULL, NULL, &err), KUBE_E_FORBIDDEN);
    CHECK_STR(err.message, "healthz: not for you");
    begin(503, "");
    CHECK_INT(kube_server_health(client, NULL, NULL, NULL, &err), KUBE_E_SERVER);
    CHECK_STR(err.message, "readyz: the server answered 503");
    static const char *const bad[] = { "", "/readyz", "a?b", "a#b", "a%2Fb", "a b", "../version", "a//b" };
    played_forget(&server);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_INT(kube_server_health(client, bad[i], NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(server.requests, 0);
    CHECK_INT(kube_server_health(NULL, NULL, NULL, NULL, &err), KUBE_E_USAGE);
    kube_buffer_dispose(&report);
}

static void many_failing_checks(void)
{
    static char text[8192];
    for (int i = 0; i < 200; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "[-]check-%d failed: reason withheld\n", i);
    begin(500, text);
    CHECK_INT(kube_server_health(client, NULL, NULL, NULL, &err), KUBE_E_SERVER);
    CHECK(strncmp(err.message, "readyz: check-0, check-1, ", 26) == 0);
}

/* What the client itself allocates once, it has; then each call meets a failure at each place. */
static bool with_faults(void)
{
    kube_config_t config = { .server = server.url, .ns = "n" };
    kube_client_t *own;
    kube_meta_v1_partial_object_metadata_list_t *list;
    kube_meta_v1_partial_object_metadata_t *one = NULL;
    kube_meta_v1_table_t *table = NULL;
    kube_version_info_t info;
    kube_buffer_t text = { 0 };
    long left = faults.left;
    faults.left = -1;
    kube_client_new(&config, NULL, &own, &err);
    faults.left = left;
    begin(200, "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[{\"metadata\":" META ",\"spec\":{}}]}");
    int code = kube_list_metadata(own, &kube_core_v1_pods, NULL, NULL, &list, &err);
    if (code == KUBE_OK) {
        begin(200, "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":" META "}");
        code = kube_get_metadata(own, &kube_core_v1_pods, NULL, "p", NULL, &one, &err);
    }
    if (code == KUBE_OK) {
        begin(200, TABLE);
        code = kube_list_table(own, &kube_core_v1_pods, NULL, NULL, &table, &err);
    }
    if (code == KUBE_OK)
        code = kube_table_print(table, false, &text, &err);
    if (code == KUBE_OK) {
        begin(200, "{\"major\":\"1\"}");
        code = kube_server_version(own, NULL, &info, &err);
    }
    if (code == KUBE_OK)
        code = kube_server_health(own, NULL, NULL, &text, &err);
    kube_free(list);
    kube_free(one);
    kube_free(table);
    kube_buffer_dispose(&text);
    kube_client_free(own);
    return code == KUBE_OK || (faults.hit && code == KUBE_E_NO_MEMORY && err.code == code);
}

static void no_memory(void)
{
    CHECK(fault_loop(with_faults) > 50);
}

int main(void)
{
    played_start(&server, answer);
    kube_config_t config = { .server = server.url, .ns = "n" };
    CHECK_INT(kube_client_new(&config, NULL, &client, &err), KUBE_OK);
    RUN(metadata_of_one);
    RUN(metadata_of_a_list);
    RUN(other_replies);
    RUN(tables);
    RUN(version);
    RUN(health);
    RUN(many_failing_checks);
    RUN(no_memory);
    kube_client_free(client);
    played_stop(&server);
    return test_end();
}
