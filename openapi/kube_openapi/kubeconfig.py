"""The few things of a kubeconfig that reading `/openapi` takes: server, CA, client certificate or token."""

from __future__ import annotations

import base64
import os
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .files import read_documents
from .notes import SpecError
from .spec import Json


@dataclass
class Access:
    server: str
    context: ssl.SSLContext
    token: str | None


def read_kubeconfig(path: Path, context_name: str | None = None) -> Access:
    documents = read_documents(path)
    if len(documents) != 1 or not isinstance(documents[0], dict):
        raise SpecError(f"{path}: not a kubeconfig")
    try:
        return _access(path, documents[0], context_name)
    except (AttributeError, KeyError, TypeError, ValueError, OSError) as error:
        raise SpecError(f"{path}: not a kubeconfig that can be used: {error!r}") from error


def _access(path: Path, config: Json, context_name: str | None) -> Access:
    context = _entry(path, config, "contexts", "context", context_name or config.get("current-context") or "")
    cluster = _entry(path, config, "clusters", "cluster", context.get("cluster", ""))
    user = _entry(path, config, "users", "user", context["user"]) if context.get("user") else {}
    _refuse_unknown_credentials(path, user)
    return Access(cluster["server"].rstrip("/"), _tls(path.parent, cluster, user), _token(path.parent, user))


def _refuse_unknown_credentials(path: Path, user: dict[str, Json]) -> None:
    for key in ("exec", "auth-provider", "username"):
        if key in user:
            raise SpecError(
                f"{path}: the user needs {key!r}, which this tool does not do: "
                "save the documents with `kubectl get --raw` and give them as --v3, or use a token"
            )


def _entry(path: Path, config: Json, section: str, key: str, name: str) -> dict[str, Json]:
    for entry in config.get(section) or []:
        if entry.get("name") == name:
            found: dict[str, Json] = entry.get(key) or {}
            return found
    raise SpecError(f"{path}: no entry {name!r} in {section}")


def _token(folder: Path, user: dict[str, str]) -> str | None:
    if "tokenFile" in user:
        return (folder / user["tokenFile"]).read_text(encoding="utf-8").strip()
    return user.get("token")


def _pem(folder: Path, source: dict[str, Json], key: str) -> bytes | None:
    if f"{key}-data" in source:
        return base64.b64decode(source[f"{key}-data"])
    return (folder / source[key]).read_bytes() if key in source else None


def _tls(folder: Path, cluster: dict[str, Json], user: dict[str, str]) -> ssl.SSLContext:
    authority = _pem(folder, cluster, "certificate-authority")
    context = ssl.create_default_context(cadata=authority.decode("ascii") if authority else None)
    if cluster.get("insecure-skip-tls-verify"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    certificate, key = _pem(folder, user, "client-certificate"), _pem(folder, user, "client-key")
    if certificate is not None and key is not None:
        _load_client_certificate(context, certificate + b"\n" + key)
    return context


def _load_client_certificate(context: ssl.SSLContext, pem: bytes) -> None:
    """Python's ssl takes keys from files only; this one is readable by its owner alone and gone at once."""
    handle, name = tempfile.mkstemp()
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
        context.load_cert_chain(name)
    finally:
        os.unlink(name)
