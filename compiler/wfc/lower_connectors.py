"""library.Connector -> ast.stmt: the constants of a module that hold what its connectors need."""

from __future__ import annotations

import ast
from dataclasses import fields, replace

from wfc import syntax
from wfc.library import Connector
from wfc.lower_python import call
from wfc.names import Names
from wfc.spell import Spelling

_OPTIONAL = ("query", "body", "region", "upload", "operation", "poll", "scopes")
"""What a constant says only where it is not the default."""


def connectors(names: Names, spelling: Spelling) -> list[ast.stmt]:
    """One assignment a connector, in the order of their first use."""
    calls: dict[Connector, list[syntax.CallStep]] = {}
    for step, callee in names.callees.items():
        if isinstance(callee, Connector) and isinstance(step, syntax.CallStep):
            calls.setdefault(callee, []).append(step)
    return [
        ast.Assign(
            [ast.Name(spelling.connectors[connector.name], ast.Store())],
            _made(replace(connector, query=_query(connector, steps))),
            lineno=0,
        )
        for connector, steps in calls.items()
    ]


def _query(connector: Connector, steps: list[syntax.CallStep]) -> tuple[str, ...]:
    """The query parameters that calls name; all of them where the names come with the call."""
    given = {argument.name for step in steps for argument in step.arguments}
    if None in given or any(step.whole is not None for step in steps):
        return connector.query
    return tuple(
        name for name in connector.query if name in given or name.partition(".")[0] in given
    )


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
