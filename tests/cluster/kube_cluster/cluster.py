"""Starts and stops one control plane."""

from __future__ import annotations

import secrets
import shutil
import ssl
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from . import kubeconfig
from .pki import Pki
from .ports import free_ports
from .processes import Processes

KUBECONFIG = "kubeconfig"
READY_SECONDS = 300.0
STEP_SECONDS = 0.1
ATTEMPTS = 3

# The gates and APIs that `--all-apis` switches on: what the committed specs are made from.
ALL_APIS = ("--runtime-config=api/all=true",)
ALL_GATES = ("--feature-gates=AllAlpha=true,AllBeta=true",)


@dataclass
class Options:
    programs: Path
    runs: Path
    all_apis: bool = False
    controllers: bool = True
    apiserver_flags: list[str] = field(default_factory=list)


class Cluster:
    """One try at a control plane in a folder of its own."""

    def __init__(self, options: Options) -> None:
        options.runs.mkdir(parents=True, exist_ok=True)
        self.options = options
        self.folder = Path(tempfile.mkdtemp(prefix="cluster-", dir=options.runs))
        self.processes = Processes(self.folder)
        self.secret = secrets.token_hex(16)
        etcd, peer, server = free_ports(3)
        self.etcd_url = f"http://127.0.0.1:{etcd}"
        self.peer_url = f"http://127.0.0.1:{peer}"
        self.port = server
        self.server = f"https://127.0.0.1:{server}"

    def start(self) -> Path:
        self.pki = Pki(self.folder / "pki")
        self.pki.make_ca()
        self.pki.make_server()
        self.pki.make_client("admin", "admin", "system:masters")
        self.pki.make_client("controllers", "system:kube-controller-manager", "system:masters")
        self.pki.make_key("service-accounts")
        self._start_etcd()
        self._start_apiserver()
        self._wait("/readyz")
        path = self.folder / KUBECONFIG
        kubeconfig.write(path, kubeconfig.kubeconfig(self.server, self.pki, self.secret))
        if self.options.controllers:
            self._start_controllers()
            self._wait("/api/v1/namespaces/default/serviceaccounts/default")
        return path

    def discard(self) -> None:
        self.processes.stop()
        shutil.rmtree(self.folder)

    def _program(self, name: str) -> str:
        return str(self.options.programs / name)

    def _gates(self) -> tuple[str, ...]:
        return ALL_GATES if self.options.all_apis else ()

    def _start_etcd(self) -> None:
        self.processes.start("etcd", [
            self._program("etcd"),
            f"--data-dir={self.folder / 'etcd'}",
            f"--listen-client-urls={self.etcd_url}",
            f"--advertise-client-urls={self.etcd_url}",
            f"--listen-peer-urls={self.peer_url}",
            f"--initial-advertise-peer-urls={self.peer_url}",
            f"--initial-cluster=default={self.peer_url}",
            "--unsafe-no-fsync",
            "--log-level=warn",
        ])  # fmt: skip

    def _start_apiserver(self) -> None:
        tokens = self.folder / "tokens.csv"
        tokens.touch(mode=0o600)
        tokens.write_text(kubeconfig.token_table(self.secret), encoding="ascii")
        service_accounts = self.pki.key("service-accounts")
        self.processes.start("kube-apiserver", [
            self._program("kube-apiserver"),
            f"--etcd-servers={self.etcd_url}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            # The reconciler refuses loopback addresses in Endpoints, and nothing here needs that object.
            "--endpoint-reconciler-type=none",
            f"--secure-port={self.port}",
            f"--tls-cert-file={self.pki.crt('server')}",
            f"--tls-private-key-file={self.pki.key('server')}",
            f"--client-ca-file={self.pki.crt('ca')}",
            f"--token-auth-file={tokens}",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-account-key-file={service_accounts}",
            f"--service-account-signing-key-file={service_accounts}",
            "--service-cluster-ip-range=10.0.0.0/24",
            "--authorization-mode=Node,RBAC",
            "--allow-privileged=true",
            *(ALL_APIS if self.options.all_apis else ()),
            *self._gates(),
            *self.options.apiserver_flags,
        ])  # fmt: skip

    def _start_controllers(self) -> None:
        path = self.folder / "controllers.kubeconfig"
        content = kubeconfig.kubeconfig(self.server, self.pki, self.secret)
        content["users"] = [{"name": "admin", "user": {
            "client-certificate": str(self.pki.crt("controllers")),
            "client-key": str(self.pki.key("controllers")),
        }}]  # fmt: skip
        content["contexts"] = [entry for entry in content["contexts"] if entry["name"] == "admin"]
        kubeconfig.write(path, content)
        self.processes.start("kube-controller-manager", [
            self._program("kube-controller-manager"),
            f"--kubeconfig={path}",
            "--leader-elect=false",
            "--secure-port=0",
            # One identity with every right, and no throttling: each controller's own token costs seconds at start.
            "--kube-api-qps=1000",
            "--kube-api-burst=1000",
            f"--root-ca-file={self.pki.crt('ca')}",
            f"--service-account-private-key-file={self.pki.key('service-accounts')}",
            f"--cluster-signing-cert-file={self.pki.crt('ca')}",
            f"--cluster-signing-key-file={self.pki.key('ca')}",
            *self._gates(),
        ])  # fmt: skip

    def _wait(self, path: str) -> None:
        context = ssl.create_default_context(cafile=str(self.pki.crt("ca")))
        context.load_cert_chain(self.pki.crt("admin"), self.pki.key("admin"))
        proxyless = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )
        deadline = time.monotonic() + READY_SECONDS
        while True:
            fallen = self.processes.fallen()
            if fallen is not None:
                raise RuntimeError(f"{fallen} ended:\n{self.processes.tail(fallen)}")
            try:
                with proxyless.open(self.server + path, timeout=30):
                    return
            except OSError as error:  # refused, not ready yet (HTTPError is one too), or not there yet
                if time.monotonic() > deadline:
                    last = self.processes.started[-1]["name"]
                    raise RuntimeError(f"{path} is not ready: {error}\n{self.processes.tail(last)}") from error
            time.sleep(STEP_SECONDS)


def start(options: Options) -> Path:
    """Another program may take a port between our look and the server's start, so a failure is tried again."""
    for attempt in range(1, ATTEMPTS + 1):
        cluster = Cluster(options)
        try:
            return cluster.start()
        except BaseException as error:
            cluster.discard()
            if attempt == ATTEMPTS or not isinstance(error, RuntimeError) or "address already in use" not in str(error):
                raise
    raise AssertionError


def stop(path: Path) -> None:
    folder = path.resolve().parent
    if path.name != KUBECONFIG or not (folder / "processes.json").exists():
        raise RuntimeError(f"{path} was not made by tests/cluster/start, or is stopped already")
    Processes(folder).stop()
    shutil.rmtree(folder)
