#include "openapi.h"

#include <stdio.h>
#include <string.h>

#include "discovery_json.h"
#include "openapi_parts.h"

static bool is_of(const ts_api_t *api, const char *group, const char *version)
{
    return !group || (strcmp(api->group, group) == 0 && strcmp(api->version, version) == 0);
}

/* group NULL: all. Returns the number of resources. */
static size_t describe(ts_document_t *document, const ts_api_t *apis, size_t count, const char *group, const char *version)
{
    size_t i, described = 0;

    document->definitions = json_object();
    document->paths = json_object();
    for (i = 0; i < count && !document->failed; i++) {
        if (is_of(&apis[i], group, version)) {
            ts_define_api(document, &apis[i]);
            ts_add_paths(document, &apis[i]);
            described++;
        }
    }
    ts_define_common(document);
    return described;
}

static json_t *information(void)
{
    return json_pack("{s:s, s:s}", "title", "Kubernetes", "version", "v1.36.3");
}

static json_t *finish(ts_document_t *document, json_t *out)
{
    json_decref(document->definitions);
    json_decref(document->paths);
    if (document->failed) {
        json_decref(out);
        return NULL;
    }
    return out;
}

json_t *ts_openapi_v3(const ts_api_t *apis, size_t count, const char *group, const char *version)
{
    ts_document_t document = { .v2 = false };
    size_t described = describe(&document, apis, count, group, version);
    json_t *out = ts_with(ts_with_text(json_object(), "openapi", "3.0.0"), "info", information());

    out = ts_with(out, "paths", json_incref(document.paths));
    out = ts_with(out, "components", ts_with(json_object(), "schemas", json_incref(document.definitions)));
    document.failed |= described == 0;
    return finish(&document, out);
}

json_t *ts_openapi_v2(const ts_api_t *apis, size_t count)
{
    ts_document_t document = { .v2 = true };
    json_t *out;

    describe(&document, apis, count, NULL, NULL);
    out = ts_with(ts_with_text(json_object(), "swagger", "2.0"), "info", information());
    out = ts_with(out, "paths", json_incref(document.paths));
    return finish(&document, ts_with(out, "definitions", json_incref(document.definitions)));
}

json_t *ts_openapi_v3_index(const ts_api_t *apis, size_t count)
{
    json_t *paths = json_object();
    char name[300], url[320];
    size_t i;

    for (i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%s%s/%s", *apis[i].group ? "apis/" : "api", apis[i].group, apis[i].version);
        snprintf(url, sizeof url, "/openapi/v3/%s", name);
        if (!json_object_get(paths, name)) {
            paths = ts_with(paths, name, ts_with_text(json_object(), "serverRelativeURL", url));
        }
    }
    return ts_with(json_object(), "paths", paths);
}
