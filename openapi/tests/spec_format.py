"""Checks a document against the format that README.md promises to codegen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kube_openapi.operations import METHODS
from kube_openapi.schema import KEPT
from kube_openapi.spec import DEFINITION

SCHEMA_KEYS = {*KEPT, "$ref", "properties", "items", "additionalProperties"}
OPERATION_KEYS = {"action", "gvk", "parameters", "body", "consumes", "reply", "produces"}
TYPES = {"string", "integer", "number", "boolean", "array", "object"}
SPECIAL_REPLIES = {"text", "StatusOrObject"}


def problems(spec: Any) -> list[str]:
    found = [] if list(spec) == ["kubeSpec", "version", "definitions", "parameters", "paths"] else ["top-level keys"]
    for name, schema in spec["definitions"].items():
        found += schema_problems(schema, spec, name)
    for key, parameter in spec["parameters"].items():
        good = set(parameter) == {"name", "in", "type"} and key == f"{parameter['in']}.{parameter['name']}"
        found += [] if good else [f"parameter {key}"]
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            found += operation_problems(operation, spec, f"{method} {path}")
            found += [] if method in METHODS else [f"{path}: method {method}"]
    return found


def schema_problems(schema: Any, spec: Any, place: str) -> Iterator[str]:
    for key in set(schema) - SCHEMA_KEYS:
        yield f"{place}: key {key}"
    if "$ref" in schema:
        if not schema["$ref"].startswith(DEFINITION) or schema["$ref"][len(DEFINITION) :] not in spec["definitions"]:
            yield f"{place}: reference {schema['$ref']}"
        if "type" in schema:
            yield f"{place}: a type beside a reference"
    elif not (
        schema.get("type") in TYPES
        or schema.get("x-kubernetes-preserve-unknown-fields")
        or schema.get("x-kubernetes-int-or-string")
    ):
        yield f"{place}: no type"
    if schema.get("type") == "array" and "items" not in schema:
        yield f"{place}: no items"
    for name, value in schema.get("properties", {}).items():
        yield from schema_problems(value, spec, f"{place}.{name}")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from schema_problems(schema[key], spec, f"{place}.{key}")


def operation_problems(operation: Any, spec: Any, place: str) -> Iterator[str]:
    for key in set(operation) - OPERATION_KEYS:
        yield f"{place}: key {key}"
    for key in operation.get("parameters", []):
        if key not in spec["parameters"]:
            yield f"{place}: parameter {key}"
    for key in ("body", "reply"):
        name = operation.get(key)
        if name is not None and name not in spec["definitions"] and name not in SPECIAL_REPLIES:
            yield f"{place}: {key} {name}"
    if ("body" in operation) != ("consumes" in operation) or ("reply" in operation) != ("produces" in operation):
        yield f"{place}: media types"
