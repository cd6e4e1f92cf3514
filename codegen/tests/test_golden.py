"""The fixture's output, byte by byte. `UPDATE_GOLDEN=1 pytest` writes it anew; read the diff."""

from __future__ import annotations

import os
import subprocess

from conftest import FIXTURE, INCLUDES, SPEC, TESTS, Generate, check_header, compile_c, tree

GOLDEN = TESTS / "golden"


def test_fixture_output(generate: Generate) -> None:
    made = tree(generate(FIXTURE))
    if os.environ.get("UPDATE_GOLDEN"):
        for path, text in made.items():
            (GOLDEN / path).write_text(text, encoding="utf-8")
    assert made == tree(GOLDEN)


def test_golden_compiles() -> None:
    for source in sorted((GOLDEN / "src").glob("*.c")):
        compile_c(source, f"-I{GOLDEN / 'include'}")


def test_golden_headers_compile_alone() -> None:
    for header in sorted((GOLDEN / "include").rglob("*.h")):
        check_header(header, f"-I{GOLDEN / 'include'}")


def test_two_runs_are_identical(generate: Generate) -> None:
    assert tree(generate(SPEC)) == tree(generate(SPEC))


def test_another_version_compiles(generate: Generate) -> None:
    out = generate(SPEC.with_name("v1.34.json"))
    sources = sorted((out / "src").glob("*.c"))
    flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", f"-I{out / 'include'}", INCLUDES[0]]
    subprocess.run(["cc", *flags, *map(str, sources)], check=True)


def test_prose_becomes_comments(generate: Generate) -> None:
    header = tree(generate(FIXTURE, "--keep-prose"))["include/kube/core/v1.h"]
    assert "/* What a widget is. * / not the end */\n/* io.k8s.api.core.v1.WidgetSpec */\n" in header
    assert "    /* Goes on.\n     * And on. */\n    kube_bool_t continue_;" in header


def test_prose_is_left_out_unless_asked_for(generate: Generate) -> None:
    assert "Goes on" not in tree(generate(FIXTURE))["include/kube/core/v1.h"]
