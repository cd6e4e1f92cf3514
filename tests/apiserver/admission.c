#include "admission.h"

#include <stdio.h>

#include "certificates.h"
#include "pod_resources.h"
#include "state.h"
#include "status.h"

/* ---- namespaces ---- */

void ts_ensure_namespace(kube_test_server_t *server, const char *name)
{
    ts_collection_t *collection = ts_collection(server, "", "namespaces");
    char uid[TS_UID_SIZE], now[TS_TIME_SIZE];
    if (ts_find(collection, NULL, name))
        return;
    ts_uid(uid);
    ts_now(server, now);
    json_t *document = ts_need(json_pack("{s{ss ss ss s{ss}} s{s[s]} s{ss}}", "metadata", "name", name, "uid", uid, "creationTimestamp", now,
                                         "labels", "kubernetes.io/metadata.name", name, "spec", "finalizers", "kubernetes", "status",
                                         "phase", "Active"));
    ts_store(server, collection, document, NULL);
    json_decref(document);
}

bool ts_admit_namespace(const ts_request_t *request, const char *name, ts_reply_t *reply)
{
    kube_test_server_t *server = request->server;
    if (!request->resource->api.namespaced)
        return true;
    if (request->loading)
        ts_ensure_namespace(server, request->ns);
    const ts_object_t *found = ts_find(ts_collection(server, "", "namespaces"), NULL, request->ns);
    if (!found) {
        ts_status(reply, 404, "NotFound", ts_details(request->ns, NULL, "namespaces"), "namespaces \"%s\" not found", request->ns);
        return false;
    }
    json_t *document = ts_object_document(found);
    bool ending = ts_text_at(document, "metadata.deletionTimestamp") != NULL;
    json_decref(document);
    if (ending) {
        char *text = ts_printf("namespace %s is being terminated", request->ns);
        ts_status_forbidden(reply, request->resource, name, ts_causes(ts_cause("NamespaceTerminating", "metadata.namespace", "%s", text)),
                            "unable to create new content in namespace %s because it is being terminated", request->ns);
        free(text);
    }
    return !ending;
}

/* ---- what code fills in ---- */

/* Sets a member that is absent; value: JSON text. */
static void fill(json_t *object, const char *path, const char *value)
{
    if (json_is_object(object) && !ts_at(object, path))
        ts_put(object, path, json_loads(value, JSON_DECODE_ANY, NULL));
}

static void complete_probe(json_t *probe)
{
    if (!probe)
        return;
    fill(probe, "timeoutSeconds", "1");
    fill(probe, "periodSeconds", "10");
    fill(probe, "successThreshold", "1");
    fill(probe, "failureThreshold", "3");
    if (ts_at(probe, "httpGet")) {
        fill(probe, "httpGet.path", "\"/\"");
        fill(probe, "httpGet.scheme", "\"HTTP\"");
    }
}

/* What is limited and not requested is requested: in pods, not in templates. */
static void complete_containers(json_t *containers, bool pod)
{
    size_t i, p;
    const char *name;
    json_t *container, *port, *limit;
    json_array_foreach (containers, i, container) {
        const char *image = ts_text_at(container, "image"), *tag = image ? strrchr(image, ':') : NULL;
        bool latest = image && (!tag || strchr(tag, '/') || ts_is(tag, ":latest")) && !strchr(image, '@');
        fill(container, "imagePullPolicy", latest ? "\"Always\"" : "\"IfNotPresent\"");
        fill(container, "terminationMessagePath", "\"/dev/termination-log\"");
        fill(container, "terminationMessagePolicy", "\"File\"");
        fill(container, "resources", "{}");
        json_object_foreach (ts_at(container, "resources.limits"), name, limit) {
            if (pod && !ts_at(container, "resources.requests"))
                ts_put(container, "resources.requests", json_object());
            if (pod && !json_object_get(ts_at(container, "resources.requests"), name))
                json_object_set(ts_at(container, "resources.requests"), name, limit);
        }
        json_array_foreach (ts_at(container, "ports"), p, port)
            fill(port, "protocol", "\"TCP\"");
        complete_probe(ts_at(container, "livenessProbe"));
        complete_probe(ts_at(container, "readinessProbe"));
        complete_probe(ts_at(container, "startupProbe"));
    }
}

static void complete_volumes(json_t *volumes)
{
    static const char *const sources[] = { "configMap", "secret", "projected", "downwardAPI" };
    size_t i;
    json_t *volume;
    json_array_foreach (volumes, i, volume) {
        for (size_t s = 0; s < sizeof sources / sizeof *sources; s++)
            fill(ts_at(volume, sources[s]), "defaultMode", "420");
    }
}

static void complete_pod_spec(json_t *spec, bool pod)
{
    if (!json_is_object(spec))
        return;
    fill(spec, "restartPolicy", "\"Always\"");
    fill(spec, "terminationGracePeriodSeconds", "30");
    fill(spec, "dnsPolicy", "\"ClusterFirst\"");
    fill(spec, "securityContext", "{}");
    fill(spec, "schedulerName", "\"default-scheduler\"");
    if (ts_at(spec, "serviceAccountName"))
        json_object_set(spec, "serviceAccount", ts_at(spec, "serviceAccountName"));
    complete_containers(ts_at(spec, "containers"), pod);
    complete_containers(ts_at(spec, "initContainers"), pod);
    complete_containers(ts_at(spec, "ephemeralContainers"), false);
    complete_volumes(ts_at(spec, "volumes"));
}

static void complete_job_spec(json_t *spec)
{
    fill(spec, "completions", "1");
    fill(spec, "parallelism", "1");
    fill(spec, "backoffLimit", "6");
    fill(spec, "completionMode", "\"NonIndexed\"");
    fill(spec, "suspend", "false");
    fill(spec, "podReplacementPolicy", "\"TerminatingOrFailed\"");
    fill(spec, "manualSelector", "false");
    complete_pod_spec(ts_at(spec, "template.spec"), false);
}

static void complete_workload(const ts_resource_t *resource, json_t *spec)
{
    fill(spec, "revisionHistoryLimit", "10");
    if (ts_is_kind(resource, "apps", "deployments")) {
        fill(spec, "replicas", "1");
        fill(spec, "progressDeadlineSeconds", "600");
        fill(spec, "strategy.type", "\"RollingUpdate\"");
        if (ts_is(ts_text_at(spec, "strategy.type"), "RollingUpdate")) {
            fill(spec, "strategy.rollingUpdate.maxUnavailable", "\"25%\"");
            fill(spec, "strategy.rollingUpdate.maxSurge", "\"25%\"");
        }
    } else if (ts_is_kind(resource, "apps", "statefulsets")) {
        fill(spec, "replicas", "1");
        fill(spec, "podManagementPolicy", "\"OrderedReady\"");
        fill(spec, "updateStrategy.type", "\"RollingUpdate\"");
        if (ts_is(ts_text_at(spec, "updateStrategy.type"), "RollingUpdate"))
            fill(spec, "updateStrategy.rollingUpdate.partition", "0");
        fill(spec, "persistentVolumeClaimRetentionPolicy", "{\"whenDeleted\":\"Retain\",\"whenScaled\":\"Retain\"}");
    } else if (ts_is_kind(resource, "apps", "daemonsets")) {
        fill(spec, "updateStrategy.type", "\"RollingUpdate\"");
        if (ts_is(ts_text_at(spec, "updateStrategy.type"), "RollingUpdate"))
            fill(spec, "updateStrategy.rollingUpdate", "{\"maxUnavailable\":1,\"maxSurge\":0}");
    }
    complete_pod_spec(ts_at(spec, "template.spec"), false);
}

static void complete_service(json_t *spec)
{
    size_t i;
    json_t *port;
    fill(spec, "type", "\"ClusterIP\"");
    fill(spec, "sessionAffinity", "\"None\"");
    if (ts_is(ts_text_at(spec, "type"), "ExternalName"))
        return;
    fill(spec, "internalTrafficPolicy", "\"Cluster\"");
    json_array_foreach (ts_at(spec, "ports"), i, port) {
        fill(port, "protocol", "\"TCP\"");
        if (!ts_at(port, "targetPort"))
            json_object_set(port, "targetPort", ts_at(port, "port"));
    }
}

/* stringData of a Secret becomes data. */
static void complete_secret(json_t *object)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *key;
    json_t *value;
    fill(object, "type", "\"Opaque\"");
    json_object_foreach (ts_at(object, "stringData"), key, value) {
        kube_buffer_t text = { 0 };
        const unsigned char *bytes = (const unsigned char *)json_string_value(value);
        size_t len = json_string_length(value);
        kube_buffer_puts(&text, "");
        for (size_t i = 0; i < len; i += 3) {
            unsigned bits = (unsigned)bytes[i] << 16 | (i + 1 < len ? (unsigned)bytes[i + 1] << 8 : 0) | (i + 2 < len ? (unsigned)bytes[i + 2] : 0);
            kube_buffer_printf(&text, "%c%c%c%c", digits[bits >> 18], digits[bits >> 12 & 63], i + 1 < len ? digits[bits >> 6 & 63] : '=',
                               i + 2 < len ? digits[bits & 63] : '=');
        }
        json_t *data = json_object_get(object, "data");
        if (!data)
            json_object_set_new(object, "data", data = ts_need(json_object()));
        json_object_set_new(data, key, ts_string(text.data));
        kube_buffer_dispose(&text);
    }
    json_object_del(object, "stringData");
}

static void complete_csi_driver(json_t *spec)
{
    fill(spec, "attachRequired", "true");
    fill(spec, "fsGroupPolicy", "\"ReadWriteOnceWithFSType\"");
    fill(spec, "podInfoOnMount", "false");
    fill(spec, "requiresRepublish", "false");
    fill(spec, "seLinuxMount", "false");
    fill(spec, "storageCapacity", "false");
    fill(spec, "volumeLifecycleModes", "[\"Persistent\"]");
}

/* Rules that are left out are written as null, and nobody owns that. */
void ts_complete_unowned(const ts_request_t *request, json_t *object)
{
    if (ts_is_kind(request->resource, "rbac.authorization.k8s.io", "roles") ||
        ts_is_kind(request->resource, "rbac.authorization.k8s.io", "clusterroles"))
        fill(object, "rules", "null");
}

void ts_complete(const ts_request_t *request, json_t *object)
{
    const ts_resource_t *resource = request->resource;
    json_t *spec = json_object_get(object, "spec");
    if (ts_is_kind(resource, "", "pods")) {
        complete_pod_spec(spec, true);
        fill(spec, "enableServiceLinks", "true");
    } else if (ts_is_kind(resource, "", "replicationcontrollers") || ts_is_kind(resource, "apps", "replicasets")) {
        fill(spec, "replicas", "1");
        complete_pod_spec(ts_at(spec, "template.spec"), false);
    } else if (spec && !resource->crd && ts_is(resource->api.group, "apps")) {
        complete_workload(resource, spec);
    } else if (spec && ts_is_kind(resource, "batch", "jobs")) {
        complete_job_spec(spec);
    } else if (spec && ts_is_kind(resource, "batch", "cronjobs")) {
        fill(spec, "concurrencyPolicy", "\"Allow\"");
        fill(spec, "suspend", "false");
        fill(spec, "successfulJobsHistoryLimit", "3");
        fill(spec, "failedJobsHistoryLimit", "1");
        complete_pod_spec(ts_at(spec, "jobTemplate.spec.template.spec"), false);
    } else if (spec && ts_is_kind(resource, "", "services")) {
        complete_service(spec);
    } else if (ts_is_kind(resource, "", "secrets")) {
        complete_secret(object);
    } else if (ts_is_kind(resource, "", "events")) {
        fill(object, "eventTime", "null");
        fill(object, "firstTimestamp", "null");
        fill(object, "lastTimestamp", "null");
    } else if (ts_is_kind(resource, "", "namespaces") && ts_at(object, "metadata.name")) {
        if (!ts_at(object, "metadata.labels"))
            ts_put(object, "metadata.labels", json_object());
        json_object_set(ts_at(object, "metadata.labels"), "kubernetes.io/metadata.name", ts_at(object, "metadata.name"));
    } else if (spec && ts_is_kind(resource, "networking.k8s.io", "networkpolicies")) {
        fill(spec, "policyTypes", ts_at(spec, "egress") ? "[\"Ingress\",\"Egress\"]" : "[\"Ingress\"]");
    } else if (spec && ts_is_kind(resource, "", "persistentvolumeclaims")) {
        fill(spec, "volumeMode", "\"Filesystem\"");
    } else if (spec && ts_is_kind(resource, "storage.k8s.io", "csidrivers")) {
        complete_csi_driver(spec);
    } else if (spec && ts_is_kind(resource, "storage.k8s.io", "csinodes")) {
        fill(spec, "drivers", "null");
    } else if (spec && ts_is_kind(resource, "", "limitranges")) {
        fill(spec, "limits", "null");
    } else if (ts_is_kind(resource, "scheduling.k8s.io", "priorityclasses")) {
        fill(object, "preemptionPolicy", "\"PreemptLowerPriority\"");
    }
}

/* ---- what only new objects get ---- */

static void new_status(const ts_resource_t *resource, json_t *object)
{
    static const struct {
        const char *group, *plural, *status;
    } statuses[] = {
        { "", "pods", "{\"phase\":\"Pending\"}" },
        { "", "namespaces", "{\"phase\":\"Active\"}" },
        { "", "nodes", "{\"daemonEndpoints\":{\"kubeletEndpoint\":{\"Port\":0}},\"nodeInfo\":{\"machineID\":\"\",\"systemUUID\":\"\","
          "\"bootID\":\"\",\"kernelVersion\":\"\",\"osImage\":\"\",\"containerRuntimeVersion\":\"\",\"kubeletVersion\":\"\","
          "\"kubeProxyVersion\":\"\",\"operatingSystem\":\"\",\"architecture\":\"\"}}" },
        { "", "persistentvolumes", "{\"phase\":\"Pending\"}" },
        { "", "persistentvolumeclaims", "{\"phase\":\"Pending\"}" },
        { "", "services", "{\"loadBalancer\":{}}" },
        { "networking.k8s.io", "ingresses", "{\"loadBalancer\":{}}" },
        { "apps", "replicasets", "{\"replicas\":0}" },
        { "", "replicationcontrollers", "{\"replicas\":0}" },
        { "apps", "statefulsets", "{\"replicas\":0,\"availableReplicas\":0}" },
        { "apps", "daemonsets", "{\"currentNumberScheduled\":0,\"numberMisscheduled\":0,\"desiredNumberScheduled\":0,\"numberReady\":0}" },
        { "policy", "poddisruptionbudgets",
          "{\"disruptionsAllowed\":0,\"currentHealthy\":0,\"desiredHealthy\":0,\"expectedPods\":0}" },
        { "autoscaling", "horizontalpodautoscalers", "{\"currentReplicas\":0,\"desiredReplicas\":0}" },
    };
    if (!resource->has_status || resource->crd)
        return;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (ts_is_kind(resource, statuses[i].group, statuses[i].plural))
            fill(object, "status", statuses[i].status);
    }
    fill(object, "status", "{}");
}

static void new_service(kube_test_server_t *server, json_t *spec)
{
    const char *type = ts_text_at(spec, "type");
    char ip[32];
    if (ts_is(type, "ExternalName"))
        return;
    if (!ts_at(spec, "clusterIP")) {
        uint64_t n = ++server->next_ip;
        snprintf(ip, sizeof ip, "10.96.%u.%u", (unsigned)(n / 250 % 250), (unsigned)(n % 250 + 1));
        json_object_set_new(spec, "clusterIP", ts_string(ip));
    }
    fill(spec, "ipFamilies", "[\"IPv4\"]");
    fill(spec, "ipFamilyPolicy", "\"SingleStack\"");
    if (!ts_at(spec, "clusterIPs"))
        json_object_set_new(spec, "clusterIPs", json_pack("[O]", ts_at(spec, "clusterIP")));
}

/* The labels by which a job finds its pods, when it is not told others. */
static void new_job(json_t *object)
{
    const char *uid = ts_text_at(object, "metadata.uid"), *name = ts_text_at(object, "metadata.name");
    if (ts_at(object, "spec.selector") || ts_bool_at(object, "spec.manualSelector") || !ts_at(object, "spec.template"))
        return;
    json_t *labels = ts_at(object, "spec.template.metadata.labels");
    if (!labels) {
        ts_put(object, "spec.template.metadata.labels", json_object());
        labels = ts_at(object, "spec.template.metadata.labels");
    }
    json_object_set_new(labels, "batch.kubernetes.io/controller-uid", ts_string(uid));
    json_object_set_new(labels, "batch.kubernetes.io/job-name", ts_string(name));
    json_object_set_new(labels, "controller-uid", ts_string(uid));
    json_object_set_new(labels, "job-name", ts_string(name));
    ts_put(object, "spec.selector", json_pack("{s{ss}}", "matchLabels", "batch.kubernetes.io/controller-uid", uid));
    if (!ts_at(object, "metadata.labels"))
        ts_put(object, "metadata.labels", json_deep_copy(labels));
}

static void new_crd(json_t *object)
{
    const char *plural = ts_text_at(object, "spec.names.plural"), *kind = ts_text_at(object, "spec.names.kind");
    json_t *names = ts_at(object, "spec.names");
    if (!plural || !kind)
        return;
    if (!ts_at(names, "listKind")) {
        char *list = ts_printf("%sList", kind);
        json_object_set_new(names, "listKind", ts_string(list));
        free(list);
    }
    if (!ts_at(names, "singular")) {
        char *singular = ts_strdup(kind);
        for (char *c = singular; *c; c++)
            *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
        json_object_set_new(names, "singular", ts_string(singular));
        free(singular);
    }
    fill(object, "spec.conversion", "{\"strategy\":\"None\"}");
}

/* Who makes a namespace may add finalizers, and not leave out the server's. */
static void own_finalizer(json_t *object)
{
    json_t *finalizer;
    size_t i;
    fill(object, "spec.finalizers", "[]");
    json_array_foreach (ts_at(object, "spec.finalizers"), i, finalizer) {
        if (ts_is(json_string_value(finalizer), "kubernetes"))
            return;
    }
    json_array_append_new(ts_at(object, "spec.finalizers"), ts_string("kubernetes"));
}

void ts_complete_new(const ts_request_t *request, json_t *object)
{
    const ts_resource_t *resource = request->resource;
    json_t *spec = json_object_get(object, "spec");
    new_status(resource, object);
    if (ts_is_kind(resource, "", "namespaces")) {
        own_finalizer(object);
    } else if (ts_is_kind(resource, "", "pods") && spec) {
        fill(spec, "serviceAccountName", "\"default\"");
        fill(spec, "serviceAccount", "\"default\"");
        fill(spec, "preemptionPolicy", "\"PreemptLowerPriority\"");
        fill(spec, "priority", "0");
        if (!ts_at(object, "status.qosClass"))
            ts_put(object, "status.qosClass", ts_string(ts_pod_class(spec)));
        fill(spec, "tolerations",
             "[{\"key\":\"node.kubernetes.io/not-ready\",\"operator\":\"Exists\",\"effect\":\"NoExecute\",\"tolerationSeconds\":300},"
             "{\"key\":\"node.kubernetes.io/unreachable\",\"operator\":\"Exists\",\"effect\":\"NoExecute\",\"tolerationSeconds\":300}]");
    } else if (ts_is_kind(resource, "", "nodes") && spec && !request->loading) {
        fill(spec, "taints", "[{\"key\":\"node.kubernetes.io/not-ready\",\"effect\":\"NoSchedule\"}]");
    } else if (ts_is_kind(resource, "", "services") && spec) {
        new_service(request->server, spec);
    } else if (ts_is_kind(resource, "batch", "jobs")) {
        new_job(object);
    } else if (ts_is_kind(resource, "certificates.k8s.io", "certificatesigningrequests")) {
        ts_csr_complete_new(request, object);
    } else if (ts_is_kind(resource, "apiextensions.k8s.io", "customresourcedefinitions")) {
        new_crd(object);
    }
}
