"""JSON text as events, or None where the text is not strict JSON.

YAML is a superset of JSON for most purposes, but PyYAML refuses tabs between tokens, surrogate
pairs and long keys; a file that is JSON by content is read here (spec 01 §7).
"""

from __future__ import annotations

import json
import re

from wfc.read_events import Close, Document, Event, Leaf, Open

_TOKEN = re.compile(
    r"[ \t\r\n]*(?:(?P<mark>[{}\[\],:])"
    r'|(?P<text>"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*")'
    r"|(?P<plain>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null))"
)
_DEEPEST = 1000  # such a file is refused anyway, and sooner by the YAML scanner's first events
_BLANK = re.compile(r"[ \t\r\n]*")


def read_json(text: str) -> list[Event] | None:
    """The events of the JSON object or array that `text` is; None when it is anything else."""
    begin = _end_of_blank(text, 0)
    if text[begin : begin + 1] not in ("{", "["):
        return None
    events: list[Event] = [Document(begin, begin)]
    brackets: list[str] = []
    expected = "value"  # or: first value, first key, key, colon, more
    position = begin
    while brackets or expected == "value":
        token = _TOKEN.match(text, position)
        if token is None:
            return None
        position = token.end()
        start = token.start(token.lastgroup or 0)
        mark = token["mark"]
        if mark is None:
            if expected in ("first key", "key") and token["text"] is not None:
                after = "colon"
            elif expected in ("value", "first value"):
                after = "more"
            else:
                return None
            events.append(_leaf(token[token.lastgroup or 0], start, position))
        elif mark in "{[" and expected in ("value", "first value"):
            brackets.append("}" if mark == "{" else "]")
            if len(brackets) > _DEEPEST:
                return None
            events.append(Open(start, position, "mapping" if mark == "{" else "sequence"))
            after = "first key" if mark == "{" else "first value"
        elif mark in "}]" and expected in ("more", "first key", "first value"):
            if not brackets or brackets.pop() != mark:
                return None
            events.append(Close(position))
            after = "more"
        elif mark == "," and expected == "more":
            after = "key" if brackets[-1] == "}" else "value"
        elif mark == ":" and expected == "colon":
            after = "value"
        else:
            return None
        expected = after
    return events if _end_of_blank(text, position) == len(text) else None


def _leaf(raw: str, start: int, end: int) -> Leaf:
    if not raw.startswith('"'):
        return Leaf(start, end, raw, "plain")
    content = json.loads(raw) if "\\" in raw else raw[1:-1]
    return Leaf(start, end, content, '"')


def _end_of_blank(text: str, position: int) -> int:
    blank = _BLANK.match(text, position)
    return blank.end() if blank else position
