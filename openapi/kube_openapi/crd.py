"""CustomResourceDefinition manifests: what the server would publish for them once they are installed."""

from __future__ import annotations

import copy

from .crd_paths import add_paths
from .notes import Notes, SpecError
from .schema import Reducer
from .spec import DEFINITION, GVK, Json, Schema, Spec

META = f"{DEFINITION}io.k8s.apimachinery.pkg.apis.meta.v1."
API_GROUP = "apiextensions.k8s.io"
STRING: Schema = {"type": "string"}


def read_crds(documents: list[Json], place: str, reducer: Reducer, notes: Notes) -> Spec:
    spec = Spec()
    crds = 0
    for document in _flatten(documents):
        if not isinstance(document, dict) or document.get("kind") != "CustomResourceDefinition":
            kind = document.get("kind") if isinstance(document, dict) else document
            notes.add("not a CustomResourceDefinition, ignored", f"{place}: {kind}")
            continue
        crds += 1
        _read_crd(spec, document, place, reducer, notes)
    if crds == 0:
        raise SpecError(f"{place}: no CustomResourceDefinition in it")
    return spec


_NAMES: dict[type, str] = {list: "a list", dict: "an object", str: "a string"}


def _need(value: Json, kind: type, what: str) -> Json:
    if not isinstance(value, kind):
        raise SpecError(f"{what} must be {_NAMES[kind]}, not {value!r}")
    return value


def _flatten(documents: list[Json]) -> list[Json]:
    flat: list[Json] = []
    for document in documents:
        is_list = isinstance(document, dict) and str(document.get("kind")).endswith("List")
        flat.extend((document.get("items") or []) if is_list else [document])
    return flat


def _read_crd(spec: Spec, crd: Json, place: str, reducer: Reducer, notes: Notes) -> None:
    metadata = _need(crd.get("metadata") or {}, dict, f"{place}: metadata")
    where = f"{place}: {metadata.get('name', '?')}"
    if crd.get("apiVersion") != f"{API_GROUP}/v1":
        raise SpecError(f"{where}: apiVersion is {crd.get('apiVersion')!r}, only {API_GROUP}/v1 is known")
    try:
        body = _need(crd["spec"], dict, f"{where}: spec")
        versions = _need(body["versions"], list, f"{where}: spec.versions")
        _check_names(body, where)
        for version in versions:
            name = _need(_need(version, dict, f"{where}: a version")["name"], str, f"{where}: a version's name")
            if version.get("served", False):
                _read_version(spec, body, version, where, reducer, notes)
            else:
                notes.add("version that is not served, ignored", f"{where}: {name}")
    except KeyError as error:
        raise SpecError(f"{where}: field {error} is missing") from error


def _check_names(body: Json, where: str) -> None:
    names = _need(body["names"], dict, f"{where}: spec.names")
    texts = {"group": body["group"], "names.listKind": names.get("listKind") or ""}
    texts.update((f"names.{key}", names[key]) for key in ("kind", "plural"))
    for key, text in texts.items():
        _need(text, str, f"{where}: spec.{key}")


def definition_name(group: str, version: str, kind: str) -> str:
    return ".".join([*reversed(group.split(".")), version, kind])


def _read_version(spec: Spec, body: Json, version: Json, where: str, reducer: Reducer, notes: Notes) -> None:
    group, names = body["group"], body["names"]
    kind = names["kind"]
    list_kind = names.get("listKind") or f"{kind}List"
    name = definition_name(group, version["name"], kind)
    list_name = definition_name(group, version["name"], list_kind)
    schema = _object_schema(version, name, notes)
    list_schema = _list_schema(name)
    schema[GVK] = [{"group": group, "version": version["name"], "kind": kind}]
    list_schema[GVK] = [{"group": group, "version": version["name"], "kind": list_kind}]
    spec.add_definition(name, reducer.definition(name, schema), notes, where)
    spec.add_definition(list_name, reducer.definition(list_name, list_schema), notes, where)
    add_paths(spec, body, version, name, list_name)


def _object_schema(version: Json, name: str, notes: Notes) -> Schema:
    source: Schema | None = _need(version.get("schema") or {}, dict, f"{name}: schema").get("openAPIV3Schema")
    if source is None:
        notes.add("no schema given, taken as free-form", name)
        source = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    _check_schema(source, name)
    schema = copy.deepcopy(source)
    _add_object_fields(schema, "ObjectMeta")
    _complete_embedded(schema)
    return schema


def _check_schema(schema: Json, place: str) -> None:
    """Raises where a schema, or what holds schemas, is no object."""
    _need(schema, dict, place)
    for name, child in _need(schema.get("properties", {}), dict, f"{place}: properties").items():
        _check_schema(child, f"{place}.{name}")
    if "items" in schema:
        _check_schema(schema["items"], f"{place}[]")
    if not isinstance(schema.get("additionalProperties", True), bool):
        _check_schema(schema["additionalProperties"], f"{place}{{}}")


def _list_schema(name: str) -> Schema:
    items: Schema = {"type": "array", "items": {"$ref": DEFINITION + name}}
    schema: Schema = {"type": "object", "required": ["items"], "properties": {"items": items}}
    _add_object_fields(schema, "ListMeta")
    return schema


def _add_object_fields(schema: Schema, metadata: str) -> None:
    properties = schema.setdefault("properties", {})
    properties.update({"apiVersion": STRING, "kind": STRING, "metadata": {"$ref": META + metadata}})


def _complete_embedded(schema: Schema) -> None:
    """An embedded resource has apiVersion, kind and metadata, whether its author wrote them down or not."""
    children: list[Schema] = list(schema.get("properties", {}).values())
    children.extend(schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict))
    for child in children:
        _complete_embedded(child)
    if schema.get("x-kubernetes-embedded-resource"):
        _add_object_fields(schema, "ObjectMeta")
        required = schema.setdefault("required", [])
        required.extend(key for key in ("kind", "apiVersion") if key not in required)
