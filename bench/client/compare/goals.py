"""What libkube promises of its client, beside client-go as it comes, in one run."""

from __future__ import annotations

from runner.goals import Verdict

from .peers import CLIENT_GO, CURL, LIBCURL, LIBKUBE, Peer
from .results import Lists, Load, Results

CPU_SHARE = 1 / 3
ADDED_US = 100.0
WATCHES_MB = 20.0
SPREAD_MB = 2.0
DOWNLOADS = 1.1
LIST_HTTP = "1.1"  # what libkube lists over


def _load(results: list[Load]) -> list[Verdict]:
    found = {(result.peer, result.operation, result.threads): result for result in results}
    verdicts = []
    for (peer, operation, threads), ours in found.items():
        if peer is not LIBKUBE:
            continue
        theirs = found[(CLIENT_GO, operation, threads)]
        what = f"{operation}, {threads} thread{'s' if threads > 1 else ''}"
        verdicts.append(Verdict(f"{what}: requests/s, libkube / client-go", ours.requests_per_s / theirs.requests_per_s, 1.0))
        verdicts.append(
            Verdict(f"{what}: CPU per request, libkube / client-go", ours.cpu_us / theirs.cpu_us, CPU_SHARE, least=False)
        )
        bound = found.get((LIBCURL, operation, threads))
        if bound and threads == 1:
            verdicts.append(
                Verdict(f"{what}: us added to libcurl's median", ours.median_us - bound.median_us, ADDED_US, least=False)
            )
    return verdicts


def _find(results: list[Lists], peer: Peer) -> list[Lists]:
    return [result for result in results if result.peer is peer]


def verdicts(results: Results) -> list[Verdict]:
    found = _load(results.load)
    for watches in results.watches:
        if watches.peer is LIBKUBE:
            text = f"{watches.count} idle watches of {watches.objects} objects: MB added"
            found.append(Verdict(text, watches.added_mb, WATCHES_MB, least=False))
    if results.lists:
        ours, curl = (_find(results.lists, peer)[0] for peer in (LIBKUBE, CURL[LIST_HTTP]))
        text = f"list of {ours.pods} pods: seconds, libkube / {curl.peer.name}"
        found.append(Verdict(text, ours.first_s / curl.first_s, DOWNLOADS, least=False))
    each = _find(results.each, LIBKUBE)
    if len(each) == 2:
        text = f"each over {each[0].pods} and {each[1].pods} pods: MB of peak between them"
        found.append(Verdict(text, abs(each[1].peak_mb - each[0].peak_mb), SPREAD_MB, least=False))
    return found


def as_json(found: list[Verdict]) -> list[dict[str, object]]:
    return [
        {
            "goal": verdict.text,
            "figure": round(verdict.figure, 3),
            "at_least" if verdict.least else "at_most": round(verdict.bound, 3),
            "reached": verdict.reached,
        }
        for verdict in found
    ]
