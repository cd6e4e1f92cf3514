"""The libraries export what their headers declare, all of it and nothing else; archives keep to the kube_ names."""

import os
import subprocess
import sys
from pathlib import Path

from declarations import GENERATED_HEADERS, ROOT, RUNTIME_HEADERS, Declaration, declared, read_header

BUILD = ROOT / os.environ.get("BUILD", "build")
META = GENERATED_HEADERS / "kube" / "meta" / "v1.h"
problems: "list[str]" = []
passed = 0


def names(declarations: "list[Declaration]") -> "set[str]":
    return {declaration.name for declaration in declarations}


def defined(library: Path, *flags: str) -> "set[str]":
    listing = subprocess.run(["nm", "--defined-only", *flags, str(library)], capture_output=True, text=True, check=True).stdout
    symbols = (line.split() for line in listing.splitlines())
    return {words[2] for words in symbols if len(words) == 3}


def expect(what: str, wrong: "set[str]") -> None:
    global passed
    if not wrong:
        passed += 1
    for name in sorted(wrong):
        problems.append(f"{what}: {name}")


def soname(library: Path) -> str:
    dynamic = subprocess.run(["readelf", "-d", str(library)], capture_output=True, text=True, check=True).stdout
    return next((line.split("[")[1].rstrip("]") for line in dynamic.splitlines() if "(SONAME)" in line), "none")


def check_library(stem: str, expected_soname: str, expected: "set[str]") -> None:
    shared = BUILD / f"{stem}.so"
    exported = defined(shared, "-D")
    expect(f"{stem}.so does not export what a header declares", expected - exported)
    expect(f"{stem}.so exports what no header declares", exported - expected)
    others = {name for name in defined(BUILD / f"{stem}.a", "-g") if not name.startswith("kube_")}
    expect(f"{stem}.a defines a name that does not begin with kube_", others)
    found = soname(shared)
    expect(f"{stem}.so has the SONAME {found}, not", {expected_soname} - {found})


def main() -> int:
    runtime = names(declared(RUNTIME_HEADERS)) | names(read_header(META))
    generated = names(declared(GENERATED_HEADERS)) - names(read_header(META))
    check_library("libkube", "libkube.so.0", runtime)
    check_library("libkube-k8s", "libkube-k8s-1.36.so.0", generated)
    print("\n".join(problems), end="\n" if problems else "")
    print(f"{passed} passed, {len(problems)} failed")
    return 1 if problems else 0


sys.exit(main())
