"""A spec to the model: every type, resource and function, in packages, with all names checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from kube_codegen import c_types
from kube_codegen.clashes import refuse_clashes
from kube_codegen.cycles import order_includes
from kube_codegen.definitions import Definitions
from kube_codegen.errors import CodegenError
from kube_codegen.model import Entry, Model, Package, Resource, Type
from kube_codegen.package_name import PackageName, is_custom
from kube_codegen.renames import Renames
from kube_codegen.resources import resolve_resources
from kube_codegen.selection import select
from kube_codegen.spec import Spec
from kube_codegen.types import TypeResolver


@dataclass(frozen=True)
class Choices:
    """What the command line says about the output."""

    only: tuple[str, ...] = ()
    imported: tuple[str, ...] = ()
    packages: tuple[tuple[str, str], ...] = ()
    """Pairs of a group and the package's name for it."""
    renames: tuple[tuple[str, str], ...] = ()
    """Pairs of a property, or an allowed value of one, and its name in C."""


def resolve_model(spec: Spec, imports: Optional[Spec], choices: Choices) -> Model:
    """The model of all that is to be generated. Raises SpecError on the first thing that cannot be."""
    definitions = Definitions(spec, imports, choices.imported, dict(choices.packages))
    types = _types(definitions, Renames(dict(choices.renames)))
    generated = frozenset(type_.ref.package for type_ in types)
    resources = [resource for resource in resolve_resources(spec, definitions) if resource.type.package in generated]
    if choices.only:
        types, resources = select(choices.only, types, resources)
    if not types:
        raise CodegenError("nothing is left to generate: all of the spec is imported")
    packages = _packages(types, resources)
    refuse_clashes(packages)
    custom = all(is_custom(type_.ref.definition) for type_ in types)
    return Model(None if custom else spec.version, tuple(packages))


def _types(definitions: Definitions, renames: Renames) -> list[Type]:
    resolver = TypeResolver(definitions, renames)
    found: list[Type] = []
    for definition in definitions.all():
        if definition.imported:
            continue
        if definition.is_struct:
            found += resolver.types(definition)
        else:
            resolver.check_alias(definition)
    renames.refuse_unused()
    return found


def _packages(types: list[Type], resources: list[Resource]) -> list[Package]:
    generated = frozenset(type_.ref.package for type_ in types)
    entries = _entries(types, generated)
    includes = order_includes(types, generated)
    return [
        Package(
            name=name,
            types=tuple(sorted((type_ for type_ in types if type_.ref.package == name), key=lambda type_: type_.ref.c_name)),
            entries=tuple(entries.get(name, {}).values()),
            resources=tuple(sorted((one for one in resources if one.type.package == name), key=lambda one: one.c_name)),
            includes=includes[name],
        )
        for name in sorted(generated)
    ]


def _entries(types: list[Type], generated: frozenset[PackageName]) -> dict[PackageName, dict[str, Entry]]:
    """The entry structs of each package, by name."""
    found: dict[PackageName, dict[str, Entry]] = {}
    for type_ in sorted(types, key=lambda one: one.ref.c_name):
        for field in type_.fields:
            where = c_types.place(type_.ref, field, generated)
            for package, entry in c_types.entries(field.value, where, type_.ref.definition):
                found.setdefault(package or type_.ref.package, {}).setdefault(entry.c_name, entry)
    return {package: dict(sorted(entries.items())) for package, entries in found.items()}
