"""The hand-kept corrections: what the server does and its documents do not say."""

from __future__ import annotations

from fnmatch import fnmatchcase

from .notes import Notes, SpecError
from .spec import Json, Spec, references

ENTRY_KEYS = {"reason", "operations", "set", "replace", "add"}


def apply_overlay(spec: Spec, overlay: Json, notes: Notes) -> None:
    for number, entry in enumerate(overlay["corrections"]):
        unknown = sorted(set(entry) - ENTRY_KEYS)
        if unknown:
            raise SpecError(f"overlay: correction {number}: unknown member {', '.join(unknown)}")
        if not entry.get("reason"):
            raise SpecError(f"overlay: correction {number}: gives no reason")
        changed = _operations(spec, entry) + _replace(spec, entry) + _add(spec, entry)
        if changed == 0 and spec.version:  # CRDs alone are of no Kubernetes version, and need few corrections
            notes.add("overlay correction that found nothing to correct", entry["reason"])


def _operations(spec: Spec, entry: Json) -> int:
    select = entry.get("operations")
    changed = 0
    for path, operations in spec.paths.items() if select else ():
        for operation in operations.values():
            if operation.get("action") in select["actions"] and fnmatchcase(path, select.get("paths", "*")):
                operation.update(entry["set"])
                changed += 1
    return changed


def _replace(spec: Spec, entry: Json) -> int:
    replacements = entry.get("replace", {})
    present = [name for name in replacements if name in spec.definitions]
    for name in present:
        spec.definitions[name] = replacements[name]
    return len(present)


def _add(spec: Spec, entry: Json) -> int:
    """Adds what the source lacks. All of it builds on meta/v1, so that a spec of CRDs alone gets none of it."""
    added = {name: schema for name, schema in entry.get("add", {}).items() if name not in spec.definitions}
    if references(added) - set(added) - set(spec.definitions):
        return 0
    spec.definitions.update(added)
    return len(added)
