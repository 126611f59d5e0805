"""The text that the reader looks at, with the way back to the file.

In goes the file's text, perhaps unescaped or repaired; out come spans in the file as it stands:
`origin[i]` is the file offset of character `i`, and `origin[len(content)]` that of the end.
"""

from __future__ import annotations

from collections.abc import Sequence

from wfc.frozen import frozen
from wfc.source import Span

BYTE_ORDER_MARK = "\ufeff"


@frozen
class Text:
    """`content` is read, `origin` says where each of its characters stands in the text `file`."""

    content: str
    origin: Sequence[int]
    file: str

    def span(self, start: int, end: int) -> Span:
        """The file span of `content[start:end]`."""
        return Span(self.origin[start], self.origin[end])

    def written(self, start: int, end: int) -> str:
        """`content[start:end]` as it stands in the file."""
        return self.file[self.origin[start] : self.origin[end]]

    def places(self, offsets: tuple[int, ...] | range) -> tuple[int, ...] | range:
        """Offsets into `content` as offsets into the file; a range stays one where it can."""
        if isinstance(self.origin, range):
            if isinstance(offsets, range):
                shift = self.origin.start
                return range(offsets.start + shift, offsets.stop + shift)
            if self.origin.start == 0:
                return offsets
        return tuple(self.origin[offset] for offset in offsets)

    def replaced(self, edits: Sequence[tuple[int, int, str]]) -> Text:
        """This text with each `(start, end, new)` applied; the edits are sorted and apart."""
        pieces: list[str] = []
        origin: list[int] = []
        done = 0
        for start, end, new in edits:
            pieces += self.content[done:start], new
            origin += self.origin[done:start]
            origin += [self.origin[start]] * len(new)
            done = end
        pieces.append(self.content[done:])
        origin += self.origin[done:]
        return Text("".join(pieces), origin, self.file)


def text_of(file_text: str) -> Text:
    """The whole file, without a byte order mark in front."""
    skipped = 1 if file_text.startswith(BYTE_ORDER_MARK) else 0
    return Text(file_text[skipped:], range(skipped, len(file_text) + 1), file_text)
