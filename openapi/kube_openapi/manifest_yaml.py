"""YAML as the Kubernetes tools read it (docs/yaml.md): to PyYAML alone `12:30` is a number, `2024-01-01` a date."""

from __future__ import annotations

import math
import re
from typing import Any

import yaml

from .spec import Json

_TAG = "tag:yaml.org,2002:"
_MERGE = _TAG + "merge"
_PLAIN = "plain"
_TAGGED: dict[str, tuple[type, ...]] = {"int": (int,), "float": (int, float), "bool": (bool,), "null": (type(None),)}

_BASES = {"0b": 2, "0o": 8, "0x": 16}
_PREFIXED = re.compile(r"([-+]?)(0[bB][01]+|0[oO][0-7]+|0[xX][0-9a-fA-F]+)")
_OCTAL = re.compile(r"[-+]?0[0-7]+")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_TRUE = frozenset(("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"))
_FALSE = frozenset(("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"))
_NULL = frozenset(("", "~", "null", "Null", "NULL"))


def documents(text: str) -> list[Json]:
    """All documents that are not null. Raises yaml.YAMLError, and ValueError for what PyYAML stumbles over."""
    return [document for document in yaml.load_all(text, Loader=_Loader) if document is not None]


def plain(text: str) -> Json:
    """What a scalar without quotes and without a tag is."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    return _number(text.replace("_", ""), text) if text[0] in "+-.0123456789" else text


def _number(digits: str, text: str) -> Json:
    prefixed = _PREFIXED.fullmatch(digits)
    if prefixed:
        value = int(prefixed[1] + prefixed[2][2:], _BASES[prefixed[2][:2].lower()])
        return value if -(2**63) <= value < 2**64 else text
    if _OCTAL.fullmatch(digits):
        return int(digits, 8)
    if _INTEGER.fullmatch(digits):
        return int(digits)
    number = float(digits) if _FLOAT.fullmatch(digits) else math.inf
    return text if math.isinf(number) else number


def _refusal(why: str, node: yaml.Node) -> yaml.YAMLError:
    return yaml.constructor.ConstructorError(None, None, why, node.start_mark)


class _Loader(yaml.SafeLoader):
    """Leaves it to `plain` what plain scalars are."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        if kind is yaml.ScalarNode and implicit[0]:
            return _MERGE if value == "<<" else _PLAIN
        tag: str = super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call]
        return tag

    def construct_plain(self, node: yaml.ScalarNode) -> Json:
        return plain(node.value)

    def construct_tagged(self, node: yaml.Node) -> Json:
        value = plain(node.value) if isinstance(node, yaml.ScalarNode) else node
        wanted = node.tag[len(_TAG) :]
        if type(value) not in _TAGGED[wanted]:
            raise _refusal(f"not of the type !!{wanted}", node)
        return value

    def construct_text(self, node: yaml.ScalarNode) -> str:
        return str(node.value)

    def construct_keyed(self, node: yaml.MappingNode) -> dict[str, Json]:
        self.flatten_mapping(node)
        return {self._key(key): self.construct_object(value, deep=True) for key, value in node.value}

    def _key(self, node: yaml.Node) -> str:
        """Keys are strings in JSON."""
        value = self.construct_object(node) if isinstance(node, yaml.ScalarNode) else None
        if value is None:
            raise _refusal("a key must be a scalar other than null", node)
        return str(value).lower() if isinstance(value, bool) else str(value)


_Loader.add_constructor(_PLAIN, _Loader.construct_plain)
_Loader.add_constructor(_MERGE, _Loader.construct_text)
_Loader.add_constructor(_TAG + "timestamp", _Loader.construct_text)
_Loader.add_constructor(_TAG + "map", _Loader.construct_keyed)
for _name in _TAGGED:
    _Loader.add_constructor(_TAG + _name, _Loader.construct_tagged)
