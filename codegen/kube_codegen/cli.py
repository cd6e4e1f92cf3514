"""The command line."""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from kube_codegen.errors import CodegenError
from kube_codegen.output import differences, write
from kube_codegen.package_name import is_custom
from kube_codegen.render import Renderer
from kube_codegen.resolve import Choices, resolve_model
from kube_codegen.spec import Spec, read_spec

_RUNTIME_HEADERS = (
    "api call client config conflict credentials error forms generated hooks int_or_string jansson json kube kubeconfig memory "
    "names object op patch problems quantity selector server time transport type value wait watch yaml"
)
RUNTIME_HEADERS = frozenset(_RUNTIME_HEADERS.split())
_DESCRIPTION = "Writes typed C from a facts-only Kubernetes spec: structs, const tables and one-call functions."


@dataclass(frozen=True)
class Arguments:
    spec: str
    out: str
    choices: Choices
    import_spec: Optional[str]
    packages_name: str
    check: bool
    keep_prose: bool


def main(argv: list[str]) -> int:
    """Runs the generator. Returns 0, or 1 after a message on stderr."""
    try:
        return _run(_parse(argv))
    except CodegenError as error:
        print(error, file=sys.stderr)
        return 1


def _run(arguments: Arguments) -> int:
    spec = read_spec(arguments.spec)
    model = resolve_model(spec, _imports(arguments, spec), arguments.choices)
    files = Renderer(model, arguments.packages_name, arguments.keep_prose).files()
    if not arguments.check:
        write(files, arguments.out, arguments.packages_name)
        return 0
    different = differences(files, arguments.out, arguments.packages_name)
    for path in different:
        print(f"{arguments.out}/{path}: differs from what {arguments.spec} makes")
    return 1 if different else 0


def _imports(arguments: Arguments, spec: Spec) -> Optional[Spec]:
    """The spec that imported packages are in. Custom resources need it also to stay clear of Kubernetes' own package names."""
    file = arguments.import_spec or _newest_spec()
    if file is not None and Path(file).resolve() != Path(arguments.spec).resolve():
        needed = arguments.import_spec is not None or arguments.choices.imported or any(map(is_custom, spec.definitions))
        return read_spec(file) if needed else None
    if file is None and arguments.choices.imported:
        raise CodegenError("--import: no spec came with this generator; name one with --import-spec")
    return None


def _newest_spec() -> Optional[str]:
    """The newest spec that came with the generator."""
    folder = Path(__file__).resolve().parents[2] / "openapi"
    specs = sorted(folder.glob("v*.json"), key=lambda path: [int(number) for number in re.findall(r"\d+", path.stem)])
    return str(specs[-1]) if specs else None


def _parse(argv: list[str]) -> Arguments:
    parser = argparse.ArgumentParser(prog="kube-codegen", description=_DESCRIPTION)
    parser.add_argument("--spec", required=True, metavar="FILE", help="the facts-only spec (made by the tool in openapi/)")
    parser.add_argument("--out", required=True, metavar="DIR", help="where include/ and src/ go")
    parser.add_argument(
        "--only", action="append", default=[], metavar="LIST", help="packages and kinds, with what they refer to: apps/v1,core/v1/Pod"
    )
    imported = "packages that another library holds: meta/v1,core/v1; all: every one of Kubernetes' own"
    parser.add_argument("--import", dest="imported", action="append", default=[], metavar="LIST", help=imported)
    parser.add_argument("--import-spec", metavar="FILE", help="the spec those are in (default: the newest that came with the generator)")
    parser.add_argument("--package", action="append", default=[], metavar="GROUP=NAME", help="the package name for a custom group")
    rename = "the C name of a property (DEFINITION.PROPERTY), or of an allowed value (DEFINITION.PROPERTY:VALUE)"
    parser.add_argument("--rename", action="append", default=[], metavar="WHAT=NAME", help=rename)
    parser.add_argument("--packages-name", default="kube_k8s_packages", metavar="NAME", help="the array of packages: kube_<name>_packages")
    parser.add_argument("--check", action="store_true", help="write nothing; list the files in DIR that differ, and fail if any does")
    parser.add_argument("--keep-prose", action="store_true", help="descriptions of the spec become doc comments")
    found = parser.parse_args(argv)
    if not re.fullmatch(r"kube_[a-z][a-z0-9_]*_packages", found.packages_name):
        raise CodegenError(f"--packages-name {found.packages_name}: is not kube_<name>_packages")
    _refuse_taken_name(found.packages_name)
    choices = Choices(
        only=_list(found.only),
        imported=_list(found.imported),
        packages=tuple(_package(pair) for pair in found.package),
        renames=tuple(_rename(pair) for pair in found.rename),
    )
    return Arguments(found.spec, found.out, choices, found.import_spec, found.packages_name, found.check, found.keep_prose)


def _refuse_taken_name(packages_name: str) -> None:
    """The umbrella header may not hide one of the runtime's, nor be taken for a package's."""
    short = packages_name[len("kube_") : -len("_packages")]
    if short in RUNTIME_HEADERS:
        raise CodegenError(f"--packages-name {packages_name}: kube/{short}.h is a header of libkube itself; choose another name")
    if re.search(r"_v[0-9][0-9a-z]*(_verbs|_subresources|_streams)?$", short):
        raise CodegenError(f"--packages-name {packages_name}: '{short}' reads like a package and its version; choose another name")


def _list(texts: list[str]) -> tuple[str, ...]:
    return tuple(part.strip() for text in texts for part in text.split(",") if part.strip())


def _package(pair: str) -> tuple[str, str]:
    group, equals, name = pair.partition("=")
    if not group or not equals or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise CodegenError(f"--package {pair}: is not GROUP=NAME (lower-case letters, digits, '_')")
    return group, name


def _rename(pair: str) -> tuple[str, str]:
    what, equals, name = pair.rpartition("=")
    if not what or not equals or not re.fullmatch(r"[a-z0-9_]+", name):
        raise CodegenError(f"--rename {pair}: is not WHAT=NAME (lower-case letters, digits, '_')")
    return what, name
