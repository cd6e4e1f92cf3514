"""Asks a real kube-apiserver what each sequence of cases_apply.py makes of an object, and writes its answers to apply/<case>.json.

    KUBECONFIG=$(tests/cluster/start --no-controllers) tests/apiserver/golden/record_apply.py [CASE...]
    KUBECONFIG=$(tests/cluster/start --no-controllers --all-apis) tests/apiserver/golden/record_apply.py --kinds

Needs kubectl on the PATH, and build/kube-convert for --kinds. Written are facts: the object before, the request, the object after or the Status.
"""

import json
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from cases_apply import CASES, CRDS

HERE = Path(__file__).resolve().parent
NAMESPACE = "golden"
CONVERT = HERE.parents[2] / "build" / "kube-convert"
# Objects to which the server adds fields of its own after it has noted who owns what.
ADDED_BY_SERVER = {
    "apiextensions.k8s.io_v1_customresourcedefinitions", "batch_v1_jobs", "certificates.k8s.io_v1beta1_podcertificaterequests",
    "core_v1_events", "core_v1_namespaces", "core_v1_nodes", "core_v1_persistentvolumeclaims", "core_v1_persistentvolumes", "core_v1_pods",
    "core_v1_secrets", "core_v1_services", "scheduling.k8s.io_v1alpha2_podgroups", "storage.k8s.io_v1_csinodes",
    "storage.k8s.io_v1_volumeattributesclasses", "storage.k8s.io_v1beta1_volumeattributesclasses",
}
PATCHES = {
    "apply": "application/apply-patch+yaml",
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "json": "application/json-patch+json",
}


class Server:
    def __init__(self) -> None:
        config = json.loads(subprocess.check_output(["kubectl", "config", "view", "--raw", "-o", "json"]))
        users = {user["name"]: user["user"] for user in config["users"]}
        contexts = {context["name"]: context["context"] for context in config["contexts"]}
        self.token = users[contexts["token"]["user"]]["token"]
        self.base = config["clusters"][0]["cluster"]["server"]
        self.tls = ssl._create_unverified_context()

    def call(self, method: str, path: str, body: object = None, content_type: str = "application/json") -> tuple[int, dict]:
        request = urllib.request.Request(self.base + path, method=method, headers={"Authorization": "Bearer " + self.token, "User-Agent": "golden/1"})
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", content_type)
        try:
            with urllib.request.urlopen(request, context=self.tls) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


def collection(case: dict) -> str:
    version = case["apiVersion"]
    root = "/api/v1" if version == "v1" else f"/apis/{version}"
    return root + ("" if case.get("cluster") else f"/namespaces/{NAMESPACE}") + "/" + case["plural"]


def complete(case: dict, body: object) -> object:
    if isinstance(body, list):
        return body
    body = json.loads(json.dumps(body))
    body.setdefault("apiVersion", case["apiVersion"])
    body.setdefault("kind", case["kind"])
    body.setdefault("metadata", {}).setdefault("name", case["name"])
    return body


def merge(target: object, patch: object) -> object:
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge(result.get(key), value)
    return result


def run_step(server: Server, case: dict, step: dict) -> dict:
    url = collection(case)
    item = url + "/" + case["name"]
    code, live = server.call("GET", item)
    before = live if code == 200 else None
    version = step.get("apiVersion", case["apiVersion"])
    if version != case["apiVersion"]:
        item = item.replace(case["apiVersion"], version)
        code, before = server.call("GET", item)
    subresource = step.get("subresource", "")
    target = item + ("/" + subresource if subresource else "")
    query = "?fieldManager=" + step["manager"] + ("&force=true" if step.get("force") else "")
    verb = step["verb"]
    if verb == "create":
        body = complete(case, step["body"])
        code, reply = server.call("POST", url + query, body)
    elif verb == "update":
        body = merge(before, step["body"])
        code, reply = server.call("PUT", target + query, body)
    else:
        body = complete({**case, "apiVersion": version}, step["body"]) if verb == "apply" else step["body"]
        code, reply = server.call("PATCH", target + query, body, PATCHES[verb])
    record = {"verb": verb, "manager": step["manager"], "subresource": subresource, "force": bool(step.get("force")), "apiVersion": version,
              "before": before, "body": body, "code": code, "reply": reply}
    if "sent" in step:
        record["sent"] = step["sent"]
    return record


def lines_of(result: dict, name: str) -> str:
    """JSON with a line for each item of one list."""
    head = json.dumps({key: value for key, value in result.items() if key != name}, separators=(",", ":"))
    items = ",\n".join(json.dumps(item, separators=(",", ":")) for item in result[name])
    return head[:-1] + f',"{name}":[\n' + items + "\n]}\n"


def record(server: Server, name: str, case: dict) -> None:
    server.call("DELETE", collection(case) + "/" + case["name"])
    # Times in managedFields are whole seconds and order the entries.
    steps = []
    for step in case["steps"]:
        steps.append(run_step(server, case, step))
        time.sleep(step.get("pause", 0))
    server.call("DELETE", collection(case) + "/" + case["name"])
    result = {"apiVersion": case["apiVersion"], "kind": case["kind"], "ignore": case.get("ignore", []), "steps": steps}
    if case.get("crd"):
        result["crd"] = CRDS[case["crd"]]
    folder = HERE / "apply"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(lines_of(result, "steps"))
    print(name, [step["code"] for step in steps])


def record_kinds(server: Server) -> None:
    """One create of each kind in tests/cluster/manifests, without what went before."""
    for path in sorted((HERE.parents[1] / "cluster" / "manifests").glob("*.yaml")):
        group, version, plural = path.stem.split("_")
        _, listed = server.call("GET", f"/api/{version}" if group == "core" else f"/apis/{group}/{version}")
        resource = next((one for one in listed.get("resources", []) if one["name"] == plural), None)
        if resource is None or "patch" not in resource["verbs"] or path.stem in ADDED_BY_SERVER:
            continue
        body = json.loads(subprocess.check_output([str(CONVERT), "-o", "json", str(path)]))
        body["metadata"].pop("namespace", None)
        case = {"apiVersion": body["apiVersion"], "kind": body["kind"], "plural": plural, "name": body["metadata"]["name"],
                "cluster": not resource["namespaced"], "steps": [{"verb": "create", "manager": "one", "body": body}]}
        record(server, "kind-" + path.stem, case)


def main() -> None:
    server = Server()
    server.call("POST", "/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
    server.call("POST", f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts", {"metadata": {"name": "default"}})
    if sys.argv[1:] == ["--kinds"]:
        record_kinds(server)
        return
    for crd in CRDS.values():
        code, reply = server.call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd)
        if code not in (201, 409):
            raise SystemExit(f"CRD: {reply}")
    time.sleep(3)
    for name, case in CASES.items():
        if len(sys.argv) < 2 or name in sys.argv[1:]:
            record(server, name, case)


if __name__ == "__main__":
    main()
