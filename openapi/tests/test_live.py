"""Against real API servers: the committed specs are what the tool makes of them, and the overlay tells the truth."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cluster import VERSIONS, Api, kubectl, running
from conftest import HOME
from v2_differences import unexplained, unused_classes
from webhook import listening

from kube_openapi.cli import arguments, main, make_spec
from kube_openapi.files import read_documents, read_json
from kube_openapi.notes import Notes

pytestmark = pytest.mark.live

CRONTAB = Path(__file__).parent / "fixtures" / "crontab.yaml"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
OURS = "com.example.stable."
PATIENCE_SECONDS = 180
UNTOLD = {"query.shardSelector"}  # an alpha parameter of 1.36's lists, that no manifest can tell of
META = "io.k8s.apimachinery.pkg.apis.meta.v1."
PODS = "/api/v1/namespaces/default/pods"
MAPS = "/api/v1/namespaces/default/configmaps"


@pytest.fixture(scope="module", params=sorted(VERSIONS))
def kubeconfig(request: pytest.FixtureRequest) -> Iterator[Path]:
    with running(request.param) as path:
        yield path


@pytest.fixture(scope="module")
def api(kubeconfig: Path) -> Api:
    return Api(kubeconfig)


@pytest.fixture(scope="module")
def spec(api: Api) -> Any:
    version = api.get("/version")
    return read_json(HOME / f"v{version['major']}.{version['minor']}.json")


def make(*options: str) -> Any:
    return make_spec(arguments(list(options)), Notes()).document()


def wait_for(what: str, condition: Any) -> Any:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.3)
    raise AssertionError(f"waited in vain for {what}")


def unknown_fields(value: Any, schema: Any, spec: Any, place: str = "") -> list[str]:
    """The fields of a reply that its definition does not know."""
    if "$ref" in schema:
        schema = spec["definitions"][schema["$ref"].rpartition("/")[2]]
    found = []
    if isinstance(value, dict) and "properties" in schema:
        for key, item in value.items():
            if key in schema["properties"]:
                found += unknown_fields(item, schema["properties"][key], spec, f"{place}.{key}")
            else:
                found.append(f"{place}.{key}")
    elif isinstance(value, list):
        for item in value:
            found += unknown_fields(item, schema.get("items", {}), spec, f"{place}[]")
    return found


def check_known(value: Any, name: str, spec: Any) -> None:
    definition = spec["definitions"][name]
    assert unknown_fields(value, definition, spec) == []
    assert [key for key in definition.get("required", []) if key not in value] == []


def test_committed_spec_is_what_the_server_gives(kubeconfig: Path, spec: Any, tmp_path: Path) -> None:
    out = tmp_path / "spec.json"
    assert main(["--kubeconfig", str(kubeconfig), "-q", "--out", str(out)]) == 0
    committed = HOME / f"{spec['version']}.json"
    assert out.read_bytes() == committed.read_bytes(), f"make {committed.name} again with make-spec"


@pytest.fixture(scope="module")
def with_crds(kubeconfig: Path, api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Path]]:
    crds = read_documents(CRONTAB)
    saved = tmp_path_factory.mktemp("saved")
    for crd in crds:
        api.post(CRDS, crd)

    wanted = make("--crd", str(CRONTAB))
    names = [name for name in wanted["definitions"] if name.startswith(OURS)]

    def published() -> Any:
        """All of them: a server publishes each version by itself."""
        found = make("--kubeconfig", str(kubeconfig), "--save", str(saved))
        documents = (found, read_json(saved / "v2.json"))
        whole = all(name in document["definitions"] for document in documents for name in names)
        whole = whole and all(path in document["paths"] for document in documents for path in wanted["paths"])
        return found if whole else None

    yield wait_for("the CRDs to be published", published), saved
    for crd in crds:
        api.delete(f"{CRDS}/{crd['metadata']['name']}")


def test_v2_and_v3_differ_only_as_explained(with_crds: tuple[Any, Path]) -> None:
    from_v3, saved = with_crds
    from_v2 = make("--v2", str(saved / "v2.json"))
    assert unexplained(from_v3, from_v2) == []
    # The v3 documents of 1.34 still tell the shared kinds of all versions.
    assert unused_classes(from_v3, from_v2) == (["is_group_without_paths"] if from_v3["version"] == "v1.34" else [])


def test_saved_documents_give_the_same(with_crds: tuple[Any, Path]) -> None:
    from_server, saved = with_crds
    (saved / "v2.json").rename(saved.parent / "v2.json.aside")
    try:
        assert make("--v3", str(saved)) == from_server
    finally:
        (saved.parent / "v2.json.aside").rename(saved / "v2.json")


def test_crds_are_read_as_the_server_reads_them(with_crds: tuple[Any, Path]) -> None:
    published, _ = with_crds
    from_manifest = make("--crd", str(CRONTAB))
    for name, schema in published["definitions"].items():
        if name.startswith(OURS):
            assert from_manifest["definitions"][name] == schema
    for path, operations in from_manifest["paths"].items():
        assert operations == {
            method: {**operation, "parameters": [key for key in operation["parameters"] if key not in UNTOLD]}
            for method, operation in published["paths"][path].items()
        }
    ours = {path for path in published["paths"] if path.startswith("/apis/stable.example.com/v") and path[-1] != "/"}
    assert ours == set(from_manifest["paths"])


def pod(name: str) -> Any:
    spec = {"containers": [{"name": "c", "image": "i"}], "terminationGracePeriodSeconds": 30}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


def binding(name: str) -> Any:
    target = {"apiVersion": "v1", "kind": "Node", "name": "node"}
    return {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": name}, "target": target}


@pytest.fixture(scope="module")
def bound_pod(api: Api) -> Iterator[str]:
    api.post("/api/v1/nodes", {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node"}})
    api.post(PODS, pod("bound"))
    reply = api.post(f"{PODS}/bound/binding", binding("bound"))
    assert reply["kind"] == "Status"
    yield "bound"
    api.delete("/api/v1/nodes/node")


def test_creating_a_binding_answers_with_status(api: Api, bound_pod: str) -> None:
    api.post(PODS, pod("second"))
    assert api.post("/api/v1/namespaces/default/bindings", binding("second"))["kind"] == "Status"


def test_delete_answers_with_the_object_while_grace_holds_it(api: Api, bound_pod: str) -> None:
    assert api.delete(f"{PODS}/{bound_pod}")["kind"] == "Pod"


def test_eviction_answers_with_status(api: Api, bound_pod: str) -> None:
    api.post(PODS, pod("third"))
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "third"}}
    assert api.post(f"{PODS}/third/eviction", eviction)["kind"] == "Status"


def test_delete_answers_with_status_when_the_object_is_gone(api: Api) -> None:
    api.post(MAPS, {"metadata": {"name": "m"}})
    assert api.delete(f"{MAPS}/m")["kind"] == "Status"


def test_deletecollection_answers_with_a_list(api: Api) -> None:
    api.post(MAPS, {"metadata": {"name": "m", "labels": {"a": "b"}}})
    assert api.delete(f"{MAPS}?labelSelector=a%3Db")["kind"] == "ConfigMapList"


@pytest.mark.parametrize("kind", ["Table", "PartialObjectMetadataList"])
def test_lists_in_other_forms(api: Api, spec: Any, kind: str) -> None:
    reply = api.get("/api/v1/namespaces", accept=f"application/json;as={kind};g=meta.k8s.io;v=v1")
    assert (reply["kind"], reply["apiVersion"]) == (kind, "meta.k8s.io/v1")
    check_known(reply, META + kind, spec)


def test_object_as_metadata(api: Api, spec: Any) -> None:
    accept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
    reply = api.get("/api/v1/namespaces/default", accept=accept)
    assert reply["kind"] == "PartialObjectMetadata"
    check_known(reply, f"{META}PartialObjectMetadata", spec)


@pytest.mark.parametrize("path", ["/api", "/apis"])
def test_aggregated_discovery(api: Api, spec: Any, path: str) -> None:
    reply = api.get(path, accept="application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
    assert (reply["kind"], reply["apiVersion"]) == ("APIGroupDiscoveryList", "apidiscovery.k8s.io/v2")
    check_known(reply, "io.k8s.api.apidiscovery.v2.APIGroupDiscoveryList", spec)


def test_admission_review(api: Api, spec: Any, kubeconfig: Path) -> None:
    """The server sends a webhook a review, and takes the answer that the definition describes."""
    with listening(kubeconfig.parent / "pki") as hook:
        api.post("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", hook.configuration())
        try:
            wait_for("a review", lambda: create_and_count(api, hook))
        finally:
            api.delete("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/hook")
        for review in hook.reviews:
            check_known(review, "io.k8s.api.admission.v1.AdmissionReview", spec)
            check_known(review["request"], "io.k8s.api.admission.v1.AdmissionRequest", spec)
        for answer in hook.answers:
            check_known(answer["response"], "io.k8s.api.admission.v1.AdmissionResponse", spec)


def test_exec_credential(kubeconfig: Path, spec: Any, tmp_path: Path) -> None:
    """kubectl hands a credential plugin an ExecCredential, and takes the one that the definition describes."""
    name = "io.k8s.client-go.pkg.apis.clientauthentication.v1.ExecCredential"
    config = json.loads(kubeconfig.read_text())
    token = next(entry["user"]["token"] for entry in config["users"] if entry["name"] == "token")
    answer = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": token, "expirationTimestamp": "2999-01-01T00:00:00Z"},
    }
    asked = tmp_path / "asked.json"
    script = f"printenv KUBERNETES_EXEC_INFO > {asked}; echo '{json.dumps(answer)}'"
    plugin = {
        "apiVersion": answer["apiVersion"],
        "command": "sh",
        "args": ["-c", script],
        "interactiveMode": "Never",
        "provideClusterInfo": True,
    }
    config["users"] = [{"name": "admin", "user": {"exec": plugin}}]
    with_plugin = tmp_path / "kubeconfig"
    with_plugin.write_text(json.dumps(config))
    subprocess.run([kubectl(), "--kubeconfig", str(with_plugin), "get", "--raw", "/api/v1/nodes"], check=True)
    check_known(json.loads(asked.read_text()), name, spec)
    check_known(answer, name, spec)


def create_and_count(api: Api, hook: Any) -> int:
    api.post(MAPS, {"metadata": {"generateName": "reviewed-"}})
    return len(hook.reviews)
