"""Paths to resources."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Optional

from kube_codegen import functions, names
from kube_codegen.definitions import Definition, Definitions, group_version_kind, group_version_kinds
from kube_codegen.model import Function, GroupVersionKind, Resource, Subresource, TypeRef
from kube_codegen.node import Node
from kube_codegen.spec import Spec

_PATH = re.compile(
    r"/(?:api|apis/(?P<group>[^/{}]+))/(?P<version>v[^/{}]+)/(?P<ns>namespaces/\{namespace\}/)?(?P<plural>[^/{}]+)"
    r"(?P<name>/\{name\}(?:/(?P<sub>[^/{}]+)(?:/\{path\})?)?)?/?"
)
_VERBS = {
    "get": "GET",
    "list": "LIST",
    "post": "CREATE",
    "put": "UPDATE",
    "patch": "PATCH",
    "delete": "DELETE",
    "deletecollection": "DELETE_COLLECTION",
    "connect": "CONNECT",
}
_ORDER = ("GET", "LIST", "WATCH", "CREATE", "UPDATE", "PATCH", "DELETE", "DELETE_COLLECTION", "CONNECT")
_TEXT = "text"


@dataclass(frozen=True)
class Operation:
    """One operation of the spec on a resource or a subresource."""

    action: str
    gvk: Node
    body: Optional[Definition]
    reply: Optional[Definition]
    text: bool
    watch: bool
    where: Node


@dataclass
class Draft:
    """The operations on one resource, as they are gathered."""

    group: str
    version: str
    plural: str
    where: Node
    namespaced: bool = False
    operations: dict[str, Operation] = field(default_factory=dict)
    subresources: dict[str, dict[str, Operation]] = field(default_factory=dict)


def resolve_resources(spec: Spec, definitions: Definitions) -> list[Resource]:
    """All resources of a spec, sorted by group, version and plural."""
    drafts: dict[tuple[str, str, str], Draft] = {}
    for path, item in spec.paths:
        operations = _operations(spec, item, definitions)
        if operations:
            _gather(drafts, path, item, operations)
    return [_Finisher(drafts[key]).resource() for key in sorted(drafts)]


def _operations(spec: Spec, item: Node, definitions: Definitions) -> list[Operation]:
    found = []
    for _method, node in item.members():
        action = node.optional_text("action")
        if action is None:
            continue
        if action not in _VERBS:
            raise node.need("action").error(f"unknown action '{action}'")
        reply = node.optional_text("reply")
        found.append(
            Operation(
                action=action,
                gvk=node.need("gvk"),
                body=_definition(node, "body", definitions),
                reply=None if reply in (_TEXT, "StatusOrObject") else _definition(node, "reply", definitions),
                text=reply == _TEXT,
                watch=_has_parameter(spec, node, "watch"),
                where=node,
            )
        )
    return found


def _definition(operation: Node, key: str, definitions: Definitions) -> Optional[Definition]:
    named = operation.get(key)
    return None if named is None else definitions.named(named.text(), named)


def _has_parameter(spec: Spec, operation: Node, name: str) -> bool:
    keys = operation.get("parameters")
    for key in [] if keys is None else keys.elements():
        if key.text() not in spec.parameters:
            raise key.error(f"no parameter '{key.text()}'")
        if spec.parameters[key.text()].need("name").text() == name:
            return True
    return False


def _gather(drafts: dict[tuple[str, str, str], Draft], path: str, item: Node, operations: list[Operation]) -> None:
    match = _PATH.fullmatch(path)
    if match is None:
        raise item.error("is not the path of a resource")
    group, version, plural = match["group"] or "", match["version"], match["plural"]
    draft = drafts.setdefault((group, version, plural), Draft(group, version, plural, item))
    draft.namespaced = draft.namespaced or match["ns"] is not None
    into = draft.subresources.setdefault(match["sub"], {}) if match["sub"] else draft.operations
    for operation in operations:
        into.setdefault(operation.action, operation)


class _Finisher:
    """Makes a resource of its draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        main = self._main()
        self._type = main.ref
        self._kind = self._kind_of(main)
        words = names.plural(self._kind.kind, draft.plural)
        self._target = functions.Target(main.ref, f"kube_{main.ref.package.c_name}_{words}", draft.namespaced)

    def resource(self) -> Resource:
        draft = self._draft
        listed = draft.operations.get("list")
        return Resource(
            c_name=self._target.table,
            group=draft.group,
            version=draft.version,
            plural=draft.plural,
            type=self._type,
            kind=self._kind.kind,
            list_type=None if listed is None else self._reply(listed),
            create_reply=self._create_reply(),
            namespaced=draft.namespaced,
            verbs=_verbs(draft.operations),
            subresources=tuple(self._subresource(name, draft.subresources[name]) for name in sorted(draft.subresources)),
            functions=(*self._functions(), *self._subresource_functions()),
            streams=self._streams(),
            location=draft.where.location,
        )

    def _main(self) -> Definition:
        """What the resource's objects are: what get returns, or create and update take."""
        for action in ("get", "put", "post"):
            operation = self._draft.operations.get(action)
            found = None if operation is None else (operation.reply if action == "get" else operation.body)
            if found is not None:
                return found
        raise self._draft.where.error(f"no operation tells the type of '{self._draft.plural}'")

    def _kind_of(self, main: Definition) -> GroupVersionKind:
        for operation in self._draft.operations.values():
            wanted = group_version_kind(operation.gvk)
            if wanted in group_version_kinds(main.schema):
                return wanted
            raise main.schema.error(f"x-kubernetes-group-version-kind does not name {wanted.api_version} {wanted.kind}, as its path does")
        raise self._draft.where.error("has no operation")

    def _reply(self, operation: Operation) -> TypeRef:
        if operation.reply is None:
            raise operation.where.error("'reply' names no definition")
        return operation.reply.ref

    def _body(self, operation: Operation) -> TypeRef:
        if operation.body is None:
            raise operation.where.error("'body' is missing")
        return operation.body.ref

    def _create_reply(self) -> Optional[TypeRef]:
        created = self._draft.operations.get("post")
        reply = None if created is None else self._reply(created)
        return None if reply == self._type else reply

    def _functions(self) -> list[Function]:
        operations = self._draft.operations
        made = [functions.read(self._target, verb, self._reply(operations[verb])) for verb in ("get", "list") if verb in operations]
        for verb, action in (("create", "post"), ("update", "put")):
            if action in operations:
                operation = operations[action]
                made.append(functions.write(self._target, verb, self._body(operation), self._reply(operation)))
        if "patch" in operations:
            reply = self._reply(operations["patch"])
            made += [functions.patch(self._target, reply), functions.write(self._target, "apply", self._type, reply)]
        if "delete" in operations:
            made.append(functions.delete(self._target))
        if "deletecollection" in operations:
            made.append(functions.delete_collection(self._target))
        return made

    def _streams(self) -> tuple[Function, ...]:
        verbs = _verbs(self._draft.operations)
        return (
            *((functions.each(self._target),) if "LIST" in verbs else ()),
            *(functions.watch(self._target) if "WATCH" in verbs else ()),
            *(functions.log_lines(self._target, name) for name in sorted(self._draft.subresources) if self._is_text(name)),
        )

    def _is_text(self, subresource: str) -> bool:
        read = self._draft.subresources[subresource].get("get")
        return read is not None and read.text

    def _subresource_functions(self) -> list[Function]:
        made: list[Function] = []
        for name in sorted(self._draft.subresources):
            made += self._functions_of(name, self._draft.subresources[name])
        return made

    def _functions_of(self, name: str, operations: dict[str, Operation]) -> list[Function]:
        made: list[Function] = []
        target = self._target
        if "get" in operations:
            operation = operations["get"]
            made.append(functions.log(target, name) if operation.text else functions.read_subresource(target, name, self._reply(operation)))
        for verb, action in (("create", "post"), ("update", "put")):
            if action in operations:
                operation = operations[action]
                made.append(functions.write_subresource(target, verb, name, self._body(operation), self._reply(operation)))
        if "patch" in operations:
            reply = self._reply(operations["patch"])
            made += [functions.patch_subresource(target, name, reply), functions.write_subresource(target, "apply", name, reply, reply)]
        for action in ("list", "delete", "deletecollection"):
            if action in operations:
                raise operations[action].where.error(f"'{action}' on a subresource is not supported")
        return made

    def _subresource(self, name: str, operations: dict[str, Operation]) -> Subresource:
        return Subresource(name, _subresource_body(operations), _verbs(operations))


def _subresource_body(operations: dict[str, Operation]) -> Optional[GroupVersionKind]:
    """The kind of what is sent, or, where nothing is, of what comes back."""
    for action in ("post", "put", "get"):
        operation = operations.get(action)
        found = None if operation is None else operation.body or operation.reply
        if found is not None:
            kinds = group_version_kinds(found.schema)
            if not kinds:
                raise found.schema.error("is the body of a subresource, but has no x-kubernetes-group-version-kind")
            return kinds[0]
    return None


def _verbs(operations: dict[str, Operation]) -> tuple[str, ...]:
    verbs = {_VERBS[action] for action in operations}
    if any(operation.action == "list" and operation.watch for operation in operations.values()):
        verbs.add("WATCH")
    return tuple(verb for verb in _ORDER if verb in verbs)
