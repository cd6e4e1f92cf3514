/* Subresources: eviction, binding, token, and those that show or change a part of the object. */
#include <stdio.h>

#include <kube/time.h>

#include "decode.h"
#include "log.h"
#include "scale.h"
#include "state.h"
#include "status.h"
#include "subresource.h"
#include "verbs.h"
#include "write.h"

void ts_reply_created(ts_reply_t *reply)
{
    ts_reply_json(reply, 201, json_pack("{ss ss s{} ss si}", "kind", "Status", "apiVersion", "v1", "metadata", "status", "Success", "code", 201));
}

/* ---- eviction ---- */

static bool budget_covers(const json_t *budget, const ts_object_t *pod)
{
    const char *key;
    json_t *value;
    json_object_foreach (ts_at(budget, "spec.selector.matchLabels"), key, value) {
        bool same = false;
        for (size_t i = 0; i < pod->labels.len && !same; i++)
            same = ts_is(pod->labels.items[i].key, key) && ts_is(pod->labels.items[i].value, json_string_value(value));
        if (!same)
            return false;
    }
    return ts_at(budget, "spec.selector") != NULL;
}

static void over_budget(const json_t *budget, ts_reply_t *reply)
{
    const char *name = ts_text_at(budget, "metadata.name");
    json_t *details = ts_need(json_object());
    char *message = ts_printf("The disruption budget %s needs %lld healthy pods and has %lld currently", name,
                              (long long)ts_int_at(budget, "status.desiredHealthy", 0), (long long)ts_int_at(budget, "status.currentHealthy", 0));
    json_object_set_new(details, "causes", json_pack("[{ssss}]", "reason", "DisruptionBudget", "message", message));
    free(message);
    ts_status(reply, 429, "TooManyRequests", details, "Cannot evict pod as it would violate the pod's disruption budget.");
}

/* Takes one disruption from the budget that covers the pod; false: the reply says why not. */
static bool spend_budget(ts_request_t *request, ts_object_t *pod, ts_reply_t *reply)
{
    ts_collection_t *budgets = ts_collection(request->server, "policy", "poddisruptionbudgets");
    ts_object_t *found = NULL;
    json_t *budget = NULL;
    char now[TS_TIME_SIZE];
    for (size_t i = 0; budgets && i < budgets->count; i++) {
        json_t *document = ts_is(budgets->objects[i]->identity->ns, request->ns) ? ts_object_document(budgets->objects[i]) : NULL;
        if (document && budget_covers(document, pod)) {
            if (found) {
                json_decref(document);
                json_decref(budget);
                ts_status(reply, 500, "InternalError", NULL, "This pod has more than one PodDisruptionBudget, which the eviction subresource "
                          "does not support.");
                return false;
            }
            found = budgets->objects[i];
            budget = json_incref(document);
        }
        json_decref(document);
    }
    if (!found)
        return true;
    int64_t allowed = ts_int_at(budget, "status.disruptionsAllowed", 0);
    if (allowed > 0 && !request->dry_run) {
        ts_now(request->server, now);
        ts_put(budget, "status.disruptionsAllowed", json_integer(allowed - 1));
        if (!ts_at(budget, "status.disruptedPods"))
            ts_put(budget, "status.disruptedPods", json_object());
        json_object_set_new(ts_at(budget, "status.disruptedPods"), request->name, ts_string(now));
        ts_store(request->server, budgets, budget, found);
    } else if (allowed <= 0) {
        over_budget(budget, reply);
    }
    json_decref(budget);
    return allowed > 0;
}

static void evict(ts_request_t *request, ts_reply_t *reply)
{
    json_t *eviction = NULL, *pod = NULL;
    ts_object_t *object = ts_find(request->resource->collection, request->ns, request->name), *left;
    if (!ts_body_object(request, "policy/v1", "Eviction", &eviction, NULL, reply))
        return;
    const char *name = ts_text_at(eviction, "metadata.name");
    request->dry_run = ts_query(request, "dryRun") || json_array_size(ts_at(eviction, "deleteOptions.dryRun")) > 0;
    if (name && *name && !ts_is(name, request->name)) {
        ts_status_bad_request(reply, "name in URL does not match name in Eviction object");
    } else if (!object) {
        ts_status_not_found(reply, request->resource, request->name);
    } else {
        pod = ts_object_document(object);
        const char *phase = ts_text_at(pod, "status.phase");
        bool ends = ts_is(phase, "Succeeded") || ts_is(phase, "Failed") || ts_text_at(pod, "metadata.deletionTimestamp");
        bool ignored = ends || ts_is(phase, "Pending");
        ts_delete_options_t options = { .grace_given = json_is_integer(ts_at(eviction, "deleteOptions.gracePeriodSeconds")),
                                        .grace = ts_int_at(eviction, "deleteOptions.gracePeriodSeconds", 0) };
        if (ignored || spend_budget(request, object, reply)) {
            if (!request->dry_run)
                ts_delete_object(request->server, request->resource, object, &options, &left);
            ts_reply_created(reply);
        }
    }
    json_decref(pod);
    json_decref(eviction);
}

/* ---- binding ---- */

void ts_bind(ts_request_t *request, ts_resource_t *pods, const char *name, const json_t *binding, ts_reply_t *reply)
{
    ts_object_t *object = ts_find(pods->collection, request->ns, name);
    const char *node = ts_text_at(binding, "target.name");
    char now[TS_TIME_SIZE];
    if (!object) {
        ts_status_not_found(reply, pods, name);
        return;
    }
    json_t *pod = ts_object_document(object);
    const char *assigned = ts_text_at(pod, "spec.nodeName");
    if (!node || !*node) {
        ts_status(reply, 422, "Invalid", ts_details(name, NULL, "Binding"), "Binding \"%s\" is invalid: target.name: Required value", name);
    } else if (assigned && *assigned) {
        ts_status(reply, 409, "Conflict", ts_details(name, NULL, "pods/binding"),
                  "Operation cannot be fulfilled on pods/binding \"%s\": pod %s is already assigned to node \"%s\"", name, name, assigned);
    } else {
        ts_now(request->server, now);
        ts_put(pod, "spec.nodeName", ts_string(node));
        ts_put(pod, "status.conditions", json_pack("[{ss ss sn ss}]", "type", "PodScheduled", "status", "True", "lastProbeTime",
                                                   "lastTransitionTime", now));
        ts_store(request->server, pods->collection, pod, object);
        ts_reply_created(reply);
    }
    json_decref(pod);
}

static void bind_pod(ts_request_t *request, ts_reply_t *reply)
{
    json_t *binding = NULL;
    if (ts_body_object(request, "v1", "Binding", &binding, NULL, reply))
        ts_bind(request, request->resource, request->name, binding, reply);
    json_decref(binding);
}

/* ---- tokens of service accounts ---- */

static void request_token(ts_request_t *request, ts_reply_t *reply)
{
    json_t *body = NULL;
    char uid[TS_UID_SIZE], text[TS_TIME_SIZE], now[TS_TIME_SIZE];
    if (!ts_body_object(request, "authentication.k8s.io/v1", "TokenRequest", &body, NULL, reply))
        return;
    if (!ts_find(request->resource->collection, request->ns, request->name)) {
        ts_status_not_found(reply, request->resource, request->name);
        json_decref(body);
        return;
    }
    int64_t seconds = ts_int_at(body, "spec.expirationSeconds", 3600);
    kube_time_t time = request->server->clock(request->server->clock_userdata);
    time.seconds += seconds;
    kube_time_to_text(&time, text, sizeof text);
    ts_now(request->server, now);
    ts_uid(uid);
    if (!ts_at(body, "spec.audiences"))
        ts_put(body, "spec.audiences", json_pack("[s]", "https://kubernetes.default.svc.cluster.local"));
    ts_put(body, "spec.expirationSeconds", json_integer(seconds));
    if (!ts_at(body, "spec.boundObjectRef"))
        ts_put(body, "spec.boundObjectRef", json_null());
    char *token = ts_printf("test-token.%s.%s.%s", request->ns, request->name, uid);
    json_object_set_new(body, "metadata", json_pack("{ss ss ss ss}", "name", request->name, "namespace", request->ns, "uid", uid,
                                                    "creationTimestamp", now));
    json_object_set_new(body, "status", json_pack("{ss ss}", "token", token, "expirationTimestamp", text));
    free(token);
    ts_reply_json(reply, 201, body);
}

/* ---- dispatch ---- */

/* Subresources whose body is the object itself. */
static bool is_part(const char *name)
{
    return ts_is(name, "ephemeralcontainers") || ts_is(name, "resize") || ts_is(name, "approval") || ts_is(name, "finalize");
}

/* Whether it was for this. */
static bool serve_part(ts_request_t *request, ts_reply_t *reply)
{
    uint32_t verbs = ts_subresource(request->resource, request->subresource)->verbs;
    if (ts_is(request->verb, "get") && verbs & KUBE_VERB_GET)
        ts_get(request, reply);
    else if (ts_is(request->verb, "update") && verbs & KUBE_VERB_UPDATE)
        ts_update(request, reply);
    else if (ts_is(request->verb, "patch") && verbs & KUBE_VERB_PATCH)
        ts_patch(request, reply);
    else
        return false;
    return true;
}

void ts_subresource_serve(ts_request_t *request, ts_reply_t *reply)
{
    static const struct {
        const char *name, *method;
        void (*run)(ts_request_t *request, ts_reply_t *reply);
    } runs[] = { { "eviction", "POST", evict },     { "binding", "POST", bind_pod }, { "token", "POST", request_token },
                 { "log", "GET", ts_log_serve },    { "scale", "GET", ts_scale_serve }, { "scale", "PUT", ts_scale_serve },
                 { "scale", "PATCH", ts_scale_serve } };
    const char *name = request->subresource;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        if (ts_is(name, runs[i].name) && ts_is(request->method, runs[i].method)) {
            runs[i].run(request, reply);
            return;
        }
    }
    if (is_part(name) && serve_part(request, reply))
        return;
    if (ts_is(name, "exec") || ts_is(name, "attach") || ts_is(name, "portforward"))
        ts_status_bad_request(reply, "Upgrade request required");
    else
        ts_status_method_not_allowed(reply);
}
