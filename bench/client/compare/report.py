"""Results as tables for people: each peer's figures, and libkube's divided by them."""

from __future__ import annotations

from runner.report import table

from .peers import LIBKUBE
from .results import Lists, Load, Results, Watches


def _over(ours: float | None, theirs: float) -> str:
    return f"{ours / theirs:.2f}" if ours is not None and theirs > 0 else "-"


def load(results: list[Load]) -> str:
    header = ["request", "peer", "threads", "requests/s", "libkube is x", "CPU us/request", "libkube is x", "median us", "p99 us"]
    ours = {(result.operation, result.threads): result for result in results if result.peer is LIBKUBE}
    rows = []
    for result in results:
        libkube = ours[(result.operation, result.threads)]
        rows.append(
            [
                result.operation,
                result.peer.name,
                str(result.threads),
                f"{result.requests_per_s:.0f}",
                _over(libkube.requests_per_s, result.requests_per_s),
                f"{result.cpu_us:.1f}",
                _over(libkube.cpu_us, result.cpu_us),
                f"{result.median_us:.0f}",
                f"{result.p99_us:.0f}",
            ]
        )
    return table(header, rows)


def watches(results: list[Watches]) -> str:
    ours = {result.objects: result for result in results if result.peer is LIBKUBE}
    rows = [
        [
            f"{result.count} watches",
            result.peer.name,
            str(result.objects),
            f"{result.added_mb:.1f}",
            f"{result.added_mb * 1000 / result.count:.1f}",
            _over(ours[result.objects].added_mb, result.added_mb),
        ]
        for result in results
    ]
    return table(["idle", "peer", "objects each", "MB added", "KB a watch", "libkube is x"], rows)


def lists(what: str, results: list[Lists]) -> str:
    header = [what, "peer", "pods", "first s", "libkube is x", "best s", "libkube is x", "CPU s", "peak MB", "libkube is x"]
    ours = {result.pods: result for result in results if result.peer is LIBKUBE}
    rows = []
    for result in results:
        libkube = ours[result.pods]
        memory = ["-", "-", "-"]
        if not result.is_download:
            memory = [f"{result.cpu_s:.3f}", f"{result.peak_mb:.1f}", _over(libkube.peak_mb, result.peak_mb)]
        times = [f"{result.first_s:.3f}", _over(libkube.first_s, result.first_s), f"{result.best_s:.3f}"]
        rows.append([what, result.peer.name, str(result.pods), *times, _over(libkube.best_s, result.best_s), *memory])
    return table(header, rows)


def everything(results: Results) -> str:
    parts = []
    if results.load:
        parts.append(load(results.load))
    if results.watches:
        parts.append(watches(results.watches))
    if results.lists:
        parts.append(f"the list as JSON: {results.list_mb:.1f} MB\n" + lists("list", results.lists))
    if results.each:
        parts.append(lists("each", results.each))
    return "\n\n".join(parts)
