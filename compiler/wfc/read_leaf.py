"""One scalar event becomes a `Scalar`: its text, value and places.

In go the text and the event; out comes the node, whatever was wrong with it and reported.
"""

from __future__ import annotations

import re

from wfc import nodes
from wfc.problems import Label, Problems
from wfc.read_align import Offsets, read_align
from wfc.read_events import Leaf
from wfc.read_expression import expression_end, quoted
from wfc.read_scalar import IntegerTooLarge, read_scalar
from wfc.read_tag import after_properties, is_own_tag, report_tag
from wfc.read_text import Text
from wfc.source import Span

_SURROGATE = re.compile("[\ud800-\udfff]")
_COMMENT = re.compile(r"[ \t]+#")


def read_leaf(text: Text, event: Leaf, problems: Problems) -> nodes.Scalar:
    """The node; its span leaves out anchor, tag and the blank lines behind a block."""
    start, end = after_properties(text, event), event.end
    content, offsets = read_align(text.content, start, end, event.style, event.text)
    if event.style in ("|", ">"):
        end = start + len(text.content[start:end].rstrip())
    elif start == end:  # no value: libyaml's place is that of the next thing
        start = end = _before_blank(text.content, start)
        offsets = range(start, start + 1)
    plain = event.style == "plain"
    if plain and (whole := _cut_by_comment(text, start, end, problems)):
        end = whole
        content, offsets = text.content[start:end], range(start, end + 1)
    span = text.span(start, end)
    value = _value(content, span, problems) if plain else content
    if event.tag is not None:
        if event.tag in ("!", "tag:yaml.org,2002:str"):
            value = content
        elif not is_own_tag(event.tag, value):
            report_tag(text, event, problems)
    _halves(text, content, offsets, problems)
    return nodes.Scalar(value, content, span, text.places(offsets), plain)


def _value(content: str, span: Span, problems: Problems) -> bool | int | float | str | None:
    try:
        return read_scalar(content)
    except IntegerTooLarge:
        problems.add(
            "WFC027",
            "this integer does not fit in 64 bits",
            span,
            hint="write it as text in quotes, or as a double with `.0`",
        )
        return 0


def _before_blank(content: str, position: int) -> int:
    while position > 0 and content[position - 1] in " \t\r\n":
        position -= 1
    return position


def _cut_by_comment(text: Text, start: int, end: int, problems: Problems) -> int | None:
    """Where an unquoted `${…}` with ` #` inside ends; reports it, to be read as it was meant."""
    content = text.content
    if not content.startswith("${", start) or not _COMMENT.match(content, end):
        return None
    whole = expression_end(content, start)
    if whole is None or whole <= end or "\n" in content[start:whole]:
        return None
    mark = content.index("#", end)
    before = text.written(content.rfind("\n", 0, start) + 1, start).strip()
    problems.add(
        "WFC012",
        "a comment begins inside this expression",
        text.span(start, end),
        others=[Label(text.span(mark, mark + 1), "YAML reads a comment from here")],
        hint=f"write `{before} {quoted(text.written(start, whole))}`",
    )
    return whole


def _halves(text: Text, content: str, offsets: Offsets, problems: Problems) -> None:
    if content.isascii() or not (half := _SURROGATE.search(content)):
        return
    start = offsets[half.start()]
    problems.add(
        "WFC004",
        "this escape is half of a surrogate pair and no character by itself",
        text.span(start, start + len(r"\ud800")),
        hint="write the character itself, or both halves",
    )
