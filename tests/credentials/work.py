"""What all parts use: programs, files, control planes, and the count of what held."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kube_cluster import cluster

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / os.environ.get("BUILD", "build")
PATIENCE = 120.0

Config = dict[str, Any]


class Work:
    """A folder, and what is in use in it. `check` counts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.variables: dict[str, str] = {}  # for programs
        self.passed = self.failed = 0

    def check(self, name: str, wrong: str) -> None:
        """wrong: empty when it held."""
        if wrong:
            print(f"failed: {name}: {wrong}", flush=True)
        self.failed += bool(wrong)
        self.passed += not wrong

    def write(self, name: str, text: str, mode: int = 0o600) -> Path:
        """In one step, as kubelets and others do it."""
        path, new = self.folder / name, self.folder / f"{name}.new"
        new.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(text)
        new.chmod(mode)
        return new.rename(path)

    def environment(self, **more: str) -> dict[str, str]:
        return {"HOME": str(self.folder), "PATH": os.environ["PATH"], "KUBECACHEDIR": str(self.folder / "cache"), **self.variables, **more}

    def run(self, *command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(part) for part in command], env=self.environment(**environment), cwd=self.folder, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip


class Plane:
    """A control plane. `config`: its kubeconfig, which stands in `path`; `work`: of the part that uses it."""

    def __init__(self, work: Work, version: str, *flags: str) -> None:
        chosen = {**os.environ, "KUBE": version}
        built = subprocess.run([ROOT / "tests/cluster/build"], env=chosen, stdout=subprocess.PIPE, text=True, check=True)
        self.work, self.version, programs = work, version, Path(built.stdout.strip())
        self.kubectl = programs / "kubectl"
        options = cluster.Options(programs=programs, runs=ROOT / "build/cluster/run", controllers=False, apiserver_flags=list(flags))
        self.path = self.path_of_admin = cluster.start(options)
        self.pki = self.path.parent / "pki"
        self.config: Config = json.loads(self.path.read_text())
        self.server: str = self.config["clusters"][0]["cluster"]["server"]

    def stop(self) -> None:
        cluster.stop(self.path)

    def user(self, name: str) -> Config:
        user: Config = next(entry["user"] for entry in self.config["users"] if entry["name"] == name)
        return user

    def admin(self, *arguments: str) -> str:
        done = self.work.run(self.kubectl, f"--kubeconfig={self.path_of_admin}", *arguments)
        if done.returncode != 0:
            raise RuntimeError(f"kubectl {arguments[0]}: {done.stderr}")
        return done.stdout.strip()

    def kubeconfig(self, name: str, users: dict[str, Config]) -> Path:
        """A kubeconfig with a context for each user, that has the user's name."""
        config = {
            **self.config,
            "users": [{"name": user, "user": value} for user, value in users.items()],
            "contexts": [{"name": user, "context": {"cluster": "libkube", "user": user}} for user in users],
            "current-context": next(iter(users)),
        }
        return self.work.write(name, json.dumps(config))


def wait_until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise RuntimeError(f"waited in vain: {what}")
        time.sleep(0.05)
