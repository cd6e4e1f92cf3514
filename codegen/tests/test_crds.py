"""Manifests through the one command `kube-crd`: generated, compiled, linked against libkube, and round-tripped in C."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import GENERATED, REPOSITORY, TESTS, check_header, compile_c, tree

COMMAND = REPOSITORY / "codegen" / "kube-crd"
BUILD = REPOSITORY / os.environ.get("BUILD", "build")
OPTIONS = {
    "crontab": ["--name", "stable"],
    "extreme": [
        "--rename",
        "org.example.extreme.v1.ExtremeSpec.uni:日本=japan",
        "--rename",
        "org.example.extreme.v1.ExtremeSpec.uni:a b=a_and_b",
    ],
    "freeform": [],
    "mesh": ["--name", "mesh", "--package", "networking.mesh.example.io=mesh_networking"],
}
NAMES = {"crontab": "stable", "extreme": "extreme", "freeform": "packaging", "mesh": "mesh"}

PC = """Name: {name}
Description: the library of this tree
Version: 0
Cflags: {cflags}
Libs: -L{build} -Wl,-rpath,{build} -l{library}
"""


def environment(folder: Path) -> dict[str, str]:
    """Makes pkg-config find the libraries of this tree."""
    folder.mkdir()
    cflags = f"-I{REPOSITORY / 'runtime' / 'include'} -I{GENERATED / 'include'}"
    for library in ("kube", "kube-k8s"):
        text = PC.format(name=library, cflags=cflags, build=BUILD, library=library)
        (folder / f"lib{library}.pc").write_text(text, encoding="utf-8")
    return {**os.environ, "PKG_CONFIG_PATH": str(folder), "CFLAGS": "-Wall -Wextra -Werror"}


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each manifest's package, made by the command."""
    if not (BUILD / "libkube.so").exists() or not (BUILD / "libkube-k8s.so").exists():
        pytest.skip(f"needs the shared libraries in {BUILD} (make)")
    base = tmp_path_factory.mktemp("crds in a folder")
    variables = environment(base / "pkgconfig")
    for name, options in OPTIONS.items():
        manifest = next(TESTS.glob(f"crds/{name}.yaml"), TESTS / "crds" / f"{name}.json")
        subprocess.run([COMMAND, *options, "--out", base / name, manifest], env=variables, check=True)
    return {name: base / name for name in OPTIONS}


@pytest.fixture(scope="session")
def programs(packages: dict[str, Path]) -> dict[str, Path]:
    """The round-trip program, linked with each package's shared library."""
    made = {}
    for name, folder in packages.items():
        library = NAMES[name]
        made[name] = folder / "roundtrip"
        defines = [f"-DHEADER=<kube/{library}.h>", f"-DPACKAGES=kube_{library}_packages"]
        includes = [f"-I{folder / 'include'}", f"-I{REPOSITORY / 'runtime' / 'include'}", f"-I{GENERATED / 'include'}"]
        paths = [f"-L{folder}", f"-Wl,-rpath,{folder}", f"-L{BUILD}", f"-Wl,-rpath,{BUILD}"]
        source = [str(TESTS / "roundtrip.c"), "-o", str(made[name])]
        flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", *defines, *includes, *source, *paths]
        subprocess.run(["cc", *flags, f"-l{library}", "-lkube-k8s", "-lkube"], check=True)
    return made


def read(text: str) -> list[Any]:
    """JSON lines, with numbers as their text."""
    return [json.loads(line, parse_float=str, parse_int=str) for line in text.splitlines()]


@pytest.mark.parametrize("name", OPTIONS)
def test_round_trip(name: str, programs: dict[str, Path]) -> None:
    text = (TESTS / "crds" / f"{name}.jsonl").read_text(encoding="utf-8")
    done = subprocess.run([programs[name], "strict"], input=text, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert read(done.stdout) == read(text)


@pytest.mark.parametrize("name", ["freeform"])
def test_unknown_properties_survive(name: str, programs: dict[str, Path]) -> None:
    text = (TESTS / "crds" / f"{name}.unknown.jsonl").read_text(encoding="utf-8")
    for mode in ([], ["strict"]):  # every one of them stands where the schema preserves unknown fields
        done = subprocess.run([programs[name], *mode], input=text, text=True, capture_output=True, check=True)
        assert read(done.stdout) == read(text)


def test_unknown_properties_are_told_where_none_are_preserved(programs: dict[str, Path]) -> None:
    text = '{"apiVersion":"packaging.example.org/v1","kind":"Bundle","spec":{"tree":{"extra":1}}}\n'
    done = subprocess.run([programs["freeform"], "strict"], input=text, text=True, capture_output=True, check=False)
    assert done.returncode == 1
    assert "spec.tree.extra: " in done.stderr


def test_wrong_types_are_told(programs: dict[str, Path]) -> None:
    text = '{"apiVersion":"stable.example.com/v1","kind":"CronTab","spec":{"replicas":"three"}}\n'
    done = subprocess.run([programs["crontab"], "strict"], input=text, text=True, capture_output=True, check=False)
    assert done.returncode == 1
    assert "spec.replicas: " in done.stderr


@pytest.mark.parametrize("name", OPTIONS)
def test_headers_compile_alone(name: str, packages: dict[str, Path]) -> None:
    for header in sorted((packages[name] / "include").rglob("*.h")):
        check_header(header, f"-I{packages[name] / 'include'}")


@pytest.mark.parametrize("name", OPTIONS)
def test_sources_compile(name: str, packages: dict[str, Path]) -> None:
    for source in sorted((packages[name] / "src").glob("*.c")):
        compile_c(source, f"-I{packages[name] / 'include'}")


@pytest.mark.parametrize("name", OPTIONS)
def test_both_libraries_are_there(name: str, packages: dict[str, Path]) -> None:
    for suffix in ("a", "so"):
        assert (packages[name] / f"lib{NAMES[name]}.{suffix}").exists()


def test_kinds_of_values(packages: dict[str, Path]) -> None:
    made = tree(packages["crontab"])
    header = made["include/kube/stable/v1.h"]
    for wanted in (
        "    const char *image; /* image: string, required, nullable */",
        "    const char *ratio; /* ratio: number */",
        "    kube_string_list_t weights; /* weights: list of number */",
        "    const char *not_before; /* notBefore: string (date-time) */",
        "    kube_int_or_string_t budget; /* budget: int or string */",
        "    kube_int_or_string_map_t limits; /* limits: map of int or string */",
        "    struct { kube_stable_v1_cron_tab_spec_routes_entry_t *items; size_t len; } routes;",
        "    struct { kube_int32_list_t *items; size_t len; } matrix;",
        "    const char *unknown_; /* unknown: string */",
        "    const char *namespace_; /* namespace: string */",
        '#define KUBE_STABLE_V1_CRON_TAB_SPEC_OPERATOR_NOT_EQUALS "!="',
        "int kube_stable_v1_cron_tab_update_status(",
        "int kube_stable_v1_cron_tab_get_scale(",
        "int kube_stable_v1_cron_tab_each(",
        "int kube_stable_v1_cron_tab_watch_next(",
    ):
        assert wanted in header
    assert "KUBE_FIELD_NULLABLE" in made["src/stable_v1.c"]
    assert "KUBE_FIELD_DATE_TIME" in made["src/stable_v1.c"]
    assert "KUBE_FIELD_EMBEDDED" in tree(packages["freeform"])["src/packaging_v1.c"]
    assert "kube_meta_v1_object_meta_t {" not in "".join(made.values())


def test_extremes(packages: dict[str, Path]) -> None:
    made = tree(packages["extreme"])
    header = made["include/kube/extreme/v1.h"]
    for wanted in (
        "    kube_int64_t class_; /* class: int64, required */",
        "    kube_bool_t namespace_; /* namespace: bool */",
        "    kube_int64_t metadata; /* metadata: int64 */",
        "    const char *errno_; /* errno: string */",
        "    const char *f; /* f: number; default 1.5; format float */",
        "    struct { kube_string_list_map_t *items; size_t len; } nested; /* nested: list of map of list of string */",
        "    kube_json_map_t n_map; /* nMap: map of any JSON, nullable */",
        "    kube_json_list_t n_obj_list; /* nObjList: list of any JSON */",
        "    kube_string_list_t n_list; /* nList: list of string, nullable */",
        '#define KUBE_EXTREME_V1_EXTREME_SPEC_UNI_JAPAN "\\346\\227\\245\\346\\234\\254"',
        '#define KUBE_EXTREME_V1_EXTREME_SPEC_UNI_A_AND_B "a b"',
    ):
        assert wanted in header
    keys = re.findall(r'\.key = "((?:[^"\\]|\\.)*)", \.name = "((?:[^"\\]|\\.)*)", \.name_len = (\d+)', made["src/extreme_v1.c"])
    for key, _, length in keys:
        assert len(re.findall(r"\\[0-7]{3}|\\.|.", key)) == min(32, int(length) + 4)


def test_two_packages_in_one_folder(tmp_path: Path) -> None:
    variables = environment(tmp_path / "pkgconfig")
    mesh = ["--package", "networking.mesh.example.io=mesh_networking", "--name", "mesh"]
    out = tmp_path / "out"
    subprocess.run([COMMAND, "--out", out, TESTS / "crds" / "freeform.yaml"], env=variables, check=True)
    before = tree(out)
    (out / "src" / "mine.c").write_text("#error not kube-crd's\n", encoding="utf-8")
    subprocess.run([COMMAND, TESTS / "crds" / "mesh.yaml", "--out", out, *mesh], env=variables, check=True)
    assert before.items() <= tree(out).items()
    members = subprocess.run(["ar", "t", out / "libmesh.a"], text=True, capture_output=True, check=True).stdout.split()
    assert "mesh.o" in members
    assert not {"packaging.o", "packaging_v1.o"} & set(members)


def test_missing_jinja2_is_named(tmp_path: Path) -> None:
    (tmp_path / "jinja2.py").write_text("raise ModuleNotFoundError(name='jinja2')\n", encoding="utf-8")
    done = subprocess.run(
        [REPOSITORY / "codegen" / "kube-codegen", "--help"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "kube-codegen: needs jinja2 (apt-get install python3-jinja2, or pip install jinja2)\n"


def test_command_says_what_is_wrong(tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        done = subprocess.run([COMMAND, *arguments], text=True, capture_output=True, check=False)
        assert done.returncode == 1
        return done.stderr

    manifest = str(TESTS / "crds" / "mesh.yaml")
    assert run(manifest) == "kube-crd: --out is missing (--help tells more)\n"
    assert run("--out", str(tmp_path)) == "kube-crd: no manifest given (--help tells more)\n"
    assert run(manifest, "--out") == "kube-crd: --out needs a value\n"
    assert run("--what") == "kube-crd: unknown option --what (--help lists them)\n"
    assert "choose one with --package networking.mesh.example.io=<name>" in run("--out", str(tmp_path), manifest)
    assert "no name for a library" in run("--name", "My-Lib", "--out", str(tmp_path), manifest)


def test_command_says_what_it_drops(tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        command = [str(COMMAND), "--sources", "--out", str(tmp_path / "out"), str(TESTS / "crds" / "crontab.yaml"), *arguments]
        return subprocess.run(command, text=True, capture_output=True, check=True).stderr

    assert "dropped: pattern: 1: com.example.stable.v1.CronTab.spec.cronSpec\n" in run()
    assert run("--quiet") == ""
