"""What the headers say of types and properties: facts, and prose when the spec kept it."""

from __future__ import annotations

from kube_codegen.c_text import comment
from kube_codegen.model import Facts, Field, Kind, Type, Value


def kind_text(value: Value) -> str:
    """`list of Container`, `map of quantity`, `string (date-time)`."""
    if value.element is not None:
        return f"{value.kind.value} of {kind_text(value.element)}"
    if value.type is not None:
        return value.type.kind
    if value.embedded:
        return "any Kubernetes object"
    if value.date_time:
        return "string (date-time)"
    return value.kind.value


def field_comment(field: Field) -> str:
    """`containers: list of Container, required; patch merge on name`."""
    first = f"{field.json_name}: {kind_text(field.value)}"
    words = [first + (", required" if field.required else "") + (", nullable" if field.nullable else "")]
    words += _facts(field.facts, field.value)
    return comment("; ".join(words))


def _facts(facts: Facts, value: Value) -> list[str]:
    words = []
    if facts.default is not None:
        words.append(f"default {facts.default}")
    if facts.format is not None and not value.date_time:
        words.append(f"format {facts.format}")
    if facts.list_type in ("set", "map"):
        keys = f" by {', '.join(facts.list_map_keys)}" if facts.list_map_keys else ""
        words.append(f"list type {facts.list_type}{keys}")
    if facts.patch:
        words.append(f"patch {', '.join(facts.patch)}" + (f" on {facts.merge_key}" if facts.merge_key else ""))
    if facts.allowed:
        quote = '"' if value.leaf().kind is Kind.STRING else ""
        words.append("one of " + ", ".join(f"{quote}{text}{quote}" for text in facts.allowed))
    return words


def type_comment(type_: Type) -> str:
    """`io.k8s.api.core.v1.Pod (v1 Pod)`."""
    name = type_.ref.definition
    return f"{name} ({type_.root.api_version} {type_.root.kind})" if type_.root is not None else name
