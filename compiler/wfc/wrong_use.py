"""The command was used wrongly: what to print before it ends with exit code 2."""

from __future__ import annotations


class WrongUse(Exception):
    """`message` says what is wrong, `detail` are further lines such as an excerpt and a hint."""

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail
