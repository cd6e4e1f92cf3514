"""The resolved, validated model that the templates print. Nothing in it changes once it is made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Optional

from kube_codegen.package_name import PackageName


class Kind(Enum):
    """How a value is held; the names of kube_kind_t."""

    BOOL = "bool"
    INT32 = "int32"
    INT64 = "int64"
    DOUBLE = "double"
    STRING = "string"
    QUANTITY = "quantity"
    NUMBER = "number"
    BYTES = "bytes"
    TIME = "time"
    MICRO_TIME = "micro time"
    INT_OR_STRING = "int or string"
    JSON = "any JSON"
    OBJECT = "object"
    LIST = "list"
    MAP = "map"


@dataclass(frozen=True)
class TypeRef:
    """A type as others name it."""

    definition: str
    package: PackageName
    kind: str
    c_name: str
    """`kube_core_v1_pod`, without suffix."""

    @property
    def struct(self) -> str:
        return f"{self.c_name}_t"

    @property
    def table(self) -> str:
        return f"{self.c_name}_type"

    @property
    def short(self) -> str:
        """`pod`: its name inside its own source file."""
        return self.c_name[len(f"kube_{self.package.c_name}_") :]

    @property
    def item_fn(self) -> str:
        """The function type that is called for each object of a list."""
        return f"{self.c_name}_fn"

    @property
    def watch(self) -> str:
        """The handle of a watch."""
        return f"{self.c_name}_watch_t"

    @property
    def event(self) -> str:
        """What a watch tells."""
        return f"{self.c_name}_event_t"


@dataclass(frozen=True)
class Value:
    """What a property, an item or a map's value is."""

    kind: Kind
    type: Optional[TypeRef] = None
    """Of an OBJECT."""
    element: Optional[Value] = None
    """Of a LIST or a MAP."""
    date_time: bool = False
    embedded: bool = False

    def leaf(self) -> Value:
        """The value inside all lists and maps."""
        return self if self.element is None else self.element.leaf()


@dataclass(frozen=True)
class Facts:
    """What kube_field_info_t holds."""

    default: Optional[str] = None
    """JSON text."""
    format: Optional[str] = None
    merge_key: Optional[str] = None
    allowed: tuple[str, ...] = ()
    list_map_keys: tuple[str, ...] = ()
    list_type: Optional[str] = None
    map_type: Optional[str] = None
    patch: tuple[str, ...] = ()


@dataclass(frozen=True)
class Constant:
    """`#define name "value"`."""

    name: str
    value: str


@dataclass(frozen=True)
class Field:
    """One property of a type."""

    json_name: str
    c_name: str
    value: Value
    required: bool
    nullable: bool
    managed_fields: bool
    facts: Facts
    constants: tuple[Constant, ...]
    prose: Optional[str]


@dataclass(frozen=True)
class GroupVersionKind:
    group: str
    version: str
    kind: str

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version


@dataclass(frozen=True)
class PerfectHash:
    bits: int
    multiplier: int
    slots: tuple[int, ...]


@dataclass(frozen=True)
class Type:
    """One definition with properties: a struct and its table."""

    ref: TypeRef
    root: Optional[GroupVersionKind]
    """Set when the type begins with an owner and has apiVersion and kind."""
    items: Optional[TypeRef]
    """The type of the items, when this is a list of roots."""
    fields: tuple[Field, ...]
    hash: Optional[PerfectHash]
    prose: Optional[str]
    location: str
    open: bool
    """Whether the server keeps properties that the schema does not list (x-kubernetes-preserve-unknown-fields)."""


@dataclass(frozen=True)
class Entry:
    """The entry of a map whose values need a struct of their own."""

    c_name: str
    """Without `_t`."""
    value: Value
    value_type: str
    """What stands before the value's name."""
    definition: str
    """Names what it is for in messages."""


@dataclass(frozen=True)
class Subresource:
    name: str
    body: Optional[GroupVersionKind]
    verbs: tuple[str, ...]


@dataclass(frozen=True)
class Untyped:
    """A result that the runtime gives without the resource's type: the wrapper receives it in a variable, and copies it."""

    variable: str
    """Its declaration."""
    parameter: str
    """Where the result goes."""
    value: str
    """The result with its type."""


@dataclass(frozen=True)
class Function:
    """A wrapper: one call of a function of the runtime."""

    name: str
    parameters: tuple[str, ...]
    callee: str
    arguments: tuple[str, ...]
    types: tuple[TypeRef, ...]
    """What the parameters name."""
    returns: str = "int "
    """What stands before its name."""
    untyped: Optional[Untyped] = None


@dataclass(frozen=True)
class Resource:
    c_name: str
    group: str
    version: str
    plural: str
    type: TypeRef
    kind: str
    list_type: Optional[TypeRef]
    create_reply: Optional[TypeRef]
    """What create returns, when that is not the object."""
    namespaced: bool
    verbs: tuple[str, ...]
    subresources: tuple[Subresource, ...]
    functions: tuple[Function, ...]
    streams: tuple[Function, ...]
    """The functions that give one object or one line at a time."""
    location: str

    @property
    def listed(self) -> bool:
        return "LIST" in self.verbs

    @property
    def watched(self) -> bool:
        return "WATCH" in self.verbs


@dataclass(frozen=True)
class Package:
    """What goes into one header and its sources."""

    name: PackageName
    types: tuple[Type, ...]
    entries: tuple[Entry, ...]
    resources: tuple[Resource, ...]
    includes: tuple[PackageName, ...]
    """Packages whose types this one's types hold, meta/v1 first."""

    def foreign(self, function: Function) -> tuple[TypeRef, ...]:
        """The types of a function that no included header declares."""
        known = {self.name, *self.includes}
        return tuple(ref for ref in function.types if ref.package not in known)


@dataclass(frozen=True)
class Model:
    version: Optional[str]
    """The Kubernetes version whose types these are; None when all are custom resources."""
    packages: tuple[Package, ...]
