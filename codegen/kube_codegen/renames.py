"""--rename: names that the caller chooses where two would clash."""

from __future__ import annotations

from kube_codegen import names
from kube_codegen.errors import CodegenError


class Renames:
    """The C names chosen for properties (`DEFINITION.PROPERTY`) and for allowed values (`DEFINITION.PROPERTY:VALUE`)."""

    def __init__(self, chosen: dict[str, str]) -> None:
        self._chosen = chosen
        self._used: set[str] = set()

    def chosen(self, definition: str, name: str) -> str:
        """The name chosen for a property; "" when none was."""
        return self._look_up(f"{definition}.{name}")

    def words(self, definition: str, name: str) -> str:
        """The C name of a property, before what reserved words need."""
        return self.chosen(definition, name) or names.snake(name)

    def constant(self, definition: str, name: str, value: str) -> str:
        """The last part of an allowed value's constant; "" when it has none."""
        return self._look_up(f"{definition}.{name}:{value}").upper() or names.constant(value)

    def refuse_unused(self) -> None:
        """Raises CodegenError when a name was chosen for something that is not there."""
        for key in sorted(set(self._chosen) - self._used):
            raise CodegenError(f"--rename {key}={self._chosen[key]}: the spec has no such property or allowed value")

    def _look_up(self, key: str) -> str:
        self._used.add(key)
        return self._chosen.get(key, "")
