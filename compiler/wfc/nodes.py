"""The tree that `read` returns: YAML or JSON values, each with its exact place in the file."""

from __future__ import annotations

from wfc.frozen import frozen
from wfc.source import Span


@frozen
class Scalar:
    """A leaf.

    `value` is the value under the YAML 1.2 core schema; `text` is the scalar's content as text
    (unquoted, unescaped, folded).  `offsets[i]` is the file offset of `text[i]`, and
    `offsets[len(text)]` the offset just after the last character, so a place inside the content is
    a place in the file whatever the quoting style.  `span` covers the scalar with its quotes.
    """

    value: bool | int | float | str | None
    text: str
    span: Span
    offsets: tuple[int, ...] | range
    plain: bool  # written without quotes

    def within(self, start: int, end: int) -> Span:
        """The file span of `text[start:end]`."""
        return Span(self.offsets[start], self.offsets[end])


@frozen
class Sequence:
    items: tuple[Node, ...]
    span: Span


@frozen
class Entry:
    key: Scalar
    value: Node


@frozen
class Mapping:
    entries: tuple[Entry, ...]
    span: Span

    def get(self, name: str) -> Node | None:
        """The value under the key whose text is `name`."""
        for entry in self.entries:
            if entry.key.text == name:
                return entry.value
        return None


Node = Scalar | Sequence | Mapping
