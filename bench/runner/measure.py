"""Measures peers in turn, each time in a new process, so that what else the machine does hits all of them alike."""

from __future__ import annotations

import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from .build import Corpus, require
from .peers import Peer, UnknownKind, running

SLOW_EVERY = 3  # slow peers take part in every third round
MB = 1e6
TOUCHED_PER_INPUT = 8  # more than any peer takes


@dataclass
class Result:
    """What was measured of one peer in one mode."""

    peer: Peer
    mode: str
    input_bytes: int
    decode_seconds: list[float] = field(default_factory=list)
    encode_seconds: list[float] = field(default_factory=list)
    object_bytes: int = 0
    peak_bytes: int = 0

    def _rate(self, seconds: float) -> float:
        return self.input_bytes / seconds / MB

    @property
    def decode_mb_s(self) -> float:
        return self._rate(min(self.decode_seconds))

    @property
    def encode_mb_s(self) -> float:
        return self._rate(min(self.encode_seconds))

    @property
    def decode_median_mb_s(self) -> float:
        return self._rate(statistics.median(self.decode_seconds))

    @property
    def encode_median_mb_s(self) -> float:
        return self._rate(statistics.median(self.encode_seconds))

    @property
    def object_ratio(self) -> float:
        return self.object_bytes / self.input_bytes

    def as_json(self) -> dict[str, Any]:
        return {
            "peer": self.peer.name,
            "mode": self.mode,
            "decode_mb_s": round(self.decode_mb_s, 1),
            "encode_mb_s": round(self.encode_mb_s, 1),
            "object_bytes_per_input_byte": round(self.object_ratio, 3),
            "peak_mb": round(self.peak_bytes / MB, 1),
        }

    def details(self) -> dict[str, Any]:
        medians = {"decode_median_mb_s": round(self.decode_median_mb_s, 1), "encode_median_mb_s": round(self.encode_median_mb_s, 1)}
        return {**self.as_json(), **medians, "decode_seconds": self.decode_seconds, "encode_seconds": self.encode_seconds}


class Results:
    """All that was measured with one corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.results: dict[tuple[str, str], Result] = {}
        self.absent: dict[str, str] = {}

    def find(self, peer: str, mode: str) -> Result | None:
        return self.results.get((peer, mode))

    def as_json(self) -> dict[str, Any]:
        return {"corpus": self.corpus.name, "results": [result.as_json() for result in self.results.values()]}

    def details(self) -> dict[str, Any]:
        results = [result.details() for result in self.results.values()]
        return {"corpus": self.corpus.name, "bytes": self.corpus.size, "results": results, "absent": self.absent}


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def _touch_memory(corpus: Corpus) -> None:
    """Memory fresh from the kernel is not to be memory fresh from a hypervisor."""
    subprocess.run([str(require("touch")), str(corpus.size * TOUCHED_PER_INPUT)], check=True)


def _measure_once(result: Result, corpus: Corpus, milliseconds: int) -> None:
    """Cold: one decode and one encode of a fresh process. Warm: as many as the time allows."""
    if result.mode == "cold":
        _touch_memory(corpus)
    with running(result.peer, corpus, result.mode) as session:
        times = session.step(milliseconds if result.mode == "warm" else 0)
        end = session.end()
    result.decode_seconds += times["decode"]
    result.encode_seconds += times["encode"]
    result.object_bytes = end["object_bytes"]
    result.peak_bytes = max(result.peak_bytes, end["peak_bytes"])


def measure(corpus: Corpus, peers: list[Peer], rounds: int, milliseconds: int, modes: tuple[str, ...] = ("cold", "warm")) -> Results:
    results = Results(corpus)
    for turn in range(rounds):
        for peer in peers:
            if peer.name in results.absent or (peer.slow and turn % SLOW_EVERY != 0):
                continue
            for mode in (mode for mode in peer.modes if mode in modes):
                _progress(f"{corpus.name}: round {turn + 1} of {rounds}: {peer.name}, {mode}")
                result = results.results.setdefault((peer.name, mode), Result(peer, mode, corpus.size))
                try:
                    _measure_once(result, corpus, milliseconds)
                except UnknownKind:
                    del results.results[(peer.name, mode)]
                    results.absent[peer.name] = f"does not know {corpus.kind}"
                    break
    _progress("")
    return results
