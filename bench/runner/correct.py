"""Whether what a peer wrote is the JSON value it read."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from .build import BENCH, BenchError, Corpus
from .peers import Peer, running


def _without_null(value: Any) -> Any:
    """null reads as absent."""
    if isinstance(value, dict):
        return {name: _without_null(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [_without_null(item) for item in value]
    return value


def _canonical(value: Any) -> str:
    return json.dumps(_without_null(value), sort_keys=True)


def first_difference(a: Any, b: Any, path: str = "") -> str:
    """Where two JSON values begin to differ; "" when they do not."""
    if isinstance(a, dict) and isinstance(b, dict):
        for name in sorted({*a, *b}):
            if name not in a or name not in b:
                return f"{path}.{name} is in one of them only"
            difference = first_difference(a[name], b[name], f"{path}.{name}")
            if difference:
                return difference
        return ""
    if isinstance(a, list) and isinstance(b, list):
        for i, (x, y) in enumerate(zip(a, b)):
            difference = first_difference(x, y, f"{path}[{i}]")
            if difference:
                return difference
        return "" if len(a) == len(b) else f"{path} has {len(a)} items, not {len(b)}"
    return "" if _canonical(a) == _canonical(b) else f"{path}: {a!r} became {b!r}"


def _made_comparable(peer: Peer, given: Any, written: Any) -> None:
    """Takes away what a variant of libkube is meant to change."""
    if peer.variant == "cache":
        given.get("metadata", {}).pop("managedFields", None)
    if peer.variant == "packed" and "apiVersion" not in given:  # a root of its own says what it is
        written.pop("apiVersion", None)
        written.pop("kind", None)


def _compare(peer: Peer, given: Any, written: Any) -> None:
    given_items, written_items = given.pop("items"), written.pop("items")
    if len(given_items) != len(written_items):
        raise BenchError(f"{peer.name} wrote {len(written_items)} items, not {len(given_items)}")
    for i, (a, b) in enumerate(zip([given, *given_items], [written, *written_items])):
        _made_comparable(peer, a, b)
        if _canonical(a) != _canonical(b):
            where = f"item {i - 1}" if i > 0 else "the list"
            raise BenchError(
                f"{peer.name} wrote another value than it read: {where}: {first_difference(_without_null(a), _without_null(b))}"
            )


def check(peer: Peer, corpus: Corpus, mode: str = "warm") -> None:
    """Has the peer decode and encode the corpus and compares every item. Raises BenchError, or UnknownKind."""
    BENCH.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BENCH) as folder:
        path = Path(folder) / "written.json"
        with running(peer, corpus, mode) as session:
            session.write(path)
            session.end()
        _compare(peer, json.loads(corpus.path.read_bytes()), json.loads(path.read_bytes()))
