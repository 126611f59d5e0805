"""library.Connector -> ast.stmt: the constants of a module that hold what its connectors need."""

from __future__ import annotations

import ast
from dataclasses import fields

from wfc.library import Connector
from wfc.lower_expressions import call
from wfc.names import Names
from wfc.spell import Spelling

_OPTIONAL = ("query", "body", "region", "upload", "operation", "poll", "scopes")
"""What a constant says only where it is not the default."""


def connectors(names: Names, spelling: Spelling) -> list[ast.stmt]:
    """One assignment a connector, in the order of their first use."""
    used = {one.name: one for one in names.callees.values() if isinstance(one, Connector)}
    return [
        ast.Assign([ast.Name(constant, ast.Store())], _made(used[connector]), lineno=0)
        for connector, constant in spelling.connectors.items()
    ]


def _made(connector: Connector) -> ast.Call:
    positional = [ast.Constant(text) for text in (connector.name, connector.method, connector.url)]
    defaults = {field.name: field.default for field in fields(connector)}
    given = {part: getattr(connector, part) for part in _OPTIONAL}
    keywords = {part: _value(value) for part, value in given.items() if value != defaults[part]}
    return call("wf.Connector", *positional, **keywords)


def _value(value: str | bool | tuple[str, ...]) -> ast.expr:
    if isinstance(value, tuple):
        return ast.Tuple([ast.Constant(text) for text in value], ast.Load())
    return ast.Constant(value)
