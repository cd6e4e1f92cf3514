"""Lends a spec the definitions it refers to and lacks."""

from __future__ import annotations

from pathlib import Path

from .notes import SpecError
from .spec import Json, Spec, references

NOT_DEFINITIONS = {"text", "StatusOrObject"}


def newest_spec(folder: Path) -> Path:
    specs = sorted(folder.glob("v*.json"), key=lambda path: [int(part) for part in path.stem[1:].split(".")])
    if not specs:
        raise SpecError(f"{folder}: no spec here to complete CRDs with; give one as --base")
    return specs[-1]


def complete(spec: Spec, base: Json) -> None:
    spec.version = spec.version or base["version"]
    missing = wanted(spec)
    while missing:
        name = missing.pop()
        if name not in spec.definitions and name in base["definitions"]:
            spec.definitions[name] = base["definitions"][name]
            missing |= references(spec.definitions[name])


def wanted(spec: Spec) -> set[str]:
    operations = [operation for item in spec.paths.values() for operation in item.values()]
    named = {operation[key] for operation in operations for key in ("reply", "body") if key in operation}
    return references(spec.definitions) | (named - NOT_DEFINITIONS)


def check_references(spec: Spec) -> None:
    for name in sorted(wanted(spec) - set(spec.definitions)):
        raise SpecError(f"{name}: referred to, and not defined by any source")
