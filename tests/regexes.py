"""Small regular expressions, and what matches them by trying everything: a reference for RE2."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Node = tuple[Any, ...]
"""A small expression: `("a",)`, `("", )`, `("|", l, r)`, `(".", l, r)`, `("*", inner)`, …"""

nodes: st.SearchStrategy[Node] = st.recursive(
    st.sampled_from([("a",), ("b",), ("é",), ("",), ("^",), ("$",)]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from("|."), inner, inner), st.tuples(st.sampled_from("*+?"), inner)
    ),
    max_leaves=6,
)


def written(node: Node) -> str:
    match node:
        case ("|", left, right):
            return f"(?:{written(left)}|{written(right)})"
        case (".", left, right):
            return written(left) + written(right)
        case ("*" | "+" | "?" as repeat, inner):
            return f"(?:{written(inner)}){repeat}"
        case (atom,):
            return str(atom)
    raise AssertionError(node)


def ends(node: Node, text: str, start: int) -> set[int]:
    """Where a match that begins at `start` may end, by trying everything."""
    match node:
        case ("|", left, right):
            return ends(left, text, start) | ends(right, text, start)
        case (".", left, right):
            return {end for middle in ends(left, text, start) for end in ends(right, text, middle)}
        case ("?", inner):
            return {start} | ends(inner, text, start)
        case ("*" | "+" as repeat, inner):
            found = {start} if repeat == "*" else set()
            new = ends(inner, text, start)
            while new - found:
                found |= new
                new = {end for middle in new for end in ends(inner, text, middle)}
            return found
        case ("^",):
            return {start} if start == 0 else set()
        case ("$",):
            return {start} if start == len(text) else set()
        case (atom,):
            return {start + len(atom)} if text.startswith(atom, start) else set()
    raise AssertionError(node)


def leftmost_longest(node: Node, text: str) -> list[tuple[int, str]]:
    """All matches; an empty one right behind another match does not count."""
    found = []
    start, last = 0, -1
    while start <= len(text):
        possible = ends(node, text, start)
        end = max(possible, default=start)
        if possible and (end > start or start != last):
            found.append((start, text[start:end]))
            last = end
        start = end if end > start else start + 1
    return found
