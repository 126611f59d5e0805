"""YAML tags: which ones say nothing new, and the problem that any other is (OQ-14)."""

from __future__ import annotations

import re

from wfc.problems import Problems
from wfc.read_events import Leaf, Open
from wfc.read_text import Text

_PROPERTIES = re.compile(r"(?:[&!]\S*(?:[ \t\r\n]+(?:#[^\r\n]*)?)*)*")
_TAG = re.compile(r"![^\s,\[\]{}]*")
_PREFIX = "tag:yaml.org,2002:"
_NAMES = {type(None): "null", bool: "bool", int: "int", float: "float", str: "str"}


def after_properties(text: Text, event: Leaf | Open) -> int:
    """Where the node itself begins, behind its anchor and tag."""
    if event.anchor is None and event.tag is None:
        return event.start
    found = _PROPERTIES.match(text.content, event.start, event.end)
    return found.end() if found else event.start


def is_own_tag(tag: str, value: object) -> bool:
    """Whether the tag only names the type that the value has anyway (`!!int 12`)."""
    return tag == _PREFIX + _NAMES[type(value)]


def is_own_kind(event: Open) -> bool:
    """Whether the tag of a collection, if it has one, is the one that its kind has anyway."""
    return event.tag in (None, f"{_PREFIX}{event.kind[:3]}")


def report_tag(text: Text, event: Leaf | Open, problems: Problems) -> None:
    found = _TAG.search(text.content, event.start, event.end)
    start, end = found.span() if found else (event.start, event.end)
    problems.add(
        "WFC022",
        "a workflow has no use for YAML tags",
        text.span(start, end),
        hint="leave the tag out; put text that begins with `!` in single quotes",
    )
