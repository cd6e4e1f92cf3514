/*
 * What happens later: namespaces are emptied, dependents go with their owners, and, when asked for, workloads report that they run. Chores
 * wait in a list, one for each object, and are done by the timer's thread.
 */
#include <stdio.h>

#include "pod_resources.h"
#include "state.h"
#include "write.h"

/* Requests are served between so many chores and the next. */
#define CHORES_AT_ONCE 64

typedef struct ts_chore {
    struct ts_chore *next;
    ts_collection_t *collection;
    const ts_identity_t *identity;
    int64_t due;
} chore_t;

static void add_chore(kube_test_server_t *server, ts_collection_t *collection, const ts_identity_t *identity, int64_t delay_ms)
{
    if (identity->has_chore)
        return;
    ((ts_identity_t *)identity)->has_chore = true;
    chore_t *chore = ts_alloc(sizeof *chore);
    *chore = (chore_t){ server->chores, collection, identity, ts_monotonic_ms() + delay_ms };
    server->chores = chore;
    ts_timer_nudge(server);
}

/* ---- who is watched ---- */

static bool is(const ts_collection_t *collection, const char *group, const char *plural)
{
    return ts_is(collection->group, group) && ts_is(collection->plural, plural);
}

static bool is_workload(const ts_collection_t *c)
{
    return ts_is(c->group, "apps") ? !ts_is(c->plural, "controllerrevisions") : is(c, "", "pods") || is(c, "batch", "jobs") ||
                                                                                is(c, "", "replicationcontrollers");
}

/* Whether the text may hold such a member: cheaper than reading it. */
static bool mentions(const ts_object_t *object, const char *word)
{
    return memmem(object->text, object->len, word, strlen(word)) != NULL;
}

static bool is_settled_pod(const ts_collection_t *collection, const ts_object_t *object)
{
    return is(collection, "", "pods") && !mentions(object, "\"Pending\"");
}

/* The routes of a CRD are there as soon as it is stored; they are made again when its spec changes. */
static void serve_crd(kube_test_server_t *server, const ts_event_t *event)
{
    json_t *crd = ts_object_document(event->object), *before = event->previous ? ts_object_document(event->previous) : NULL;
    if (ts_int_at(crd, "metadata.generation", 1) != ts_int_at(before, "metadata.generation", 0))
        ts_resources_of_crd(server, crd, NULL);
    json_decref(crd);
    json_decref(before);
}

void ts_controllers_notice(kube_test_server_t *server, ts_collection_t *collection, const ts_event_t *event)
{
    const ts_identity_t *identity = event->object->identity;
    bool gone = event->type == KUBE_TEST_DELETED;
    if (*identity->ns && gone) {
        ts_object_t *owner = ts_find(ts_collection(server, "", "namespaces"), NULL, identity->ns);
        if (owner && mentions(owner, "\"deletionTimestamp\""))
            add_chore(server, ts_collection(server, "", "namespaces"), owner->identity, 0);
    }
    if (is(collection, "apiextensions.k8s.io", "customresourcedefinitions")) {
        if (!gone)
            serve_crd(server, event);
        add_chore(server, collection, identity, 0);
    }
    if (gone ? server->owners_exist : mentions(event->object, "\"deletionTimestamp\""))
        add_chore(server, collection, identity, 0);
    else if (server->controllers && !gone && is_workload(collection) && !is_settled_pod(collection, event->object))
        add_chore(server, collection, identity, server->controller_delay_ms);
    if (!gone && mentions(event->object, "\"ownerReferences\""))
        server->owners_exist = true;
}

/* ---- namespaces ---- */

static bool remove_text(json_t *array, const char *text)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (ts_is(json_string_value(json_array_get(array, i)), text)) {
            json_array_remove(array, i);
            return true;
        }
    }
    return false;
}

static void delete_plainly(kube_test_server_t *server, ts_collection_t *collection, ts_object_t *object)
{
    ts_object_t *left;
    ts_resource_t resource = { .collection = collection, .api = { .group = collection->group, .plural = collection->plural } };
    ts_delete_options_t options = { .grace_given = true, .grace = 0 };
    ts_delete_object(server, &resource, object, &options, &left);
}

/* Deletes what is in it; whether nothing is left. */
static bool empty_namespace(kube_test_server_t *server, const char *ns)
{
    bool empty = true;
    for (ts_collection_t *c = server->collections; c; c = c->next) {
        ts_snapshot_t all = c->namespaced ? ts_snapshot(c, server->revision, NULL, ns) : (ts_snapshot_t){ 0 };
        for (size_t i = 0; i < all.count; i++) {
            ts_object_t *object = ts_find(c, ns, all.objects[i]->identity->name);
            if (object)
                delete_plainly(server, c, object);
            empty = empty && !ts_find(c, ns, all.objects[i]->identity->name);
        }
        ts_snapshot_dispose(&all);
    }
    return empty;
}

static void end_namespace(kube_test_server_t *server, ts_collection_t *collection, ts_object_t *object, json_t *document)
{
    if (!empty_namespace(server, object->identity->name))
        return;
    bool changed = remove_text(ts_at(document, "spec.finalizers"), "kubernetes");
    bool held = json_array_size(ts_at(document, "spec.finalizers")) > 0;
    if (!held)
        ts_delete_at(document, "spec.finalizers");
    if (!held && json_array_size(ts_at(document, "metadata.finalizers")) == 0)
        ts_store_delete(server, collection, object, document);
    else if (changed)
        ts_store(server, collection, document, object);
}

/* ---- owners ---- */

/* Takes the owner's entries out; how many there were. */
static size_t remove_owner(json_t *owners, const char *uid)
{
    size_t removed = 0;
    for (size_t i = json_array_size(owners); i-- > 0;) {
        if (ts_is(ts_text_at(json_array_get(owners, i), "uid"), uid)) {
            json_array_remove(owners, i);
            removed++;
        }
    }
    return removed;
}

/* One object that may be a dependent: deleted, or with `orphan`, or when it has other owners, set free. Whether it is none any more. */
static bool release_dependent(kube_test_server_t *server, ts_collection_t *collection, ts_object_t *object, const char *uid, bool orphan)
{
    json_t *document = ts_object_document(object), *owners = ts_at(document, "metadata.ownerReferences");
    const ts_identity_t *identity = object->identity;
    bool free_now = true;
    if (remove_owner(owners, uid) > 0) {
        bool others = json_array_size(owners) > 0;
        if (!others)
            ts_delete_at(document, "metadata.ownerReferences");
        if (orphan || others)
            ts_store(server, collection, document, object);
        else
            delete_plainly(server, collection, object);
        free_now = orphan || others || !ts_find(collection, identity->ns, identity->name);
    }
    json_decref(document);
    return free_now;
}

/* Everything that names the owner; whether nothing does any more. */
static bool release_dependents(kube_test_server_t *server, const char *uid, bool orphan)
{
    bool none = true;
    for (ts_collection_t *c = server->collections; c; c = c->next) {
        for (size_t i = c->count; i-- > 0;) {
            ts_object_t *object = c->objects[i];
            if (mentions(object, uid) && !ts_is(object->identity->uid, uid) && !release_dependent(server, c, object, uid, orphan))
                none = false;
        }
    }
    return none;
}

/* Finalizers that are the garbage collector's. */
static void end_object(kube_test_server_t *server, ts_collection_t *collection, ts_object_t *object, json_t *document)
{
    json_t *finalizers = ts_at(document, "metadata.finalizers");
    bool changed = remove_text(finalizers, "orphan") && release_dependents(server, object->identity->uid, true);
    object = ts_find(collection, object->identity->ns, object->identity->name);
    if (object && remove_text(finalizers, "foregroundDeletion"))
        changed = release_dependents(server, object->identity->uid, false);
    if (!object || !changed)
        return;
    if (json_array_size(finalizers) > 0) {
        ts_store(server, collection, document, object);
        return;
    }
    ts_delete_at(document, "metadata.finalizers");
    ts_store_delete(server, collection, object, document);
}

/* ---- workloads ---- */

static json_t *condition(const char *type, const char *status, const char *reason, const char *now)
{
    return ts_need(json_pack("{ss ss ss ss}", "type", type, "status", status, "lastTransitionTime", now, "reason", reason));
}

static json_t *deployment_status(const json_t *document, const char *now)
{
    json_int_t replicas = ts_int_at(document, "spec.replicas", 1);
    return json_pack("{sI sI sI sI sI s[oo]}", "observedGeneration", (json_int_t)ts_int_at(document, "metadata.generation", 1), "replicas",
                     replicas, "updatedReplicas", replicas, "readyReplicas", replicas, "availableReplicas", replicas, "conditions",
                     condition("Available", "True", "MinimumReplicasAvailable", now),
                     condition("Progressing", "True", "NewReplicaSetAvailable", now));
}

static json_t *set_status(const json_t *document, bool stateful)
{
    json_int_t replicas = ts_int_at(document, "spec.replicas", 1);
    json_t *status = json_pack("{sI sI sI sI}", "observedGeneration", (json_int_t)ts_int_at(document, "metadata.generation", 1), "replicas",
                               replicas, "readyReplicas", replicas, "availableReplicas", replicas);
    if (!stateful) {
        json_object_set_new(status, "fullyLabeledReplicas", json_integer(replicas));
        return status;
    }
    char *revision = ts_printf("%s-%llx", ts_text_at(document, "metadata.name"), (long long)ts_int_at(document, "metadata.generation", 1));
    json_object_set_new(status, "currentReplicas", json_integer(replicas));
    json_object_set_new(status, "updatedReplicas", json_integer(replicas));
    json_object_set_new(status, "currentRevision", ts_string(revision));
    json_object_set_new(status, "updateRevision", ts_string(revision));
    free(revision);
    return status;
}

static json_t *daemon_set_status(const json_t *document)
{
    return json_pack("{sI si si si si si si}", "observedGeneration", (json_int_t)ts_int_at(document, "metadata.generation", 1),
                     "currentNumberScheduled", 1, "desiredNumberScheduled", 1, "numberMisscheduled", 0, "numberReady", 1,
                     "numberAvailable", 1, "updatedNumberScheduled", 1);
}

static json_t *job_status(const json_t *document, const char *now)
{
    return json_pack("{si sI ss ss s{} s[oo]}", "ready", 0, "succeeded", (json_int_t)ts_int_at(document, "spec.completions", 1), "startTime",
                     now, "completionTime", now, "uncountedTerminatedPods", "conditions",
                     condition("SuccessCriteriaMet", "True", "CompletionsReached", now), condition("Complete", "True", "CompletionsReached", now));
}

static json_t *pod_status(const json_t *document, const char *now)
{
    size_t i;
    json_t *container, *statuses = ts_need(json_array());
    json_array_foreach (ts_at(document, "spec.containers"), i, container) {
        const char *image = ts_text_at(container, "image");
        json_array_append_new(statuses, json_pack("{ss sb sb si ss ss s{s{ss}}}", "name", ts_text_at(container, "name"), "ready", 1, "started",
                                                  1, "restartCount", 0, "image", image ? image : "", "imageID", image ? image : "", "state",
                                                  "running", "startedAt", now));
    }
    return json_pack("{ss ss ss ss so s[oooo]}", "phase", "Running", "qosClass", ts_pod_class(json_object_get(document, "spec")), "startTime", now, "podIP", "10.244.0.10",
                     "containerStatuses", statuses, "conditions", condition("Initialized", "True", "", now),
                     condition("Ready", "True", "", now), condition("ContainersReady", "True", "", now), condition("PodScheduled", "True", "", now));
}

static json_t *wanted_status(const ts_collection_t *c, const json_t *document, const char *now)
{
    if (ts_bool_at(document, "spec.suspend") || ts_bool_at(document, "spec.paused"))
        return NULL;
    if (is(c, "apps", "deployments"))
        return deployment_status(document, now);
    if (is(c, "apps", "daemonsets"))
        return daemon_set_status(document);
    if (is(c, "batch", "jobs"))
        return ts_at(document, "status.completionTime") || ts_at(document, "spec.managedBy") ? NULL : job_status(document, now);
    if (is(c, "", "pods"))
        return ts_is(ts_text_at(document, "status.phase"), "Pending") ? pod_status(document, now) : NULL;
    return set_status(document, is(c, "apps", "statefulsets"));
}

/* The same but for when: a status that is reported again is left alone. */
static bool same_status(const json_t *before, json_t *after)
{
    json_t *conditions = json_object_get(before, "conditions"), *value;
    size_t i;
    if (!conditions)
        return before && json_equal(before, after);
    json_array_foreach (json_object_get(after, "conditions"), i, value)
        json_object_set(value, "lastTransitionTime", ts_at(json_array_get(conditions, i), "lastTransitionTime"));
    return json_equal(before, after);
}

/* Conditions of types that nobody here writes are somebody else's. */
static void keep_other_conditions(const json_t *before, json_t *after)
{
    json_t *theirs, *own, *conditions = json_object_get(after, "conditions");
    size_t i, j;
    json_array_foreach (json_object_get(before, "conditions"), i, theirs) {
        bool written = !conditions;
        json_array_foreach (conditions, j, own)
            written = written || ts_is(ts_text_at(own, "type"), ts_text_at(theirs, "type"));
        if (!written)
            json_array_append(conditions, theirs);
    }
}

static void report_status(kube_test_server_t *server, ts_collection_t *collection, ts_object_t *object, json_t *document)
{
    char now[TS_TIME_SIZE];
    ts_now(server, now);
    json_t *status = wanted_status(collection, document, now);
    if (!status)
        return;
    keep_other_conditions(json_object_get(document, "status"), status);
    bool same = same_status(json_object_get(document, "status"), status);
    json_object_set_new(document, "status", status);
    if (!same)
        ts_store(server, collection, document, object);
}

/* ---- CRDs ---- */

static json_t *crd_condition(const char *type, const char *reason, const char *message, const char *now)
{
    return ts_need(json_pack("{ss ss ss ss ss}", "type", type, "status", "True", "lastTransitionTime", now, "reason", reason, "message", message));
}

static void establish(kube_test_server_t *server, ts_collection_t *collection, ts_object_t *object, json_t *document)
{
    char now[TS_TIME_SIZE];
    size_t i;
    json_t *version, *stored = ts_need(json_array());
    ts_now(server, now);
    json_array_foreach (ts_at(document, "spec.versions"), i, version) {
        if (ts_bool_at(version, "storage"))
            json_array_append(stored, json_object_get(version, "name"));
    }
    json_t *status = json_pack("{s[oo] sO so}", "conditions", crd_condition("NamesAccepted", "NoConflicts", "no conflicts found", now),
                               crd_condition("Established", "InitialNamesAccepted", "the initial names have been accepted", now),
                               "acceptedNames", ts_at(document, "spec.names"), "storedVersions", stored);
    bool same = same_status(json_object_get(document, "status"), ts_need(status));
    json_object_set_new(document, "status", status);
    if (!same)
        ts_store(server, collection, document, object);
}

/* The objects of a CRD go with it. */
static void drop_custom_resources(kube_test_server_t *server, const char *crd_name)
{
    const char *dot = strchr(crd_name, '.');
    char *plural = dot ? ts_strndup(crd_name, (size_t)(dot - crd_name)) : ts_strdup(crd_name);
    ts_collection_t *collection = ts_collection(server, dot ? dot + 1 : "", plural);
    ts_resources_remove_crd(server, dot ? dot + 1 : "", plural);
    while (collection && collection->count > 0)
        ts_store_delete(server, collection, collection->objects[collection->count - 1], NULL);
    if (collection)
        ts_wake_all(&collection->waiting);
    free(plural);
}

/* ---- chores ---- */

static void do_chore(kube_test_server_t *server, const chore_t *chore)
{
    ts_collection_t *collection = chore->collection;
    const ts_identity_t *identity = chore->identity;
    ts_object_t *object = ts_find(collection, identity->ns, identity->name);
    bool crd = is(collection, "apiextensions.k8s.io", "customresourcedefinitions");
    if (!object || object->identity != identity) {
        if (crd && !object)
            drop_custom_resources(server, identity->name);
        release_dependents(server, identity->uid, false);
        return;
    }
    json_t *document = ts_object_document(object);
    bool ending = ts_text_at(document, "metadata.deletionTimestamp") != NULL;
    if (ending && is(collection, "", "namespaces"))
        end_namespace(server, collection, object, document);
    else if (ending && server->controllers && is(collection, "", "pods") && json_array_size(ts_at(document, "metadata.finalizers")) == 0)
        ts_store_delete(server, collection, object, NULL);
    else if (ending)
        end_object(server, collection, object, document);
    else if (crd)
        establish(server, collection, object, document);
    else if (server->controllers && is_workload(collection))
        report_status(server, collection, object, document);
    json_decref(document);
}

/* Takes up to so many that are due out of the list. */
static chore_t *take_due(kube_test_server_t *server, int64_t now, int most)
{
    chore_t *due = NULL;
    for (chore_t **at = &server->chores; *at && most > 0;) {
        chore_t *chore = *at;
        if (chore->due > now) {
            at = &chore->next;
            continue;
        }
        *at = chore->next;
        chore->next = due;
        due = chore;
        most--;
    }
    return due;
}

int64_t ts_controllers_run(kube_test_server_t *server, int64_t now)
{
    int64_t next = 0;
    for (chore_t *chore = take_due(server, now, CHORES_AT_ONCE), *after; chore; chore = after) {
        after = chore->next;
        ((ts_identity_t *)chore->identity)->has_chore = false;
        do_chore(server, chore);
        free(chore);
    }
    for (const chore_t *chore = server->chores; chore; chore = chore->next)
        next = next == 0 || chore->due < next ? chore->due : next;
    return next;
}

void ts_controllers_dispose(kube_test_server_t *server)
{
    while (server->chores) {
        chore_t *chore = server->chores;
        server->chores = chore->next;
        free(chore);
    }
}
