/* What can be waited for, but rollouts. */
#include <inttypes.h>
#include <kube/json.h>
#include <kube/object.h>
#include <kube/wait.h>
#include <stdio.h>
#include <string.h>

#include "client/facts.h"
#include "client/wait_for.h"

#define COUNT "%" PRId64

int kube_wait_say(kube_wait_view_t *view, int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(view->state, sizeof view->state, format, arguments);
    va_end(arguments);
    return code;
}

int kube_wait_missing(kube_wait_view_t *view)
{
    return kube_wait_say(view, view->may_be_missing ? 0 : KUBE_E_NOT_FOUND, "it is not there");
}

int kube_wait_created(kube_wait_view_t *view, void *userdata)
{
    (void)userdata;
    return view->object ? 1 : kube_wait_say(view, 0, "it is not there");
}

int kube_wait_deleted(kube_wait_view_t *view, void *userdata)
{
    const char *wanted = userdata ? userdata : view->first_uid, *uid = kube_meta_uid(view->type, view->object);
    if (!view->object || (wanted && uid && strcmp(wanted, uid) != 0))
        return 1;
    const kube_type_t *type;
    const void *metadata = kube_at(view->object, view->type, "metadata", &type);
    if (!metadata || !kube_has(metadata, type, "deletionTimestamp"))
        return kube_wait_say(view, 0, "it is still there, and nobody has deleted it");
    const kube_string_list_t *finalizers = kube_field_of(metadata, type, "finalizers");
    if (!finalizers || finalizers->len == 0)
        return kube_wait_say(view, 0, "it is being deleted");
    return kube_wait_say(view, 0, "it is being deleted, and waits for the finalizer %s%s", finalizers->items[0],
                         finalizers->len > 1 ? " and others" : "");
}

/* Whether a condition may be about an earlier generation than the object's. */
static bool is_outdated(const kube_facts_t *facts, const kube_value_t *condition)
{
    int64_t generation = kube_facts_number(facts->root, "metadata.generation", 0);
    int64_t observed = kube_facts_number(facts->root, "status.observedGeneration", generation);
    return kube_facts_number(condition, "observedGeneration", observed) < generation;
}

static int judge_condition(kube_wait_view_t *view, const kube_facts_t *facts, const kube_wanted_condition_t *wanted)
{
    const kube_value_t *condition = kube_facts_condition(facts, wanted->type);
    if (!condition)
        return kube_wait_say(view, 0, "it has no condition %s", wanted->type);
    const char *status = kube_facts_text(condition, "status"), *reason = kube_facts_text(condition, "reason");
    if (is_outdated(facts, condition))
        return kube_wait_say(view, 0, "its condition %s is about an earlier generation", wanted->type);
    if (strcmp(status, wanted->status ? wanted->status : "True") == 0)
        return 1;
    return kube_wait_say(view, 0, "its condition %s is %s%s%s: %s", wanted->type, status, *reason ? ", " : "", reason,
                         kube_facts_text(condition, "message"));
}

int kube_wait_condition(kube_wait_view_t *view, void *userdata)
{
    const kube_wanted_condition_t *wanted = userdata;
    kube_facts_t facts;
    if (!wanted || !wanted->type)
        return kube_wait_say(view, KUBE_E_USAGE, "no condition is named");
    if (!view->object)
        return kube_wait_missing(view);
    int code = kube_facts_read(&facts, view->type, view->object);
    code = code == KUBE_OK ? judge_condition(view, &facts, wanted) : kube_wait_say(view, code, "the object cannot be read");
    kube_facts_dispose(&facts);
    return code;
}

/* What a value is called in a kube_wanted_value_t; NULL for lists and objects. */
static const char *name_of(const kube_value_t *value)
{
    switch (value->kind) {
    case KUBE_VALUE_NULL:
        return "null";
    case KUBE_VALUE_FALSE:
        return "false";
    case KUBE_VALUE_TRUE:
        return "true";
    case KUBE_VALUE_NUMBER:
    case KUBE_VALUE_STRING:
        return value->text;
    case KUBE_VALUE_LIST:
    case KUBE_VALUE_OBJECT:
        break;
    }
    return NULL;
}

static bool is_number(const char *text)
{
    return (*text == '-' || (*text >= '0' && *text <= '9')) && kube_json_check(text, strlen(text), 0, NULL, NULL) == KUBE_OK;
}

static bool is_wanted(const kube_value_t *value, const char *wanted)
{
    if (!wanted)
        return value->kind != KUBE_VALUE_NULL;
    if (value->kind == KUBE_VALUE_NUMBER)
        return is_number(wanted) && kube_number_equal(value->text, value->len, wanted, strlen(wanted));
    const char *name = name_of(value);
    return name && strcmp(name, wanted) == 0;
}

static int judge_value(kube_wait_view_t *view, const kube_facts_t *facts, const kube_wanted_value_t *wanted)
{
    const kube_value_t *value;
    if (!kube_facts_find(facts->root, wanted->path, &value))
        return kube_wait_say(view, KUBE_E_USAGE, "\"%s\" is not a path", wanted->path);
    if (!value)
        return kube_wait_say(view, 0, "%s is absent", wanted->path);
    if (is_wanted(value, wanted->value))
        return 1;
    const char *name = name_of(value);
    if (!name)
        name = value->kind == KUBE_VALUE_LIST ? "a list" : "an object";
    return kube_wait_say(view, 0, "%s is %s", wanted->path, name);
}

int kube_wait_value(kube_wait_view_t *view, void *userdata)
{
    const kube_wanted_value_t *wanted = userdata;
    kube_facts_t facts;
    if (!wanted || !wanted->path)
        return kube_wait_say(view, KUBE_E_USAGE, "no path is given");
    if (!view->object)
        return kube_wait_missing(view);
    int code = kube_facts_read(&facts, view->type, view->object);
    code = code == KUBE_OK ? judge_value(view, &facts, wanted) : kube_wait_say(view, code, "the object cannot be read");
    kube_facts_dispose(&facts);
    return code;
}

static bool holds(const kube_value_t *condition)
{
    return strcmp(kube_facts_text(condition, "status"), "True") == 0;
}

static int judge_job(kube_wait_view_t *view, const kube_facts_t *facts)
{
    const kube_value_t *failed = kube_facts_condition(facts, "Failed");
    if (holds(kube_facts_condition(facts, "Complete")))
        return 1;
    if (holds(failed))
        return kube_wait_say(view, KUBE_E_FAILED, "the job has failed, %s: %s", kube_facts_text(failed, "reason"),
                             kube_facts_text(failed, "message"));
    const kube_value_t *root = facts->root;
    return kube_wait_say(view, 0, COUNT " of " COUNT " completions, " COUNT " active, " COUNT " failed",
                         kube_facts_number(root, "status.succeeded", 0), kube_facts_number(root, "spec.completions", 1),
                         kube_facts_number(root, "status.active", 0), kube_facts_number(root, "status.failed", 0));
}

int kube_wait_job_complete(kube_wait_view_t *view, void *userdata)
{
    kube_facts_t facts;
    (void)userdata;
    if (!view->object)
        return kube_wait_missing(view);
    int code = kube_facts_read(&facts, view->type, view->object);
    code = code == KUBE_OK ? judge_job(view, &facts) : kube_wait_say(view, code, "the object cannot be read");
    kube_facts_dispose(&facts);
    return code;
}
