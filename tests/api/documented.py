"""Every exported function of the hand-written headers has a comment above it, and every header says what it is."""

import sys

from declarations import ROOT, RUNTIME_HEADERS, declared


def headers_without_comment() -> "list[str]":
    headers = sorted(RUNTIME_HEADERS.rglob("*.h"))
    return [
        f"{header.relative_to(ROOT)}:1: the header does not say what it is"
        for header in headers
        if not header.read_text().startswith("/*")
    ]


def main() -> int:
    declarations = [declaration for declaration in declared(RUNTIME_HEADERS) if declaration.is_function]
    problems = headers_without_comment()
    problems += [
        f"{declaration.header.relative_to(ROOT)}:{declaration.line}: {declaration.name} is not documented"
        for declaration in declarations
        if not declaration.documented
    ]
    print("\n".join(problems), end="\n" if problems else "")
    print(f"{len(declarations) - len(problems)} passed, {len(problems)} failed")
    return 1 if problems or not declarations else 0


sys.exit(main())
