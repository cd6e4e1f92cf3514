"""Builds the benchmark's programs and corpora under build/bench/."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / "build" / "bench"
BIN = BENCH / "bin"
CORPORA = BENCH / "corpus"
TEMPLATES = ROOT / "bench" / "corpus" / "templates"

KINDS = {
    "pod": "v1/PodList",
    "deployment": "apps/v1/DeploymentList",
    "node": "v1/NodeList",
    "event": "v1/EventList",
    "configmap": "v1/ConfigMapList",
    "endpointslice": "discovery.k8s.io/v1/EndpointSliceList",
    "crd": "apiextensions.k8s.io/v1/CustomResourceDefinitionList",
}


class BenchError(Exception):
    """What ends the benchmark, with a line for a person."""


@dataclass(frozen=True)
class Corpus:
    """A file with one list of objects."""

    name: str
    path: Path
    kind: str

    @property
    def size(self) -> int:
        return self.path.stat().st_size


def make(program: str) -> str | None:
    """Builds a program of bench.mk; the reason if that fails."""
    done = subprocess.run(["make", "-s", f"build/bench/bin/{program}"], check=False, cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 0:
        return None
    lines = [line for line in done.stderr.splitlines() if line and not line.startswith("make")]
    return lines[0] if lines else "it does not build"


def require(program: str) -> Path:
    """A program without which there is no benchmark."""
    reason = make(program)
    if reason is not None:
        raise BenchError(f"{program} does not build: {reason}")
    return BIN / program


def generate(template: str, count: int, irregular: bool, managed_fields: bool = True, seed: int = 1) -> Corpus:
    """Makes a corpus; one that is there already, made by the generator and template as they are, is taken again."""
    generator = require("corpus")
    shape = "irregular" if irregular else "regular"
    name = f"{template}-{shape}-{count}" + ("" if managed_fields else "-unmanaged") + ("" if seed == 1 else f"-{seed}")
    corpus = Corpus(f"{shape} ({count} {template}s)", CORPORA / f"{name}.json", KINDS[template])
    source = TEMPLATES / f"{template}.json"
    newest = max(source.stat().st_mtime, generator.stat().st_mtime)
    if corpus.path.exists() and corpus.path.stat().st_mtime > newest:
        return corpus
    CORPORA.mkdir(parents=True, exist_ok=True)
    unfinished = corpus.path.with_suffix(".unfinished")
    options = ["-n", str(count), "-s", str(seed)] + (["-i"] if irregular else []) + ([] if managed_fields else ["-m"])
    subprocess.run([str(generator), *options, str(source), str(unfinished)], check=True)
    unfinished.rename(corpus.path)
    return corpus
