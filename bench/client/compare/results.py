"""What was measured, and the figures made of it."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import Any

from .peers import Peer

MB = 1e6
Sample = dict[str, Any]


@dataclass
class Load:
    """Requests of one kind from some threads. Each figure is the median of the rounds'."""

    peer: Peer
    operation: str
    threads: int
    samples: list[Sample] = field(default_factory=list)

    @property
    def requests_per_s(self) -> float:
        return statistics.median(float(sample["requests"]) / float(sample["seconds"]) for sample in self.samples)

    @property
    def cpu_us(self) -> float:
        return statistics.median(float(sample["cpu_seconds"]) / float(sample["requests"]) * 1e6 for sample in self.samples)

    @property
    def median_us(self) -> float:
        return statistics.median(float(sample["median_us"]) for sample in self.samples)

    @property
    def p99_us(self) -> float:
        return statistics.median(float(sample["p99_us"]) for sample in self.samples)

    def as_json(self) -> dict[str, Any]:
        return {
            "peer": self.peer.name,
            "operation": self.operation,
            "threads": self.threads,
            "requests_per_s": round(self.requests_per_s, 1),
            "cpu_us_per_request": round(self.cpu_us, 2),
            "median_us": round(self.median_us, 1),
            "p99_us": round(self.p99_us, 1),
        }


@dataclass
class Watches:
    """What watches add to a process when they are idle behind an initial state of `objects`: the median of the rounds."""

    peer: Peer
    count: int
    objects: int
    samples: list[Sample] = field(default_factory=list)

    @property
    def added_mb(self) -> float:
        return statistics.median(float(sample["after_bytes"] - sample["before_bytes"]) / MB for sample in self.samples)

    def as_json(self) -> dict[str, Any]:
        return {"peer": self.peer.name, "watches": self.count, "objects": self.objects, "added_mb": round(self.added_mb, 2)}


@dataclass
class Lists:
    """Goings over all pods, as one list or one by one: the best of the rounds, and the most memory of any process."""

    peer: Peer
    pods: int
    samples: list[Sample] = field(default_factory=list)

    @property
    def first_s(self) -> float:
        """The first of a process, which also connects."""
        return min(float(sample["seconds"][0]) for sample in self.samples)

    @property
    def best_s(self) -> float:
        return min(float(seconds) for sample in self.samples for seconds in sample["seconds"])

    @property
    def cpu_s(self) -> float:
        return min(float(sample["cpu_seconds"]) / len(sample["seconds"]) for sample in self.samples)

    @property
    def peak_mb(self) -> float:
        return max(float(sample["peak_bytes"]) for sample in self.samples) / MB

    @property
    def is_download(self) -> bool:
        """Only time is known."""
        return "peak_bytes" not in self.samples[0]

    def as_json(self) -> dict[str, Any]:
        reply = {"peer": self.peer.name, "pods": self.pods, "first_s": round(self.first_s, 4), "best_s": round(self.best_s, 4)}
        if not self.is_download:
            reply |= {"cpu_s": round(self.cpu_s, 4), "peak_mb": round(self.peak_mb, 1)}
        return reply


@dataclass
class Results:
    """All of a run; parts that were not wanted are empty."""

    load: list[Load] = field(default_factory=list)
    watches: list[Watches] = field(default_factory=list)
    lists: list[Lists] = field(default_factory=list)
    each: list[Lists] = field(default_factory=list)
    list_mb: float = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "list_mb": round(self.list_mb, 1),
            "load": [result.as_json() for result in self.load],
            "watches": [result.as_json() for result in self.watches],
            "list": [result.as_json() for result in self.lists],
            "each": [result.as_json() for result in self.each],
        }
