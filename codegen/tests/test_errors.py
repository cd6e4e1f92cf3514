"""Every kind of bad spec is refused with its place, and nothing is written."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import FIXTURE, SPEC

from kube_codegen.cli import main

CORE = "io.k8s.api.core.v1."
SPEC_OF = ("definitions", CORE + "WidgetSpec")
PROPERTIES = (*SPEC_OF, "properties")
WIDGETS = ("paths", "/api/v1/namespaces/{namespace}/widgets")
AT_SPEC = "#/definitions/io.k8s.api.core.v1.WidgetSpec"
AT_WIDGETS = "#/paths/~1api~1v1~1namespaces~1{namespace}~1widgets"
GONE = object()

Change = tuple[tuple[str, ...], Any]

STRUCT = {"type": "object", "properties": {"name": {"type": "string"}}}
META_REF = {"$ref": "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}


def custom(group: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"apiVersion": {"type": "string"}, "kind": {"type": "string"}},
        "x-kubernetes-group-version-kind": [{"group": group, "version": "v1", "kind": "Thing"}],
    }


def kind_of(kind: str) -> dict[str, Any]:
    """A kind of the core group."""
    return {**custom(""), "x-kubernetes-group-version-kind": [{"group": "", "version": "v1", "kind": kind}]}


GVK_FN = {"group": "", "version": "v1", "kind": "WidgetFn"}

CASES: dict[str, tuple[list[Change], str]] = {
    "unknown $ref": (
        [((*PROPERTIES, "raw"), {"$ref": "#/definitions/io.k8s.api.core.v1.Nope"})],
        f"{AT_SPEC}/properties/raw/$ref: error: no definition 'io.k8s.api.core.v1.Nope'",
    ),
    "$ref to elsewhere": (
        [((*PROPERTIES, "raw"), {"$ref": "#/components/schemas/X"})],
        f"{AT_SPEC}/properties/raw/$ref: error: '#/components/schemas/X' does not begin with '#/definitions/'",
    ),
    "$ref beside type": (
        [((*PROPERTIES, "raw"), {"$ref": "#/definitions/io.k8s.api.core.v1.WidgetPart", "type": "object"})],
        f"{AT_SPEC}/properties/raw: error: has both '$ref' and 'type'",
    ),
    "unknown type": (
        [((*PROPERTIES, "mode"), {"type": "text"})],
        f"{AT_SPEC}/properties/mode/type: error: unknown type 'text'",
    ),
    "unknown format": (
        [((*PROPERTIES, "replicas", "format"), "int16")],
        f"{AT_SPEC}/properties/replicas/format: error: unknown format 'int16' of type 'integer'",
    ),
    "unknown keyword": (
        [((*PROPERTIES, "mode", "oneOf"), [])],
        f"{AT_SPEC}/properties/mode/oneOf: error: unknown keyword 'oneOf'",
    ),
    "keyword that does not go with the type": (
        [((*PROPERTIES, "mode", "items"), {"type": "string"})],
        f"{AT_SPEC}/properties/mode/items: error: 'items' does not go with type 'string'",
    ),
    "too many properties": (
        [(PROPERTIES, {f"field{number}": {"type": "string"} for number in range(2701)})],
        f"{AT_SPEC}/properties: error: more than 2700 properties do not fit a table",
    ),
    "properties and additionalProperties": (
        [((*PROPERTIES[:-1], "additionalProperties"), {"type": "string"})],
        f"{AT_SPEC}/additionalProperties: error: 'additionalProperties' does not go with 'properties': a struct has no room for both",
    ),
    "keyword of the wrong type": (
        [((*PROPERTIES, "mode", "nullable"), "yes")],
        f"{AT_SPEC}/properties/mode/nullable: error: is not a boolean",
    ),
    "required names nothing": (
        [((*SPEC_OF, "required"), ["mode", "size"])],
        f"{AT_SPEC}/required/1: error: no property 'size'",
    ),
    "two properties with one name": (
        [((*PROPERTIES, "pod_ips"), {"type": "string"})],
        f"{AT_SPEC}/properties: error: 'podIPs' and 'pod_ips' both become 'pod_ips' in C"
        " (--rename io.k8s.api.core.v1.WidgetSpec.pod_ips=<name>)",
    ),
    "property with no name": (
        [((*PROPERTIES, "$$"), {"type": "string"})],
        f"{AT_SPEC}/properties/$$: error: no C name can be made of '$$' (--rename io.k8s.api.core.v1.WidgetSpec.$$=<name>)",
    ),
    "property with a quote": (
        [((*PROPERTIES, 'a"b'), {"type": "string"})],
        f"{AT_SPEC}/properties/a\"b: error: a property's name with quotes, backslashes or control characters is not supported",
    ),
    "two definitions with one name": (
        [(("definitions", CORE + "widgetSpec"), STRUCT)],
        "#/definitions/io.k8s.api.core.v1.widgetSpec: error: io.k8s.api.core.v1.widgetSpec and io.k8s.api.core.v1.WidgetSpec "
        "both become 'kube_core_v1_widget_spec_t' in C",
    ),
    "definition that is named as a map's entry": (
        [(("definitions", CORE + "WidgetPartEntry"), STRUCT)],
        f"{AT_SPEC}: error: a map's entry in io.k8s.api.core.v1.WidgetSpec and io.k8s.api.core.v1.WidgetPartEntry "
        "both become 'kube_core_v1_widget_part_entry_t' in C",
    ),
    "kind that is named as a watch": (
        [(("definitions", CORE + "WidgetWatch"), STRUCT)],
        f"{AT_WIDGETS}: error: the watch of widgets and io.k8s.api.core.v1.WidgetWatch both become 'kube_core_v1_widget_watch_t' in C",
    ),
    "kind that is named as the event of a watch": (
        [(("definitions", CORE + "WidgetEvent"), STRUCT)],
        f"{AT_WIDGETS}: error: the event of widgets and io.k8s.api.core.v1.WidgetEvent both become 'kube_core_v1_widget_event_t' in C",
    ),
    "resource that is named as a function type": (
        [
            (("definitions", CORE + "WidgetFn"), kind_of("WidgetFn")),
            (("paths", "/api/v1/widgetfn/{name}"), {"get": {"action": "get", "gvk": GVK_FN, "reply": CORE + "WidgetFn"}}),
        ],
        f"{AT_WIDGETS}: error: the function type of widgets and the resource widgetfn both become 'kube_core_v1_widget_fn' in C",
    ),
    "inline object that is named as a definition": (
        [
            ((*PROPERTIES, "case"), STRUCT),
            (("definitions", CORE + "WidgetSpecCase"), STRUCT),
        ],
        f"{AT_SPEC}/properties/case: error: the name of this object's type, 'WidgetSpecCase', is taken by another"
        " (--rename io.k8s.api.core.v1.WidgetSpec.case=<name>)",
    ),
    "two allowed values with one constant": (
        [((*PROPERTIES, "mode", "enum"), ["Fast", "fast"])],
        f'{AT_SPEC}/properties/mode/enum/1: error: "fast" and "Fast" both make KUBE_CORE_V1_WIDGET_SPEC_MODE_FAST'
        " (--rename 'io.k8s.api.core.v1.WidgetSpec.mode:fast=<name>')",
    ),
    "allowed value with no name": (
        [((*PROPERTIES, "mode", "enum"), ["\u00e9"])],
        f'{AT_SPEC}/properties/mode/enum/0: error: no name can be made for the allowed value "\u00e9"'
        " (--rename 'io.k8s.api.core.v1.WidgetSpec.mode:\u00e9=<name>')",
    ),
    "unknown list type": (
        [((*PROPERTIES, "podIPs", "x-kubernetes-list-type"), "bag")],
        f"{AT_SPEC}/properties/podIPs/x-kubernetes-list-type: error: 'bag' is none of atomic, set, map",
    ),
    "unknown map type": (
        [((*PROPERTIES, "capacity", "x-kubernetes-map-type"), "flat")],
        f"{AT_SPEC}/properties/capacity/x-kubernetes-map-type: error: 'flat' is none of atomic, granular",
    ),
    "unknown patch strategy": (
        [((*PROPERTIES, "parts", "x-kubernetes-patch-strategy"), "merge,guess")],
        f"{AT_SPEC}/properties/parts/x-kubernetes-patch-strategy: error: 'guess' is none of merge, replace, retainKeys",
    ),
    "alias of an alias": (
        [(("definitions", CORE + "Alias"), {"$ref": "#/definitions/io.k8s.api.core.v1.Widget"})],
        "#/definitions/io.k8s.api.core.v1.Alias: error: a definition that only refers to another is not supported",
    ),
    "definition of no package": (
        [(("definitions", "Thing"), STRUCT)],
        "#/definitions/Thing: error: no package can be told from this name (expected <reversed group>.<version>.<kind>)",
    ),
    "package name that Kubernetes has": (
        [(("definitions", "io.istio.networking.v1.Thing"), custom("networking.istio.io"))],
        "#/definitions/io.istio.networking.v1.Thing: error: package name 'networking' is taken by Kubernetes; "
        "choose one with --package networking.istio.io=<name>",
    ),
    "package name that another group has": (
        [
            (("definitions", "com.a.stable.v1.Thing"), custom("stable.a.com")),
            (("definitions", "com.b.stable.v1.Thing"), custom("stable.b.com")),
        ],
        "#/definitions/com.b.stable.v1.Thing: error: package name 'stable' is taken by stable.a.com; "
        "choose one with --package stable.b.com=<name>",
    ),
    "reference into a package that is not imported": (
        [
            (("definitions", "com.a.stable.v1.Thing"), custom("stable.a.com")),
            (
                ("definitions", "com.a.stable.v1.Thing", "properties", "pod"),
                {"$ref": "#/definitions/io.k8s.api.apps.v1.Deployment"},
            ),
        ],
        "#/definitions/com.a.stable.v1.Thing/properties/pod/$ref: error: 'io.k8s.api.apps.v1.Deployment' is not in this spec "
        "(its package can be imported: --import apps/v1)",
    ),
    "packages that refer to each other": (
        [
            (
                ("definitions", "io.k8s.api.policy.v1.Breakage", "properties", "spec"),
                {"$ref": "#/definitions/io.k8s.api.core.v1.WidgetSpec"},
            ),
            ((*PROPERTIES, "breakage"), {"$ref": "#/definitions/io.k8s.api.policy.v1.Breakage"}),
        ],
        "#/definitions/io.k8s.api.policy.v1.Breakage/properties/spec: error: packages core/v1 and policy/v1 refer to each other",
    ),
    "root without group, version and kind": (
        [(("definitions", CORE + "Widget", "x-kubernetes-group-version-kind"), GONE)],
        "#/definitions/io.k8s.api.core.v1.Widget: error: x-kubernetes-group-version-kind does not name v1 Widget, as its path does",
    ),
    "root of several kinds": (
        [
            (
                ("definitions", CORE + "Widget", "x-kubernetes-group-version-kind"),
                [{"group": "a", "version": "v1", "kind": "Widget"}, {"group": "b", "version": "v1", "kind": "Widget"}],
            )
        ],
        "#/definitions/io.k8s.api.core.v1.Widget/x-kubernetes-group-version-kind: error: names several kinds, "
        "none of them in the core group",
    ),
    "body of a subresource without a kind": (
        [(("definitions", "io.k8s.api.policy.v1.Breakage", "x-kubernetes-group-version-kind"), GONE)],
        "#/definitions/io.k8s.api.policy.v1.Breakage: error: is the body of a subresource, but has no x-kubernetes-group-version-kind",
    ),
    "path of no resource": (
        [(("paths", "/api/v1/watch/{name}/x/y/z"), {"get": {"action": "list", "gvk": {}}})],
        "#/paths/~1api~1v1~1watch~1{name}~1x~1y~1z: error: is not the path of a resource",
    ),
    "unknown action": (
        [((*WIDGETS, "get", "action"), "peek")],
        f"{AT_WIDGETS}/get/action: error: unknown action 'peek'",
    ),
    "unknown parameter": (
        [((*WIDGETS, "get", "parameters"), ["query.nope"])],
        f"{AT_WIDGETS}/get/parameters/0: error: no parameter 'query.nope'",
    ),
    "operation without kind": (
        [((*WIDGETS, "get", "gvk"), GONE)],
        f"{AT_WIDGETS}/get: error: 'gvk' is missing",
    ),
    "operation with an unknown body": (
        [((*WIDGETS, "post", "body"), "Nope")],
        f"{AT_WIDGETS}/post/body: error: no definition 'Nope'",
    ),
    "create without body": (
        [((*WIDGETS, "post", "body"), GONE)],
        f"{AT_WIDGETS}/post: error: 'body' is missing",
    ),
    "list without reply": (
        [((*WIDGETS, "get", "reply"), GONE)],
        f"{AT_WIDGETS}/get: error: 'reply' names no definition",
    ),
    "resource without a type": (
        [(("paths", "/api/v1/gadgets"), {"delete": {"action": "deletecollection", "gvk": {}, "reply": "StatusOrObject"}})],
        "#/paths/~1api~1v1~1gadgets: error: no operation tells the type of 'gadgets'",
    ),
    "delete of a subresource": (
        [
            (
                ("paths", "/api/v1/namespaces/{namespace}/widgets/{name}/status", "delete"),
                {"action": "delete", "gvk": {"group": "", "version": "v1", "kind": "Widget"}, "reply": "StatusOrObject"},
            )
        ],
        "#/paths/~1api~1v1~1namespaces~1{namespace}~1widgets~1{name}~1status/delete: error: 'delete' on a subresource is not supported",
    ),
    "form of another generator": ([(("kubeSpec",), 2)], "#/kubeSpec: error: is not 1, the form of spec this generator reads"),
    "no definitions": ([(("definitions",), GONE)], "#: error: 'definitions' is missing"),
    "definitions that are a list": ([(("definitions",), [])], "#/definitions: error: is not an object"),
}


def changed(changes: list[Change]) -> Any:
    """The fixture with changes."""
    spec = json.loads(FIXTURE.read_text(encoding="utf-8"))
    for path, value in changes:
        place = spec
        for step in path[:-1]:
            place = place[step]
        if value is GONE:
            del place[path[-1]]
        else:
            place[path[-1]] = copy.deepcopy(value)
    return spec


@pytest.mark.parametrize("name", CASES)
def test_bad_spec(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changes, message = CASES[name]
    file = tmp_path / "spec.json"
    file.write_text(json.dumps(changed(changes)), encoding="utf-8")
    out = tmp_path / "out"
    assert main(["--spec", str(file), "--out", str(out), "--import-spec", str(SPEC)]) == 1
    assert capsys.readouterr().err == f"{file}{message}\n"
    assert not out.exists()


def test_the_fixture_itself_is_good(tmp_path: Path) -> None:
    file = tmp_path / "spec.json"
    file.write_text(json.dumps(changed([])), encoding="utf-8")
    assert main(["--spec", str(file), "--out", str(tmp_path / "out"), "--import-spec", str(SPEC)]) == 0


def test_not_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "spec.json"
    file.write_text("{", encoding="utf-8")
    assert main(["--spec", str(file), "--out", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err.startswith(f"{file}: error: is not JSON: ")


def test_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "spec.json"
    assert main(["--spec", str(file), "--out", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err == f"error: {file}: No such file or directory\n"


BAD_OPTIONS = {
    ("--package", "stable.example.com"): "error: --package stable.example.com: is not GROUP=NAME (lower-case letters, digits, '_')",
    ("--package", "stable.example.com=Stable"): "error: --package stable.example.com=Stable: is not GROUP=NAME",
    ("--packages-name", "mine"): "error: --packages-name mine: is not kube_<name>_packages",
    ("--packages-name", "kube_config_packages"): "error: --packages-name kube_config_packages: kube/config.h is a header of libkube itself",
    ("--packages-name", "kube_core_v1_packages"): "error: --packages-name kube_core_v1_packages: 'core_v1' reads like a package",
    ("--package", "nope.example.com=nope"): "error: --package nope.example.com=nope: the spec has no such group of custom resources",
    ("--import", "all"): "error: nothing is left to generate: all of the spec is imported",
    ("--rename", "a.b=C"): "error: --rename a.b=C: is not WHAT=NAME",
    ("--rename", "a.b=c"): "error: --rename a.b=c: the spec has no such property or allowed value",
    ("--only", "core/v1/Gadget"): "error: --only core/v1/Gadget: the spec has no such package or kind",
    ("--import", "core/v9"): "error: --import core/v9: no spec has such a package",
}


@pytest.mark.parametrize(("options", "message"), BAD_OPTIONS.items())
def test_bad_option(options: tuple[str, str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--spec", str(FIXTURE), "--out", str(tmp_path / "out"), *options]) == 1
    assert capsys.readouterr().err.startswith(message)
