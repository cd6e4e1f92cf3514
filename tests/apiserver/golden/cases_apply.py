"""Sequences of writes whose answers record_apply.py writes down. A step's body is completed with apiVersion, kind and name; that of an update is
merged into the live object."""

CRONTAB = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "crontabs.golden.example.com"},
    "spec": {
        "group": "golden.example.com", "scope": "Namespaced",
        "names": {"plural": "crontabs", "singular": "crontab", "kind": "CronTab", "shortNames": ["ct"]},
        "versions": [{
            "name": "v1", "served": True, "storage": True, "subresources": {"status": {}},
            "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                "spec": {"type": "object", "properties": {
                    "schedule": {"type": "string"},
                    "replicas": {"type": "integer", "default": 2},
                    "nick": {"type": "string", "nullable": True},
                    "tags": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
                    "numbers": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "integer"}},
                    "args": {"type": "array", "items": {"type": "string"}},
                    "ports": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["port", "protocol"],
                              "items": {"type": "object", "required": ["port"], "properties": {
                                  "port": {"type": "integer"}, "protocol": {"type": "string", "default": "TCP"}, "name": {"type": "string"},
                                  "labels": {"type": "object", "additionalProperties": {"type": "string"}}}}},
                    "selector": {"type": "object", "x-kubernetes-map-type": "atomic", "additionalProperties": {"type": "string"}},
                    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                    "anything": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                    "limit": {"x-kubernetes-int-or-string": True},
                    "template": {"type": "object", "x-kubernetes-embedded-resource": True, "x-kubernetes-preserve-unknown-fields": True},
                    "inner": {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}},
                }},
                "status": {"type": "object", "properties": {
                    "phase": {"type": "string"},
                    "conditions": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"],
                                   "items": {"type": "object", "required": ["type"], "properties": {
                                       "type": {"type": "string"}, "status": {"type": "string"}}}}}},
            }}},
        }],
    },
}
CRDS = {"crontab": CRONTAB}


def container(name: str, image: str, **more: object) -> dict:
    return {"name": name, "image": image, **more}


def deployment(replicas: int | None, *containers: dict, **spec: object) -> dict:
    out = {"spec": {"selector": {"matchLabels": {"app": "web"}},
                    "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": list(containers)}}, **spec}}
    if replicas is not None:
        out["spec"]["replicas"] = replicas
    return out


def step(verb: str, manager: str, body: object, **more: object) -> dict:
    return {"verb": verb, "manager": manager, "body": body, **more}


DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment", "plural": "deployments", "name": "web"}
CONFIG_MAP = {"apiVersion": "v1", "kind": "ConfigMap", "plural": "configmaps", "name": "settings"}
CRON_TAB = {"apiVersion": "golden.example.com/v1", "kind": "CronTab", "plural": "crontabs", "name": "tab", "crd": "crontab"}
SERVICE = {"apiVersion": "v1", "kind": "Service", "plural": "services", "name": "svc",
           "ignore": ["spec.clusterIP", "spec.clusterIPs", "spec.ipFamilies", "spec.ipFamilyPolicy"]}
WEB = container("web", "nginx:1")
PORTS = [{"containerPort": 80}, {"containerPort": 443, "protocol": "TCP", "name": "tls"}, {"containerPort": 53, "protocol": "UDP"}]

# A request by CN=golden, its key thrown away.
CSR = (
    "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlITE1ITUNBUUF3RVRFUE1BMEdBMVVFQXd3R1oyOXNaR1Z1TUZrd0V3WUhLb1"
    "pJemowQ0FRWUlLb1pJemowRApBUWNEUWdBRVpoZlFYQXQ3THdjUmpZVWxsc3RGYnpONitab2pINTZveFh2eVN6dDd3ZkhJRkVUWk96VFhMV3Bp"
    "Cmp6OU9pSXpEZTJQVk42NXg0cHVyOUtRd0FDcHRtS0FBTUFvR0NDcUdTTTQ5QkFNQ0EwZ0FNRVVDSVFDbzNQZ1YKQjNFSEVuU25aa2dSVllpUk"
    "c2TjZZckNtcmlxa3BYZkJGNDQvcmdJZ0V4RERjeFdHQ0treWVKSmNOZmF5Y0g1RQp3MUdnYXd6RXlzT21DMmhBTUFVPQotLS0tLUVORCBDRVJU"
    "SUZJQ0FURSBSRVFVRVNULS0tLS0K"
)

CASES = {
    "deployment-create-update": {**DEPLOYMENT, "steps": [
        step("create", "kubectl-create", deployment(3, container("web", "nginx:1", ports=PORTS, env=[{"name": "A", "value": "1"}]))),
        step("update", "editor", {"spec": {"replicas": 5}, "metadata": {"labels": {"team": "x"}, "annotations": {"a": "b"}}}),
        step("update", "editor", {"metadata": {"labels": {"team": None}}}),
        step("strategic", "patcher", {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "busybox"}]}}}}),
        step("json", "patcher", [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "nginx:2"}]),
        step("merge", "kubectl-create", {"spec": {"replicas": 5}}),
        step("merge", "kubectl-create", {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}}),
        step("merge", "status-writer", {"status": {"replicas": 1, "observedGeneration": 1}}, subresource="status"),
        step("merge", "scaler", {"spec": {"replicas": 7}}, subresource="scale"),
        step("merge", "patcher", {"metadata": {"managedFields": []}}),
        step("merge", "patcher", {"spec": {"replicas": 8}}),
        step("apply", "applier", {"spec": {"replicas": 8}}),
        step("merge", "patcher", {"metadata": {"managedFields": [{}]}}),
    ]},
    "deployment-apply": {**DEPLOYMENT, "steps": [
        step("apply", "one", deployment(3, container("web", "nginx:1", ports=PORTS))),
        step("apply", "one", deployment(3, container("web", "nginx:1", ports=PORTS))),
        step("apply", "two", {"spec": {"replicas": 4}}),
        step("apply", "two", {"spec": {"replicas": 3}}),
        step("apply", "two", {"spec": {"replicas": 4}}, force=True),
        step("apply", "one", deployment(None, container("web", "nginx:1", ports=PORTS))),
        step("apply", "three", {"spec": {"template": {"spec": {"containers": [container("web", "nginx:2"), container("side", "busybox")]}}}}),
        step("apply", "three", {"spec": {"template": {"spec": {"containers": [container("side", "busybox")]}}}}),
        step("apply", "one", deployment(None, container("web", "nginx:1", ports=PORTS[:1]))),
        step("apply", "two", {}),
        step("apply", "three", {}),
        step("apply", "one", deployment(None, container("first", "nginx:1"), container("web", "nginx:1"))),
    ]},
    "deployment-mixed": {**DEPLOYMENT, "steps": [
        step("create", "kubectl-create", deployment(3, WEB)),
        step("apply", "applier", deployment(2, container("web", "nginx:2"))),
        step("apply", "applier", deployment(2, container("web", "nginx:2")), force=True),
        step("merge", "scaler", {"spec": {"replicas": 9}}, subresource="scale"),
        step("apply", "applier", deployment(2, container("web", "nginx:2"))),
        step("apply", "applier", deployment(None, container("web", "nginx:2"))),
        step("merge", "other", {"metadata": {"labels": {"a": "1", "b": "2"}}}),
        step("apply", "applier", {**deployment(None, container("web", "nginx:2")), "metadata": {"labels": {"a": "1", "c": "3"}}}),
        step("apply", "applier", deployment(None, container("web", "nginx:2"))),
        step("apply", "status-applier", {"status": {"replicas": 2, "conditions": [
            {"type": "Available", "status": "True", "reason": "x", "message": "y"}]}}, subresource="status"),
        step("merge", "status-writer", {"status": {"replicas": 3}}, subresource="status"),
        step("apply", "status-applier", {"status": {"replicas": 2}}, subresource="status"),
        step("apply", "status-applier", {"spec": {"replicas": 77}, "status": {"replicas": 2}}, subresource="status", force=True),
        step("apply", "applier", {**deployment(None, container("web", "nginx:2")), "status": {"replicas": 9}}),
    ]},
    "deployment-errors": {**DEPLOYMENT, "steps": [
        step("apply", "one", deployment(3, WEB)),
        step("apply", "one", {"spec": {"replicaz": 3}}),
        step("apply", "one", {"spec": {"replicas": "three"}}),
        step("apply", "one", {"spec": {"template": {"spec": {"containers": [WEB, WEB]}}}}),
        step("apply", "one", {"spec": {"template": {"spec": {"containers": [{"image": "nginx"}]}}}}),
        step("apply", "one", {"spec": {"template": {"spec": {"containers": {"web": "nginx"}}}}}),
        step("apply", "one", {"spec": {"template": {"metadata": {"labels": ["a"]}, "spec": {"containers": [{"name": "web", "imagge": 1}]}}}}),
        step("apply", "one", {"metadata": {"managedFields": [{"manager": "x"}]}}),
        step("apply", "one", {"metadata": {"labels": {"a": 1}}}),
    ]},
    "deployment-lists": {**DEPLOYMENT, "steps": [
        step("apply", "one", deployment(1, container("a", "i"), container("b", "i"), container("c", "i"))),
        step("apply", "two", {"spec": {"template": {"spec": {"containers": [container("x", "i"), container("c", "i"), container("y", "i")]}}}}),
        step("apply", "three", {"spec": {"template": {"spec": {"containers": [container("c", "i"), container("a", "i"), container("z", "i")]}}}}),
        step("apply", "one", deployment(1, container("c", "i"), container("b", "i"), container("d", "i"))),
        step("apply", "two", {"spec": {"template": {"spec": {"containers": [container("y", "i")], "imagePullSecrets": [{"name": "s"}],
             "tolerations": [{"key": "k", "operator": "Exists"}], "nodeSelector": {"a": "b"}, "hostAliases": [{"ip": "1.2.3.4", "hostnames": ["h"]}],
             "securityContext": {"supplementalGroups": [1, 2], "sysctls": [{"name": "a.b", "value": "c"}]},
             "volumes": [{"name": "v", "emptyDir": {}}, {"name": "w", "configMap": {"name": "cm", "items": [{"key": "k", "path": "p"}]}}]}}}}),
        step("apply", "one", {"spec": {"template": {"spec": {"nodeSelector": {"a": "c"}, "volumes": [{"name": "v", "emptyDir": {"medium": "Memory"}}],
             "tolerations": []}}}}),
        step("apply", "one", deployment(1, container("c", "i"), container("b", "i", env=[{"name": "A", "value": "1"}, {"name": "B", "valueFrom": {
            "secretKeyRef": {"name": "s", "key": "k"}}}], resources={"limits": {"cpu": "1"}, "requests": {"cpu": "500m"}}, command=["a", "b"]))),
        step("merge", "four", {"spec": {"template": {"spec": {"nodeSelector": {"a": "d"}}}}}),
        step("apply", "one", deployment(1, container("c", "i"), container("b", "i", env=[{"name": "B", "value": "2"}], command=["a"])), force=True),
        step("apply", "two", {"spec": {"template": {"spec": {"volumes": []}}}}),
    ]},
    "deployment-kubectl": {**DEPLOYMENT, "steps": [
        step("create", "kubectl-client-side-apply", {**deployment(3, WEB), "metadata": {"annotations": {
            "kubectl.kubernetes.io/last-applied-configuration":
                '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"annotations":{},"name":"web","namespace":"golden"},"spec":{"replicas":3,'
                '"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"image":"nginx:1",'
                '"name":"web"}]}}}}\n'}}}),
        step("apply", "kubectl", deployment(4, container("web", "nginx:2"))),
        step("merge", "scaler", {"spec": {"replicas": 6}}),
        step("apply", "kubectl", deployment(4, container("web", "nginx:3"))),
    ]},
    "configmap": {**CONFIG_MAP, "steps": [
        step("apply", "one", {"data": {"a": "1", "b": "2"}, "metadata": {"labels": {"x": "y"}}}),
        step("apply", "two", {"data": {"b": "2", "c": "3"}}),
        step("apply", "two", {"data": {"b": "4", "c": "3"}}),
        step("apply", "one", {"data": {"a": "1"}}),
        step("apply", "two", {"data": {"c": "3"}}),
        step("update", "three", {"data": {"a": None, "d": "5"}}),
        step("apply", "one", {"data": {"a": "1"}}),
        step("apply", "one", {}),
        step("apply", "two", {"data": {}}),
        step("apply", "two", {"data": {"d": "6"}, "immutable": None}),
        step("merge", "three", {"data": None}),
        step("merge", "three", {"metadata": {"finalizers": ["golden.example.com/a", "golden.example.com/b"], "ownerReferences": [
            {"apiVersion": "v1", "kind": "ConfigMap", "name": "o", "uid": "11111111-1111-1111-1111-111111111111"}]}}),
        step("apply", "two", {"metadata": {"finalizers": ["golden.example.com/c", "golden.example.com/a"]}}),
        step("apply", "two", {"metadata": {"finalizers": ["golden.example.com/c"], "ownerReferences": [
            {"apiVersion": "v1", "kind": "ConfigMap", "name": "p", "uid": "11111111-1111-1111-1111-111111111111"}]}}),
        step("merge", "three", {"metadata": {"finalizers": None}}),
    ]},
    "configmap-managed-fields": {**CONFIG_MAP, "steps": [
        step("create", "one", {"data": {"a": "1"}, "metadata": {"managedFields": [
            {"manager": "given", "operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": {"f:data": {"f:a": {}}}}]}},
            sent=[{"manager": "given", "operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": {"f:data": {"f:a": {}}}}]),
        step("update", "two", {"data": {"a": "2"}, "metadata": {"managedFields": [
            {"manager": "third", "operation": "Update", "apiVersion": "v1", "time": "2026-01-01T00:00:00Z", "fieldsType": "FieldsV1",
             "fieldsV1": {"f:data": {"f:a": {}, "f:z": {}}}}]}},
            sent=[{"manager": "third", "operation": "Update", "apiVersion": "v1", "time": "2026-01-01T00:00:00Z", "fieldsType": "FieldsV1",
                   "fieldsV1": {"f:data": {"f:a": {}, "f:z": {}}}}]),
        step("merge", "two", {"metadata": {"managedFields": []}}, sent=[]),
        step("merge", "two", {"data": {"a": "3"}}),
        step("apply", "four", {"data": {"b": "1"}}),
        step("apply", "four", {"data": {"a": "1"}}),
        step("merge", "two", {"metadata": {"managedFields": [{}]}}, sent=[{}]),
        step("apply", "four", {"data": {"a": "3"}}),
    ]},
    "configmap-many": {**CONFIG_MAP, "steps": [step("create", "m00", {"data": {"k00": "v"}}, pause=1.1)] + [
        step("merge", f"m{i:02}", {"data": {f"k{i:02}": "v"}}, pause=1.1) for i in range(1, 14)]},
    "service": {**SERVICE, "steps": [
        step("create", "one", {"spec": {"selector": {"a": "b"}, "ports": [{"port": 80, "name": "http"}, {"port": 443, "name": "https", "targetPort": "tls"}]}}),
        step("apply", "two", {"spec": {"selector": {"a": "b"}, "ports": [{"port": 80, "protocol": "TCP", "name": "http"}, {"port": 81, "name": "more"}]}}),
        step("apply", "two", {"spec": {"selector": {"a": "c"}, "ports": [{"port": 81, "name": "less"}]}}),
        step("apply", "two", {"spec": {"selector": {"a": "c"}, "ports": [{"port": 81, "name": "less"}]}}, force=True),
        step("apply", "three", {"status": {"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}}}, subresource="status"),
        step("merge", "one", {"spec": {"ports": [{"port": 81, "name": "less"}]}}),
    ]},
    "crontab": {**CRON_TAB, "steps": [
        step("create", "creator", {"spec": {"schedule": "* * * * *", "tags": ["a", "b"], "args": ["x", "y"], "ports": [{"port": 80}, {"port": 53,
             "protocol": "UDP", "labels": {"a": "b"}}], "selector": {"a": "b"}, "labels": {"a": "b"}, "limit": 3,
             "anything": {"deep": {"er": [1, {"x": 2}]}, "s": "t"}, "numbers": [3, 1, 10]}, "status": {"phase": "ignored"}}),
        step("apply", "one", {"spec": {"tags": ["b", "c"], "args": ["x"], "limit": "10%"}}),
        step("apply", "one", {"spec": {"tags": ["b", "c"], "args": ["x"], "limit": "10%", "ports": [{"port": 80, "name": "http"}]}}, force=True),
        step("apply", "two", {"spec": {"tags": ["c", "d"], "ports": [{"port": 80, "protocol": "TCP", "name": "http"}, {"port": 80, "protocol": "UDP"}],
             "numbers": [10, 2], "anything": {"deep": {"er": [1], "more": {}}, "t": 5}, "selector": {"x": "y"}}}, force=True),
        step("apply", "one", {"spec": {"tags": ["c"]}}),
        step("apply", "two", {"spec": {"ports": [{"port": 80, "protocol": "UDP"}]}}),
        step("apply", "two", {"spec": {"inner": {"a": "1", "b": "2"}, "template": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x",
             "labels": {"l": "m"}}, "spec": {"foo": {"bar": 1}}}}}),
        step("merge", "merger", {"spec": {"inner": {"a": "9"}, "template": {"metadata": {"labels": {"l": "n"}}}, "replicas": 3}}),
        step("apply", "two", {"spec": {"inner": {"a": "1"}, "template": {"apiVersion": "v1", "kind": "Pod", "spec": {"foo": {"bar": 2}}}}}),
        step("apply", "two", {"spec": {"inner": {"b": "1"}}}, force=True),
        step("apply", "two", {"spec": {"nick": None}}),
        step("apply", "two", {"spec": {}}),
        step("merge", "merger", {"status": {"phase": "x", "conditions": [{"type": "A", "status": "True"}]}}, subresource="status"),
        step("apply", "three", {"status": {"phase": "y", "conditions": [{"type": "A", "status": "False"}, {"type": "B", "status": "True"}]}},
             subresource="status"),
        step("apply", "three", {"status": {"phase": "x", "conditions": [{"type": "B", "status": "True"}]}, "spec": {"schedule": "no"}},
             subresource="status"),
        step("apply", "three", {"status": {"phase": "z"}}),
        step("apply", "three", {"spec": {"unknown": 1}}),
        step("apply", "three", {"spec": {"schedule": 1}}),
        step("apply", "three", {"spec": {"tags": ["a", "a"]}}),
        step("apply", "three", {"spec": {"ports": [{"name": "x"}]}}),
        step("apply", "three", {"spec": {"ports": [{"port": 5}, {"port": 5, "protocol": "TCP"}]}}),
        step("apply", "creator", {"spec": {"schedule": "1"}}),
        step("merge", "merger", {"spec": None}),
    ]},
    "networkpolicy": {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "plural": "networkpolicies", "name": "net", "steps": [
        step("create", "one", {"spec": {"podSelector": {}, "ingress": [{"from": [{"podSelector": {"matchLabels": {"a": "b"}}}]}]}}),
        step("apply", "two", {"spec": {"podSelector": {"matchLabels": {"x": "y"}}, "policyTypes": ["Ingress"]}}),
        step("apply", "two", {"spec": {"podSelector": {}, "policyTypes": ["Ingress"]}}),
    ]},
    "hpa": {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "plural": "horizontalpodautoscalers", "name": "hpa", "steps": [
        step("create", "one", {"spec": {"maxReplicas": 5, "scaleTargetRef": {"kind": "Deployment", "name": "x", "apiVersion": "apps/v1"}}}),
        step("apply", "two", {"spec": {"maxReplicas": 6, "minReplicas": 2}}),
        step("apply", "two", {"spec": {"maxReplicas": 6, "minReplicas": 2}}, force=True),
    ]},
    "statefulset": {"apiVersion": "apps/v1", "kind": "StatefulSet", "plural": "statefulsets", "name": "sts", "steps": [
        step("create", "one", {"spec": {"serviceName": "s", "selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}},
             "spec": {"containers": [WEB]}}, "volumeClaimTemplates": [{"metadata": {"name": "v"}, "spec": {"accessModes": ["ReadWriteOnce"],
             "resources": {"requests": {"storage": "1Gi"}}}}]}}),
        step("apply", "two", {"spec": {"replicas": 3, "template": {"spec": {"containers": [{"name": "web", "lifecycle": {"preStop": {"sleep": {"seconds": 1}}}}]}}}}),
        step("merge", "two", {"spec": {"replicas": 4}}),
    ]},
    "clusterrole": {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "plural": "clusterroles", "name": "golden-role", "cluster": True,
                    "steps": [
        step("create", "one", {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}),
        step("apply", "two", {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}], "metadata": {"labels": {"a": "b"}}}),
        step("apply", "two", {"metadata": {"labels": {"a": "b"}}}),
    ]},
    "deployment-reset": {**DEPLOYMENT, "steps": [
        step("create", "one", deployment(1, WEB)),
        step("merge", "two", {"metadata": {"labels": {"a": "b"}, "annotations": {"c": "d"}}, "status": {"replicas": 2}, "spec": {"replicas": 9}},
             subresource="status"),
        step("apply", "three", {"metadata": {"labels": {"a": "x"}, "annotations": {"c": "d"}}, "status": {"readyReplicas": 1}}, subresource="status"),
        step("merge", "two", {"metadata": {"labels": {"a": "y"}}, "status": {"replicas": 5}}),
        step("merge", "two", {"metadata": {"managedFields": []}, "status": {"replicas": 3}}, subresource="status"),
    ]},
    "pod": {"apiVersion": "v1", "kind": "Pod", "plural": "pods", "name": "pod",
            "ignore": ["spec.tolerations", "spec.serviceAccount", "spec.serviceAccountName", "spec.priority", "spec.preemptionPolicy"], "steps": [
        step("create", "one", {"spec": {"automountServiceAccountToken": False, "containers": [WEB], "hostNetwork": False, "nodeSelector": {"a": "b"},
             "volumes": [{"name": "v", "emptyDir": {}}]}}),
        step("strategic", "kubelet", {"metadata": {"labels": {"a": "b"}, "ownerReferences": [{"apiVersion": "v1", "kind": "Node", "name": "n",
             "uid": "11111111-1111-1111-1111-111111111111"}]}, "status": {"phase": "Running", "podIP": "1.2.3.4", "podIPs": [{"ip": "1.2.3.4"}],
             "conditions": [{"type": "Ready", "status": "True"}], "containerStatuses": [{"name": "web", "ready": True, "restartCount": 0,
             "image": "i", "imageID": "", "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}]}}, subresource="status"),
        step("strategic", "debugger", {"spec": {"ephemeralContainers": [{"name": "d", "image": "busybox"}]}},
             subresource="ephemeralcontainers"),
        step("apply", "two", {"metadata": {"labels": {"a": "c"}}}),
        step("apply", "two", {"metadata": {"labels": {"a": "b"}, "annotations": {"x": "y"}}}),
        step("apply", "kubelet-too", {"status": {"conditions": [{"type": "Ready", "status": "False"}]}}, subresource="status"),
        step("apply", "kubelet-too", {"status": {"conditions": [{"type": "Initialized", "status": "True"}]}}, subresource="status"),
    ]},
    "csr": {"apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest", "plural": "certificatesigningrequests", "name": "golden-csr",
            "cluster": True, "ignore": ["spec.username", "spec.groups", "spec.uid", "spec.extra"], "steps": [
        step("create", "one", {"metadata": {"labels": {"a": "b"}}, "spec": {"signerName": "golden.example.com/x", "usages": ["client auth"],
             "request": CSR}}),
        step("merge", "two", {"status": {"conditions": [{"type": "Approved", "status": "True", "reason": "r", "message": "m"}]}},
             subresource="approval"),
    ]},
    "node": {"apiVersion": "v1", "kind": "Node", "plural": "nodes", "name": "golden-node", "cluster": True, "steps": [
        step("create", "one", {"metadata": {"labels": {"a": "b"}}, "spec": {"taints": [{"key": "golden", "effect": "NoSchedule"}]}}),
        step("strategic", "kubelet", {"status": {"conditions": [{"type": "Ready", "status": "True", "lastHeartbeatTime": "2026-01-01T00:00:00Z",
             "lastTransitionTime": "2026-01-01T00:00:00Z", "reason": "r", "message": "m"}], "capacity": {"cpu": "4"}}}, subresource="status"),
        step("apply", "tainter", {"spec": {"taints": [{"key": "x", "effect": "NoExecute"}]}}),
        step("apply", "tainter", {"spec": {"taints": [{"key": "x", "effect": "NoExecute"}]}}, force=True),
    ]},
}
