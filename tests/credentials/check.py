"""Runs the parts that are named, or all, on one control plane, and those about identities on an older one too."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import canaries
import examples
import identities
import plugins
import rotation
from provider import Provider
from work import BUILD, ROOT, Plane, Work

PROGRAMS = ("whoami", "threads", "rotation", "canary")
LATEST, OLDER = "1.36.3", "1.34.4"
PARTS: dict[str, Callable[[Work, Plane, Provider], None]] = {
    "identities": identities.check,
    "examples": examples.check,
    "plugins": plugins.check,
    "canaries": canaries.check,
    "rotation": rotation.check,  # replaces the server's authority, so it is the last
}


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def build() -> None:
    makefiles = ["-f", "Makefile", "-f", "tests/credentials/credentials.mk"]
    programs = [f"{BUILD}/credentials/{name}" for name in PROGRAMS]
    subprocess.run(["make", "-s", *makefiles, f"BUILD={BUILD}", *programs], cwd=ROOT, check=True)


def check_part(part: str, work: Work, plane: Plane, provider: Provider) -> None:
    begin = time.monotonic()
    try:
        PARTS[part](work, plane, provider)
    except (RuntimeError, OSError, subprocess.SubprocessError, ValueError) as error:
        work.check(part, f"{type(error).__name__}: {error}")
    print(f"{plane.version} {part}: {time.monotonic() - begin:.0f} s", flush=True)


def check(folder: Path, version: str, parts: list[str]) -> tuple[int, int]:
    work = Work(folder)
    passed = failed = 0
    with ExitStack() as started:
        provider = Provider(work)
        started.callback(provider.stop)
        plane = Plane(work, version, f"--authentication-config={work.write('authentication.json', provider.authentication())}")
        started.callback(plane.stop)
        plane.admin("create", "clusterrolebinding", "testers", "--clusterrole=cluster-admin", "--group=oidc:testers")
        for part in parts:
            plane.work = Work(folder / part)
            check_part(part, plane.work, plane, provider)
            passed, failed = passed + plane.work.passed, failed + plane.work.failed
    return passed, failed


def main() -> int:
    signal.signal(signal.SIGTERM, interrupted)
    parts = sys.argv[1:] or list(PARTS)
    unknown = set(parts) - set(PARTS)
    if unknown:
        print(f"check.py: no part {unknown.pop()}; there are: {' '.join(PARTS)}", file=sys.stderr)
        return 2
    build()
    with tempfile.TemporaryDirectory() as name:
        results = [check(Path(name) / "latest", LATEST, parts)]
        if "identities" in parts and not os.environ.get("KUBEBUILDER_ASSETS"):
            results.append(check(Path(name) / "older", OLDER, ["identities"]))
    passed, failed = (sum(numbers) for numbers in zip(*results))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
