"""Kubeconfigs that kubectl and libkube must read alike.

A case is files (name: text), the list of them that KUBECONFIG names, and what is wrong with it, if kubectl says that something is. Where
libkube does otherwise on purpose, `differs` says why, and `ours` what it does: "valid" or part of its message.
"""
from __future__ import annotations

import json
from dataclasses import dataclass, field

SERVER = "https://127.0.0.1:1"


@dataclass
class Case:
    name: str
    files: dict[str, str]
    paths: list[str] = field(default_factory=lambda: ["config"])
    context: str = ""
    valid: bool = True
    differs: str = ""
    ours: str = ""


def one(cluster: str = f"server: {SERVER}", user: str = "token: t", context: str = "cluster: c, user: u", more: str = "") -> dict[str, str]:
    """The file of a case that only looks at one entry."""
    return {
        "config": f"apiVersion: v1\nkind: Config\ncurrent-context: x\n{more}\n"
        f"clusters: [{{name: c, cluster: {{{cluster}}}}}]\n"
        f"users: [{{name: u, user: {{{user}}}}}]\n"
        f"contexts: [{{name: x, context: {{{context}}}}}]\n",
        "ca.crt": CERTIFICATE,
        "user.crt": CERTIFICATE,
        "user.key": KEY,
        "token": "from-file\n",
    }


V1 = "client.authentication.k8s.io/v1"
V1BETA1 = "client.authentication.k8s.io/v1beta1"
CERTIFICATE = KEY = ""  # filled in by the runner
DEFAULT_SERVER = "kubectl takes http://localhost:8080 where no server is named"


def cases() -> list[Case]:
    first = ("current-context: a\nclusters: [{name: c, cluster: {server: 'https://127.0.0.1:1/a'}}]\n"
         "contexts: [{name: a, context: {cluster: c, user: u}}, {name: b, context: {cluster: d, user: u}}]\n")
    second = ("current-context: b\nclusters: [{name: c, cluster: {server: 'https://127.0.0.1:1/b', tls-server-name: b}}, "
         "{name: d, cluster: {server: 'https://127.0.0.1:1/d'}}]\n"
         "contexts: [{name: a, context: {cluster: d}}]\nusers: [{name: u, user: {token: b}}]\n")
    exec_v1 = f"apiVersion: {V1}, command: 'false', interactiveMode: Never"
    return [
        Case("plain", one()),
        Case("first file wins", {"1": first, "2": second}, ["1", "2"]),
        Case("the other way round", {"1": first, "2": second}, ["2", "1"]),
        Case("another context", {"1": first, "2": second}, ["1", "2"], context="b"),
        Case("no such context", {"1": first, "2": second}, ["1", "2"], context="z", valid=False),
        Case("missing files", {"1": first, "2": second}, ["none", "1", "", "gone", "2", "1"]),
        Case("no list", {".kube/config": first + "users: [{name: u, user: {token: h}}]\n"}, []),
        Case("a list of nothing", {".kube/config": first}, ["", ""], differs=DEFAULT_SERVER, ours="names a file"),
        Case("an empty file", {"0": "", "1": first, "2": second}, ["0", "1", "2"]),
        Case("a file of comments", {"0": "# nothing\n", "1": first, "2": second}, ["0", "1", "2"]),
        Case("a malformed file", {"0": "a: [", "1": first, "2": second}, ["1", "2", "0"], valid=False),
        Case("files in folders",
             {"x/1": first.replace("server", "certificate-authority: ca.crt, server"), "x/ca.crt": CERTIFICATE, "2": second}, ["x/1", "2"]),
        Case("JSON", {"config": json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "x",
            "clusters": [{"name": "c", "cluster": {"server": SERVER}}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": ""}}],
        })}),
        Case("a byte order mark", {"config": "\ufeff" + one()["config"]}),
        Case("two documents", {"config": one()["config"] + "---\ncurrent-context: z\n"}),
        Case("a document behind", {"config": "current-context: x\n---\n" + one()["config"]}, valid=False,
             differs="kubectl does not look at further documents", ours="valid"),
        Case("no header", {"config": one()["config"].replace("apiVersion: v1\nkind: Config\n", "")}),
        Case("another kind", {"config": one()["config"].replace("kind: Config", "kind: Pod")}, valid=False),
        Case("another version", {"config": one()["config"].replace("apiVersion: v1", "apiVersion: v2")}, valid=False),
        Case("a name twice", {"config": one()["config"].replace("users: [", "users: [{name: u, user: {}}, ")}, valid=False),
        Case("a key twice", {"config": one()["config"] + "users: [{name: u, user: {token: second}}]\n"}),
        Case("an anchor", {"config": f"current-context: x\nclusters: [&c {{name: c, cluster: &d {{server: '{SERVER}'}}}}]\n"
                           "contexts: [{name: x, context: {cluster: c}}]\nusers: []\n"}),
        Case("a merge key", {"config": f"current-context: x\nbase: &b {{server: '{SERVER}'}}\nclusters: [{{name: c, cluster: {{<<: *b, "
                             "tls-server-name: s}}]\ncontexts: [{name: x, context: {cluster: c}}]\n"}),
        Case("null lists", {"config": one()["config"] + "preferences: null\nextensions: null\n"}),
        Case("a null user", {"config": one()["config"].replace("user: {token: t}", "user: null")}),
        Case("no user", one(context="cluster: c")),
        Case("a namespace", one(context="cluster: c, user: u, namespace: web")),
        Case("extensions", one(cluster=f"server: '{SERVER}', extensions: [{{name: e, extension: {{a: 1}}}}]",
                               user="token: t, extensions: [{name: f, extension: {a: b}}]")),
        Case("unknown keys", one(cluster=f"server: '{SERVER}', future: 1", user="token: t, future: {a: 1}", more="future: 1")),
        Case("no context", {"config": one()["config"].replace("current-context: x", "")},
             differs=DEFAULT_SERVER, ours="current-context: missing"),
        Case("a context that is not there", {"config": one()["config"].replace("current-context: x", "current-context: y")}, valid=False),
        Case("a cluster that is not there", one(context="cluster: d, user: u"), differs=DEFAULT_SERVER, ours="none is named"),
        Case("a user that is not there", one(context="cluster: c, user: v"), differs="kubectl goes on as nobody", ours="none is named"),
        Case("a number for a text", one(user="token: 5"), valid=False),
        Case("a text for a boolean", one(cluster=f"server: '{SERVER}', insecure-skip-tls-verify: 'true'"), valid=False),
        Case("a number elsewhere", {"config": one()["config"].replace("users: [", "users: [{name: v, user: {token: 5}}, ")}, valid=False,
             differs="libkube looks at what is chosen", ours="valid"),
        Case("no server", one(cluster="tls-server-name: a"), differs=DEFAULT_SERVER, ours="server: missing"),
        Case("a CA file", one(cluster=f"server: '{SERVER}', certificate-authority: ca.crt")),
        Case("a CA file that is not there", one(cluster=f"server: '{SERVER}', certificate-authority: none.crt"), valid=False),
        Case("CA data", one(cluster=f"server: '{SERVER}', certificate-authority-data: {{ca}}")),
        Case("CA data with line breaks", one(cluster=f"server: '{SERVER}', certificate-authority-data: \"{{ca_lines}}\"")),
        Case("CA data that are none", one(cluster=f"server: '{SERVER}', certificate-authority-data: 'a!'"), valid=False),
        Case("a CA twice",
             one(cluster=f"server: '{SERVER}', certificate-authority: ca.crt, certificate-authority-data: {{ca}}"), valid=False),
        Case("insecure", one(cluster=f"server: '{SERVER}', insecure-skip-tls-verify: true")),
        Case("insecure with a CA",
             one(cluster=f"server: '{SERVER}', insecure-skip-tls-verify: true, certificate-authority: ca.crt"), valid=False),
        Case("a server's name", one(cluster=f"server: '{SERVER}', tls-server-name: other")),
        Case("no compression", one(cluster=f"server: '{SERVER}', disable-compression: true")),
        Case("an http proxy", one(cluster=f"server: '{SERVER}', proxy-url: 'http://127.0.0.1:1'")),
        Case("an https proxy", one(cluster=f"server: '{SERVER}', proxy-url: 'https://127.0.0.1:1'")),
        Case("a SOCKS proxy", one(cluster=f"server: '{SERVER}', proxy-url: 'socks5://127.0.0.1:1'")),
        Case("an unknown proxy", one(cluster=f"server: '{SERVER}', proxy-url: 'ftp://127.0.0.1:1'"), valid=False),
        Case("a proxy without a scheme", one(cluster=f"server: '{SERVER}', proxy-url: '127.0.0.1:1'"), valid=False),
        Case("client files", one(user="client-certificate: user.crt, client-key: user.key")),
        Case("client files that are not there", one(user="client-certificate: none.crt, client-key: user.key"), valid=False),
        Case("client data", one(user="client-certificate-data: {certificate}, client-key-data: {key}")),
        Case("a certificate without a key", one(user="client-certificate: user.crt"), valid=False),
        Case("a key without a certificate",
             one(user="client-key: user.key"), differs="half a pair proves nothing", ours="client-certificate: missing"),
        Case("a certificate twice",
             one(user="client-certificate: user.crt, client-certificate-data: {certificate}, client-key: user.key"), valid=False),
        Case("a token file", one(user="tokenFile: ./token")),
        Case("a token and its file", one(user="token: a, tokenFile: token")),
        Case("a token and a file that is not there", one(user="token: a, tokenFile: none")),
        Case("a token file that is not there", one(user="tokenFile: none"), valid=False),
        Case("a port that is none", one(cluster="server: 'https://127.0.0.1:65536'"), valid=False),
        Case("a proxy's port that is none", one(cluster=f"server: '{SERVER}', proxy-url: 'http://127.0.0.1:x'"), valid=False),
        Case("a proxy's port that is left out", one(cluster=f"server: '{SERVER}', proxy-url: 'http://127.0.0.1:'")),
        Case("a password", one(user="username: a, password: b")),
        Case("a password and a token", one(user="username: a, password: b, token: t"), valid=False),
        Case("a user to act as", one(user="token: t, as: a, as-uid: '1', as-groups: [g, h], as-user-extra: {k: [v, w]}")),
        Case("a group to act in, without a user", one(user="token: t, as-groups: [g]"), valid=False),
        Case("a uid, without a user", one(user="token: t, as-uid: a"), valid=False),
        Case("a plugin",
             one(user=f"exec: {{{exec_v1}, args: [a, b], env: [{{name: A, value: b}}], installHint: h, provideClusterInfo: true}}")),
        Case("a plugin beside the file", {**one(user=f"exec: {{apiVersion: {V1}, command: bin/plugin, interactiveMode: Never}}")}),
        Case("a plugin of v1beta1", one(user=f"exec: {{apiVersion: {V1BETA1}, command: 'false'}}")),
        Case("a plugin of v1 without a mode", one(user=f"exec: {{apiVersion: {V1}, command: 'false'}}"), valid=False),
        Case("a plugin of v1alpha1",
             one(user="exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: 'false', interactiveMode: Never}"),
             valid=False),
        Case("a plugin without a command", one(user=f"exec: {{apiVersion: {V1}, interactiveMode: Never}}"), valid=False),
        Case("a plugin without a version", one(user="exec: {command: 'false', interactiveMode: Never}"), valid=False),
        Case("a plugin with a wrong mode", one(user=f"exec: {{apiVersion: {V1}, command: 'false', interactiveMode: Maybe}}"), valid=False),
        Case("a plugin with a nameless variable", one(user=f"exec: {{{exec_v1}, env: [{{value: b}}]}}"), valid=False),
        Case("a plugin and a provider", one(user=f"exec: {{{exec_v1}}}, auth-provider: {{name: oidc}}"), valid=False),
        Case("a provider",
             one(user="auth-provider: {name: oidc, config: {idp-issuer-url: 'https://127.0.0.1:1', client-id: a, id-token: b}}")),
    ]
