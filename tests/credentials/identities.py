"""Who is who: `kubectl auth whoami` beside libkube's SelfSubjectReview, for each way to be known to a server, and who may list secrets."""

from __future__ import annotations

import json
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kube_cluster.pki import Pki
from provider import LIFETIME_SECONDS, SUBJECT, Provider
from work import BUILD, Config, Plane, Work

ROUNDS = 3 * LIFETIME_SECONDS
EXEC = {"apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never"}
OIDC = f"oidc:{SUBJECT}"
SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
FORBIDDEN, UNAUTHORIZED = "KUBE_E_FORBIDDEN", "KUBE_E_UNAUTHORIZED"


@dataclass
class Identity:
    """name: of the context; who: the user's name, or the code of the failure; secrets: the code of listing them."""

    name: str
    user: Config
    who: str
    secrets: str = "KUBE_OK"
    rounds: int = 1
    passphrase: str = ""
    theirs: Config = field(default_factory=dict)  # kubectl's user, where it cannot be the same


def plugin(work: Work, name: str, status: dict[str, Any]) -> Config:
    credential = json.dumps({"apiVersion": EXEC["apiVersion"], "kind": "ExecCredential", "status": status})
    path = work.write(name, f"#!/bin/sh\nprintf %s {shlex.quote(credential)}\n", 0o700)
    return {"exec": {**EXEC, "command": str(path)}}


def impersonating(user: Config) -> Config:
    extra = {"example.com/scopes": ["view", "a b"]}
    return {**user, "as": "jane", "as-uid": "uid-7", "as-groups": ["system:masters", "dev ops"], "as-user-extra": extra}


def locked(work: Work, pki: Pki) -> Config:
    path = work.folder / "locked.key"
    subprocess.run(["openssl", "pkey", "-in", pki.key("alice"), "-aes256", "-passout", "pass:locked", "-out", path], check=True)
    return {"client-certificate": str(pki.crt("alice")), "client-key": str(path)}


def in_token(work: Work, pki: Pki) -> Config:
    """alice's pair in a token of SoftHSM's; work's programs know where that is."""
    (work.folder / "tokens").mkdir()
    settings = f"directories.tokendir = {work.folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    work.variables |= {"SOFTHSM2_CONF": str(work.write("softhsm2.conf", settings)), "PKCS11_MODULE_PATH": SOFTHSM}
    key, certificate = work.folder / "token.key", work.folder / "token.der"
    pin = ("--pin", "4711")
    for command in (
        ("openssl", "pkcs8", "-topk8", "-nocrypt", "-in", pki.key("alice"), "-out", key),
        ("openssl", "x509", "-in", pki.crt("alice"), "-outform", "der", "-out", certificate),
        ("softhsm2-util", "--init-token", "--free", "--label", "kube", "--so-pin", "1234", *pin),
        ("softhsm2-util", "--import", key, "--token", "kube", "--label", "me", "--id", "01", *pin),
        ("pkcs11-tool", "--module", SOFTHSM, "--token-label", "kube", "--login", *pin, "--write-object", certificate, "--type", "cert",
         "--id", "01", "--label", "me"),
    ):  # fmt: skip
        done = work.run(*command)
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]}: {done.stderr}")
    key.unlink()
    return {"client-certificate": "pkcs11:token=kube;object=me", "client-key": "pkcs11:token=kube;object=me?pin-value=4711"}


def identities(work: Work, plane: Plane, provider: Provider) -> list[Identity]:
    pki = Pki(plane.pki)
    pki.make_client("alice", "alice", "system:masters")
    certificate = {"client-certificate": str(pki.crt("alice")), "client-key": str(pki.key("alice"))}
    pem = {"clientCertificateData": pki.crt("alice").read_text(), "clientKeyData": pki.key("alice").read_text()}
    token, nobody, stranger = (plane.user(name)["token"] for name in ("token", "nobody", "stranger"))
    plane.admin("create", "serviceaccount", "robot")
    robot = {"tokenFile": str(work.write("robot", plane.admin("create", "token", "robot")))}
    return [
        Identity("token", {"token": token}, "token-admin"),
        Identity("a token's file", {"tokenFile": str(work.write("token", token + "\n"))}, "token-admin"),
        Identity("a service account's token", robot, "system:serviceaccount:default:robot", FORBIDDEN),
        Identity("a certificate, inline", plane.user("admin"), "admin"),
        Identity("a certificate's files", certificate, "alice"),
        Identity("a key with a passphrase", locked(work, pki), "alice", passphrase="locked", theirs=certificate),
        Identity("a key in a token", in_token(work, pki), "alice", theirs=certificate),
        Identity("a certificate and a token", {**certificate, "token": nobody}, "alice"),
        Identity("a plugin's token", plugin(work, "plugin-token", {"token": token}), "token-admin"),
        Identity("a plugin's certificate", plugin(work, "plugin-certificate", pem), "alice"),
        Identity("a certificate and a plugin", {**certificate, **plugin(work, "plugin-unused", {"token": stranger})}, "alice"),
        Identity("a token and a plugin", {"token": token, **plugin(work, "plugin-unused", {"token": stranger})}, "token-admin"),
        Identity("nobody", {"token": nobody}, "nobody", FORBIDDEN),
        Identity("a stranger", {"token": stranger}, UNAUTHORIZED, UNAUTHORIZED),
        Identity("a plugin's stranger", plugin(work, "plugin-stranger", {"token": stranger}), UNAUTHORIZED, UNAUTHORIZED),
        # kube-apiserver has had no basic authentication since 1.19: it takes whoever tries for nobody in particular.
        Identity("a password", {"username": "admin", "password": "x"}, FORBIDDEN, FORBIDDEN),
        Identity("acting as somebody", impersonating({"token": token}), "jane"),
        Identity("acting as nobody", {**certificate, "as": "nobody"}, "nobody", FORBIDDEN),
        Identity("nobody acting as somebody", impersonating({"token": nobody}), FORBIDDEN, FORBIDDEN),
        Identity("a provider, with a secret", provider.user("web"), OIDC, rounds=ROUNDS, theirs=provider.user("web")),
        Identity("a provider, without", provider.user("native"), OIDC, rounds=ROUNDS, theirs=provider.user("native")),
        Identity("a provider, no id-token yet", provider.user("web", **{"id-token": ""}), OIDC, theirs=provider.user("web")),
        Identity("a provider, acting as somebody", impersonating(provider.user("web")), "jane", theirs=impersonating(provider.user("web"))),
    ]


def of_kubectl(work: Work, plane: Plane, config: Path, name: str) -> dict[str, Any]:
    """What kubectl says, in the form in which whoami.c does."""
    said: dict[str, Any] = {}
    review = work.run(plane.kubectl, f"--kubeconfig={config}", f"--context={name}", "auth", "whoami", "-o", "json")
    said["code"] = code_of(review)
    if review.returncode == 0:
        said["review"] = json.loads(review.stdout)
    path = "/api/v1/namespaces/kube-system/secrets?limit=1"
    said["secrets"] = code_of(work.run(plane.kubectl, f"--kubeconfig={config}", f"--context={name}", "get", "--raw", path))
    return said


def code_of(done: subprocess.CompletedProcess[str]) -> str:
    if done.returncode == 0:
        return "KUBE_OK"
    if "(Unauthorized)" in done.stderr:
        return UNAUTHORIZED
    # `auth whoami` does not say which.
    return FORBIDDEN if "(Forbidden)" in done.stderr or "do not have permission" in done.stderr else done.stderr


def who(said: dict[str, Any]) -> Any:
    return said["review"]["status"]["userInfo"] if said["code"] == "KUBE_OK" else said["code"]


def differences(work: Work, plane: Plane, identity: Identity, ours: Path) -> str:
    # kubectl writes refreshed tokens to its file, under a lock.
    theirs = plane.kubeconfig(f"theirs of {identity.name}", {identity.name: identity.theirs or identity.user})
    arguments = [str(identity.rounds), *([identity.passphrase] if identity.passphrase else [])]
    done = work.run(BUILD / "credentials/whoami", ours, identity.name, *arguments)
    rounds = [json.loads(line) for line in done.stdout.splitlines()]
    if len(rounds) != identity.rounds:
        return f"whoami: {done.stdout} {done.stderr}"
    kubectl = of_kubectl(work, plane, theirs, identity.name)
    for said in rounds:
        known = who(said)
        if known != who(kubectl) or said["secrets"] != kubectl["secrets"]:
            return f"kubectl: {json.dumps(kubectl)}\nlibkube: {json.dumps(said)}"
        if (known["username"] if isinstance(known, dict) else known) != identity.who or said["secrets"] != identity.secrets:
            return f"{json.dumps(said)}, not {identity.who} and {identity.secrets}"
    return ""


def check(work: Work, plane: Plane, provider: Provider) -> None:
    table = identities(work, plane, provider)
    ours = plane.kubeconfig("ours", {identity.name: identity.user for identity in table})
    before = provider.exchanges()
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda identity: differences(work, plane, identity, ours), table))
    for identity, wrong in zip(table, results):
        work.check(f"{plane.version}: {identity.name}", wrong)
    # Two of ours ask for tokens again whenever theirs expire; each answer makes the refresh token before it worthless.
    refreshes = provider.exchanges() - before
    work.check("tokens are refreshed", "" if refreshes >= 2 * (ROUNDS // LIFETIME_SECONDS - 1) else f"{refreshes} exchanges")
    check_refusals(work, plane, provider)


def check_refusals(work: Work, plane: Plane, provider: Provider) -> None:
    """Providers and tokens that are no good: each is an error, and says whose."""
    def user(**changed: str) -> Config:
        return provider.user("web", **{"id-token": "", **changed})

    ca = str(plane.pki / "ca.crt")
    users = {
        "no such refresh token": (user(**{"refresh-token": "x"}), UNAUTHORIZED, "answers the refresh with status 400"),
        "a wrong secret": (user(**{"client-secret": "x"}), UNAUTHORIZED, "answers the refresh with status 401"),
        "another authority": (user(**{"idp-certificate-authority": ca}), "KUBE_E_TLS", "oidc: "),
        "nobody at the issuer's": (user(**{"idp-issuer-url": "https://127.0.0.1:9"}), "KUBE_E_CONNECT", "oidc: "),
    }
    config = plane.kubeconfig("refused", {name: user for name, (user, _, _) in users.items()})
    for name, (_, code, message) in users.items():
        said = json.loads(work.run(BUILD / "credentials/whoami", config, name).stdout)
        work.check(name, "" if said["code"] == code and message in said["message"] else json.dumps(said))
