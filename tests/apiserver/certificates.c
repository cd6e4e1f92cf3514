#include "certificates.h"

#include <stdio.h>

#include "state.h"
#include "status.h"

void ts_csr_complete_new(const ts_request_t *request, json_t *object)
{
    static const char *const own[] = { "username", "uid", "groups", "extra" };
    const ts_user_t *user = &request->user;
    json_t *spec = json_object_get(object, "spec");
    if (!spec || request->loading)
        return;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        json_object_del(spec, own[i]);
    json_object_set_new(spec, "username", ts_string(user->name));
    if (user->uid)
        json_object_set_new(spec, "uid", ts_string(user->uid));
    if (user->groups)
        json_object_set(spec, "groups", user->groups);
}

void ts_csr_keep_all_but_approval(json_t *object, const json_t *old)
{
    json_t *given = json_incref(ts_at(object, "status.conditions")), *status = json_deep_copy(json_object_get(old, "status"));
    if (!status)
        status = ts_need(json_object());
    json_object_del(status, "conditions");
    if (given)
        json_object_set_new(status, "conditions", given);
    json_object_set_new(object, "status", status);
}

/* ---- conditions ---- */

static const json_t *condition(const json_t *object, const char *type)
{
    size_t i;
    json_t *one;
    json_array_foreach (ts_at(object, "status.conditions"), i, one) {
        if (ts_is(ts_text_at(one, "type"), type))
            return one;
    }
    return NULL;
}

void ts_csr_date_conditions(const ts_request_t *request, json_t *object, const json_t *old)
{
    char now[TS_TIME_SIZE];
    size_t i;
    json_t *one;
    ts_now(request->server, now);
    json_array_foreach (ts_at(object, "status.conditions"), i, one) {
        const json_t *before = condition(old, ts_text_at(one, "type"));
        bool same = before && ts_is(ts_text_at(before, "status"), ts_text_at(one, "status"));
        if (!ts_text_at(one, "lastUpdateTime"))
            json_object_set_new(one, "lastUpdateTime", ts_string(now));
        if (same && ts_text_at(before, "lastTransitionTime"))
            json_object_set(one, "lastTransitionTime", ts_at(before, "lastTransitionTime"));
        else if (!ts_text_at(one, "lastTransitionTime"))
            json_object_set_new(one, "lastTransitionTime", ts_string(now));
    }
}

static bool is_decision(const char *type)
{
    return ts_is(type, "Approved") || ts_is(type, "Denied") || ts_is(type, "Failed");
}

static void check_condition(const json_t *conditions, size_t i, json_t *causes)
{
    const json_t *one = json_array_get(conditions, i);
    const char *type = ts_text_at(one, "type"), *status = ts_text_at(one, "status");
    char field[64];
    snprintf(field, sizeof field, "status.conditions[%zu].type", i);
    if (ts_is(type, ""))
        json_array_append_new(causes, ts_cause("FieldValueRequired", field, "Required value"));
    for (size_t other = 0; other < i; other++) {
        if (ts_is(ts_text_at(json_array_get(conditions, other), "type"), type))
            json_array_append_new(causes, ts_cause("FieldValueDuplicate", field, "Duplicate value: \"%s\"", type));
    }
    snprintf(field, sizeof field, "status.conditions[%zu].status", i);
    if (ts_is(status, ""))
        json_array_append_new(causes, ts_cause("FieldValueRequired", field, "Required value"));
    else if (is_decision(type) && !ts_is(status, "True"))
        json_array_append_new(causes, ts_cause("FieldValueNotSupported", field, "Unsupported value: \"%s\": supported values: \"True\"", status));
}

/* What was decided stays decided; approving and denying is for who may use that subresource. */
static void check_decisions(const ts_request_t *request, const json_t *object, const json_t *old, json_t *causes)
{
    static const char *const types[] = { "Approved", "Denied", "Failed" };
    for (size_t i = 0; i < 3; i++) {
        if (condition(old, types[i]) && !condition(object, types[i]))
            json_array_append_new(causes, ts_cause("FieldValueForbidden", "status.conditions",
                                                   "Forbidden: updates may not remove a condition of type \"%s\"", types[i]));
    }
    for (size_t i = 0; i < 2 && !ts_is(request->subresource, "approval"); i++) {
        if (condition(object, types[i]) && !condition(old, types[i]))
            json_array_append_new(causes, ts_cause("FieldValueForbidden", "status.conditions",
                                                   "Forbidden: updates may not add a condition of type \"%s\"", types[i]));
    }
}

/* ---- the request ---- */

static void check_request(const json_t *spec, json_t *causes)
{
    static const char begin[] = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0t"; /* "-----BEGIN CERTIFICATE REQUEST---" in base64 */
    const char *text = ts_text_at(spec, "request");
    if (text && !ts_starts_with(text, begin))
        json_array_append_new(causes, ts_cause("FieldValueInvalid", "spec.request",
                                               "Invalid value: \"%s\": PEM block type must be CERTIFICATE REQUEST", text));
    if (json_array_size(json_object_get(spec, "usages")) == 0)
        json_array_append_new(causes, ts_cause("FieldValueRequired", "spec.usages", "Required value"));
}

void ts_csr_validate(const ts_request_t *request, const json_t *object, const json_t *old, json_t *causes)
{
    const json_t *conditions = ts_at(object, "status.conditions");
    if (!old) {
        check_request(json_object_get(object, "spec"), causes);
        return;
    }
    for (size_t i = 0; i < json_array_size(conditions); i++)
        check_condition(conditions, i, causes);
    if (condition(object, "Approved") && condition(object, "Denied"))
        json_array_append_new(causes, ts_cause("FieldValueInvalid", "status.conditions",
                                               "Invalid value: \"Denied\": Approved and Denied conditions are mutually exclusive"));
    check_decisions(request, object, old, causes);
}
