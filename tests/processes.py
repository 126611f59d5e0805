"""The processes of commands in tests, which are told by a variable MARK in their environment."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

_LONGEST = 30.0
"""Seconds in which a process that has been killed has its last turn, and its guard before it."""

needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc")


def members(mark: str) -> list[int]:
    """The processes, zombies left out, with a variable MARK of that value."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            environment = (folder / "environ").read_bytes().split(b"\0")
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            continue
        if f"MARK={mark}".encode() in environment and state != "Z":
            found.append(int(folder.name))
    return found


def gone(mark: str) -> bool:
    """Whether no process of that mark is left; the kernel may need a while to end them."""
    until = time.monotonic() + _LONGEST
    while members(mark):
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def children(process: int, word: str) -> list[int]:
    """The child processes in whose command line there is a word."""
    try:
        found = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return []  # it has ended
    return [int(child) for child in found if word in _command_line(child)]


def _command_line(process: str) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""
