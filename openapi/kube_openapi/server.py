"""Reads what a running API server publishes."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path

from .kubeconfig import Access
from .notes import SpecError
from .spec import Json

TIMEOUT_SECONDS = 60


class Server:
    def __init__(self, access: Access) -> None:
        self._access = access
        self._opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=access.context))

    def get(self, path: str) -> bytes:
        request = urllib.request.Request(self._access.server + path, headers={"Accept": "application/json"})
        request.add_header("User-Agent", "kube-openapi")
        if self._access.token:
            request.add_header("Authorization", f"Bearer {self._access.token}")
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as reply:
                body: bytes = reply.read()
        except urllib.error.HTTPError as error:
            hint = "; servers before 1.24 have no v3: save /openapi/v2 and give it as --v2" if error.code == 404 else ""
            raise SpecError(f"{self._access.server}{path}: {error.code} {error.reason}{hint}") from error
        except OSError as error:
            raise SpecError(f"{self._access.server}{path}: {error}") from error
        return body

    def v3_documents(self) -> dict[str, bytes]:
        """Each document under the name of the file that `--save` gives it and that the Kubernetes repository uses."""
        try:
            paths = json.loads(self.get("/openapi/v3"))["paths"].items()
            urls = {path: entry["serverRelativeURL"] for path, entry in sorted(paths)}
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise SpecError(f"{self._access.server}/openapi/v3: not the index of a Kubernetes API server") from error
        return {path.replace("/", "__") + "_openapi.json": self.get(url) for path, url in urls.items()}

    def v2_document(self) -> bytes:
        return self.get("/openapi/v2")


def save(documents: dict[str, bytes], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in documents.items():
        (folder / name).write_bytes(body)


def parsed(documents: dict[str, bytes]) -> dict[str, Json]:
    return {name: json.loads(body) for name, body in documents.items()}
