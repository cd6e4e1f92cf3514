"""--only: what was asked for, with what it refers to."""

from __future__ import annotations

from kube_codegen.cycles import references
from kube_codegen.errors import CodegenError
from kube_codegen.model import Resource, Type
from kube_codegen.package_name import META


def select(only: tuple[str, ...], types: list[Type], resources: list[Resource]) -> tuple[list[Type], list[Resource]]:
    """The types and resources of `only` ("core/v1", "core/v1/Pod") and the types they refer to. The runtime needs all of meta/v1."""
    for choice in only:
        if not any(_chosen((choice,), type_) for type_ in types):
            raise CodegenError(f"--only {choice}: the spec has no such package or kind")
    kept = {type_.ref.definition for type_ in types if _chosen(only, type_) or type_.ref.package == META}
    kept_resources = [resource for resource in resources if resource.type.definition in kept and resource.type.package != META]
    for resource in kept_resources:
        kept |= {ref.definition for function in resource.functions for ref in function.types}
    by_name = {type_.ref.definition: type_ for type_ in types}
    _close(kept, by_name)
    return [type_ for type_ in types if type_.ref.definition in kept], kept_resources


def _chosen(only: tuple[str, ...], type_: Type) -> bool:
    package = type_.ref.package.path
    return package in only or f"{package}/{type_.ref.kind}" in only


def _close(kept: set[str], types: dict[str, Type]) -> None:
    """Adds all that the kept types refer to."""
    waiting = sorted(kept)
    while waiting:
        type_ = types.get(waiting.pop())
        for field in () if type_ is None else type_.fields:
            for ref in references(field.value):
                if ref.definition not in kept:
                    kept.add(ref.definition)
                    waiting.append(ref.definition)
