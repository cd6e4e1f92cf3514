"""Who is measured, each measurement in a process of its own (the commands are those of ../peer.h)."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import Any

from runner.build import BenchError

from .server import PROGRAMS, Server

PATIENCE = 900  # seconds


@dataclass(frozen=True)
class Peer:
    """One line of the report."""

    name: str
    program: str
    variant: str = ""


LIBKUBE = Peer("libkube", "libkube")
CLIENT_GO = Peer("client-go", "client-go")
CLIENT_GO_JSON = Peer("client-go JSON", "client-go", "json")
PEERS = (LIBKUBE, CLIENT_GO, CLIENT_GO_JSON)
LIBCURL = Peer("libcurl", "libcurl")
CURL = {"1.1": Peer("curl, HTTP/1.1", "curl"), "2": Peer("curl, HTTP/2", "curl")}


def _run(name: str, command: list[str], environment: dict[str, str]) -> dict[str, Any]:
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise BenchError(f"{name}: no end after {PATIENCE} s: {' '.join(command)}") from None
    if done.returncode != 0:
        raise BenchError(f"{name} failed ({done.returncode}): {' '.join(command)}: {done.stderr.strip()[-2000:]}")
    reply: dict[str, Any] = json.loads(done.stdout)
    return reply


def ask(peer: Peer, server: Server, *arguments: object) -> dict[str, Any]:
    """Has the peer measure something."""
    command = [str(PROGRAMS / peer.program), *map(str, arguments)]
    return _run(peer.name, command, {"KUBECONFIG": str(server.kubeconfig), "BENCH_VARIANT": peer.variant})


def ask_libcurl(server: Server, threads: int, seconds: float, path: str) -> dict[str, Any]:
    command = [str(PROGRAMS / LIBCURL.program), str(threads), str(seconds), server.url + path, *map(str, server.credentials)]
    return _run(LIBCURL.name, command, {})


def download(server: Server, http: str, path: str) -> dict[str, Any]:
    """What curl takes for a reply thrown away: `seconds` and `bytes`."""
    authority, certificate, key = map(str, server.credentials)
    command = ["curl", "--silent", "--show-error", "--fail", f"--http{http}", "--output", "/dev/null"]
    command += ["--user-agent", "libkube/0.1.0", "--header", "Accept: application/json"]
    command += ["--cacert", authority, "--cert", certificate, "--key", key]
    command += [
        "--write-out",
        '{"seconds": %{time_total}, "bytes": %{size_download}, "http": "%{http_version}"}',
        server.url + path,
    ]
    reply = _run(CURL[http].name, command, {})
    if reply["http"] != http:
        raise BenchError(f"curl spoke HTTP/{reply['http']}, not {http}")
    return reply
