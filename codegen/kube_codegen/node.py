"""A JSON value that knows its place in the spec, so that every complaint can say where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

from kube_codegen.errors import SpecError


def escape(key: str) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


@dataclass(frozen=True)
class Node:
    """A value of the spec. The getters check its type and raise SpecError with its location."""

    file: str
    pointer: str
    value: Any

    @property
    def location(self) -> str:
        return f"{self.file}#{self.pointer}"

    def error(self, message: str) -> SpecError:
        return SpecError(self.location, message)

    def has(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def get(self, key: str) -> Optional[Node]:
        """The member `key` of an object, or None."""
        members = self._object()
        if key not in members:
            return None
        return Node(self.file, f"{self.pointer}/{escape(key)}", members[key])

    def need(self, key: str) -> Node:
        """The member `key`, which must be there."""
        found = self.get(key)
        if found is None:
            raise self.error(f"'{key}' is missing")
        return found

    def members(self) -> list[tuple[str, Node]]:
        """The members of an object, sorted bytewise by name."""
        value = self._object()
        names = sorted(value, key=lambda name: name.encode())
        return [(name, Node(self.file, f"{self.pointer}/{escape(name)}", value[name])) for name in names]

    def elements(self) -> list[Node]:
        """The elements of an array."""
        if not isinstance(self.value, list):
            raise self.error("is not an array")
        return [Node(self.file, f"{self.pointer}/{index}", value) for index, value in enumerate(self.value)]

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.error("is not a string")
        return self.value

    def optional_text(self, key: str) -> Optional[str]:
        found = self.get(key)
        return None if found is None else found.text()

    def texts(self, key: str) -> tuple[str, ...]:
        """The strings of the array member `key`; none when it is absent."""
        found = self.get(key)
        return () if found is None else tuple(element.text() for element in found.elements())

    def flag(self, key: str) -> bool:
        """The boolean member `key`; False when it is absent."""
        found = self.get(key)
        if found is None:
            return False
        if not isinstance(found.value, bool):
            raise found.error("is not a boolean")
        return found.value

    def _object(self) -> dict[str, Any]:
        if not isinstance(self.value, dict):
            raise self.error("is not an object")
        return self.value
