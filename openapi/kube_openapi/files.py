"""Reads JSON and YAML files, and folders of them."""

from __future__ import annotations

import json
from pathlib import Path

from .notes import SpecError
from .spec import Json


def read_json(path: Path) -> Json:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SpecError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise SpecError(f"{path}: not JSON: {error}") from error


def read_documents(path: Path) -> list[Json]:
    """All documents of a JSON or YAML file. PyYAML is asked for only when the file is not JSON."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SpecError(f"{path}: {error.strerror}") from error
    try:
        return [json.loads(text)]
    except ValueError:
        pass
    try:
        import yaml
    except ImportError as error:
        raise SpecError(f"{path}: reading YAML needs PyYAML (python3-yaml); JSON is read without it") from error
    try:
        return [document for document in yaml.safe_load_all(text) if document is not None]
    except yaml.YAMLError as error:
        raise SpecError(f"{path}: not YAML: {error}") from error


def read_v3_folder(folder: Path) -> dict[str, Json]:
    documents = {path.name: read_json(path) for path in sorted(folder.glob("*.json"))}
    documents = {name: document for name, document in documents.items() if "openapi" in document}
    if not documents:
        raise SpecError(f"{folder}: no OpenAPI v3 documents (*.json)")
    return documents
