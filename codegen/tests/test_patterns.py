"""What generated code must and must not contain, over the committed output."""

from __future__ import annotations

import re

import pytest
from conftest import Tree

BODY = re.compile(r"^\{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
STRUCT = re.compile(r"^struct (kube_\w+)_t \{\n(.*?)^\};", re.MULTILINE | re.DOTALL)


def sources(generated: Tree) -> dict[str, str]:
    return {path: text for path, text in generated.items() if path.endswith(".c")}


def headers(generated: Tree) -> dict[str, str]:
    return {path: text for path, text in generated.items() if path.endswith(".h")}


@pytest.mark.parametrize("word", ["for", "while", "do", "else", "switch", "goto", "malloc", "calloc", "free", "kube_alloc"])
def test_no_behaviour_in_sources(generated: Tree, word: str) -> None:
    for path, text in sources(generated).items():
        code = re.sub(r'"(?:[^"\\]|\\.)*"|/\*.*?\*/|^#.*?$', "", text, flags=re.MULTILINE | re.DOTALL)
        assert not re.search(rf"\b{word}\s*\(", code), f"{path}: {word}"


CALL = r"kube_\w+\([^;]*\);\n"
BODIES = (
    rf"    return {CALL}",
    r"    kube_watch_free\([^;]*\);\n",
    r"    const struct \w+_each \*each = userdata;\n    return each->fn\(object, each->userdata\);\n",
    rf"    [^;]*\b(\w+) = (?:NULL|\{{ 0 \}});\n    int code = {CALL}    if \((\w+)\)\n        \*\2 = [^;]*\b\1\b[^;]*;\n    return code;\n",
)
"""A wrapper's: one call; or one into a variable that is copied, where the caller wants it, to a type of the resource's own."""


def test_functions_are_one_call(generated: Tree) -> None:
    for path, text in sources(generated).items():
        for body in BODY.findall(text):
            assert any(re.fullmatch(form, body) for form in BODIES), f"{path}: {body}"


def test_null_is_passed_on_and_nothing_else_is_decided(generated: Tree) -> None:
    for path, text in sources(generated).items():
        code = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
        assert re.sub(r"\b(?:fn \? \w+|out \? &watch|event \? &next) : NULL\b", "", code).count("?") == 0, path
        assert set(re.findall(r"\bif \(.*", code)) <= {"if (out)", "if (event)"}, path


CLIENT_CALL = re.compile(r"\bkube_\w+\(")
"""Of a function; the macros that rows use are in capitals."""


def is_functions(path: str) -> bool:
    return path.endswith(("_verbs.c", "_subresources.c", "_streams.c"))


def test_tables_refer_to_no_function(generated: Tree) -> None:
    tables = {path: text for path, text in sources(generated).items() if not is_functions(path)}
    assert "src/core_v1.c" in tables
    for path, text in tables.items():
        assert CLIENT_CALL.search(text) is None, path


def test_functions_stand_in_files_without_tables(generated: Tree) -> None:
    functions = {path: text for path, text in sources(generated).items() if is_functions(path)}
    assert "src/meta_v1_verbs.c" not in functions
    for path, text in functions.items():
        assert re.search(r"^\S.* = ", text, re.MULTILINE) is None, path
    verbs = functions["src/core_v1_verbs.c"]
    assert "int kube_core_v1_pod_get(" in verbs
    assert set(re.findall(r"#include <(.*)>", verbs)) == {"kube/core/v1.h"}
    assert "int kube_core_v1_pod_evict(" in functions["src/core_v1_subresources.c"]


def test_streams_stand_in_files_of_their_own(generated: Tree) -> None:
    stream = re.compile(r"\bkube_(?:each|watch\w*|log_lines)\(|\bkube_(?:watch|event)_t\b")
    for path, text in sources(generated).items():
        if path.endswith("_streams.c"):
            calls = re.findall(r"^    (?:return |int code = |)(kube_\w+)\(", text, re.MULTILINE)
            assert calls, path
            assert all(stream.match(f"{call}(") for call in calls), path
        else:
            assert stream.search(text) is None, path


def test_every_struct_keeps_unknown_properties_last(generated: Tree) -> None:
    for path, text in headers(generated).items():
        for name, body in STRUCT.findall(text):
            if name.endswith("_entry") and body.startswith("    const char *key;\n"):
                continue
            last = body.rstrip().split("\n")[-1]
            assert last.startswith("    const kube_unknown_t *unknown;"), f"{path}: {name}"


def test_roots_begin_with_their_owner(generated: Tree) -> None:
    for path, text in headers(generated).items():
        roots = re.findall(r"^/\* \S+ \(\S+ \w+\) \*/\nstruct (kube_\w+)_t \{\n(.*)$", text, re.MULTILINE)
        assert all(first.startswith("    kube_owner_t *owner;") for _, first in roots), path


def test_all_data_is_constant(generated: Tree) -> None:
    for path, text in sources(generated).items():
        for line in text.split("\n"):
            if re.match(r"(static )?\w.* = \{$", line):
                assert re.match(r"(static )?const ", line), f"{path}: {line}"
                assert "*kube" not in line or "*const kube" in line, f"{path}: {line}"


def test_rows_are_sorted_by_json_name(generated: Tree) -> None:
    for path, text in sources(generated).items():
        for table in re.findall(r"kube_field_t \w+_fields\[\] = \{\n(.*?)^\};", text, re.MULTILINE | re.DOTALL):
            names = re.findall(r'\.key = .*?, \.name = "([^"]*)", \.name_len = (\d+)', table)
            assert [name for name, _ in names] == sorted((name for name, _ in names), key=str.encode), path
            assert all(len(name) == int(length) for name, length in names), path


def test_no_more_than_32_bytes_of_key(generated: Tree) -> None:
    keys = [key for text in sources(generated).values() for key in re.findall(r'\.key = "((?:[^"\\]|\\.)*)"', text)]
    assert keys
    assert all(len(key.replace("\\", "")) <= 32 for key in keys)
    assert any(len(key.replace("\\", "")) == 32 for key in keys)


def test_no_prose_and_no_dates(generated: Tree) -> None:
    for path, text in generated.items():
        assert not re.search(r"https?://|\b20[0-9][0-9]-|More info", text), path


def test_headers_refuse_another_runtime(generated: Tree) -> None:
    for path, text in headers(generated).items():
        if path.count("/") == 3:
            assert "#if KUBE_TABLE_ABI != 2\n#error" in text, path


def test_the_examples_of_the_conventions(generated: Tree) -> None:
    core = generated["include/kube/core/v1.h"]
    for wanted in (
        "int kube_core_v1_pod_get(",
        "int kube_core_v1_pod_evict(",
        "int kube_core_v1_pod_bind(",
        "int kube_core_v1_pod_update_ephemeralcontainers(",
        "int kube_core_v1_pod_update_resize(",
        "int kube_core_v1_pod_get_log(",
        "int kube_core_v1_pod_log_lines(",
        "typedef int kube_core_v1_pod_fn(const kube_core_v1_pod_t *object, void *userdata);",
        "int kube_core_v1_pod_each(",
        "int kube_core_v1_pod_watch(",
        "int kube_core_v1_pod_watch_next(kube_core_v1_pod_watch_t *watch, kube_core_v1_pod_event_t *event, kube_error_t *err);",
        "int kube_core_v1_pod_watch_next_within(",
        "const char *kube_core_v1_pod_watch_resource_version(const kube_core_v1_pod_watch_t *watch);",
        "void kube_core_v1_pod_watch_free(kube_core_v1_pod_watch_t *watch);",
        "int kube_core_v1_service_account_create_token(",
        "int kube_core_v1_namespace_update_finalize(",
        '#define KUBE_CORE_V1_POD_STATUS_PHASE_RUNNING "Running"',
        "const kube_package_t kube_core_v1_package;",
        "const kube_resource_t kube_core_v1_pods;",
    ):
        assert wanted in core
    assert "int kube_apps_v1_deployment_get_scale(" in generated["include/kube/apps/v1.h"]
    assert "int kube_certificates_v1_certificate_signing_request_update_approval(" in generated["include/kube/certificates/v1.h"]
    assert "_exec(" not in core
    assert "kube_core_v1_node_get(kube_client_t *client, const char *name," in core
