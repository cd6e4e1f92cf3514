"""A running control plane for tests, and plain requests to it."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import HOME

from kube_openapi.kubeconfig import read_kubeconfig

SCRIPTS = HOME.parent / "tests" / "cluster"
BUILT = HOME.parent / "build" / "cluster"
VERSIONS = {"1.34.4": "v1.34", "1.36.3": "v1.36"}
TIMEOUT_SECONDS = 120


@contextmanager
def running(version: str) -> Iterator[Path]:
    """The first build takes minutes, so without LIBKUBE_LIVE=1 only what is built already is used."""
    built = (BUILT / version / "bin").exists() or "KUBEBUILDER_ASSETS" in os.environ
    if not built and os.environ.get("LIBKUBE_LIVE") != "1":
        pytest.skip(f"no control plane {version}: run `make cluster KUBE={version}`, or set LIBKUBE_LIVE=1")
    environment = {**os.environ, "KUBE": version}
    command = [str(SCRIPTS / "start"), "--all-apis"]
    started = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    kubeconfig = Path(started.stdout.strip())
    try:
        yield kubeconfig
    finally:
        subprocess.run([str(SCRIPTS / "stop"), str(kubeconfig)], check=True)


def kubectl() -> str:
    built = subprocess.run([str(SCRIPTS / "build")], stdout=subprocess.PIPE, text=True, check=True)
    return str(Path(built.stdout.strip()) / "kubectl")


class Api:
    def __init__(self, kubeconfig: Path) -> None:
        self.access = read_kubeconfig(kubeconfig)
        handlers = (urllib.request.HTTPSHandler(context=self.access.context), urllib.request.ProxyHandler({}))
        self.opener = urllib.request.build_opener(*handlers)

    def call(self, method: str, path: str, body: Any = None, accept: str = "application/json") -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Accept": accept, "Content-Type": "application/json"}
        request = urllib.request.Request(self.access.server + path, data=data, headers=headers, method=method)
        try:
            with self.opener.open(request, timeout=TIMEOUT_SECONDS) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code}: {error.read().decode()}") from error

    def get(self, path: str, accept: str = "application/json") -> Any:
        return self.call("GET", path, accept=accept)

    def post(self, path: str, body: Any) -> Any:
        return self.call("POST", path, body)

    def delete(self, path: str) -> Any:
        return self.call("DELETE", path)
