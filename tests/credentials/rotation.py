"""Every file of a client's credentials is replaced while 100 watches run: no event is lost or doubled, no request fails."""

from __future__ import annotations

import base64
import json
import shutil
import ssl
import subprocess
import time
import urllib.parse
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import IO, Any

from kube_cluster.kubeconfig import data_of
from kube_cluster.pki import Pki
from provider import Provider
from work import BUILD, Config, Plane, Work, wait_until

STEP_SECONDS = 4  # files are looked at once a second; the rest is for machines that stall


class Rotation:
    """A running rotation.c."""

    def __init__(self, work: Work, plane: Plane, name: str, config: Path, context: str) -> None:
        self.work, self.name = work, name
        ns = f"rotation-{config.name}"
        plane.admin("create", "namespace", ns)
        self.process = subprocess.Popen(
            [BUILD / "credentials/rotation", config, context, plane.path_of_admin, ns], env=work.environment(), cwd=work.folder,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdin and self.process.stdout
        self.stdin: IO[str] = self.process.stdin
        self.first = self.process.stdout.readline().strip()

    def end(self, user: str) -> None:
        """user: whom the client must be in the end."""
        self.stdin.close()
        assert self.process.stdout
        text = self.process.stdout.read()
        self.process.wait()
        said: dict[str, Any] = json.loads(text) if text else {}
        print(f"rotation of {self.name}: {json.dumps(said)}")
        held = self.first == "ready" and said and said["requests"] > 0 and said["fewest"] > 0
        held = held and said["user"] == user and not any(said[key] for key in ("lost", "doubled", "restarts", "unfinished", "failures"))
        self.work.check(f"rotation of {self.name}", "" if held else f"{self.first}: {text}")


def tokens(work: Work, plane: Plane) -> tuple[Config, Callable[[int], None]]:
    """A token's file: each round has that of another service account, and the one before is deleted."""

    def write(number: int) -> None:
        plane.admin("create", "serviceaccount", f"rotating-{number}")
        work.write("rotating-token", plane.admin("create", "token", f"rotating-{number}"))
        if number:
            plane.admin("delete", "serviceaccount", f"rotating-{number - 1}")

    plane.admin("create", "clusterrolebinding", "rotating", "--clusterrole=cluster-admin", "--group=system:serviceaccounts:default")
    return {"tokenFile": str(work.folder / "rotating-token")}, write


def pairs(work: Work, plane: Plane) -> tuple[Config, Callable[[int], None]]:
    """A certificate's pair of files, one after the other: for a moment they do not fit."""
    pki = Pki(plane.pki)

    def write(number: int) -> None:
        pki.make_client(f"rotating-{number}", f"rotating-{number}", "system:masters")
        work.write("rotating.crt", pki.crt(f"rotating-{number}").read_text())
        work.write("rotating.key", pki.key(f"rotating-{number}").read_text())

    return {"client-certificate": str(work.folder / "rotating.crt"), "client-key": str(work.folder / "rotating.key")}, write


def server_has(plane: Plane, ca: Path) -> bool:
    """Whether the server's certificate is of that authority."""
    url = urllib.parse.urlsplit(plane.server)
    try:
        ssl.get_server_certificate((str(url.hostname), int(url.port or 443)), ca_certs=str(ca), timeout=10)
    except OSError:
        return False
    return True


def replace_authority(work: Work, plane: Plane, write_ca: Callable[[str], object]) -> None:
    """Another authority for the server: known beside the old one, in use, known alone."""
    (work.folder / "second").mkdir()
    second = Pki(work.folder / "second/pki")
    second.make_ca()
    second.make_server()
    write_ca((plane.pki / "ca.crt").read_text() + second.crt("ca").read_text())
    time.sleep(STEP_SECONDS)
    for source in (second.key("server"), second.crt("server")):
        shutil.copyfile(source, plane.pki / source.name)
    wait_until(lambda: server_has(plane, second.crt("ca")), "the server's new certificate")
    write_ca(second.crt("ca").read_text())
    time.sleep(STEP_SECONDS)


def write_kubeconfig(work: Work, plane: Plane, number: int, ca: str) -> Path:
    """With everything in it: in turn a token's context and a certificate's is the current one, and each time they are new."""
    pki = Pki(plane.pki)
    pair = {"client-certificate-data": data_of(pki.crt(f"rotating-{number}")), "client-key-data": data_of(pki.key(f"rotating-{number}"))}
    users = {"first": {"token": (work.folder / "rotating-token").read_text()}, "second": pair}
    cluster = {"server": plane.server, "certificate-authority-data": base64.b64encode(ca.encode()).decode()}
    config = kubeconfig_of(plane, cluster, users, current="second" if number % 2 else "first")
    return work.write("rotating-kubeconfig", json.dumps(config))


def kubeconfig_of(plane: Plane, cluster: Config, users: dict[str, Config], current: str) -> Config:
    return {
        **plane.config,
        "clusters": [{"name": "rotating", "cluster": cluster}],
        "users": [{"name": name, "user": user} for name, user in users.items()],
        "contexts": [{"name": name, "context": {"cluster": "rotating", "user": name}} for name in users],
        "current-context": current,
    }


def check(work: Work, plane: Plane, _: Provider) -> None:
    (token_user, write_token), (pair_user, write_pair) = tokens(work, plane), pairs(work, plane)
    first_ca = (plane.pki / "ca.crt").read_text()
    files = {"server": plane.server, "certificate-authority": str(work.write("rotating-ca.crt", first_ca))}
    users = {"token": token_user, "pair": pair_user}
    # The writer's connections may break when the server's certificate is replaced.
    trusting = {"server": plane.server, "insecure-skip-tls-verify": True}
    plane.path_of_admin = work.write("rotation-admin", json.dumps(kubeconfig_of(plane, trusting, {"admin": plane.user("admin")}, "admin")))
    token_config = work.write("token", json.dumps(kubeconfig_of(plane, files, users, "token")))
    pair_config = work.write("pair", json.dumps(kubeconfig_of(plane, files, users, "pair")))

    def step(number: int, ca: str) -> None:
        write_pair(number)
        write_token(number)
        write_kubeconfig(work, plane, number, ca)

    def write_ca(number: int, ca: str) -> None:
        work.write("rotating-ca.crt", ca)
        step(number, ca)

    step(0, first_ca)
    runs = [
        Rotation(work, plane, "a token's file", token_config, "token"),
        Rotation(work, plane, "a certificate's files", pair_config, "pair"),
        Rotation(work, plane, "a kubeconfig", work.folder / "rotating-kubeconfig", "-"),
    ]
    try:
        for number in range(1, 5):
            step(number, first_ca)
            time.sleep(STEP_SECONDS)
        numbers = count(5)
        replace_authority(work, plane, lambda ca: write_ca(next(numbers), ca))
        # With new files there are new connections, which the old authority would not do for.
        last = next(numbers)
        step(last, (work.folder / "rotating-ca.crt").read_text())
        time.sleep(STEP_SECONDS)
        names = [f"system:serviceaccount:default:rotating-{last}", f"rotating-{last}"]
        for run, user in zip(runs, [*names, names[last % 2]]):
            run.end(user)
    finally:
        for run in runs:
            run.process.kill()
