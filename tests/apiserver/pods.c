/* Many pods at once, each as large as a busy cluster's. */
#include <stdio.h>

#include "admission.h"
#include "state.h"

/* Members of a managedFields entry for an environment of n variables, and the like: what makes real pods large. */
static void add_environment(json_t *container, size_t count)
{
    json_t *env = ts_need(json_array());
    for (size_t i = 0; i < count; i++) {
        char name[32], value[64];
        snprintf(name, sizeof name, "SETTING_NUMBER_%02zu", i);
        snprintf(value, sizeof value, "https://service-%02zu.example.internal:8443/v1", i);
        json_array_append_new(env, json_pack("{ssss}", "name", name, "value", value));
    }
    json_object_set_new(container, "env", env);
}

static json_t *make_container(const char *name)
{
    json_t *container = ts_need(json_pack(
        "{ss ss s[s,s,s] s[{ss si ss}] s{s{ss ss} s{ss ss}} s[{ss ss} {ss ss sb}] ss ss ss s{s{ss so ss} si si si si}}", "name", name, "image",
        "registry.example.com/team/application-server:v2.14.7", "args", "--listen=:8080", "--log-format=json", "--metrics=:9090", "ports",
        "name", "http", "containerPort", 8080, "protocol", "TCP", "resources", "limits", "cpu", "500m", "memory", "512Mi", "requests", "cpu",
        "100m", "memory", "128Mi", "volumeMounts", "name", "config", "mountPath", "/etc/application", "name", "kube-api-access-x7k2p",
        "mountPath", "/var/run/secrets/kubernetes.io/serviceaccount", "readOnly", 1, "terminationMessagePath", "/dev/termination-log",
        "terminationMessagePolicy", "File", "imagePullPolicy", "IfNotPresent", "readinessProbe", "httpGet", "path", "/ready", "port",
        json_integer(8080), "scheme", "HTTP", "timeoutSeconds", 1, "periodSeconds", 10, "successThreshold", 1, "failureThreshold", 3));
    add_environment(container, 12);
    return container;
}

static json_t *container_status(const char *name, const char *now)
{
    return ts_need(json_pack(
        "{ss s{s{ss}} s{} sb si ss ss ss sb}", "name", name, "state", "running", "startedAt", now, "lastState", "ready", 1, "restartCount", 0,
        "image", "registry.example.com/team/application-server:v2.14.7", "imageID",
        "registry.example.com/team/application-server@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "containerID",
        "containerd://e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "started", 1));
}

static json_t *pod_status(const char *now)
{
    json_t *conditions = ts_need(json_array());
    static const char *const types[] = { "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled" };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        json_array_append_new(conditions, json_pack("{ss ss sn ss}", "type", types[i], "status", "True", "lastProbeTime", "lastTransitionTime", now));
    return ts_need(json_pack("{ss so ss ss s[{ss}] ss s[oo] ss}", "phase", "Running", "conditions", conditions, "hostIP", "10.0.12.7", "podIP",
                             "10.244.3.17", "podIPs", "ip", "10.244.3.17", "startTime", now, "containerStatuses",
                             container_status("application", now), container_status("sidecar", now), "qosClass", "Burstable"));
}

static json_t *make_pod(const char *ns, const char *now)
{
    json_t *spec = ts_need(json_pack(
        "{s[{ss s{ss si}} {ss s{si s[{s{si ss}}]}}] s[oo] ss si ss ss ss ss s{} ss si ss sb}", "volumes", "name", "config", "configMap", "name",
        "application-config", "defaultMode", 420, "name", "kube-api-access-x7k2p", "projected", "defaultMode", 420, "sources",
        "serviceAccountToken", "expirationSeconds", 3607, "path", "token", "containers", make_container("application"),
        make_container("sidecar"), "restartPolicy", "Always", "terminationGracePeriodSeconds", 30, "dnsPolicy", "ClusterFirst",
        "serviceAccountName", "application", "serviceAccount", "application", "nodeName", "node-0", "securityContext", "schedulerName",
        "default-scheduler", "priority", 0, "preemptionPolicy", "PreemptLowerPriority", "enableServiceLinks", 1));
    json_object_set_new(spec, "tolerations",
                        json_pack("[{ss ss ss si} {ss ss ss si}]", "key", "node.kubernetes.io/not-ready", "operator", "Exists", "effect",
                                  "NoExecute", "tolerationSeconds", 300, "key", "node.kubernetes.io/unreachable", "operator", "Exists",
                                  "effect", "NoExecute", "tolerationSeconds", 300));
    return ts_need(json_pack(
        "{s{ss ss ss si s{ss ss ss ss ss} s{ss ss}} so so}", "metadata", "namespace", ns, "generateName", "application-6d4cf56db6-",
        "creationTimestamp", now, "generation", 1, "labels", "app", "application", "app.kubernetes.io/name", "application",
        "app.kubernetes.io/version", "2.14.7", "pod-template-hash", "6d4cf56db6", "tier", "backend", "annotations", "prometheus.io/scrape",
        "true", "checksum/config", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "spec", spec, "status", pod_status(now)));
}

/* What differs from pod to pod, as it stands in the template's text, and its values for one. */
enum { PART_NAME, PART_UID, PART_REVISION, PART_NODE, PART_IP, PART_COUNT };
static const char *const marks[PART_COUNT] = { "(name)", "(uid)", "(revision)", "(node)", "(ip)" };

/* The template's text with the marks replaced. */
static char *fill_in(const ts_object_t *template, const char *const values[PART_COUNT], size_t *len, size_t *metadata_len)
{
    kube_buffer_t text = { 0 };
    const char *at = template->text, *end = at + template->len, *metadata_end = at + template->metadata_len;
    while (at < end) {
        const char *mark = memchr(at, '(', (size_t)(end - at));
        const char *stop = mark ? mark : end;
        if (at < metadata_end && stop >= metadata_end)
            *metadata_len = text.len + (size_t)(metadata_end - at);
        kube_buffer_append(&text, at, (size_t)(stop - at));
        at = stop;
        for (size_t i = 0; i < PART_COUNT && mark && at == mark; i++) {
            if (strncmp(mark, marks[i], strlen(marks[i])) != 0)
                continue;
            kube_buffer_puts(&text, values[i]);
            at = mark + strlen(marks[i]);
        }
        if (mark && at == mark)
            kube_buffer_append(&text, at++, 1);
    }
    char *out = ts_strndup(text.data, text.len);
    *len = text.len;
    kube_buffer_dispose(&text);
    return out;
}

static void store_pod(kube_test_server_t *server, ts_resource_t *pods, json_t *pod, const ts_object_t *template, const char *prefix, size_t i)
{
    char uid[TS_UID_SIZE], revision[24], node[24], ip[24];
    char *name = ts_printf("%s-%zu", prefix, i);
    ts_uid(uid);
    snprintf(revision, sizeof revision, "%lld", (long long)++server->revision);
    snprintf(node, sizeof node, "node-%zu", i % 100);
    snprintf(ip, sizeof ip, "10.%zu.%zu.%zu", 64 + i / 62500 % 64, i / 250 % 250, i % 250 + 1);
    ts_put(pod, "spec.nodeName", ts_string(node));
    ts_put(pod, "status.podIP", ts_string(ip));
    ts_identity_t *identity = ts_identity(server, ts_text_at(pod, "metadata.namespace"), name, uid);
    const char *values[PART_COUNT] = { name, uid, revision, node, ip };
    size_t len, metadata_len = 0;
    char *text = fill_in(template, values, &len, &metadata_len);
    ts_store_text(server, pods->collection, ts_object_of_text(pods->collection, pod, identity, server->revision, text, len, metadata_len));
    free(name);
}

static ts_object_t *make_template(ts_resource_t *pods, json_t *pod)
{
    static const ts_identity_t nobody = { .ns = "", .name = "", .uid = "" };
    json_t *metadata = json_object_get(pod, "metadata");
    json_object_set_new(metadata, "name", ts_string(marks[PART_NAME]));
    json_object_set_new(metadata, "uid", ts_string(marks[PART_UID]));
    json_object_set_new(metadata, "resourceVersion", ts_string(marks[PART_REVISION]));
    ts_put(pod, "spec.nodeName", ts_string(marks[PART_NODE]));
    ts_put(pod, "status.podIP", ts_string(marks[PART_IP]));
    return ts_object_new(pods->collection, pod, &nobody, -1);
}

int kube_test_server_fill_pods(kube_test_server_t *server, const char *ns, const char *prefix, size_t count, kube_error_t *err)
{
    char now[TS_TIME_SIZE];
    ts_fail(err, KUBE_OK, "%s", "");
    if (!server || !ns || !prefix)
        return ts_fail(err, KUBE_E_USAGE, "a server, a namespace and a prefix are needed");
    pthread_mutex_lock(&server->lock);
    ts_resource_t *pods = ts_resource_find(server, "", "v1", "pods");
    int code = pods ? KUBE_OK : ts_fail(err, KUBE_E_UNKNOWN_TYPE, "pods are not served");
    for (size_t i = 0; i < count && code == KUBE_OK; i++) {
        char *name = ts_printf("%s-%zu", prefix, i);
        if (ts_find(pods->collection, ns, name))
            code = ts_fail(err, KUBE_E_ALREADY_EXISTS, "pods \"%s\" already exists", name);
        free(name);
    }
    if (code == KUBE_OK) {
        ts_ensure_namespace(server, ns);
        ts_now(server, now);
        json_t *pod = make_pod(ns, now);
        ts_writer_t writer = { "kube-controller-manager", "v1", NULL, now };
        if (pods->schema) {
            json_object_set_new(pod, "apiVersion", ts_string("v1"));
            json_object_set_new(pod, "kind", ts_string("Pod"));
            ts_own(pods->schema, NULL, pod, &writer);
        }
        ts_object_t *template = make_template(pods, pod);
        for (size_t i = 0; i < count; i++)
            store_pod(server, pods, pod, template, prefix, i);
        ts_object_unref(template);
        json_decref(pod);
    }
    pthread_mutex_unlock(&server->lock);
    return code;
}
