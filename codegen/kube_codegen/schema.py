"""Schemas to values: what kind of thing a property is."""

from __future__ import annotations

from typing import Callable, Optional

from kube_codegen.definitions import Definition, Definitions
from kube_codegen.model import Kind, TypeRef, Value
from kube_codegen.node import Node

_STRING_KINDS = {"byte": Kind.BYTES, "quantity": Kind.QUANTITY, "int-or-string": Kind.INT_OR_STRING}
_BUILT_IN_FORMATS = {
    "string": {"byte", "date-time", "quantity", "int-or-string"},
    "integer": {"int32", "int64"},
    "number": {"double", "float"},
    "boolean": set(),
}
_KEYWORDS = frozenset(
    ("$ref", "type", "format", "items", "additionalProperties", "properties", "required", "enum", "default", "nullable", "description")
)
_OBJECTS: frozenset[Optional[str]] = frozenset(["object", None])
_OF_TYPE: dict[str, frozenset[Optional[str]]] = {
    "items": frozenset(["array"]),
    "additionalProperties": _OBJECTS,
    "properties": _OBJECTS,
    "required": _OBJECTS,
}

InlineStruct = Callable[[Node], TypeRef]
"""Makes the type of an inline object with properties."""


def refuse_misuse(schema: Node) -> None:
    """Raises when a schema has keywords that this generator does not know, or that do not go with its type."""
    for key, member in schema.members():
        if key not in _KEYWORDS and not key.startswith("x-kubernetes-"):
            raise member.error(f"unknown keyword '{key}'")
    kind = schema.optional_text("type")
    for key, types in _OF_TYPE.items():
        misused = schema.get(key)
        if misused is not None and kind not in types:
            raise misused.error(f"'{key}' does not go with type '{kind}'")
    additional, properties = schema.get("additionalProperties"), schema.get("properties")
    if additional is not None and properties is not None and properties.value:
        raise additional.error("'additionalProperties' does not go with 'properties': a struct has no room for both")
    if schema.has("$ref") and kind is not None:
        raise schema.error("has both '$ref' and 'type'")


def resolve(schema: Node, definitions: Definitions, custom: bool, inline: InlineStruct) -> Value:
    """The value that a schema describes. `custom`: in a definition of a custom resource."""
    refuse_misuse(schema)
    reference = schema.get("$ref")
    if reference is not None:
        return _referred(definitions.refer(reference), definitions)
    if schema.flag("x-kubernetes-embedded-resource"):
        return Value(Kind.JSON, embedded=True)
    if schema.flag("x-kubernetes-int-or-string"):
        return Value(Kind.INT_OR_STRING)
    kind = schema.optional_text("type")
    if kind == "array":
        return _list(schema, definitions, custom, inline)
    if kind in (None, "object"):
        return _object(schema, definitions, custom, inline)
    return _scalar(schema, kind, custom)


def _referred(definition: Definition, definitions: Definitions) -> Value:
    if definition.is_struct:
        return Value(Kind.OBJECT, definition.ref)
    return alias(definition, definitions)


def alias(definition: Definition, definitions: Definitions) -> Value:
    """The value of a definition that is no struct."""
    schema = definition.schema
    if schema.optional_text("format") == "date-time":
        return Value(Kind.MICRO_TIME if definition.ref.kind == "MicroTime" else Kind.TIME)
    if schema.has("$ref"):
        raise schema.error("a definition that only refers to another is not supported")
    return resolve(schema, definitions, definition.custom, _no_inline)


def _no_inline(schema: Node) -> TypeRef:
    raise schema.error("an object with properties inside a definition that has none of its own is not supported")


def _list(schema: Node, definitions: Definitions, custom: bool, inline: InlineStruct) -> Value:
    items = schema.get("items")
    element = Value(Kind.JSON) if items is None else _element(items, definitions, custom, inline)
    return Value(Kind.LIST, element=element, date_time=element.date_time, embedded=element.embedded)


def _element(schema: Node, definitions: Definitions, custom: bool, inline: InlineStruct) -> Value:
    """An item of a list or a map's value. It has no presence of its own: unless it is a string, only free-form JSON can hold its null."""
    if schema.flag("nullable") and _scalar_or_none(schema, custom) is not Kind.STRING:
        refuse_misuse(schema)
        return Value(Kind.JSON)
    return resolve(schema, definitions, custom, inline)


def _scalar_or_none(schema: Node, custom: bool) -> Optional[Kind]:
    kind = schema.optional_text("type")
    return None if kind in (None, "array", "object") else _scalar(schema, kind, custom).kind


def _object(schema: Node, definitions: Definitions, custom: bool, inline: InlineStruct) -> Value:
    properties = schema.get("properties")
    if properties is not None and properties.value:
        return Value(Kind.OBJECT, inline(schema))
    additional = schema.get("additionalProperties")
    if additional is None or additional.value is False:
        return Value(Kind.JSON)
    element = Value(Kind.JSON) if additional.value is True else _element(additional, definitions, custom, inline)
    return Value(Kind.MAP, element=element, date_time=element.date_time, embedded=element.embedded)


def _scalar(schema: Node, kind: Optional[str], custom: bool) -> Value:
    if kind not in _BUILT_IN_FORMATS:
        raise schema.need("type").error(f"unknown type '{kind}'")
    text = schema.optional_text("format")
    if text is not None and not custom and text not in _BUILT_IN_FORMATS[kind]:
        raise schema.need("format").error(f"unknown format '{text}' of type '{kind}'")
    if kind == "string":
        return Value(_STRING_KINDS.get(text or "", Kind.STRING), date_time=text == "date-time")
    if kind == "integer":
        return Value(Kind.INT32 if text == "int32" else Kind.INT64)
    if kind == "number":
        return Value(Kind.NUMBER if custom else Kind.DOUBLE)
    return Value(Kind.BOOL)
