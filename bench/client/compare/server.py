"""The control plane that is measured on, and what is put there first."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.build import BENCH, ROOT, BenchError, generate

PROGRAMS = BENCH / "client"
CLUSTER = ROOT / "tests" / "cluster"
SAMPLES = 1000  # different pods, used again and again
FILLERS = 16  # threads

# Without controllers there are no service accounts, pods are not collected as orphans, and nobody but the peers makes requests.
# What the peers create is deleted between them, many objects with one request.
START = (
    "--no-controllers",
    "--flag=--disable-admission-plugins=ServiceAccount,Priority",
    "--flag=--delete-collection-workers=16",
)


@dataclass(frozen=True)
class Server:
    """A running control plane."""

    kubeconfig: Path
    url: str

    @property
    def credentials(self) -> tuple[Path, Path, Path]:
        """CA, certificate and key, as files."""
        pki = self.kubeconfig.parent / "pki"
        return pki / "ca.crt", pki / "admin.crt", pki / "admin.key"

    def prepare(self, *arguments: str) -> None:
        command = [str(PROGRAMS / "prepare"), *arguments]
        environment = {"KUBECONFIG": str(self.kubeconfig)}
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
        if done.returncode != 0:
            raise BenchError(f"prepare {' '.join(arguments)}: {done.stderr.strip()}")


def build() -> None:
    command = ["make", "-s", "-f", "Makefile", "-f", "bench/client/client.mk", "bench-client"]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise BenchError(f"the programs do not build: {done.stderr.strip()}")


@contextmanager
def running() -> Iterator[Server]:
    """A control plane of its own, which ends with the block."""
    with subprocess.Popen([str(CLUSTER / "start"), *START], stdout=subprocess.PIPE, text=True) as starting:
        try:
            output, _ = starting.communicate()
        except BaseException:
            starting.terminate()  # it takes back what it began
            raise
    if starting.returncode != 0:
        raise BenchError("no control plane: tests/cluster/start failed")
    kubeconfig = Path(output.strip())
    try:
        yield Server(kubeconfig, json.loads(kubeconfig.read_text())["clusters"][0]["cluster"]["server"])
    finally:
        subprocess.run([str(CLUSTER / "stop"), str(kubeconfig)], check=False)


def _accepted(pod: dict[str, Any]) -> dict[str, Any]:
    """The generated pod as a server takes it: its random values agree with each other."""
    for container in pod["spec"]["containers"] + pod["spec"].get("initContainers", []):
        if "limits" in container.get("resources", {}):
            container["resources"]["requests"] = container["resources"]["limits"]
    status = pod.get("status", {})
    for one, all_of_them in (("hostIP", "hostIPs"), ("podIP", "podIPs")):
        if one in status:
            status[all_of_them] = [{"ip": status[one]}]
    return pod


def sample_pods() -> Path:
    """A PodList of pods as they are in a cluster: about 9 KB of JSON each, once a server has them."""
    text = generate("pod", SAMPLES, irregular=False).path.read_text()
    pods = json.loads(re.sub(r"kube-api-access-[a-z0-9]{5}", "kube-api-access-bench", text))
    pods["items"] = [_accepted(pod) for pod in pods["items"]]
    path = PROGRAMS / "pods.json"
    path.write_text(json.dumps(pods))
    return path
