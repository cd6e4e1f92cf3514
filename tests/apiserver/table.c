#include "table.h"

#include <stdio.h>

#include <kube/time.h>

#include "state.h"

/* ---- columns ---- */

typedef enum cell {
    CELL_NAME, CELL_AGE, CELL_TEXT, CELL_NUMBER, CELL_COUNT, /* members of an object */
    CELL_READY,     /* "2/3": of pods, from containerStatuses */
    CELL_OF,        /* "2/3": path is the first, other the second */
    CELL_SINCE      /* a time, as an age */
} cell_t;

typedef struct column {
    const char *name;
    const char *type;
    cell_t cell;
    const char *path, *other;
    int priority;
} column_t;

#define END { NULL, NULL, CELL_NAME, NULL, NULL, 0 }
#define NAME { "Name", "string", CELL_NAME, NULL, NULL, 0 }
#define AGE { "Age", "string", CELL_AGE, NULL, NULL, 0 }
#define TEXT(name, path) { name, "string", CELL_TEXT, path, NULL, 0 }
#define NUMBER(name, path) { name, "integer", CELL_NUMBER, path, NULL, 0 }
#define OF(name, a, b) { name, "string", CELL_OF, a, b, 0 }

static const column_t plain_columns[] = { NAME, AGE, END };
static const struct {
    const char *group, *plural;
    column_t columns[10];
} known[] = {
    { "", "pods", { NAME, { "Ready", "string", CELL_READY, NULL, NULL, 0 }, TEXT("Status", "status.phase"), NUMBER("Restarts", "-"), AGE,
                    { "IP", "string", CELL_TEXT, "status.podIP", NULL, 1 }, { "Node", "string", CELL_TEXT, "spec.nodeName", NULL, 1 }, END } },
    { "", "namespaces", { NAME, TEXT("Status", "status.phase"), AGE, END } },
    { "", "configmaps", { NAME, { "Data", "string", CELL_COUNT, "data", NULL, 0 }, AGE, END } },
    { "", "secrets", { NAME, TEXT("Type", "type"), { "Data", "string", CELL_COUNT, "data", NULL, 0 }, AGE, END } },
    { "", "services", { NAME, TEXT("Type", "spec.type"), TEXT("Cluster-IP", "spec.clusterIP"), AGE, END } },
    { "", "nodes", { NAME, TEXT("Version", "status.nodeInfo.kubeletVersion"), AGE, END } },
    { "", "events", { { "Last Seen", "string", CELL_SINCE, "lastTimestamp", NULL, 0 }, TEXT("Type", "type"), TEXT("Reason", "reason"),
                      TEXT("Object", "involvedObject.name"), TEXT("Message", "message"), { "Name", "string", CELL_NAME, NULL, NULL, 1 }, END } },
    { "apps", "deployments", { NAME, OF("Ready", "status.readyReplicas", "spec.replicas"), NUMBER("Up-to-date", "status.updatedReplicas"),
                               NUMBER("Available", "status.availableReplicas"), AGE, END } },
    { "apps", "replicasets", { NAME, NUMBER("Desired", "spec.replicas"), NUMBER("Current", "status.replicas"),
                               NUMBER("Ready", "status.readyReplicas"), AGE, END } },
    { "apps", "statefulsets", { NAME, OF("Ready", "status.readyReplicas", "spec.replicas"), AGE, END } },
    { "apps", "daemonsets", { NAME, NUMBER("Desired", "status.desiredNumberScheduled"), NUMBER("Current", "status.currentNumberScheduled"),
                              NUMBER("Ready", "status.numberReady"), AGE, END } },
    { "batch", "jobs", { NAME, OF("Completions", "status.succeeded", "spec.completions"), AGE, END } },
    { "coordination.k8s.io", "leases", { NAME, TEXT("Holder", "spec.holderIdentity"), AGE, END } },
};

static const column_t *columns_of(const ts_resource_t *resource)
{
    for (size_t i = 0; !resource->crd && i < sizeof known / sizeof *known; i++) {
        if (ts_is(known[i].group, resource->api.group) && ts_is(known[i].plural, resource->api.plural))
            return known[i].columns;
    }
    return plain_columns;
}

static void append_column(kube_buffer_t *out, const char *name, const char *type, const char *format, const char *description, int priority)
{
    json_t *column = ts_need(json_pack("{ss ss ss ss si}", "name", name, "type", type, "format", format, "description", description, "priority",
                                       priority));
    ts_append_json(out, column);
    json_decref(column);
}

static json_t *printer_columns(const ts_resource_t *resource)
{
    return ts_at(resource->version, "additionalPrinterColumns");
}

static const char *text_or(const json_t *object, const char *path, const char *otherwise)
{
    const char *text = ts_text_at(object, path);
    return text ? text : otherwise;
}

void ts_table_columns(const ts_resource_t *resource, kube_buffer_t *out)
{
    size_t i;
    json_t *own;
    kube_buffer_puts(out, "[");
    if (printer_columns(resource)) {
        append_column(out, "Name", "string", "name", "", 0);
        json_array_foreach (printer_columns(resource), i, own) {
            kube_buffer_puts(out, ",");
            append_column(out, text_or(own, "name", ""), text_or(own, "type", "string"), text_or(own, "format", ""),
                          text_or(own, "description", ""), (int)ts_int_at(own, "priority", 0));
        }
    } else {
        for (const column_t *column = columns_of(resource); column->name; column++) {
            kube_buffer_puts(out, column == columns_of(resource) ? "" : ",");
            append_column(out, column->name, column->type, column->cell == CELL_NAME ? "name" : "", "", column->priority);
        }
    }
    kube_buffer_puts(out, "]");
}

/* ---- cells ---- */

/* "5d", "3h12m": as kubectl shows ages. */
static void append_age(kube_buffer_t *out, const char *text)
{
    kube_time_t time, now = kube_time_now();
    if (!text || kube_time_from_text(text, strlen(text), &time) != KUBE_OK) {
        kube_buffer_puts(out, "\"<unknown>\"");
        return;
    }
    int64_t s = now.seconds - time.seconds;
    s = s < 0 ? 0 : s;
    if (s < 120)
        kube_buffer_printf(out, "\"%llds\"", (long long)s);
    else if (s < 600)
        kube_buffer_printf(out, s % 60 ? "\"%lldm%llds\"" : "\"%lldm\"", (long long)(s / 60), (long long)(s % 60));
    else if (s < 3 * 3600)
        kube_buffer_printf(out, "\"%lldm\"", (long long)(s / 60));
    else if (s < 48 * 3600)
        kube_buffer_printf(out, "\"%lldh\"", (long long)(s / 3600));
    else
        kube_buffer_printf(out, "\"%lldd\"", (long long)(s / 86400));
}

static int64_t sum_of(const json_t *array, const char *member, bool truth)
{
    size_t i;
    json_t *item;
    int64_t sum = 0;
    json_array_foreach (array, i, item)
        sum += truth ? ts_bool_at(item, member) : ts_int_at(item, member, 0);
    return sum;
}

static void append_cell(kube_buffer_t *out, const column_t *column, const json_t *document)
{
    json_t *statuses = ts_at(document, "status.containerStatuses");
    switch (column->cell) {
    case CELL_NAME:
        ts_append_quoted(out, ts_text_at(document, "metadata.name"));
        break;
    case CELL_AGE:
        append_age(out, ts_text_at(document, "metadata.creationTimestamp"));
        break;
    case CELL_SINCE:
        append_age(out, ts_text_at(document, column->path));
        break;
    case CELL_TEXT:
        ts_append_quoted(out, text_or(document, column->path, json_object_size(document) ? "<none>" : ""));
        break;
    case CELL_NUMBER:
        kube_buffer_printf(out, "%lld", (long long)(*column->path == '-' ? sum_of(statuses, "restartCount", false)
                                                                          : ts_int_at(document, column->path, 0)));
        break;
    case CELL_COUNT:
        kube_buffer_printf(out, "%zu", json_object_size(ts_at(document, column->path)));
        break;
    case CELL_READY:
        kube_buffer_printf(out, "\"%lld/%zu\"", (long long)sum_of(statuses, "ready", true), json_array_size(ts_at(document, "spec.containers")));
        break;
    case CELL_OF:
        kube_buffer_printf(out, "\"%lld/%lld\"", (long long)ts_int_at(document, column->path, 0), (long long)ts_int_at(document, column->other, 0));
        break;
    }
}

/* The JSON path of a CRD's column, plain members only: ".spec.replicas". */
static void append_custom(kube_buffer_t *out, const json_t *column, const json_t *document)
{
    const char *path = text_or(column, "jsonPath", "");
    json_t *value = ts_at(document, path + (*path == '.'));
    if (ts_is(ts_text_at(column, "type"), "date"))
        append_age(out, json_string_value(value));
    else if (value)
        ts_append_json(out, value);
    else
        kube_buffer_puts(out, "null");
}

void ts_table_cells(const ts_resource_t *resource, const ts_object_t *object, kube_buffer_t *out)
{
    json_t *document = object ? ts_object_document(object) : ts_need(json_object()), *column;
    size_t i;
    kube_buffer_puts(out, "[");
    if (printer_columns(resource)) {
        ts_append_quoted(out, ts_text_at(document, "metadata.name"));
        json_array_foreach (printer_columns(resource), i, column) {
            kube_buffer_puts(out, ",");
            append_custom(out, column, document);
        }
    } else {
        for (const column_t *at = columns_of(resource); at->name; at++) {
            kube_buffer_puts(out, at == columns_of(resource) ? "" : ",");
            append_cell(out, at, document);
        }
    }
    kube_buffer_puts(out, "]");
    json_decref(document);
}
