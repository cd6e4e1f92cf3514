"""Paths and operations of v2 and v3 documents, reduced to facts."""

from __future__ import annotations

from .notes import Notes
from .spec import GVK, Json, Operation, Schema, Spec

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
ACTION = "x-kubernetes-action"
WATCH_ACTIONS = ("watch", "watchlist")
SUCCESS = ("200", "201", "202")


def is_watch_path(item: dict[str, Json]) -> bool:
    actions = {item[method].get(ACTION) for method in METHODS if method in item}
    return bool(actions) and actions <= set(WATCH_ACTIONS)


def parameter_key(parameter: Schema) -> str:
    return f"{parameter['in']}.{parameter['name']}"


def add_parameter(spec: Spec, parameter: Schema, notes: Notes, place: str) -> str:
    """One key is one name in one place of the request; the spec has no name that is of two types there."""
    key = parameter_key(parameter)
    known = spec.parameters.setdefault(key, parameter)
    if known["type"] != parameter["type"]:
        notes.add(f"parameter {key} has two types, {known['type']} is kept", place)
    return key


def facts_of_operation(
    source: Operation, parameters: list[str], body: str | None, consumes: list[str], reply: Json, produces: list[str]
) -> Operation:
    facts: Operation = {}
    action = source.get(ACTION)
    if action is not None:
        facts["action"] = action
    kind = source.get(GVK)
    if kind is not None:
        facts["gvk"] = {key: kind[key] for key in ("group", "version", "kind")}
    if parameters:
        facts["parameters"] = sorted(parameters)
    if body is not None:
        facts["body"] = body
        facts["consumes"] = sorted(consumes)
    name = reply_name(reply, facts)
    if name is not None:
        facts["reply"] = name
        facts["produces"] = sorted(produces)
    return facts


def reply_name(reply: Json, facts: Operation) -> str | None:
    """A definition's name; `text` for a plain string (logs). A proxied reply is whatever the other end says."""
    if not isinstance(reply, dict):
        return None
    if "$ref" in reply:
        return str(reply["$ref"]).rpartition("/")[2]
    is_text = reply.get("type") == "string" and "gvk" in facts and facts.get("action") != "connect"
    return "text" if is_text else None
