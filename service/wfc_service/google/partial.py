"""`fields` of a request: the part of an answer that a client wants (AIP-157).

    workflows(name,labels/env),nextPageToken

In goes the answer, out comes one with those fields; `*` is every field, a list stands for each of
its elements, and what is not there is left out.
"""

from __future__ import annotations

import re
from typing import Any, Final, TypeAlias

from wfc_service.errors import ApiError, invalid
from wfc_service.google.resources import Resource

_Tree: TypeAlias = "dict[str, _Tree | None]"
"""What is wanted of each field; None is all of it."""

_TOKEN: Final = re.compile(r"\s*([\w@.*$-]+|[(),/])\s*")
_LONGEST: Final = 4000
_DEEPEST: Final = 50


def select(resource: Resource, fields: str) -> Resource:
    """Raises ApiError INVALID_ARGUMENT for what does not read as fields."""
    if len(fields) > _LONGEST:
        raise invalid("fields", f"{len(fields)} characters are more than {_LONGEST}")
    tree: _Tree = {}
    tokens = _tokens(fields)
    _read_list(tokens, tree, 0)
    if tokens:
        raise _wrong(fields)
    selected = _select(resource, tree)
    assert isinstance(selected, dict)
    return selected


def _tokens(fields: str) -> list[str]:
    """The tokens, the last one first."""
    tokens, at = [], 0
    while at < len(fields):
        match = _TOKEN.match(fields, at)
        if match is None:
            raise _wrong(fields)
        tokens.append(match[1])
        at = match.end()
    return tokens[::-1]


def _read_list(tokens: list[str], tree: _Tree, depth: int) -> None:
    """`a/b,c(d,e)`"""
    _read_path(tokens, tree, depth)
    while tokens and tokens[-1] == ",":
        tokens.pop()
        _read_path(tokens, tree, depth)


def _read_path(tokens: list[str], tree: _Tree, depth: int) -> None:
    if not tokens or tokens[-1] in "(),/" or depth == _DEEPEST:
        raise _wrong("".join(reversed(tokens)))
    name = tokens.pop()
    if not tokens or tokens[-1] not in ("/", "("):
        tree[name] = None
        return
    below = tree.setdefault(name, {})
    below = {} if below is None else below  # all of it has been asked for
    if tokens.pop() == "/":
        _read_path(tokens, below, depth + 1)
        return
    _read_list(tokens, below, depth + 1)
    if not tokens or tokens.pop() != ")":
        raise _wrong(name)


def _select(value: Any, tree: _Tree | None) -> Any:
    if tree is None:
        return value
    if isinstance(value, list):
        return [_select(item, tree) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _select(item, tree[name] if name in tree else tree["*"])
        for name, item in value.items()
        if name in tree or "*" in tree
    }


def _wrong(near: str) -> ApiError:
    return invalid("fields", f"{near[:40]!r} does not read as fields, such as name,labels/env")
