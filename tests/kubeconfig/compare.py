"""Reads each kubeconfig of cases.py with kubectl and with libkube, and compares what they make of it."""
from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cases

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / os.environ.get("BUILD", "build")

# What kubectl says where the configuration is good: nobody is there, or who knows what to log in with.
REACHED = (
    "refused", "getting credentials", "exec: ", "no Auth Provider", "not a valid JWT", "proxyconnect", "socks connect", "error: EOF",
)
KNOWN = {
    "cluster": {"server", "tls-server-name", "certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify", "proxy-url",
                "disable-compression", "extensions"},
    "user": {"client-certificate", "client-certificate-data", "client-key", "client-key-data", "token", "tokenFile", "username", "password",
             "as", "as-uid", "as-groups", "as-user-extra", "exec", "auth-provider", "extensions"},
    "context": {"cluster", "user", "namespace", "extensions"},
}


def build_kubectl() -> str:
    folder = subprocess.run([ROOT / "tests/cluster/build"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    return f"{folder}/kubectl"


def make_pair(folder: Path) -> None:
    key, certificate = folder / "key.pem", folder / "cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=test",
                    "-keyout", key, "-out", certificate], check=True, capture_output=True)
    cases.KEY, cases.CERTIFICATE = key.read_text(), certificate.read_text()


def compile_view(folder: Path) -> str:
    view = folder / "view"
    needed = ["libcurl", "jansson", "openssl", "yaml-0.1"]
    flags = subprocess.run(["pkg-config", "--libs", *needed], check=True, capture_output=True, text=True)
    subprocess.run([os.environ.get("CC", "cc"), "-Wall", "-Wextra", "-Werror", f"-I{ROOT}/runtime/include", HERE / "view.c", "-o", view,
                    BUILD / "libkube.a", *flags.stdout.split(), "-pthread", "-lm"], check=True)
    return str(view)


def write_files(case: cases.Case, folder: Path) -> None:
    ca = base64.b64encode(cases.CERTIFICATE.encode()).decode()
    values = {"{ca}": ca, "{certificate}": ca, "{key}": base64.b64encode(cases.KEY.encode()).decode(),
              "{ca_lines}": "\\n".join(ca[i:i + 64] for i in range(0, len(ca), 64))}
    for name, text in case.files.items():
        for placeholder, value in values.items():
            text = text.replace(placeholder, value)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def without_empty(value: Any) -> Any:
    """A value without what Go leaves out or writes as a zero."""
    if isinstance(value, dict):
        members = {key: without_empty(member) for key, member in value.items()}
        return {key: member for key, member in members.items() if member not in (None, "", False, [], {})}
    return [without_empty(item) for item in value] if isinstance(value, list) else value


def resolve(entry: dict[str, Any], folders: list[Path]) -> None:
    """Paths as they can be compared: kubectl shows them as they are written."""
    for key in ("certificate-authority", "client-certificate", "client-key", "tokenFile"):
        if key in entry:
            entry[key] = one_of_paths(entry[key], folders)
    command = entry.get("exec", {}).get("command", "")
    if "/" in command:
        entry["exec"]["command"] = one_of_paths(command, folders)


def one_of_paths(path: str, folders: list[Path]) -> str:
    for folder in folders:
        if (folder / path).exists():
            return os.path.normpath(folder / path)
    return os.path.normpath(folders[0] / path)


def reduce(config: dict[str, Any], folders: list[Path]) -> dict[str, Any]:
    """What counts of a kubeconfig of one context."""
    result: dict[str, Any] = {"current-context": config.get("current-context")}
    for member, known in KNOWN.items():
        entries = config.get(member + "s") or []
        entry = entries[0].get(member) or {} if entries else {}
        entry = without_empty({key: value for key, value in entry.items() if key in known})
        resolve(entry, folders)
        result[member] = entry
    # Names that ours makes up where there are none.
    if not result["user"] and result["context"].get("user") in (None, "user"):
        result["context"].pop("user", None)
    return result


class Reader:
    def __init__(self, kubectl: str, view: str, work: Path):
        self.kubectl, self.view, self.work = kubectl, view, work

    def call(self, folder: Path, case: cases.Case, *command: str) -> subprocess.CompletedProcess[str]:
        paths = ":".join(str(folder / path) if path else "" for path in case.paths)
        environment = {"KUBECONFIG": paths, "HOME": str(folder), "PATH": "/usr/bin:/bin", "KUBECACHEDIR": str(self.work / "cache")}
        context = [f"--context={case.context}"] if case.context else []
        if command[0] == self.view:
            context = ["--context", case.context] if case.context else []
        return subprocess.run([*command, *context], env=environment, cwd=self.work, capture_output=True, text=True, timeout=99, check=False)

    def differences(self, number: int, case: cases.Case) -> list[str]:
        folder = self.work / str(number)
        folder.mkdir()
        write_files(case, folder)
        ours = self.call(folder, case, self.view)
        talked = self.call(folder, case, self.kubectl, "get", "--raw", "/version", "--request-timeout=60s")
        said = talked.stderr.strip()
        is_valid = any(text in said for text in REACHED) and "invalid configuration" not in said
        wrong = []
        if is_valid != case.valid:
            wrong.append(f"kubectl finds it {'valid' if is_valid else 'invalid'}: {said}")
        our_valid = case.ours == "valid" if case.differs else case.valid
        if (ours.returncode == 0) != our_valid or (case.differs and not our_valid and case.ours not in ours.stderr):
            wrong.append(f"libkube finds it {'valid' if ours.returncode == 0 else 'invalid'}: {ours.stderr.strip()}")
        if not wrong and case.valid and ours.returncode == 0:
            wrong += self.compare(folder, case, ours.stdout)
        return wrong

    def compare(self, folder: Path, case: cases.Case, ours: str) -> list[str]:
        theirs = self.call(folder, case, self.kubectl, "config", "view", "--minify", "--raw", "-o", "json")
        if theirs.returncode != 0:
            return [f"kubectl config view: {theirs.stderr.strip()}"]
        folders = [(folder / path).parent for path in case.paths if path] or [folder / ".kube"]
        left, right = reduce(json.loads(theirs.stdout), folders), reduce(json.loads(ours), folders)
        return [] if left == right else [f"kubectl: {json.dumps(left, sort_keys=True)}\nlibkube: {json.dumps(right, sort_keys=True)}"]


def main() -> int:
    kubectl = build_kubectl()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        make_pair(work)
        reader = Reader(kubectl, compile_view(work), work)
        table = cases.cases()
        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(reader.differences, range(len(table)), table))
    failed = 0
    for case, wrong in zip(table, results):
        failed += bool(wrong)
        for text in wrong:
            print(f"{case.name}: {text}")
    print(f"{len(table) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
