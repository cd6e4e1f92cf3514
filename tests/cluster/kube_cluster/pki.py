"""Keys and certificates of one cluster, made with the openssl program."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

SERVER_NAMES = (
    "IP:127.0.0.1,IP:10.0.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,"
    "DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local"
)
DAYS = "2"


def openssl(*arguments: str) -> None:
    if shutil.which("openssl") is None:
        raise RuntimeError("the openssl program is needed to make certificates")
    done = subprocess.run(("openssl", *arguments), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]} failed: {done.stderr.strip()}")


class Pki:
    """A folder that holds a CA and what it signed: NAME.crt and NAME.key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, exist_ok=True)

    def crt(self, name: str) -> Path:
        return self.folder / f"{name}.crt"

    def key(self, name: str) -> Path:
        return self.folder / f"{name}.key"

    def make_key(self, name: str) -> None:
        # The apiserver reads EC service account keys only in the SEC 1 form, which genpkey does not write.
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(self.key(name)))

    def make_ca(self) -> None:
        self.make_key("ca")
        self._write_extensions("ca", "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n")
        self._sign("ca", "/CN=libkube-test-ca", ("-signkey", str(self.key("ca"))))

    def make_server(self) -> None:
        self.make_key("server")
        self._write_extensions("server", f"subjectAltName={SERVER_NAMES}\nextendedKeyUsage=serverAuth\n")
        self._sign_by_ca("server", "/CN=kube-apiserver")

    def make_client(self, name: str, user: str, group: str | None = None) -> None:
        self.make_key(name)
        self._write_extensions(name, "extendedKeyUsage=clientAuth\n")
        organisation = f"/O={group}" if group else ""
        self._sign_by_ca(name, f"{organisation}/CN={user}")

    def _write_extensions(self, name: str, text: str) -> None:
        (self.folder / f"{name}.ext").write_text(text, encoding="ascii")

    def _sign_by_ca(self, name: str, subject: str) -> None:
        self._sign(name, subject, ("-CA", str(self.crt("ca")), "-CAkey", str(self.key("ca")), "-CAcreateserial"))

    def _sign(self, name: str, subject: str, signer: tuple[str, ...]) -> None:
        request = str(self.folder / f"{name}.csr")
        openssl("req", "-new", "-key", str(self.key(name)), "-subj", subject, "-out", request)
        extensions = str(self.folder / f"{name}.ext")
        openssl(
            "x509", "-req", "-in", request, *signer, "-days", DAYS, "-sha256",
            "-extfile", extensions, "-out", str(self.crt(name)),
        )  # fmt: skip
