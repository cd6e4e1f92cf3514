"""Finds the multiplier that sends each field of a type to a slot of its own (kube_field_hash of kube/type.h)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Optional

from kube_codegen.model import PerfectHash

_MASK = (1 << 64) - 1
MAX_FIELDS = 254
MAX_EXTRA_BITS = 3
TRIES = 4096


def seed(name: str) -> int:
    """The part of the hash that does not depend on the multiplier."""
    raw = name.encode()
    first = int.from_bytes(raw[:8], "little")
    last = int.from_bytes(raw[-8:], "little")
    rotated = ((last << 23) | (last >> 41)) & _MASK
    return ((first ^ rotated) + len(raw)) & _MASK


def field_hash(name: str, multiplier: int) -> int:
    """The same number as kube_field_hash in C."""
    return (seed(name) * multiplier) & _MASK


@cache
def find(names: tuple[str, ...]) -> Optional[PerfectHash]:
    """The smallest table found for these names, in a search that always goes the same way; None when there is none."""
    if not names or len(names) > MAX_FIELDS:
        return None
    seeds = [seed(name) for name in names]
    if len(set(seeds)) < len(seeds):
        return None
    least = max(1, (len(names) - 1).bit_length())
    for bits in range(least, least + MAX_EXTRA_BITS + 1):
        for multiplier in _multipliers():
            slots = _place(seeds, multiplier, bits)
            if slots is not None:
                return PerfectHash(bits, multiplier, slots)
    return None


def _place(seeds: list[int], multiplier: int, bits: int) -> Optional[tuple[int, ...]]:
    slots = [0] * (1 << bits)
    shift = 64 - bits
    for number, value in enumerate(seeds, 1):
        slot = ((value * multiplier) & _MASK) >> shift
        if slots[slot]:
            return None
        slots[slot] = number
    return tuple(slots)


@cache
def _multipliers() -> tuple[int, ...]:
    return tuple(_splitmix())


def _splitmix() -> Iterator[int]:
    """Odd numbers from the splitmix64 generator."""
    state = 0
    for _ in range(TRIES):
        state = (state + 0x9E3779B97F4A7C15) & _MASK
        value = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
        yield (value ^ (value >> 31)) | 1
