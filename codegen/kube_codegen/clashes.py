"""Refuses two things that would have the same name in C."""

from __future__ import annotations

from collections.abc import Iterator

from kube_codegen.errors import SpecError
from kube_codegen.model import Package, Resource

_Named = tuple[str, str, str]
"""The C name, what has it, and where that is in the spec."""


def refuse_clashes(packages: list[Package]) -> None:
    """Raises SpecError at the second of two things with one name."""
    seen: dict[str, str] = {}
    for package in packages:
        for c_name, what, location in _names(package):
            if c_name in seen:
                raise SpecError(location, f"{what} and {seen[c_name]} both become '{c_name}' in C")
            seen[c_name] = what


def _names(package: Package) -> Iterator[_Named]:
    for type_ in package.types:
        yield type_.ref.struct, type_.ref.definition, type_.location
        yield type_.ref.table, f"the table of {type_.ref.definition}", type_.location
        for field in type_.fields:
            location = f"{type_.location}/properties/{field.json_name}"
            for constant in field.constants:
                yield constant.name, f"a value of {type_.ref.definition}.{field.json_name}", location
    locations = {type_.ref.definition: type_.location for type_ in package.types}
    for entry in package.entries:
        yield f"{entry.c_name}_t", f"a map's entry in {entry.definition}", locations.get(entry.definition, entry.definition)
    for resource in package.resources:
        yield resource.c_name, f"the resource {resource.plural}", resource.location
        for function in (*resource.functions, *resource.streams):
            yield function.name, f"a function of {resource.plural}", resource.location
        yield from _stream_types(resource)


def _stream_types(resource: Resource) -> Iterator[_Named]:
    if resource.listed:
        yield resource.type.item_fn, f"the function type of {resource.plural}", resource.location
    if resource.watched:
        yield resource.type.watch, f"the watch of {resource.plural}", resource.location
        yield resource.type.event, f"the event of {resource.plural}", resource.location
