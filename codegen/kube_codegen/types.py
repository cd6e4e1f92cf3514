"""Definitions to types."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional

from kube_codegen import names, perfect_hash
from kube_codegen.definitions import Definition, Definitions, group_version_kinds
from kube_codegen.facts import resolve_constants, resolve_facts
from kube_codegen.model import Constant, Field, GroupVersionKind, Kind, Type, TypeRef, Value
from kube_codegen.node import Node
from kube_codegen.renames import Renames
from kube_codegen.schema import alias, refuse_misuse, resolve

_LIST_ITEMS = "items"
_FIELDS_MAX = 2700
"""Offsets in the tables have 16 bits, and a field takes up to 24 bytes."""


@dataclass(frozen=True)
class _Owner:
    """The type whose properties are resolved."""

    ref: TypeRef
    custom: bool
    root: Optional[GroupVersionKind]


class TypeResolver:
    """Turns definitions into types, those of their inline objects among them."""

    def __init__(self, definitions: Definitions, renames: Renames) -> None:
        self._definitions = definitions
        self._renames = renames
        self._types: dict[str, Type] = {}

    def types(self, definition: Definition) -> list[Type]:
        """The type of a definition that is a struct, and the types of the objects written down inside it."""
        self._types = {}
        self._make(_Owner(definition.ref, definition.custom, self.root(definition)), definition.schema)
        return list(self._types.values())

    def check_alias(self, definition: Definition) -> None:
        """Raises when a definition that is no struct cannot be resolved."""
        alias(definition, self._definitions)

    def root(self, definition: Definition) -> Optional[GroupVersionKind]:
        """The group, version and kind of a definition that is a root."""
        properties = definition.schema.get("properties")
        found = group_version_kinds(definition.schema)
        if properties is None or not found or not (properties.has("apiVersion") and properties.has("kind")):
            return None
        if len(found) == 1:
            return found[0]
        for candidate in found:
            if candidate.group == "" and candidate.version == definition.ref.package.version:
                return candidate
        raise definition.schema.need("x-kubernetes-group-version-kind").error("names several kinds, none of them in the core group")

    def _make(self, owner: _Owner, schema: Node) -> None:
        refuse_misuse(schema)
        required = schema.texts("required")
        properties = schema.need("properties")
        for node in schema.need("required").elements() if required else []:
            if not properties.has(node.text()):
                raise node.error(f"no property '{node.text()}'")
        fields = tuple(self._field(owner, name, node, name in required) for name, node in properties.members())
        if len(fields) > _FIELDS_MAX:
            raise properties.error(f"more than {_FIELDS_MAX} properties do not fit a table")
        _refuse_clashes(owner.ref.definition, schema, fields)
        table = perfect_hash.find(tuple(field.json_name for field in fields))
        prose = schema.optional_text("description")
        items = self._items(owner.root, fields)
        is_open = schema.flag("x-kubernetes-preserve-unknown-fields")
        self._types[owner.ref.definition] = Type(owner.ref, owner.root, items, fields, table, prose, schema.location, is_open)

    def _field(self, owner: _Owner, name: str, schema: Node, required: bool) -> Field:
        if re.search(r'["\\\x00-\x1f]', name):
            raise schema.error("a property's name with quotes, backslashes or control characters is not supported")
        value = self._value(owner, name, schema)
        words = self._renames.words(owner.ref.definition, name)
        taken = frozenset(["unknown", "owner"] if owner.root else ["unknown"])
        c_name = names.member(words, taken)
        if not c_name:
            raise schema.error(f"no C name can be made of '{name}' (--rename {owner.ref.definition}.{name}=<name>)")
        return Field(
            json_name=name,
            c_name=f"_{c_name}" if c_name[0].isdigit() else c_name,
            value=value,
            required=required,
            nullable=schema.flag("nullable"),
            managed_fields=owner.ref.c_name == "kube_meta_v1_object_meta" and name == "managedFields",
            facts=resolve_facts(schema, value),
            constants=self._constants(owner, name, schema, value),
            prose=schema.optional_text("description"),
        )

    def _constants(self, owner: _Owner, name: str, schema: Node, value: Value) -> tuple[Constant, ...]:
        definition = owner.ref.definition
        prefix = f"{owner.ref.c_name}_{self._renames.words(definition, name)}".upper()
        return resolve_constants(schema, prefix, value, f"{definition}.{name}", lambda text: self._renames.constant(definition, name, text))

    def _value(self, owner: _Owner, name: str, schema: Node) -> Value:
        def inline(inner: Node) -> TypeRef:
            return self._inline(owner, name, inner)

        return resolve(schema, self._definitions, owner.custom, inline)

    def _inline(self, owner: _Owner, name: str, schema: Node) -> TypeRef:
        suffix = names.camel(self._renames.chosen(owner.ref.definition, name) or name)
        ref = TypeRef(
            definition=owner.ref.definition + suffix,
            package=owner.ref.package,
            kind=owner.ref.kind + suffix,
            c_name=f"{owner.ref.c_name}_{self._renames.words(owner.ref.definition, name)}",
        )
        if self._definitions.find(ref.definition) is not None or ref.definition in self._types:
            raise schema.error(
                f"the name of this object's type, '{ref.kind}', is taken by another (--rename {owner.ref.definition}.{name}=<name>)"
            )
        self._make(_Owner(ref, owner.custom, None), schema)
        return ref

    def _items(self, root: Optional[GroupVersionKind], fields: tuple[Field, ...]) -> Optional[TypeRef]:
        for field in fields if root is not None else ():
            element = field.value.element
            if field.json_name == _LIST_ITEMS and field.value.kind is Kind.LIST and element is not None and element.type is not None:
                definition = self._definitions.find(element.type.definition)
                if definition is not None and self.root(definition) is not None:
                    return element.type
        return None


def _refuse_clashes(definition: str, schema: Node, fields: tuple[Field, ...]) -> None:
    seen: dict[str, str] = {}
    for field in fields:
        if field.c_name in seen:
            raise schema.need("properties").error(
                f"'{seen[field.c_name]}' and '{field.json_name}' both become '{field.c_name}' in C"
                f" (--rename {definition}.{field.json_name}=<name>)"
            )
        seen[field.c_name] = field.json_name
