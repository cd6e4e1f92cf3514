#include "fault.h"

#include "state.h"

void ts_fault_free(ts_fault_t *fault)
{
    if (!fault)
        return;
    free((char *)fault->spec.verb);
    free((char *)fault->spec.path);
    free((char *)fault->spec.resource);
    free((char *)fault->spec.retry_after);
    free((char *)fault->spec.message);
    free((char *)fault->spec.bytes);
    free(fault);
}

static ts_fault_t *copy(const kube_test_fault_t *spec)
{
    ts_fault_t *fault = ts_alloc(sizeof *fault);
    fault->spec = *spec;
    fault->spec.verb = ts_strdup(spec->verb);
    fault->spec.path = ts_strdup(spec->path);
    fault->spec.resource = ts_strdup(spec->resource);
    fault->spec.retry_after = ts_strdup(spec->retry_after);
    fault->spec.message = ts_strdup(spec->message);
    if (spec->bytes) {
        char *bytes = ts_alloc(spec->bytes_len + 1);
        memcpy(bytes, spec->bytes, spec->bytes_len);
        fault->spec.bytes = bytes;
    }
    return fault;
}

int kube_test_server_fault(kube_test_server_t *server, const kube_test_fault_t *spec, kube_error_t *err)
{
    ts_fail(err, KUBE_OK, "%s", "");
    if (!server || !spec || spec->percent > 100 || spec->status < 0 || spec->status > 999)
        return ts_fail(err, KUBE_E_USAGE, "a fault needs a server, a percentage up to 100 and an HTTP status");
    ts_fault_t *fault = copy(spec);
    pthread_mutex_lock(&server->lock);
    ts_fault_t **at = &server->faults;
    while (*at)
        at = &(*at)->next;
    *at = fault;
    pthread_mutex_unlock(&server->lock);
    return KUBE_OK;
}

void kube_test_server_clear_faults(kube_test_server_t *server)
{
    pthread_mutex_lock(&server->lock);
    while (server->faults) {
        ts_fault_t *fault = server->faults;
        server->faults = fault->next;
        ts_fault_free(fault);
    }
    pthread_mutex_unlock(&server->lock);
}

/* The verb and resource that the path and method say, whether they are served or not. */
static const char *plural_of(const ts_request_t *request, bool *named)
{
    char **parts = request->parts;
    size_t count = request->part_count, at = count > 0 && ts_is(parts[0], "api") ? 2 : 3;
    *named = false;
    if (count <= at || !(ts_is(parts[0], "api") || ts_is(parts[0], "apis")))
        return NULL;
    if (ts_is(parts[at], "namespaces") && count > at + 2 && !ts_is(parts[at + 2], "status") && !ts_is(parts[at + 2], "finalize"))
        at += 2;
    *named = count > at + 1;
    return parts[at];
}

static bool verb_matches(const ts_request_t *request, const char *verb, bool named)
{
    static const struct {
        const char *verb, *method;
        bool named;
    } verbs[] = { { "get", "GET", true },       { "list", "GET", false },     { "create", "POST", false },
                  { "update", "PUT", true },    { "patch", "PATCH", true },   { "delete", "DELETE", true },
                  { "deletecollection", "DELETE", false } };
    bool watch = ts_is(request->method, "GET") && !named && ts_query_true(request, "watch");
    if (ts_is(verb, request->method))
        return true;
    if (ts_is(verb, "watch"))
        return watch;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (ts_is(verbs[i].verb, verb))
            return ts_is(verbs[i].method, request->method) && (verbs[i].named == named || ts_is(verb, "create")) && !watch;
    }
    return false;
}

static bool matches(const ts_fault_t *fault, const ts_request_t *request)
{
    bool named;
    const char *plural = plural_of(request, &named);
    return (!fault->spec.path || ts_starts_with(request->path, fault->spec.path)) &&
           (!fault->spec.resource || ts_is(fault->spec.resource, plural)) && (!fault->spec.verb || verb_matches(request, fault->spec.verb, named));
}

static bool by_chance(unsigned percent)
{
    uint32_t random;
    if (percent == 0 || percent == 100)
        return true;
    ts_random(&random, sizeof random);
    return random % 100 < percent;
}

ts_fault_t *ts_fault_meet(kube_test_server_t *server, const ts_request_t *request)
{
    for (ts_fault_t **at = &server->faults; *at; at = &(*at)->next) {
        ts_fault_t *fault = *at;
        if (!matches(fault, request))
            continue;
        if (fault->skipped < fault->spec.skip) {
            fault->skipped++;
            continue;
        }
        if (!by_chance(fault->spec.percent))
            continue;
        ts_fault_t *met = copy(&fault->spec);
        if (++fault->met == fault->spec.count) {
            *at = fault->next;
            ts_fault_free(fault);
        }
        return met;
    }
    return NULL;
}
