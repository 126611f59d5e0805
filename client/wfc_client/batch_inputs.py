"""The inputs of a batch: in, a file of JSON lines; out, one line after the other, never all."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import BinaryIO, Final

from wfc.wrong_use import WrongUse

LONGEST: Final = 1_000_000
"""Bytes of a line; what a service takes as an argument is far less (spec 07: 32 KB)."""

_CHUNK: Final = 1 << 20

_Answer = asyncio.Future[bytes | None]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the inputs, without what is around its JSON.

    number  counts from 1, blank lines too
    error   why it cannot be read, "" where it can
    """

    number: int
    text: str
    error: str = ""

    @property
    def checksum(self) -> int:
        """32 bits, never 0."""
        return zlib.crc32(self.text.encode()) or 1


class Inputs:
    """The lines of a file, or of standard input for the name `-`.

    total  how many there are, None where only reading can tell
    """

    def __init__(self, name: str) -> None:
        self._file = _open(name)
        self._regular = stat.S_ISREG(os.fstat(self._file.fileno()).st_mode)
        self.total = self._count() if self._regular else None
        self._wanted: SimpleQueue[_Answer] | None = None
        self._next: _Answer | None = None
        self._ended = False

    async def lines(self) -> AsyncIterator[Line]:
        """Each line, read when it is asked for; a blank one has no text."""
        number = 0
        while not self._ended:
            raw = _read(self._file) if self._regular else await self._read_in_thread()
            if raw == b"":
                return
            number += 1
            yield _line(number, raw)

    def end(self) -> None:
        """Gives no more lines, also to who waits for one."""
        self._ended = True
        if self._next is not None:
            _answer(self._next, b"")

    def _count(self) -> int:
        start, lines, last = self._file.tell(), 0, b"\n"
        while chunk := self._file.read(_CHUNK):
            lines += chunk.count(b"\n")
            last = chunk
        self._file.seek(start)
        return lines + (not last.endswith(b"\n"))

    async def _read_in_thread(self) -> bytes | None:
        """A pipe or a terminal may give its next line late, and holds nobody up meanwhile."""
        loop = asyncio.get_running_loop()
        if self._wanted is None:
            self._wanted = SimpleQueue()
            Thread(target=_serve, args=(self._file, self._wanted, loop), daemon=True).start()
        self._next = loop.create_future()
        self._wanted.put(self._next)
        return await self._next


def _open(name: str) -> BinaryIO:
    if name == "-":
        # Python closes its own `sys.stdin` as it ends, and aborts where a thread still reads there
        return open(sys.stdin.fileno(), "rb", closefd=False)
    try:
        return Path(name).open("rb")
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise WrongUse(f"cannot read `{name}`: {why}") from None


def _line(number: int, raw: bytes | None) -> Line:
    if raw is None:
        return Line(number, "", f"the line is longer than {LONGEST:,} bytes")
    try:
        return Line(number, raw.decode("utf-8-sig" if number == 1 else "utf-8").strip())
    except UnicodeDecodeError:
        return Line(number, raw.decode(errors="replace").strip(), "the line is not UTF-8")


def _read(file: BinaryIO) -> bytes | None:
    """The next line, "" at the end, None for one that is too long."""
    line = file.readline(LONGEST + 1)
    if len(line) <= LONGEST:
        return line
    while line and not line.endswith(b"\n"):
        line = file.readline(_CHUNK)
    return None


def _serve(file: BinaryIO, wanted: SimpleQueue[_Answer], loop: asyncio.AbstractEventLoop) -> None:
    """The thread: one line for each future."""
    while True:
        future = wanted.get()
        line = _read(file)
        with suppress(RuntimeError):  # the loop has ended: nobody wants it any more
            loop.call_soon_threadsafe(_answer, future, line)
        if line == b"":
            return


def _answer(future: _Answer, line: bytes | None) -> None:
    if not future.done():
        future.set_result(line)
