"""What the public headers declare as exported."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RUNTIME_HEADERS = ROOT / "runtime" / "include"
GENERATED_HEADERS = ROOT / "generated" / "include"

_DECLARATION = re.compile(r"^(?:extern )?KUBE_API\b([^;{]*)[;{]", re.MULTILINE)
_ARGUMENTS = re.compile(r"\(.*", re.DOTALL)
_NAME = re.compile(r"(kube_\w+)\s*(?:\[\w*\])?\s*$")
# A comment of one or more lines, then any number of other declarations without a blank line between them.
_BLOCK_BREAK = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True)
class Declaration:
    name: str
    header: Path
    line: int
    is_function: bool
    documented: bool


def _documented(text: str, start: int) -> bool:
    """A comment stands above the declaration, or above the group of declarations (no blank line in it) that it is in."""
    above = text[:start]
    breaks = [match.end() for match in _BLOCK_BREAK.finditer(above)]
    group = above[breaks[-1] if breaks else 0 :]
    return "*/" in group


def read_header(header: Path) -> "list[Declaration]":
    text = header.read_text()
    found = []
    for match in _DECLARATION.finditer(text):
        body = match.group(1)
        # KUBE_API const struct x *kube_f(int a): the name is the last word before the arguments.
        name = _NAME.search(_ARGUMENTS.sub("", body).strip())
        if name is None:
            raise ValueError(f"{header}: cannot read the declaration {match.group(0)!r}")
        line = text.count("\n", 0, match.start()) + 1
        found.append(Declaration(name.group(1), header, line, "(" in body, _documented(text, match.start())))
    return found


def declared(folder: Path) -> "list[Declaration]":
    return [declaration for header in sorted(folder.rglob("*.h")) for declaration in read_header(header)]
