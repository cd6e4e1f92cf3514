"""Pieces of C text: literals and lines of bearable width."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

WIDTH = 130

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def literal(text: str | bytes) -> str:
    """A C string literal. Bytes outside printable ASCII are octal, and no trigraph survives."""
    data = text.encode() if isinstance(text, str) else text
    return '"' + "".join(map(_escape, data)).replace("??", "?\\?") + '"'


def _escape(byte: int) -> str:
    character = chr(byte)
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if 0x20 <= byte < 0x7F else f"\\{byte:03o}"


def comment(text: str) -> str:
    """Text that may stand in a comment."""
    return text.replace("*/", "* /").replace("/*", "/ *")


def comment_block(text: str, indent: int) -> str:
    """A comment on as many lines as it needs; those of the text stay apart."""
    margin = " " * indent
    room = WIDTH - indent - len("/*  */")
    lines = [line for whole in comment(text).split("\n") for line in _wrap(whole, room)]
    return f"{margin}/* " + "\n".join([lines[0], *(f"{margin} * {line}".rstrip() for line in lines[1:])]) + " */"


def _wrap(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, width, expand_tabs=False, break_long_words=False, break_on_hyphens=False) or [""]


def fill(first: str, parts: Iterable[str], last: str, indent: int, separator: str = ",") -> str:
    """`first` and the parts, with separators, on as many lines as they need; `last` closes. Later lines are indented."""
    lines = [first]
    pieces = list(parts)
    for index, part in enumerate(pieces):
        text = part + (separator if index + 1 < len(pieces) else last)
        if index > 0 and len(lines[-1]) + 1 + len(text) > WIDTH:
            lines.append(" " * indent + text)
        else:
            lines[-1] += text if index == 0 else " " + text
    return "\n".join(lines)


def call(first: str, parts: Iterable[str], last: str, margin: int) -> str:
    """`first` ends with a parenthesis, which later lines are aligned to, unless that leaves too little room."""
    pieces = list(parts)
    aligned = fill(first, pieces, last, len(first))
    if all(len(line) <= WIDTH for line in aligned.split("\n")):
        return aligned
    return f"{first}\n{fill(' ' * (margin + 4), pieces, last, margin + 4)}"


def compound(first: str, kind: str, parts: list[str], indent: int) -> str:
    """`first &(const kind){ parts }`, whose later lines are indented. Leaves room for what closes a row."""
    text = fill(f"{first}&(const {kind}){{ ", parts, " } },", indent)
    return text[: -len(" },")]
