"""Nothing of the spec is missing from the committed output: definitions, properties, resources, operations."""

from __future__ import annotations

import json
import re
from typing import Any, Callable

import pytest
from conftest import Tree

PATH = re.compile(r"/(?:api|apis/([^/]+))/(v[^/]+)/(?:namespaces/\{namespace\}/)?([^/{]+)(?:/\{name\}(?:/([^/]+))?)?(?:/\{path\})?")
FUNCTIONS = {"get": 1, "list": 2, "post": 1, "put": 1, "patch": 2, "delete": 1, "deletecollection": 1, "connect": 0}
"""How many functions an operation makes: a patch makes patch and apply, a list list and each."""
WATCH_FUNCTIONS = 5
WATCH = "query.watch"
TEXT = "text"


def structs(spec: Any) -> dict[str, Any]:
    return {name: definition for name, definition in spec["definitions"].items() if definition.get("properties")}


def operations(spec: Any) -> set[tuple[str, str, str, str, str]]:
    """Group, version, plural, subresource and action of each; a list over all namespaces is the same as one over a namespace."""
    found = set()
    for path, item in spec["paths"].items():
        for operation in item.values():
            if "action" in operation:
                match = PATH.fullmatch(path.rstrip("/"))
                assert match is not None, path
                group, version, plural, subresource = (part or "" for part in match.groups())
                found.add((group, version, plural, subresource, operation["action"]))
    return found


def resources(spec: Any, holds: Callable[[Any], bool]) -> set[tuple[str, str, str]]:
    """Group, version and plural of resources with an operation of which `holds`."""
    found = set()
    for path, item in spec["paths"].items():
        match = PATH.fullmatch(path.rstrip("/"))
        if match is not None and any("action" in operation and holds(operation) for operation in item.values()):
            found.add((match[1] or "", match[2], match[3]))
    return found


def sources(generated: Tree) -> str:
    return "\n".join(text for path, text in generated.items() if path.endswith(".c"))


INFO = re.compile(r"^static const kube_field_info_t (\w+) = \{\n(.*?)\n\};\n", re.MULTILINE | re.DOTALL)


def with_infos(text: str) -> str:
    """A source in which what several fields share stands in each of them."""
    shared = {match[1]: match[2] for match in INFO.finditer(text)}
    return re.sub(r"\.info = &(\w+_info)\b", lambda match: shared[match[1]], INFO.sub("", text))


def test_definitions(spec: Any, generated: Tree) -> None:
    tables = re.findall(r'^const kube_type_t \w+ = \{.*?\.name = "([^"]+)"', sources(generated), re.MULTILINE | re.DOTALL)
    assert sorted(tables) == sorted(structs(spec))


def test_definitions_without_a_struct_are_known(spec: Any) -> None:
    assert sorted(set(spec["definitions"]) - set(structs(spec))) == [
        "io.k8s.api.apiserverinternal.v1alpha1.StorageVersionSpec",
        "io.k8s.api.scheduling.v1alpha2.BasicSchedulingPolicy",
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus",
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON",
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray",
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool",
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray",
        "io.k8s.apimachinery.pkg.api.resource.Quantity",
        "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1",
        "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime",
        "io.k8s.apimachinery.pkg.apis.meta.v1.Patch",
        "io.k8s.apimachinery.pkg.apis.meta.v1.Time",
        "io.k8s.apimachinery.pkg.runtime.RawExtension",
        "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
    ]


def test_properties(spec: Any, generated: Tree) -> None:
    wanted = sum(len(definition["properties"]) for definition in structs(spec).values())
    assert len(re.findall(r"^    \{ \.key = ", sources(generated), re.MULTILINE)) == wanted


def test_facts_of_properties(spec: Any, generated: Tree) -> None:
    properties = [schema for definition in structs(spec).values() for schema in definition["properties"].values()]
    text = "\n".join(with_infos(text) for path, text in generated.items() if path.endswith(".c"))
    for fact, wanted in {
        "default_json": sum("default" in schema for schema in properties),
        "merge_key": sum("x-kubernetes-patch-merge-key" in schema for schema in properties),
        "patch_strategy": sum("x-kubernetes-patch-strategy" in schema for schema in properties),
        "list_map_keys": sum("x-kubernetes-list-map-keys" in schema for schema in properties),
        "allowed": sum('"enum": ["' in json.dumps(schema) for schema in properties),
    }.items():
        assert text.count(f".{fact} = ") == wanted, fact
    required = sum(len(definition.get("required", [])) for definition in structs(spec).values())
    assert text.count("KUBE_FIELD_REQUIRED") == required


def test_roots(spec: Any, generated: Tree) -> None:
    wanted = [
        name
        for name, definition in structs(spec).items()
        if "x-kubernetes-group-version-kind" in definition and {"apiVersion", "kind"} <= set(definition["properties"])
    ]
    assert sources(generated).count(".flags = KUBE_TYPE_ROOT") == len(wanted)


def test_resources(spec: Any, generated: Tree) -> None:
    wanted = {(group, version, plural) for group, version, plural, _, _ in operations(spec)}
    tables = re.findall(
        r'^const kube_resource_t \w+ = \{.*?\.group = "([^"]*)",\s*\.version = "([^"]+)",\s*\.plural = "([^"]+)"',
        sources(generated),
        re.MULTILINE | re.DOTALL,
    )
    assert sorted(tables) == sorted(wanted)


def test_subresources(spec: Any, generated: Tree) -> None:
    wanted = {(group, version, plural, sub) for group, version, plural, sub, _ in operations(spec) if sub}
    tables = re.findall(r"kube_subresource_t \w+\[\] = \{\n(.*?)^\};", sources(generated), re.MULTILINE | re.DOTALL)
    assert sum(table.count("{ .name = ") for table in tables) == len(wanted)


def test_functions(spec: Any, generated: Tree) -> None:
    wanted = sum(FUNCTIONS[action] for *_, action in operations(spec))
    wanted += WATCH_FUNCTIONS * len(resources(spec, lambda operation: WATCH in operation.get("parameters", [])))
    wanted += len(resources(spec, lambda operation: operation.get("reply") == TEXT))
    defined = re.findall(r"^(?:int |void |const char \*)(kube_\w+)\(", sources(generated), re.MULTILINE)
    declared = re.findall(r"^KUBE_API (?:int |void |const char \*)(kube_\w+)\(", "\n".join(generated.values()), re.MULTILINE)
    assert len(defined) == wanted
    assert sorted(defined) == sorted(declared)
    assert len(set(defined)) == len(defined)


STREAMS = {
    "kube_each": lambda operation: operation["action"] == "list",
    "kube_watch": lambda operation: WATCH in operation.get("parameters", []),
    "kube_log_lines": lambda operation: operation.get("reply") == TEXT,
}


@pytest.mark.parametrize("callee", STREAMS)
def test_streams(callee: str, spec: Any, generated: Tree) -> None:
    tables = re.findall(
        r'^const kube_resource_t (\w+) = \{.*?\.group = "([^"]*)",\s*\.version = "([^"]+)",\s*\.plural = "([^"]+)"',
        sources(generated),
        re.MULTILINE | re.DOTALL,
    )
    named = {table: (group, version, plural) for table, group, version, plural in tables}
    called = [named[table] for table in re.findall(rf"\b{callee}\(client, &(\w+),", sources(generated))]
    assert sorted(called) == sorted(resources(spec, STREAMS[callee]))


def test_packages(spec: Any, generated: Tree) -> None:
    packages = re.findall(r"^const kube_package_t (kube_\w+)_package = ", sources(generated), re.MULTILINE)
    listed = re.findall(r"^    &(kube_\w+)_package,", generated["src/k8s.c"], re.MULTILINE)
    assert sorted(listed) == sorted(set(packages) - {"kube_meta_v1"})
    rows = re.findall(r"^        &(kube_\w+)_type,$", sources(generated), re.MULTILINE)
    assert len(rows) == len(structs(spec))
