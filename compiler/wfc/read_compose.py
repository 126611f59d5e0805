"""Events become the tree: spans, values, aliases, and what YAML allows but a workflow may not have.

In go the text and its events, out comes the root node, or None where there is nothing to go on
with.  The stack is a list, so no depth of nesting can exhaust Python's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from wfc import nodes, read_events
from wfc.frozen import frozen_value
from wfc.problems import Label, Problems
from wfc.read_events import Event, Leaf, Open
from wfc.read_leaf import read_leaf
from wfc.read_tag import after_properties, is_own_kind, report_tag
from wfc.read_text import Text
from wfc.source import Span

DEEPEST = 100  # levels of nesting; the passes behind this one may recurse
MOST_ALIASED = 200_000  # nodes that aliases may stand for in all (spec 07 §1: 100,000 steps)


@dataclass(slots=True)
class _Frame:
    """A sequence or mapping that is still open; a mapping's children alternate key and value."""

    event: Open
    start: int
    children: list[nodes.Node] = field(default_factory=list)
    keys: dict[str, nodes.Scalar] = field(default_factory=dict)
    end: int = 0  # in the file
    size: int = 1
    height: int = 1

    def add(self, node: nodes.Node, place: Span, size: int, height: int) -> None:
        self.children.append(node)
        self.end = place.end
        self.size += size
        self.height = max(self.height, height + 1)

    @property
    def at_key(self) -> bool:
        return self.event.kind == "mapping" and len(self.children) % 2 == 0


@frozen_value
class _Anchored:
    """A finished node that aliases may name; None while it is still open."""

    node: nodes.Node | None
    size: int = 0
    height: int = 0


def read_compose(text: Text, events: Iterable[Event], problems: Problems) -> nodes.Node | None:
    """The tree of the first document; reports what it finds and goes on where it can."""
    composer = _Composer(text, problems)
    for event in events:
        if not composer.take(event):
            return None
    return composer.root


class _Composer:
    def __init__(self, text: Text, problems: Problems) -> None:
        self.text = text
        self.problems = problems
        self.root: nodes.Node | None = None
        self._stack: list[_Frame] = []
        self._anchors: dict[str, _Anchored] = {}
        self._documents: list[Span] = []
        self._aliased = 0

    def take(self, event: Event) -> bool:
        """One event; False when it makes no sense to read on."""
        match event:
            case read_events.Document():
                self._document(event)
            case Leaf():
                node = read_leaf(self.text, event, self.problems)
                self._finish(node, event.anchor, 1, 0, node.span)
            case Open():
                return self._open(event)
            case read_events.Close():
                self._close(event)
            case read_events.Alias():
                return self._alias(event)
            case _:
                assert_never(event)
        return True

    def _document(self, event: read_events.Document) -> None:
        span = self.text.span(event.start, event.end)
        self._documents.append(span)
        if len(self._documents) == 2:
            self.problems.add(
                "WFC021",
                "a second document begins in this file",
                span,
                "begins here",
                hint="keep one workflow a file; steps of one workflow go under one `main`",
            )

    def _open(self, event: Open) -> bool:
        if event.anchor:
            self._anchors[event.anchor] = _Anchored(None)
        if not is_own_kind(event):
            report_tag(self.text, event, self.problems)
        if len(self._stack) >= DEEPEST:
            too_deep(
                self.text.span(event.start, event.end),
                f"level {DEEPEST + 1} begins here",
                self.problems,
            )
            return False
        self._stack.append(_Frame(event, after_properties(self.text, event)))
        return True

    def _close(self, event: read_events.Close) -> None:
        frame = self._stack.pop()
        span = self.text.span(frame.start, event.end)
        if self.text.content[frame.start] not in "{[":
            span = Span(span.start, frame.end)  # the scanner's is where the next thing begins
        node: nodes.Node
        if frame.event.kind == "sequence":
            node = nodes.Sequence(tuple(frame.children), span)
        else:
            node = nodes.Mapping(self._entries(frame.children), span)
        self._finish(node, frame.event.anchor, frame.size, frame.height, span)

    def _entries(self, children: Sequence[nodes.Node]) -> tuple[nodes.Entry, ...]:
        """The pairs, without those whose key has been reported."""
        seen: set[str] = set()
        entries = []
        for key, value in zip(children[::2], children[1::2], strict=True):
            if isinstance(key, nodes.Scalar) and key.text not in seen:
                seen.add(key.text)
                entries.append(nodes.Entry(key, value))
        return tuple(entries)

    def _alias(self, event: read_events.Alias) -> bool:
        span = self.text.span(event.start, event.end)
        known = self._anchors.get(event.name)
        if known is None or known.node is None:
            self._unknown_alias(event, span, inside=known is not None)
            offsets = self.text.places(range(event.start, event.start + 1))
            self._finish(nodes.Scalar(None, "", span, offsets, True), None, 1, 0, span)
            return True
        self._aliased += known.size
        if self._aliased > MOST_ALIASED:
            self.problems.add(
                "WFC025",
                f"the aliases of this file stand for more than {MOST_ALIASED:,} values",
                span,
                "here it becomes too much",
            )
            return False
        if len(self._stack) + known.height > DEEPEST:
            too_deep(span, f"level {DEEPEST + 1} begins here", self.problems)
            return False
        self._finish(known.node, None, known.size, known.height, span)
        return True

    def _unknown_alias(self, event: read_events.Alias, span: Span, *, inside: bool) -> None:
        name = _short(event.name)
        if inside:
            message = f"`*{name}` stands inside the value that it names"
            hint = "an alias can only name a value that is complete"
        else:
            message = f"no anchor `&{name}` stands before this alias"
            hint = f"write `&{name}` before the value; put text that begins with `*` in quotes"
        self.problems.add("WFC024", message, span, hint=hint)

    def _finish(
        self,
        node: nodes.Node,
        anchor: str | None,
        size: int,
        height: int,
        place: Span,
    ) -> None:
        """Hand a complete node to what is around it; `place` is that of the alias for it."""
        if anchor:
            self._anchors[anchor] = _Anchored(node, size, height)
        if not self._stack:
            if len(self._documents) == 1:
                self.root = node
            return
        frame = self._stack[-1]
        if frame.at_key:
            self._check_key(frame, node, place)
        frame.add(node, place, size, height)

    def _check_key(self, frame: _Frame, key: nodes.Node, place: Span) -> None:
        if not isinstance(key, nodes.Scalar):
            hint = "put the value in quotes if braces or brackets belong to its text"
            match key:
                case nodes.Mapping((nodes.Entry(name, nodes.Scalar(value=None, text="")),)):
                    hint = f"write `${{{name.text}}}` for an expression"  # {{name}}
            message = f"a {'list' if isinstance(key, nodes.Sequence) else 'map'} cannot be a key"
            self.problems.add("WFC026", message, place, hint=hint)
            return
        if key.plain and key.text == "<<":
            self.problems.add(
                "WFC023",
                "merge keys `<<` are not part of YAML 1.2 and not supported",
                place,
                hint="write the merged keys out; an alias may stand for a whole value",
            )
        first = frame.keys.get(key.text)
        if first is None:
            frame.keys[key.text] = key
        else:
            self.problems.add(
                "WFC020",
                f"the key `{_short(key.text)}` stands twice in this map",
                place,
                "again here",
                others=[Label(first.span, "first here")],
            )


def too_deep(span: Span, label: str, problems: Problems) -> None:
    """Report nesting that is refused, by us or by the YAML scanner before us."""
    problems.add(
        "WFC014",
        f"the file nests more than {DEEPEST} levels deep",
        span,
        label,
        hint="move inner steps into a subworkflow",
    )


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
