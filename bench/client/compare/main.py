"""The command line of this benchmark."""

from __future__ import annotations

import argparse
import json
import signal
import sys

from runner.build import BenchError
from runner.report import verdicts as verdict_table

from . import goals, report
from .measure import PARTS, Plan, measure
from .results import Results
from .server import build, running

CHECK = Plan(rounds=1, seconds=0.3, threads=(1, 4), watches=20, pods=200, many_pods=1200)


def numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.split(","))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench/client/run",
        description="libkube's client beside client-go on a kube-apiserver of its own; bench/client/README.md tells more.",
    )
    parser.add_argument(
        "--part", choices=sorted(PARTS), action="append", help="only this (may be given several times); default: all"
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often each peer is measured (%(default)s)")
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement of requests (%(default)s)")
    parser.add_argument("--threads", type=numbers, default=(1, 16, 64), metavar="N,N", help="that make requests (1,16,64)")
    parser.add_argument("--watches", type=int, default=1000, help="of one process (%(default)s)")
    parser.add_argument("--pods", type=int, default=10000, help="that are listed, and the fewer of each (%(default)s)")
    parser.add_argument("--many-pods", type=int, default=100000, help="the more of each (%(default)s)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output instead of tables")
    parser.add_argument("--check", action="store_true", help="no figures: a little of everything, and whether all of it works")
    return parser.parse_args()


def run_check(results: Results) -> None:
    """Each part of what --json writes is there for each peer, and every figure that cannot be nothing is more than that."""
    written = json.loads(json.dumps({**results.as_json(), "goals": goals.as_json(goals.verdicts(results))}))
    expected = {"load": 2 * (4 + 4 + 3), "watches": 2 * 3, "list": 3 + 2, "each": 2 * 3}
    for part, count in expected.items():
        if len(written[part]) != count:
            raise BenchError(f"{part}: {len(written[part])} results, not {count}")
        for result in written[part]:
            if any(value <= 0 for key, value in result.items() if key != "objects" and not isinstance(value, str)):
                raise BenchError(f"{part}: a figure is missing in {result}")
    if not written["goals"]:
        raise BenchError("no goals")
    print(f"{sum(expected.values())} passed, 0 failed")


def main() -> int:
    arguments = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    plan = Plan(arguments.rounds, arguments.seconds, arguments.threads, arguments.watches, arguments.pods, arguments.many_pods)
    parts = list(PARTS) if arguments.check else arguments.part or list(PARTS)
    try:
        build()
        with running() as server:
            results = measure(server, CHECK if arguments.check else plan, parts)
    except BenchError as error:
        print(f"bench/client/run: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    found = goals.verdicts(results)
    if arguments.check:
        run_check(results)
    elif arguments.json:
        print(json.dumps({**results.as_json(), "goals": goals.as_json(found)}))
    else:
        print(report.everything(results) + "\n\n" + verdict_table(found))
    return 0
