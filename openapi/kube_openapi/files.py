"""Reads JSON and YAML files, and folders of them."""

from __future__ import annotations

import json
from pathlib import Path

from .notes import SpecError
from .spec import Json


def read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SpecError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SpecError(f"{path}: not UTF-8 at byte {error.start}") from error


def write_text(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SpecError(f"{path}: {error.strerror}") from error


def read_json(path: Path) -> Json:
    try:
        return json.loads(read_text(path))
    except ValueError as error:
        raise SpecError(f"{path}: not JSON: {error}") from error


def read_object(path: Path, *members: str) -> dict[str, Json]:
    """A JSON object that has these members."""
    found = read_json(path)
    if not isinstance(found, dict) or not found.keys() >= set(members):
        raise SpecError(f"{path}: not an object with {' and '.join(members)}")
    return found


def read_documents(path: Path) -> list[Json]:
    """All documents of a JSON or YAML file. PyYAML is asked for only when the file is not JSON."""
    text = read_text(path)
    try:
        return [json.loads(text)]
    except ValueError:
        pass
    try:
        import yaml

        from .manifest_yaml import documents
    except ImportError as error:
        raise SpecError(f"{path}: reading YAML needs PyYAML (python3-yaml); JSON is read without it") from error
    try:
        return documents(text)
    except (yaml.YAMLError, ValueError) as error:
        raise SpecError(f"{path}: not YAML: {error}") from error


def read_v3_folder(folder: Path) -> dict[str, Json]:
    files = {path.name: read_json(path) for path in sorted(folder.glob("*.json"))}
    documents = {name: found for name, found in files.items() if isinstance(found, dict) and "openapi" in found}
    if not documents:
        raise SpecError(f"{folder}: no OpenAPI v3 documents (*.json)")
    return documents
