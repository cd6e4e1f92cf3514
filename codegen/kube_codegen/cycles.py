"""Which headers a package's header includes."""

from __future__ import annotations

from collections.abc import Iterator

from kube_codegen.errors import SpecError
from kube_codegen.model import Type, TypeRef, Value
from kube_codegen.package_name import META, PackageName


def references(value: Value) -> Iterator[TypeRef]:
    """The types that a value holds."""
    leaf = value.leaf()
    if leaf.type is not None:
        yield leaf.type


def order_includes(types: list[Type], generated: frozenset[PackageName]) -> dict[PackageName, tuple[PackageName, ...]]:
    """The packages each generated one includes, meta/v1 first. Raises SpecError when two include each other."""
    found: dict[PackageName, set[PackageName]] = {name: set() if name == META else {META} for name in generated}
    where: dict[tuple[PackageName, PackageName], str] = {}
    for type_ in types:
        package = type_.ref.package
        for field in type_.fields:
            for ref in references(field.value):
                if ref.package != package:
                    found[package].add(ref.package)
                    where.setdefault((package, ref.package), f"{type_.location}/properties/{field.json_name}")
    _refuse_cycles(found, where)
    return {name: tuple(sorted(uses, key=lambda use: (use != META, use))) for name, uses in found.items()}


def _refuse_cycles(uses: dict[PackageName, set[PackageName]], where: dict[tuple[PackageName, PackageName], str]) -> None:
    done: set[PackageName] = set()

    def visit(name: PackageName, path: tuple[PackageName, ...]) -> None:
        if name in done:
            return
        for use in sorted(uses.get(name, ())):
            if use in (*path, name):
                raise SpecError(where[(name, use)], f"packages {use.path} and {name.path} refer to each other")
            visit(use, (*path, name))
        done.add(name)

    for name in sorted(uses):
        visit(name, ())
