"""What the tests share: where things are, running the generator, compiling what it wrote."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Callable

import pytest

from kube_codegen.cli import main

TESTS = Path(__file__).parent
REPOSITORY = TESTS.parents[1]
GENERATED = REPOSITORY / "generated"
SPEC = REPOSITORY / "openapi" / "v1.36.json"
FIXTURE = TESTS / "fixture.json"
INCLUDES = [f"-I{REPOSITORY / 'runtime' / 'include'}", f"-I{GENERATED / 'include'}"]

Tree = dict[str, str]
Generate = Callable[..., Path]


def tree(folder: Path) -> Tree:
    """The files of a folder by their relative paths."""
    found = [path for part in ("include", "src") for path in sorted((folder / part).rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in found}


def compile_c(source: Path, *flags: str) -> None:
    """Compiles a generated source as strictly as the build does."""
    command = ["cc", "-std=c11", "-O0", "-Wall", "-Wextra", "-Werror", *flags, *INCLUDES, "-c", str(source), "-o", "/dev/null"]
    subprocess.run(command, check=True)


def check_header(header: Path, *flags: str) -> None:
    """Compiles a header alone, as C99 and as C++17."""
    warnings = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", *flags, *INCLUDES]
    for compiler, language in (("cc", ["-std=c99", "-xc"]), ("c++", ["-std=c++17", "-xc++", "-Wshadow"])):
        subprocess.run([compiler, *language, *warnings, "-"], input=f'#include "{header}"\n', text=True, check=True)


@pytest.fixture(scope="session")
def spec() -> Any:
    """The committed 1.36 spec."""
    return json.loads(SPEC.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def generated() -> Tree:
    """The committed output."""
    return tree(GENERATED)


@pytest.fixture
def generate(tmp_path: Path) -> Generate:
    """Runs the generator on a spec (a file, or the spec itself) and gives the output folder. It must succeed."""

    def run(source: Any, *options: str) -> Path:
        file = source
        if not isinstance(source, Path):
            file = tmp_path / "spec.json"
            file.write_text(json.dumps(source), encoding="utf-8")
        out = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
        assert main(["--spec", str(file), "--out", str(out), *options]) == 0
        return out

    return run
