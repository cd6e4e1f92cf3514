"""The command line of the benchmarks."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from . import extras, goals, report
from .build import BIN, KINDS, BenchError, Corpus, generate
from .correct import check
from .measure import Results, measure
from .peers import ALL, LIBKUBE, YYJSON, Peer, UnknownKind, present, running

RESULT_KEYS = {"peer", "mode", "decode_mb_s", "encode_mb_s", "object_bytes_per_input_byte", "peak_mb"}
LENGTHS = (1000, 10000, 50000)
SIZE_GOALS = (400_000, 3_000_000)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench/run", description="libkube beside other libraries, in one run; bench/README.md tells more."
    )
    parser.add_argument("--corpus", type=Path, metavar="FILE", help="a file of your own with one list (kubectl get --raw writes one)")
    parser.add_argument("--kind", default="v1/PodList", help="apiVersion/kind of FILE (%(default)s)")
    parser.add_argument(
        "--shape", choices=("regular", "irregular"), action="append", help="of the generated corpus; default: both (--json: irregular)"
    )
    parser.add_argument("--template", choices=sorted(KINDS), default="pod", help="kind of the generated objects (%(default)s)")
    parser.add_argument("--count", type=int, default=10000, help="objects in the generated list (%(default)s)")
    parser.add_argument("--no-managed-fields", action="store_true", help="generate without metadata.managedFields")
    parser.add_argument("--peer", action="append", metavar="NAME", help="measure only these, and libkube")
    parser.add_argument("--rounds", type=int, default=6, help="how often each peer is measured; slow ones every third time (%(default)s)")
    parser.add_argument("--step", type=int, default=300, metavar="MS", help="time of one warm measurement (%(default)s)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output instead of tables")
    parser.add_argument("--details", type=Path, metavar="FILE", help="write every sample to FILE as JSON")
    parser.add_argument("--all", action="store_true", help="also: lists of several lengths, small lists, starting, sizes, and the goals")
    parser.add_argument(
        "--check", action="store_true", help="no timing: small lists of every kind through every peer, every value compared"
    )
    return parser.parse_args()


def choose_corpora(arguments: argparse.Namespace) -> list[Corpus]:
    if arguments.corpus:
        if not arguments.corpus.is_file():
            raise BenchError(f"{arguments.corpus}: no such file")
        return [Corpus(arguments.corpus.name, arguments.corpus, arguments.kind)]
    shapes = arguments.shape or (["irregular"] if arguments.json else ["regular", "irregular"])
    return [generate(arguments.template, arguments.count, shape == "irregular", not arguments.no_managed_fields) for shape in shapes]


def choose_peers(arguments: argparse.Namespace) -> tuple[list[Peer], dict[str, str]]:
    wanted: tuple[Peer, ...] = ALL
    if arguments.peer:
        unknown = set(arguments.peer) - {peer.name for peer in ALL}
        if unknown:
            raise BenchError(f"no such peer: {', '.join(sorted(unknown))}; there are: {', '.join(peer.name for peer in ALL)}")
        wanted = tuple(peer for peer in ALL if peer is LIBKUBE or peer.name in arguments.peer)
    return present(wanted)


def run_throughput(arguments: argparse.Namespace, peers: list[Peer], absent: dict[str, str]) -> list[Results]:
    """Checks that what libkube writes is what it read, then measures."""
    all_results = []
    for corpus in choose_corpora(arguments):
        for peer in peers:
            if peer.program == LIBKUBE.program:
                try:
                    check(peer, corpus)
                except UnknownKind:
                    raise BenchError(f"libkube has no type {corpus.kind}") from None
        results = measure(corpus, peers, arguments.rounds, arguments.step)
        results.absent.update(absent)
        all_results.append(results)
        if not arguments.json:
            print(report.throughput(results) + "\n", flush=True)
    return all_results


def run_extras(arguments: argparse.Namespace, peers: list[Peer], measured: list[Results]) -> list[Results]:
    """The rest of --all; ends with every goal and how far it was reached."""
    fast = [peer for peer in peers if peer.name in (LIBKUBE.name, YYJSON.name)]
    found = []
    for results in measured:
        label = results.corpus.name.split()[0]
        found += goals.speed(label, results) + goals.memory(results) if label in goals.SPEED else []
    extra = []
    for irregular in (False, True):
        small = measure(generate("pod", 100, irregular), fast, arguments.rounds, arguments.step, ("warm",))
        series = extras.scaling(fast, LENGTHS, irregular, arguments.rounds // 2 + 1, arguments.step)
        found += goals.speed("100 pods", small) + goals.spread(series)
        print(report.scaling([small, *series]) + "\n", flush=True)
        extra += [small, *series]
    starts = extras.startup()
    print(report.startup(starts) + "\n")
    program, libraries = extras.pod_program_sizes(), extras.library_sizes()
    print(report.sizes(program, libraries) + "\n")
    found.append(goals.Verdict("one Pod, static libkube: milliseconds from start to end", starts[1].best / 1000, 2, least=False))
    for text, total, bound in (
        ("bytes of ours in pod-static", sum(program.values()), SIZE_GOALS[0]),
        ("bytes of both libraries", sum(sum(sizes.values()) for sizes in libraries.values()), SIZE_GOALS[1]),
    ):
        found.append(goals.Verdict(text, total, bound, least=False))
    print(report.verdicts(found))
    return extra


def check_schema(results: Results) -> None:
    written = json.loads(json.dumps(results.as_json()))
    if set(written) != {"corpus", "results"} or not written["results"]:
        raise BenchError("--json: wrong members")
    for result in written["results"]:
        if set(result) != RESULT_KEYS or result["mode"] not in ("cold", "warm"):
            raise BenchError(f"--json: wrong members in {result}")
        if any(not isinstance(result[key], (int, float)) or result[key] <= 0 for key in RESULT_KEYS - {"peer", "mode"}):
            raise BenchError(f"--json: a figure is missing in {result}")


def check_corpus(corpus: Corpus, peers: list[Peer]) -> int:
    """The number of peers that decoded and encoded the corpus, rightly where they are exact."""
    with running(LIBKUBE, corpus, "cold", variant="strict") as session:
        session.step(0)
        session.end()
    checked = 1
    for peer in peers:
        try:
            if peer.exact:
                check(peer, corpus, peer.modes[0])
            else:
                with running(peer, corpus, "cold") as session:
                    session.step(0)
                    session.end()
            checked += 1
        except UnknownKind:
            continue
    return checked


def run_check() -> None:
    """Peers of other languages take part only if they are built already: that takes minutes."""
    peers, absent = present(tuple(peer for peer in ALL if peer.compiled_here or (BIN / peer.program).exists()))
    checked = 0
    for template in KINDS:
        for irregular in (False, True):
            for managed_fields in (False, True):
                corpus = generate(template, 20, irregular, managed_fields)
                checked += check_corpus(corpus, peers)
    check_schema(measure(generate("pod", 20, irregular=True), peers, rounds=1, milliseconds=1))
    for name, reason in absent.items():
        print(f"absent: {name}: {reason}")
    print(f"{checked} passed, 0 failed")


def main() -> int:
    arguments = parse()
    try:
        if arguments.check:
            run_check()
            return 0
        if arguments.json and arguments.all:
            raise BenchError("--json is of one corpus; with --all, use --details")
        peers, absent = choose_peers(arguments)
        measured = run_throughput(arguments, peers, absent)
        if arguments.json:
            for results in measured:
                print(json.dumps(results.as_json()))
        elif arguments.all:
            measured += run_extras(arguments, peers, measured)
        if arguments.details:
            arguments.details.write_text(json.dumps([results.details() for results in measured], indent=1) + "\n")
        return 0
    except BenchError as error:
        print(f"bench/run: {error}", file=sys.stderr)
        return 1
