"""All definitions a spec and its imports offer, by name: what each is called in C, and whether it is generated here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Optional

from kube_codegen import names, package_name
from kube_codegen.errors import CodegenError
from kube_codegen.model import GroupVersionKind, TypeRef
from kube_codegen.node import Node
from kube_codegen.package_name import PackageName
from kube_codegen.spec import Spec

ALL = "all"
"""--import all: every package of Kubernetes' own."""


@dataclass(frozen=True)
class Definition:
    """A definition with its C name."""

    ref: TypeRef
    schema: Node
    imported: bool
    custom: bool
    """Of a custom resource: the group is not one of Kubernetes' own."""

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
        self._elsewhere: dict[str, PackageName] = {}
        for name, schema in spec.definitions.items():
            self._add(name, schema)
        if imports is not None:
            for name, schema in imports.definitions.items():
                self._add_import(name, schema)
        self._refuse_taken_packages()
        self._refuse_unknown_imports()

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
            package = self._elsewhere[name].path
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
            self._elsewhere[name] = definition.ref.package

    def _definition(self, name: str, schema: Node) -> Definition:
        parsed = package_name.parse(name, self._packages)
        if parsed is None:
            raise schema.error("no package can be told from this name (expected <reversed group>.<version>.<kind>)")
        c_name = f"kube_{parsed.package.c_name}_{names.snake(parsed.kind)}"
        ref = TypeRef(name, parsed.package, parsed.kind, c_name)
        custom = parsed.group is not None
        imported = parsed.package.path in self._imported or (ALL in self._imported and not custom)
        return Definition(ref, schema, imported, custom)

    def _refuse_unknown_imports(self) -> None:
        known = {definition.ref.package.path for definition in self._all.values()}
        for name in sorted(self._imported - known - {ALL}):
            raise CodegenError(f"--import {name}: no spec has such a package")

    def _refuse_taken_packages(self) -> None:
        owners: dict[str, tuple[str, str]] = {package.name: ("Kubernetes", "") for package in self._elsewhere.values()}
        for definition in self.all():
            if not definition.custom:
                owners[definition.ref.package.name] = ("Kubernetes", "")
        for definition in self.all():
            if definition.custom:
                self._claim(owners, definition)

    def _claim(self, owners: dict[str, tuple[str, str]], definition: Definition) -> None:
        package = definition.ref.package.name
        parsed = package_name.parse(definition.ref.definition, self._packages)
        group = parsed.group if parsed is not None and parsed.group is not None else ""
        owner, _ = owners.setdefault(package, (group, definition.ref.definition))
        if owner != group:
            raise definition.schema.error(f"package name '{package}' is taken by {owner}; choose one with --package {group}=<name>")


def group_version_kinds(schema: Node) -> list[GroupVersionKind]:
    """x-kubernetes-group-version-kind of a definition."""
    found = schema.get("x-kubernetes-group-version-kind")
    return [] if found is None else [group_version_kind(node) for node in found.elements()]


def group_version_kind(node: Node) -> GroupVersionKind:
    return GroupVersionKind(node.need("group").text(), node.need("version").text(), node.need("kind").text())
