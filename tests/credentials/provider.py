"""The OpenID provider, and logging in to it as a browser and a program would."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import ssl
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPMessage
from pathlib import Path
from typing import IO, Any

from kube_cluster.pki import Pki
from kube_cluster.ports import free_ports
from kube_cluster.processes import Processes
from work import HERE, Config, Work, wait_until

CALLBACK = "https://127.0.0.1:9/callback"  # nobody listens there, and nobody is asked
# Of an id-token: longer than a machine stands still, as kubectl does not ask twice.
LIFETIME_SECONDS = 8
ATTEMPTS = 3
# Those of the provider's store.
USERNAME, PASSWORD, SUBJECT = "test-user2", "verysecure", "id2"


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str) -> None:
        return None


class Provider:
    def __init__(self, work: Work, secret: str = "") -> None:
        folder = work.folder / "provider"
        folder.mkdir()
        self.pki = Pki(folder / "pki")
        self.pki.make_ca()
        self.pki.make_server()
        self.secret = secret or secrets.token_hex(16)
        self.processes = Processes(folder)
        program = subprocess.run([HERE / "build"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        context = ssl.create_default_context(cafile=str(self.ca))
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context), Stay())
        self._start(program)

    def _start(self, program: str) -> None:
        """Another program may take the port between our look and the provider's start, so that is tried again."""
        for _ in range(ATTEMPTS):
            address = f"127.0.0.1:{free_ports(1)[0]}"
            self.issuer = f"https://{address}"
            self.processes.started.clear()
            self.processes.start("provider", [
                "env", f"WEB_SECRET={self.secret}", program, address, str(self.pki.crt("server")), str(self.pki.key("server")), CALLBACK,
                f"{LIFETIME_SECONDS}s",
            ])  # fmt: skip
            wait_until(lambda: self.processes.fallen() is not None or self._answers(), "the OpenID provider")
            if self.processes.fallen() is None:
                return
        raise RuntimeError(f"the OpenID provider ends: {self.processes.tail('provider')}")

    @property
    def ca(self) -> Path:
        return self.pki.crt("ca")

    def stop(self) -> None:
        self.processes.stop()

    def exchanges(self) -> int:
        """How often tokens were asked for."""
        return self.processes.log("provider").read_text().count("path=/oauth/token")

    def _answers(self) -> bool:
        try:
            self._ask("/.well-known/openid-configuration")
        except OSError:
            return False
        return True

    def _ask(self, path: str, form: dict[str, str] | None = None, **headers: str) -> tuple[str, str]:
        """The reply's body, and where it leads to."""
        data = urllib.parse.urlencode(form).encode() if form else None
        url = path if "://" in path else self.issuer + path
        try:
            with self.opener.open(urllib.request.Request(url, data, headers), timeout=30) as reply:
                return reply.read().decode(), ""
        except urllib.error.HTTPError as error:
            if not 300 <= error.code < 400:
                raise RuntimeError(f"{path}: {error.code} {error.read().decode()}") from error
            return "", urllib.parse.urljoin(url, error.headers["Location"])

    def _log_in(self, client: str, challenge: str) -> str:
        query = urllib.parse.urlencode({
            "client_id": client, "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid profile offline_access",
            "state": "s", "code_challenge": challenge, "code_challenge_method": "S256",
        })  # fmt: skip
        _, login = self._ask(f"/auth?{query}")
        form = urllib.parse.parse_qs(urllib.parse.urlsplit(login).query)
        _, back = self._ask(login.partition("?")[0], {"username": USERNAME, "password": PASSWORD, "id": form["authRequestID"][0]})
        _, callback = self._ask(back)
        return urllib.parse.parse_qs(urllib.parse.urlsplit(callback).query)["code"][0]

    def tokens(self, client: str) -> dict[str, Any]:
        """What a login gives: id_token, refresh_token, ..."""
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        code = self._log_in(client, challenge)
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": verifier, "client_id": client}
        headers = {}
        if client == "web":
            headers["Authorization"] = "Basic " + base64.b64encode(f"web:{self.secret}".encode()).decode()
        tokens: dict[str, Any] = json.loads(self._ask("/oauth/token", form, **headers)[0])
        return tokens

    def user(self, client: str, **changed: str) -> Config:
        """A kubeconfig's user, freshly logged in."""
        tokens = self.tokens(client)
        config = {
            "idp-issuer-url": self.issuer, "client-id": client, "idp-certificate-authority": str(self.ca),
            "id-token": tokens["id_token"], "refresh-token": tokens["refresh_token"],
        }  # fmt: skip
        if client == "web":
            config["client-secret"] = self.secret
        return {"auth-provider": {"name": "oidc", "config": {**config, **changed}}}

    def authentication(self) -> str:
        """The apiserver's --authentication-config."""
        return json.dumps({
            "apiVersion": "apiserver.config.k8s.io/v1beta1",
            "kind": "AuthenticationConfiguration",
            "jwt": [{
                "issuer": {
                    "url": self.issuer, "audiences": ["web", "native"], "audienceMatchPolicy": "MatchAny",
                    "certificateAuthority": self.ca.read_text(),
                },
                "claimMappings": {"username": {"claim": "sub", "prefix": "oidc:"}, "groups": {"claim": "groups", "prefix": "oidc:"}},
            }],
        })  # fmt: skip
