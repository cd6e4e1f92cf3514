"""What each resource of both servers is asked: whether an update makes what is not there, and which field selectors there are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Protocol
from urllib.parse import quote

from cases import Case

# All that some resource knows, and some that none does.
FIELDS = (
    "metadata.name", "metadata.namespace", "metadata.uid", "type", "reason", "source", "reportingComponent", "reportingController", "action",
    "involvedObject.kind", "involvedObject.uid", "regarding.kind", "regarding.uid", "spec.nodeName", "spec.restartPolicy", "spec.hostNetwork",
    "spec.schedulerName", "spec.serviceAccountName", "spec.unschedulable", "spec.signerName", "spec.clusterIP", "spec.type", "spec.driver",
    "spec.podName", "spec.poolName", "spec.replicas", "status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName",
    "status.replicas", "status.successful",
)  # fmt: skip


class Server(Protocol):
    def send(self, case: Case) -> tuple[int, str, list[str], str]: ...


def get(server: Server, path: str) -> Any:
    return json.loads(server.send(Case("GET", path))[3])


def resources(server: Server) -> Iterator[tuple[str, dict[str, Any]]]:
    """The path of each group and version, and one of its resources."""
    groups = get(server, "/apis")["groups"]
    for path in ["/api/v1"] + [f"/apis/{version['groupVersion']}" for group in groups for version in group["versions"]]:
        for resource in get(server, path)["resources"]:
            if "/" not in resource["name"]:
                yield path, resource


def questions(path: str, resource: dict[str, Any]) -> Iterator[Case]:
    name = resource["name"]
    if "list" in resource["verbs"]:
        for label in FIELDS:
            yield Case("GET", f"{path}/{name}?limit=1&fieldSelector={quote(label + '=x')}")
    if "update" in resource["verbs"] and "create" in resource["verbs"]:
        api_version = path.split("/", 2)[2]
        body = {"apiVersion": api_version, "kind": resource["kind"], "metadata": {"name": "absent"}}
        scope = "/namespaces/default" if resource["namespaced"] else ""
        yield Case("PUT", f"{path}{scope}/{name}/absent?dryRun=All", body)


def answer(server: Server, case: Case) -> tuple[int, str]:
    """Of an update, whether the object is missed; what else may be wrong with it is not asked here."""
    status, _, _, text = server.send(case)
    if case.method == "PUT":
        return (404 if status == 404 else 0), ""
    return status, json.loads(text)["message"] if status == 400 else ""


def differing(real: Server, test: Server) -> Iterator[tuple[str, list[str]]]:
    """Each resource of the real server, and the questions that the other one answers in another way."""
    for path, resource in resources(real):
        found = []
        for case in questions(path, resource):
            left, right = answer(real, case), answer(test, case)
            if left != right:
                found.append(f"{case.method} {case.path}: real: {left}, test: {right}")
        yield f"{path}/{resource['name']}", found
