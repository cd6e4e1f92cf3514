"""Lists, watches and logs, one object or line at a time: what is made when, and that it does what it should."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from conftest import FIXTURE, INCLUDES, TESTS, Generate, Tree, tree

GOLDEN = TESTS / "golden"
NAMESPACED = "/api/v1/namespaces/{namespace}/widgets"
EVERYWHERE = "/api/v1/widgets"
HEADER = "include/kube/core/v1.h"
SOURCE = "src/core_v1_streams.c"


def fixture() -> Any:
    return json.loads(FIXTURE.read_text(encoding="utf-8"))


def test_wrappers_pass_everything_on(tmp_path: Path) -> None:
    program = tmp_path / "streams"
    flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", f"-I{GOLDEN / 'include'}", INCLUDES[0]]
    subprocess.run(["cc", *flags, str(TESTS / "streams.c"), str(GOLDEN / SOURCE), "-o", str(program)], check=True)
    done = subprocess.run([program], text=True, capture_output=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)


def test_a_list_that_cannot_be_watched(generate: Generate) -> None:
    spec = fixture()
    for path in (NAMESPACED, EVERYWHERE):
        del spec["paths"][path]["get"]["parameters"]
    made = tree(generate(spec))
    assert "int kube_core_v1_widget_each(" in made[SOURCE]
    for text in (made[HEADER], made[SOURCE]):
        assert "_widget_watch" not in text
        assert "_widget_event" not in text


def without_lists() -> Any:
    spec = fixture()
    del spec["paths"][NAMESPACED]["get"]
    del spec["paths"][EVERYWHERE]
    return spec


def test_only_a_log(generate: Generate) -> None:
    made = tree(generate(without_lists()))
    assert "int kube_core_v1_widget_log_lines(" in made[SOURCE]
    for text in (made[HEADER], made[SOURCE]):
        assert "_widget_each" not in text
        assert "_widget_fn" not in text
        assert "_widget_watch" not in text


def test_nothing_to_stream(generate: Generate) -> None:
    spec = without_lists()
    del spec["paths"][NAMESPACED + "/{name}/log"]
    made = tree(generate(spec))
    assert SOURCE not in made
    assert "in a stream" not in made[HEADER]


def test_cluster_scoped(generated: Tree) -> None:
    nodes = generated[SOURCE]
    assert "kube_core_v1_node_each(kube_client_t *client, const kube_list_options_t *options," in nodes
    assert "kube_each(client, &kube_core_v1_nodes, NULL, options," in nodes
    assert "kube_watch(client, &kube_core_v1_nodes, NULL, options," in nodes


def test_custom_resources_too(generate: Generate) -> None:
    spec = fixture()
    definition = spec["definitions"].pop("io.k8s.api.policy.v1.Breakage")
    definition["x-kubernetes-group-version-kind"] = [{"group": "stable.example.com", "version": "v1", "kind": "Breakage"}]
    listed = {"type": "object", "properties": {"apiVersion": {"type": "string"}, "kind": {"type": "string"}}}
    name = "com.example.stable.v1.Breakage"
    gvk = {"group": "stable.example.com", "version": "v1", "kind": "Breakage"}
    listing = {"action": "list", "gvk": gvk, "parameters": ["query.watch"], "reply": f"{name}List"}
    spec["paths"] = {
        "/apis/stable.example.com/v1/breakages": {"get": listing},
        "/apis/stable.example.com/v1/breakages/{name}": {"get": {"action": "get", "gvk": gvk, "reply": name}},
    }
    spec["definitions"].update({name: definition, f"{name}List": listed})
    assert "int kube_stable_v1_breakage_watch(" in tree(generate(spec))["src/stable_v1_streams.c"]
