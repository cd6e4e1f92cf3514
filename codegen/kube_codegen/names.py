"""Kubernetes names to C names."""

from __future__ import annotations

import re

# A plural acronym (`IPs`), IPv4 or IPv6, an acronym before a version (`API` of `APIV3`) or a word (`CSI` of `CSIDriver`), a word,
# an acronym.
_WORD = re.compile(r"[A-Z]{2,}s(?![a-z])|IPv[46]|[A-Z]+(?=V[0-9]|[A-Z][a-z])|[A-Z]?[a-z][a-z0-9]*|[A-Z]+[0-9]*|[0-9]+[a-z]*")

_C_KEYWORDS = """
auto break case char const continue default do double else enum extern float for goto if inline int long register restrict return short
signed sizeof static struct switch typedef typeof typeof_unqual union unsigned void volatile while
alignas alignof bool constexpr false nullptr static_assert thread_local true
"""
_CPP_KEYWORDS = """
and and_eq asm atomic_cancel atomic_commit atomic_noexcept bitand bitor catch char8_t char16_t char32_t class co_await co_return co_yield
compl concept const_cast consteval constinit contract_assert decltype delete dynamic_cast explicit export friend mutable namespace new
noexcept not not_eq operator or or_eq private protected public reflexpr reinterpret_cast requires static_cast synchronized template this
throw try typeid typename using virtual wchar_t xor xor_eq
"""
# Macros that the usual compilers define in their GNU modes, without an underscore in front, and those of the standard headers.
_MACROS = "linux unix i386 arm mips sparc sun vax hpux complex errno imaginary noreturn"

RESERVED = frozenset((_C_KEYWORDS + _CPP_KEYWORDS + _MACROS).split())

_SYMBOLS = {
    "*": "all",
    "=": "equals",
    "!": "not",
    "~": "tilde",
    "<": "less",
    ">": "greater",
    "+": "plus",
    "-": "minus",
    "/": "slash",
    ".": "dot",
    "&": "and",
    "|": "or",
    "%": "percent",
    "^": "caret",
    "?": "question",
    ":": "colon",
    "_": "underscore",
    "@": "at",
    "#": "hash",
    "$": "dollar",
    ",": "comma",
    " ": "space",
}


def snake(name: str) -> str:
    """`podIP` -> pod_ip, `clusterIPs` -> cluster_ips, `openAPIV3Schema` -> open_api_v3_schema, `$ref` -> ref."""
    return "_".join(word.lower() for word in _WORD.findall(name))


def member(words: str, taken: frozenset[str] = frozenset()) -> str:
    """The C name of a property. A reserved word, or one that the struct needs for itself (`taken`), gets a trailing underscore."""
    return words + "_" if words in RESERVED or words in taken else words


def camel(name: str) -> str:
    """The name of an inline type is its parent's name and this of the property: `jobTemplate` -> JobTemplate."""
    return "".join(part[:1].upper() + part[1:] for part in re.findall(r"[A-Za-z0-9]+", name))


def constant(value: str) -> str:
    """The last part of an allowed value's constant: `ClusterIP` -> CLUSTER_IP, `*` -> ALL, `!=` -> NOT_EQUALS; "" when it has none."""
    words = snake(value)
    if not words:
        words = "_".join(_SYMBOLS.get(character, "") for character in value).strip("_")
    return words.upper()


def plural(kind: str, resource: str) -> str:
    """The C name of a resource: words as in its kind, ending as in its plural (`NetworkPolicy`, `networkpolicies` -> network_policies)."""
    lower = kind.lower()
    for cut in (0, 1):
        stem = lower[: len(lower) - cut]
        if resource.startswith(stem) and len(resource) - len(stem) <= 3:
            words = snake(kind)
            return words[: len(words) - cut] + resource[len(stem) :]
    return snake(resource)
