#include "schema_node.h"

#include <string.h>

typedef struct {
    json_t *unknown;
    bool failed;
} prune_t;

static void prune(prune_t *walk, const ts_node_t *node, json_t *value, kube_buffer_t *path);

static void report(prune_t *walk, const kube_buffer_t *path)
{
    if (walk->unknown && (path->failed || json_array_append_new(walk->unknown, json_string(path->data)))) {
        walk->failed = true;
    }
}

static void cut(kube_buffer_t *path, size_t len)
{
    path->len = len;
    if (path->data) {
        path->data[len] = '\0';
    }
}

/* Members of no known name go, but what merging only takes for granted (TS_IMPLIED) is not known. */
static void prune_map(prune_t *walk, const ts_node_t *node, json_t *map, kube_buffer_t *path)
{
    size_t len = path->len;
    const char *key;
    json_t *value;
    void *next;

    json_object_foreach_safe(map, next, key, value) {
        ts_node_t member;
        ts_known_t known = ts_node_member(node, key, &member);

        kube_buffer_printf(path, "%s%s", len ? "." : "", key);
        if (known == TS_DECLARED || known == TS_ELEMENT) {
            prune(walk, &member, value, path);
        } else {
            report(walk, path);
            json_object_del(map, key);
        }
        cut(path, len);
    }
}

static void prune(prune_t *walk, const ts_node_t *node, json_t *value, kube_buffer_t *path)
{
    ts_shape_t shape = ts_node_shape(node);
    size_t len = path->len, i;
    ts_node_t item;

    if (node->source == TS_SOURCE_ATOMIC || node->source == TS_SOURCE_DEDUCED || node->source == TS_SOURCE_ANY) {
        return;
    }
    if (json_is_object(value) && shape.map) {
        prune_map(walk, node, value, path);
    } else if (json_is_array(value) && shape.list) {
        item = ts_node_item(node);
        for (i = 0; i < json_array_size(value); i++) {
            kube_buffer_printf(path, "[%zu]", i);
            prune(walk, &item, json_array_get(value, i), path);
            cut(path, len);
        }
    }
}

int ts_schema_prune(const ts_schema_t *schema, json_t *object, json_t *unknown)
{
    prune_t walk = { .unknown = unknown };
    kube_buffer_t path = { 0 };

    if (!schema->crd_version || schema->prunes) {
        prune(&walk, &schema->root, object, &path);
    }
    kube_buffer_dispose(&path);
    return walk.failed ? KUBE_E_NO_MEMORY : 0;
}
