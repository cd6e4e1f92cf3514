"""Results as tables for people."""

from __future__ import annotations

from .extras import Start
from .goals import Verdict
from .measure import MB, Result, Results


def table(header: list[str], rows: list[list[str]]) -> str:
    """Columns as wide as they must be; the first two to the left, figures to the right."""
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]

    def line(row: list[str]) -> str:
        cells = [cell.ljust(width) if i < 2 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))]
        return "  ".join(cells).rstrip()

    return "\n".join([line(header), line(["-" * width for width in widths]), *map(line, rows)])


def _times(ours: float, theirs: float) -> str:
    return f"{ours / theirs:.2f}" if theirs else "-"


def _row(result: Result, libkube: Result) -> list[str]:
    return [
        result.peer.name,
        result.mode,
        f"{result.decode_mb_s:.0f}",
        f"{result.decode_median_mb_s:.0f}",
        _times(libkube.decode_mb_s, result.decode_mb_s),
        f"{result.encode_mb_s:.0f}",
        f"{result.encode_median_mb_s:.0f}",
        _times(libkube.encode_mb_s, result.encode_mb_s),
        f"{result.object_ratio:.2f}",
        f"{result.peak_bytes / MB:.0f}",
    ]


def throughput(results: Results) -> str:
    header = ["peer", "mode", "decode MB/s", "median", "libkube is x", "encode MB/s", "median", "libkube is x", "object/input", "peak MB"]
    rows = []
    for mode in ("warm", "cold"):
        libkube = results.find("libkube", mode)
        if libkube:
            rows += [_row(result, libkube) for result in results.results.values() if result.mode == mode]
    lines = [f"{results.corpus.name}: {results.corpus.size / MB:.1f} MB", table(header, rows)]
    lines += [f"absent: {name}: {reason}" for name, reason in results.absent.items()]
    return "\n".join(lines)


def scaling(series: list[Results]) -> str:
    rows = []
    for results in series:
        for result in results.results.values():
            per_byte = [f"{1e9 / (rate * MB):.3f}" for rate in (result.decode_mb_s, result.encode_mb_s)]
            rows.append([results.corpus.name, result.peer.name, *per_byte, f"{result.decode_mb_s:.0f}", f"{result.encode_mb_s:.0f}"])
    return table(["corpus", "peer", "decode ns/byte", "encode ns/byte", "decode MB/s", "encode MB/s"], rows)


def startup(starts: list[Start]) -> str:
    return table(
        ["process", "", "best us", "median us"], [[start.name, "", f"{start.best:.0f}", f"{start.median:.0f}"] for start in starts]
    )


def sizes(program: dict[str, int], libraries: dict[str, dict[str, int]]) -> str:
    columns = {"pod-static (ours)": program, **libraries}
    sections = sorted({section for sizes_of in columns.values() for section in sizes_of})
    rows = [[name, "", *(f"{sizes_of.get(section, 0):,}" for section in sections)] for name, sizes_of in columns.items()]
    return table(["bytes of", "", *sections], rows)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.2f}"


def verdicts(found: list[Verdict]) -> str:
    rows = []
    for verdict in found:
        bound = f"{'at least' if verdict.least else 'at most'} {_figure(verdict.bound)}"
        rows.append([verdict.text, "ok" if verdict.reached else "MISSED", _figure(verdict.figure), bound])
    return table(["goal", "", "figure", "bound"], rows)
