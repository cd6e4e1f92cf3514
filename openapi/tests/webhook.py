"""An admission webhook that allows everything and remembers what it was asked."""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any


class Hook:
    def __init__(self, pki: Path) -> None:
        self.pki = pki
        self.reviews: list[Any] = []
        self.answers: list[Any] = []
        self.port = 0

    def answer(self, review: Any) -> Any:
        self.reviews.append(review)
        response = {"uid": review["request"]["uid"], "allowed": True, "warnings": ["w"], "auditAnnotations": {"a": "b"}}
        answer = {"apiVersion": review["apiVersion"], "kind": review["kind"], "response": response}
        self.answers.append(answer)
        return answer

    def configuration(self) -> Any:
        authority = base64.b64encode((self.pki / "ca.crt").read_bytes()).decode("ascii")
        rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}
        webhook = {
            "name": "hook.example.com",
            "admissionReviewVersions": ["v1"],
            "sideEffects": "None",
            "clientConfig": {"url": f"https://127.0.0.1:{self.port}/", "caBundle": authority},
            "rules": [rule],
        }
        return {"metadata": {"name": "hook"}, "webhooks": [webhook]}


def handler(hook: Hook) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = json.dumps(hook.answer(json.loads(body))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Tests are quiet."""

    return Handler


@contextmanager
def listening(pki: Path) -> Iterator[Hook]:
    hook = Hook(pki)
    server = HTTPServer(("127.0.0.1", 0), handler(hook))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pki / "server.crt", pki / "server.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    hook.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
