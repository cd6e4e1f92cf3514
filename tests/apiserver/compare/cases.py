"""The requests that both servers answer, in order: later ones see what earlier ones left behind.

`$name` in a path or body stands for the resourceVersion that the step of that name returned, `$ns` for a namespace of this run's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

JSON = "application/json"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"
APPLY = "application/apply-patch+yaml"
YAML = "application/yaml"

NS = "/api/v1/namespaces/$ns"
CM = NS + "/configmaps"
PODS = NS + "/pods"
DEPLOYMENTS = "/apis/apps/v1/namespaces/$ns/deployments"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
TABS = "/apis/compare.example.com/v1/namespaces/$ns/crontabs"


@dataclass(frozen=True)
class Case:
    method: str
    path: str
    body: Any = None
    type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    name: str = ""
    # What may differ, and why: members of the reply that are not compared.
    ignore: tuple[str, ...] = ()
    wait: float = 0


def cm(name: str | None, **more: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = dict(more.pop("metadata", {}))
    if name is not None:
        metadata["name"] = name
    return {"metadata": metadata, **more}


TEMPLATE = {
    "metadata": {"labels": {"app": "web"}},
    "spec": {"containers": [{"name": "web", "image": "nginx:1.29", "ports": [{"containerPort": 80}]}]},
}
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": TEMPLATE},
}
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "one", "labels": {"app": "one"}},
    "spec": {
        "serviceAccountName": "default",
        "automountServiceAccountToken": False,
        "containers": [
            {
                "name": "c",
                "image": "busybox",
                "resources": {"limits": {"memory": "64Mi", "cpu": 1}},
                "env": [{"name": "A", "value": "b"}],
            }
        ],
    },
}
SIZES = {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "200m", "memory": "64Mi"}}
SIZED = {
    "metadata": {"name": "sized"},
    "spec": {
        "serviceAccountName": "default",
        "automountServiceAccountToken": False,
        "containers": [{"name": "c", "image": "busybox", "resources": SIZES}],
    },
}
RESIZE = PODS + "/sized/resize"
# By CN=golden, its key thrown away.
CSR = (
    "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlITE1ITUNBUUF3RVRFUE1BMEdBMVVFQXd3R1oyOXNaR1Z1TUZrd0V3WUhLb1"
    "pJemowQ0FRWUlLb1pJemowRApBUWNEUWdBRVpoZlFYQXQ3THdjUmpZVWxsc3RGYnpONitab2pINTZveFh2eVN6dDd3ZkhJRkVUWk96VFhMV3Bp"
    "Cmp6OU9pSXpEZTJQVk42NXg0cHVyOUtRd0FDcHRtS0FBTUFvR0NDcUdTTTQ5QkFNQ0EwZ0FNRVVDSVFDbzNQZ1YKQjNFSEVuU25aa2dSVllpUk"
    "c2TjZZckNtcmlxa3BYZkJGNDQvcmdJZ0V4RERjeFdHQ0treWVKSmNOZmF5Y0g1RQp3MUdnYXd6RXlzT21DMmhBTUFVPQotLS0tLUVORCBDRVJU"
    "SUZJQ0FURSBSRVFVRVNULS0tLS0K"
)
CSRS = "/apis/certificates.k8s.io/v1/certificatesigningrequests"
APPROVAL = CSRS + "/$ns/approval"
APPROVED = {"type": "Approved", "status": "True", "reason": "Tested", "message": "m"}
# The two servers know their clients by different names.
ASKED_BY = ("spec.username", "spec.groups", "spec.extra", "items.spec.username", "items.spec.groups", "items.spec.extra")
HELD = "/api/v1/namespaces/held-$ns"


def csr(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "$ns"}, "spec": {"signerName": "example.com/signer", "usages": ["client auth"], "request": CSR, **spec}}


def conditions(*items: dict[str, str]) -> dict[str, Any]:
    return {"status": {"conditions": list(items)}}


def sizes(resources: Any, **more: Any) -> dict[str, Any]:
    return {"spec": {"containers": [{"name": "c", "resources": resources, **more}]}}


def finalizers(*names: str, **more: Any) -> dict[str, Any]:
    return {"metadata": {"name": "held-$ns"}, "spec": {"finalizers": list(names)}, **more}


def life(path: str, **members: Any) -> list[Case]:
    """An object that has nothing in it is made, replaced and deleted."""
    body = {"metadata": {"name": "$ns"}, **members}
    return [Case("POST", path, body), Case("PUT", path + "/$ns", body), Case("DELETE", path + "/$ns")]


CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "crontabs.compare.example.com"},
    "spec": {
        "group": "compare.example.com",
        "scope": "Namespaced",
        "names": {"plural": "crontabs", "kind": "CronTab", "shortNames": ["ct"]},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {
                    "status": {},
                    "scale": {
                        "specReplicasPath": ".spec.replicas",
                        "statusReplicasPath": ".status.replicas",
                        "labelSelectorPath": ".status.selector",
                    },
                },
                "additionalPrinterColumns": [{"name": "Cron", "type": "string", "jsonPath": ".spec.cron"}],
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "required": ["cron"],
                                "properties": {
                                    "cron": {"type": "string", "pattern": "^[0-9* ]+$"},
                                    "replicas": {"type": "integer", "minimum": 0, "default": 1},
                                    "mode": {"type": "string", "enum": ["a", "b"]},
                                },
                            },
                            "status": {
                                "type": "object",
                                "properties": {"replicas": {"type": "integer"}, "selector": {"type": "string"}},
                            },
                        },
                    }
                },
            }
        ],
    },
}


def tab(name: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "compare.example.com/v1", "kind": "CronTab", "metadata": {"name": name}, "spec": spec}


TABLE = {"Accept": "application/json;as=Table;g=meta.k8s.io;v=v1"}
PARTIAL = {"Accept": "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"}
PARTIAL_LIST = {"Accept": "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"}
MINE = "labelSelector=compare"
WATCH = "watch=1&timeoutSeconds=1&allowWatchBookmarks=true&labelSelector=compare"

CASES = [
    Case("POST", "/api/v1/namespaces", {"metadata": {"name": "$ns"}}),
    Case("POST", NS + "/serviceaccounts", {"metadata": {"name": "default"}}, ignore=("*",), wait=0.3),
    # paths and methods
    Case("GET", "/foo"),
    Case("GET", "/api/v1/foos"),
    Case("GET", "/api/v2"),
    Case("GET", "/apis/apps/v9"),
    Case("GET", "/apis/foo.example/v1/x"),
    Case("GET", "/apis/apps/v1/foos"),
    Case("GET", NS + "/foos/x"),
    Case("GET", NS + "/configmaps/a/foo"),
    Case("GET", "/api/v1/configmaps/a"),
    Case("GET", "/api/v1/namespaces/x/namespaces"),
    Case("POST", "/api/v1/configmaps", {}),
    Case("DELETE", "/api/v1/configmaps"),
    Case("PUT", CM, {}),
    Case("PATCH", CM, {}, type=MERGE),
    Case("POST", CM + "/a", {}),
    Case("GET", "/healthz"),
    Case("GET", "/livez"),
    Case("GET", "/readyz"),
    Case("GET", "/readyz/ping"),
    Case("GET", "/readyz/nothing"),
    # media types
    Case("GET", CM, headers={"Accept": "text/html"}),
    Case("GET", CM, headers={"Accept": "application/json;as=Foo;g=meta.k8s.io;v=v1"}),
    # The test server reads no protobuf, and says so.
    Case("POST", CM, cm("a"), type="text/plain", ignore=("message",)),
    Case("PATCH", CM + "/a", {}, type="application/foo"),
    # create
    Case("POST", CM, cm("a", data={"a": "1"}, metadata={"labels": {"compare": "1"}}), name="a"),
    Case("POST", CM, cm("a", data={"a": "1"})),
    Case("POST", "/api/v1/namespaces/nope/configmaps", cm("a")),
    Case("POST", CM, cm("a", metadata={"namespace": "b"})),
    Case("POST", CM, cm(None)),
    Case("POST", CM, cm("A_")),
    Case(
        "POST",
        NS + "/services",
        {"metadata": {"name": "1a"}, "spec": {"ports": [{"port": 80}]}},
        ignore=("spec.clusterIP", "spec.clusterIPs"),
    ),
    Case("POST", "/api/v1/namespaces", {"metadata": {"name": "a.b"}}),
    Case("POST", CM, cm("b", metadata={"resourceVersion": "1"})),
    Case("POST", CM, {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "b"}}),
    Case("POST", CM, {"kind": "ConfigMap", "apiVersion": "v2", "metadata": {"name": "b"}}),
    Case("POST", CM, {"kind": "ConfigMap", "apiVersion": "apps/v1", "metadata": {"name": "b"}}, ignore=("message",)),
    Case("POST", CM, '{"metadata":{"name":"ab"'),
    Case("POST", CM, "[]", ignore=("message",)),
    Case("POST", CM, ""),
    Case("POST", CM + "?fieldValidation=Strict", '{"metadata":{"name":"ab","foo":1},"bar":{},"data":{"a":"1","a":"2"}}'),
    Case("POST", CM, '{"metadata":{"name":"warned","foo":1},"bar":{},"data":{"a":"1","a":"2"}}'),
    Case("POST", CM + "?fieldValidation=Ignore&dryRun=All", '{"metadata":{"name":"quiet","foo":1}}'),
    Case("POST", CM + "?fieldValidation=Foo", cm("b")),
    Case("POST", CM + "?dryRun=Foo", cm("b")),
    Case("POST", CM + "?dryRun=All", cm("b", data={"x": "y"})),
    Case("GET", CM + "/b"),
    Case("POST", CM, cm("b", data={"a": 1})),
    Case("POST", CM, cm("b", data="x")),
    Case("POST", CM, cm("b", metadata={"labels": {"a_": "-"}, "annotations": {"!": "x"}, "finalizers": ["a"]})),
    Case("POST", CM, cm("b", metadata={"ownerReferences": [{"name": "a"}]})),
    Case("POST", CM, cm("B", data={"bad key": "1"})),
    Case("POST", NS + "/secrets", {"metadata": {"name": "b"}, "data": {"bad key": "MQ=="}}),
    Case("POST", CM, "metadata:\n  name: yaml\n  labels: {compare: '2'}\ndata:\n  a: b\n", type=YAML),
    Case("POST", CM + "?fieldManager=me", cm("managed", data={"a": "1"}, metadata={"labels": {"compare": "3"}})),
    Case("POST", CM + "?fieldManager=" + "x" * 129, cm("b")),
    # get
    Case("GET", CM + "/a"),
    Case("GET", CM + "/nope"),
    Case("GET", "/apis/apps/v1/namespaces/$ns/deployments/nope"),
    Case("GET", CM + "/a", headers=PARTIAL),
    Case("GET", CM + "/a", headers={"Accept": "application/yaml"}),
    Case("GET", CM + "/nope", headers={"Accept": "application/yaml"}),
    Case("GET", CM + "/a?resourceVersion=99999999"),
    Case("GET", CM + "/a?resourceVersion=0"),
    # update
    Case("PUT", CM + "/a", cm("b")),
    Case("PUT", CM + "/a", cm(None)),
    Case("PUT", CM + "/a", cm("a", metadata={"resourceVersion": "1"})),
    Case("PUT", CM + "/a", cm("a", metadata={"resourceVersion": "x"})),
    Case("PUT", CM + "/a", cm("a", metadata={"uid": "x"})),
    Case("PUT", CM + "/nope", cm("nope")),
    Case("PUT", CM + "/a", cm("a", data={"a": "2", "b": "3"}, metadata={"labels": {"compare": "1"}})),
    Case("PUT", CM + "/a", cm("a", data={"a": "2", "b": "3"}, metadata={"labels": {"compare": "1"}})),
    Case("PUT", CM + "/a?dryRun=All", cm("a", data={"z": "2"}, metadata={"labels": {"compare": "1"}})),
    # patch
    Case("PATCH", CM + "/a", [{"op": "test", "path": "/data/a", "value": "9"}], type=JSON_PATCH),
    Case("PATCH", CM + "/a", [{"op": "remove", "path": "/data/zz"}], type=JSON_PATCH),
    Case("PATCH", CM + "/a", [{"op": "replace", "path": "/data/a", "value": "4"}], type=JSON_PATCH),
    Case("PATCH", CM + "/a", {}, type=JSON_PATCH),
    Case("PATCH", CM + "/a", [], type=MERGE),
    Case("PATCH", CM + "/a", "{", type=MERGE),
    Case("PATCH", CM + "/a", [], type=STRATEGIC),
    Case("PATCH", CM + "/a", {"data": {"a": "5"}, "metadata": {"resourceVersion": "1"}}, type=MERGE),
    Case("PATCH", CM + "/a", {"metadata": {"name": "b"}}, type=MERGE),
    Case("PATCH", CM + "/a", {"metadata": {"namespace": "b"}}, type=MERGE),
    Case("PATCH", CM + "/a", {"metadata": {"uid": "b"}}, type=MERGE),
    Case("PATCH", CM + "/a", {"data": {"a": {}}}, type=MERGE, ignore=("message", "details")),
    Case("PATCH", CM + "/a", {"data": {"a": None}}, type=STRATEGIC),
    Case("PATCH", CM + "/a?fieldValidation=Strict", {"foo": "a"}, type=MERGE, ignore=("message", "details")),
    Case("PATCH", CM + "/a", {"foo": "a"}, type=MERGE),
    Case("PATCH", CM + "/nope", {}, type=MERGE),
    Case("PATCH", CM + "/a?force=true", {}, type=MERGE),
    # apply
    Case("PATCH", CM + "/a", {}, type=APPLY),
    Case("PATCH", CM + "/a?fieldManager=x", {}, type=APPLY),
    Case("PATCH", CM + "/a?fieldManager=x", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}}, type=APPLY),
    Case("PATCH", CM + "/a?fieldManager=x", {"apiVersion": "v1", "kind": "ConfigMap", "data": {"b": "9"}}, type=APPLY),
    Case("PATCH", CM + "/a?fieldManager=x&force=true", {"apiVersion": "v1", "kind": "ConfigMap", "data": {"b": "9"}}, type=APPLY),
    # The real one writes the core group as "/v1".
    Case("PATCH", CM + "/a?fieldManager=x", {"apiVersion": "v1", "kind": "ConfigMap", "foo": 1}, type=APPLY, ignore=("message",)),
    Case("PATCH", CM + "/applied?fieldManager=x", {"apiVersion": "v1", "kind": "ConfigMap", "data": {"b": "9"}}, type=APPLY),
    # lists
    Case("GET", CM + "?" + MINE),
    Case("GET", CM + "?" + MINE, headers=PARTIAL_LIST),
    Case("GET", CM + "?" + MINE, headers=TABLE, ignore=("columnDefinitions.description",)),
    Case("GET", CM + "?" + MINE + "&limit=2", ignore=("metadata.continue",), name="page"),
    Case("GET", CM + "?" + MINE + "&limit=2&continue=$page.continue"),
    Case("GET", "/api/v1/configmaps?" + MINE),
    Case("GET", CM + "?labelSelector=compare+in+(1,2)"),
    Case("GET", CM + "?fieldSelector=metadata.name%3Da"),
    Case("GET", CM + "?fieldSelector=metadata.name!%3Da,metadata.namespace%3D$ns&" + MINE),
    Case("GET", "/api/v1/configmaps?limit=x"),
    Case("GET", "/api/v1/configmaps?labelSelector=a%3D%3D%3Db", ignore=("message",)),
    Case("GET", "/api/v1/configmaps?fieldSelector=a.b%3Dc"),
    Case("GET", "/api/v1/pods?fieldSelector=a.b%3Dc"),
    Case("GET", "/api/v1/nodes?fieldSelector=a.b%3Dc"),
    Case("GET", "/api/v1/configmaps?fieldSelector=abc"),
    Case("GET", "/api/v1/configmaps?resourceVersion=x"),
    Case("GET", "/api/v1/configmaps?resourceVersion=99999999"),
    Case("GET", "/api/v1/configmaps?resourceVersionMatch=Exact"),
    Case("GET", "/api/v1/configmaps?resourceVersion=0&resourceVersionMatch=Exact"),
    Case("GET", "/api/v1/configmaps?resourceVersion=1&resourceVersionMatch=Foo"),
    Case("GET", "/api/v1/configmaps?continue=xyz", ignore=("message",)),
    Case("GET", "/api/v1/configmaps?continue=$page.continue&resourceVersion=5"),
    Case("GET", "/api/v1/configmaps?sendInitialEvents=true"),
    Case("GET", CM + "?resourceVersion=$a&resourceVersionMatch=Exact&" + MINE),
    # watches
    Case("GET", CM + "?" + WATCH),
    Case("GET", CM + "?" + WATCH + "&resourceVersion=0"),
    Case("GET", CM + "?" + WATCH + "&resourceVersion=$a"),
    Case("GET", CM + "?" + WATCH + "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"),
    Case("GET", CM + "?" + WATCH, headers=TABLE, ignore=("columnDefinitions.description",)),
    Case("GET", CM + "?" + WATCH, headers=PARTIAL),
    Case("GET", CM + "?watch=1&sendInitialEvents=true"),
    Case("GET", CM + "?watch=1&sendInitialEvents=false&timeoutSeconds=1"),
    Case("GET", CM + "?watch=1&sendInitialEvents=true&resourceVersionMatch=Exact&resourceVersion=1"),
    Case("GET", CM + "?watch=1&resourceVersionMatch=NotOlderThan"),
    Case("GET", CM + "?watch=1&resourceVersion=x"),
    # delete
    Case("DELETE", CM + "/a", {"preconditions": {"uid": "x"}}),
    Case("DELETE", CM + "/a", {"preconditions": {"resourceVersion": "1"}}),
    Case("DELETE", CM + "/a", {"propagationPolicy": "Foo"}),
    Case("DELETE", CM + "/a", {"kind": "Foo", "apiVersion": "v1"}),
    Case("DELETE", CM + "/a?dryRun=All"),
    Case("DELETE", CM + "/a", {"propagationPolicy": "Foreground", "dryRun": ["All"]}),
    Case("DELETE", CM + "/a", {"propagationPolicy": "Orphan", "dryRun": ["All"]}),
    Case("DELETE", CM + "/nope"),
    Case("DELETE", CM + "/a"),
    Case("GET", CM + "?" + WATCH + "&resourceVersion=$a"),
    Case("DELETE", CM + "?" + MINE),
    Case("GET", CM + "?" + MINE),
    Case("DELETE", "/api/v1/namespaces/default"),
    # finalizers
    Case("POST", CM, cm("fin", metadata={"finalizers": ["x.y/z"]})),
    Case("DELETE", CM + "/fin"),
    Case("DELETE", CM + "/fin"),
    Case("PATCH", CM + "/fin", {"metadata": {"finalizers": ["x.y/z", "b.c/d"]}}, type=MERGE),
    Case("PATCH", CM + "/fin", {"metadata": {"finalizers": None}}, type=MERGE),
    Case("GET", CM + "/fin"),
    # the garbage collector's finalizers: another one holds the object, so that it can be seen what a deletion changes
    Case("POST", CM, cm("orphan", metadata={"finalizers": ["foregroundDeletion", "x.y/z"]})),
    Case("DELETE", CM + "/orphan", {"propagationPolicy": "Orphan", "dryRun": ["All"]}, ignore=("metadata.managedFields",)),
    Case("DELETE", CM + "/orphan", {"orphanDependents": True, "dryRun": ["All"]}),
    Case("DELETE", CM + "/orphan", {"orphanDependents": False, "dryRun": ["All"]}),
    Case("DELETE", CM + "/orphan", {"propagationPolicy": "Background", "dryRun": ["All"]}),
    Case("DELETE", CM + "/orphan", {"dryRun": ["All"]}),
    Case("DELETE", CM + "/orphan?orphanDependents=true&dryRun=All"),
    Case("DELETE", CM + "/orphan", {"propagationPolicy": "Orphan", "orphanDependents": True}),
    Case("DELETE", CM + "/orphan", {"propagationPolicy": "Orphan"}),
    Case("DELETE", CM + "/orphan", {"propagationPolicy": "Background"}),
    Case("PATCH", CM + "/orphan", {"metadata": {"finalizers": None}}, type=MERGE),
    # immutable data
    Case("POST", CM, cm("fixed", data={"a": "1"}, immutable=True)),
    Case("PATCH", CM + "/fixed", {"data": {"a": "2"}}, type=MERGE, ignore=("message", "details")),
    Case("PATCH", CM + "/fixed", {"immutable": None}, type=MERGE, ignore=("message", "details")),
    Case("POST", NS + "/secrets", {"metadata": {"name": "s"}, "stringData": {"a": "hello"}}),
    Case("PATCH", NS + "/secrets/s", {"type": "x/y"}, type=MERGE, ignore=("details",)),
    Case("GET", "/api/v1/secrets?fieldSelector=type%3DOpaque,metadata.namespace%3D$ns"),
    # deployments
    Case("POST", DEPLOYMENTS, {"metadata": {"name": "ab"}, "spec": {"replicas": "x"}}),
    Case("POST", DEPLOYMENTS, {"metadata": {"name": "ab"}}, ignore=("message", "details")),
    Case("POST", DEPLOYMENTS, DEPLOYMENT),
    Case("GET", DEPLOYMENTS + "/web"),
    Case("PATCH", DEPLOYMENTS + "/web", {"spec": {"replicas": 3}}, type=STRATEGIC),
    Case("PATCH", DEPLOYMENTS + "/web", {"metadata": {"labels": {"x": "y"}}}, type=STRATEGIC),
    Case(
        "PATCH",
        DEPLOYMENTS + "/web",
        {"spec": {"selector": {"matchLabels": {"app": "other"}}}},
        type=MERGE,
        ignore=("message", "details"),
    ),
    Case("PATCH", DEPLOYMENTS + "/web", {"status": {"replicas": 9}}, type=MERGE),
    Case(
        "PATCH",
        DEPLOYMENTS + "/web?fieldManager=x",
        {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"foo": 1}},
        type=APPLY,
    ),
    Case(
        "PATCH",
        DEPLOYMENTS + "/web/status",
        {"status": {"replicas": 3, "observedGeneration": 2}, "spec": {"replicas": 7}},
        type=MERGE,
    ),
    Case("GET", DEPLOYMENTS + "/web/status"),
    Case("GET", DEPLOYMENTS + "/web/scale"),
    Case("PATCH", DEPLOYMENTS + "/web/scale", {"spec": {"replicas": 5}}, type=MERGE),
    Case(
        "PUT",
        DEPLOYMENTS + "/web/scale",
        {"metadata": {"name": "web", "resourceVersion": "1"}, "spec": {"replicas": 4}},
        ignore=("message",),
    ),
    Case("PUT", DEPLOYMENTS + "/web/scale", {"metadata": {"name": "web"}, "spec": {"replicas": 4}}),
    Case("PUT", DEPLOYMENTS + "/web/scale", {"metadata": {"name": "web"}, "spec": {"replicas": -4}}),
    Case("GET", DEPLOYMENTS + "/nope/scale"),
    Case("GET", DEPLOYMENTS, headers=TABLE, ignore=("columnDefinitions", "rows")),
    Case("DELETE", DEPLOYMENTS + "/web", {"propagationPolicy": "Foreground"}),
    # pods
    Case("POST", PODS, POD, ignore=("spec.tolerations",)),
    Case(
        "GET",
        PODS + "?fieldSelector=status.phase%3DPending,spec.nodeName%3D",
        ignore=("items.spec.tolerations",),
    ),
    Case("GET", PODS + "?fieldSelector=spec.restartPolicy%3DNever"),
    Case("POST", PODS, {**POD, "metadata": {"name": "two"}, "spec": {"containers": []}}),
    Case(
        "PATCH",
        PODS + "/one/status",
        {"status": {"phase": "Running"}},
        type=MERGE,
        ignore=("spec.tolerations",),
    ),
    Case(
        "PATCH",
        PODS + "/one",
        {"spec": {"containers": [{"name": "c", "image": "busybox:2"}]}},
        type=STRATEGIC,
        ignore=("spec.tolerations",),
    ),
    Case("PATCH", PODS + "/one", {"spec": {"restartPolicy": "Never"}}, type=STRATEGIC, ignore=("message", "details")),
    Case("POST", PODS + "/one/binding", {"target": {"kind": "Node", "name": "n1"}, "metadata": {"name": "one"}}),
    Case("POST", PODS + "/one/binding", {"target": {"kind": "Node", "name": "n1"}, "metadata": {"name": "one"}}),
    Case(
        "POST",
        "/apis/policy/v1/namespaces/$ns/poddisruptionbudgets",
        {"metadata": {"name": "budget"}, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "one"}}}},
    ),
    Case(
        "PATCH",
        PODS + "/one/status",
        {"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}},
        type=STRATEGIC,
        ignore=("*",),
    ),
    Case(
        "POST",
        PODS + "/one/eviction",
        {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "one"}},
        ignore=("details", "message"),
    ),
    Case("POST", PODS + "/nope/eviction", {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "nope"}}),
    Case("DELETE", PODS + "/one?gracePeriodSeconds=0", ignore=("*",)),
    Case("GET", PODS + "/one/log"),
    # resizing: who owns a field that the request could not change is not compared
    Case("POST", PODS, SIZED, ignore=("spec.tolerations",)),
    Case("PATCH", PODS + "/sized", sizes({"requests": {"cpu": "150m"}}), type=STRATEGIC, ignore=("message", "details")),
    Case("PATCH", RESIZE, sizes({"requests": {"cpu": "150m"}}), type=STRATEGIC, ignore=("spec.tolerations",)),
    Case(
        "PATCH",
        RESIZE,
        {**sizes({"requests": {"cpu": "120m"}}, image="other"), "metadata": {"labels": {"a": "b"}}},
        type=STRATEGIC,
        ignore=("spec.tolerations", "metadata.managedFields"),
    ),
    Case("PATCH", RESIZE, sizes({"requests": {"cpu": "300m"}}), type=STRATEGIC),
    Case("PATCH", RESIZE, sizes({"requests": SIZES["limits"]}), type=STRATEGIC),
    Case("PATCH", RESIZE, sizes(None), type=MERGE),
    Case("PATCH", RESIZE, sizes({"limits": {"cpu": None, "memory": None}}), type=STRATEGIC),
    Case("PATCH", RESIZE, sizes({"limits": {"ephemeral-storage": "1Gi"}}), type=STRATEGIC),
    Case("PATCH", RESIZE, {"spec": {"containers": [{"name": "d", "image": "x"}]}}, type=STRATEGIC),
    Case("GET", RESIZE, ignore=("spec.tolerations", "metadata.managedFields")),
    Case("GET", PODS + "/nope/resize"),
    Case("DELETE", RESIZE),
    Case("POST", PODS, {**SIZED, "metadata": {"name": "greedy"}, **sizes({"requests": {"cpu": 2}, "limits": {"cpu": 1}}, image="x")}, ignore=("*",)),
    Case(
        "PATCH",
        PODS + "/sized/ephemeralcontainers",
        {"spec": {"restartPolicy": "Never", "ephemeralContainers": [{"name": "debug", "image": "x:1"}]}, "metadata": {"labels": {"a": "b"}}},
        type=STRATEGIC,
        ignore=("spec.tolerations", "metadata.managedFields", "metadata.generation"),
    ),
    # custom resources
    Case("GET", TABS),
    Case("POST", CRDS, {**CRD, "metadata": {"name": "x.compare.example.com"}}),
    Case("POST", CRDS, CRD, ignore=("status", "metadata.managedFields"), wait=1.5),
    Case("GET", CRDS + "/crontabs.compare.example.com", ignore=("metadata.managedFields",)),
    Case("POST", TABS, tab("t", cron="* *"), name="t"),
    # The real one walks its properties in no order, and checks replicas once more for scale.
    Case("POST", TABS, tab("u", cron="x", mode="c", replicas=-1), ignore=("message", "details.causes")),
    Case("POST", TABS, tab("u", cron="x")),
    Case("POST", TABS, tab("u", cron="1", mode="c")),
    Case("POST", TABS, tab("u")),
    Case("POST", TABS + "?fieldValidation=Strict", tab("u", cron="*", foo=1)),
    Case("POST", TABS, tab("w", cron="*", foo=1)),
    Case("POST", TABS, {"metadata": {"name": "x"}}, ignore=("message",)),
    Case("PUT", TABS + "/t", tab("t", cron="1")),
    Case("PATCH", TABS + "/t", {"spec": {"cron": "2"}, "status": {"replicas": 4}}, type=MERGE),
    Case("PATCH", TABS + "/t", {"spec": {"cron": "2"}}, type=STRATEGIC),
    Case("PATCH", TABS + "/t/status", {"spec": {"cron": "9"}, "status": {"replicas": 4, "selector": "a=b"}}, type=MERGE),
    Case("GET", TABS + "/t/scale"),
    Case("PATCH", TABS + "/t/scale", {"spec": {"replicas": 6}}, type=MERGE),
    Case("GET", TABS),
    Case("GET", TABS, headers=TABLE, ignore=("columnDefinitions.description",)),
    Case("GET", TABS + "?fieldSelector=spec.cron%3D1"),
    Case("DELETE", TABS + "/w"),
    Case("DELETE", CRDS + "/crontabs.compare.example.com", ignore=("*",), wait=1.5),
    Case("GET", TABS),
    # other kinds
    Case("POST", NS + "/serviceaccounts", {"metadata": {"name": "sa"}}),
    Case("DELETE", NS + "/serviceaccounts/sa"),
    Case(
        "POST",
        "/apis/coordination.k8s.io/v1/namespaces/$ns/leases",
        {
            "metadata": {"name": "l"},
            "spec": {"holderIdentity": "me", "leaseDurationSeconds": 15, "renewTime": "2026-01-02T03:04:05.000006Z"},
        },
    ),
    Case(
        "PUT",
        "/apis/coordination.k8s.io/v1/namespaces/$ns/leases/l",
        {"metadata": {"name": "l"}, "spec": {"holderIdentity": "you"}},
    ),
    Case(
        "PUT",
        "/apis/coordination.k8s.io/v1/namespaces/$ns/leases/new",
        {"metadata": {"name": "new"}, "spec": {"holderIdentity": "you"}},
    ),
    Case(
        "POST",
        "/apis/batch/v1/namespaces/$ns/cronjobs",
        {
            "metadata": {"name": "c"},
            "spec": {
                "schedule": "* * * * *",
                "jobTemplate": {
                    "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "busybox"}]}}}
                },
            },
        },
    ),
    Case(
        "POST",
        "/apis/batch/v1/namespaces/$ns/jobs",
        {
            "metadata": {"name": "j"},
            "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "busybox"}]}}},
        },
    ),
    Case(
        "POST",
        "/apis/apps/v1/namespaces/$ns/statefulsets",
        {
            "metadata": {"name": "s"},
            "spec": {"serviceName": "s", "selector": {"matchLabels": {"app": "web"}}, "template": TEMPLATE},
        },
    ),
    Case(
        "POST",
        "/apis/apps/v1/namespaces/$ns/daemonsets",
        {"metadata": {"name": "d"}, "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": TEMPLATE}},
        ignore=("metadata.annotations", "metadata.managedFields"),
    ),
    Case(
        "POST",
        "/apis/apps/v1/namespaces/$ns/replicasets",
        {"metadata": {"name": "r"}, "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": TEMPLATE}},
    ),
    Case("GET", "/apis/apps/v1/namespaces/$ns/statefulsets/s/scale"),
    Case(
        "POST",
        NS + "/persistentvolumeclaims",
        {"metadata": {"name": "p"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}},
        ignore=("metadata.finalizers",),
    ),
    Case(
        "POST",
        "/apis/networking.k8s.io/v1/namespaces/$ns/networkpolicies",
        {"metadata": {"name": "n"}, "spec": {"podSelector": {}}},
    ),
    Case(
        "POST",
        "/apis/rbac.authorization.k8s.io/v1/namespaces/$ns/roles",
        {"metadata": {"name": "a:b"}, "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]},
    ),
    Case(
        "POST",
        NS + "/events",
        {
            "metadata": {"name": "e"},
            "involvedObject": {"kind": "Pod", "name": "one", "namespace": "$ns"},
            "reason": "Tested",
            "message": "m",
            "type": "Normal",
        },
    ),
    Case("GET", NS + "/events?fieldSelector=involvedObject.name%3Done,reason%3DTested"),
    # what code fills in, and lists that may be left out
    *life(NS + "/limitranges", spec={}),
    *life("/api/v1/nodes", spec={}),
    *life("/apis/rbac.authorization.k8s.io/v1/namespaces/$ns/roles"),
    *life("/apis/rbac.authorization.k8s.io/v1/clusterroles"),
    *life("/apis/storage.k8s.io/v1/csidrivers", spec={}),
    *life("/apis/storage.k8s.io/v1/csinodes", spec={}),
    *life("/apis/scheduling.k8s.io/v1/priorityclasses"),
    # reviews
    Case(
        "POST",
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        {"spec": {"resourceAttributes": {"verb": "get", "resource": "pods"}}},
        ignore=("metadata.managedFields",),
    ),
    Case("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {}, ignore=("status",)),
    Case(
        "POST",
        NS + "/serviceaccounts/default/token",
        {"spec": {"expirationSeconds": 1200}},
        ignore=("spec.audiences", "status", "metadata.managedFields"),
    ),
    # requests for certificates
    Case("POST", CSRS, csr(username="mallory", groups=["system:masters"]), ignore=ASKED_BY),
    Case("POST", CSRS, csr(request="YWJj")),
    Case("POST", CSRS, csr(usages=[])),
    Case("PATCH", CSRS + "/$ns", {**conditions(APPROVED), "spec": {"signerName": "a.b/c"}}, type=MERGE, ignore=ASKED_BY),
    Case("PATCH", CSRS + "/$ns/status", conditions(APPROVED), type=MERGE),
    Case("PATCH", APPROVAL, conditions({"type": "Approved", "status": "False"}), type=MERGE),
    Case("PATCH", APPROVAL, conditions({"type": "Approved", "status": "True"}, {"type": "Denied", "status": "True"}), type=MERGE),
    Case("PATCH", APPROVAL, conditions({"type": "Approved", "status": "True"}, {"type": "Approved", "status": "True"}), type=MERGE),
    Case(
        "PATCH",
        APPROVAL,
        {"status": {"conditions": [APPROVED], "certificate": "YWJj"}, "metadata": {"labels": {"a": "b"}}, "spec": {"uid": "x"}},
        type=MERGE,
        ignore=ASKED_BY,
    ),
    Case("PATCH", APPROVAL, {"status": {"conditions": None}}, type=MERGE),
    Case("PUT", APPROVAL, {"metadata": {"name": "$ns"}, **conditions({**APPROVED, "message": "n"})}, ignore=ASKED_BY),
    Case("PATCH", CSRS + "/$ns/status", {"metadata": {"labels": {"c": "d"}}}, type=MERGE, ignore=ASKED_BY),
    Case("GET", APPROVAL, ignore=ASKED_BY),
    Case("POST", APPROVAL, {}),
    Case("DELETE", CSRS + "/$ns"),
    # namespaces
    Case("POST", "/api/v1/namespaces", finalizers("x.y/z")),
    Case("POST", "/api/v1/namespaces", finalizers("hold")),
    Case("PATCH", HELD, finalizers("x.y/other"), type=MERGE),
    Case("PUT", HELD + "/finalize", finalizers("hold")),
    Case("PUT", HELD + "/finalize", finalizers("x.y/z", "kubernetes", status={"phase": "Terminating"})),
    Case("PUT", HELD + "/finalize", finalizers()),
    Case("PUT", HELD + "/finalize", finalizers("x.y/z")),
    Case("GET", HELD + "/finalize"),
    Case("PATCH", HELD + "/finalize", {}, type=MERGE),
    Case("DELETE", HELD),
    Case("DELETE", HELD),
    Case("PUT", HELD + "/finalize", finalizers()),
    Case("GET", HELD),
    Case("PUT", HELD + "/finalize", finalizers()),
    Case("PATCH", CM + "/quoted?fieldManager=carol%20%22x%22%20%5Cy", {"apiVersion": "v1", "kind": "ConfigMap", **cm("quoted", data={"a": "1"})}, APPLY),
    Case("PATCH", CM + "/quoted?fieldManager=bob", {"apiVersion": "v1", "kind": "ConfigMap", **cm("quoted", data={"a": "2"})}, APPLY),
    Case("DELETE", "/api/v1/namespaces/$ns", ignore=("status.conditions",)),
    Case("DELETE", "/api/v1/namespaces/nope"),
]
