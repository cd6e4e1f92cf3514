"""What is wrong with the input, and where."""

from __future__ import annotations


class CodegenError(Exception):
    """A wrong command line or an unreadable file."""

    def __str__(self) -> str:
        return f"error: {self.args[0]}"


class SpecError(CodegenError):
    """A fact of the spec that cannot become C, with its place in the spec."""

    def __init__(self, location: str, message: str) -> None:
        super().__init__(message)
        self.location = location
        self.message = message

    def __str__(self) -> str:
        return f"{self.location}: error: {self.message}"
