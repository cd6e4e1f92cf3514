"""What the spec says of a property beside its type: defaults, allowed values, list types, patch strategies."""

from __future__ import annotations

import json
from typing import Any, Callable, Optional

from kube_codegen.model import Constant, Facts, Kind, Value
from kube_codegen.node import Node

_LIST_TYPES = ("atomic", "set", "map")
_MAP_TYPES = ("atomic", "granular")
_STRATEGIES = ("merge", "replace", "retainKeys")


def resolve_facts(schema: Node, value: Value) -> Facts:
    """The facts of a property."""
    default = schema.get("default")
    return Facts(
        default=None if default is None or default.value is None else json_text(default.value),
        format=_format(schema),
        merge_key=schema.optional_text("x-kubernetes-patch-merge-key"),
        allowed=tuple(_allowed_text(node.value) for node in _allowed(schema)),
        list_map_keys=schema.texts("x-kubernetes-list-map-keys"),
        list_type=_one_of(schema, "x-kubernetes-list-type", _LIST_TYPES) if value.kind is Kind.LIST else None,
        map_type=_one_of(schema, "x-kubernetes-map-type", _MAP_TYPES),
        patch=_strategy(schema),
    )


def resolve_constants(schema: Node, prefix: str, value: Value, member: str, name_of: Callable[[str], str]) -> tuple[Constant, ...]:
    """
    Named constants for the strings that a property may be: `prefix` (`KUBE_CORE_V1_POD_STATUS_PHASE`) and what name_of makes of each.
    `member` is what --rename calls the property.
    """
    if value.leaf().kind is not Kind.STRING:
        return ()
    found: dict[str, Constant] = {}
    for node in _allowed(schema):
        name = name_of(node.text())
        if not name and node.text():
            raise node.error(
                f"no name can be made for the allowed value {json_text(node.value)} (--rename '{member}:{node.text()}=<name>')"
            )
        if not name:
            continue
        constant = Constant(f"{prefix}_{name}", node.text())
        if constant.name in found:
            raise node.error(
                f"{json_text(node.value)} and {json_text(found[constant.name].value)} both make {constant.name}"
                f" (--rename '{member}:{node.text()}=<name>')"
            )
        found[constant.name] = constant
    return tuple(found.values())


def json_text(value: Any) -> str:
    """Compact JSON with sorted keys."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _allowed(schema: Node) -> list[Node]:
    """The allowed values of a property, or of its items; null is said by `nullable`."""
    for keyword in ("items", "additionalProperties"):
        inner = schema.get(keyword)
        if inner is not None and isinstance(inner.value, dict) and not schema.has("enum"):
            return _allowed(inner)
    values = schema.get("enum")
    return [] if values is None else [node for node in values.elements() if node.value is not None]


def _allowed_text(value: Any) -> str:
    return value if isinstance(value, str) else json_text(value)


def _format(schema: Node) -> Optional[str]:
    """The format, where the kind does not tell it."""
    text = schema.optional_text("format")
    return None if text in ("int32", "int64", "byte", "quantity", "int-or-string", "double") else text


def _one_of(schema: Node, key: str, values: tuple[str, ...]) -> Optional[str]:
    found = schema.get(key)
    if found is None:
        return None
    if found.text() not in values:
        raise found.error(f"'{found.text()}' is none of {', '.join(values)}")
    return found.text()


def _strategy(schema: Node) -> tuple[str, ...]:
    found = schema.get("x-kubernetes-patch-strategy")
    if found is None:
        return ()
    parts = tuple(found.text().split(","))
    for part in parts:
        if part not in _STRATEGIES:
            raise found.error(f"'{part}' is none of {', '.join(_STRATEGIES)}")
    return parts
