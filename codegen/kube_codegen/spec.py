"""Reads a facts-only spec."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kube_codegen.errors import CodegenError, SpecError
from kube_codegen.node import Node

SUPPORTED = 1


@dataclass(frozen=True)
class Spec:
    """The parts of a spec. `version` is the Kubernetes version, or the name of a set of CRDs."""

    version: str
    definitions: dict[str, Node]
    parameters: dict[str, Node]
    paths: list[tuple[str, Node]]


def read_spec(file: str) -> Spec:
    """The spec in `file`. Raises CodegenError when it cannot be read and SpecError when it is not a spec."""
    root = Node(file, "", _load(file))
    form = root.need("kubeSpec")
    if form.value != SUPPORTED or isinstance(form.value, bool):
        raise form.error(f"is not {SUPPORTED}, the form of spec this generator reads")
    version = root.get("version")
    return Spec(
        version="" if version is None else version.text(),
        definitions=dict(root.need("definitions").members()),
        parameters=dict(_section(root, "parameters")),
        paths=_section(root, "paths"),
    )


def _section(root: Node, name: str) -> list[tuple[str, Node]]:
    section = root.get(name)
    return [] if section is None else section.members()


def _load(file: str) -> Any:
    try:
        return json.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise CodegenError(f"{file}: {error.strerror}") from error
    except ValueError as error:
        raise SpecError(file, f"is not JSON: {error}") from error
