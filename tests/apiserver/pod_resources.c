#include "pod_resources.h"

#include <stdio.h>

#include <kube/quantity.h>

#include "status.h"

static const char *const lists[] = { "containers", "initContainers" };
#define LISTS (sizeof lists / sizeof *lists)

/* ---- the class of service ---- */

static int compare(const json_t *a, const json_t *b)
{
    int result = 0;
    const char *left = json_string_value(a), *right = json_string_value(b);
    return left && right && kube_quantity_compare_text(left, right, &result) == KUBE_OK ? result : 0;
}

static bool asks(const json_t *amounts, const char *name)
{
    const char *text = ts_text_at(amounts, name);
    kube_quantity_t amount;
    return text && kube_quantity_parse(text, strlen(text), &amount) == KUBE_OK && !kube_quantity_is_zero(&amount);
}

/* Limits of CPU and memory, and requests that are the same. */
static bool is_guaranteed(const json_t *container)
{
    static const char *const names[] = { "cpu", "memory" };
    const json_t *limits = ts_at(container, "resources.limits"), *requests = ts_at(container, "resources.requests");
    for (size_t i = 0; i < 2; i++) {
        if (!asks(limits, names[i]))
            return false;
        const json_t *request = json_object_get(requests, names[i]);
        if (request && compare(request, json_object_get(limits, names[i])) != 0)
            return false;
    }
    return true;
}

static bool asks_for_nothing(const json_t *container)
{
    const json_t *limits = ts_at(container, "resources.limits"), *requests = ts_at(container, "resources.requests");
    return !asks(limits, "cpu") && !asks(limits, "memory") && !asks(requests, "cpu") && !asks(requests, "memory");
}

const char *ts_pod_class(const json_t *spec)
{
    bool guaranteed = true, best_effort = true;
    size_t n;
    json_t *container;
    for (size_t i = 0; i < LISTS; i++) {
        json_array_foreach (json_object_get(spec, lists[i]), n, container) {
            guaranteed = guaranteed && is_guaranteed(container);
            best_effort = best_effort && asks_for_nothing(container);
        }
    }
    return best_effort ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
}

/* ---- limits ---- */

void ts_pod_check_requests(const json_t *spec, json_t *causes)
{
    size_t n;
    const char *name;
    json_t *container, *request;
    for (size_t i = 0; i < LISTS; i++) {
        json_array_foreach (json_object_get(spec, lists[i]), n, container) {
            json_object_foreach (ts_at(container, "resources.requests"), name, request) {
                const json_t *limit = json_object_get(ts_at(container, "resources.limits"), name);
                if (!limit || compare(request, limit) <= 0)
                    continue;
                char *field = ts_printf("spec.%s[%zu].resources.requests", lists[i], n);
                json_array_append_new(causes, ts_cause("FieldValueInvalid", field, "Invalid value: \"%s\": must be less than or equal to %s "
                                                       "limit of %s", json_string_value(request), name, json_string_value(limit)));
                free(field);
            }
        }
    }
}

/* ---- resizing ---- */

static json_t *named(const json_t *containers, const char *name)
{
    size_t i;
    json_t *container;
    json_array_foreach (containers, i, container) {
        if (ts_is(ts_text_at(container, "name"), name))
            return container;
    }
    return NULL;
}

static void move_member(json_t *to, const json_t *from, const char *name)
{
    json_object_del(to, name);
    if (json_object_get(from, name))
        json_object_set(to, name, json_object_get(from, name));
}

/* The containers that were there, with the resources that the new ones have; others stay, to be refused. */
static json_t *resized(const json_t *given, const json_t *old)
{
    json_t *out = ts_need(json_array()), *container;
    size_t i;
    json_array_foreach (given, i, container) {
        const json_t *before = named(old, ts_text_at(container, "name"));
        json_t *one = ts_need(json_deep_copy(before ? before : container));
        move_member(one, container, "resources");
        move_member(one, container, "resizePolicy");
        json_array_append_new(out, one);
    }
    return out;
}

void ts_pod_keep_all_but_resources(json_t *object, const json_t *old)
{
    json_t *spec = ts_need(json_deep_copy(json_object_get(old, "spec"))), *metadata = ts_need(json_deep_copy(json_object_get(old, "metadata")));
    for (size_t i = 0; i < LISTS; i++) {
        const json_t *given = json_object_get(json_object_get(object, "spec"), lists[i]);
        json_object_del(spec, lists[i]);
        if (given)
            json_object_set_new(spec, lists[i], resized(given, json_object_get(json_object_get(old, "spec"), lists[i])));
    }
    move_member(metadata, json_object_get(object, "metadata"), "managedFields");
    json_object_set_new(object, "spec", spec);
    json_object_set_new(object, "metadata", metadata);
}

static void check_kept(const char *list, size_t n, const char *member, const json_t *now, const json_t *before, json_t *causes)
{
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)before, name, value) {
        if (json_object_get(now, name))
            continue;
        char *field = ts_printf("spec.%s[%zu].resources.%s", list, n, member);
        json_array_append_new(causes, ts_cause("FieldValueForbidden", field, "Forbidden: resource %s cannot be removed", member));
        free(field);
        return;
    }
}

/* What is left of a container when what may be resized is taken out. */
static json_t *fixed_part(const json_t *container)
{
    static const char *const changeable[] = { "resources.limits.cpu", "resources.limits.memory", "resources.requests.cpu",
                                              "resources.requests.memory" };
    json_t *out = ts_need(json_deep_copy(container));
    for (size_t i = 0; i < sizeof changeable / sizeof *changeable; i++)
        ts_delete_at(out, changeable[i]);
    if (json_object_size(ts_at(out, "resources.limits")) == 0)
        ts_delete_at(out, "resources.limits");
    if (json_object_size(ts_at(out, "resources.requests")) == 0)
        ts_delete_at(out, "resources.requests");
    if (json_object_size(ts_at(out, "resources")) == 0)
        ts_delete_at(out, "resources");
    return out;
}

static bool only_sizes_changed(const json_t *now, const json_t *before)
{
    json_t *a = fixed_part(now), *b = fixed_part(before);
    bool same = json_equal(a, b);
    json_decref(a);
    json_decref(b);
    return same;
}

static void check_list(const char *list, const json_t *now, const json_t *before, bool *sizes_only, json_t *causes)
{
    size_t n;
    json_t *container;
    json_array_foreach (now, n, container) {
        const json_t *old = json_array_get(before, n);
        check_kept(list, n, "requests", ts_at(container, "resources.requests"), ts_at(old, "resources.requests"), causes);
        check_kept(list, n, "limits", ts_at(container, "resources.limits"), ts_at(old, "resources.limits"), causes);
        *sizes_only = *sizes_only && only_sizes_changed(container, old);
    }
}

void ts_pod_check_resize(const json_t *object, const json_t *old, json_t *causes)
{
    const json_t *now = json_object_get(object, "spec"), *before = json_object_get(old, "spec");
    bool sizes_only = true;
    if (json_array_size(ts_at(now, lists[0])) != json_array_size(ts_at(before, lists[0]))) {
        json_array_append_new(causes, ts_cause("FieldValueForbidden", "spec.containers",
                                               "Forbidden: containers may not be added or removed on resize"));
        return;
    }
    if (!ts_is(ts_pod_class(now), ts_pod_class(before)))
        json_array_append_new(causes, ts_cause("FieldValueInvalid", "spec", "Invalid value: \"%s\": Pod QOS Class may not change as a result of "
                                               "resizing", ts_pod_class(before)));
    for (size_t i = 0; i < LISTS; i++)
        check_list(lists[i], json_object_get(now, lists[i]), json_object_get(before, lists[i]), &sizes_only, causes);
    if (!sizes_only)
        json_array_append_new(causes, ts_cause("FieldValueForbidden", "spec", "Forbidden: only cpu and memory resources are mutable"));
}
