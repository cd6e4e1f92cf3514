"""Which package a definition belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional

_BUILT_IN = re.compile(r"(?:io\.k8s\.api|.*\.pkg\.apis)\.([a-z0-9]+)\.(v[0-9a-z]+)\.([A-Za-z0-9_]+)")
_SHARED = "io.k8s.apimachinery.pkg."
_CUSTOM = re.compile(r"([a-z0-9][-a-z0-9.]*)\.(v[0-9][a-z0-9]*)\.([A-Za-z][A-Za-z0-9_]*)")


@dataclass(frozen=True, order=True)
class PackageName:
    """`core/v1`: what is generated into one header and one source file."""

    name: str
    version: str

    @property
    def path(self) -> str:
        return f"{self.name}/{self.version}"

    @property
    def c_name(self) -> str:
        return f"{self.name}_{self.version}"

    @property
    def header(self) -> str:
        return f"kube/{self.path}.h"


META = PackageName("meta", "v1")


@dataclass(frozen=True)
class DefinitionName:
    """A definition's name taken apart. `group` is set for custom resources, whose package's name comes from it."""

    package: PackageName
    kind: str
    group: Optional[str]


def parse(definition: str, packages: dict[str, str]) -> Optional[DefinitionName]:
    """`io.k8s.api.core.v1.Pod` -> core/v1, Pod. `packages` maps groups of custom resources to package names. None: no such form of name."""
    match = _BUILT_IN.fullmatch(definition)
    if match:
        return DefinitionName(PackageName(match.group(1), match.group(2)), match.group(3), None)
    if definition.startswith(_SHARED):
        words = definition[len(_SHARED) :].split(".")
        return DefinitionName(META, "".join(word[:1].upper() + word[1:] for word in words[-2:]), None)
    match = _CUSTOM.fullmatch(definition)
    if not match:
        return None
    group = ".".join(reversed(match.group(1).split(".")))
    name = packages.get(group, re.sub(r"[^a-z0-9]", "_", group.split(".")[0]))
    return DefinitionName(PackageName(name, match.group(2)), match.group(3), group)


def is_custom(definition: str) -> bool:
    """Whether a definition is of a custom resource."""
    parsed = parse(definition, {})
    return parsed is not None and parsed.group is not None
