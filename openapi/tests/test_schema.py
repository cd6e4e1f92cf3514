from __future__ import annotations

from typing import Any

import pytest

from kube_openapi.notes import Notes, SpecError
from kube_openapi.schema import Reducer

PLACE = "com.example.v1.Thing"
REF = {"$ref": "#/definitions/com.example.v1.Other"}


def reduce(schema: Any, name: str = PLACE) -> Any:
    return Reducer(Notes()).definition(name, schema)


def reduce_property(schema: Any, name: str = PLACE) -> Any:
    return reduce({"type": "object", "properties": {"p": schema}}, name)["properties"]["p"]


@pytest.mark.parametrize(
    "source",
    [
        {"$ref": "#/components/schemas/com.example.v1.Other"},
        {"allOf": [{"$ref": "#/components/schemas/com.example.v1.Other"}]},
        {"$ref": "#/definitions/com.example.v1.Other", "description": "words"},
    ],
)
def test_references_have_one_form(source: Any) -> None:
    assert reduce_property(source) == REF


def test_siblings_of_a_reference_stay() -> None:
    source = {"allOf": [{"$ref": "#/components/schemas/com.example.v1.Other"}], "nullable": True, "default": {"a": 1}}
    assert reduce_property(source) == {**REF, "nullable": True, "default": {"a": 1}}


def test_reference_to_elsewhere_is_an_error() -> None:
    with pytest.raises(SpecError, match=r"com.example.v1.Thing.p: cannot follow"):
        reduce_property({"$ref": "http://elsewhere/#/x"})


@pytest.mark.parametrize("source", [{"oneOf": [{"type": "string"}, {"type": "number"}]}, {"type": "string"}])
def test_quantity_has_one_form(source: Any) -> None:
    name = "io.k8s.apimachinery.pkg.api.resource.Quantity"
    assert reduce(source, name) == {"type": "string", "format": "quantity"}


@pytest.mark.parametrize("value", ["", 0, False, {}])
def test_zero_defaults_of_go_go(value: Any) -> None:
    source = {"type": "string", "default": value}
    assert "default" not in reduce_property(source, "io.k8s.api.core.v1.Pod")
    for name in (PLACE, "io.k8s.networking.gateway.v1.Gateway"):
        assert reduce_property(source, name) == source, "the author of a CRD chose it"


def test_real_defaults_stay() -> None:
    source = {"type": "string", "default": "TCP"}
    assert reduce_property(source, "io.k8s.api.core.v1.ContainerPort") == source


def test_validation_is_dropped_and_noted() -> None:
    notes = Notes()
    schema = {"type": "integer", "minimum": 1, "pattern": "x", "description": "words", "x-kubernetes-validations": []}
    assert Reducer(notes).definition(PLACE, schema) == {"type": "integer"}
    assert notes.subjects() == [
        "dropped: description", "dropped: minimum", "dropped: pattern", "dropped: x-kubernetes-validations",
    ]  # fmt: skip


def test_prose_is_kept_on_request() -> None:
    notes = Notes()
    schema = {"type": "string", "description": "words"}
    assert Reducer(notes, keep_prose=True).definition(PLACE, schema) == schema
    assert notes.subjects() == []


def test_a_property_called_description_is_no_prose() -> None:
    schema = {"type": "object", "properties": {"description": {"type": "string"}}}
    assert reduce(schema) == schema


@pytest.mark.parametrize("source", [{}, {"description": "words"}, {"anyOf": [{"type": "string"}]}])
def test_no_type_is_any_value(source: Any) -> None:
    assert reduce_property(source) == {"x-kubernetes-preserve-unknown-fields": True}


@pytest.mark.parametrize(
    ("values", "expected"),
    [(True, True), ({}, True), ({"type": "integer"}, {"type": "integer"}), (False, None)],
)
def test_additional_properties(values: Any, expected: Any) -> None:
    assert reduce_property({"type": "object", "additionalProperties": values}).get("additionalProperties") == expected


def test_array_without_items_holds_any_value() -> None:
    expected = {"type": "array", "items": {"x-kubernetes-preserve-unknown-fields": True}}
    assert reduce_property({"type": "array"}) == expected


def test_choice_of_types_is_an_error() -> None:
    with pytest.raises(SpecError, match="choice of types"):
        reduce_property({"type": ["string", "null"]})
