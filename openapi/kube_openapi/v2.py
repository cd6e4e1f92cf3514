"""An OpenAPI v2 document (swagger). It knows no defaults, and loses types beside `nullable` and free-form fields."""

from __future__ import annotations

from .notes import Notes, SpecError
from .operations import METHODS, SUCCESS, add_parameter, facts_of_operation, is_watch_path
from .schema import Reducer
from .spec import Json, Operation, Spec, minor_version


def read_v2(document: Json, place: str, reducer: Reducer, notes: Notes) -> Spec:
    try:
        if "swagger" not in document:
            raise KeyError("swagger")
        return _read_document(document, place, reducer, notes)
    except (AttributeError, KeyError, TypeError) as error:
        raise SpecError(f"{place}: not an OpenAPI v2 document of Kubernetes: {error!r}") from error


def _read_document(document: Json, place: str, reducer: Reducer, notes: Notes) -> Spec:
    spec = Spec(version=minor_version(document.get("info", {}).get("version", "")))
    for name, schema in document.get("definitions", {}).items():
        spec.add_definition(name, reducer.definition(name, schema), notes, place)
    for path, item in document.get("paths", {}).items():
        if is_watch_path(item):
            notes.add("dropped: deprecated watch path", path)
            continue
        for method in METHODS:
            if method in item:
                operation = _read_operation(spec, document, item, item[method], notes, f"{method} {path}")
                spec.add_operation(path, method, operation)
    return spec


def _read_operation(
    spec: Spec, document: Json, item: dict[str, Json], source: Operation, notes: Notes, place: str
) -> Operation:
    parameters = []
    body = None
    for reference in item.get("parameters", []) + source.get("parameters", []):
        parameter = _resolve(document, reference)
        if parameter["in"] == "body":
            target = parameter["schema"].get("$ref")
            body = target.rpartition("/")[2] if target else None
            continue
        facts = {"name": parameter["name"], "in": parameter["in"], "type": parameter["type"]}
        parameters.append(add_parameter(spec, facts, notes, place))
    replies = source.get("responses", {})
    reply = next((replies[code].get("schema") for code in SUCCESS if code in replies), None)
    return facts_of_operation(source, parameters, body, source.get("consumes", []), reply, source.get("produces", []))


def _resolve(document: Json, reference: Json) -> Json:
    if "$ref" not in reference:
        return reference
    return document["parameters"][reference["$ref"].rpartition("/")[2]]
