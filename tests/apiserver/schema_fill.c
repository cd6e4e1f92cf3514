/*
 * What the real server has in memory and writes although nobody set it, because Go has no absent struct and writes what has no
 * omitempty: as a rule metadata, the spec and status of a root, and required fields. The exceptions are listed here.
 */
#include "schema_node.h"

#include <string.h>

#include "util.h"

/* Optional fields that hold a struct by value: the type's name without its package, and the field's. */
static const char *const by_value[] = {
    "AllocationResult.devices", "Container.resources", "ContainerStatus.lastState", "ContainerStatus.state",
    "CustomResourceDefinitionStatus.acceptedNames", "DaemonSetSpec.updateStrategy", "DeploymentSpec.strategy",
    "Endpoint.conditions", "EphemeralContainer.resources", "Event.deprecatedSource", "Event.regarding", "Event.source",
    "IngressServiceBackend.port", "IngressStatus.loadBalancer", "JobTemplateSpec.spec",
    "LimitedPriorityLevelConfiguration.limitResponse", "NetworkPolicySpec.podSelector", "NodeDaemonEndpoints.kubeletEndpoint",
    "NodeStatus.daemonEndpoints", "NodeStatus.nodeInfo", "PersistentVolumeClaimSpec.resources", "PodTemplate.template",
    "PodTemplateSpec.spec", "ReplicaSetSpec.template", "ResourceClaimSpec.devices", "SelfSubjectReviewStatus.userInfo",
    "ServiceStatus.loadBalancer", "StatefulSetSpec.updateStrategy", "TokenReviewStatus.user", NULL,
};

/* Required objects behind a pointer, and times by value: written as null. */
static const char *const nulls[] = {
    "DaemonSetSpec.selector", "DeploymentSpec.selector", "Event.deprecatedFirstTimestamp", "Event.deprecatedLastTimestamp",
    "Event.eventTime", "Event.firstTimestamp", "Event.lastTimestamp", "ReplicaSetSpec.selector",
    "ScaleIOPersistentVolumeSource.secretRef", "ScaleIOVolumeSource.secretRef", "StatefulSetSpec.selector", NULL,
};

/* Required fields, and parts of roots, that are left out all the same. */
static const char *const left_out[] = {
    "ContainerRestartRule.action", "ContainerRestartRuleOnExitCodes.operator", "HTTPIngressPath.pathType",
    "IPAddressSpec.parentRef", "ImageVolumeStatus.imageRef", "MutatingWebhook.sideEffects", "ParentReference.name",
    "ParentReference.resource", "PodCertificateProjection.keyType", "PodCertificateProjection.signerName",
    "ResourcePoolStatusRequest.status", "TokenReviewSpec.token", "ValidatingAdmissionPolicyBindingSpec.policyName",
    "ValidatingAdmissionPolicyBindingSpec.validationActions", "ValidatingWebhook.sideEffects", NULL,
};

/* Optional scalars that are written all the same. */
static const char *const written[] = {
    "Event.reportingComponent", "Event.reportingInstance", "FlowSchemaSpec.matchingPrecedence", "LocalObjectReference.name",
    "PodDisruptionBudgetStatus.currentHealthy", "PodDisruptionBudgetStatus.desiredHealthy",
    "PodDisruptionBudgetStatus.disruptionsAllowed", "PodDisruptionBudgetStatus.expectedPods", "PriorityClass.value",
    "StatefulSetSpec.serviceName", "StatefulSetStatus.availableReplicas", NULL,
};

static bool is_listed(const char *const *list, const kube_type_t *type, const kube_field_t *field)
{
    const char *dot = strrchr(type->name, '.'), *name = dot ? dot + 1 : type->name;
    size_t len = strlen(name);

    for (; *list; list++) {
        if (strncmp(*list, name, len) == 0 && (*list)[len] == '.' && kube_field_is(field, *list + len + 1)) {
            return true;
        }
    }
    return false;
}

static bool is_required(const kube_type_t *type, const kube_field_t *field)
{
    return (field->flags & KUBE_FIELD_REQUIRED) && !is_listed(left_out, type, field);
}

static json_t *zero_object(const kube_type_t *type, const kube_field_t *field)
{
    bool is_root_part = (type->flags & KUBE_TYPE_ROOT) && (kube_field_is(field, "spec") || kube_field_is(field, "status"));

    if ((is_root_part && !is_listed(left_out, type, field)) || kube_field_is(field, "metadata") ||
        is_listed(by_value, type, field)) {
        return json_object();
    }
    if (is_listed(nulls, type, field)) {
        return json_null();
    }
    return is_required(type, field) && field->kind == KUBE_KIND_OBJECT ? json_object() : NULL;
}

json_t *ts_zero_scalar(const kube_type_t *type, const kube_field_t *field)
{
    if (!is_required(type, field) && !is_listed(written, type, field)) {
        return NULL;
    }
    switch (field->kind) {
    case KUBE_KIND_BOOL: return json_false();
    case KUBE_KIND_INT32:
    case KUBE_KIND_INT64: return json_integer(0);
    case KUBE_KIND_STRING: return json_string("");
    default: return NULL;
    }
}

/* What is written for a field that nobody set; NULL when it is left out. */
static json_t *zero_of(const kube_type_t *type, const kube_field_t *field)
{
    switch (field->kind) {
    case KUBE_KIND_OBJECT:
    case KUBE_KIND_JSON: return zero_object(type, field);
    case KUBE_KIND_TIME:
    case KUBE_KIND_MICRO_TIME: return is_listed(nulls, type, field) ? json_null() : NULL;
    case KUBE_KIND_BOOL:
    case KUBE_KIND_INT32:
    case KUBE_KIND_INT64:
    case KUBE_KIND_STRING: return ts_zero_scalar(type, field);
    case KUBE_KIND_LIST:
    case KUBE_KIND_MAP: return is_required(type, field) ? json_null() : NULL;
    default: return NULL;
    }
}

static bool fill(const ts_node_t *node, json_t *value);

static bool fill_object(const kube_type_t *type, json_t *object)
{
    size_t i;

    for (i = 0; i < type->field_count; i++) {
        char text[TS_FIELD_NAME_SIZE];
        const char *name = ts_field_name(&type->fields[i], text);
        json_t *zero = json_object_get(object, name) ? NULL : zero_of(type, &type->fields[i]);

        if (zero && json_object_set_new(object, name, zero)) {
            return false;
        }
    }
    return true;
}

static bool fill_members(const ts_node_t *node, json_t *object)
{
    const char *key;
    json_t *value;
    ts_node_t member;

    json_object_foreach(object, key, value) {
        if ((json_is_object(value) || json_is_array(value)) && ts_node_member(node, key, &member) && !fill(&member, value)) {
            return false;
        }
    }
    return true;
}

static bool fill(const ts_node_t *node, json_t *value)
{
    ts_node_t item;
    size_t i;

    if (json_is_object(value) && node->source == TS_SOURCE_TYPE && !fill_object(node->table, value)) {
        return false;
    }
    if (json_is_object(value) && (node->source == TS_SOURCE_TYPE || node->source == TS_SOURCE_MAP)) {
        return fill_members(node, value);
    }
    if (json_is_array(value) && node->source == TS_SOURCE_LIST) {
        item = ts_node_item(node);
        for (i = 0; i < json_array_size(value); i++) {
            if (!fill(&item, json_array_get(value, i))) {
                return false;
            }
        }
    }
    return true;
}

bool ts_schema_fill(const ts_schema_t *schema, json_t *object)
{
    return schema->crd_version || fill(&schema->root, object);
}
