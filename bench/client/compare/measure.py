"""Measures peers in turn, round by round, so that what else the machine does hits all of them alike."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from runner.build import BenchError

from .peers import CURL, LIBCURL, PEERS, ask, ask_libcurl, download
from .results import MB, Lists, Load, Results, Watches
from .server import FILLERS, Server, sample_pods

PLURALS = {"get-pod": "pods", "get-config-map": "configmaps"}
OBJECT = "one"  # that is got
WATCHED_OBJECTS = 500
LISTS = 3  # of one process


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    rounds: int
    seconds: float
    threads: tuple[int, ...]
    watches: int
    pods: int
    many_pods: int


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


# ---- get and create ----


def _get(server: Server, plan: Plan, load: Load) -> None:
    if load.peer is LIBCURL:
        path = f"/api/v1/namespaces/got/{PLURALS[load.operation]}/{OBJECT}"
        load.samples.append(ask_libcurl(server, load.threads, plan.seconds, path))
    else:
        load.samples.append(ask(load.peer, server, load.operation, load.threads, plan.seconds, "got", OBJECT))


def _create(server: Server, plan: Plan, load: Load) -> None:
    """What was made goes again, so that the next finds the server as this one did."""
    load.samples.append(ask(load.peer, server, load.operation, load.threads, plan.seconds, "made", "made"))
    server.prepare("clean", "made")


def measure_load(server: Server, plan: Plan, results: Results) -> None:
    for namespace in ("got", "made"):
        server.prepare("namespace", namespace)
    server.prepare("one", "got", OBJECT, str(sample_pods()))
    for operation in (*PLURALS, "create"):
        peers = (*PEERS, LIBCURL) if operation in PLURALS else PEERS
        for threads in plan.threads:
            loads = [Load(peer, operation, threads) for peer in peers]
            for turn in range(plan.rounds):
                for load in loads:
                    _progress(f"{operation}, {threads} threads: round {turn + 1} of {plan.rounds}: {load.peer.name}")
                    (_get if operation in PLURALS else _create)(server, plan, load)
            results.load += loads


# ---- watches ----


def measure_watches(server: Server, plan: Plan, results: Results) -> None:
    for objects in (0, WATCHED_OBJECTS):
        namespace = f"watched-{objects}"
        server.prepare("namespace", namespace)
        found = [Watches(peer, plan.watches, objects) for peer in PEERS]
        for turn in range(plan.rounds):
            for result in found:
                _progress(f"watches of {objects} objects: round {turn + 1} of {plan.rounds}: {result.peer.name}")
                server.prepare("clean", namespace)
                server.prepare("maps", namespace, str(objects), str(FILLERS))
                result.samples.append(ask(result.peer, server, "watches", plan.watches, namespace))
        results.watches += found


# ---- lists ----


def _fill(server: Server, namespace: str, count: int, *samples: str) -> None:
    _progress(f"{namespace}: {count} pods are made")
    server.prepare("namespace", namespace)
    server.prepare("pods", namespace, str(count), str(FILLERS), *samples)


def _go_over(server: Server, result: Lists, how: str, times: int, namespace: str) -> None:
    sample = ask(result.peer, server, how, times, namespace)
    if sample["items"] != result.pods:
        raise BenchError(f"{result.peer.name}, {how}: {sample['items']} pods, not {result.pods}")
    result.samples.append(sample)


def measure_list(server: Server, plan: Plan, results: Results) -> None:
    _fill(server, "listed", plan.pods, str(sample_pods()))
    found = [Lists(peer, plan.pods) for peer in PEERS]
    downloads = {http: Lists(peer, plan.pods) for http, peer in CURL.items()}
    for turn in range(plan.rounds):
        for result in found:
            _progress(f"list of {plan.pods} pods: round {turn + 1} of {plan.rounds}: {result.peer.name}")
            _go_over(server, result, "list", LISTS, "listed")
        for http, result in downloads.items():
            _progress(f"list of {plan.pods} pods: round {turn + 1} of {plan.rounds}: {result.peer.name}")
            reply = download(server, http, "/api/v1/namespaces/listed/pods")
            result.samples.append({"seconds": [reply["seconds"]]})
            results.list_mb = reply["bytes"] / MB
    results.lists = found + list(downloads.values())


def measure_each(server: Server, plan: Plan, results: Results) -> None:
    for count in (plan.pods, plan.many_pods):
        namespace = f"each-{count}"
        _fill(server, namespace, count)
        found = [Lists(peer, count) for peer in PEERS]
        for turn in range(plan.rounds):
            for result in found:
                _progress(f"each of {count} pods: round {turn + 1} of {plan.rounds}: {result.peer.name}")
                _go_over(server, result, "each", 1, namespace)
        results.each += found


PARTS = {"load": measure_load, "watches": measure_watches, "list": measure_list, "each": measure_each}


def measure(server: Server, plan: Plan, parts: list[str]) -> Results:
    results = Results()
    for part in parts:
        PARTS[part](server, plan, results)
    _progress("")
    return results
