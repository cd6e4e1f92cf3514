"""The paths and verbs that the server serves for a custom resource."""

from __future__ import annotations

from .operations import parameter_key
from .spec import Json, Operation, Schema, Spec

META = "io.k8s.apimachinery.pkg.apis.meta.v1."
SCALE = "io.k8s.api.autoscaling.v1.Scale"
MEDIA = ["application/json", "application/yaml"]
PATCHES = ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"]

LIST_OPTIONS = (
    "allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion",
    "resourceVersionMatch", "sendInitialEvents", "timeoutSeconds", "watch",
)  # fmt: skip
WRITE_OPTIONS = ("dryRun", "fieldManager", "fieldValidation")
DELETE_OPTIONS = (
    "dryRun", "gracePeriodSeconds", "ignoreStoreReadErrorWithClusterBreakingPotential", "orphanDependents",
    "propagationPolicy",
)  # fmt: skip
OPTIONS = {
    "get": ("resourceVersion",),
    "list": LIST_OPTIONS,
    "deletecollection": LIST_OPTIONS,
    "post": WRITE_OPTIONS,
    "put": WRITE_OPTIONS,
    "patch": (*WRITE_OPTIONS, "force"),
    "delete": DELETE_OPTIONS,
}
TYPES = {
    "allowWatchBookmarks": "boolean", "force": "boolean", "gracePeriodSeconds": "integer",
    "ignoreStoreReadErrorWithClusterBreakingPotential": "boolean", "limit": "integer", "orphanDependents": "boolean",
    "sendInitialEvents": "boolean", "timeoutSeconds": "integer", "watch": "boolean",
}  # fmt: skip


def add_paths(spec: Spec, body: Json, version: Json, name: str, list_name: str) -> None:
    group, plural = body["group"], body["names"]["plural"]
    maker = _Maker(spec, {"group": group, "version": version["name"], "kind": body["names"]["kind"]})
    root = f"/apis/{group}/{version['name']}"
    collection = f"{root}/{plural}"
    if body["scope"] == "Namespaced":
        maker.add(collection, "get", "list", list_name)
        collection = f"{root}/namespaces/{{namespace}}/{plural}"
    maker.add(collection, "get", "list", list_name)
    maker.add(collection, "post", "post", name, body=name)
    maker.add(collection, "delete", "deletecollection", META + "Status")
    item = collection + "/{name}"
    maker.add_object(item, name)
    maker.add(item, "delete", "delete", META + "Status", body=META + "DeleteOptions")
    subresources = version.get("subresources") or {}
    if "status" in subresources:
        maker.add_object(item + "/status", name)
    if "scale" in subresources:
        maker.add_object(item + "/scale", SCALE)


class _Maker:
    def __init__(self, spec: Spec, gvk: dict[str, str]) -> None:
        self._spec = spec
        self._gvk = gvk

    def add_object(self, path: str, name: str) -> None:
        self.add(path, "get", "get", name)
        self.add(path, "put", "put", name, body=name)
        self.add(path, "patch", "patch", name, body=META + "Patch")

    def add(self, path: str, method: str, action: str, reply: str, body: str | None = None) -> None:
        operation: Operation = {
            "action": action,
            "gvk": dict(self._gvk),
            "parameters": sorted(self._parameters(path, action)),
            "reply": reply,
            "produces": MEDIA,
        }
        if body is not None:
            operation["body"] = body
            operation["consumes"] = PATCHES if action == "patch" else MEDIA
        self._spec.add_operation(path, method, operation)

    def _parameters(self, path: str, action: str) -> list[str]:
        keys = [self._parameter(part, "path") for part in ("namespace", "name") if f"{{{part}}}" in path]
        return keys + [self._parameter(option, "query") for option in (*OPTIONS[action], "pretty")]

    def _parameter(self, name: str, place: str) -> str:
        parameter: Schema = {"name": name, "in": place, "type": TYPES.get(name, "string")}
        key = parameter_key(parameter)
        self._spec.parameters[key] = parameter
        return key
