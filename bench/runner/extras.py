"""Figures that are no throughput: growth with the input, starting, size."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .build import BIN, ROOT, BenchError, generate, require
from .measure import Results, measure
from .peers import Peer

STARTS = 300
OUR_ARCHIVES = ("libkube.a(", "libkube-k8s.a(")
LOADED = (".text", ".rodata", ".data.rel.ro", ".data", ".eh_frame", ".rela.dyn", ".relr.dyn")


def scaling(peers: list[Peer], counts: tuple[int, ...], irregular: bool, rounds: int, milliseconds: int) -> list[Results]:
    """Warm figures with lists of several lengths."""
    return [measure(generate("pod", count, irregular), peers, rounds, milliseconds, ("warm",)) for count in counts]


@dataclass(frozen=True)
class Start:
    """Microseconds from the start of a process to its end."""

    name: str
    best: float
    median: float


def startup() -> list[Start]:
    """Programs that decode and encode one pod, beside one that does nothing."""
    timer = require("startup")
    pod = generate("pod", 1, irregular=False)
    one = pod.path.with_name("one-pod.json")
    one.write_text(json.dumps(json.loads(pod.path.read_text())["items"][0], separators=(",", ":")))
    starts = []
    for name, program, arguments in (
        ("nothing", "nothing", []),
        ("one Pod, static libkube", "pod-static", [str(one)]),
        ("one Pod, shared libkube", "pod-shared", [str(one)]),
    ):
        command = [str(timer), str(STARTS), str(require(program)), *arguments]
        times = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        starts.append(Start(name, times["best_us"], times["median_us"]))
    return starts


def _section(name: str) -> str | None:
    """The kind of section that an input section's name belongs to."""
    for loaded in (".data.rel.ro", ".text", ".rodata", ".data", ".eh_frame", ".bss"):
        if name == loaded or name.startswith(loaded + "."):
            return loaded
    return None


def linked_sizes(map_path: Path) -> dict[str, int]:
    """Bytes of our archives' members in a program, by kind of section, from its link map."""
    text = map_path.read_text()
    text = text[text.index("Linker script and memory map") :]
    sizes: dict[str, int] = {}
    for name, size, origin in re.findall(r"^ (\.\S+)\s+0x[0-9a-f]{16}\s+0x([0-9a-f]+) (\S+)$", text, re.MULTILINE):
        kind = _section(name)
        if kind and any(archive in origin for archive in OUR_ARCHIVES):
            sizes[kind] = sizes.get(kind, 0) + int(size, 16)
    if not sizes:
        raise BenchError(f"{map_path} names no section of ours")
    return sizes


def pod_program_sizes() -> dict[str, int]:
    require("pod-static")
    return linked_sizes(BIN / "pod-static.map")


def library_sizes() -> dict[str, dict[str, int]]:
    """Loaded bytes of both shared libraries, by section."""
    sizes = {}
    require("pod-shared")
    for library in ("libkube.so", "libkube-k8s.so"):
        lines = subprocess.run(
            ["size", "-A", str(ROOT / "build" / library)], check=True, capture_output=True, text=True
        ).stdout.splitlines()
        fields = [line.split() for line in lines]
        sizes[library] = {entry[0]: int(entry[1]) for entry in fields if len(entry) == 3 and entry[0] in LOADED}
    return sizes
