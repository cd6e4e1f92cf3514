"""Who is measured, and how to talk to them (the commands are those of peers/harness.h)."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .build import BIN, BenchError, Corpus, make

UNKNOWN_KIND = 3


def _header(name: str) -> Callable[[], bool]:
    """Whether the C++ compiler (C headers pass it too) finds a header."""

    def found() -> bool:
        compiler = shutil.which("c++") or shutil.which("g++") or "cc"
        done = subprocess.run([compiler, "-E", "-x", "c++", "-"], check=False, input=f"#include <{name}>\n", capture_output=True, text=True)
        return done.returncode == 0

    return found


def _command(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Peer:
    """One line of the report. `exact`: what it writes is the input's JSON value."""

    name: str
    program: str
    variant: str = ""
    modes: tuple[str, ...] = ("cold", "warm")
    exact: bool = False
    slow: bool = False
    compiled_here: bool = True  # false: by another language's tools, which take their time
    needs: str = ""
    installed: Callable[[], bool] = _always


LIBKUBE = Peer("libkube", "libkube", exact=True)
LIBKUBE_VARIANTS = (
    Peer("libkube, huge pages", "libkube", "huge", exact=True),
    Peer("libkube, packed", "libkube", "packed", exact=True),
    Peer("libkube, cache", "libkube", "cache", exact=True),
)
YYJSON = Peer("yyjson", "yyjson", exact=True)
OTHERS = (
    YYJSON,
    Peer("yyjson, default allocation", "yyjson", "malloc", ("warm",), exact=True),
    Peer("simdjson DOM", "simdjson", exact=True, needs="libsimdjson-dev", installed=_header("simdjson.h")),
    Peer("jansson", "jansson", exact=True, slow=True),
    Peer("cJSON", "cjson", exact=True, slow=True, needs="libcjson-dev", installed=_header("cjson/cJSON.h")),
    Peer("cJSON with models", "cjson_models", exact=True, slow=True, needs="libcjson-dev", installed=_header("cjson/cJSON.h")),
    Peer("client-go JSON", "client-go", slow=True, compiled_here=False, needs="Go", installed=_command("go")),
    Peer("client-go protobuf", "client-go", "protobuf", slow=True, compiled_here=False, needs="Go", installed=_command("go")),
    Peer("kube-rs", "kube-rs", slow=True, compiled_here=False, needs="Cargo", installed=_command("cargo")),
    Peer("memcpy", "memcpy", exact=True),
)
ALL = (LIBKUBE, *LIBKUBE_VARIANTS, *OTHERS)


def present(peers: tuple[Peer, ...]) -> tuple[list[Peer], dict[str, str]]:
    """The peers that can run, built; and for each other one the reason why it is absent."""
    there: list[Peer] = []
    absent: dict[str, str] = {}
    built: dict[str, str | None] = {}
    for peer in peers:
        if not peer.installed():
            absent[peer.name] = f"needs {peer.needs}"
            continue
        if peer.program not in built:
            built[peer.program] = make(peer.program)
        reason = built[peer.program]
        if reason is None:
            there.append(peer)
        elif peer.program == "libkube":
            raise BenchError(f"libkube's own program does not build: {reason}")
        else:
            absent[peer.name] = reason
    return there, absent


class UnknownKind(Exception):
    """The peer has no type for the corpus."""


class Session:
    """A running peer, ready to be measured."""

    def __init__(self, name: str, process: subprocess.Popen[str]) -> None:
        self._name = name
        self._process = process
        assert process.stdout
        if process.stdout.readline() != "ready\n":
            self._fail()

    def _fail(self) -> None:
        _, errors = self._process.communicate()
        if self._process.returncode == UNKNOWN_KIND:
            raise UnknownKind(self._name)
        raise BenchError(f"{self._name} failed ({self._process.returncode}): {errors.strip()}")

    def _ask(self, command: str) -> dict[str, Any]:
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(command + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            self._fail()
        line = self._process.stdout.readline()
        if not line:
            self._fail()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def step(self, milliseconds: int) -> dict[str, Any]:
        """Seconds of each decode and encode."""
        return self._ask(f"step {milliseconds}")

    def write(self, path: Path) -> None:
        """Has the peer write what it encodes."""
        self._ask(f"write {path}")

    def end(self) -> dict[str, Any]:
        """Bytes of the decoded object, of the input, and of the process at its largest."""
        return self._ask("end")


@contextmanager
def running(peer: Peer, corpus: Corpus, mode: str, variant: str | None = None) -> Iterator[Session]:
    """A process of the peer (in that variant, if not its own), which ends with the block."""
    command = [str(BIN / peer.program), str(corpus.path), corpus.kind, mode, peer.variant if variant is None else variant]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield Session(peer.name, process)
        except BaseException:
            process.kill()
            raise
