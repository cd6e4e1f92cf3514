"""Lends a spec the definitions it refers to and lacks."""

from __future__ import annotations

from pathlib import Path

from .notes import SpecError
from .spec import Json, Spec, references


def newest_spec(folder: Path) -> Path:
    specs = sorted(folder.glob("v*.json"), key=lambda path: [int(part) for part in path.stem[1:].split(".")])
    if not specs:
        raise SpecError(f"{folder}: no spec here to complete CRDs with; give one as --base")
    return specs[-1]


def complete(spec: Spec, base: Json) -> None:
    spec.version = spec.version or base["version"]
    missing = references(spec.document()) | replies(spec)
    while missing:
        name = missing.pop()
        if name not in spec.definitions and name in base["definitions"]:
            spec.definitions[name] = base["definitions"][name]
            missing |= references(spec.definitions[name])


def replies(spec: Spec) -> set[str]:
    operations = [operation for item in spec.paths.values() for operation in item.values()]
    return {operation[key] for operation in operations for key in ("reply", "body") if key in operation}
