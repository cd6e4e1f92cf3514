"""The perfect hash: no two fields in one slot, and the same numbers as in C."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from conftest import INCLUDES, REPOSITORY, TESTS

from kube_codegen import perfect_hash

MULTIPLIER = 0xE220A8397B1DCDAF


def _names(spec: Any) -> list[str]:
    found = {name for definition in spec["definitions"].values() for name in definition.get("properties", {})}
    return sorted(found | {"a", "ab", "abcdefg", "abcdefgh", "abcdefghi", "x" * 100})


def test_every_type_of_the_spec_has_one(spec: Any) -> None:
    for definition in spec["definitions"].values():
        names = tuple(sorted(definition.get("properties", {}), key=str.encode))
        if not names:
            continue
        found = perfect_hash.find(names)
        assert found is not None
        assert len(found.slots) == 1 << found.bits
        for number, name in enumerate(names, 1):
            assert found.slots[perfect_hash.field_hash(name, found.multiplier) >> (64 - found.bits)] == number


def test_none_for_names_that_hash_alike() -> None:
    assert perfect_hash.find(("abcdefgh-1-abcdefgh", "abcdefgh-2-abcdefgh")) is None


def test_none_for_more_fields_than_a_byte_numbers() -> None:
    assert perfect_hash.find(tuple(f"field{number}" for number in range(255))) is None


def test_same_as_in_c(spec: Any, tmp_path: Path) -> None:
    program = tmp_path / "hash"
    runtime = f"-I{REPOSITORY / 'runtime'}"
    source = REPOSITORY / "runtime" / "object" / "type.c"
    flags = ["-std=c11", "-D_GNU_SOURCE", "-O1", "-ffunction-sections", "-Wl,--gc-sections", runtime, *INCLUDES]
    subprocess.run(["cc", *flags, str(TESTS / "hash.c"), str(source), "-o", str(program)], check=True)
    names = _names(spec)
    shown = subprocess.run([str(program), hex(MULTIPLIER)], input="\n".join(names) + "\n", text=True, capture_output=True, check=True)
    assert [int(line) for line in shown.stdout.split()] == [perfect_hash.field_hash(name, MULTIPLIER) for name in names]
