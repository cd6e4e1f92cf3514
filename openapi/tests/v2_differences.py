"""Why a spec made from a server's v2 document differs from the one made from its v3 documents.

Each class of difference is a function with its reason; a difference that no class explains fails the test. Built-in
kinds need only the first two: both sources hold the same definitions, properties, types, enums, paths, operations
(HEAD and OPTIONS of proxies too), parameters and media types. The others concern custom resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ABSENT: Any = object()
GVK = "x-kubernetes-group-version-kind"
FREE_FORM = "x-kubernetes-preserve-unknown-fields"
META = "io.k8s.apimachinery.pkg.apis.meta.v1."
SHARED_BY_GROUPS = (f"{META}DeleteOptions", f"{META}WatchEvent")


@dataclass
class Difference:
    path: tuple[str, ...]
    v3: Any  # the objects that hold the key which is the path's end
    v2: Any

    @property
    def key(self) -> str:
        return self.path[-1]


def is_default(found: Difference) -> bool:
    """v2 documents carry no defaults at all."""
    return found.key == "default" and "default" not in found.v2


def is_group_without_paths(found: Difference) -> bool:
    """v2 tells the shared kinds of every version that the server's code knows, v3 only those of versions it serves."""
    if found.path[:-1] not in {("definitions", name) for name in SHARED_BY_GROUPS} or found.key != GVK:
        return False
    return all(kind in found.v2[GVK] for kind in found.v3[GVK])


def is_nullable(found: Difference) -> bool:
    """v2 has no `nullable`: the server drops it and the type with it, as a typed v2 schema would refuse null."""
    return found.v3.get("nullable") is True and found.v2 == {FREE_FORM: True}


def is_beside_free_form(found: Difference) -> bool:
    """Where unknown fields are kept, the server strips v2 of all that is known, as kubectl would refuse the unknown."""
    typed = "type" in found.v2
    return found.v3.get(FREE_FORM) is True and "properties" not in found.v2 and typed != (FREE_FORM in found.v2)


CLASSES = (is_default, is_group_without_paths, is_nullable, is_beside_free_form)


def differences(v3: Any, v2: Any, path: tuple[str, ...] = ()) -> list[Difference]:
    found = []
    for key in sorted({*v3, *v2}):
        first, second = v3.get(key, ABSENT), v2.get(key, ABSENT)
        if isinstance(first, dict) and isinstance(second, dict):
            found += differences(first, second, (*path, key))
        elif first != second:
            found.append(Difference((*path, key), v3, v2))
    return found


def unexplained(v3: Any, v2: Any) -> list[Difference]:
    return [found for found in differences(v3, v2) if not any(explains(found) for explains in CLASSES)]


def unused_classes(v3: Any, v2: Any) -> list[str]:
    found = differences(v3, v2)
    return [explains.__name__ for explains in CLASSES if not any(explains(one) for one in found)]
