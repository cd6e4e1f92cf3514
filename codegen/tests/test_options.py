"""--only, --import, --package, --packages-name and --check."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import FIXTURE, REPOSITORY, SPEC, Generate, compile_c, tree

from kube_codegen.cli import RUNTIME_HEADERS, main


def types(text: str) -> set[str]:
    return set(re.findall(r"^struct (kube_\w+)_t \{", text, re.MULTILINE))


def test_only_a_kind_brings_what_it_refers_to(generate: Generate) -> None:
    out = generate(SPEC, "--only", "core/v1/Pod", "--import", "meta/v1")
    made = tree(out)
    core = made["include/kube/core/v1.h"]
    found = types(core)
    assert {"kube_core_v1_pod", "kube_core_v1_pod_list", "kube_core_v1_container", "kube_core_v1_binding"} <= found
    assert "kube_core_v1_node" not in found
    assert types(made["include/kube/policy/v1.h"]) == {"kube_policy_v1_eviction"}
    assert "include/kube/meta/v1.h" not in made
    assert "include/kube/apps/v1.h" not in made
    for source in sorted((out / "src").glob("*.c")):
        compile_c(source, f"-I{out / 'include'}")


def test_only_packages(generate: Generate) -> None:
    made = tree(generate(SPEC, "--only", "apps/v1,batch/v1/Job"))
    assert {"src/apps_v1.c", "src/batch_v1.c", "src/core_v1.c", "src/meta_v1.c", "src/autoscaling_v1.c"} <= set(made)
    assert "kube_batch_v1_cron_job" not in types(made["include/kube/batch/v1.h"])
    assert "kube_apps_v1_daemon_set" in types(made["include/kube/apps/v1.h"])
    assert "kube_core_v1_pods" not in made["src/core_v1.c"]


def test_lists_may_be_given_in_parts(generate: Generate) -> None:
    whole = tree(generate(SPEC, "--only", "rbac/v1,node/v1", "--import", "meta/v1,core/v1"))
    parts = tree(generate(SPEC, "--only", "rbac/v1", "--only", "node/v1", "--import", "meta/v1", "--import", "core/v1"))
    assert whole == parts


def test_only_keeps_meta_whole(generate: Generate) -> None:
    made = tree(generate(SPEC, "--only", "rbac/v1"))
    assert made["src/meta_v1.c"] == tree(generate(SPEC))["src/meta_v1.c"]


def test_import_makes_includes_and_no_definitions(generate: Generate) -> None:
    made = tree(generate(SPEC, "--import", "meta/v1,core/v1", "--only", "apps/v1", "--packages-name", "kube_apps_packages"))
    assert sorted(made) == [
        "include/kube/apps.h",
        "include/kube/apps/v1.h",
        "include/kube/autoscaling/v1.h",
        "src/apps.c",
        "src/apps_v1.c",
        "src/apps_v1_streams.c",
        "src/apps_v1_subresources.c",
        "src/apps_v1_verbs.c",
        "src/autoscaling_v1.c",
    ]
    assert "#include <kube/core/v1.h>\n" in made["include/kube/apps/v1.h"]
    assert "const kube_package_t *const kube_apps_packages[] = {" in made["src/apps.c"]


def test_import_all(generate: Generate) -> None:
    spec = {
        "kubeSpec": 1,
        "version": "v1",
        "definitions": {
            "com.example.stable.v1.Pod": {
                "type": "object",
                "properties": {
                    "apiVersion": {"type": "string"},
                    "kind": {"type": "string"},
                    "template": {"$ref": "#/definitions/io.k8s.api.core.v1.PodTemplateSpec"},
                },
                "x-kubernetes-group-version-kind": [{"group": "stable.example.com", "version": "v1", "kind": "Pod"}],
            }
        },
    }
    made = tree(generate(spec, "--import", "all", "--packages-name", "kube_stable_packages"))
    assert sorted(made) == ["include/kube/stable.h", "include/kube/stable/v1.h", "src/stable.c", "src/stable_v1.c"]
    assert "    kube_core_v1_pod_template_spec_t *template_;" in made["include/kube/stable/v1.h"]


def test_a_group_may_have_versions_in_two_libraries(generate: Generate, tmp_path: Path) -> None:
    definition: dict[str, Any] = {"type": "object", "properties": {"name": {"type": "string"}}}
    installed = tmp_path / "installed.json"
    first = {"kubeSpec": 1, "version": "v1", "definitions": {"com.example.stable.v1.Thing": definition}}
    installed.write_text(json.dumps(first), encoding="utf-8")
    reference = {"$ref": "#/definitions/com.example.stable.v1.Thing"}
    second = {"type": "object", "properties": {"old": reference}}
    spec = {"kubeSpec": 1, "version": "v1", "definitions": {"com.example.stable.v2.Thing": second}}
    made = tree(generate(spec, "--import", "stable/v1", "--import-spec", str(installed)))
    assert "    kube_stable_v1_thing_t *old;" in made["include/kube/stable/v2.h"]
    assert "include/kube/stable/v1.h" not in made


def test_package_name_for_a_group(generate: Generate) -> None:
    definition: dict[str, Any] = {"type": "object", "properties": {"name": {"type": "string"}}}
    spec = {"kubeSpec": 1, "version": "v1", "definitions": {"io.istio.networking.v1.Gateway": definition}}
    made = tree(generate(spec, "--package", "networking.istio.io=istio_networking"))
    assert types(made["include/kube/istio_networking/v1.h"]) == {"kube_istio_networking_v1_gateway"}


def test_rename(generate: Generate) -> None:
    widget = "io.k8s.api.core.v1.WidgetSpec"
    options = ["--rename", f"{widget}.podIPs=addresses", "--rename", f"{widget}.mode:*=any", "--rename", f"{widget}.mode=way"]
    header = tree(generate(FIXTURE, *options))["include/kube/core/v1.h"]
    assert "    kube_string_list_t addresses; /* podIPs: " in header
    assert '#define KUBE_CORE_V1_WIDGET_SPEC_WAY_ANY "*"' in header


def test_rename_of_an_inline_object_names_its_type(generate: Generate) -> None:
    spec = json.loads(FIXTURE.read_text(encoding="utf-8"))
    inline = {"type": "object", "properties": {"on": {"type": "boolean"}}}
    spec["definitions"]["io.k8s.api.core.v1.WidgetSpec"]["properties"].update({"nat-outgoing": inline, "natOutgoing": inline})
    made = tree(generate(spec, "--rename", "io.k8s.api.core.v1.WidgetSpec.nat-outgoing=old_nat"))
    assert {"kube_core_v1_widget_spec_old_nat", "kube_core_v1_widget_spec_nat_outgoing"} <= types(made["include/kube/core/v1.h"])


def test_umbrella_headers_of_the_runtime_are_known() -> None:
    headers = {path.stem for path in (REPOSITORY / "runtime" / "include" / "kube").glob("*.h")}
    assert headers == RUNTIME_HEADERS


def test_check(generate: Generate, capsys: pytest.CaptureFixture[str]) -> None:
    out = generate(FIXTURE)
    arguments = ["--spec", str(FIXTURE), "--out", str(out), "--check"]
    assert main(arguments) == 0
    (out / "src" / "core_v1.c").write_text("", encoding="utf-8")
    (out / "src" / "meta_v1.c").unlink()
    stranger = out / "src" / "old_v1.c"
    stranger.write_text("/* old/v1, generated by kube_codegen into kube_k8s_packages. Do not edit. */\n", encoding="utf-8")
    (out / "src" / "mine.c").write_text("/* By hand. */\n", encoding="utf-8")
    before = tree(out)
    assert main(arguments) == 1
    named = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert named == [f"{out}/src/core_v1.c", f"{out}/src/meta_v1.c", f"{out}/src/old_v1.c"]
    assert tree(out) == before


def test_a_run_removes_only_what_an_earlier_one_made(generate: Generate) -> None:
    out = generate(FIXTURE)
    stranger = out / "src" / "old_v1.c"
    stranger.write_text("/* old/v1, generated by kube_codegen into kube_k8s_packages. Do not edit. */\n", encoding="utf-8")
    mine = out / "src" / "mine.c"
    mine.write_text("/* By hand. */\n", encoding="utf-8")
    assert main(["--spec", str(FIXTURE), "--out", str(out)]) == 0
    assert mine.exists()
    assert not stranger.exists()


def test_runs_under_two_names_share_a_folder(generate: Generate) -> None:
    out = generate(SPEC, "--only", "rbac/v1", "--import", "meta/v1", "--packages-name", "kube_a_packages")
    first = tree(out)
    second = ["--spec", str(SPEC), "--out", str(out), "--import", "meta/v1", "--packages-name", "kube_b_packages"]
    assert main([*second, "--only", "node/v1"]) == 0
    both = tree(out)
    assert first.items() <= both.items()
    assert {"src/a.c", "src/b.c", "src/node_v1.c", "src/rbac_v1.c"} <= set(both)


def test_files_of_another_name_are_not_replaced(generate: Generate, capsys: pytest.CaptureFixture[str]) -> None:
    out = generate(SPEC, "--only", "rbac/v1", "--import", "meta/v1", "--packages-name", "kube_a_packages")
    before = tree(out)
    second = ["--spec", str(SPEC), "--out", str(out), "--import", "meta/v1", "--packages-name", "kube_b_packages"]
    assert main([*second, "--only", "rbac/v1,node/v1"]) == 1
    assert "include/kube/rbac/v1.h: is of kube_a_packages; choose another folder" in capsys.readouterr().err
    assert tree(out) == before


def test_committed_output_is_what_the_spec_makes() -> None:
    assert main(["--spec", str(SPEC), "--out", str(Path(SPEC).parents[1] / "generated"), "--check"]) == 0
