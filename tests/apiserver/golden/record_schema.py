"""Asks a real kube-apiserver what it makes of custom objects: what it prunes, sets by default and refuses. Writes schema.json.

    KUBECONFIG=$(tests/cluster/start --no-controllers) tests/apiserver/golden/record_schema.py
"""

import json
import time

from record_apply import HERE, NAMESPACE, Server, lines_of

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}


def structure(properties: dict, **more: object) -> dict:
    return {"type": "object", "properties": properties, **more}


SPEC = structure({
    "text": TEXT,
    "count": NUMBER,
    "ratio": {"type": "number"},
    "flag": {"type": "boolean"},
    "enum": {"type": "string", "enum": ["One", "Two"]},
    "enumNumber": {"type": "integer", "enum": [1, 2]},
    "pattern": {"type": "string", "pattern": "^[a-z]+(-[a-z0-9]+)*$"},
    "digits": {"type": "string", "pattern": "^\\d{2,4}\\w?$"},
    "minimum": {"type": "integer", "minimum": 1, "maximum": 10},
    "exclusive": {"type": "number", "minimum": 1, "exclusiveMinimum": True, "maximum": 10, "exclusiveMaximum": True},
    "multiple": {"type": "integer", "multipleOf": 5},
    "short": {"type": "string", "minLength": 2, "maxLength": 4},
    "few": {"type": "array", "items": TEXT, "minItems": 1, "maxItems": 2},
    "small": {"type": "object", "additionalProperties": TEXT, "minProperties": 1, "maxProperties": 2},
    "set": {"type": "array", "items": TEXT, "x-kubernetes-list-type": "set"},
    "list": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
             "items": structure({"name": TEXT, "size": {"type": "integer", "minimum": 0}, "kind": {"type": "string", "default": "plain"}},
                                required=["name"])},
    "intOrString": {"x-kubernetes-int-or-string": True},
    "intOrStringToo": {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": True},
    "quantity": {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": True,
                 "pattern": "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$"},
    "time": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "duration": {"type": "string", "format": "duration"},
    "uuid": {"type": "string", "format": "uuid"},
    "ipv4": {"type": "string", "format": "ipv4"},
    "ipv6": {"type": "string", "format": "ipv6"},
    "cidr": {"type": "string", "format": "cidr"},
    "uri": {"type": "string", "format": "uri"},
    "bytes": {"type": "string", "format": "byte"},
    "email": {"type": "string", "format": "email"},
    "hostname": {"type": "string", "format": "hostname"},
    "int32": {"type": "integer", "format": "int32"},
    "nullable": {"type": "string", "nullable": True},
    "nullableDefault": {"type": "string", "nullable": True, "default": "x"},
    "defaulted": {"type": "string", "default": "x"},
    "defaultedObject": structure({"a": {"type": "string", "default": "y"}, "b": TEXT}, default={}),
    "undefaulted": structure({"a": {"type": "string", "default": "z"}}),
    "needs": structure({"a": TEXT, "b": TEXT}, required=["a", "b"]),
    "anything": {"type": "object", "x-kubernetes-preserve-unknown-fields": True, "properties": {"known": structure({"a": TEXT})}},
    "anyValue": {"x-kubernetes-preserve-unknown-fields": True},
    "empty": {"type": "object"},
    "map": {"type": "object", "additionalProperties": structure({"a": TEXT})},
    "embedded": {"type": "object", "x-kubernetes-embedded-resource": True, "properties": {"spec": structure({"a": TEXT})}},
    "oneOf": structure({"a": TEXT, "b": TEXT}, oneOf=[{"required": ["a"]}, {"required": ["b"]}]),
    "anyOf": structure({"a": TEXT, "b": TEXT}, anyOf=[{"required": ["a"]}, {"required": ["b"]}]),
    "allOf": {"type": "integer", "allOf": [{"minimum": 3}, {"maximum": 5}]},
    "not": {"type": "string", "not": {"enum": ["no"]}},
})
CRD = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "things.schema.example.com"},
    "spec": {
        "group": "schema.example.com", "scope": "Namespaced", "names": {"plural": "things", "singular": "thing", "kind": "Thing"},
        "versions": [{"name": "v1", "served": True, "storage": True,
                      "schema": {"openAPIV3Schema": structure({"spec": SPEC, "top": TEXT, "must": {"type": "string", "default": "m"}})}}],
    },
}

SPECS: list = [
    {}, None, "text", [], {"text": 1}, {"text": None}, {"text": True}, {"text": {}}, {"text": []}, {"count": "1"}, {"count": 1.5}, {"count": 2.0},
    {"count": 12345678901}, {"ratio": "x"}, {"ratio": 1}, {"ratio": 1.25}, {"flag": "yes"}, {"flag": 1}, {"enum": "Three"}, {"enum": 1}, {"enum": ""},
    {"enumNumber": 3}, {"pattern": "A"}, {"pattern": "a-b0"}, {"pattern": ""}, {"digits": "1"}, {"digits": "123x"}, {"digits": "12-"},
    {"minimum": 0}, {"minimum": 11}, {"minimum": 10}, {"exclusive": 1}, {"exclusive": 10}, {"exclusive": 1.5}, {"multiple": 7}, {"multiple": 10},
    {"short": "a"}, {"short": "abcde"}, {"short": "äöüß"}, {"few": []}, {"few": ["a", "b", "c"]}, {"few": "a"}, {"few": [1]}, {"few": {"a": 1}}, {"few": [None]},
    {"small": {}}, {"small": {"a": "1", "b": "2", "c": "3"}}, {"small": {"a": 1}}, {"set": ["a", "b", "a"]}, {"list": [{"name": "a"}, {"name": "a"}]},
    {"list": [{"size": 1}]}, {"list": [{"name": "a", "size": -1, "other": 1}]}, {"list": ["x"]}, {"intOrString": 1}, {"intOrString": "a"},
    {"intOrString": True}, {"intOrString": 1.5}, {"intOrString": {}}, {"intOrStringToo": True}, {"intOrStringToo": "1"}, {"quantity": "1Gi"}, {"quantity": "1X"},
    {"quantity": 5}, {"time": "2026-01-01T00:00:00Z"}, {"time": "2026-01-01"}, {"time": 5}, {"date": "2026-01-01"}, {"date": "2026-13-01"},
    {"duration": "1h"}, {"duration": "1x"}, {"uuid": "11111111-1111-1111-1111-111111111111"}, {"uuid": "x"}, {"ipv4": "1.2.3.4"},
    {"ipv4": "1.2.3.400"}, {"ipv4": "::1"}, {"ipv6": "::1"}, {"ipv6": "1.2.3.4"}, {"cidr": "10.0.0.0/8"}, {"cidr": "10.0.0.0"}, {"uri": "http://a.b/c"},
    {"uri": "not a uri"}, {"bytes": "YWJj"}, {"bytes": "%%"}, {"email": "a@b.c"}, {"email": "a"}, {"hostname": "a.b"}, {"hostname": "a_b!"},
    {"int32": 2147483648}, {"int32": 5}, {"nullable": None}, {"nullableDefault": None}, {"defaulted": None}, {"defaulted": ""},
    {"defaultedObject": {"b": "1"}}, {"defaultedObject": None}, {"undefaulted": {}}, {"undefaulted": None}, {"needs": {}}, {"needs": {"a": "1"}},
    {"needs": {"a": None, "b": "1"}}, {"anything": {"x": {"y": [1, None]}, "known": {"a": "1", "b": 2}}}, {"anything": 5}, {"anyValue": 5},
    {"anyValue": {"a": [1]}}, {"anyValue": None}, {"empty": {"a": 1}}, {"map": {"x": {"a": "1", "b": "2"}, "y": {"c": 1}}}, {"map": {"x": None}},
    {"embedded": {}}, {"embedded": {"apiVersion": "v1", "kind": "Pod"}},
    {"embedded": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "foo": 1, "labels": {"a": "b"}}, "spec": {"a": "1", "b": 1}, "x": 1}},
    {"embedded": {"apiVersion": "v1", "kind": "Pod", "metadata": 5}}, {"embedded": {"apiVersion": 1, "kind": "Pod"}},
    {"oneOf": {}}, {"oneOf": {"a": "1"}}, {"oneOf": {"a": "1", "b": "2"}}, {"anyOf": {}}, {"anyOf": {"a": "1", "b": "2"}}, {"allOf": 2}, {"allOf": 4},
    {"allOf": 6}, {"not": "no"}, {"not": "yes"}, {"unknown": 1, "few": [], "count": "x", "needs": {}, "enum": "x"},
    {"list": [{"name": "a", "size": "big"}, {"name": "b", "size": -5}]}, {"set": ["a", 1]}, {"small": "x"}, {"needs": "x"}, {"map": {"x": 1}},
    {"enum": None}, {"few": None}, {"list": [{"name": "a", "kind": None}]}, {"list": [None]}, {"minimum": "x"}, {"short": 5}, {"few": [None, "a", "b"]},
]


def main() -> None:
    server = Server()
    server.call("POST", "/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
    code, reply = server.call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", CRD)
    if code not in (201, 409):
        raise SystemExit(f"CRD: {reply}")
    time.sleep(3)
    url = f"/apis/schema.example.com/v1/namespaces/{NAMESPACE}/things"
    cases = []
    for spec in SPECS:
        body = {"apiVersion": "schema.example.com/v1", "kind": "Thing", "metadata": {"name": "thing"}, "spec": spec}
        code, reply = server.call("POST", url + "?fieldValidation=Ignore", body)
        case = {"body": body, "code": code}
        if code == 201:
            server.call("DELETE", url + "/thing")
            case["object"] = {key: value for key, value in reply.items() if key != "metadata"}
            code, reply = server.call("POST", url + "?fieldValidation=Strict&dryRun=All", body)
            if code != 201:
                case["strict"] = reply["message"]
        else:
            case["message"] = reply["message"]
            case["causes"] = reply["details"].get("causes") if "details" in reply else None
        cases.append(case)
    (HERE / "schema.json").write_text(lines_of({"crd": CRD, "cases": cases}, "cases"))
    print(len(cases), "cases,", sum(case["code"] == 201 for case in cases), "accepted")


if __name__ == "__main__":
    main()
