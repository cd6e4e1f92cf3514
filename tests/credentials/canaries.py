"""Recognisable secrets in every place: what a client says, prints and writes to the file system must hold none of them."""

from __future__ import annotations

import base64
import json
import re
import shlex
import socketserver
import subprocess
import threading
from pathlib import Path
from typing import Any

from identities import EXEC, plugin
from kube_cluster.pki import Pki
from provider import Provider
from work import BUILD, Config, Plane, Work

PASSPHRASE = "canary-passphrase"
OK, CONFIG, UNAUTHORIZED, FORBIDDEN = "KUBE_OK", "KUBE_E_CONFIG", "KUBE_E_UNAUTHORIZED", "KUBE_E_FORBIDDEN"
CALLS = "openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mknod,mknodat,memfd_create"


class Refusing(socketserver.StreamRequestHandler):
    """A proxy that wants other credentials."""

    def handle(self) -> None:
        while self.rfile.readline().strip():
            pass
        self.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")


def script(work: Work, name: str, text: str) -> Config:
    path = work.write(name, f"#!/bin/sh\n{text}\n", 0o700)
    env = [{"name": "SECRET", "value": "canary-variable"}]
    return {"exec": {**EXEC, "command": str(path), "args": ["--secret=canary-argument"], "env": env}}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def pem(folder: Path, name: str, kind: str, *arguments: str | Path) -> str:
    path = folder / name
    subprocess.run(["openssl", kind, *arguments, "-out", path], check=True, capture_output=True)
    return path.read_text()


def users(work: Work, plane: Plane, provider: Provider) -> dict[str, tuple[str, Config]]:
    """By context: how it ends."""
    pki = Pki(plane.pki)
    pki.make_client("canary", "canary", "system:masters")
    certificate, key = pki.crt("canary"), pki.key("canary")
    locked = pem(work.folder, "canary.locked", "pkey", "-in", key, "-aes256", "-passout", f"pass:{PASSPHRASE}")
    misfit = pem(work.folder, "canary.other", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
    token, nobody, stranger = (plane.user(name)["token"] for name in ("token", "nobody", "stranger"))
    pair = {"clientCertificateData": certificate.read_text(), "clientKeyData": key.read_text()}
    inline = {"client-certificate-data": encoded(certificate.read_text())}
    broken = "-----BEGIN PRIVATE KEY-----\nY2FuYXJ5LWtleQ==canary-key\n-----END PRIVATE KEY-----\n"
    late = {"id-token": ""}
    return {
        "token": (OK, {"token": token}),
        "token-file": (OK, {"tokenFile": str(work.write("token-file", token))}),
        "pair": (OK, {"client-certificate": str(certificate), "client-key": str(key)}),
        "inline": (OK, {**inline, "client-key-data": encoded(key.read_text())}),
        "locked": (OK, {**inline, "client-key-data": encoded(locked)}),
        "plugin": (OK, plugin(work, "canary-plugin", {"token": token})),
        "plugin-pair": (OK, plugin(work, "canary-plugin-pair", pair)),
        "oidc": (OK, provider.user("web")),
        "as": (OK, {"token": token, "as": "jane", "as-groups": ["system:masters"]}),
        "nobody": (FORBIDDEN, {"token": nobody}),
        "stranger": (UNAUTHORIZED, {"token": stranger}),
        "password": (FORBIDDEN, {"username": "jane", "password": "canary-password"}),
        "oidc-refused": (UNAUTHORIZED, provider.user("web", **late, **{"refresh-token": "canary-refresh"})),
        "oidc-secret": (UNAUTHORIZED, provider.user("web", **late, **{"client-secret": "canary-secret"})),
        "oidc-no-jwt": (CONFIG, provider.user("web", **{"id-token": "canary-id-token"})),
        "token-lines": (CONFIG, {"token": "canary-token\nsecond"}),
        "token-list": (CONFIG, {"token": ["canary-token"]}),
        "token-file-lines": (CONFIG, {"tokenFile": str(work.write("canary-lines", "canary-token\nsecond"))}),
        "token-and-password": (CONFIG, {"token": "canary-token", "username": "u", "password": "canary-password"}),
        "key-broken": ("KUBE_E_TLS", {**inline, "client-key-data": encoded(broken)}),
        "key-no-base64": (CONFIG, {**inline, "client-key-data": "canary-key!"}),
        "key-misfit": ("KUBE_E_TLS", {**inline, "client-key-data": encoded(misfit)}),
        "plugin-fails": (CONFIG, script(work, "canary-fails", "echo canary-output; exit 3")),
        "plugin-garbage": (CONFIG, script(work, "canary-garbage", "echo canary-output")),
        "plugin-no-json": (CONFIG, script(work, "canary-no-json", "echo '{\"status\":{\"token\":\"canary-output}}'")),
        "plugin-kind": (CONFIG, script(work, "canary-kind", f"echo {shlex.quote(json.dumps({'kind': 'canary-output'}))}")),
        "plugin-token": (CONFIG, plugin(work, "canary-bad", {"token": ["canary-output"]})),
        "plugin-missing": (CONFIG, {"exec": {**EXEC, "command": "/canary/none", "env": [{"name": "A", "value": "canary-variable"}]}}),
        "provider": ("KUBE_E_UNSUPPORTED", {"auth-provider": {"name": "gcp", "config": {"access-token": "canary-token"}}}),
    }


def write_config(work: Work, plane: Plane, table: dict[str, tuple[str, Config]], proxy: int) -> Path:
    """The table's contexts, and two that go through proxies."""
    path = plane.kubeconfig("canaries", {name: user for name, (_, user) in table.items()})
    config = json.loads(path.read_text())
    cluster: dict[str, Any] = config["clusters"][0]["cluster"]
    for name, url in (("proxy-refuses", f"http://canary-user:canary-proxy@127.0.0.1:{proxy}"), ("proxy-gone", "http://u:canary-proxy@127.0.0.1:9")):
        config["clusters"].append({"name": name, "cluster": {**cluster, "proxy-url": url}})
        config["contexts"].append({"name": name, "context": {"cluster": name, "user": "token"}})
    return work.write("canaries", json.dumps(config))


def secrets_of(table: dict[str, tuple[str, Config]], plane: Plane, provider: Provider) -> set[str]:
    """What must be nowhere, also as Base64: texts of the configuration that are secrets, and the middle of each key."""
    words = "password refresh secret id-token token key output proxy passphrase argument variable"
    basic = [("jane", "canary-password"), ("canary-user", "canary-proxy"), ("web", provider.secret)]
    found = {f"canary-{word}" for word in words.split()} | {provider.secret}
    found |= {plane.user(name)["token"] for name in ("token", "nobody", "stranger")}
    found |= {encoded(f"{name}:{password}") for name, password in basic}
    for _, user in table.values():
        settings = user.get("auth-provider", {}).get("config", {})
        found |= {settings[key] for key in ("id-token", "refresh-token") if len(settings.get(key, "")) > 8}
        if "client-key-data" in user and re.fullmatch("[A-Za-z0-9+/=]+", user["client-key-data"]):
            found |= set(base64.b64decode(user["client-key-data"]).decode().splitlines()[1:-1])
    found |= set((plane.pki / "canary.key").read_text().splitlines()[1:-1])
    return {text for text in found if len(text) > 8}


def leaked(text: str, secrets: set[str]) -> str:
    forms = {form: secret for secret in secrets for form in (secret, encoded(secret).rstrip("=")[:-1])}
    # Names of files and contexts are no secrets.
    hits = [next((line for line in text.splitlines() if form in line), "") for form in forms if form in text]
    return "\n".join(hits)


def writes(trace: str) -> str:
    """Calls that make or change files, or open them for that, and succeed."""
    lines = [line for line in trace.splitlines() if not re.search(r"= -1 E|\+\+\+|---|unfinished", line)]
    opened = [line for line in lines if re.search(r"O_WRONLY|O_RDWR|O_CREAT|creat\(|mkdir|rename|link|mknod|memfd", line)]
    return "\n".join(line for line in opened if '"/dev/null"' not in line and '"/dev/tty"' not in line)


def listing(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def check(work: Work, plane: Plane, provider: Provider) -> None:
    table = users(work, plane, provider)
    tmp = work.folder / "tmp"
    tmp.mkdir(exist_ok=True)
    trace = work.folder / "trace"
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refusing) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        config = write_config(work, plane, table, proxy.server_address[1])
        ends = {name: code for name, (code, _) in table.items()} | {"proxy-refuses": "KUBE_E_CONNECT", "proxy-gone": "KUBE_E_CONNECT"}
        before = listing(work.folder)
        done = work.run("strace", "-f", "-qq", "-e", f"trace={CALLS}", "-o", trace, BUILD / "credentials/canary", config, *ends,
                        PASSPHRASE=PASSPHRASE, TMPDIR=str(tmp))  # fmt: skip
        proxy.shutdown()
    said = dict(re.findall(r"^([a-z][^ ]*): (KUBE\w+)$", done.stdout, re.MULTILINE))
    for name, code in ends.items():
        work.check(f"canary {name}", "" if said.get(name) == code else f"{said.get(name)}, not {code}\n{done.stderr[-300:]}")
    secrets = secrets_of(table, plane, provider)
    work.check("no secret is said", leaked(done.stdout + done.stderr, secrets))
    work.check("what is printed is redacted", "" if done.stdout.count("REDACTED") >= len(table) else done.stdout)
    log_lines = len(re.findall("^  (?:log|request) ", done.stdout, re.MULTILINE))
    work.check("hooks were called", "" if log_lines > len(table) else f"{log_lines} times")
    work.check("nothing is written", writes(trace.read_text()))
    after = listing(work.folder)
    new = [path for path in after if before.get(path) != after[path] and path != str(trace) and "/provider/" not in path]
    work.check("no file is new", "\n".join(new))
    work.check("the trace tells of files", "" if "token-file" in trace.read_text() else "it does not")
