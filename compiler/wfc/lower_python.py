"""Short ways to write Python expressions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping


def name(identifier: str) -> ast.Name:
    return ast.Name(identifier, ast.Load())


def dotted(path: str) -> ast.expr:
    """`wf.text.split` as an expression."""
    first, *rest = path.split(".")
    made: ast.expr = name(first)
    for part in rest:
        made = ast.Attribute(made, part, ast.Load())
    return made


def call(function: str, *arguments: ast.expr, **keywords: ast.expr) -> ast.Call:
    named = [ast.keyword(key, value) for key, value in keywords.items()]
    return ast.Call(dotted(function), list(arguments), named)


def constant(value: bool | int | float | str | None) -> ast.expr:
    """A literal; a negative number is spelled with its sign in front."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and str(value)[0] == "-":
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def texts(values: Iterable[str]) -> ast.List:
    """`["a", "b"]`"""
    return ast.List([*map(constant, values)], ast.Load())


def mapping(entries: Mapping[str, ast.expr]) -> ast.Dict:
    """`{"a": …}`"""
    return ast.Dict([*map(constant, entries)], [*entries.values()])
