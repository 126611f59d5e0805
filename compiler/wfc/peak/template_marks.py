"""Marks in rendered text that say where it comes from, put there while a template is compiled.

A mark is made of characters that cannot stand in a file (Unicode's noncharacters) and digits, so
that filters such as `upper` leave it alone.  A template that looks at the marked text, say at its
length, renders differently with marks than without; `template` notices and does without them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from wfc.frozen import frozen_value
from wfc.peak.template_files import TemplateFiles

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_MARK = re.compile(f"{_OPEN}([0-9]+):([0-9]+):([0-9]+):([0-9]+){_CLOSE}")

VERBATIM, EXPRESSION, UNDEFINED = range(3)
"""Kinds of marks."""


@frozen_value
class Mark:
    """What follows is `content[start:end]` of the file with this number, or what that gives.

    For `UNDEFINED` it is `start` that counts: the number of a name.
    """

    kind: int
    file: int
    start: int
    end: int

    @property
    def is_verbatim(self) -> bool:
        return self.kind == VERBATIM

    @property
    def is_undefined(self) -> bool:
        return self.kind == UNDEFINED

    def __str__(self) -> str:
        return f"{_OPEN}{self.kind}:{self.file}:{self.start}:{self.end}{_CLOSE}"


def marked(text: str) -> Iterator[tuple[Mark | None, str]]:
    """The marks in a text, each with what follows it up to the next."""
    before: Mark | None = None
    done = 0
    for found in _MARK.finditer(text):
        yield before, text[done : found.start()]
        before = Mark(*map(int, found.groups()))
        done = found.end()
    yield before, text[done:]


def without_marks(text: str) -> str:
    return _MARK.sub("", text)


def indented(text: str, width: int) -> str:
    """Every line but the first, unless it is empty, `width` characters further in."""
    pieces = []
    fresh = False  # whether a new line has begun of which nothing has been seen
    for mark, part in marked(text):
        if mark is not None:
            pieces.append(str(mark))
        at = 0
        for line in part.splitlines(keepends=True):
            if fresh and line.strip("\r\n"):
                pieces.append(" " * width)
                if mark is not None and mark.is_verbatim:
                    start = mark.start + at
                    pieces.insert(-1, str(Mark(VERBATIM, mark.file, start, start)))
                    pieces.append(str(Mark(VERBATIM, mark.file, start, mark.end)))
            pieces.append(line)
            fresh = line.endswith("\n") or (fresh and not line)
            at += len(line)
    return "".join(pieces)


class Marking(Extension):
    """Puts a mark before every text and every `{{ … }}` of a template."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        # jinja2 has extensions put what they need onto the environment, which has no type for it
        files: TemplateFiles = self.environment.files  # type: ignore[attr-defined]
        number = files.number(stream.name or "")
        places = self._places(files.numbered(number).text.content)
        for token in stream:
            if token.type == "data":
                start, end = next(places["data"])
                mark = Mark(VERBATIM, number, start, end)
                yield Token(token.lineno, "data", f"{mark}{token.value}")
            elif token.type == "variable_begin":
                mark = Mark(EXPRESSION, number, *next(places["variable_begin"]))
                yield Token(token.lineno, "data", str(mark))
                yield token
            else:
                yield token

    def _places(self, content: str) -> dict[str, Iterator[tuple[int, int]]]:
        """Where the texts and the expressions of a template stand."""
        found: dict[str, list[tuple[int, int]]] = {"data": [], "variable_begin": []}
        at = begun = 0
        for _, kind, value in self.environment.lexer.tokeniter(content, None):
            start = content.find(value, at)  # between them is white space that `-` strips
            at = start + len(value)
            if kind == "data":
                found["data"].append((start, at))
            elif kind == "variable_begin":
                begun = start + len(value) - len(value.lstrip())
            elif kind == "variable_end":
                found["variable_begin"].append((begun, start + len(value.rstrip())))
        return {kind: iter(places) for kind, places in found.items()}
