"""The same small API as v3 documents and as a v2 document gives the same spec, but for what v2 does not know."""

from __future__ import annotations

import copy
from typing import Any

from kube_openapi.notes import Notes
from kube_openapi.schema import Reducer
from kube_openapi.spec import Spec
from kube_openapi.v2 import read_v2
from kube_openapi.v3 import read_v3

GVK = {"group": "g.io", "version": "v1", "kind": "Thing"}
PATH = "/apis/g.io/v1/things/{name}"


def v3_document(group: str = "g.io") -> Any:
    reference = {"$ref": "#/components/schemas/io.g.v1.Thing"}
    text = {"schema": {"type": "string", "uniqueItems": True}}
    kinds = [{"group": group, "version": "v1", "kind": "DeleteOptions"}]
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": "v1.36.3"},
        "components": {
            "schemas": {
                "io.g.v1.Thing": {"type": "object", "properties": {"a": {"type": "string", "default": "x"}}},
                "io.g.v1.DeleteOptions": {"type": "object", "x-kubernetes-group-version-kind": kinds},
            }
        },
        "paths": {
            PATH: {
                "parameters": [{"name": "name", "in": "path", "required": True, **text}],
                "put": {
                    "parameters": [{"name": "dryRun", "in": "query", **text}],
                    "requestBody": {"content": {"*/*": {"schema": reference}}},
                    "responses": {
                        "200": {"content": {"application/json": {"schema": reference}}},
                        "401": {"description": "Unauthorized"},
                    },
                    "x-kubernetes-action": "put",
                    "x-kubernetes-group-version-kind": GVK,
                },
            },
            "/apis/g.io/v1/watch/things": {"get": {"responses": {}, "x-kubernetes-action": "watchlist"}},
        },
    }


def v2_document() -> Any:
    reference = {"$ref": "#/definitions/io.g.v1.Thing"}
    return {
        "swagger": "2.0",
        "info": {"title": "Kubernetes", "version": "v1.36.3"},
        "definitions": {
            "io.g.v1.Thing": {"type": "object", "properties": {"a": {"type": "string"}}},
            "io.g.v1.DeleteOptions": {
                "type": "object",
                "x-kubernetes-group-version-kind": [
                    {"group": "h.io", "kind": "DeleteOptions", "version": "v1"},
                    {"group": "g.io", "kind": "DeleteOptions", "version": "v1"},
                ],
            },
        },
        "parameters": {"dryRun-x": {"name": "dryRun", "in": "query", "type": "string", "uniqueItems": True}},
        "paths": {
            PATH: {
                "parameters": [{"name": "name", "in": "path", "required": True, "type": "string"}],
                "put": {
                    "consumes": ["*/*"],
                    "produces": ["application/json"],
                    "parameters": [
                        {"name": "body", "in": "body", "schema": reference},
                        {"$ref": "#/parameters/dryRun-x"},
                    ],
                    "responses": {"200": {"schema": reference}, "401": {}},
                    "x-kubernetes-action": "put",
                    "x-kubernetes-group-version-kind": GVK,
                },
            },
            "/apis/g.io/v1/watch/things": {"get": {"responses": {}, "x-kubernetes-action": "watchlist"}},
        },
    }


def from_v3(*documents: Any) -> tuple[Spec, Notes]:
    notes = Notes()
    named = {f"{number}.json": document for number, document in enumerate(documents)}
    return read_v3(named, Reducer(notes), notes), notes


def test_v3() -> None:
    spec, notes = from_v3(v3_document())
    assert spec.version == "v1.36"
    assert spec.paths == {
        PATH: {
            "put": {
                "action": "put",
                "gvk": GVK,
                "parameters": ["path.name", "query.dryRun"],
                "body": "io.g.v1.Thing",
                "consumes": ["*/*"],
                "reply": "io.g.v1.Thing",
                "produces": ["application/json"],
            }
        }
    }
    assert spec.parameters["query.dryRun"] == {"name": "dryRun", "in": "query", "type": "string"}
    assert notes.places("dropped: deprecated watch path") == ["/apis/g.io/v1/watch/things"]


def test_v2_is_the_same_without_defaults() -> None:
    notes = Notes()
    second = read_v2(v2_document(), "v2.json", Reducer(notes), notes).document()
    first, _ = from_v3(v3_document("g.io"), v3_document("h.io"))
    del first.definitions["io.g.v1.Thing"]["properties"]["a"]["default"]
    assert first.document() == second


def test_documents_that_disagree_are_noted() -> None:
    other = copy.deepcopy(v3_document("h.io"))
    other["components"]["schemas"]["io.g.v1.Thing"]["properties"]["b"] = {"type": "string"}
    spec, notes = from_v3(v3_document(), other)
    assert list(spec.definitions["io.g.v1.Thing"]["properties"]) == ["a"]
    what = "definition differs from the one of an earlier document, ignored"
    assert notes.places(what) == ["1.json: io.g.v1.Thing"]
