from __future__ import annotations

import json
from typing import Any

from kube_openapi.writer import WIDTH, spec_text


def document() -> Any:
    long = {f"property{number}": {"type": "string"} for number in range(20, 0, -1)}
    definitions = {"b": {"type": "object", "properties": long}, "a": {"type": "string", "format": "ü"}}
    return {"version": "v1.36", "kubeSpec": 1, "paths": {}, "parameters": {}, "definitions": definitions}


def test_what_is_written_reads_back() -> None:
    assert json.loads(spec_text(document())) == document()


def test_order_of_input_does_not_matter() -> None:
    turned = dict(reversed(document().items()))
    turned["definitions"] = dict(reversed(turned["definitions"].items()))
    assert spec_text(turned) == spec_text(document())


def test_lines_are_short() -> None:
    assert max(len(line) for line in spec_text(document()).splitlines()) <= WIDTH


def test_committed_specs_are_as_written(committed: Any) -> None:
    assert json.loads(spec_text(committed)) == committed
