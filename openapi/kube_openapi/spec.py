"""The facts-only spec in memory, merged from several sources."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .notes import Notes

Json = Any
Schema = dict[str, Json]
Operation = dict[str, Json]

FORMAT = 1
GVK = "x-kubernetes-group-version-kind"
DEFINITION = "#/definitions/"


@dataclass
class Spec:
    version: str = ""
    definitions: dict[str, Schema] = field(default_factory=dict)
    parameters: dict[str, Schema] = field(default_factory=dict)
    paths: dict[str, dict[str, Operation]] = field(default_factory=dict)

    def add_definition(self, name: str, schema: Schema, notes: Notes, place: str) -> None:
        """Documents repeat what they share; the first one wins, and each knows only the GVKs of its own group."""
        known = self.definitions.setdefault(name, schema)
        if known is schema:
            return
        kinds = union_of_kinds(known.get(GVK, []), schema.get(GVK, []))
        if kinds:
            known[GVK] = kinds
        if {**schema, GVK: kinds} != {**known, GVK: kinds}:
            notes.add("definition differs from the one of an earlier document, ignored", f"{place}: {name}")

    def add_operation(self, path: str, method: str, operation: Operation) -> None:
        self.paths.setdefault(path, {}).setdefault(method, operation)

    def merge(self, other: Spec, notes: Notes, place: str) -> None:
        self.version = self.version or other.version
        for name, schema in other.definitions.items():
            self.add_definition(name, schema, notes, place)
        self.parameters.update(other.parameters)
        for path, operations in other.paths.items():
            for method, operation in operations.items():
                self.add_operation(path, method, operation)

    def document(self) -> dict[str, Json]:
        return {
            "kubeSpec": FORMAT,
            "version": self.version,
            "definitions": self.definitions,
            "parameters": self.parameters,
            "paths": self.paths,
        }


def union_of_kinds(first: list[dict[str, str]], second: list[dict[str, str]]) -> list[dict[str, str]]:
    kinds = {(kind["group"], kind["version"], kind["kind"]) for kind in first + second}
    return [{"group": group, "version": version, "kind": kind} for group, version, kind in sorted(kinds)]


def minor_version(text: str) -> str:
    """`1.36`, `v1.36.3` and `v1.36.3-eks-1` are all v1.36; anything else is no Kubernetes version."""
    found = re.match(r"v?(\d+)\.(\d+)", text)
    return f"v{found[1]}.{found[2]}" if found else ""


def references(node: Json) -> set[str]:
    """The names of all definitions that a part of a spec refers to."""
    found: set[str] = set()
    pending = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            target = part.get("$ref")
            if isinstance(target, str):
                found.add(target[len(DEFINITION) :])
            pending.extend(part.values())
        elif isinstance(part, list):
            pending.extend(part)
    return found
