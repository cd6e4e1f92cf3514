#include "schema_node.h"

#include <stdlib.h>
#include <string.h>

ts_schema_t *ts_schema_of_type(const kube_type_t *type)
{
    ts_schema_t *schema = calloc(1, sizeof *schema);

    if (schema) {
        schema->root = ts_node_of_type(type);
        schema->has_status = kube_type_field(type, "status", 6) != NULL;
    }
    return schema;
}

int ts_schema_of_crd(const json_t *version, const char *group, const char *kind, bool preserve_unknown, ts_schema_t **out,
                     kube_error_t *err)
{
    ts_schema_t *schema = calloc(1, sizeof *schema);
    const json_t *open_api;

    *out = NULL;
    if (err) {
        *err = (kube_error_t){ .code = schema ? KUBE_OK : KUBE_E_NO_MEMORY };
    }
    if (!schema) {
        return KUBE_E_NO_MEMORY;
    }
    schema->crd_version = json_deep_copy(version);
    schema->group = strdup(group);
    schema->kind = strdup(kind);
    if (!schema->crd_version || !schema->group || !schema->kind) {
        ts_schema_free(schema);
        return KUBE_E_NO_MEMORY;
    }
    open_api = json_object_get(json_object_get(schema->crd_version, "schema"), "openAPIV3Schema");
    schema->root = (ts_node_t){ .source = open_api ? TS_SOURCE_CRD : TS_SOURCE_DEDUCED, .table = open_api, .is_object = true,
                                .preserve = preserve_unknown || json_is_true(json_object_get(open_api,
                                                                                             "x-kubernetes-preserve-unknown-fields")) };
    schema->prunes = !preserve_unknown;
    schema->has_status = json_object_get(json_object_get(schema->crd_version, "subresources"), "status") != NULL;
    *out = schema;
    return 0;
}

void ts_schema_free(ts_schema_t *schema)
{
    if (schema) {
        json_decref(schema->crd_version);
        free(schema->group);
        free(schema->kind);
        free(schema);
    }
}

bool ts_schema_has_status(const ts_schema_t *schema)
{
    return schema->has_status;
}
