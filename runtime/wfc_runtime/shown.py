"""A value of any size in, one that people can look at and JSON can hold out.

Text is shown from its start, lists and maps with as much as there is room for; what was left out
leaves a mark that starts with `…`.  Nothing else is left out: a variable that holds a token shows
it, since values of variables are the user's own to look at.
"""

from __future__ import annotations

from math import isfinite

from wfc_runtime.values import Value, word

ROOM = 16_384
"""Characters that a value takes where nothing else is said."""

_DEEPEST = 32
"""Lists and maps inside one another that are shown."""

_EACH = 4
"""What a value takes at least, with the comma and the quotes around it."""


def shown(value: Value, room: int = ROOM) -> Value:
    """A copy of a value in about `room` characters."""
    return _Showing(room).value(value, 0)


class _Showing:
    def __init__(self, room: int) -> None:
        self._room = room

    def value(self, value: Value, depth: int) -> Value:
        match value:
            case None | bool() | int():
                self._room -= len(str(value))
                return value
            case float():
                self._room -= len(repr(value))
                return value if isfinite(value) else str(value)
            case str():
                return self.text(value)
            case bytes():
                return f"… ({len(value)} bytes)"
            case list() | dict() if depth >= _DEEPEST:
                return f"… ({_size(value)})"
            case list():
                return self.list(value, depth)
            case dict():
                return self.map(value, depth)
            case _:
                return f"… ({word(value)})"

    def text(self, text: str) -> str:
        room = max(self._room, 0)
        self._room -= len(text)
        return text if len(text) <= room else f"{text[:room]}… ({len(text)} characters)"

    def list(self, items: list[Value], depth: int) -> list[Value]:
        out: list[Value] = []
        for item in items:
            if self._room <= 0:
                out.append(f"… ({_size(items)})")
                break
            self._room -= _EACH
            out.append(self.value(item, depth + 1))
        return out

    def map(self, entries: dict[str, Value], depth: int) -> dict[str, Value]:
        out: dict[str, Value] = {}
        for key, item in entries.items():
            if self._room <= 0:
                out["…"] = f"({_size(entries)})"
                break
            self._room -= _EACH
            name = self.text(str(key))
            out[name] = self.value(item, depth + 1)
        return out


def _size(container: list[Value] | dict[str, Value]) -> str:
    one, more = ("item", "items") if isinstance(container, list) else ("entry", "entries")
    return f"{len(container)} {one if len(container) == 1 else more}"
