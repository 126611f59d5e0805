"""Which executions a worker is activating, in memory that outlives it.

A worker notes the number of an execution while its code runs.  Whoever holds the other end can tell
after a worker's death which ones may have caused it: those that only slept have not.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from typing import Final

SLOTS: Final = 32
"""Executions whose code can run at one time, on as many threads."""

_WIDTH: Final = 8


class Marks:
    def __init__(self, file: int | None = None) -> None:
        """New ones, or with a file those that another process has made."""
        self.file = _new_file() if file is None else file
        self._memory = mmap.mmap(self.file, SLOTS * _WIDTH)
        self._numbers = memoryview(self._memory).cast("q")

    def set(self, slot: int, number: int) -> None:
        self._numbers[slot] = number

    def clear(self, slot: int) -> None:
        self._numbers[slot] = 0

    def numbers(self) -> list[int]:
        """The executions whose code runs, or ran when the worker died."""
        return [number for number in self._numbers if number]

    def close(self) -> None:
        self._numbers.release()
        self._memory.close()
        os.close(self.file)


def _new_file() -> int:
    """An open file without a name."""
    with tempfile.TemporaryFile() as file:
        file.truncate(SLOTS * _WIDTH)
        return os.dup(file.fileno())
