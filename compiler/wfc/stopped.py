"""A command that cannot go on: what to print before it ends, and with which exit code."""

from __future__ import annotations


class Stopped(Exception):
    """`message` says what is wrong, `detail` are further lines such as an excerpt and a hint."""

    exit_code: int

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail
