from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from spec_format import problems

from kube_openapi.cli import arguments, make_spec
from kube_openapi.crd import definition_name, read_crds
from kube_openapi.files import read_documents
from kube_openapi.notes import Notes, SpecError
from kube_openapi.schema import Reducer

CRONTAB = Path(__file__).parent / "fixtures" / "crontab.yaml"
NAME = "com.example.stable.v1.CronTab"
META = "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1."


@pytest.fixture(scope="module")
def spec() -> Any:
    return make_spec(arguments(["--crd", str(CRONTAB)]), Notes()).document()


def fields(spec: Any) -> Any:
    return spec["definitions"][NAME]["properties"]["spec"]["properties"]


def test_name() -> None:
    assert definition_name("stable.example.com", "v1", "CronTab") == NAME


def test_spec_stands_alone(spec: Any) -> None:
    assert problems(spec) == []
    assert "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta" in spec["definitions"]
    assert "io.k8s.api.autoscaling.v1.Scale" in spec["definitions"]


def test_only_what_crds_need_is_lent(spec: Any) -> None:
    assert not [name for name in spec["definitions"] if name.startswith("io.k8s.api.core.")]


def test_object_and_list(spec: Any) -> None:
    definitions = spec["definitions"]
    assert definitions[NAME]["properties"]["metadata"] == {"$ref": META + "ObjectMeta"}
    assert definitions[NAME]["required"] == ["spec"]
    gvk = [{"group": "stable.example.com", "version": "v1", "kind": "CronTabList"}]
    assert definitions[NAME + "List"]["x-kubernetes-group-version-kind"] == gvk
    assert definitions[NAME + "List"]["properties"]["items"] == {
        "type": "array",
        "items": {"$ref": f"#/definitions/{NAME}"},
    }
    assert "com.example.stable.v2beta1.ZoneCollection" in definitions
    assert "com.example.stable.v1alpha1.CronTab" not in definitions


def test_facts(spec: Any) -> None:
    found = fields(spec)
    assert found["replicas"] == {"type": "integer", "format": "int32", "default": 1}
    assert found["image"] == {"type": "string", "default": ""}
    assert found["at"] == {"type": "string", "format": "date-time", "nullable": True}
    assert found["port"] == {"x-kubernetes-int-or-string": True}
    assert found["any"] == {"x-kubernetes-preserve-unknown-fields": True}
    assert found["mode"] == {"type": "string", "enum": ["Fast", "Slow"], "default": "Slow"}
    assert found["ports"]["x-kubernetes-list-map-keys"] == ["port", "protocol"]
    assert found["groups"]["additionalProperties"]["properties"]["size"] == {"type": "integer", "format": "int64"}


def test_embedded_resources_have_object_fields(spec: Any) -> None:
    template = fields(spec)["template"]
    assert template["required"] == ["kind", "apiVersion"]
    assert sorted(template["properties"]) == ["apiVersion", "kind", "metadata", "spec"]


def test_paths(spec: Any) -> None:
    root = "/apis/stable.example.com/v1"
    item = f"{root}/namespaces/{{namespace}}/crontabs/{{name}}"
    zones = "/apis/stable.example.com/v2beta1/zones"
    assert {path: sorted(item) for path, item in spec["paths"].items()} == {
        f"{root}/crontabs": ["get"],
        f"{root}/namespaces/{{namespace}}/crontabs": ["delete", "get", "post"],
        item: ["delete", "get", "patch", "put"],
        f"{item}/scale": ["get", "patch", "put"],
        f"{item}/status": ["get", "patch", "put"],
        zones: ["delete", "get", "post"],
        f"{zones}/{{name}}": ["delete", "get", "patch", "put"],
    }
    assert spec["paths"][item]["delete"]["reply"] == "StatusOrObject"
    assert spec["paths"][f"{item}/scale"]["get"]["reply"] == "io.k8s.api.autoscaling.v1.Scale"
    assert "application/strategic-merge-patch+json" not in spec["paths"][item]["patch"]["consumes"]


def read(document: Any) -> Notes:
    notes = Notes()
    read_crds([document], "f.yaml", Reducer(notes), notes)
    return notes


def test_what_was_left_out_is_told() -> None:
    notes = Notes()
    read_crds(read_documents(CRONTAB), "f.yaml", Reducer(notes), notes)
    assert notes.places("version that is not served, ignored") == ["f.yaml: crontabs.stable.example.com: v1alpha1"]
    assert notes.places("dropped: oneOf") == [f"{NAME}.spec.choice"]


def test_no_crd_is_an_error() -> None:
    with pytest.raises(SpecError, match=r"f.yaml: no CustomResourceDefinition"):
        read({"kind": "ConfigMap", "apiVersion": "v1"})


def test_old_crd_is_an_error() -> None:
    crd = {"kind": "CustomResourceDefinition", "apiVersion": "apiextensions.k8s.io/v1beta1", "metadata": {"name": "a"}}
    with pytest.raises(SpecError, match=r"f.yaml: a: apiVersion is 'apiextensions.k8s.io/v1beta1'"):
        read(crd)


def test_missing_field_is_an_error() -> None:
    crd = {"kind": "CustomResourceDefinition", "apiVersion": "apiextensions.k8s.io/v1", "spec": {}}
    with pytest.raises(SpecError, match="field 'versions' is missing"):
        read(crd)


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ("x", "{n}: schema must be an object, not 'x'"),
        ({"openAPIV3Schema": "x"}, "{n} must be an object, not 'x'"),
        ({"openAPIV3Schema": {"properties": []}}, r"{n}: properties must be an object, not \[\]"),
        ({"openAPIV3Schema": {"properties": {"a": None}}}, r"{n}\.a must be an object, not None"),
        ({"openAPIV3Schema": {"properties": {"a": {"items": []}}}}, r"{n}\.a\[\] must be an object, not \[\]"),
        ({"openAPIV3Schema": {"additionalProperties": 1}}, r"{n}\{{\}} must be an object, not 1"),
    ],
)
def test_schemas_of_wrong_form_are_told(schema: Any, message: str) -> None:
    version = {"name": "v1", "served": True, "schema": schema}
    body = {"group": "e.org", "scope": "Cluster", "names": {"plural": "as", "kind": "A"}, "versions": [version]}
    crd = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "spec": body}
    with pytest.raises(SpecError, match=message.format(n="org.e.v1.A")):
        read_crds([crd], "f.yaml", Reducer(Notes()), Notes())


NAMES = {"kind": "K", "plural": "ks"}


@pytest.mark.parametrize(
    "body",
    [
        None,
        {"names": [], "versions": []},
        {"names": {}, "versions": "v1"},
        {"group": "g.io", "names": NAMES, "versions": ["v1"]},
        {"group": "g.io", "names": NAMES, "versions": [{"name": 1}]},
        {"group": "g.io", "names": {**NAMES, "kind": 1}, "versions": []},
        {"group": None, "names": NAMES, "versions": []},
    ],
)
def test_manifests_of_wrong_form_are_told(body: Any) -> None:
    crd = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "spec": body}
    with pytest.raises(SpecError, match=r"f\.yaml: \?: .* must be (an object|a list|a string), not "):
        read_crds([crd], "f.yaml", Reducer(Notes()), Notes())


def test_list_of_crds() -> None:
    assert read({"kind": "List", "items": read_documents(CRONTAB)}).subjects()
