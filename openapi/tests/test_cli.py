from __future__ import annotations

import json
import ssl
from pathlib import Path
from typing import Any

import pytest
from test_documents import v2_document, v3_document

from kube_openapi.cli import main
from kube_openapi.kubeconfig import Access, read_kubeconfig
from kube_openapi.notes import SpecError
from kube_openapi.server import Server


def write(path: Path, content: Any) -> str:
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


def test_v3_folder_to_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "apis__g.io__v1_openapi.json", v3_document())
    out = tmp_path / "out.json"
    assert main(["--v3", str(tmp_path), "--no-overlay", "--out", str(out)]) == 0
    assert json.loads(out.read_text())["version"] == "v1.36"
    said = capsys.readouterr()
    assert said.out == ""
    assert "dropped: deprecated watch path: 1: /apis/g.io/v1/watch/things" in said.err


def test_v2_to_stdout_quietly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--v2", write(tmp_path / "v2.json", v2_document()), "--no-overlay", "-q"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["kubeSpec"] == 1
    assert said.err == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--v2", "/nowhere.json"], "/nowhere.json: No such file"),
        (["--v3", "/nowhere"], "/nowhere: no OpenAPI v3 documents"),
        (["--kubeconfig", "/nowhere"], "/nowhere: No such file"),
    ],
)
def test_bad_input(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 1
    assert f"make-spec: error: {message}" in capsys.readouterr().err


@pytest.mark.parametrize(("option", "version"), [("--v2", "v2"), ("--v3", "v3")])
@pytest.mark.parametrize("document", [{}, {"paths": []}, {"paths": {"/a": {"get": {"parameters": [{}]}}}}])
def test_strange_documents(
    option: str, version: str, document: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "d.json", {"openapi": "3.0.0", "swagger": "2.0", **document} if document else [])
    assert main([option, path if version == "v2" else str(tmp_path)]) == 1
    assert "OpenAPI" in capsys.readouterr().err


def test_undefined_reference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = v2_document()
    document["definitions"]["io.g.v1.Thing"]["properties"]["b"] = {"$ref": "#/definitions/io.g.v1.Gone"}
    assert main(["--v2", write(tmp_path / "v2.json", document), "--no-overlay"]) == 1
    assert "io.g.v1.Gone: referred to, and not defined" in capsys.readouterr().err


def kubeconfig(user: Any) -> Any:
    return {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
        "clusters": [{"name": "k", "cluster": {"server": "https://127.0.0.1:1/"}}],
        "users": [{"name": "u", "user": user}],
    }


def test_files_of_wrong_form_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str) -> str:
        assert main(["-q", *arguments]) == 1
        return capsys.readouterr().err.replace(str(tmp_path), "")

    (tmp_path / "bytes").write_bytes(b"a: \xff")
    number = write(tmp_path / "number.json", 1)
    v2 = ["--v2", write(tmp_path / "v2", v2_document())]
    crd = ["--crd", str(Path(__file__).parent / "fixtures" / "crontab.yaml")]
    assert said("--crd", str(tmp_path / "bytes")).endswith("error: /bytes: not UTF-8 at byte 3\n")
    assert said("--v3", str(tmp_path)).endswith("error: : no OpenAPI v3 documents (*.json)\n")
    assert said(*v2, "--overlay", number).endswith("error: /number.json: not an object with corrections\n")
    assert said(*crd, "--base", number).endswith("error: /number.json: not an object with version and definitions\n")
    assert said(*v2, "--no-overlay", "--out", str(tmp_path)).endswith("error: : Is a directory\n")


def test_kubeconfig_with_token_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret\n")
    access = read_kubeconfig(Path(write(tmp_path / "config", kubeconfig({"tokenFile": "token"}))))
    assert (access.server, access.token) == ("https://127.0.0.1:1", "secret")


def test_kubeconfig_with_plugin_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "config", kubeconfig({"exec": {"command": "login"}}))
    with pytest.raises(SpecError, match="needs 'exec', which this tool does not do"):
        read_kubeconfig(Path(path))


def test_kubeconfig_without_context_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "config", kubeconfig({}))
    with pytest.raises(SpecError, match="no entry 'other' in contexts"):
        read_kubeconfig(Path(path), "other")


def test_kubeconfig_with_a_user_of_nothing(tmp_path: Path) -> None:
    assert read_kubeconfig(Path(write(tmp_path / "config", kubeconfig(None)))).token is None


@pytest.mark.parametrize(
    "change",
    [
        {"users": ["x"]},
        {"users": [{"name": "u", "user": 1}]},
        {"clusters": 1.5},
        {"clusters": [{"name": "k"}]},
        {"clusters": [{"name": "k", "cluster": "x"}]},
        {"clusters": [{"name": "k", "cluster": {"server": -1}}]},
        {"contexts": [{"name": "c", "context": [None]}]},
        {"contexts": [None]},
    ],
)
def test_kubeconfig_of_wrong_form_is_told(change: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "config", {**kubeconfig({"token": "t"}), **change})
    with pytest.raises(SpecError, match="config: not a kubeconfig that can be used: "):
        read_kubeconfig(Path(path))


@pytest.mark.parametrize("reply", [b"<html>", b"[]", b"{}", b'{"paths": {"api": {}}}'])
def test_reply_that_is_no_index(reply: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Server, "get", lambda self, path: reply)
    with pytest.raises(SpecError, match=r"https://a/openapi/v3: not the index"):
        Server(Access("https://a", ssl.create_default_context(), None)).v3_documents()
