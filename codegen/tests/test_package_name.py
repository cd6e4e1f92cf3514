"""Definitions to packages."""

from __future__ import annotations

import pytest

from kube_codegen.package_name import is_custom, parse

NAMES = {
    "io.k8s.api.core.v1.PodSpec": ("core/v1", "PodSpec", None),
    "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta": ("meta/v1", "ObjectMeta", None),
    "io.k8s.apimachinery.pkg.version.Info": ("meta/v1", "VersionInfo", None),
    "io.k8s.apimachinery.pkg.runtime.RawExtension": ("meta/v1", "RuntimeRawExtension", None),
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": ("apiextensions/v1", "JSON", None),
    "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService": ("apiregistration/v1", "APIService", None),
    "io.cert-manager.v1.Certificate": ("cert_manager/v1", "Certificate", "cert-manager.io"),
    "io.k8s.networking.gateway.v1.Gateway": ("gateway/v1", "Gateway", "gateway.networking.k8s.io"),
    "com.example.stable.v1alpha2.CronTab": ("stable/v1alpha2", "CronTab", "stable.example.com"),
}


@pytest.mark.parametrize(("name", "wanted"), NAMES.items())
def test_parse(name: str, wanted: tuple[str, str, str]) -> None:
    found = parse(name, {})
    assert found is not None
    assert (found.package.path, found.kind, found.group) == wanted
    assert is_custom(name) == (wanted[2] is not None)


def test_parse_with_a_chosen_package() -> None:
    found = parse("io.istio.networking.v1.Gateway", {"networking.istio.io": "istio_networking"})
    assert found is not None
    assert found.package.path == "istio_networking/v1"


@pytest.mark.parametrize("name", ["Pod", "com.example.CronTab", "com.example.v1.", "v1.Pod"])
def test_parse_refuses(name: str) -> None:
    assert parse(name, {}) is None
