"""Kubernetes names to C names."""

from __future__ import annotations

import pytest

from kube_codegen import names

SNAKE = {
    "podIP": "pod_ip",
    "clusterIPs": "cluster_ips",
    "podCIDRs": "pod_cidrs",
    "serverAddressByClientCIDRs": "server_address_by_client_cidrs",
    "nonResourceURLs": "non_resource_urls",
    "openAPIV3Schema": "open_api_v3_schema",
    "fieldsV1": "fields_v1",
    "CSIDriver": "csi_driver",
    "CSINodeDriver": "csi_node_driver",
    "stubPKCS10Request": "stub_pkcs10_request",
    "targetCPUUtilizationPercentage": "target_cpu_utilization_percentage",
    "setHostnameAsFQDN": "set_hostname_as_fqdn",
    "hostIPC": "host_ipc",
    "podIPv4": "pod_ipv4",
    "APIsEnabled": "apis_enabled",
    "SHA256Sum": "sha256_sum",
    "S3Bucket": "s3_bucket",
    "k8sVersion": "k8s_version",
    "$ref": "ref",
    "x-kubernetes-list-type": "x_kubernetes_list_type",
    "snake_case": "snake_case",
}


@pytest.mark.parametrize(("name", "wanted"), SNAKE.items())
def test_snake(name: str, wanted: str) -> None:
    assert names.snake(name) == wanted


@pytest.mark.parametrize(
    "name", ["bool", "continue", "default", "enum", "int", "linux", "namespace", "not", "operator", "template", "co_await"]
)
def test_reserved_words_get_an_underscore(name: str) -> None:
    assert names.member(name) == name + "_"


def test_words_the_struct_needs_get_an_underscore() -> None:
    assert names.member("unknown", frozenset(["unknown"])) == "unknown_"
    assert names.member("owner") == "owner"


CONSTANTS = {
    "Running": "RUNNING",
    "ClusterIP": "CLUSTER_IP",
    "ReadWriteOncePod": "READ_WRITE_ONCE_POD",
    "application/json": "APPLICATION_JSON",
    "*": "ALL",
    "!=": "NOT_EQUALS",
    "=~": "EQUALS_TILDE",
    "1.2": "1_2",
    "": "",
    "\u00e9": "",
}


@pytest.mark.parametrize(("value", "wanted"), CONSTANTS.items())
def test_constant(value: str, wanted: str) -> None:
    assert names.constant(value) == wanted


PLURALS = {
    ("Pod", "pods"): "pods",
    ("ConfigMap", "configmaps"): "config_maps",
    ("NetworkPolicy", "networkpolicies"): "network_policies",
    ("Ingress", "ingresses"): "ingresses",
    ("Endpoints", "endpoints"): "endpoints",
    ("APIService", "apiservices"): "api_services",
    ("Person", "people"): "people",
}


@pytest.mark.parametrize(("pair", "wanted"), PLURALS.items())
def test_plural(pair: tuple[str, str], wanted: str) -> None:
    assert names.plural(*pair) == wanted


def test_macros_of_standard_headers_are_reserved() -> None:
    assert names.member("errno") == "errno_"
