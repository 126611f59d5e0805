"""What the two scanners (YAML and JSON) produce and `compose` consumes: a flat run of events.

`start` and `end` are offsets into the text that is read.  `name: [1, 2]` is

    Document, Open(mapping), Leaf(name), Open(sequence), Leaf(1), Leaf(2), Close, Close
"""

from __future__ import annotations

from typing import Literal

from wfc.frozen import frozen_value

Style = Literal["plain", "'", '"', "|", ">"]


@frozen_value
class Document:
    """A document begins."""

    start: int
    end: int


@frozen_value
class Leaf:
    """A scalar; `text` is its decoded content.  The place includes `anchor` and `tag`, if any."""

    start: int
    end: int
    text: str
    style: Style
    anchor: str | None = None
    tag: str | None = None


@frozen_value
class Open:
    """A sequence or mapping begins; the place includes `anchor` and `tag`, if any."""

    start: int
    end: int
    kind: Literal["sequence", "mapping"]
    anchor: str | None = None
    tag: str | None = None


@frozen_value
class Close:
    """The innermost open sequence or mapping ends: at `end` if it has brackets of its own."""

    end: int


@frozen_value
class Alias:
    """`*name`: the node that bears the anchor, once more."""

    start: int
    end: int
    name: str


Event = Document | Leaf | Open | Close | Alias


class NotYaml(Exception):
    """The scanner cannot go on: its words, the place, and the place of what it was in."""

    def __init__(self, words: str, place: int, context: int | None) -> None:
        super().__init__(words)
        self.words = words
        self.place = place
        self.context = context
