/* Rollouts, as `kubectl rollout status` decides. */
#include <inttypes.h>
#include <string.h>

#include "client/facts.h"
#include "client/wait_for.h"

#define COUNT "%" PRId64

static int64_t number(const kube_facts_t *facts, const char *path)
{
    return kube_facts_number(facts->root, path, 0);
}

static bool is_observed(const kube_facts_t *facts)
{
    return number(facts, "metadata.generation") <= number(facts, "status.observedGeneration");
}

static int judge_deployment(kube_wait_view_t *view, const kube_facts_t *facts)
{
    int64_t wanted = kube_facts_number(facts->root, "spec.replicas", 1), updated = number(facts, "status.updatedReplicas");
    int64_t all = number(facts, "status.replicas"), available = number(facts, "status.availableReplicas");
    const kube_value_t *progressing = kube_facts_condition(facts, "Progressing");
    if (!is_observed(facts))
        return kube_wait_say(view, 0, "the change of the spec is not observed yet");
    if (strcmp(kube_facts_text(progressing, "reason"), "ProgressDeadlineExceeded") == 0)
        return kube_wait_say(view, KUBE_E_FAILED, "the progress deadline is exceeded: %s",
                             kube_facts_text(progressing, "message"));
    if (updated < wanted)
        return kube_wait_say(view, 0, COUNT " of " COUNT " replicas are updated", updated, wanted);
    if (all > updated)
        return kube_wait_say(view, 0, COUNT " old replicas are still there", all - updated);
    if (available < updated)
        return kube_wait_say(view, 0, COUNT " of " COUNT " updated replicas are available", available, updated);
    return 1;
}

static int judge_daemon_set(kube_wait_view_t *view, const kube_facts_t *facts)
{
    int64_t wanted = number(facts, "status.desiredNumberScheduled"), updated = number(facts, "status.updatedNumberScheduled");
    int64_t available = number(facts, "status.numberAvailable");
    if (!is_observed(facts))
        return kube_wait_say(view, 0, "the change of the spec is not observed yet");
    if (updated < wanted)
        return kube_wait_say(view, 0, COUNT " of " COUNT " pods are updated", updated, wanted);
    if (available < wanted)
        return kube_wait_say(view, 0, COUNT " of " COUNT " updated pods are available", available, wanted);
    return 1;
}

/* With a partition only the pods from that number on are updated. */
static int judge_stateful_set(kube_wait_view_t *view, const kube_facts_t *facts)
{
    int64_t wanted = kube_facts_number(facts->root, "spec.replicas", 1), ready = number(facts, "status.readyReplicas");
    int64_t updated = number(facts, "status.updatedReplicas");
    int64_t partition = number(facts, "spec.updateStrategy.rollingUpdate.partition");
    const char *present = kube_facts_text(facts->root, "status.currentRevision");
    const char *wanted_revision = kube_facts_text(facts->root, "status.updateRevision");
    if (number(facts, "status.observedGeneration") == 0 || !is_observed(facts))
        return kube_wait_say(view, 0, "the change of the spec is not observed yet");
    if (ready < wanted)
        return kube_wait_say(view, 0, COUNT " of " COUNT " pods are ready", ready, wanted);
    if (kube_facts_at(facts->root, "spec.updateStrategy.rollingUpdate")) {
        if (updated < wanted - partition)
            return kube_wait_say(view, 0, COUNT " of " COUNT " pods are updated", updated, wanted - partition);
        return 1;
    }
    if (strcmp(present, wanted_revision) != 0)
        return kube_wait_say(view, 0, COUNT " of " COUNT " pods are at revision %s", updated, wanted, wanted_revision);
    return 1;
}

/* Deployments have no other strategy whose progress could not be told. */
static bool is_on_delete(const kube_facts_t *facts)
{
    const char *strategy = kube_facts_text(facts->root, "spec.updateStrategy.type");
    return *strategy && strcmp(strategy, "RollingUpdate") != 0;
}

static int judge(kube_wait_view_t *view, const kube_facts_t *facts)
{
    const char *kind = view->type->kind;
    if (strcmp(kind, "Deployment") == 0)
        return judge_deployment(view, facts);
    if (strcmp(kind, "DaemonSet") != 0 && strcmp(kind, "StatefulSet") != 0)
        return kube_wait_say(view, KUBE_E_UNSUPPORTED, "a %s is not rolled out", kind);
    if (is_on_delete(facts))
        return kube_wait_say(view, KUBE_E_UNSUPPORTED, "pods of this %s are only updated when they are deleted", kind);
    return *kind == 'D' ? judge_daemon_set(view, facts) : judge_stateful_set(view, facts);
}

int kube_wait_rollout(kube_wait_view_t *view, void *userdata)
{
    kube_facts_t facts;
    (void)userdata;
    if (!view->object)
        return kube_wait_missing(view);
    if (!view->type->kind)
        return kube_wait_say(view, KUBE_E_USAGE, "the type is not of objects");
    int code = kube_facts_read(&facts, view->type, view->object);
    code = code == KUBE_OK ? judge(view, &facts) : kube_wait_say(view, code, "the object cannot be read");
    kube_facts_dispose(&facts);
    return code;
}
