"""Writes a spec as JSON that is sorted, small and good to diff: what fits a line stays on it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from .spec import Json

WIDTH = 140
TOP_ORDER = ("kubeSpec", "version", "definitions", "parameters", "paths")


def compact(value: Json) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def spec_text(document: dict[str, Json]) -> str:
    parts = []
    for key in TOP_ORDER:
        parts.append(f" {json.dumps(key)}: " + "".join(_lines(document[key], 1, len(key) + 5)))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _lines(value: Json, depth: int, used: int) -> Iterator[str]:
    """The text of a value whose first line has `used` columns taken."""
    if not isinstance(value, (dict, list)) or not value:
        yield compact(value)
        return
    if depth > 1:  # the top-level sections are always opened
        line = compact(value)
        if used + len(line) < WIDTH:
            yield line
            return
    margin = " " * (depth + 1)
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    yield opening + "\n"
    entries = sorted(value.items()) if isinstance(value, dict) else [(None, item) for item in value]
    for index, (key, item) in enumerate(entries):
        label = "" if key is None else json.dumps(key, ensure_ascii=False) + ": "
        yield margin + label
        yield from _lines(item, depth + 1, len(margin) + len(label) + 1)
        yield "\n" if index == len(entries) - 1 else ",\n"
    yield " " * depth + closing
