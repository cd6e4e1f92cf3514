/* Paths that are no resource: discovery, OpenAPI, version, health. */
#include "openapi.h"
#include "state.h"
#include "status.h"
#include "verbs.h"

/* Answers with a document, or 404 when there is none. */
static void reply_document(ts_reply_t *reply, json_t *document)
{
    if (document)
        ts_reply_json(reply, 200, document);
    else
        ts_reply_text(reply, 404, "404 page not found\n");
}

static void serve_openapi(const ts_request_t *request, const ts_api_t *apis, size_t count, ts_reply_t *reply)
{
    char **parts = request->parts;
    const char *accept = ts_header(request, "Accept");
    if (ts_is(parts[1], "v2") && request->part_count == 2) {
        json_t *document = ts_openapi_v2(apis, count);
        reply_document(reply, document ? json_incref(document) : NULL);
        if (document && accept && strstr(accept, TS_OPENAPI_V2_PROTOBUF_ACCEPT)) {
            kube_buffer_clear(&reply->body);
            ts_openapi_v2_protobuf(document, &reply->body);
            reply->content_type = TS_OPENAPI_V2_PROTOBUF_TYPE;
        }
        json_decref(document);
    } else if (ts_is(parts[1], "v3") && request->part_count == 2) {
        reply_document(reply, ts_openapi_v3_index(apis, count));
    } else if (ts_is(parts[1], "v3") && request->part_count == 4 && ts_is(parts[2], "api")) {
        reply_document(reply, ts_openapi_v3(apis, count, "", parts[3]));
    } else if (ts_is(parts[1], "v3") && request->part_count == 5 && ts_is(parts[2], "apis")) {
        reply_document(reply, ts_openapi_v3(apis, count, parts[3], parts[4]));
    } else {
        reply_document(reply, NULL);
    }
}

static void serve_root(const ts_request_t *request, const ts_api_t *apis, size_t count, bool core, ts_reply_t *reply)
{
    const char *server = strstr(request->server->url, "//") + 2;
    if (!ts_discovery_wants_aggregated(ts_header(request, "Accept"))) {
        reply_document(reply, core ? ts_discovery_core(server) : ts_discovery_groups(apis, count));
        return;
    }
    reply_document(reply, ts_discovery_aggregated(apis, count, core));
    reply->content_type = TS_DISCOVERY_AGGREGATED_TYPE;
}

static void serve_apis(const ts_request_t *request, const ts_api_t *apis, size_t count, ts_reply_t *reply)
{
    char **parts = request->parts;
    bool core = ts_is(parts[0], "api");
    json_t *document = NULL;
    if (request->part_count == 1) {
        serve_root(request, apis, count, core, reply);
        return;
    }
    if (!core && request->part_count == 2)
        document = ts_discovery_group(apis, count, parts[1]);
    else
        document = ts_discovery_resources(apis, count, core ? "" : parts[1], parts[core ? 1 : 2]);
    json_t *group = document || core ? NULL : ts_discovery_group(apis, count, parts[1]);
    if (document)
        ts_reply_json(reply, 200, document);
    else if (core || group)
        ts_status_unknown_resource(reply);
    else
        reply_document(reply, NULL);
    json_decref(group);
}

static json_t *version(void)
{
    return json_pack("{ss ss ss ss ss ss ss ss ss}", "major", "1", "minor", "36", "gitVersion", "v1.36.3+libkube-test", "gitCommit", "",
                     "gitTreeState", "archive", "buildDate", "1970-01-01T00:00:00Z", "goVersion", "none", "compiler", "cc", "platform",
                     "linux/amd64");
}

void ts_discovery_serve(ts_request_t *request, ts_reply_t *reply)
{
    static const char *const healthy[] = { "healthz", "livez", "readyz" };
    const char *first = request->part_count > 0 ? request->parts[0] : "";
    size_t count;
    ts_api_t *apis = ts_resource_apis(request->server, &count);
    bool check = request->part_count == 1 || (request->part_count == 2 && (ts_is(request->parts[1], "ping") || ts_is(request->parts[1], "etcd")));
    for (size_t i = 0; i < 3; i++) {
        if (check && ts_is(first, healthy[i]))
            ts_reply_text(reply, 200, ts_query(request, "verbose") ? "[+]ping ok\nhealthz check passed\n" : "ok");
    }
    if (ts_is(first, "version") && request->part_count == 1)
        ts_reply_json(reply, 200, version());
    else if (ts_is(first, "openapi") && request->part_count > 1)
        serve_openapi(request, apis, count, reply);
    else if (ts_is(first, "api") || ts_is(first, "apis"))
        serve_apis(request, apis, count, reply);
    else if (!*first)
        ts_reply_json(reply, 200, json_pack("{s[ssssssss]}", "paths", "/api", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3",
                                            "/readyz", "/version"));
    else if (reply->status == 0)
        reply_document(reply, NULL);
    free(apis);
}
