#include "discovery_names.h"

#include <string.h>

#define LIST(...) (const char *const[]){ __VA_ARGS__, NULL }
#define ALL LIST("all")
#define EXTENSIONS LIST("api-extensions")

static const struct {
    const char *group, *plural;
    ts_names_t names;
} known[] = {
    { "", "componentstatuses", { LIST("cs"), NULL } },
    { "", "configmaps", { LIST("cm"), NULL } },
    { "", "endpoints", { LIST("ep"), NULL } },
    { "", "events", { LIST("ev"), NULL } },
    { "", "limitranges", { LIST("limits"), NULL } },
    { "", "namespaces", { LIST("ns"), NULL } },
    { "", "nodes", { LIST("no"), NULL } },
    { "", "persistentvolumeclaims", { LIST("pvc"), NULL } },
    { "", "persistentvolumes", { LIST("pv"), NULL } },
    { "", "pods", { LIST("po"), ALL } },
    { "", "replicationcontrollers", { LIST("rc"), ALL } },
    { "", "resourcequotas", { LIST("quota"), NULL } },
    { "", "serviceaccounts", { LIST("sa"), NULL } },
    { "", "services", { LIST("svc"), ALL } },
    { "apiregistration.k8s.io", "apiservices", { NULL, EXTENSIONS } },
    { "apps", "daemonsets", { LIST("ds"), ALL } },
    { "apps", "deployments", { LIST("deploy"), ALL } },
    { "apps", "replicasets", { LIST("rs"), ALL } },
    { "apps", "statefulsets", { LIST("sts"), ALL } },
    { "events.k8s.io", "events", { LIST("ev"), NULL } },
    { "autoscaling", "horizontalpodautoscalers", { LIST("hpa"), ALL } },
    { "batch", "cronjobs", { LIST("cj"), ALL } },
    { "batch", "jobs", { NULL, ALL } },
    { "certificates.k8s.io", "certificatesigningrequests", { LIST("csr"), NULL } },
    { "networking.k8s.io", "ingresses", { LIST("ing"), NULL } },
    { "networking.k8s.io", "ipaddresses", { LIST("ip"), NULL } },
    { "networking.k8s.io", "networkpolicies", { LIST("netpol"), NULL } },
    { "policy", "poddisruptionbudgets", { LIST("pdb"), NULL } },
    { "storage.k8s.io", "storageclasses", { LIST("sc"), NULL } },
    { "storage.k8s.io", "volumeattributesclasses", { LIST("vac"), NULL } },
    { "admissionregistration.k8s.io", "mutatingadmissionpolicies", { NULL, EXTENSIONS } },
    { "admissionregistration.k8s.io", "mutatingadmissionpolicybindings", { NULL, EXTENSIONS } },
    { "admissionregistration.k8s.io", "mutatingwebhookconfigurations", { NULL, EXTENSIONS } },
    { "admissionregistration.k8s.io", "validatingadmissionpolicies", { NULL, EXTENSIONS } },
    { "admissionregistration.k8s.io", "validatingadmissionpolicybindings", { NULL, EXTENSIONS } },
    { "admissionregistration.k8s.io", "validatingwebhookconfigurations", { NULL, EXTENSIONS } },
    { "apiextensions.k8s.io", "customresourcedefinitions", { LIST("crd", "crds"), EXTENSIONS } },
    { "scheduling.k8s.io", "priorityclasses", { LIST("pc"), NULL } },
};

static const struct {
    const char *plural, *subresource, *kind;
} connected[] = {
    { "nodes", "proxy", "NodeProxyOptions" },
    { "pods", "attach", "PodAttachOptions" },
    { "pods", "exec", "PodExecOptions" },
    { "pods", "portforward", "PodPortForwardOptions" },
    { "pods", "proxy", "PodProxyOptions" },
    { "services", "proxy", "ServiceProxyOptions" },
};

/* In the order of /apis. Custom groups come after them. */
static const char *const groups[] = {
    "",
    "apiregistration.k8s.io",
    "apps",
    "events.k8s.io",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "networking.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "storage.k8s.io",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "scheduling.k8s.io",
    "coordination.k8s.io",
    "node.k8s.io",
    "discovery.k8s.io",
    "resource.k8s.io",
    "flowcontrol.apiserver.k8s.io",
    "internal.apiserver.k8s.io",
    "storagemigration.k8s.io",
};

ts_names_t ts_names_of(const char *group, const char *plural)
{
    size_t i;

    for (i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].plural, plural) == 0 && strcmp(known[i].group, group) == 0) {
            return known[i].names;
        }
    }
    return (ts_names_t){ NULL, NULL };
}

const char *ts_connect_kind(const char *plural, const char *subresource)
{
    size_t i;

    for (i = 0; i < sizeof connected / sizeof *connected; i++) {
        if (strcmp(connected[i].plural, plural) == 0 && strcmp(connected[i].subresource, subresource) == 0) {
            return connected[i].kind;
        }
    }
    return NULL;
}

size_t ts_group_rank(const char *group)
{
    size_t i, count = sizeof groups / sizeof *groups;

    for (i = 0; i < count && strcmp(groups[i], group) != 0; i++) {
    }
    return i;
}
