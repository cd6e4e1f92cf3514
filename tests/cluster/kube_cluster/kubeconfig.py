"""The kubeconfig that tests get: one cluster, and one context for each way to be known to it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from .pki import Pki

# user, groups; "nobody" is known and may do nothing, "stranger" is in no table and so is refused.
TOKENS = {
    "token": ("token-admin", "system:masters"),
    "nobody": ("nobody", ""),
}


def token_of(name: str, secret: str) -> str:
    return f"{name}-{secret}"


def token_table(secret: str) -> str:
    """The apiserver's --token-auth-file."""
    rows = []
    for name, (user, groups) in TOKENS.items():
        rows.append(f'{token_of(name, secret)},{user},{user},"{groups}"\n' if groups else
                    f"{token_of(name, secret)},{user},{user}\n")  # fmt: skip
    return "".join(rows)


def data_of(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode("ascii")


def kubeconfig(server: str, pki: Pki, secret: str) -> dict[str, Any]:
    users: dict[str, dict[str, str]] = {
        "admin": {
            "client-certificate-data": data_of(pki.crt("admin")),
            "client-key-data": data_of(pki.key("admin")),
        },
        "admin-files": {
            "client-certificate": str(pki.crt("admin")),
            "client-key": str(pki.key("admin")),
        },
        "stranger": {"token": token_of("stranger", secret)},
    }
    for name in TOKENS:
        users[name] = {"token": token_of(name, secret)}
    cluster = {"server": server, "certificate-authority-data": data_of(pki.crt("ca"))}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "libkube", "cluster": cluster}],
        "users": [{"name": name, "user": user} for name, user in sorted(users.items())],
        "contexts": [{"name": name, "context": {"cluster": "libkube", "user": name}} for name in sorted(users)],
        "current-context": "admin",
    }


def write(path: Path, content: dict[str, Any]) -> None:
    path.touch(mode=0o600)
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="ascii")
