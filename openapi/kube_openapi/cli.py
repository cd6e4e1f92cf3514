"""The command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .base import check_references, complete, newest_spec
from .crd import read_crds
from .files import read_documents, read_json, read_object, read_v3_folder, write_text
from .kubeconfig import read_kubeconfig
from .notes import Notes, SpecError
from .overlay import apply_overlay
from .schema import Reducer
from .server import Server, parsed, save
from .spec import Spec
from .v2 import read_v2
from .v3 import read_v3
from .writer import spec_text

HOME = Path(__file__).resolve().parent.parent


def arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make-spec",
        description="Makes the facts-only spec that codegen reads. Sources may be combined: the first wins.",
    )
    sources = parser.add_argument_group("sources")
    sources.add_argument("--kubeconfig", type=Path, metavar="FILE", help="a running server's /openapi/v3")
    sources.add_argument("--context", metavar="NAME", help="a context of that kubeconfig, in place of the current one")
    sources.add_argument("--v3", type=Path, metavar="DIR", help="a folder of saved OpenAPI v3 documents")
    sources.add_argument("--v2", type=Path, metavar="FILE", help="an OpenAPI v2 document (swagger)")
    sources.add_argument("--crd", type=Path, nargs="+", default=[], metavar="FILE", help="CustomResourceDefinitions")
    parser.add_argument("--base", type=Path, metavar="SPEC", help="spec that lends CRDs the definitions they refer to "
                        "(default: the newest one beside this tool)")  # fmt: skip
    parser.add_argument("--out", "-o", type=Path, metavar="FILE", help="where the spec goes (default: stdout)")
    parser.add_argument("--save", type=Path, metavar="DIR", help="keep the server's raw documents (v3, and v2.json)")
    parser.add_argument("--overlay", type=Path, default=HOME / "overlay.json", metavar="FILE", help="corrections")
    parser.add_argument("--no-overlay", action="store_true", help="apply no corrections")
    parser.add_argument("--keep-prose", action="store_true", help="keep descriptions")
    parser.add_argument("--quiet", "-q", action="store_true", help="do not tell what was dropped")
    options = parser.parse_args(argv)
    if not (options.kubeconfig or options.v3 or options.v2 or options.crd):
        parser.error("no source: give --kubeconfig, --v3, --v2 or --crd")
    if options.save and not options.kubeconfig:
        parser.error("--save needs --kubeconfig")
    return options


def make_spec(options: argparse.Namespace, notes: Notes) -> Spec:
    reducer = Reducer(notes, options.keep_prose)
    spec = Spec()
    if options.kubeconfig:
        server = Server(read_kubeconfig(options.kubeconfig, options.context))
        documents = server.v3_documents()
        if options.save:
            save(documents, options.save)
            save({"v2.json": server.v2_document()}, options.save)
        spec.merge(read_v3(parsed(documents), reducer, notes), notes, "server")
    if options.v3:
        spec.merge(read_v3(read_v3_folder(options.v3), reducer, notes), notes, str(options.v3))
    if options.v2:
        spec.merge(read_v2(read_json(options.v2), str(options.v2), reducer, notes), notes, str(options.v2))
    for path in options.crd:
        spec.merge(read_crds(read_documents(path), str(path), reducer, notes), notes, str(path))
    if not options.no_overlay:
        apply_overlay(spec, read_object(options.overlay, "corrections"), notes)
    if options.crd:  # CRDs refer to meta/v1, which comes (corrected already) from a spec of Kubernetes itself
        complete(spec, read_object(options.base or newest_spec(HOME), "version", "definitions"))
    check_references(spec)
    return spec


def main(argv: list[str] | None = None) -> int:
    options = arguments(argv)
    notes = Notes()
    try:
        text = spec_text(make_spec(options, notes).document())
        if options.out:
            write_text(options.out, text)
        else:
            sys.stdout.write(text)
    except SpecError as error:
        print(f"make-spec: error: {error}", file=sys.stderr)
        return 1
    if not options.quiet:
        notes.print(sys.stderr)
    return 0
