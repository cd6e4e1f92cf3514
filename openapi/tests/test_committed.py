"""The committed specs: in the promised format, without prose, complete."""

from __future__ import annotations

from typing import Any

from spec_format import problems

META = "io.k8s.apimachinery.pkg.apis.meta.v1."
COUNTS = {"v1.34": (751, 329, 857), "v1.36": (792, 345, 906)}
LONGEST_STRING = 140


def test_format(committed: Any) -> None:
    assert problems(committed) == []


def test_counts(committed: Any) -> None:
    operations = sum(len(item) for item in committed["paths"].values())
    counts = (len(committed["definitions"]), len(committed["paths"]), operations)
    assert counts == COUNTS[committed["version"]]


def test_no_prose(committed: Any) -> None:
    """Descriptions are strings with blanks; facts have none, but for a few enum values (`server auth`)."""
    pending = [committed]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            pending.extend(value for key, value in part.items() if key != "enum")
        elif isinstance(part, list):
            pending.extend(part)
        elif isinstance(part, str):
            assert " " not in part, part
            assert len(part) < LONGEST_STRING


def test_scalars(committed: Any) -> None:
    definitions = committed["definitions"]
    assert definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"] == {"type": "string", "format": "quantity"}
    int_or_string = definitions["io.k8s.apimachinery.pkg.util.intstr.IntOrString"]
    assert int_or_string == {"type": "string", "format": "int-or-string"}
    for name in ("Time", "MicroTime"):
        assert definitions[META + name] == {"type": "string", "format": "date-time"}


def test_facts_of_a_container(committed: Any) -> None:
    container = committed["definitions"]["io.k8s.api.core.v1.Container"]
    assert container["required"] == ["name"]
    assert container["properties"]["imagePullPolicy"]["enum"] == ["Always", "IfNotPresent", "Never"]
    ports = container["properties"]["ports"]
    assert ports["x-kubernetes-list-map-keys"] == ["containerPort", "protocol"]
    assert ports["x-kubernetes-patch-merge-key"] == "containerPort"
    assert ports["items"] == {"$ref": "#/definitions/io.k8s.api.core.v1.ContainerPort"}
    assert committed["definitions"]["io.k8s.api.core.v1.ContainerPort"]["properties"]["protocol"]["default"] == "TCP"


def test_logs_are_text(committed: Any) -> None:
    log = committed["paths"]["/api/v1/namespaces/{namespace}/pods/{name}/log"]["get"]
    assert log["reply"] == "text"
    assert "query.follow" in log["parameters"]


def test_watch_paths_are_gone(committed: Any) -> None:
    assert not [path for path in committed["paths"] if "/watch/" in path]
    assert "query.watch" in committed["paths"]["/api/v1/pods"]["get"]["parameters"]
