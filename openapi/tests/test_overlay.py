"""Every correction: that it has a reason, and that the committed specs show it. test_live.py asks a real server."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import HOME

from kube_openapi.files import read_json
from kube_openapi.notes import Notes, SpecError
from kube_openapi.overlay import apply_overlay
from kube_openapi.spec import Spec

STATUS = "io.k8s.apimachinery.pkg.apis.meta.v1.Status"
META = "io.k8s.apimachinery.pkg.apis.meta.v1."
EXTENSIONS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1."
POD = "/api/v1/namespaces/{namespace}/pods/{name}"
FREE_FORM = {"x-kubernetes-preserve-unknown-fields": True}
ADDED_KINDS = {
    "io.k8s.api.admission.v1.AdmissionReview": ("admission.k8s.io", "v1"),
    f"{META}PartialObjectMetadata": ("meta.k8s.io", "v1"),
    f"{META}PartialObjectMetadataList": ("meta.k8s.io", "v1"),
    f"{META}Table": ("meta.k8s.io", "v1"),
    "io.k8s.api.apidiscovery.v2.APIGroupDiscoveryList": ("apidiscovery.k8s.io", "v2"),
    "io.k8s.client-go.pkg.apis.clientauthentication.v1.ExecCredential": ("client.authentication.k8s.io", "v1"),
    "io.k8s.api.core.v1.List": ("", "v1"),
}


def corrections() -> Any:
    return read_json(HOME / "overlay.json")["corrections"]


@pytest.mark.parametrize("entry", corrections(), ids=lambda entry: str(entry["reason"])[:40])
def test_reason_is_a_sentence(entry: Any) -> None:
    assert entry["reason"].endswith(".")


def test_eviction(committed: Any) -> None:
    operation = committed["paths"][f"{POD}/eviction"]["post"]
    assert (operation["body"], operation["reply"]) == ("io.k8s.api.policy.v1.Eviction", STATUS)


@pytest.mark.parametrize("path", [f"{POD}/binding", "/api/v1/namespaces/{namespace}/bindings"])
def test_binding(committed: Any, path: str) -> None:
    operation = committed["paths"][path]["post"]
    assert (operation["body"], operation["reply"]) == ("io.k8s.api.core.v1.Binding", STATUS)


def test_role_bindings_are_no_bindings(committed: Any) -> None:
    path = "/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/rolebindings"
    assert committed["paths"][path]["post"]["reply"] == "io.k8s.api.rbac.v1.RoleBinding"


def test_delete(committed: Any) -> None:
    operations = [operation for item in committed["paths"].values() for operation in item.values()]
    for operation in operations:
        is_delete = operation.get("action") in ("delete", "deletecollection")
        assert is_delete == (operation.get("reply") == "StatusOrObject")


@pytest.mark.parametrize(
    "name",
    [
        *(EXTENSIONS + kind for kind in ("JSON", "JSONSchemaPropsOrArray", "JSONSchemaPropsOrBool")),
        f"{EXTENSIONS}JSONSchemaPropsOrStringArray",
        f"{META}FieldsV1",
        "io.k8s.apimachinery.pkg.runtime.RawExtension",
    ],
)
def test_free_form(committed: Any, name: str) -> None:
    assert committed["definitions"][name] == FREE_FORM


@pytest.mark.parametrize("name", sorted(ADDED_KINDS))
def test_added_kinds(committed: Any, name: str) -> None:
    group, version = ADDED_KINDS[name]
    kinds = committed["definitions"][name]["x-kubernetes-group-version-kind"]
    assert kinds == [{"group": group, "version": version, "kind": name.rpartition(".")[2]}]


def test_cells_of_a_table_hold_any_value(committed: Any) -> None:
    assert committed["definitions"][f"{META}TableRow"]["properties"]["cells"]["items"] == FREE_FORM


def test_what_the_source_has_is_not_added() -> None:
    own: Any = {"type": "object"}
    spec = Spec(version="v1.99", definitions={"a": own})
    entry = {"reason": "Added.", "add": {"a": {"type": "string"}, "b": {"type": "string"}}}
    apply_overlay(spec, {"corrections": [entry]}, Notes())
    assert spec.definitions == {"a": own, "b": {"type": "string"}}


def test_nothing_to_correct_is_told() -> None:
    notes = Notes()
    apply_overlay(Spec(version="v1.99"), {"corrections": [{"reason": "Gone.", "replace": {"a": {}}}]}, notes)
    assert notes.places("overlay correction that found nothing to correct") == ["Gone."]


@pytest.mark.parametrize("entry", [{"add": {}}, {"reason": "Why.", "ad": {}}])
def test_bad_correction_is_an_error(entry: Any) -> None:
    with pytest.raises(SpecError, match="overlay: correction 0"):
        apply_overlay(Spec(), {"corrections": [entry]}, Notes())
