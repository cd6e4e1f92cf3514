"""That manifests are read as the Kubernetes tools read them: the table is what those said."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import HOME

from kube_openapi.cli import main
from kube_openapi.files import read_documents
from kube_openapi.manifest_yaml import documents
from kube_openapi.notes import SpecError

TABLE = HOME.parent / "tests" / "golden" / "yaml" / "table.jsonl"
PLAIN = re.compile(r"a: [^!&*'\"|>{\[\]\t\n]*")
# In no manifest: Go's quirks with signs and underscores, and numbers that no double holds.
NOT_DONE = ("a: 0b+1", "a: 0b-1", "a: ._5", "a: .5_", "a: 07777777777777777777777", "a: " + "9" * 400)


def scalars() -> dict[str, Any]:
    """Documents of one plain scalar, each with its value for the tools; None: an error."""
    rows = [json.loads(line) for line in TABLE.read_text(encoding="utf-8").split("\n") if line]
    plain = [row for row in rows if PLAIN.fullmatch(row["yaml"]) and ".inf" not in row["yaml"].lower()]
    return {row["yaml"]: json.loads(row["json"][0]) for row in plain if row["json"] != "error"}


def is_same(value: Any, wanted: Any) -> bool:
    """The tools round integers beyond 64 bits to a double."""
    if type(value) is int and abs(value) >= 2**63 and isinstance(wanted, (int, float)):
        return math.isclose(value, wanted, rel_tol=1e-12)
    return bool(value == wanted) and isinstance(value, bool) == isinstance(wanted, bool)


def test_scalars_are_what_the_tools_say() -> None:
    table = scalars()
    different = {text for text, wanted in table.items() if not is_same(documents(text)[0]["a"], wanted["a"])}
    assert len(table) > 200
    assert different <= set(NOT_DONE)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: '12:30'\nb: 12:30", {"a": "12:30", "b": "12:30"}),
        ("d: 2024-01-01", {"d": "2024-01-01"}),
        ("a: !!str 12\nb: !!int '12'", {"a": "12", "b": 12}),
        ("y: 1\n2: b\n'on': c\nnulls: <<", {"true": 1, "2": "b", "on": "c", "nulls": "<<"}),
        ("a: &x {b: 1}\nc: {<<: *x, d: 2}", {"a": {"b": 1}, "c": {"b": 1, "d": 2}}),
        ("a: =", {"a": "="}),
    ],
)
def test_documents(text: str, wanted: Any) -> None:
    assert documents(text) == [wanted]


@pytest.mark.parametrize(
    "text", ["~: a", "{b: 1}: a", "[b]: a", "a: !!int x", "a: !!map b", "a: !!bool []", "a: !own b"]
)
def test_what_has_no_meaning_is_an_error(text: str) -> None:
    with pytest.raises((yaml.YAMLError, ValueError)):
        documents(text)


def test_bad_escape_is_told_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text('a: "\\U00110000"', encoding="utf-8")
    with pytest.raises(SpecError, match=r"bad\.yaml: not YAML"):
        read_documents(path)


def test_dates_and_times_of_a_crd_are_text(tmp_path: Path) -> None:
    """PyYAML's date was a traceback."""
    schema = "{type: object, properties: {a: {type: string, default: 2024-01-01, enum: [12:30, 2024-01-01]}}}"
    version = f"{{name: v1, served: true, schema: {{openAPIV3Schema: {schema}}}}}"
    spec = f"{{group: g.io, scope: Cluster, names: {{plural: ks, kind: K}}, versions: [{version}]}}"
    manifest, out = tmp_path / "crd.yaml", tmp_path / "out.json"
    head = "apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: ks.g.io}"
    manifest.write_text(f"{{{head}, spec: {spec}}}")
    assert main(["--crd", str(manifest), "--out", str(out)]) == 0
    field = json.loads(out.read_text())["definitions"]["io.g.v1.K"]["properties"]["a"]
    assert (field["default"], field["enum"]) == ("2024-01-01", ["12:30", "2024-01-01"])
