"""Lines of a source with marks under them: in, labels; out, text for people.

  --> order.yaml:14:19
   |
14 |             next: documnet_not_found
   |                   ^^^^^^^^^^^^^^^^^^ jumps here
...
19 |     - document_not_found:
   |       ------------------ a step with a similar name
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from wfc.frozen import frozen_value
from wfc.problems import Label
from wfc.source import Source
from wfc.visible import cell_width, visible

Paint = Callable[[str, str], str]
"""`paint(style, text)`: the text in that style, or as it is."""

_WIDTH = 120  # characters shown of a line; what is longer is cut around the marks
_BEFORE = 40  # characters of a cut line that stay in front of its first mark
_TAB = "    "


@frozen_value
class _Mark:
    """The part of a label that lies on one line, in 0-based characters of that line."""

    line: int
    start: int
    end: int
    style: str
    text: str


@frozen_value
class _Piece:
    """What is shown of a line, from its character `start` on, with the marks under it."""

    line: int
    start: int
    shown: str
    cut: bool  # something of the line follows
    marks: tuple[_Mark, ...]


def plain(style: str, text: str) -> str:
    """The `Paint` without colours."""
    return text


def excerpt(
    source: Source,
    label: Label,
    others: Sequence[Label] = (),
    *,
    style: str = "error",
    paint: Paint = plain,
    margin: int = 1,
) -> tuple[list[str], int]:
    """The place of `label` and the lines of all labels; also the width of the line numbers.

    The width is at least `margin`.  A source without text (a file that could not be read) has only
    its name as a place.
    """
    if not source.text:
        return [f"{paint('gutter', ' ' * margin + '-->')} {visible(source.name)}"], margin
    marks = [*_marks(source, label, style)]
    for other in others:
        marks += _marks(source, other, "other")
    pieces = [*_pieces(source, marks)]
    width = max(margin, len(str(max(mark.line for mark in marks))))
    line, column = source.line_column(min(label.span.start, len(source.text)))
    gutter = paint("gutter", " " * width + " |")
    drawn = [
        f"{paint('gutter', ' ' * width + '-->')} {visible(source.name)}:{line}:{column}",
        gutter,
    ]
    before: _Piece | None = None
    for piece in pieces:
        if before is not None and piece.line - before.line == 2:
            # the one line between is shorter than `...` would be
            between = _piece(piece.line - 1, source.line(piece.line - 1), ())
            drawn += _draw(between, width, gutter, paint)
        elif before is not None and piece.line - before.line != 1:
            drawn.append(paint("gutter", "..."))
        drawn += _draw(piece, width, gutter, paint)
        before = piece
    return drawn, width


def _marks(source: Source, label: Label, style: str) -> Iterator[_Mark]:
    """One mark a line; of a span over more than four lines only the first two and the last."""
    start = min(label.span.start, len(source.text))
    end = max(start, min(label.span.end, len(source.text)))
    shown_end = start + len(source.text[start:end].rstrip())
    first, column = source.line_column(start)
    if shown_end == start:  # empty, or nothing but blanks: stay on the line
        yield _Mark(first, column - 1, column - 1 + end - start, style, label.text)
        return
    last, end_column = source.line_column(shown_end)
    lines: Iterable[int] = range(first, last + 1)
    if last - first >= 4:
        lines = (first, first + 1, last)
    for number in lines:
        content = source.line(number)
        left = column - 1 if number == first else len(content) - len(content.lstrip())
        right = end_column - 1 if number == last else len(content.rstrip())
        if left < right or number == first:
            yield _Mark(number, left, right, style, label.text if number == last else "")


def _pieces(source: Source, marks: list[_Mark]) -> Iterator[_Piece]:
    """The lines to show, in order; marks far apart on one long line are pieces of their own."""
    marks.sort(key=lambda mark: (mark.line, mark.start, mark.end))
    for number, group in groupby(marks, key=lambda mark: mark.line):
        content = source.line(number)
        near: list[_Mark] = []
        for mark in group:
            if len(content) > _WIDTH and near and mark.start > near[0].start + _WIDTH // 2:
                yield _piece(number, content, near)
                near = []
            near.append(mark)
        yield _piece(number, content, near)


def _piece(number: int, content: str, marks: Sequence[_Mark]) -> _Piece:
    start = 0
    if len(content) > _WIDTH and marks:
        start = max(0, min(marks[0].start - _BEFORE, len(content) - _WIDTH))
    end = start + _WIDTH
    return _Piece(number, start, content[start:end], end < len(content), tuple(marks))


def _draw(piece: _Piece, width: int, gutter: str, paint: Paint) -> Iterator[str]:
    head = "…" if piece.start else ""
    tail = "…" if piece.cut else ""
    number = paint("gutter", f"{piece.line:>{width}} |")
    yield f"{number} {head}{_expand(piece.shown)}{tail}".rstrip()
    spots = []
    for mark in piece.marks:
        start, end = max(0, mark.start - piece.start), max(0, mark.end - piece.start)
        left = cell_width(head + _expand(piece.shown[:start]))
        spots.append((left, left + max(1, cell_width(_expand(piece.shown[start:end]))), mark))
    for row in _under(spots, paint):
        yield f"{gutter} {row}"


def _expand(text: str) -> str:
    return visible(text.replace("\t", _TAB))


def _under(spots: list[tuple[int, int, _Mark]], paint: Paint) -> Iterator[str]:
    """The row of carets and dashes, then the texts that do not fit at its end.

    -----  ^^^ the last text stands at the end
    |
    the others hang below their marks
    """
    if not spots:
        return
    row: dict[int, tuple[str, str]] = {}
    # of marks over each other the shorter one is seen, and the primary one before others
    for left, right, mark in sorted(
        spots, key=lambda spot: (spot[0] - spot[1], spot[2].style != "other")
    ):
        sign = "-" if mark.style == "other" else "^"
        row |= dict.fromkeys(range(left, right), (sign, mark.style))
    rightmost = max(spots, key=lambda spot: (spot[0], spot[1], spot[2].style != "other"))
    beside = rightmost if rightmost[1] >= max(spot[1] for spot in spots) else None
    text = beside[2].text if beside else ""
    yield _line(row, paint) + (" " + paint(rightmost[2].style, visible(text)) if text else "")
    hanging = [spot for spot in spots if spot is not beside and spot[2].text]
    if hanging:
        yield _line({left: ("|", mark.style) for left, _, mark in hanging}, paint)
    while hanging:
        left, _, mark = hanging.pop()
        stems = {spot[0]: ("|", spot[2].style) for spot in hanging if spot[0] < left}
        blank = " " * (left - max(stems, default=-1) - 1)
        yield _line(stems, paint) + blank + paint(mark.style, visible(mark.text))


def _line(row: dict[int, tuple[str, str]], paint: Paint) -> str:
    """The signs of a row at their cells, blanks between them."""
    parts: list[str] = []
    width = 0
    for style, run in groupby(sorted(row.items()), key=lambda entry: entry[1][1]):
        signs = ""
        for cell, (sign, _) in run:
            signs += " " * (cell - width - len(signs)) + sign
        parts.append(paint(style, signs))
        width += len(signs)
    return "".join(parts)
