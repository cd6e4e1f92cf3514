"""OpenAPI v3 documents, as `/openapi/v3/...` serves them: one for each group and version."""

from __future__ import annotations

from .notes import Notes, SpecError
from .operations import METHODS, SUCCESS, add_parameter, facts_of_operation, is_watch_path
from .schema import Reducer
from .spec import Json, Operation, Spec, minor_version

KUBERNETES_TITLE = "Kubernetes"


def read_v3(documents: dict[str, Json], reducer: Reducer, notes: Notes) -> Spec:
    spec = Spec()
    for place in sorted(documents):
        try:
            _read_document(spec, documents[place], reducer, notes, place)
        except (AttributeError, KeyError, TypeError) as error:
            raise SpecError(f"{place}: not an OpenAPI v3 document of Kubernetes: {error!r}") from error
    return spec


def _read_document(spec: Spec, document: Json, reducer: Reducer, notes: Notes, place: str) -> None:
    info = document.get("info", {})
    if not spec.version and info.get("title") == KUBERNETES_TITLE:
        spec.version = minor_version(info.get("version", ""))
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        spec.add_definition(name, reducer.definition(name, schema), notes, place)
    for path, item in document.get("paths", {}).items():
        _read_path(spec, path, item, notes)


def _read_path(spec: Spec, path: str, item: dict[str, Json], notes: Notes) -> None:
    if is_watch_path(item):
        notes.add("dropped: deprecated watch path", path)
        return
    for method in METHODS:
        if method in item:
            shared = item.get("parameters", [])
            spec.add_operation(path, method, _read_operation(spec, item[method], shared, notes, f"{method} {path}"))


def _read_operation(spec: Spec, source: Operation, shared: list[Json], notes: Notes, place: str) -> Operation:
    parameters = []
    for parameter in shared + source.get("parameters", []):
        facts = {"name": parameter["name"], "in": parameter["in"], "type": parameter["schema"]["type"]}
        parameters.append(add_parameter(spec, facts, notes, place))
    content = source.get("requestBody", {}).get("content", {})
    body = next((_name(media) for media in content.values() if "$ref" in media.get("schema", {})), None)
    reply, produces = _reply(source)
    return facts_of_operation(source, parameters, body, list(content), reply, produces)


def _reply(source: Operation) -> tuple[Json, list[str]]:
    for code in SUCCESS:
        content = source.get("responses", {}).get(code, {}).get("content")
        if content:
            schemas = [media.get("schema") for media in content.values()]
            return schemas[0], list(content)
    return None, []


def _name(media: Json) -> str:
    return str(media["schema"]["$ref"]).rpartition("/")[2]
