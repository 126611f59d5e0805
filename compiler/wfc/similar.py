"""A name nobody knows and the names that could be meant -> the likeliest of them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_COMPARISONS = 50_000


class Speller:
    """Finds names that look like a misspelt one.

    It gives up after many comparisons: whoever has that many unknown names does not need a spelling
    checker, and the time for a hopeless file stays bounded.
    """

    def __init__(self) -> None:
        self._left = _COMPARISONS

    def similar(self, name: str, candidates: Iterable[str], cutoff: float = 0.7) -> str:
        """The candidate most like `name`, or nothing (the empty string).

        `candidates` are looked at only if the question is answered; `cutoff` is how much of both
        must be alike, from 0 to 1.
        """
        if self._left <= 0:
            return ""
        near = [
            candidate
            for candidate in dict.fromkeys(candidates)
            if candidate != name and abs(len(candidate) - len(name)) <= 3
        ]
        del near[self._left :]
        self._left -= len(near)
        plain = _plain(name)
        for candidate in near:
            if _plain(candidate) == plain:
                return candidate
        matches = get_close_matches(name, near, n=1, cutoff=cutoff)
        return matches[0] if matches else ""


def _plain(name: str) -> str:
    """The name as somebody remembers it: case and `_` or `-` between words are easily mixed up."""
    return name.replace("_", "").replace("-", "").lower()
