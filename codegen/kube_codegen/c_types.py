"""The C types of values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Optional

from kube_codegen.c_text import compound
from kube_codegen.model import Entry, Field, Kind, TypeRef, Value
from kube_codegen.package_name import PackageName

_FIELD_TYPES = {
    Kind.BOOL: "kube_bool_t ",
    Kind.INT32: "kube_int32_t ",
    Kind.INT64: "kube_int64_t ",
    Kind.DOUBLE: "kube_double_t ",
    Kind.STRING: "const char *",
    Kind.QUANTITY: "const char *",
    Kind.NUMBER: "const char *",
    Kind.BYTES: "kube_bytes_t ",
    Kind.TIME: "kube_time_t ",
    Kind.MICRO_TIME: "kube_time_t ",
    Kind.INT_OR_STRING: "kube_int_or_string_t ",
    Kind.JSON: "kube_json_t ",
}
_ITEM_TYPES = {**_FIELD_TYPES, Kind.BOOL: "bool ", Kind.INT32: "int32_t ", Kind.INT64: "int64_t ", Kind.DOUBLE: "double "}
_COLLECTIONS = {
    Kind.BOOL: "bool",
    Kind.INT32: "int32",
    Kind.INT64: "int64",
    Kind.DOUBLE: "double",
    Kind.STRING: "string",
    Kind.QUANTITY: "string",
    Kind.NUMBER: "string",
    Kind.BYTES: "bytes",
    Kind.TIME: "time",
    Kind.MICRO_TIME: "time",
    Kind.INT_OR_STRING: "int_or_string",
    Kind.JSON: "json",
}
_TEXTS = (Kind.STRING, Kind.QUANTITY, Kind.NUMBER)


@dataclass(frozen=True)
class Place:
    """Where a value stands: it names the structs that only this place needs, and the expression that reaches the value."""

    base: str
    """`kube_core_v1_pod_spec_containers`."""
    expression: str
    """`((kube_core_v1_pod_spec_t *)0)->containers`."""
    generated: frozenset[PackageName]
    """Packages generated in this run."""

    def item(self) -> Place:
        return replace(self, base=f"{self.base}_item", expression=f"{self.expression}.items[0]")

    def value(self) -> Place:
        return replace(self, base=f"{self.base}_value", expression=f"{self.expression}.items[0].value")


def place(owner: TypeRef, field: Field, generated: frozenset[PackageName]) -> Place:
    """The place of a type's property."""
    return Place(f"{owner.c_name}_{field.c_name.rstrip('_')}", f"((({owner.struct} *)0)->{field.c_name})", generated)


def _element(value: Value) -> Value:
    if value.element is None:
        raise ValueError(f"{value.kind} has no element")
    return value.element


def _struct(value: Value) -> TypeRef:
    if value.type is None:
        raise ValueError(f"{value.kind} has no type")
    return value.type


def field_type(value: Value, where: Place) -> str:
    """What stands before the name of a struct's member."""
    if value.kind is Kind.OBJECT:
        return f"{_struct(value).struct} *"
    return _FIELD_TYPES.get(value.kind) or collection_type(value, where)


def item_type(value: Value, where: Place) -> str:
    """What stands before the name of an item, or of an entry's value."""
    if value.kind is Kind.OBJECT:
        return f"{_struct(value).struct} "
    return _ITEM_TYPES.get(value.kind) or collection_type(value, where)


def collection_type(value: Value, where: Place) -> str:
    """A list's or a map's."""
    element = _element(value)
    if value.kind is Kind.MAP:
        common = _common_map(element)
        return f"{common}_map_t " if common else f"struct {{ {entry_name(element, where)}_t *items; size_t len; }} "
    if element.kind in _COLLECTIONS:
        return f"kube_{_COLLECTIONS[element.kind]}_list_t "
    item = item_type(element, where.item())
    return f"struct {{ {item}*items; size_t len; }} "


def _common_map(element: Value) -> Optional[str]:
    """The map of value.h that holds such values."""
    if element.kind in _COLLECTIONS:
        return f"kube_{_COLLECTIONS[element.kind]}"
    if element.kind is Kind.LIST and _element(element).kind in _TEXTS:
        return "kube_string_list"
    return None


def entry_name(element: Value, where: Place) -> str:
    """The struct of a map's entry, without `_t`."""
    common = _common_map(element)
    if common:
        return f"{common}_entry"
    if element.kind is Kind.OBJECT and _struct(element).package in where.generated:
        return f"{_struct(element).c_name}_entry"
    return f"{where.base}_entry"


def entries(value: Value, where: Place, definition: str) -> Iterator[tuple[Optional[PackageName], Entry]]:
    """The structs that the maps in a value need, each with the package it belongs to (None: that of `definition`)."""
    if value.element is None:
        return
    element = value.element
    if value.kind is Kind.LIST:
        yield from entries(element, where.item(), definition)
        return
    yield from entries(element, where.value(), definition)
    if _common_map(element) is None:
        name = entry_name(element, where)
        owner = _struct(element).package if element.kind is Kind.OBJECT and _struct(element).package in where.generated else None
        yield owner, Entry(name, element, item_type(element, where.value()), definition)


def element_kind(value: Value) -> str:
    """kube_kind_t of an item or an entry's value."""
    if value.kind is Kind.OBJECT:
        return "KUBE_KIND_STRUCT"
    if value.kind in (Kind.BOOL, Kind.INT32, Kind.INT64, Kind.DOUBLE):
        return f"KUBE_KIND_PLAIN_{value.kind.name}"
    return f"KUBE_KIND_{value.kind.name}"


def element_text(value: Value, where: Place, first: str) -> str:
    """`first` and the initialiser of the kube_element_t of a list or a map."""
    element = _element(value)
    inner = where.item() if value.kind is Kind.LIST else where.value()
    parts = [f".kind = {element_kind(element)}"]
    if value.kind is Kind.MAP:
        entry = f"{entry_name(element, where)}_t"
        parts += [f".stride = sizeof({entry})", f".offset = offsetof({entry}, value)"]
    elif element.kind in (Kind.LIST, Kind.MAP):
        parts.append(f".stride = sizeof({inner.expression})")
    else:
        parts.append(f".stride = sizeof({item_type(element, inner).strip()})")
    if element.kind is Kind.OBJECT:
        parts.append(f".type = &{_struct(element).table}")
    elif element.element is not None:
        parts.append(element_text(element, inner, ".type = "))
    return compound(first, "kube_element_t", parts, 10)
