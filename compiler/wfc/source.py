"""A source file's text, and places in it.

A place is a `Span`: two character offsets into the text as it stands in the file.  Line and column
are derived only when somebody looks.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import field

from wfc.frozen import frozen, frozen_value


@frozen_value
class Span:
    """Characters `start` (inclusive) to `end` (exclusive) of one source text."""

    start: int
    end: int

    def __lt__(self, other: Span) -> bool:
        return (self.start, self.end) < (other.start, other.end)

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of `other`."""
        return Span(self.start, other.end)


@frozen
class Source:
    """The text of one workflow file; `name` is what messages and comments call it."""

    name: str
    text: str
    _line_starts: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        starts = [0]
        position = self.text.find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = self.text.find("\n", position + 1)
        object.__setattr__(self, "_line_starts", starts)

    @property
    def file_name(self) -> str:
        """The name without folders: what a generated module says, wherever it was compiled."""
        return re.split(r"[/\\]", self.name)[-1]

    def line_column(self, offset: int) -> tuple[int, int]:
        """The 1-based line and 1-based column (in characters) of an offset."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a 1-based line and column: what `line_column` undoes."""
        return self._line_starts[line - 1] + column - 1

    def line(self, number: int) -> str:
        """The text of the 1-based line `number`, without its line end."""
        start = self._line_starts[number - 1]
        end = self._line_starts[number] if number < self.line_count else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    @property
    def line_count(self) -> int:
        return len(self._line_starts)

    def slice(self, span: Span) -> str:
        """The text a span covers."""
        return self.text[span.start : span.end]
