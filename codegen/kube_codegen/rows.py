"""The rows of the tables."""

from __future__ import annotations

from kube_codegen.c_text import compound, fill, literal
from kube_codegen.c_types import element_text, place
from kube_codegen.model import Facts, Field, Kind, Package, Resource, Subresource, Type
from kube_codegen.package_name import PackageName

_KEY_SIZE = 32
_WORDS_MAX = 255
_SEPARATOR = "\0"
_PATCH = {"merge": "KUBE_PATCH_MERGE", "replace": "KUBE_PATCH_REPLACE", "retainKeys": "KUBE_PATCH_RETAIN_KEYS"}


def field_row(type_: Type, field: Field, generated: frozenset[PackageName], shared: dict[str, str]) -> str:
    """The kube_field_t of a property. shared: the names of infos that stand apart."""
    name = field.json_name
    parts = [
        f".key = {key(name)}",
        *([f".long_name = {literal(name)}"] if len(name.encode()) > _KEY_SIZE - len(',"":') else []),
        f".name_len = {len(name.encode())}",
        f".offset = offsetof({type_.ref.struct}, {field.c_name})",
        f".kind = KUBE_KIND_{field.value.kind.name}",
    ]
    flags = _flags(field)
    if flags:
        parts.append(f".flags = {' | '.join(flags)}")
    if field.value.kind is Kind.OBJECT and field.value.type is not None:
        parts.append(f".type = &{field.value.type.table}")
    lines = [fill("    { ", parts, "", 6)]
    if field.value.element is not None:
        lines.append(element_text(field.value, place(type_.ref, field, generated), "      .type = "))
    info = _info(field.facts)
    name_of_info = shared.get(_join(info))
    if name_of_info is not None:
        lines.append(f"      .info = &{name_of_info}")
    elif info:
        lines.append(compound("      .info = ", "kube_field_info_t", info, 10))
    return ",\n".join(lines) + " },"


def key(name: str) -> str:
    """The first bytes of `,"name":` as a literal."""
    return literal(f',"{name}":'.encode()[:_KEY_SIZE])


def _flags(field: Field) -> list[str]:
    flags = {
        "REQUIRED": field.required,
        "NULLABLE": field.nullable,
        "DATE_TIME": field.value.date_time,
        "EMBEDDED": field.value.embedded,
        "MANAGED_FIELDS": field.managed_fields,
    }
    return [f"KUBE_FIELD_{name}" for name, on in flags.items() if on]


def shared_infos(package: Package) -> dict[str, str]:
    """The infos that several fields have, by text; each is named after the first of them."""
    first: dict[str, str] = {}
    shared = {}
    for type_ in package.types:
        for field in type_.fields:
            text = _join(_info(field.facts))
            if text in first:
                shared[text] = first[text]
            elif text:
                first[text] = f"{type_.ref.short}_{field.c_name.rstrip('_')}_info"
    return shared


def info_definition(name: str, text: str) -> str:
    """One that stands apart."""
    return f"static const kube_field_info_t {name} = {{\n{fill('    ', text.split(_SEPARATOR), '', 4)}\n}};"


def _join(info: list[str]) -> str:
    return _SEPARATOR.join(info)


def _info(facts: Facts) -> list[str]:
    parts = []
    if facts.default is not None:
        parts.append(f".default_json = {literal(facts.default)}")
    if facts.format is not None:
        parts.append(f".format = {literal(facts.format)}")
    if facts.merge_key is not None:
        parts.append(f".merge_key = {literal(facts.merge_key)}")
    if facts.allowed:
        parts.append(f".allowed = {_strings(facts.allowed)}")
    if facts.list_map_keys:
        parts.append(f".list_map_keys = {_strings(facts.list_map_keys)}")
    if facts.list_type is not None:
        parts.append(f".list_type = KUBE_LIST_TYPE_{facts.list_type.upper()}")
    if facts.map_type is not None:
        parts.append(f".map_type = KUBE_MAP_TYPE_{facts.map_type.upper()}")
    if facts.patch:
        parts.append(f".patch_strategy = {' | '.join(_PATCH[part] for part in facts.patch)}")
    return parts


def _strings(texts: tuple[str, ...]) -> str:
    return "(const char *const[]){ " + ", ".join([*(literal(text) for text in texts), "NULL"]) + " }"


def has_words(type_: Type) -> bool:
    """Whether a byte can number the fields."""
    return len(type_.fields) <= _WORDS_MAX


def type_row(type_: Type) -> list[str]:
    """The members of a kube_type_t, a line each."""
    ref = type_.ref
    lines = [".abi = KUBE_TABLE_ABI", f".size = sizeof({ref.struct})", f".name = {literal(ref.definition)}"]
    if type_.root is not None:
        lines += [f".api_version = {literal(type_.root.api_version)}", f".kind = {literal(type_.root.kind)}"]
    lines += [f".fields = {ref.short}_fields", f".field_count = {len(type_.fields)}"]
    if has_words(type_):
        lines.append(f".words = WORDS({ref.short}_words)")
    if type_.hash is not None:
        lines += [f".hash_slots = {ref.short}_slots", f".hash_bits = {type_.hash.bits}"]
        lines.append(f".hash_multiplier = 0x{type_.hash.multiplier:016x}u")
    flags = {"KUBE_TYPE_ROOT": type_.root is not None, "KUBE_TYPE_LIST": type_.items is not None, "KUBE_TYPE_OPEN": type_.open}
    if any(flags.values()):
        lines.append(f".flags = {' | '.join(name for name, is_set in flags.items() if is_set)}")
    lines.append(f".unknown_offset = offsetof({ref.struct}, unknown)")
    return lines + _root_offsets(type_)


def _root_offsets(type_: Type) -> list[str]:
    members = {field.json_name: field for field in type_.fields} if type_.root is not None else {}
    wanted = {"api_version": "apiVersion", "kind": "kind", "metadata": "metadata", "items": "items"}
    lines = []
    for member, name in wanted.items():
        field = members.get(name)
        fits = field is not None and (member != "items" or type_.items is not None)
        offset = f"offsetof({type_.ref.struct}, {field.c_name})" if field is not None and fits else "KUBE_NO_OFFSET"
        lines.append(f".{member}_offset = {offset}")
    return lines


def resource_row(resource: Resource) -> list[str]:
    """The members of a kube_resource_t, a line each."""
    lines = [
        ".abi = KUBE_TABLE_ABI",
        verbs(resource.verbs),
        f".group = {literal(resource.group)}",
        f".version = {literal(resource.version)}",
        f".plural = {literal(resource.plural)}",
        f".kind = {literal(resource.kind)}",
        f".type = &{resource.type.table}",
    ]
    if resource.list_type is not None:
        lines.append(f".list_type = &{resource.list_type.table}")
    if resource.create_reply is not None:
        lines.append(f".create_reply = &{resource.create_reply.table}")
    if resource.subresources:
        lines += [f".subresources = {subresources_name(resource)}", f".subresource_count = {len(resource.subresources)}"]
    if resource.namespaced:
        lines.append(".namespaced = true")
    return lines


def subresources_name(resource: Resource) -> str:
    return f"{resource.c_name[len(f'kube_{resource.type.package.c_name}_') :]}_subresources"


def subresource_row(subresource: Subresource) -> str:
    """The kube_subresource_t of a subresource."""
    parts = [f".name = {literal(subresource.name)}"]
    if subresource.body is not None:
        parts += [f".api_version = {literal(subresource.body.api_version)}", f".kind = {literal(subresource.body.kind)}"]
    parts.append(verbs(subresource.verbs))
    return fill("    { ", parts, " },", 6)


def verbs(names: tuple[str, ...]) -> str:
    return fill(".verbs = ", [f"KUBE_VERB_{name}" for name in names], "", 13, separator=" |")
