"""What libkube promises, each as a ratio within one run."""

from __future__ import annotations

from dataclasses import dataclass

from .measure import Results

DECODE, ENCODE = "decode_mb_s", "encode_mb_s"


@dataclass(frozen=True)
class Goal:
    """libkube (or a variant) at least `factor` times as fast as a peer."""

    what: str
    mode: str
    ours: str
    theirs: str
    factor: float


@dataclass(frozen=True)
class Verdict:
    """A goal with what was measured. `least`: the figure is to reach the bound; else it is not to pass it."""

    text: str
    figure: float
    bound: float
    least: bool = True

    @property
    def reached(self) -> bool:
        return self.figure >= self.bound if self.least else self.figure <= self.bound


SPEED = {
    "irregular": (
        Goal(DECODE, "warm", "libkube", "yyjson", 1.0),
        Goal(DECODE, "cold", "libkube", "yyjson", 1.3),
        Goal(DECODE, "cold", "libkube, huge pages", "yyjson", 2.2),
        Goal(ENCODE, "warm", "libkube", "yyjson", 0.85),
    ),
    "regular": (
        Goal(DECODE, "warm", "libkube", "yyjson", 1.1),
        Goal(DECODE, "warm", "libkube", "client-go JSON", 25),
        Goal(DECODE, "warm", "libkube", "cJSON with models", 40),
        Goal(DECODE, "warm", "libkube", "client-go protobuf", 4),
        Goal(DECODE, "cold", "libkube", "yyjson", 1.3),
        Goal(DECODE, "cold", "libkube, huge pages", "yyjson", 2.2),
        Goal(ENCODE, "warm", "libkube", "yyjson", 0.6),
        Goal(ENCODE, "warm", "libkube", "client-go JSON", 7),
    ),
    "100 pods": (Goal(ENCODE, "warm", "libkube", "yyjson", 1.0),),
}
MEMORY = {"libkube": 1.3, "libkube, packed": 1.5, "libkube, cache": 0.7}
SPREAD = 1.15


def speed(label: str, results: Results) -> list[Verdict]:
    verdicts = []
    for goal in SPEED[label]:
        ours, theirs = results.find(goal.ours, goal.mode), results.find(goal.theirs, goal.mode)
        if ours and theirs:
            figure = getattr(ours, goal.what) / getattr(theirs, goal.what)
            text = f"{goal.what.split('_')[0]}, {goal.mode}, {results.corpus.name}: {goal.ours} / {goal.theirs}"
            verdicts.append(Verdict(text, figure, goal.factor))
    return verdicts


def memory(results: Results) -> list[Verdict]:
    verdicts = []
    for name, bound in MEMORY.items():
        result = results.find(name, "warm")
        if result:
            verdicts.append(Verdict(f"object / input, {results.corpus.name}: {name}", result.object_ratio, bound, least=False))
    return verdicts


def spread(series: list[Results]) -> list[Verdict]:
    """The slowest length of list against the fastest, in time per byte."""
    lengths = f"{series[0].corpus.name} to {series[-1].corpus.name}"
    verdicts = []
    for what in (DECODE, ENCODE):
        rates = [getattr(result, what) for results in series if (result := results.find("libkube", "warm"))]
        text = f"{what.split('_')[0]}, time per byte, most / least: {lengths}"
        verdicts.append(Verdict(text, max(rates) / min(rates), SPREAD, least=False))
    return verdicts
