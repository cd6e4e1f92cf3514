"""All definitions a spec and its imports offer, by name: what each is called in C, and whether it is generated here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Optional

from kube_codegen import names, package_name
from kube_codegen.errors import CodegenError
from kube_codegen.model import GroupVersionKind, TypeRef
from kube_codegen.node import Node
from kube_codegen.spec import Spec

ALL = "all"
"""--import all: every package of Kubernetes' own."""

_KUBERNETES = "Kubernetes"


@dataclass(frozen=True)
class Definition:
    """A definition with its C name."""

    ref: TypeRef
    schema: Node
    imported: bool
    group: Optional[str]
    """Of custom resources; None for Kubernetes' own."""

    @property
    def custom(self) -> bool:
        return self.group is not None

    @property
    def is_struct(self) -> bool:
        """Whether it becomes a struct; all others are another name of a scalar or of free-form JSON."""
        properties = self.schema.get("properties")
        return properties is not None and bool(properties.value)


class Definitions:
    """The definitions of a spec, and those of imported packages that another library holds."""

    def __init__(self, spec: Spec, imports: Optional[Spec], imported: Collection[str], packages: dict[str, str]) -> None:
        self._packages = packages
        self._imported = frozenset(imported)
        self._all: dict[str, Definition] = {}
        self._elsewhere: dict[str, Definition] = {}
        for name, schema in spec.definitions.items():
            self._add(name, schema)
        if imports is not None:
            for name, schema in imports.definitions.items():
                self._add_import(name, schema)
        self._refuse_taken_packages()
        self._refuse_unknown_imports()
        self._refuse_unknown_groups()

    def all(self) -> list[Definition]:
        """Sorted by name."""
        return [self._all[name] for name in sorted(self._all)]

    def find(self, name: str) -> Optional[Definition]:
        return self._all.get(name)

    def refer(self, reference: Node) -> Definition:
        """The definition that a $ref names."""
        text = reference.text()
        prefix = "#/definitions/"
        if not text.startswith(prefix):
            raise reference.error(f"'{text}' does not begin with '{prefix}'")
        return self.named(text[len(prefix) :], reference)

    def named(self, name: str, where: Node) -> Definition:
        """The definition of that name; `where` is what names it."""
        found = self._all.get(name)
        if found is not None:
            return found
        if name in self._elsewhere:
            package = self._elsewhere[name].ref.package.path
            raise where.error(f"'{name}' is not in this spec (its package can be imported: --import {package})")
        raise where.error(f"no definition '{name}'")

    def _add(self, name: str, schema: Node) -> None:
        definition = self._definition(name, schema)
        self._all[name] = definition

    def _add_import(self, name: str, schema: Node) -> None:
        definition = self._definition(name, schema)
        if definition.imported:
            self._all[name] = definition
        elif name not in self._all:
            self._elsewhere[name] = definition

    def _definition(self, name: str, schema: Node) -> Definition:
        parsed = package_name.parse(name, self._packages)
        if parsed is None:
            raise schema.error("no package can be told from this name (expected <reversed group>.<version>.<kind>)")
        c_name = f"kube_{parsed.package.c_name}_{names.snake(parsed.kind)}"
        ref = TypeRef(name, parsed.package, parsed.kind, c_name)
        imported = parsed.package.path in self._imported or (ALL in self._imported and parsed.group is None)
        return Definition(ref, schema, imported, parsed.group)

    def _refuse_unknown_imports(self) -> None:
        known = {definition.ref.package.path for definition in self._all.values()}
        for name in sorted(self._imported - known - {ALL}):
            raise CodegenError(f"--import {name}: no spec has such a package")

    def _refuse_unknown_groups(self) -> None:
        known = {definition.group for definition in [*self._all.values(), *self._elsewhere.values()]}
        for group in sorted(set(self._packages) - known):
            raise CodegenError(f"--package {group}={self._packages[group]}: the spec has no such group of custom resources")

    def _refuse_taken_packages(self) -> None:
        """Kubernetes' own packages and those of imported specs come first, then the groups of this spec in the order of its definitions."""
        owners: dict[str, str] = {}
        for definition in sorted(self._elsewhere.values(), key=lambda one: one.custom):
            owners.setdefault(definition.ref.package.name, definition.group or _KUBERNETES)
        for definition in sorted(self.all(), key=lambda one: one.custom):
            package, group = definition.ref.package.name, definition.group or _KUBERNETES
            if owners.setdefault(package, group) != group and definition.custom:
                taken = f"package name '{package}' is taken by {owners[package]}"
                raise definition.schema.error(f"{taken}; choose one with --package {group}=<name>")


def group_version_kinds(schema: Node) -> list[GroupVersionKind]:
    """x-kubernetes-group-version-kind of a definition."""
    found = schema.get("x-kubernetes-group-version-kind")
    return [] if found is None else [group_version_kind(node) for node in found.elements()]


def group_version_kind(node: Node) -> GroupVersionKind:
    return GroupVersionKind(node.need("group").text(), node.need("version").text(), node.need("kind").text())
