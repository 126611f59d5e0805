"""A generated module's source map: in goes a place in the module, out comes one in the workflow.

The map is one string, which nobody reads before something fails:

    main                          a routine
     12 3:9+6 init                line 12 ff. of the module is step `init`, at YAML line 3, column 9
     15 7:9+4 fetch
     15:27-15:48 9:16+22          that part of the module is the `${…}` at YAML line 9, column 16

Columns of the module are those of `co_positions()`: 0-based, in UTF-8 bytes, the end exclusive.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from typing import NamedTuple, TypeAlias

Place: TypeAlias = tuple[int, int]
"""A line, 1-based, and a column of the module."""


class Frame(NamedTuple):
    """A place in the workflow: line and column are 1-based, the length is in bytes."""

    step: str
    routine: str
    line: int
    column: int
    length: int


class _Expression(NamedTuple):
    """A part of the module's text that came from one `${…}`."""

    start: Place
    end: Place
    frame: Frame

    def extent(self) -> Place:
        return self.end[0] - self.start[0], self.end[1] - self.start[1]


_Statement: TypeAlias = tuple[Frame, list[_Expression]]
"""What starts at one line of the module, and the expressions in it."""


class SourceMap:
    """Where the lines of one generated module came from; `file` is the module's own file name."""

    __slots__ = ("_lines", "_statements", "file", "text")

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.text = text
        self._lines: list[int] | None = None
        self._statements: list[_Statement] = []

    def find(self, start: Place, end: Place, first: int = 1) -> Frame | None:
        """The smallest expression around a part of the module, else the statement it belongs to.

        None before the first statement of a routine, whose function begins at the line `first`:
        nothing of a step is done there yet.
        """
        if self._lines is None:
            self._lines = self._read()
        index = bisect_right(self._lines, start[0]) - 1
        if index < 0 or self._lines[index] < first:
            return None
        frame, expressions = self._statements[index]
        around = [part for part in expressions if part.start <= start and end <= part.end]
        return min(around, key=_Expression.extent).frame if around else frame

    def _read(self) -> list[int]:
        """Reads the statements and returns the lines at which they start."""
        lines = []
        routine = step = ""
        for line in self.text.split("\n"):
            if not line.startswith(" "):
                routine = line
                continue
            where, yaml, *rest = line.split(maxsplit=2)
            if rest:
                step = json.loads(rest[0]) if rest[0].startswith('"') else rest[0]
            place, _, length = yaml.partition("+")
            frame = Frame(step, routine, *_place(place), int(length))
            start, dash, end = where.partition("-")
            if dash:
                expressions = self._statements[-1][1]
                expressions.append(_Expression(_place(start), _place(end), frame))
            else:
                lines.append(int(start))
                self._statements.append((frame, []))
        return lines


def _place(text: str) -> Place:
    line, _, column = text.partition(":")
    return int(line), int(column)
