"""What a command prints, as lines of text: in go bytes, out come redacted lines of bounded length.

Never holds more than one line; a longer one comes in several.  What is no UTF-8 is replaced.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable

from wfc_runtime.peak.secrets import Secrets

LONGEST = 16 * 1024
"""Characters of one line."""


class Lines:
    """Calls `say` with each line as soon as it is complete."""

    __slots__ = ("_decoder", "_rest", "_say", "_secrets")

    def __init__(self, secrets: Secrets, say: Callable[[str], None]) -> None:
        self._secrets = secrets
        self._say = say
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, chunk: bytes) -> None:
        *lines, self._rest = (self._rest + self._decoder.decode(chunk)).split("\n")
        for line in lines:
            self._line(line)
        while len(self._rest) > LONGEST:
            cut = self._secrets.safe_cut(self._rest, LONGEST)
            if not cut:
                break
            self._line(self._rest[:cut])
            self._rest = self._rest[cut:]

    def end(self) -> None:
        rest, self._rest = self._rest + self._decoder.decode(b"", True), ""
        if rest:
            self._line(rest)

    def _line(self, line: str) -> None:
        line = self._secrets.redacted(line.removesuffix("\r"))
        for start in range(0, len(line) or 1, LONGEST):
            self._say(line[start : start + LONGEST])
