"""What was dropped or could not be expressed: collected on the way, told at the end."""

from __future__ import annotations

from typing import TextIO

SHOWN_PLACES = 3


class SpecError(Exception):
    """The input cannot be turned into a spec; the message says where and why."""


class Notes:
    def __init__(self) -> None:
        self._places: dict[str, dict[str, None]] = {}  # ordered sets: documents repeat what they share

    def add(self, what: str, place: str) -> None:
        self._places.setdefault(what, {})[place] = None

    def count(self, what: str) -> int:
        return len(self._places.get(what, ()))

    def places(self, what: str) -> list[str]:
        return list(self._places.get(what, ()))

    def subjects(self) -> list[str]:
        return sorted(self._places)

    def print(self, out: TextIO) -> None:
        for what in self.subjects():
            places = self.places(what)
            shown = ", ".join(places[:SHOWN_PLACES])
            more = f", and {len(places) - SHOWN_PLACES} more" if len(places) > SHOWN_PLACES else ""
            print(f"{what}: {len(places)}: {shown}{more}", file=out)
